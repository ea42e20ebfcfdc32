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
const readingGuide = `Every figure and every statement comes from a run of the library named, through its [adapter](../impl/adapters); ` + "`ci/scoreboard`" + ` makes the page. An answer is
*wrong* here where it is below level %s: that is a strict measure, and a few last digits may not matter for training. It is *far off* below level 1, the tolerance
of torch.testing.assert_close. Inputs are chosen where implementations break, not as often as they occur in use, so they are told apart:

| inputs | what they are |
|---|---|
| everyday | every number is 0, or from 2⁻¹⁴ to 16 in size; coordinates of boxes up to 4096 |
| large | the same from 2⁻²⁰ to 1024, and 2¹⁸: large numbers, and probabilities next to 0 or 1 |
| extreme | finite numbers beyond |
| non-finite | a NaN or an infinity in the input, where V is the limit or a NaN, or as the true answer, whether or not a library promises that |
| empty | a batch of nothing, or a mean of which all is ignored or of weight 0 |

With V the true value, κ its condition number and an ulp the unit in its last place (where V is 0, what came is the error itself), the levels are

| level | name | when |
|---|---|---|
| ✗ | not callable | a NaN, an infinity or an error where V is a number, or the other way round |`

const readingGuideAfterLevels = `One wrong answer among hundreds decides a level. Where libraries rightly differ (does a mean over nothing give NaN or 0?) there is a named convention: a library is judged
by the one that its adapter declares. What it does not have, or documents and the catalogue has no name for, is skipped, which is neither right nor wrong. A kernel that is
called by two names counts once, for the library that has it. Laws are claims that hold for any input; each was held against %s cases for each loss and dtype, drawn anew. **≤** says
that all vectors of this kind are right, and that a law found an input of it that is not.

What each library computes of each loss is in its report: ` + "`verify --json report.json -- impl/adapters/NAME/run`" + ` writes it, ` + "`report --format html report.json`" + ` makes a page of it, and
` + "`ci/site DIR NAME.json...`" + ` pages of all.`

// WriteScoreboard writes the scoreboard as Markdown.
func WriteScoreboard(w io.Writer, s *Scoreboard) error {
	if len(s.Libraries) == 0 {
		return errors.New("a scoreboard of no reports")
	}
	var reports []*conformance.Report
	counted := make([]map[bin]*share, len(s.Libraries))
	for k := range s.Libraries {
		reports = append(reports, s.Libraries[k].Report)
		counted[k] = shares(reports[k])
	}
	names := summaries(reports)
	var doc document
	doc.block("# Scoreboard")
	doc.block(s.sentence(counted))
	doc.block(fmt.Sprintf(readingGuide, levelText(reports[0].Level)))
	for _, l := range subject.Levels() {
		doc.text.WriteString(fmt.Sprintf("| %d | %s | %s |\n", l.Number(), l, escaped(l.Rule())))
	}
	doc.block(fmt.Sprintf(readingGuideAfterLevels, s.lawChecks()))
	if s.Machine != "" {
		doc.block("Run on: " + escaped(s.Machine) + ".")
	}
	doc.block("## Libraries")
	doc.block("The part of the checks that is wrong, and at everyday inputs also the part that is far off.")
	doc.rawMarkdown(s.overview(names, counted))
	if len(s.NotRun) > 0 {
		doc.block("**Not run**, so that nothing is known of them here:")
		for _, n := range s.NotRun {
			doc.line("- " + escaped(n.Name+": "+n.Reason))
		}
	}
	for _, note := range notesOn(names, reports) {
		doc.line("- note: " + escaped(note))
	}
	doc.block("## Levels at everyday inputs")
	doc.block("Value / gradient over all dtypes; **bold** with the part of the checks that is wrong; – where it was not asked; a name is that of the library that has the kernel.")
	doc.rawMarkdown(s.matrix(counted))
	for k := range s.Libraries {
		s.Libraries[k].write(&doc, names[k].Name)
	}
	return doc.writeTo(w)
}

// sentence says what came of all libraries in words for everybody.
func (s *Scoreboard) sentence(counted []map[bin]*share) string {
	everyday, beyond, libraries := &share{}, &share{}, 0
	for k := range s.Libraries {
		if s.Libraries[k].Remarks.Apart != "" {
			continue
		}
		libraries++
		for _, inputs := range conformance.AllInputs() {
			into := beyond
			if inputs == conformance.Everyday {
				into = everyday
			}
			into.merge(s.Libraries[k].total(counted[k], inputs))
		}
	}
	return fmt.Sprintf("What do the libraries compute that people use? Of %d checks of %d libraries at everyday inputs **%s are wrong** in digits that could have been right, and **%s are far off**, so that "+
		"a test with usual tolerances would see it. Of %d checks at large, extreme, non-finite and empty inputs %s are wrong.",
		everyday.ran, libraries, or0(percent(everyday.wrong, everyday.ran)), or0(percent(everyday.far, everyday.ran)), beyond.ran, or0(percent(beyond.wrong, beyond.ran)))
}

func or0(percent string) string {
	if percent == "0" {
		return "none"
	}
	return percent
}

