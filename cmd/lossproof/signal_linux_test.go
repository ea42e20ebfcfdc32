package main

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
)

var signals = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}

var newSession = &syscall.SysProcAttr{Setsid: true}

const diesWithParent = true

// runs reports whether a process runs; one that is dead and not yet buried does not.
func runs(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !bytes.Contains(text, []byte(") Z "))
}
