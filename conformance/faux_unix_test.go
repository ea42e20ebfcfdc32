//go:build unix

package conformance

import (
	"os/exec"
	"syscall"
)

func outOfGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
