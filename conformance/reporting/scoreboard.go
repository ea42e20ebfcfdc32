package reporting

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/properties"
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
	Findings []Finding
}

// A Finding is a minimal reproduction in the library's own language, with what it printed when it
// was run.
type Finding struct {
	File    string // as a link from the scoreboard
	Command string // that runs it
	About   string // <loss>.<dtype>/<output>, each part a glob of path.Match
	Output  string
}

// A NotRun is a library of which nothing is known.
type NotRun struct{ Name, Reason string }

// about reports whether the finding is about a row.
func (f *Finding) about(row *ComparedRow) bool {
	ok, err := path.Match(f.About, row.Loss+"."+row.Format+"/"+row.Output)
	return ok && err == nil
}

// A wrongRow is a row and the failures that it shows.
type wrongRow struct {
	*ComparedRow
	failures []*conformance.Failure
	levels   map[string]conformance.Level // of every check that was run
}

// wrongOf is what is wrong of a row in a report.
func wrongOf(r *conformance.Report, row *ComparedRow) *wrongRow {
	w := &wrongRow{row, failuresOf(r, row), map[string]conformance.Level{}}
	for _, part := range r.Rows {
		if part.Loss != row.Loss || part.Format != row.Format || string(part.Output) != row.Output {
			continue
		}
		for _, c := range part.Checks {
			if c.Ran() {
				w.levels[c.Case] = *c.Level
			}
		}
	}
	return w
}

// plain is the same row of the plain failures only.
func (w *wrongRow) plain() *wrongRow {
	kept := slices.DeleteFunc(slices.Clone(w.failures), func(f *conformance.Failure) bool { return !f.Plain() })
	return &wrongRow{w.ComparedRow, kept, w.levels}
}

// plainOf counts the plain failures.
func plainOf(failures []*conformance.Failure) int {
	n := 0
	for _, f := range failures {
		if f.Plain() {
			n++
		}
	}
	return n
}

// worst is one of the lowest level, and of those one with the largest error; of equals the plainest.
func (w *wrongRow) worst() *conformance.Failure {
	size := func(f *conformance.Failure) float64 { return math.Abs(float64(f.Error)) }
	return slices.MinFunc(w.failures, func(a, b *conformance.Failure) int {
		return cmp.Or(cmp.Compare(w.levels[a.Case], w.levels[b.Case]), cmp.Compare(size(b), size(a)), conformance.ByPlainness(a, b))
	})
}

// failuresOf lists the failures of a row, known or not.
func failuresOf(r *conformance.Report, row *ComparedRow) []*conformance.Failure {
	return slices.DeleteFunc(slices.Concat(r.Failures, r.Known), func(f *conformance.Failure) bool {
		return f.Loss != row.Loss || f.Format != row.Format || string(f.Output) != row.Output
	})
}

// outcomes counts the failures by outcome, the most frequent first.
func (w *wrongRow) outcomes() []string {
	counts := map[conformance.Outcome]int{}
	for _, f := range w.failures {
		counts[f.Outcome]++
	}
	order := slices.SortedFunc(maps.Keys(counts), func(a, b conformance.Outcome) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var texts []string
	for _, o := range order {
		texts = append(texts, fmt.Sprintf("%d %s", counts[o], strings.ReplaceAll(string(o), "_", " ")))
	}
	return texts
}

// A lawRow is what the laws found for one loss, over all dtypes.
type lawRow struct {
	loss   string
	tally  conformance.Tally
	order  []string               // laws that are broken
	broken map[string][]string    // the dtypes in which they are
	ran    map[string]int         // in how many each was held
	first  *conformance.LawResult // that is broken
}

// names lists the broken laws, each with its dtypes where it is not broken in all, or where no case of it could be checked.
func (row *lawRow) names() string {
	var names []string
	for _, law := range row.order {
		formats := strings.Join(row.broken[law], ", ")
		if len(row.broken[law]) < row.ran[law] || strings.Contains(formats, " not checked") {
			law += " (" + formats + ")"
		}
		names = append(names, law)
	}
	return strings.Join(names, ", ")
}

// lawRows lists the losses of which a law was held.
func lawRows(r *conformance.Report) []*lawRow {
	if r.Laws == nil {
		return nil
	}
	byLoss := map[string]*lawRow{}
	for k := range r.Laws.Results {
		l := &r.Laws.Results[k]
		if l.Status == conformance.Skipped {
			continue
		}
		row := byLoss[l.Loss]
		if row == nil {
			row = &lawRow{loss: l.Loss, broken: map[string][]string{}, ran: map[string]int{}}
			byLoss[l.Loss] = row
		}
		count(&row.tally, l.Status)
		row.ran[l.Law]++
		if l.Status == conformance.Passed {
			continue
		}
		if row.first == nil {
			row.first = l
		}
		if row.broken[l.Law] == nil {
			row.order = append(row.order, l.Law)
		}
		format := l.Format
		if l.Failure != nil && l.Failure.What == properties.Unproven {
			format += " not checked"
		}
		row.broken[l.Law] = append(row.broken[l.Law], format)
	}
	return slices.SortedFunc(maps.Values(byLoss), func(a, b *lawRow) int {
		return cmp.Or(cmp.Compare(lossIndex(a.loss), lossIndex(b.loss)), cmp.Compare(a.loss, b.loss))
	})
}

// skipReasons counts the checks that were skipped, by reason, the most frequent first. The values of
// a parameter that the subject does not take are one reason.
func skipReasons(r *conformance.Report) []string {
	counts := map[string]int{}
	for _, s := range r.Skips {
		reason := s.Reason
		if name, _, ok := strings.Cut(reason, " = "); ok && strings.HasPrefix(reason, "no ") && !strings.Contains(strings.TrimPrefix(name, "no "), " ") {
			reason = name
		}
		counts[reason] += s.Checks
	}
	order := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var texts []string
	for _, reason := range order {
		texts = append(texts, fmt.Sprintf("%s (%d)", reason, counts[reason]))
	}
	return texts
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
