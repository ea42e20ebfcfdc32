package reporting

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/subject"
)

// readingGuide is what a reader of the scoreboard must know.
const readingGuide = `What libraries compute, held against certified true values and against the laws of each loss. Every figure and every
statement below comes from a run of the library named, through its [adapter](../impl/adapters); a library that was not run is
named as not run. The same reports give the same page: ` + "`ci/scoreboard`" + ` makes both.

**Levels.** A library reaches a level for a loss, dtype and output where *every* case that it was asked does, so one wrong
answer among hundreds decides. V is the true value, κ its condition number (how much a relative change of the input
changes it), an ulp the unit in the last place of V.

| level | name | when |
|---|---|---|
| ✗ | not callable | a NaN, an infinity or an error where V is a number, or the other way round |`

const readingGuideAfterLevels = `A check is *wrong* here where it is below level %s. That is no verdict on a library's fitness for training, where
level 1 may be all that is needed; and inputs are chosen where implementations break, not as often as they occur in use.
Where libraries rightly differ (does a mean over nothing give NaN or 0?) there is a named convention: a library is judged
by the one that its adapter declares, and cases of others are not counted. What a library does not have is skipped,
which is neither right nor wrong. At an infinite input V is the limit, and after a NaN it is NaN, whether or not a library
promises that; to refuse such an input is wrong where V is defined. So what is wrong is also counted where it is *plain*:
the input and the truth are finite, and the batch is not empty. A version is the one that was installed; another may differ.

**A row** says: of this loss, in this dtype, the values or the gradients reach this level; so many of the cases that were
asked are wrong, and so many of these plain; the largest error in ulp (inf: a NaN or an infinity against a number), and the
largest error over 1+κ, which is what levels 2 and 3 bound; and an input, each number in decimal and as the bits of the dtype.
Among what is wrong it is the input of the worst wrong answer (the lowest level, then the largest error, then rather a finite
and a short input), with what came and what is true, and where it is not plain, a second row has the worst that is; among
what is right, that of the largest error. Then comes the command that asks for it again, from the root of the repository, and
prints a wrong answer in full. The library must be installed for it: ` + "`ci/adapters install NAME`, with the NAME in the command" + `.
Last come short programs without Lossproof that show a defect of the same output, though perhaps at another input; the end of
the part of a library has what they print.`

// WriteScoreboard writes the scoreboard as Markdown.
func WriteScoreboard(w io.Writer, s *Scoreboard) error {
	var reports []*conformance.Report
	for _, l := range s.Libraries {
		reports = append(reports, l.Report)
	}
	if len(reports) == 0 {
		return errors.New("a scoreboard of no reports")
	}
	c := Compare(reports)
	var doc document
	doc.block("# Scoreboard")
	doc.block(readingGuide)
	for _, l := range subject.Levels() {
		doc.text.WriteString(fmt.Sprintf("| %d | %s | %s |\n", l.Number(), l, escaped(l.Rule())))
	}
	doc.block(fmt.Sprintf(readingGuideAfterLevels, levelText(c.Subjects[0].Level)))
	if s.Machine != "" {
		doc.block("Run on: " + escaped(s.Machine) + ".")
	}
	doc.block("## Libraries")
	doc.rawMarkdown(s.overview(c))
	if len(s.NotRun) > 0 {
		doc.block("**Not run**, so that nothing is known of them here:")
		for _, n := range s.NotRun {
			doc.line("- " + escaped(n.Name+": "+n.Reason))
		}
	}
	for _, note := range c.Notes {
		doc.line("- note: " + escaped(note))
	}
	doc.block("## Levels")
	doc.block("Value / gradient; **bold** where something is wrong, with the part of the cases that is; – where it was not asked.")
	doc.rawMarkdown(s.matrix(c))
	for k := range s.Libraries {
		s.Libraries[k].write(&doc, c, k)
	}
	return doc.writeTo(w)
}

// overview is the table of the libraries.
func (s *Scoreboard) overview(c *Comparison) table {
	t := table{{"library", "environment", "wrong", "of them plain", "of checks", "skipped", "laws broken", "of laws", "reproductions"}}
	for k, l := range s.Libraries {
		var numbers, ofLaws conformance.Tally
		for _, row := range c.Rows {
			into := &numbers
			if row.Output == laws {
				into = &ofLaws
			}
			addTally(into, row.Cells[k].Tally)
		}
		name := c.Subjects[k].Name
		t = append(t, []string{fmt.Sprintf("[%s](#%s)", escaped(name), anchor(name)), escaped(environment(&l.Report.Subject)),
			fmt.Sprint(wrong(numbers)), fmt.Sprint(plainOf(slices.Concat(l.Report.Failures, l.Report.Known))), fmt.Sprint(numbers.Ran()), fmt.Sprint(numbers.Skipped),
			fmt.Sprint(wrong(ofLaws)), fmt.Sprint(ofLaws.Ran()), fmt.Sprint(len(l.Findings))})
	}
	return t
}

