package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/lossproof/lossproof/conformance/known"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/properties"
)

// The parts of the suite, as Only names them.
const (
	Golden     = "golden"     // vectors and live cases, each judged against its true value
	Properties = "properties" // laws, which hold a subject to itself; see package properties
)

// runs reports whether a part of the suite is asked for. A filter that is about one part
// leaves the other out.
func (c *Config) runs(part string) bool {
	switch {
	case c.Only != "":
		return c.Only == part
	case part == Golden:
		return len(c.Laws) == 0 || len(c.Cases) > 0
	}
	return len(c.Cases) == 0 || len(c.Laws) > 0
}

// checkLaws refuses what is said about laws that would select nothing.
func (c *Config) checkLaws() error {
	var errs []error
	switch c.Only {
	case "", Golden, Properties:
	default:
		errs = append(errs, fmt.Errorf("conformance: no part %q: want %s or %s", c.Only, Golden, Properties))
	}
	if c.Only == Properties && len(c.Cases) > 0 {
		errs = append(errs, fmt.Errorf("conformance: cases are %s, which Only %s leaves out", Golden, Properties))
	}
	if c.Only == Golden && len(c.Laws) > 0 {
		errs = append(errs, fmt.Errorf("conformance: laws are %s, which Only %s leaves out", Properties, Golden))
	}
	for _, name := range c.Laws {
		if _, err := properties.LawNamed(name); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// described is a subject that declares what the configuration leaves of it.
type described struct {
	Subject
	description Description
}

func (d described) Describe() Description { return d.description }

// lawful is the subject and the configuration as package properties wants them.
func (r *run) lawful() (Subject, properties.Config) {
	return described{r.subject, r.description}, properties.Config{Losses: r.Losses, Dtypes: r.Dtypes, Laws: r.Laws,
		Checks: r.Checks, Seed: r.Seed, Level: max(r.Level, Close), Look: &r.look,
		Progress: func(done, _ int) { r.Progress(len(r.cases)+done, r.total()) }}
}

// countLaws finds out how many laws there are to be checked. That none is left which is
// about the subject is an outcome, which the verdict on a run without checks covers,
// unless a law was named.
func (r *run) countLaws() (err error) {
	if !r.runs(Properties) || r.Checks == 0 {
		return nil
	}
	s, c := r.lawful()
	r.toCheck, err = c.Count(s)
	if errors.Is(err, properties.ErrNoLaw) && len(r.Laws) == 0 {
		return nil
	}
	return err
}

// total is how much there is to do, in cases and laws.
func (r *run) total() int { return len(r.cases) + r.toCheck }

// checkAllLaws holds the subject to the laws. The report is nil where there is none.
func (r *run) checkAllLaws(ctx context.Context) (*properties.Report, error) {
	if r.toCheck == 0 {
		return nil, nil
	}
	s, c := r.lawful()
	c.Workers, c.Repeat = r.atOnce(), r.repeatLaw
	return c.Check(ctx, s)
}

// repeatLaw is the command that checks one law again.
func (r *run) repeatLaw(f *properties.Failure, seed uint64, checks int) string {
	if r.within != "" {
		return repeatCommand(strings.Join([]string{r.within, "laws", f.Loss, f.Format, f.Law}, "/"))
	}
	return r.repeat(fmt.Sprintf("--only %s --loss %s --dtype %s --law %s --seed %d --checks %d", Properties, f.Loss, f.Format, f.Law, seed, checks),
		Config{Losses: []string{f.Loss}, Dtypes: []string{f.Format}, Laws: []string{f.Law}})
}

// runLaws does the same in subtests laws/loss/dtype/law.
func (r *run) runLaws(t *testing.T) *properties.Report {
	t.Helper()
	if r.toCheck == 0 {
		return nil
	}
	s, c := r.lawful()
	var report properties.Report
	c.Workers, c.Record, c.Settle = r.Workers, &report, r.settleLaw
	t.Run("laws", func(t *testing.T) { c.Run(t, s) })
	if len(report.Results) == 0 {
		return nil
	}
	return &report
}

// settleLaw makes a result the outcome of its subtest.
func (r *run) settleLaw(t *testing.T, found *properties.Result) {
	t.Helper()
	switch l, _ := lawResult(found, r.Known); l.Status {
	case Failed:
		t.Error(l.String())
	case Known:
		t.Log("as the known failures say: " + l.String())
	case Skipped:
		t.Skip(l.Skipped)
	}
}

// A LawReport is what the laws found.
type LawReport struct {
	Checks  int         `json:"checks"` // asked for, for each law, loss and dtype
	Level   Level       `json:"level"`  // the error bound that slack was derived from
	Results []LawResult `json:"results"`
}

// A LawResult is that of one law for one loss in one dtype, which is one check of the run.
type LawResult struct {
	properties.Result
	Status Status `json:"status"`
	Inputs Inputs `json:"inputs,omitempty"` // what the numbers of the simplest case that breaks it are like
	Note   string `json:"note,omitempty"`   // what the known failures have to do with it
	Cause  Cause  `json:"cause,omitempty"`  // why it is broken, as far as the answers tell
	Why    string `json:"why,omitempty"`
}

// addLaws enters what the laws found.
func (r *Report) addLaws(laws *properties.Report, list []known.Failure) {
	if laws == nil {
		return
	}
	r.Laws = &LawReport{Checks: laws.Checks, Level: laws.Level, Results: []LawResult{}}
	for i := range laws.Results {
		l, entry := lawResult(&laws.Results[i], list)
		if entry != nil {
			entry.Hits++
		}
		r.judge.count(&r.Tally, l.Status)
		r.Laws.Results = append(r.Laws.Results, l)
	}
}

// lawResult gives a result its status, and returns the entry of the known failures that is
// about it, if there is one. A law without a check and without a reason has shown nothing,
// and so has not passed.
func lawResult(found *properties.Result, list []known.Failure) (LawResult, *known.Failure) {
	l := LawResult{Result: *found, Status: Passed}
	switch {
	case found.Failure != nil:
		l.Status = Failed
		if c := found.Failure.Case; c != nil {
			if decl, err := loss.Named(c.Call.Loss); err == nil { // a defined one has no inputs of a kind
				l.Inputs = inputsOf(&c.Call, decl, nil)
			}
		}
	case found.Skipped != "":
		l.Status = Skipped
		return l, nil
	case found.Checks == 0:
		l.Status, l.Note = Failed, "the law was not checked even once"
		return l, nil
	}
	var outcome Outcome
	if l.Status == Failed {
		outcome = Broken
	}
	e := known.Find(list, true, outcome, known.LawKey(found.Loss, found.Format, found.Law))
	switch {
	case e == nil:
	case l.Status == Passed:
		l.Status, l.Note = Failed, "a known failure that holds is no longer one: delete "+e.Where()
	default:
		l.Status, l.Note = Known, e.Reason
	}
	return l, e
}

// String is the result as a test prints it.
func (l *LawResult) String() string {
	if l.Failure == nil {
		return fmt.Sprintf("%s %s, the law %s: %s", l.Loss, l.Format, l.Law, l.Note)
	}
	text := l.Failure.String()
	if l.Cause.Kind() != BrokenLaw && l.Cause != "" {
		text += fmt.Sprintf("\n  %-15s %s: %s", "cause", l.Cause, l.Why)
	}
	if l.Note != "" {
		text += fmt.Sprintf("\n  %-15s %s", "note", l.Note)
	}
	return text
}

// A lawRow is what the laws found for one loss in one dtype.
type lawRow struct {
	loss, format string
	checks       int
	inconclusive int
	tally        Tally
}

func (r *Report) lawRows() []lawRow {
	var rows []lawRow
	for i := range r.Laws.Results {
		result := &r.Laws.Results[i]
		k := len(rows) - 1
		if k < 0 || rows[k].loss != result.Loss || rows[k].format != result.Format {
			rows, k = append(rows, lawRow{loss: result.Loss, format: result.Format}), k+1
		}
		rows[k].checks += result.Checks
		rows[k].inconclusive += result.Inconclusive
		r.judge.count(&rows[k].tally, result.Status)
	}
	return rows
}

// writeLaws writes a line for each loss and dtype, and why laws were skipped.
func (r *Report) writeLaws(out io.Writer) error {
	if r.Laws == nil {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 1, 2, ' ', 0)
	fmt.Fprintln(w, "loss\tdtype\tlaws\tchecks\tinconclusive\tbroken\tknown")
	for _, row := range r.lawRows() {
		if row.tally.Ran() > 0 {
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\n", row.loss, row.format, row.tally.Ran(), row.checks, row.inconclusive,
				row.tally.Failed, row.tally.Known)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out, "a law is a claim about any input; checks: cases that it was held against; inconclusive: cases in which the errors that the level allows would excuse anything, which are not passed")
	type place struct{ loss, format, reason string }
	var order []place
	skipped := map[place][]string{}
	for _, result := range r.Laws.Results {
		if result.Skipped == "" {
			continue
		}
		p := place{result.Loss, result.Format, result.Skipped}
		if skipped[p] == nil {
			order = append(order, p)
		}
		skipped[p] = append(skipped[p], result.Law)
	}
	if len(order) == 0 {
		return nil
	}
	fmt.Fprintln(out, "\nlaws skipped, which is not obeyed:")
	for _, p := range order {
		names := skipped[p]
		const most = 3 // names that fit beside the reason
		text := strings.Join(names[:min(most, len(names))], ", ")
		if more := len(names) - most; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		fmt.Fprintf(w, "  %d\t%s\t%s\t%s\t%s\n", len(names), p.loss, p.format, p.reason, text)
	}
	return w.Flush()
}

// brokenLaws lists the laws that are broken, and not as known.
func (r *Report) brokenLaws() []*LawResult {
	if r.Laws == nil {
		return nil
	}
	var all []*LawResult
	for i := range r.Laws.Results {
		if l := &r.Laws.Results[i]; l.Status == Failed {
			all = append(all, l)
		}
	}
	return all
}
