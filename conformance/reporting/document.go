package reporting

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/lossproof/lossproof/internal/printable"
)

// A table is rows of cells; the first row is the head.
type table [][]string

// A document gathers text, in blocks with an empty line between tables and lines.
type document struct {
	text   strings.Builder
	inLine bool // the last block was a line
}

func (d *document) begin(line bool) {
	if d.text.Len() > 0 && !(line && d.inLine) {
		d.text.WriteByte('\n')
	}
	d.inLine = line
}

func (d *document) line(text string) {
	d.begin(true)
	d.text.WriteString(oneLine(text) + "\n")
}

// block is lines that stand alone.
func (d *document) block(text string) {
	d.begin(false)
	d.text.WriteString(strings.TrimRight(printable.Text(text, mostBlock), "\n") + "\n")
}

// table writes a table in columns.
func (d *document) table(t table) {
	d.begin(false)
	var columns strings.Builder
	w := tabwriter.NewWriter(&columns, 0, 1, 2, ' ', 0)
	for _, row := range t {
		cells := make([]string, len(row))
		for k := range row {
			cells[k] = oneLine(row[k])
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	w.Flush() // a strings.Builder does not fail
	for line := range strings.Lines(columns.String()) {
		d.text.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// markdown writes a table of text in Markdown.
func (d *document) markdown(t table) {
	shown := make(table, len(t))
	for k, row := range t {
		for _, cell := range row {
			shown[k] = append(shown[k], escaped(cell))
		}
	}
	d.rawMarkdown(shown)
}

// rawMarkdown writes a table whose cells are Markdown.
func (d *document) rawMarkdown(t table) {
	d.begin(false)
	for k, row := range t {
		for _, cell := range row {
			d.text.WriteString("| " + cell + " ")
		}
		d.text.WriteString("|\n")
		if k == 0 {
			d.text.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
}

// code writes text as a block of code, inside a fence that the text does not close.
func (d *document) code(text string) {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	d.block(fence + "text\n" + strings.TrimRight(text, "\n") + "\n" + fence)
}

func (d *document) writeTo(w io.Writer) error {
	_, err := io.WriteString(w, d.text.String())
	return err
}

// escaped is text that Markdown shows as it is, on one line. An underscore inside a word is
// one already.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range oneLine(text) {
		if strings.ContainsRune("\\`*{}[]<>#|~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// oneLine is text that fits into a cell.
func oneLine(text string) string {
	return printable.Line(strings.Join(strings.Fields(text), " "), printable.Most)
}

// mostBlock is how many bytes a block of text may have.
const mostBlock = 1 << 20

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
