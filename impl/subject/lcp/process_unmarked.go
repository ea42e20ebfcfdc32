//go:build !linux

package lcp

// Only Linux shows the environment of a process to everyone who may end it.
func killMarked(string) int { return 0 }
