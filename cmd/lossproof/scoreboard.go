package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lossproof/lossproof/conformance/reporting"
	"github.com/lossproof/lossproof/internal/beside"
)

// scoreboardFlags are the flags of scoreboard, as they were given.
type scoreboardFlags struct {
	adapters, findings, machine, out string
	notRun                           map[string]string
}

func newScoreboard() *cobra.Command {
	var f scoreboardFlags
	cmd := &cobra.Command{
		Use:   "scoreboard NAME.json...",
		Short: "Makes one page of the reports of libraries: levels and what is wrong, at inputs of every kind, and the command that repeats it",
		Long: `Makes one page, in Markdown, of reports of libraries. A report is named for its adapter: NAME.json is of
the adapter whose folder is NAME in --adapters, and which is started by the file run in it. Every other
adapter there is named as not run. The same reports give the same page.

A file board.json in the folder of an adapter says what the page cannot know: "apart", a text, of what is no library
and counts nowhere; "borrowed", losses under the name of the library whose kernel they are, where they count;
"composed", what is not one public call of the library.

A finding is a file of the adapter's folder findings, a minimal reproduction in the library's own
language. A comment in its first lines says what it is about, as in

    # finding: cross_entropy.f32/value

with a loss, dtype and output or globs. It stands on the page if --findings has what it printed when it was
run, in the file NAME/FILE.txt (ci/findings writes them).

The exit code is 0, and 2 where a report cannot be read or has no adapter.`,
		Example: `  ci/adapters run --out reports
  lossproof scoreboard --out conformance/SCOREBOARD.md reports/*.json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			board, err := f.board(cmd.InOrStdin(), args)
			if err != nil {
				return err
			}
			if f.out == "" {
				return written(func(w io.Writer) error { return reporting.WriteScoreboard(w, board) }, cmd.OutOrStdout())
			}
			var text bytes.Buffer
			if err := reporting.WriteScoreboard(&text, board); err != nil {
				return err
			}
			return wrote(beside.WriteFile(f.out, text.Bytes()))
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.adapters, "adapters", "impl/adapters", "the folder of the adapters, from where the page's commands are run")
	flags.StringVar(&f.findings, "findings", "", "the folder of what findings printed")
	flags.StringVar(&f.machine, "machine", "", "what the reports were made on, in words")
	flags.StringToStringVar(&f.notRun, "not-run", nil, "NAME=REASON: why an adapter was not run; repeatable")
	flags.StringVar(&f.out, "out", "", "the file to write, which links are made for (default stdout, and links from here)")
	return cmd
}

// board gathers what the page is made of.
func (f *scoreboardFlags) board(stdin io.Reader, reports []string) (*reporting.Scoreboard, error) {
	adapters, err := filepath.Glob(filepath.Join(f.adapters, "*", "run"))
	if err != nil {
		return nil, err
	}
	left := map[string]bool{}
	for _, run := range adapters {
		left[filepath.Base(filepath.Dir(run))] = true
	}
	board := &reporting.Scoreboard{Machine: f.machine}
	for _, file := range slices.SortedFunc(slices.Values(reports), func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) }) {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if !left[name] {
			return nil, fmt.Errorf("%s: no adapter %s (%s), or a second report of it", file, name, filepath.Join(f.adapters, name, "run"))
		}
		delete(left, name)
		report, err := readReport(stdin, file)
		if err != nil {
			return nil, err
		}
		findings, err := f.findingsOf(name)
		if err != nil {
			return nil, err
		}
		library := reporting.Library{Report: report, Findings: findings, Command: filepath.ToSlash(filepath.Join(f.adapters, name, "run"))}
		if library.Remarks, err = f.remarksOn(name); err != nil {
			return nil, err
		}
		if file, err := versionFile(filepath.Join(f.adapters, name, "known"), report.Subject); err == nil {
			if library.Known, err = f.linkTo(name, "known", filepath.Base(file)); err != nil {
				return nil, err
			}
		}
		board.Libraries = append(board.Libraries, library)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		reason := f.notRun[name]
		if reason == "" {
			reason = "there is no report"
		}
		board.NotRun = append(board.NotRun, reporting.NotRun{Name: name, Reason: reason})
	}
	for _, name := range slices.Sorted(maps.Keys(f.notRun)) {
		if !left[name] {
			return nil, fmt.Errorf("--not-run %s: it has a report, or is no adapter in %s", name, f.adapters)
		}
	}
	return board, nil
}

// findingsOf reads the findings of an adapter that have been run.
func (f *scoreboardFlags) findingsOf(name string) ([]reporting.Finding, error) {
	if f.findings == "" {
		return nil, nil
	}
	outputs, err := filepath.Glob(filepath.Join(f.findings, name, "*.txt"))
	if err != nil {
		return nil, err
	}
	var all []reporting.Finding
	for _, output := range outputs { // Glob sorts them
		printed, err := readFile(output)
		if err != nil {
			return nil, err
		}
		file := strings.TrimSuffix(filepath.Base(output), ".txt")
		source := filepath.Join(f.adapters, name, "findings", file)
		if _, err := aboutOf(source); err != nil {
			return nil, err
		}
		link, err := f.linkTo(name, "findings", file)
		if err != nil {
			return nil, err
		}
		all = append(all, reporting.Finding{File: link, Output: string(printed)})
	}
	return all, nil
}

// linkTo is a link from the page to a file of an adapter; empty where there is none.
func (f *scoreboardFlags) linkTo(path ...string) (string, error) {
	file := filepath.Join(append([]string{f.adapters}, path...)...)
	if _, err := os.Stat(file); err != nil {
		return "", nil // there is none
	}
	link, err := filepath.Rel(filepath.Dir(f.out), file)
	return filepath.ToSlash(link), err
}

// remarksOn reads what a person says of an adapter, where there is something to say.
func (f *scoreboardFlags) remarksOn(name string) (remarks reporting.Remarks, err error) {
	file := filepath.Join(f.adapters, name, "board.json")
	text, err := readFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return remarks, nil
	case err != nil:
		return remarks, err
	}
	read := json.NewDecoder(bytes.NewReader(text))
	read.DisallowUnknownFields()
	if err := read.Decode(&remarks); err != nil {
		return remarks, fmt.Errorf("%s: %w", file, err)
	}
	return remarks, nil
}

// aboutOf reads what a finding says that it is about. One that is a folder says so in its main.go.
func aboutOf(source string) (string, error) {
	file, err := os.Open(source)
	if errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if info, statErr := os.Stat(source); statErr == nil && info.IsDir() {
		file, err = os.Open(filepath.Join(source, "main.go"))
	}
	if err != nil {
		return "", err
	}
	defer file.Close()
	const first = 5 // lines in which it must stand
	lines := bufio.NewScanner(file)
	for n := 0; n < first && lines.Scan(); n++ {
		if _, about, ok := strings.Cut(lines.Text(), "finding: "); ok {
			return strings.TrimSpace(about), nil
		}
	}
	return "", fmt.Errorf("%s: none of its first %d lines says finding: <loss>.<dtype>/<output>", source, first)
}
