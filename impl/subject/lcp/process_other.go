//go:build !unix

package lcp

import (
	"os"
	"os/exec"
)

// Where there are no process groups, what an adapter has started is left alone.
func ownGroup(*exec.Cmd) {}

func killGroup(p *os.Process) int {
	p.Kill() // it may have ended
	return 0
}
