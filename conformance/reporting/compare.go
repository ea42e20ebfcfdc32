package reporting

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A Comparison is several reports beside each other.
type Comparison struct {
	Schema   string        `json:"schema"`
	Subjects []Summary     `json:"subjects"`
	Notes    []string      `json:"notes,omitempty"` // what makes them hard to compare
	Rows     []ComparedRow `json:"rows"`
}

// ComparisonVersion names the JSON form of a comparison.
const ComparisonVersion = "lossproof.comparison/1"

// A ComparedRow is one loss, dtype and output, with a cell for each subject.
type ComparedRow struct {
	Loss   string `json:"loss"`
	Format string `json:"format"`
	Output string `json:"output"` // value, grad, error, or laws
	Cells  []Cell `json:"cells"`
}

// A Cell is what a report says in a row, over all its evidence.
type Cell struct {
	Ran    bool               `json:"ran"`             // false: nothing is known of it
	Level  *conformance.Level `json:"level,omitempty"` // of a value or a gradient that was run
	Max    *conformance.Ulps  `json:"maxUlp,omitempty"`
	Scaled *conformance.Ulps  `json:"maxUlpScaled,omitempty"` // the largest |error|/(1+κ), which levels 2 and 3 bound
	Case   string             `json:"maxCase,omitempty"`
	Input  string             `json:"maxInput,omitempty"`
	Tally  conformance.Tally  `json:"tally"`
}

// text is a cell of the row in a table.
func (row *ComparedRow) text(k int) string {
	if row.Output == laws {
		return row.Cells[k].text("obeyed", "broken")
	}
	return row.Cells[k].text("right", "failed")
}

// laws is the output of a row about laws.
const laws = "laws"

type rowName struct{ loss, format, output string }

// Compare puts reports beside each other. A row is there where one of them has it.
func Compare(reports []*conformance.Report) *Comparison {
	c := &Comparison{Schema: ComparisonVersion, Subjects: summaries(reports), Rows: []ComparedRow{}}
	c.Notes = notesOn(c.Subjects, reports)
	cells := map[rowName][]Cell{}
	var names []rowName
	cell := func(name rowName, k int) *Cell {
		if cells[name] == nil {
			names, cells[name] = append(names, name), make([]Cell, len(reports))
		}
		return &cells[name][k]
	}
	for k, r := range reports {
		for i := range r.Rows {
			row := &r.Rows[i]
			cell(rowName{row.Loss, row.Format, string(row.Output)}, k).add(row)
		}
		if r.Laws == nil {
			continue
		}
		for _, l := range r.Laws.Results {
			found := cell(rowName{l.Loss, l.Format, laws}, k)
			count(&found.Tally, l.Status)
			found.Ran = found.Tally.Ran() > 0
		}
	}
	slices.SortStableFunc(names, func(a, b rowName) int {
		return cmp.Or(cmp.Compare(lossIndex(a.loss), lossIndex(b.loss)), cmp.Compare(a.loss, b.loss),
			cmp.Compare(formatIndex(a.format), formatIndex(b.format)), cmp.Compare(outputIndex(a.output), outputIndex(b.output)))
	})
	for _, name := range names {
		c.Rows = append(c.Rows, ComparedRow{name.loss, name.format, name.output, cells[name]})
	}
	return c
}

// add enters a row of a report; there may be one for vectors and one for live cases.
func (c *Cell) add(row *conformance.Row) {
	for _, check := range row.Checks {
		count(&c.Tally, check.Status)
	}
	if row.Cases == 0 {
		return
	}
	c.Ran = true
	if row.Output == conformance.Refusal {
		return
	}
	if c.Level == nil || row.Level < *c.Level {
		c.Level = new(row.Level)
	}
	if row.Numbers > 0 && (c.Scaled == nil || row.Scaled > *c.Scaled) {
		c.Scaled = new(row.Scaled)
	}
	if row.Numbers > 0 && (c.Max == nil || math.Abs(float64(row.Max)) > math.Abs(float64(*c.Max))) {
		c.Max, c.Case, c.Input = new(row.Max), row.MaxCase, row.MaxIn
	}
}

// text is the cell in a table, with the words for what passed and failed.
func (c *Cell) text(right, wrong string) string {
	if !c.Ran {
		if c.Tally.Skipped > 0 {
			return fmt.Sprintf("not run, %d skipped", c.Tally.Skipped)
		}
		return "not run"
	}
	text := fmt.Sprintf("%d %s", c.Tally.Passed, right)
	if c.Level != nil {
		text = levelText(*c.Level)
		if c.Max != nil {
			text += ", " + c.Max.Short()
		}
	}
	for _, n := range []struct {
		count int
		what  string
	}{{c.Tally.Failed, wrong}, {c.Tally.Known, wrong + " as known"}, {c.Tally.Skipped, "skipped"}} {
		if n.count > 0 {
			text += fmt.Sprintf(", %d %s", n.count, n.what)
		}
	}
	return text
}

// levelText is the number and the name of a level.
func levelText(l conformance.Level) string {
	if l == conformance.NotCallable {
		return l.String()
	}
	return fmt.Sprintf("%d %s", l.Number(), l)
}

// The order of rows is that of the catalogue; what it does not have comes last.
func lossIndex(name string) int {
	all := loss.All()
	if k := slices.IndexFunc(all, func(l *loss.Loss) bool { return l.Name == name }); k >= 0 {
		return k
	}
	return len(all)
}

func formatIndex(name string) int {
	return slices.IndexFunc(ieee.Formats(), func(f ieee.Format) bool { return f.Name == name })
}

func outputIndex(name string) int {
	return slices.Index(outputs, name)
}

// outputs are the names of what rows are about, in their order.
var outputs = []string{string(conformance.Value), string(conformance.Grad), string(conformance.TargetGrad), string(conformance.Hess),
	string(conformance.Refusal), laws}
