package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/conformance/reporting"
)

// readReport reads the report in a file; - is stdin. A report that cannot be read is a mistake
// in the command line's data.
func readReport(stdin io.Reader, name string) (*conformance.Report, error) {
	if name == "-" {
		report, err := reporting.Read(stdin)
		if err != nil {
			return nil, fmt.Errorf("stdin: %w", err)
		}
		return report, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	report, err := reporting.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return report, nil
}

func newKnown() *cobra.Command {
	return &cobra.Command{
		Use:   "known report.json",
		Short: "Writes the failures of a report as a file of known failures",
		Long: `Writes what a report found wrong as a file of known failures: with it, lossproof verify --known holds
a subject exactly where it is. One line stands for a whole output, or for all cases with a flag,
where each of them fails. What was known keeps its reason; write the others.

The exit code is 0, or 2 where the report cannot be read, is incomplete, or is about other vectors
than the ones of this program.`,
		Example: `  lossproof verify --json report.json -- python3 adapter.py
  lossproof known report.json > library.known
  lossproof verify --known library.known -- python3 adapter.py`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := readReport(cmd.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			return report.WriteKnownFailures(cmd.OutOrStdout(), "to be written")
		},
	}
}
