package conformance

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/lossproof/lossproof/internal/ieee"
)

// An overviewRow is a loss in one line.
type overviewRow struct {
	loss   string
	levels map[string]Level // by dtype: the lowest of its outputs
	worst  Ulps             // the largest error over 1 and κ
	cases  int              // vectors and live cases
	laws   int              // that were held against it, in each dtype
	failed int
}

// overview joins the rows of cases and of laws by loss, in their order.
func (r *Report) overview() []*overviewRow {
	var rows []*overviewRow
	row := func(name string) *overviewRow {
		if i := slices.IndexFunc(rows, func(o *overviewRow) bool { return o.loss == name }); i >= 0 {
			return rows[i]
		}
		rows = append(rows, &overviewRow{loss: name, levels: map[string]Level{}})
		return rows[len(rows)-1]
	}
	for k := range r.Rows {
		in := &r.Rows[k]
		if in.Cases == 0 {
			continue
		}
		o := row(in.Loss)
		o.cases += in.Cases
		o.failed += in.Tally.Failed
		if level, seen := o.levels[in.Format]; !seen || in.Level < level {
			o.levels[in.Format] = in.Level
		}
		o.worst = max(o.worst, in.Scaled)
	}
	if r.Laws != nil {
		for _, in := range r.lawRows() {
			if in.tally.Ran() > 0 {
				o := row(in.loss)
				o.laws += in.tally.Ran()
				o.failed += in.tally.Failed
			}
		}
	}
	return rows
}

// WriteOverview writes the report for a screen: a line for each loss, what was skipped in one line, and the verdict. WriteTable
// writes each output of each dtype, and how much was looked at.
func (r *Report) WriteOverview(out io.Writer) error {
	r.writeHead(out)
	rows := r.overview()
	var dtypes []string
	for _, f := range ieee.Formats() {
		if slices.ContainsFunc(rows, func(o *overviewRow) bool { _, has := o.levels[f.Name]; return has }) {
			dtypes = append(dtypes, f.Name)
		}
	}
	w := tabwriter.NewWriter(out, 0, 1, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(slices.Concat([]string{"loss"}, dtypes, []string{"worst", "cases", "laws", "failed"}), "\t"))
	for _, o := range rows {
		cells := []string{o.loss}
		for _, d := range dtypes {
			level, has := o.levels[d]
			switch {
			case !has:
				cells = append(cells, "-")
			case level == NotCallable:
				cells = append(cells, "none")
			default:
				cells = append(cells, fmt.Sprint(level.Number()))
			}
		}
		worst := "-"
		if o.cases > 0 {
			worst = o.worst.Short()
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\n", strings.Join(cells, "\t"), worst, o.cases, o.laws, o.failed)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "under each dtype the level that all outputs meet, %d (%s) to %d (%s), or none; worst: the largest error in ulp over 1+κ\n",
		Callable.Number(), Callable, Exact.Number(), Exact)
	var text strings.Builder
	if r.writeSkipped(&text); text.Len() > 0 {
		fmt.Fprintf(out, "\n%s", text.String())
	}
	if err := r.writeUnchecked(out); err != nil {
		return err
	}
	r.writeForeign(out)
	return r.writeVerdict(out)
}
