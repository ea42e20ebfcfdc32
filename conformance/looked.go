package conformance

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/lossproof/lossproof/properties"
)

// writeLooked says in a line for each loss how much was looked at: from the least to the most of its
// dtypes and outputs, so that a gap shows. The JSON form has each.
func (r *Report) writeLooked(out io.Writer) error {
	if len(r.Looked) == 0 {
		return nil
	}
	fmt.Fprintln(out, "\nhow much was looked at, from the least to the most over dtypes and outputs:")
	w := tabwriter.NewWriter(out, 0, 1, 2, ' ', 0)
	fmt.Fprintln(w, "loss\tcalls\tsizes\tlargest\tlengths\tlongest\tbinades\tparameter points\treductions")
	for from := 0; from < len(r.Looked); {
		to := from + 1
		for to < len(r.Looked) && r.Looked[to].Loss == r.Looked[from].Loss {
			to++
		}
		columns := []string{r.Looked[from].Loss}
		for _, count := range []func(l *properties.Looked) int{
			func(l *properties.Looked) int { return l.Calls },
			func(l *properties.Looked) int { return l.Sizes },
			func(l *properties.Looked) int { return l.Largest },
			func(l *properties.Looked) int { return l.Lengths },
			func(l *properties.Looked) int { return l.Longest },
			func(l *properties.Looked) int { return l.Binades },
			func(l *properties.Looked) int { return l.Points },
			func(l *properties.Looked) int { return len(l.Reductions) },
		} {
			least := count(&r.Looked[from])
			most := least
			for k := range r.Looked[from:to] {
				n := count(&r.Looked[from+k])
				least, most = min(least, n), max(most, n)
			}
			text := fmt.Sprint(least)
			if most > least {
				text += fmt.Sprintf("–%d", most)
			}
			columns = append(columns, text)
		}
		fmt.Fprintln(w, strings.Join(columns, "\t"))
		from = to
	}
	return w.Flush()
}
