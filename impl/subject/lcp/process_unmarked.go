//go:build !linux

package lcp

import (
	"errors"
	"os/exec"
)

// Only Linux shows the environment of a process to everyone who may end it, and lets others than the first process adopt.
func killStrays(string, bool) []string { return nil }

func adopt() error { return errors.ErrUnsupported }

// Nor are there networks of one's own elsewhere.
const networkCanBeCut = false

func cutNetwork(*exec.Cmd) {}