// matrix is losses and dtypes by libraries.
func (s *Scoreboard) matrix(c *Comparison) table {
	t := table{{"loss", "dtype"}}
	for k := range s.Libraries {
		name := oneLine(s.Libraries[k].Report.Subject.Name)
		if times := slices.IndexFunc(s.Libraries, func(l Library) bool { return oneLine(l.Report.Subject.Name) == name }); times != k {
			name = c.Subjects[k].Name // another version
		}
		t[0] = append(t[0], escaped(name))
	}
	type place struct{ loss, format string }
	var order []place
	cells := map[place]map[string][]Cell{}
	for _, row := range c.Rows {
		at := place{row.Loss, row.Format}
		if cells[at] == nil {
			order = append(order, at)
			cells[at] = map[string][]Cell{}
		}
		cells[at][row.Output] = row.Cells
	}
	for _, at := range order {
		line, ran := []string{at.loss, at.format}, false
		for k := range c.Subjects {
			text := "–"
			value, grad := cellOf(cells[at][string(conformance.Value)], k), cellOf(cells[at][string(conformance.Grad)], k)
			if value.Ran || grad.Ran {
				text, ran = value.symbol()+" / "+grad.symbol(), true
			}
			line = append(line, text)
		}
		if ran {
			t = append(t, line)
		}
	}
	return t
}

func cellOf(cells []Cell, k int) Cell {
	if cells == nil {
		return Cell{}
	}
	return cells[k]
}

// symbol is the level in one character, and how much is wrong.
func (c *Cell) symbol() string {
	if !c.Ran || c.Level == nil {
		return "–"
	}
	text := fmt.Sprint(c.Level.Number())
	if *c.Level == conformance.NotCallable {
		text = "✗"
	}
	if wrong(c.Tally) == 0 {
		return text
	}
	part := fmt.Sprintf("%.0f %%", 100*float64(wrong(c.Tally))/float64(c.Tally.Ran()))
	if part == "0 %" {
		part = "< 1 %"
	}
	return "**" + text + "** " + part
}

// write writes the part of one library.
func (l *Library) write(doc *document, c *Comparison, k int) {
	doc.block("## " + escaped(c.Subjects[k].Name))
	if text := environment(&l.Report.Subject); text != "" {
		doc.block("Environment: " + escaped(text) + ".")
	}
	if all := conventions(&l.Report.Subject); len(all) > 0 {
		doc.block("Conventions that it is judged by: " + escaped(strings.Join(all, "; ")) + ".")
	}
	wrongs := table{{"loss", "dtype", "output", "level", "wrong", "max ulp", "/(1+κ)", "worst", "again", "reproductions"}}
	rights := table{{"loss", "dtype", "output", "level", "cases", "max ulp", "/(1+κ)", "largest error at", "again"}}
	outputs := 0 // of which something is wrong
	for i := range c.Rows {
		switch row := &c.Rows[i]; {
		case row.Output == laws || !row.Cells[k].Ran:
		case wrong(row.Cells[k].Tally) > 0:
			w := wrongOf(l.Report, row)
			outputs++
			wrongs = append(wrongs, l.wrongLine(w, &row.Cells[k]))
			if plain := w.plain(); len(plain.failures) > 0 && !w.worst().Plain() {
				wrongs = append(wrongs, l.plainLine(plain))
			}
		default:
			rights = append(rights, l.rightLine(row, &row.Cells[k]))
		}
	}
	if len(wrongs) > 1 {
		doc.block("### Wrong")
		doc.rawMarkdown(wrongs)
	}
	if n := len(rights) - 1; n > 0 { // closed at first: what is wrong and the laws come before it
		doc.block(fmt.Sprintf("<details><summary>Right: %d of %d</summary>", n, n+outputs))
		doc.rawMarkdown(rights)
		doc.block("</details>")
	}
	l.writeLaws(doc)
	if all := skipReasons(l.Report); len(all) > 0 {
		const most = 10
		text := strings.Join(all[:min(most, len(all))], "; ")
		if rest := len(all) - most; rest > 0 {
			text += fmt.Sprintf("; and %d other reasons", rest)
		}
		doc.block("Skipped, in checks: " + escaped(text) + ".")
	}
	for _, text := range warnings(l.Report) {
		doc.block("Warning: " + escaped(text))
	}
	if len(l.Findings) > 0 {
		doc.block("### Without Lossproof")
	}
	for _, f := range l.Findings {
		doc.block(fmt.Sprintf("[%s](%s), `%s`:", escaped(path.Base(f.File)), f.File, f.Command))
		doc.code(f.Output)
	}
}

// rightLine is the row of an output of which nothing is wrong.
func (l *Library) rightLine(row *ComparedRow, cell *Cell) []string {
	line := append([]string{row.Loss, row.Format, row.Output}, cell.figures()...)
	line[4] = fmt.Sprint(cell.Tally.Ran())
	if cell.Case == "" { // there is no number in it
		return append(line, "", l.again(fmt.Sprintf("--only %s --loss %s --dtype %s", conformance.Golden, row.Loss, row.Format)))
	}
	return append(line, escaped(cut(cell.Input)), l.again("--case "+cell.Case))
}

