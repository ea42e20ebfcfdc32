package reporting

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/conformance"
)

// A Scoreboard is what reports say of libraries, for those who choose one and for those who
// maintain one. Nothing in it is known but from a run.
type Scoreboard struct {
	Machine   string // on which the reports were made, in words
	Libraries []Library
	NotRun    []NotRun
}

// A Library is one that was run.
type Library struct {
	Report   *conformance.Report
	Command  string // that starts its adapter
	Known    string // a link to its known failures; empty without one
	Remarks  Remarks
	Findings []Finding
}

// Remarks are what a person says of a library's adapter.
type Remarks struct {
	// Apart says what it is that is no library; it counts nowhere.
	Apart string `json:"apart,omitempty"`
	// Borrowed lists, under the library that has the kernel, the losses that call it: they count there, and not here.
	Borrowed map[string][]string `json:"borrowed,omitempty"`
	// Composed says of which losses the adapter, or a private function, is a part.
	Composed []string `json:"composed,omitempty"`
}

// lender is the library whose kernel a loss is; empty where it is the library's own.
func (r *Remarks) lender(loss string) string {
	for _, name := range slices.Sorted(maps.Keys(r.Borrowed)) {
		if slices.Contains(r.Borrowed[name], loss) {
			return name
		}
	}
	return ""
}

// A Finding is a minimal reproduction in the library's own language, with what it printed when it
// was run.
type Finding struct {
	File   string // as a link from the scoreboard
	Output string
}

// line is what the finding printed, on one line: what it is of, what came and what is true.
func (f *Finding) line() string {
	what, got, want := "", "", ""
	for text := range strings.Lines(f.Output) {
		text = strings.TrimSpace(text)
		after, isGot := strings.CutPrefix(text, "got")
		other, isWant := strings.CutPrefix(text, "want")
		switch {
		case isGot && got == "":
			got = strings.TrimSpace(after)
		case isWant && want == "":
			want = strings.TrimSpace(other)
		case what == "":
			what = text
		}
	}
	return escaped(cut(what)) + " → **" + escaped(cut(got)) + "**, true: " + escaped(cut(want))
}

// A NotRun is a library of which nothing is known.
type NotRun struct{ Name, Reason string }

// A share is what became of checks of one kind.
type share struct {
	ran, wrong, far int               // wrong is below the required level, far below close
	level           conformance.Level // met by all
	capped          bool              // by a law that is broken, though each check is right
}

func (s *share) add(level, required conformance.Level) {
	if s.ran == 0 || level < s.level {
		s.level = level
	}
	s.ran++
	if level < required {
		s.wrong++
	}
	if level < conformance.Close {
		s.far++
	}
}

func (s *share) merge(t *share) {
	s.ran, s.wrong, s.far = s.ran+t.ran, s.wrong+t.wrong, s.far+t.far
}

// percent is a part of all, so that something is never 0.
func percent(part, all int) string {
	switch n := 100 * float64(part) / float64(max(all, 1)); {
	case part == 0:
		return "0"
	case n < 1:
		return "< 1 %"
	default:
		return fmt.Sprintf("%.0f %%", n)
	}
}

// String is the level, and in bold with the part that is wrong where something is.
func (s *share) String() string {
	if s == nil || s.ran == 0 {
		return "–"
	}
	text := fmt.Sprint(s.level.Number())
	if s.level == conformance.NotCallable {
		text = "✗"
	}
	switch {
	case s.wrong > 0:
		return "**" + text + "** " + percent(s.wrong, s.ran)
	case s.capped:
		return "**≤ " + text + "**"
	}
	return text
}

// A bin is what checks have in common: an output of a loss, at inputs of one kind, in all dtypes.
type bin struct {
	loss   string
	output conformance.Output
	inputs conformance.Inputs
}

// truthLaws are the laws that hold a single output against the truth, at inputs that the vectors do not have.
var truthLaws = map[string]conformance.Output{"value_is_true": conformance.Value, "gradient_is_true": conformance.Grad}

