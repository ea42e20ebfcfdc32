package lcp

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

func dieWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGKILL }

// killMarked ends every process whose environment has the mark, and returns how many
// there were: children of an adapter that have left its group. It looks again until it
// finds none, since they may start others.
func killMarked(mark string) int {
	const rounds = 100 // against what starts processes faster than they are found
	killed := map[int]bool{}
	for range rounds {
		found := 0
		environments, _ := filepath.Glob("/proc/[0-9]*/environ") // the pattern is well formed
		for _, path := range environments {
			text, err := os.ReadFile(path)
			if err != nil || !bytes.Contains(append([]byte{0}, text...), []byte("\x00"+mark)) {
				continue // it has ended, or is another user's
			}
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			if err == nil && syscall.Kill(pid, syscall.SIGKILL) == nil {
				killed[pid] = true
				found++
			}
		}
		if found == 0 {
			break
		}
	}
	return len(killed)
}
