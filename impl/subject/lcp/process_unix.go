//go:build unix

package lcp

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup makes a process the leader of a group of its own, which can be ended at once,
// and which an interrupt at the terminal does not reach: that is the runner's business.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
}

// killGroup ends the group of a process and returns 1 if there was one.
func killGroup(p *os.Process) int {
	if syscall.Kill(-p.Pid, syscall.SIGKILL) != nil {
		return 0
	}
	return 1
}
