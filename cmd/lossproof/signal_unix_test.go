//go:build unix && !linux

package main

import (
	"os"
	"syscall"
)

var signals = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}

var newSession = &syscall.SysProcAttr{Setsid: true}

const diesWithParent = false

// runs reports whether a process runs.
func runs(pid int) bool { return syscall.Kill(pid, 0) == nil }
