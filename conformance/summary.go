package conformance

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// writeCauses writes at most a number of causes, each in two lines: how often and what it is, and the
// plainest example.
func (r *Report) writeCauses(out io.Writer, most int) {
	groups := r.Causes()
	if len(groups) == 0 {
		return
	}
	fmt.Fprintln(out, "causes, as far as the numbers tell:")
	for _, g := range groups[:min(most, len(groups))] {
		fmt.Fprintf(out, "  %s, %s: %s\n", g.Cause, g.count(), g.Why)
		fmt.Fprintf(out, "      %s\n", g.Plainest())
	}
	if more := len(groups) - most; more > 0 {
		fmt.Fprintf(out, "  and %d more causes\n", more)
	}
}

// Plainest is the plainest failure of the group in a line.
func (g *Group) Plainest() string {
	if f := g.Example; f != nil {
		return fmt.Sprintf("%s, %s, %s: %s [%s]", f.Loss, f.Format, f.Output, f.Brief(), f.Case)
	}
	text := fmt.Sprintf("%s, %s, the law %s", g.Law.Loss, g.Law.Format, g.Law.Law)
	if l := g.Law.Failure; l != nil && l.Counterexample != "" {
		text += " at " + cut(bits.ReplaceAllString(l.Counterexample, ""))
	}
	return text
}

// count says how much has failed for a cause.
func (g *Group) count() string {
	var parts []string
	for _, p := range []struct {
		n           int
		one, plural string
	}{{g.Checks, "check", "checks"}, {g.Laws, "law", "laws"}} {
		switch p.n {
		case 0:
		case 1:
			parts = append(parts, "1 "+p.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.plural))
		}
	}
	return strings.Join(parts, " and ")
}

// InOrder lists failures in the order in which a person wants to read them: the plainest of each cause,
// then the others by plainness.
func (r *Report) InOrder() []*Failure {
	var first []*Failure
	for _, g := range r.Causes() {
		if g.Example != nil {
			first = append(first, g.Example)
		}
	}
	rest := slices.DeleteFunc(slices.Clone(r.Failures), func(f *Failure) bool { return slices.Contains(first, f) })
	slices.SortStableFunc(rest, ByPlainness)
	return append(first, rest...)
}

// LawsInOrder lists broken laws, first those that break though each answer by itself is right.
func (r *Report) LawsInOrder() []*LawResult {
	laws := r.brokenLaws()
	slices.SortStableFunc(laws, func(a, b *LawResult) int {
		alone := func(l *LawResult) int { return map[bool]int{false: 1}[l.Cause.Kind() == BrokenLaw] }
		return alone(a) - alone(b)
	})
	return laws
}

// WriteFailures writes the causes, then at most a number of failures in full of each part of the
// suite, the plainest of each cause first, and how many there are beyond.
func (r *Report) WriteFailures(out io.Writer, most int) error {
	var text strings.Builder
	r.writeCauses(&text, max(most, mostCauses))
	if text.Len() > 0 {
		text.WriteString("\n")
	}
	for _, f := range r.InOrder()[:min(most, len(r.Failures))] {
		fmt.Fprintln(&text, f)
	}
	if rest := len(r.Failures) - most; rest > 0 {
		fmt.Fprintf(&text, "and %d more failures\n", rest)
	}
	broken := r.LawsInOrder()
	for _, l := range broken[:min(most, len(broken))] {
		fmt.Fprintln(&text, l)
	}
	if rest := len(broken) - most; rest > 0 {
		fmt.Fprintf(&text, "and %d more broken laws\n", rest)
	}
	_, err := io.WriteString(out, text.String())
	return err
}

const (
	mostCauses = 10 // that a summary names
	mostRows   = 8  // that a summary has levels of
	mostLines  = 56 // of a summary
)