// shares counts the checks of a report. A law against the truth that is broken lowers the level of what it is about, at inputs of the kind that
// breaks it, to below the required one: a few vectors that are right do not say more.
func shares(r *conformance.Report) map[bin]*share {
	all := map[bin]*share{}
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Output == conformance.Refusal {
			continue
		}
		for _, c := range row.Checks {
			if !c.Ran() {
				continue
			}
			at := bin{row.Loss, row.Output, c.Inputs}
			if all[at] == nil {
				all[at] = &share{}
			}
			all[at].add(*c.Level, r.Level)
		}
	}
	if r.Laws == nil {
		return all
	}
	for i := range r.Laws.Results {
		l := &r.Laws.Results[i]
		output, ok := truthLaws[l.Law]
		if s := all[bin{l.Loss, output, l.Inputs}]; ok && s != nil && l.Failure != nil && s.level >= r.Level {
			s.level, s.capped = r.Level-1, true
		}
	}
	return all
}

// losses lists those of a report of which a check was run, with their dtypes, in the order of the catalogue.
func losses(r *conformance.Report) (names []string, dtypes map[string][]string) {
	dtypes = map[string][]string{}
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Cases > 0 && !slices.Contains(dtypes[row.Loss], row.Format) {
			dtypes[row.Loss] = append(dtypes[row.Loss], row.Format)
		}
	}
	names = slices.SortedFunc(maps.Keys(dtypes), func(a, b string) int {
		return cmp.Or(cmp.Compare(lossIndex(a), lossIndex(b)), cmp.Compare(a, b))
	})
	for _, of := range dtypes {
		slices.SortFunc(of, func(a, b string) int { return cmp.Compare(formatIndex(a), formatIndex(b)) })
	}
	return names, dtypes
}

// total adds up the shares of what is the library's own, at inputs of one kind.
func (l *Library) total(of map[bin]*share, inputs conformance.Inputs) *share {
	sum := &share{}
	for at, s := range of {
		if at.inputs == inputs && l.Remarks.lender(at.loss) == "" {
			sum.merge(s)
		}
	}
	return sum
}

// ownLaws counts the laws of what is the library's own.
func (l *Library) ownLaws() (broken, held int) {
	if l.Report.Laws == nil {
		return 0, 0
	}
	for i := range l.Report.Laws.Results {
		law := &l.Report.Laws.Results[i]
		if law.Status == conformance.Skipped || l.Remarks.lender(law.Loss) != "" {
			continue
		}
		held++
		if law.Status != conformance.Passed {
			broken++
		}
	}
	return broken, held
}

// example is the plainest of what is wrong and the library's own, at the inputs that are most frequent in use; nil where nothing is.
func (l *Library) example() *conformance.Failure {
	kinds := map[string]conformance.Inputs{}
	for i := range l.Report.Rows {
		for _, c := range l.Report.Rows[i].Checks {
			kinds[c.Case] = c.Inputs
		}
	}
	order := conformance.AllInputs()
	index := func(f *conformance.Failure) int {
		if k := slices.Index(order, kinds[f.Case]); k >= 0 {
			return k
		}
		return len(order)
	}
	failures := slices.DeleteFunc(slices.Concat(l.Report.Failures, l.Report.Known), func(f *conformance.Failure) bool { return l.Remarks.lender(f.Loss) != "" })
	if len(failures) == 0 {
		return nil
	}
	return slices.MinFunc(failures, func(a, b *conformance.Failure) int {
		return cmp.Or(cmp.Compare(index(a), index(b)), conformance.ByPlainness(a, b))
	})
}

// conventions lists those that a subject says it follows, with the losses for which it does.
func conventions(d *conformance.Description) []string {
	losses := map[string][]string{}
	for _, c := range d.Capabilities {
		for name, values := range c.Conventions {
			text := name + " " + strings.Join(values, " or ")
			if !slices.Contains(losses[text], c.Loss) {
				losses[text] = append(losses[text], c.Loss)
			}
		}
	}
	var texts []string
	for _, text := range slices.Sorted(maps.Keys(losses)) {
		texts = append(texts, fmt.Sprintf("%s (%s)", text, strings.Join(losses[text], ", ")))
	}
	return texts
}

// warnings lists those of a report, each once.
func warnings(r *conformance.Report) []string {
	var texts []string
	times := map[string]int{}
	for _, text := range r.Warnings {
		text = conformance.Repeatable(text)
		if times[text]++; times[text] == 1 {
			texts = append(texts, text)
		}
	}
	for k, text := range texts {
		if n := times[text]; n > 1 {
			texts[k] = fmt.Sprintf("%s (%d times)", text, n)
		}
	}
	return texts
}
