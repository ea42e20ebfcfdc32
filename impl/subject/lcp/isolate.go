package lcp

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// A cell is where a program runs that is kept apart: an empty folder, an environment that says nothing of the runner's, and, where
// the system lets anyone do that, no network. Files elsewhere can still be read by whoever knows where they are: that
// takes a container.
type cell struct {
	folder  string
	command []string // which means the same there
	online  bool     // the system does not let it be kept from the network
}

// newCell makes a cell for a command. The program, and those of its arguments that name files here, are given with their whole
// paths.
func newCell(command []string) (*cell, error) {
	program, err := exec.LookPath(command[0])
	if err != nil {
		return nil, err
	}
	whole := append([]string{program}, command[1:]...)
	for i, word := range whole {
		if _, err := os.Stat(word); err != nil {
			continue // it names no file
		}
		if whole[i], err = filepath.Abs(word); err != nil {
			return nil, err
		}
	}
	folder, err := os.MkdirTemp("", "lossproof-")
	return &cell{folder: folder, command: whole}, err
}

// apply makes a command run in the cell.
func (c *cell) apply(cmd *exec.Cmd) {
	cmd.Dir, cmd.Env = c.folder, nil
	for _, name := range []string{"PATH", "LANG", "SystemRoot"} { // without which programs do not start
		if value, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	for _, name := range []string{"HOME", "TMPDIR", "TMP", "TEMP"} {
		cmd.Env = append(cmd.Env, name+"="+c.folder)
	}
	if !c.online {
		cutNetwork(cmd)
	}
}

// startIn starts a process of the conversation, in its cell where it has one, and says once what that cannot keep it from.
func (c *conversation) startIn() (*process, error) {
	command := c.command
	if c.cell != nil {
		command = c.cell.command
	}
	p, err := startProcess(command, &c.maxLine, c.limits.Adopt, c.cell)
	if c.cell == nil || c.cell.online || err == nil && networkCanBeCut {
		return p, err
	}
	c.cell.online = true
	if err != nil {
		var again error
		if p, again = startProcess(command, &c.maxLine, c.limits.Adopt, c.cell); again != nil {
			return nil, again
		}
	} else {
		err = fmt.Errorf("no means for it")
	}
	c.warn("it was not kept from the network, which this system does not allow: %v", err)
	return p, nil
}

// leave removes the cell.
func (c *conversation) leave() {
	if c.cell != nil {
		os.RemoveAll(c.cell.folder) // what cannot be removed is the system's to clear
	}
}
