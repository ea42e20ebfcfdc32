package reporting

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
)

// A listing is one kind of change as it is written.
type listing struct {
	title string
	lines []string
	more  int // that are not listed
}

// WriteText writes the difference for a terminal, of each kind of change at most a number of
// lines, and at last the line that sums it up.
func (d *Difference) WriteText(w io.Writer, most int) error {
	var doc document
	doc.line("old: " + d.Old.line())
	doc.line("new: " + d.New.line())
	for _, note := range d.Notes {
		doc.line("note: " + note)
	}
	for _, l := range d.listings(most) {
		text := l.title + "\n"
		for _, line := range l.lines {
			text += "  " + oneLine(line) + "\n"
		}
		if l.more > 0 {
			text += fmt.Sprintf("  and %d more\n", l.more)
		}
		doc.block(text)
	}
	doc.block(d.Verdict())
	return doc.writeTo(w)
}

// WriteMarkdown writes the same as Markdown.
func (d *Difference) WriteMarkdown(w io.Writer, most int) error {
	var doc document
	doc.line("## " + escaped(d.Verdict()))
	doc.block("- old: " + escaped(d.Old.line()) + "\n- new: " + escaped(d.New.line()))
	for _, note := range d.Notes {
		doc.block("- note: " + escaped(note))
	}
	for _, l := range d.listings(most) {
		doc.block("### " + escaped(l.title))
		text := ""
		for _, line := range l.lines {
			text += "- " + escaped(line) + "\n"
		}
		if l.more > 0 {
			text += fmt.Sprintf("- and %d more\n", l.more)
		}
		doc.block(text)
	}
	return doc.writeTo(w)
}

// WriteJSON writes the difference in the form of DifferenceVersion, whole.
func (d *Difference) WriteJSON(w io.Writer) error { return writeJSON(w, d) }

func (s *Summary) line() string {
	return fmt.Sprintf("%s, %s: %d passed, %d failed, %d known, %d skipped", s.Name, s.Verdict(),
		s.Tally.Passed, s.Tally.Failed, s.Tally.Known, s.Tally.Skipped)
}

// Verdict is the difference in a line.
func (d *Difference) Verdict() string {
	more, less := 0, 0
	for k := range d.Drifted {
		switch g := d.Drifted[k].growth(); {
		case g > 0:
			more++
		case g < 0:
			less++
		}
	}
	passed := 0
	for _, c := range d.Vanished {
		if c.Regression {
			passed++
		}
	}
	verdict := "no regression"
	if d.Regression {
		verdict = "a regression"
	}
	return fmt.Sprintf("%d broke, %d mended, %d drifted (%d to more ulp, %d to fewer), %d appeared, %d vanished (%d of them a regression): %s",
		len(d.Broke), len(d.Mended), len(d.Drifted), more, less, len(d.Appeared), len(d.Vanished), passed, verdict)
}

// listings are the kinds of change that there are.
func (d *Difference) listings(most int) []listing {
	drifted := slices.Clone(d.Drifted)
	slices.SortStableFunc(drifted, func(a, b Change) int {
		return cmp.Compare(math.Abs(b.growth()), math.Abs(a.growth()))
	})
	var all []listing
	for _, kind := range []struct {
		title string
		lines []string
	}{
		{fmt.Sprintf("broke (%d):", len(d.Broke)), lines(d.Broke)},
		{fmt.Sprintf("mended (%d):", len(d.Mended)), lines(d.Mended)},
		{fmt.Sprintf("drifted (%d), the largest change first:", len(drifted)), lines(drifted)},
		{fmt.Sprintf("appeared (%d):", len(d.Appeared)), summed(d.Appeared, func(c *Change) *State { return c.New }, d)},
		{fmt.Sprintf("vanished (%d):", len(d.Vanished)), summed(d.Vanished, func(c *Change) *State { return c.Old }, d)},
	} {
		if len(kind.lines) > 0 {
			shown := kind.lines[:min(most, len(kind.lines))]
			all = append(all, listing{kind.title, shown, len(kind.lines) - len(shown)})
		}
	}
	return all
}

func lines(changes []Change) []string {
	var all []string
	for k := range changes {
		all = append(all, changes[k].String())
	}
	return all
}

// summed has a line for each loss, dtype and output: checks that come and go do so in crowds.
func summed(changes []Change, of func(*Change) *State, d *Difference) []string {
	type crowd struct {
		checks, pass int
		first        *Change
	}
	var order []rowName
	crowds := map[rowName]*crowd{}
	for k := range changes {
		c := &changes[k]
		at := rowName{c.Loss, c.Format, c.Output}
		if crowds[at] == nil {
			order, crowds[at] = append(order, at), &crowd{first: c}
		}
		crowds[at].checks++
		if of(c).passes(d.New.Level) {
			crowds[at].pass++
		}
	}
	var all []string
	for _, at := range order {
		c := crowds[at]
		all = append(all, fmt.Sprintf("%s %s %s: checks %d, of them right %d; the first is %s: %s → %s", at.loss, at.format, at.output,
			c.checks, c.pass, c.first.Case, c.first.Old, c.first.New))
	}
	return all
}