// lawChecks is how often laws were checked, or how often each library's.
func (s *Scoreboard) lawChecks() string {
	var counts []int
	for k := range s.Libraries {
		if laws := s.Libraries[k].Report.Laws; laws != nil {
			counts = append(counts, laws.Checks)
		}
	}
	if len(counts) == 0 {
		return "no"
	}
	if low, high := slices.Min(counts), slices.Max(counts); low != high {
		return fmt.Sprintf("%d to %d", low, high)
	}
	return fmt.Sprint(counts[0])
}

// overview is the table of the libraries; what is no library comes last.
func (s *Scoreboard) overview(names []Summary, counted []map[bin]*share) table {
	t := table{{"library", "everyday: wrong", "far off", "large", "extreme", "non-finite", "empty", "checks", "laws broken", "reproductions"}}
	for _, apart := range []bool{false, true} {
		for k := range s.Libraries {
			l := &s.Libraries[k]
			if apart != (l.Remarks.Apart != "") {
				continue
			}
			line, checks := []string{fmt.Sprintf("[%s](#%s)", escaped(names[k].Name), anchor(names[k].Name))}, 0
			for _, inputs := range conformance.AllInputs() {
				sum := l.total(counted[k], inputs)
				checks += sum.ran
				texts := []string{percent(sum.wrong, sum.ran)}
				if inputs == conformance.Everyday {
					texts = append(texts, percent(sum.far, sum.ran))
				}
				for _, text := range texts {
					if sum.ran == 0 {
						text = "–"
					}
					line = append(line, text)
				}
			}
			broken, held := l.ownLaws()
			t = append(t, append(line, fmt.Sprint(checks), fmt.Sprintf("%d of %d", broken, held), fmt.Sprint(len(l.Findings))))
		}
	}
	return t
}

// matrix is losses by libraries, at everyday inputs.
func (s *Scoreboard) matrix(counted []map[bin]*share) table {
	t := table{{"loss"}}
	seen := map[string]bool{}
	for k := range s.Libraries {
		t[0] = append(t[0], escaped(oneLine(s.Libraries[k].Report.Subject.Name)))
		names, _ := losses(s.Libraries[k].Report)
		for _, name := range names {
			seen[name] = true
		}
	}
	for _, name := range inOrder(seen) {
		line := []string{name}
		for k := range s.Libraries {
			if lender := s.Libraries[k].Remarks.lender(name); lender != "" {
				line = append(line, escaped(lender))
				continue
			}
			line = append(line, valueAndGradient(counted[k], name, conformance.Everyday))
		}
		t = append(t, line)
	}
	return t
}

// inOrder lists losses in the order of the catalogue.
func inOrder(seen map[string]bool) []string {
	return slices.SortedFunc(maps.Keys(seen), func(a, b string) int {
		if d := lossIndex(a) - lossIndex(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
}

// valueAndGradient are the value and the gradient of a loss at inputs of one kind.
func valueAndGradient(of map[bin]*share, loss string, inputs conformance.Inputs) string {
	value, grad := of[bin{loss, conformance.Value, inputs}].String(), of[bin{loss, conformance.Grad, inputs}].String()
	if value == "–" && grad == "–" {
		return "–"
	}
	return value + " / " + grad
}

// write writes the part of one library.
func (l *Library) write(doc *document, name string) {
	doc.block("## " + escaped(name))
	if l.Remarks.Apart != "" {
		doc.block("No library: " + escaped(l.Remarks.Apart) + ". It counts in no sum.")
	}
	if text := environment(&l.Report.Subject); text != "" {
		doc.block("Environment: " + escaped(text) + ".")
	}
	if all := conventions(&l.Report.Subject); len(all) > 0 {
		doc.block("Conventions that it is judged by: " + escaped(strings.Join(all, "; ")) + ".")
	}
	if len(l.Remarks.Composed) > 0 {
		doc.block("Not one public call of the library: " + escaped(strings.Join(l.Remarks.Composed, "; ")) + ".")
	}
	if len(l.Remarks.Borrowed) > 0 {
		var lent []string
		for _, lender := range slices.Sorted(maps.Keys(l.Remarks.Borrowed)) {
			lent = append(lent, strings.Join(l.Remarks.Borrowed[lender], ", ")+" (of "+lender+")")
		}
		doc.block("Kernels of others, which count there: " + escaped(strings.Join(lent, "; ")) + ".")
	}
	verify := func(flags string) string {
		return "`" + oneLine("go run ./cmd/lossproof verify "+flags+" -- "+l.Command) + "`"
	}
	text := "Nothing is wrong. " + verify("--json report.json") + " runs it again"
	if f := l.example(); f != nil {
		text = fmt.Sprintf("For example: %s %s %s: %s. %s asks for it again", escaped(f.Loss), f.Format, f.Output, escaped(f.Brief()), verify("--case "+f.Case))
	}
	if l.Known != "" {
		text += "; the [known failures](" + l.Known + ") list what is wrong"
	}
	doc.block(text + ".")
	for _, text := range warnings(l.Report) {
		doc.block("Warning: " + escaped(text))
	}
	for _, f := range l.Findings {
		doc.line(fmt.Sprintf("- [%s](%s): %s", escaped(path.Base(f.File)), f.File, f.line()))
	}
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
	const wide = 160
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
