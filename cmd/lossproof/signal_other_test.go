//go:build !unix

package main

import (
	"os"
	"syscall"
)

// No signal that the command could be sent.
var signals []os.Signal

var newSession *syscall.SysProcAttr

const diesWithParent = false

func runs(int) bool { return false }
