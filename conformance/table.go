package conformance

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// WriteTable writes the report for people: a line for each loss, dtype, output and kind
// of bound, then what was skipped and why, then the verdict.
func (r *Report) WriteTable(out io.Writer) error {
	fmt.Fprintf(out, "%s %s, required level: %d %s, seed %d\n\n", r.Subject.Name, r.Subject.Version, int(r.Level), r.Level, r.Seed)
	w := tabwriter.NewWriter(out, 0, 1, 2, ' ', 0)
	fmt.Fprintln(w, "loss\tdtype\toutput\tlevel\tmax ulp\trms ulp\tcases\tnumbers\tpass\tfail\tknown\tskip\tbound")
	for _, row := range r.Rows {
		level, largest, rms := "-", "-", "-"
		if row.Cases > 0 {
			level = fmt.Sprintf("%d %s", int(row.Level), row.Level)
			if row.Level == NotCallable {
				level = row.Level.String()
			}
			largest, rms = shortUlps(float64(row.Max)), shortUlps(float64(row.RMS))
		}
		if row.Output == Refusal {
			largest, rms = "-", "-"
			if row.Cases > 0 {
				level = map[bool]string{true: "right", false: "wrong"}[row.Level == Exact]
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", row.Loss, row.Format, row.Output, level, largest, rms,
			row.Cases, row.Numbers, row.Tally.Passed, row.Tally.Failed, row.Tally.Known, row.Tally.Skipped, row.Bound)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	r.writeWorst(out)
	if len(r.Skips) > 0 {
		fmt.Fprintln(out, "\nskipped, which is not passed:")
		for _, s := range r.Skips {
			fmt.Fprintf(w, "  %d\t%s\t%s\t%s\t%s\n", s.Checks, s.Loss, s.Format, s.Output, s.Reason)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if r.Foreign > 0 {
		fmt.Fprintf(out, "\n%d cases belong to other conventions than the subject's and are not counted.\n", r.Foreign)
	}
	verdict := "conforms"
	if err := r.Err(); err != nil {
		verdict = "does not conform: " + err.Error()
	}
	t := r.Tally
	_, err := fmt.Fprintf(out, "\n%d checks run: %d passed, %d failed, %d failed as known; %d skipped. The subject %s\n",
		t.Ran(), t.Passed, t.Failed, t.Known, t.Skipped, verdict)
	return err
}

// writeWorst lists the input of the largest error of each row that has one.
func (r *Report) writeWorst(out io.Writer) {
	began := false
	for _, row := range r.Rows {
		if row.MaxIn == "" {
			continue
		}
		if !began {
			fmt.Fprintln(out, "\nlargest errors:")
			began = true
		}
		at := string(row.Output)
		if row.MaxAt >= 0 {
			at = fmt.Sprintf("%s[%d]", row.Output, row.MaxAt)
		}
		fmt.Fprintf(out, "  %s %s %s: %s in %s: %s\n", row.Loss, row.Format, at, row.Max, row.MaxCase, row.MaxIn)
	}
}

// WriteFailures writes at most a number of failures in full, and how many there are
// beyond.
func (r *Report) WriteFailures(out io.Writer, most int) error {
	for _, f := range r.Failures[:min(most, len(r.Failures))] {
		if _, err := fmt.Fprintln(out, f); err != nil {
			return err
		}
	}
	if rest := len(r.Failures) - most; rest > 0 {
		if _, err := fmt.Fprintf(out, "and %d more failures\n", rest); err != nil {
			return err
		}
	}
	return nil
}
