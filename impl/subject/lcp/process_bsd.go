//go:build unix && !linux

package lcp

import "syscall"

func dieWithParent(*syscall.SysProcAttr) {}
