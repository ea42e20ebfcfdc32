package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress returns what is called as cases of a command are done, and what clears the line at the
// end. It draws on a terminal only: a log file wants no progress.
func progress(w io.Writer, command string) (step func(done, total int), end func()) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return func(int, int) {}, func() {}
	}
	const often = 100 * time.Millisecond
	bar := progressbar.NewOptions(1, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(command),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(often))
	step = func(done, total int) {
		bar.ChangeMax(total)
		_ = bar.Set(done) // a terminal that cannot be drawn on is no reason to fail
	}
	return step, func() { _ = bar.Clear() }
}