// WriteSummary writes the verdict, the level of each output, the causes, as many failures in full
// as find room in a screen, and in one line what was skipped.
func (r *Report) WriteSummary(out io.Writer) error {
	var text strings.Builder
	name := strings.TrimSpace(r.Subject.Name + " " + r.Subject.Version)
	t := r.Tally
	laws := ""
	if n := len(r.brokenLaws()); n > 0 {
		laws = fmt.Sprintf(" (%d of them broken laws)", n)
	}
	fmt.Fprintf(&text, "%s at level %d, %s, %s: %d passed, %d failed%s, %d failed as known, %d skipped\n", name,
		r.Level.Number(), r.Level, r.Verdict(), t.Passed, t.Failed, laws, t.Known, t.Skipped)
	if r.Level.Rule() != "" {
		fmt.Fprintf(&text, "the level demands: %s\n", r.Level.Rule())
	}
	if err := r.Err(); err != nil && t.Failed == 0 {
		fmt.Fprintf(&text, "%v\n", err)
	}
	r.writeLevels(&text)
	if len(r.Unchecked) > 0 {
		fmt.Fprintf(&text, "declared and not checked, which fails the run: %s: %s\n", r.Unchecked[0], r.Unchecked[0].Reason)
	}
	for _, dead := range r.DeadEntries[:min(len(r.DeadEntries), 3)] {
		fmt.Fprintf(&text, "known failures: %s\n", dead)
	}
	if t.Failed > 0 {
		text.WriteString("\n")
		r.writeCauses(&text, mostCauses)
		r.writeSome(&text)
	}
	r.writeSkipped(&text)
	for _, w := range r.Warnings[:min(len(r.Warnings), 3)] {
		fmt.Fprintf(&text, "warning: %s\n", cut(w))
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// writeLevels says which level each output reaches.
func (r *Report) writeLevels(text *strings.Builder) {
	n := 0
	for k := range r.Rows {
		row := &r.Rows[k]
		if row.Cases == 0 {
			continue
		}
		if n++; n > mostRows {
			continue
		}
		found := fmt.Sprintf("level %d, %s, largest error %s", row.Level.Number(), row.Level, row.Max)
		switch {
		case row.Output == Refusal:
			found = map[bool]string{true: "right", false: "wrong"}[row.Level == Exact]
		case row.Level == NotCallable:
			found = "below every level"
		}
		fmt.Fprintf(text, "  %s, %s, %s: %s; %d of %d cases failed (%s)\n", row.Loss, row.Format, row.Output, found, row.Tally.Failed, row.Cases, row.Bound)
	}
	if more := n - mostRows; more > 0 {
		fmt.Fprintf(text, "  and %d more outputs\n", more)
	}
}

// writeSome writes failures in full as long as there is room.
func (r *Report) writeSome(text *strings.Builder) {
	room := mostLines - strings.Count(text.String(), "\n")
	shown := 0
	show := func(s string) {
		s = "\n" + strings.TrimRight(s, "\n") + "\n"
		if n := strings.Count(s, "\n"); n <= room && shown < 3 {
			text.WriteString(s)
			room, shown = room-n, shown+1
		}
	}
	for _, g := range r.Causes() {
		switch {
		case g.Example != nil:
			show(g.Example.String())
		case g.Law.Failure != nil:
			show(g.Law.String())
		}
	}
	text.WriteString("\n")
}

// writeSkipped says in one line what was skipped.
func (r *Report) writeSkipped(text *strings.Builder) {
	type kind struct {
		reason string
		n      int
	}
	var kinds []kind
	add := func(reason string, n int) {
		reason, _, _ = strings.Cut(reason, " (it has")
		if i := slices.IndexFunc(kinds, func(k kind) bool { return k.reason == reason }); i >= 0 {
			kinds[i].n += n
			return
		}
		kinds = append(kinds, kind{reason, n})
	}
	total := 0
	for _, s := range r.Skips {
		add(s.Reason, s.Checks)
		total += s.Checks
	}
	if r.Laws != nil {
		for _, l := range r.Laws.Results {
			if l.Status == Skipped {
				add(l.Skipped, 1)
				total++
			}
		}
	}
	if total == 0 {
		return
	}
	slices.SortStableFunc(kinds, func(a, b kind) int { return b.n - a.n })
	const most = 5
	var parts []string
	for _, k := range kinds[:min(most, len(kinds))] {
		parts = append(parts, fmt.Sprintf("%s (%d)", cut(k.reason), k.n))
	}
	if more := len(kinds) - most; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more reasons", more))
	}
	fmt.Fprintf(text, "skipped, which is not passed: %d checks: %s\n", total, strings.Join(parts, ", "))
}

// cut is text on one line that is not too long for it.
func cut(text string) string {
	const wide = 160 // characters
	text = oneLine(text)
	if runes := []rune(text); len(runes) > wide {
		return string(runes[:wide]) + "…"
	}
	return text
}
