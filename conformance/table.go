package conformance

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/lossproof/lossproof/impl/oracle"
)

// WriteTable writes the report for people: a line for each loss, dtype, output and kind
// of bound, with the input of the largest error (longer ones cut; the JSON form has them
// whole), then what was skipped and why, then a line of the laws for each loss and dtype,
// then the verdict.
func (r *Report) WriteTable(out io.Writer) error {
	r.writeHead(out)
	w := tabwriter.NewWriter(out, 0, 1, 2, ' ', 0)
	fmt.Fprintln(w, "loss\tdtype\toutput\tcases\tfailed\tlevel\tmax ulp\t/(1+κ)\trms ulp\tbound\tlargest error at")
	for _, row := range r.Rows {
		if row.Cases > 0 {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%s\n", row.Loss, row.Format, row.Output, row.Cases, row.Tally.Failed, row.found())
		}
	}
	if len(r.Rows) > 0 || r.Laws == nil {
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Fprintf(out, "ulp: units in the last place of the true value; /(1+κ): the largest error over 1 and the condition number, which level 2 bounds by %g and level 3 by %g; rms: root mean square\n",
			Stable.Ulps(0, 1), Accurate.Ulps(0, 1))
	}
	if len(r.Skips) > 0 {
		fmt.Fprintln(out, "\nskipped, which is not passed:")
		for _, s := range r.Skips {
			fmt.Fprintf(w, "  %d\t%s\t%s\t%s\t%s\n", s.Checks, s.Loss, s.Format, s.Output, s.Reason)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if err := r.writeUnchecked(out); err != nil {
		return err
	}
	r.writeForeign(out)
	if r.Laws != nil && len(r.Rows) > 0 {
		fmt.Fprintln(out)
	}
	if err := r.writeLaws(out); err != nil {
		return err
	}
	if err := r.writeLooked(out); err != nil {
		return err
	}
	return r.writeVerdict(out)
}

func (r *Report) writeUnchecked(out io.Writer) error {
	if len(r.Unchecked) == 0 {
		return nil
	}
	fmt.Fprintln(out, "\ndeclared and not checked, which fails the run:")
	w := tabwriter.NewWriter(out, 0, 1, 2, ' ', 0)
	for _, u := range r.Unchecked {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", u.Loss, u.Format, u.Output, u.Reason)
	}
	return w.Flush()
}

func (r *Report) writeForeign(out io.Writer) {
	if r.Foreign > 0 {
		fmt.Fprintf(out, "\n%d cases belong to other conventions than the subject's and are not counted.\n", r.Foreign)
	}
}

// writeVerdict writes what the subject did besides, and the verdict.
func (r *Report) writeVerdict(out io.Writer) error {
	if len(r.Warnings) > 0 {
		fmt.Fprintln(out, "\nwarnings:")
		for _, text := range r.Warnings {
			fmt.Fprintln(out, "  "+text)
		}
	}
	verdict := r.Verdict()
	if err := r.Err(); err != nil {
		verdict += ": " + err.Error()
	}
	t := r.Tally
	_, err := fmt.Fprintf(out, "\n%d checks run: %d passed, %d failed, %d failed as known; %d skipped. The subject %s\n",
		t.Ran(), t.Passed, t.Failed, t.Known, t.Skipped, verdict)
	return err
}

// writeHead says what was checked, and how.
func (r *Report) writeHead(out io.Writer) {
	name := strings.TrimSpace(r.Subject.Name + " " + r.Subject.Version)
	fmt.Fprintf(out, "%s, required level: %d %s, seed %d\n\n", name, r.Level.Number(), r.Level, r.Seed)
	r.writeDefinitions(out)
}

// writeDefinitions writes what is checked of losses that are not in the catalogue, and where it cannot be.
func (r *Report) writeDefinitions(out io.Writer) {
	for _, d := range r.Definitions {
		what := "is defined by"
		if l, err := oracle.ParseDefinition(d.Loss, d.Text); err == nil && l.Unknown() {
			what = "has no known formula, and is declared by"
		}
		fmt.Fprintf(out, "%s %s\n", d.Loss, what)
		for line := range strings.Lines(strings.Trim(d.Text, "\n")) {
			fmt.Fprintln(out, "  "+strings.TrimRight(line, "\n"))
		}
		if len(d.Uncertified) > 0 {
			fmt.Fprintln(out, "and has no certified value, so that there are no cases, at")
			for _, at := range d.Uncertified {
				fmt.Fprintln(out, "  "+at)
			}
		}
		fmt.Fprintln(out)
	}
}

// found is what a row says of errors.
func (row *Row) found() string {
	if row.Output == Refusal {
		verdict := map[bool]string{true: "right", false: "wrong"}[row.Level == Exact]
		return verdict + "\t-\t-\t-\t" + row.Bound + "\t"
	}
	level := fmt.Sprintf("%d %s", row.Level.Number(), row.Level)
	if row.Level == NotCallable {
		level = row.Level.String()
	}
	at := ""
	if row.MaxIn != "" {
		at = row.MaxCase + ": " + row.MaxIn
	}
	const wide = 90 // characters of an input that fit beside the rest
	if runes := []rune(at); len(runes) > wide {
		at = string(runes[:wide]) + " …"
	}
	return strings.Join([]string{level, row.Max.Short(), row.Scaled.Short(),
		row.RMS.Short(), row.Bound, at}, "\t")
}
