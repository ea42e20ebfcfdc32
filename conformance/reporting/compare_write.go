package reporting

import (
	"fmt"
	"io"
)

// WriteText writes the comparison for a terminal: a line for each subject, what makes them
// hard to compare, and a table with a column for each.
func (c *Comparison) WriteText(w io.Writer) error {
	var doc document
	for _, part := range c.tables() {
		doc.table(part)
	}
	for _, note := range c.Notes {
		doc.line("note: " + note)
	}
	return doc.writeTo(w)
}

// WriteMarkdown writes the same as Markdown.
func (c *Comparison) WriteMarkdown(w io.Writer) error {
	var doc document
	doc.line("## Comparison")
	for _, part := range c.tables() {
		doc.markdown(part)
	}
	for _, note := range c.Notes {
		doc.line("- " + escaped(note))
	}
	return doc.writeTo(w)
}

// WriteJSON writes the comparison in the form of ComparisonVersion.
func (c *Comparison) WriteJSON(w io.Writer) error { return writeJSON(w, c) }

// tables are the one of the subjects and the one of their rows.
func (c *Comparison) tables() [2]table {
	subjects := table{{"subject", "verdict", "required", "passed", "failed", "known", "skipped"}}
	rows := table{{"loss", "dtype", "output"}}
	for _, s := range c.Subjects {
		subjects = append(subjects, []string{s.Name, s.Verdict(), levelText(s.Level), fmt.Sprint(s.Tally.Passed),
			fmt.Sprint(s.Tally.Failed), fmt.Sprint(s.Tally.Known), fmt.Sprint(s.Tally.Skipped)})
		name := s.Name
		if s.Incomplete != "" {
			name += " (incomplete)"
		}
		rows[0] = append(rows[0], name)
	}
	for _, row := range c.Rows {
		line := []string{row.Loss, row.Format, row.Output}
		for k := range row.Cells {
			line = append(line, row.text(k))
		}
		rows = append(rows, line)
	}
	return [2]table{subjects, rows}
}
