package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/spf13/cobra"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/conformance/known"
	"github.com/lossproof/lossproof/internal/beside"
)

// knownFlags are the flags of known, as they were given.
type knownFlags struct {
	reason, older, into string
	lines               int
}

func newKnown() *cobra.Command {
	var f knownFlags
	cmd := &cobra.Command{
		Use:   "known report.json",
		Short: "Writes the failures of a report as a file of known failures",
		Long: `Writes what a report found wrong as a file of known failures: with it, lossproof verify --known holds
a subject exactly where it is. One line stands for a whole output, or for all cases with a flag,
where each of them fails, and lines with counts where too many would be left. What was known keeps its
reason, as does what an older file has; where there is none, it is one of the failures, "seen: ...",
until you write a better one into the file.

--into FOLDER writes FOLDER/VERSION.txt, and keeps the reasons of the files that are there, first that
of the same version. verify --known FOLDER reads it.

The exit code is 0, or 2 where the report cannot be read, is incomplete, or is about other vectors
than the ones of this program.`,
		Example: `  lossproof verify --json report.json -- python3 adapter.py
  lossproof known report.json > library.known
  lossproof verify --known library.known -- python3 adapter.py
  lossproof known --into known report.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := readReport(cmd.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			text, err := f.text(report)
			if err != nil {
				return err
			}
			if f.into != "" {
				file, err := versionFile(f.into, report.Subject)
				if err != nil {
					return err
				}
				return wrote(beside.WriteFile(file, text))
			}
			_, err = cmd.OutOrStdout().Write(text)
			return wrote(err)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.reason, "reason", "", "the reason of what was not known (default one of its failures)")
	flags.StringVar(&f.older, "reasons", "", "an older file, whose reasons are kept")
	flags.StringVar(&f.into, "into", "", "a folder that has a file for each version")
	flags.IntVar(&f.lines, "lines", conformance.DefaultKnownLines, "the most lines for an output, or for the laws of a loss; beyond, there are counts")
	cmd.MarkFlagsMutuallyExclusive("into", "reasons")
	return cmd
}

// text is the file of known failures.
func (f *knownFlags) text(report *conformance.Report) ([]byte, error) {
	if f.lines < 0 {
		return nil, fmt.Errorf("--lines %d: want 0 or more", f.lines)
	}
	how := conformance.KnownLines{Reason: f.reason, Most: f.lines}
	var older []string
	if f.older != "" {
		older = []string{f.older}
	}
	if f.into != "" {
		same, err := versionFile(f.into, report.Subject)
		if err != nil {
			return nil, fmt.Errorf("--into: %w", err)
		}
		if older, err = filepath.Glob(filepath.Join(f.into, "*.txt")); err != nil {
			return nil, err
		}
		if k := slices.Index(older, same); k >= 0 {
			older = slices.Insert(slices.Delete(older, k, k+1), 0, same)
		}
	}
	for _, name := range older {
		entries, err := known.Read(name)
		if err != nil {
			return nil, fmt.Errorf("--reasons: %w", err)
		}
		how.From = append(how.From, entries...)
	}
	var text bytes.Buffer
	err := report.WriteKnownFailures(&text, how)
	return text.Bytes(), err
}

// versionFile is the file of known failures of a subject in a folder that has one for each version. The version is what a
// program says of itself: it names no other folder.
func versionFile(folder string, d conformance.Description) (string, error) {
	if !regexp.MustCompile(`^[\w.+-]+$`).MatchString(d.Version) {
		return "", fmt.Errorf("no file can be named for the version %q of %s", d.Version, d.Name)
	}
	return filepath.Join(folder, d.Version+".txt"), nil
}
