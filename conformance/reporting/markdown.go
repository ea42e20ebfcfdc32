package reporting

import (
	"fmt"
	"io"
	"slices"

	"github.com/lossproof/lossproof/conformance"
)

// WriteMarkdown writes the report for the summary of a CI job: the verdict, a table of what was
// run, the laws, at most a number of failures of each kind in full, and what was skipped.
func WriteMarkdown(w io.Writer, r *conformance.Report, most int) error {
	var doc document
	s := summaries([]*conformance.Report{r})[0]
	doc.line(fmt.Sprintf("## %s: %s", escaped(s.Name), s.Verdict()))
	doc.block(fmt.Sprintf("%d passed, %d failed, %d failed as known, %d skipped. Required level: %s, seed %d.",
		s.Tally.Passed, s.Tally.Failed, s.Tally.Known, s.Tally.Skipped, levelText(s.Level), s.Seed))
	if r.Incomplete != "" {
		doc.block("The run is incomplete: " + escaped(r.Incomplete))
	}
	for _, dead := range r.DeadEntries {
		doc.block("- Known failures, " + escaped(dead))
	}
	for _, u := range r.Unchecked {
		doc.block("- Declared and not checked: " + escaped(u.String()+": "+u.Reason))
	}
	doc.markdown(rowTable(r))
	lawsRun := Compare([]*conformance.Report{r}).Rows
	lawsRun = slices.DeleteFunc(lawsRun, func(row ComparedRow) bool { return row.Output != laws })
	if len(lawsRun) > 0 {
		t := table{{"loss", "dtype", "laws"}}
		for _, row := range lawsRun {
			t = append(t, []string{row.Loss, row.Format, row.text(0)})
		}
		doc.markdown(t)
	}
	writeCauses(&doc, r)
	writeFailures(&doc, r, most)
	if len(r.Skips) > 0 {
		doc.block("### Skipped, which is not passed")
		t := table{{"checks", "loss", "dtype", "output", "reason"}}
		for _, skip := range r.Skips {
			t = append(t, []string{fmt.Sprint(skip.Checks), skip.Loss, skip.Format, string(skip.Output), skip.Reason})
		}
		doc.markdown(t)
	}
	if len(r.Warnings) > 0 {
		doc.block("### Warnings")
		for _, text := range r.Warnings {
			doc.code(text)
		}
	}
	return doc.writeTo(w)
}

func rowTable(r *conformance.Report) table {
	t := table{{"loss", "dtype", "output", "cases", "failed", "known", "level", "max ulp", "bound", "largest error at"}}
	for k := range r.Rows {
		row := &r.Rows[k]
		if row.Cases == 0 {
			continue
		}
		level, largest, at := levelText(row.Level), row.Max.Short(), row.MaxIn
		if row.Output == conformance.Refusal {
			level, largest = map[bool]string{true: "right", false: "wrong"}[row.Level == conformance.Exact], "-"
		}
		if at != "" {
			const wide = 80 // characters that fit beside the rest
			at = row.MaxCase + ": " + at
			if runes := []rune(at); len(runes) > wide {
				at = string(runes[:wide]) + " …"
			}
		}
		t = append(t, []string{row.Loss, row.Format, string(row.Output), fmt.Sprint(row.Cases), fmt.Sprint(row.Tally.Failed),
			fmt.Sprint(row.Tally.Known), level, largest, row.Bound, at})
	}
	return t
}

// writeCauses writes what failed by cause, as far as the numbers tell.
func writeCauses(doc *document, r *conformance.Report) {
	groups := r.Causes()
	if len(groups) == 0 {
		return
	}
	doc.block("### Causes, as far as the numbers tell")
	t := table{{"cause", "checks", "laws", "what tells it", "plainest example"}}
	for _, g := range groups {
		t = append(t, []string{string(g.Cause), fmt.Sprint(g.Checks), fmt.Sprint(g.Laws), g.Why, g.Plainest()})
	}
	doc.markdown(t)
}

// writeFailures writes failures and broken laws as a test prints them.
func writeFailures(doc *document, r *conformance.Report, most int) {
	var broken []string
	for _, l := range r.LawsInOrder() {
		broken = append(broken, l.String())
	}
	var failed []string
	for _, f := range r.InOrder() {
		failed = append(failed, f.String())
	}
	for _, list := range []struct {
		title string
		texts []string
	}{{"Failures", failed}, {"Broken laws", broken}} {
		if len(list.texts) == 0 {
			continue
		}
		doc.block("### " + list.title)
		for _, text := range list.texts[:min(most, len(list.texts))] {
			doc.code(text)
		}
		if rest := len(list.texts) - most; rest > 0 {
			doc.block(fmt.Sprintf("and %d more", rest))
		}
	}
}