// wrongLine is the row of an output of which something is wrong.
func (l *Library) wrongLine(w *wrongRow, cell *Cell) []string {
	f := w.worst()
	at := inputAndAnswer(f)
	if f.Outcome == conformance.Inaccurate && (cell.Max == nil || f.Error != *cell.Max) { // another input, which may be right, has the largest
		at += fmt.Sprintf(", error %s", f.Error)
	}
	var reproductions []string
	for _, found := range l.Findings {
		if found.about(w.ComparedRow) {
			reproductions = append(reproductions, fmt.Sprintf("[%s](%s)", escaped(path.Base(found.File)), found.File))
		}
	}
	line := append(append([]string{w.Loss, w.Format, w.Output}, cell.figures()...), at, l.again("--case "+f.Case), strings.Join(reproductions, " "))
	line[4] += fmt.Sprintf(", %d plain: %s", plainOf(w.failures), strings.Join(w.outcomes(), ", "))
	return line
}

// plainLine is the row of its plain failures, where the worst is none.
func (l *Library) plainLine(w *wrongRow) []string {
	f := w.worst()
	return []string{w.Loss, w.Format, w.Output + ", plain", levelSymbol(w.levels[f.Case]), strings.Join(w.outcomes(), ", "), f.Error.Short(), "", inputAndAnswer(f), l.again("--case " + f.Case), ""}
}

// inputAndAnswer is what a failure says, as Markdown.
func inputAndAnswer(f *conformance.Failure) string {
	want, _, _ := strings.Cut(f.Want, ", correctly rounded")
	text := escaped(cut(f.Input)) + " → **" + escaped(cut(f.Came())) + "**, true: " + escaped(cut(want))
	if f.Setting != "" && f.Setting != "none" {
		text += " (" + escaped(cut(f.Setting)) + ")"
	}
	return text
}

func levelSymbol(l conformance.Level) string {
	if l == conformance.NotCallable {
		return "✗"
	}
	return levelText(l)
}

// figures are the level, the checks that are wrong, the largest error and the largest over 1+κ.
func (c *Cell) figures() []string {
	level, largest, scaled := "right", "", ""
	switch {
	case c.Level != nil:
		level = levelSymbol(*c.Level)
	case wrong(c.Tally) > 0:
		level = "wrong"
	}
	if c.Max != nil {
		largest, scaled = c.Max.Short(), c.Scaled.Short()
	}
	return []string{level, fmt.Sprintf("%d of %d", wrong(c.Tally), c.Tally.Ran()), largest, scaled}
}

// writeLaws writes what the laws found, where one is broken.
func (l *Library) writeLaws(doc *document) {
	rows := lawRows(l.Report)
	if len(rows) == 0 {
		return
	}
	var total conformance.Tally
	broken := table{{"loss", "broken", "which", "for example", "again"}}
	for _, row := range rows {
		addTally(&total, row.tally)
		if row.first == nil {
			continue
		}
		example := row.first.Law + ", " + row.first.Format
		if f := row.first.Failure; f != nil {
			example += ": " + cut(f.Counterexample)
		}
		broken = append(broken, []string{row.loss, fmt.Sprintf("%d of %d", wrong(row.tally), row.tally.Ran()), escaped(row.names()),
			escaped(example), l.again(fmt.Sprintf("--only %s --loss %s --seed %d --checks %d", conformance.Properties, row.loss, l.Report.Seed, l.Report.Laws.Checks))})
	}
	doc.block("### Laws")
	doc.block(fmt.Sprintf("%d obeyed, %d broken; each counts once for each dtype, and was held against %d cases. One that no case could be checked against is not obeyed.", total.Passed, wrong(total), l.Report.Laws.Checks))
	if len(broken) > 1 {
		doc.rawMarkdown(broken)
	}
}

// again is the command that repeats a part of the run, as code in a table.
func (l *Library) again(what string) string {
	command := oneLine("go run ./cmd/lossproof verify " + what + " -- " + l.Command)
	return "`" + strings.ReplaceAll(command, "|", `\|`) + "`"
}

// wrong is how many checks failed, known or not.
func wrong(t conformance.Tally) int { return t.Failed + t.Known }

func addTally(to *conformance.Tally, t conformance.Tally) {
	to.Passed, to.Failed, to.Known, to.Skipped = to.Passed+t.Passed, to.Failed+t.Failed, to.Known+t.Known, to.Skipped+t.Skipped
}

// environment is what a subject says of its environment, on one line.
func environment(d *conformance.Description) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(d.Environment)) {
		parts = append(parts, name+" "+d.Environment[name])
	}
	return strings.Join(parts, ", ")
}

// cut is a text that fits into a cell: the command beside it prints the whole.
func cut(text string) string {
	const wide = 120
	if runes := []rune(text); len(runes) > wide {
		return string(runes[:wide]) + " …"
	}
	return text
}

// anchor is what a heading can be linked by, as GitHub makes it.
func anchor(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		}
	}
	return b.String()
}
