//go:build unix && !linux

package conformance

import "syscall"

func dieWithParent(*syscall.SysProcAttr) {}
