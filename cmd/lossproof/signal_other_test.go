//go:build !unix

package main

import "os"

// No signal that the command could be sent.
var signals []os.Signal

const diesWithParent = false

func runs(int) bool { return false }
