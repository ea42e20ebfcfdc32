package lcp

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

func dieWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGKILL }

const networkCanBeCut = true

// cutNetwork starts a command in a network of its own, which has nothing in it. That takes a user namespace, which not every system
// gives to everyone; there the command does not start.
func cutNetwork(cmd *exec.Cmd) {
	a := cmd.SysProcAttr
	a.Cloneflags |= syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET
	a.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
	a.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
}

// adopt makes this process the parent of every descendant whose own parent has ended, so that it is found wherever it has gone.
func adopt() error {
	const setChildSubreaper = 36 // PR_SET_CHILD_SUBREAPER of linux/prctl.h
	if _, _, errno := syscall.Syscall6(syscall.SYS_PRCTL, setChildSubreaper, 1, 0, 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

// killStrays ends every process whose environment has the mark, and, where this process has adopted what was left behind,
// its children other than those that were started here. It returns their names: what has left the adapter's
// group. It looks again until it finds none, since they may start others.
func killStrays(mark string, adopted bool) (names []string) {
	const rounds = 100 // against what starts processes faster than they are found
	killed := map[int]bool{}
	for range rounds {
		found := 0
		folders, _ := filepath.Glob("/proc/[0-9]*") // the pattern is well formed
		for _, folder := range folders {
			pid, err := strconv.Atoi(filepath.Base(folder))
			if err != nil || !marked(folder, mark) && !(adopted && orphan(folder, pid)) {
				continue
			}
			name, _ := os.ReadFile(folder + "/comm")
			if syscall.Kill(pid, syscall.SIGKILL) != nil {
				continue // it has ended
			}
			if found++; !killed[pid] {
				names = append(names, strings.TrimSpace(string(name)))
			}
			killed[pid] = true
			if adopted && orphan(folder, pid) {
				syscall.Wait4(pid, nil, 0, nil) // nobody else will
			}
		}
		if found == 0 {
			break
		}
	}
	slices.Sort(names)
	return names
}

// marked reports whether a process has the mark; one that has ended, or is another user's, shows none.
func marked(folder, mark string) bool {
	text, err := os.ReadFile(folder + "/environ")
	return err == nil && bytes.Contains(append([]byte{0}, text...), []byte("\x00"+mark))
}

// orphan reports whether a process is a child of this one that was not started here.
func orphan(folder string, pid int) bool {
	if _, ours := children.Load(pid); ours {
		return false
	}
	text, err := os.ReadFile(folder + "/stat") // pid (name) state parent ...
	after := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	return err == nil && len(after) > 1 && after[1] == strconv.Itoa(os.Getpid())
}
