package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

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

// addFormat adds the flag that chooses among formats, the first of them the default, and returns
// what checks the choice.
func addFormat(cmd *cobra.Command, names ...string) (chosen func() (string, error)) {
	format := cmd.Flags().String("format", names[0], strings.Join(names, ", "))
	return func() (string, error) {
		if !slices.Contains(names, *format) {
			return "", fmt.Errorf("--format %q: want one of %s", *format, strings.Join(names, ", "))
		}
		return *format, nil
	}
}

func newReport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report report.json",
		Short: "Shows a report as text, as a page to look at, as Markdown for the summary of a CI job, or as JUnit XML",
		Long: `Shows a report that lossproof verify --json wrote; - is stdin. Text is what verify prints. Markdown
is for the summary of a CI job. JUnit XML has a test case for every check and every law. HTML is one
file that needs nothing else: levels, causes, failures to search, and for each loss a map of its errors.

The exit code is 0 whatever the report says, and 2 where it cannot be read: the verdict is verify's.`,
		Example: `  lossproof verify --json report.json -- python3 adapter.py
  lossproof report --format html report.json > report.html
  lossproof report --format html --compare old.json new.json > changes.html
  lossproof report --format junit report.json > lossproof.xml
  lossproof report --format markdown report.json >> "$GITHUB_STEP_SUMMARY"`,
		Args: cobra.ExactArgs(1),
	}
	format := addFormat(cmd, "text", "html", "markdown", "junit")
	older := cmd.Flags().String("compare", "", "an older report: a page of HTML also says what broke, was mended and drifted since")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		chosen, err := format()
		if err != nil {
			return err
		}
		var old *conformance.Report
		if *older != "" {
			if chosen != "html" {
				return fmt.Errorf("--compare is for --format html; lossproof diff prints what changed")
			}
			if old, err = readReport(cmd.InOrStdin(), *older); err != nil {
				return err
			}
		}
		r, err := readReport(cmd.InOrStdin(), args[0])
		if err != nil {
			return err
		}
		return written(func(w io.Writer) error {
			switch chosen {
			case "html":
				return reporting.WriteHTML(w, r, old)
			case "markdown":
				return reporting.WriteMarkdown(w, r, mostFailures)
			case "junit":
				return reporting.WriteJUnit(w, r)
			}
			return printReport(w, r, true)
		}, cmd.OutOrStdout())
	}
	return cmd
}

func newCompare() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "compare report.json...",
		Short: "Puts reports beside each other: losses by implementations, with level and largest error",
		Long: `Puts reports beside each other, with a row for each loss, dtype and output, and a column for each
implementation: the level that it reaches there and its largest error in ulp. What was not run is said
to be not run. Reports that are incomplete, or of another required level, seed, or set of vectors are
said to be so.

The exit code is 0, and 2 where a report cannot be read: it is no contest.`,
		Example: `  lossproof compare reference.json torch.json jax.json
  lossproof compare --format markdown *.json > table.md`,
		Args: cobra.MinimumNArgs(1),
	}
	format := addFormat(cmd, "text", "markdown", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		chosen, err := format()
		if err != nil {
			return err
		}
		var all []*conformance.Report
		for _, name := range args {
			r, err := readReport(cmd.InOrStdin(), name)
			if err != nil {
				return err
			}
			all = append(all, r)
		}
		c := reporting.Compare(all)
		out := cmd.OutOrStdout()
		text := func(w io.Writer) error {
			var text strings.Builder
			if err := c.WriteText(&text); err != nil {
				return err
			}
			_, err := io.WriteString(w, fitted(text.String(), widthOf(out)))
			return err
		}
		return written(map[string]func(io.Writer) error{"text": text, "markdown": c.WriteMarkdown, "json": c.WriteJSON}[chosen], out)
	}
	return cmd
}

func newDiff() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff old.json new.json",
		Short: "Lists what broke, was mended or drifted from one report to the next, and fails on a regression",
		Long: `Lists by case what broke, was mended, drifted in ulp, appeared and vanished from one report to the
next. A regression is a check that passed and fails, a failure that got graver (a lower level, or more
than its known failure allows), a law that was obeyed and is broken, and a check that passed and is not
run any more although the vectors are the same. That a failure is known does not make it less of one;
a failure that is not run any more is no improvement; and an error that moves within what the level
allows is no regression.

The exit code is 0, 1 where there is a regression, and 2 where a report cannot be read.`,
		Example: `  lossproof diff torch-2.1.json torch-2.2.json
  lossproof diff --format json old.json new.json | jq .broke`,
		Args: cobra.ExactArgs(2),
	}
	format := addFormat(cmd, "text", "markdown", "json")
	all := cmd.Flags().Bool("all", false, fmt.Sprintf("list every change; %d of each kind otherwise, but in JSON", mostChanges))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		chosen, err := format()
		if err != nil {
			return err
		}
		from, err := readReport(cmd.InOrStdin(), args[0])
		if err != nil {
			return err
		}
		to, err := readReport(cmd.InOrStdin(), args[1])
		if err != nil {
			return err
		}
		d, most := reporting.Diff(from, to), mostChanges
		if *all {
			most = math.MaxInt
		}
		err = written(func(w io.Writer) error {
			switch chosen {
			case "markdown":
				return d.WriteMarkdown(w, most)
			case "json":
				return d.WriteJSON(w)
			}
			return d.WriteText(w, most)
		}, cmd.OutOrStdout())
		if err == nil && d.Regression {
			return &exit{Code: doesNotConform}
		}
		return err
	}
	return cmd
}

// mostChanges is how many changes of a kind diff lists.
const mostChanges = 20

// written writes, and makes a failure one of the harness: the command line was right.
func written(write func(io.Writer) error, w io.Writer) error { return wrote(write(w)) }

func wrote(err error) error {
	if err != nil {
		return &exit{harnessFailed, err}
	}
	return nil
}
