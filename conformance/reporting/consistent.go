package reporting

import (
	"fmt"
	"slices"

	"github.com/lossproof/lossproof/conformance"
)

// A place is where a check stands in a report. For a law it has no case.
type place struct {
	loss, format string
	output       conformance.Output
	caseID       string
	law          string
}

func (p place) String() string {
	if p.law != "" {
		return fmt.Sprintf("%s, %s: the law %s", p.loss, p.format, p.law)
	}
	return fmt.Sprintf("%s, %s, %s of %s", p.loss, p.format, p.output, p.caseID)
}

// count adds a check to a tally.
func count(t *conformance.Tally, s conformance.Status) {
	switch s {
	case conformance.Passed:
		t.Passed++
	case conformance.Failed:
		t.Failed++
	case conformance.Known:
		t.Known++
	case conformance.Skipped:
		t.Skipped++
	}
}

// consistent holds the parts of a report that say the same thing to each other.
func consistent(r *conformance.Report) error {
	status := map[place]conformance.Status{}
	var total conformance.Tally
	for k := range r.Rows {
		if err := consistentRow(&r.Rows[k], status, &total); err != nil {
			return err
		}
	}
	skipped := total.Skipped
	for _, s := range r.Skips {
		skipped -= s.Checks
	}
	if skipped != 0 {
		return fmt.Errorf("%d checks are skipped, and the reasons are of %d", total.Skipped, total.Skipped-skipped)
	}
	if err := consistentFailures(r, status); err != nil {
		return err
	}
	if r.Laws != nil {
		for _, l := range r.Laws.Results {
			at := place{loss: l.Loss, format: l.Format, law: l.Law}
			if status[at] != "" {
				return fmt.Errorf("%s: twice", at)
			}
			status[at] = l.Status
			count(&total, l.Status)
		}
	}
	for _, u := range r.Unchecked {
		for _, row := range r.Rows {
			if row.Cases > 0 && row.Loss == u.Loss && row.Format == u.Format && row.Output == u.Output {
				return fmt.Errorf("%s: %d cases, and yet not checked", u, row.Cases)
			}
		}
	}
	if total != r.Tally {
		return fmt.Errorf("the tally is %+v, and that of rows and laws together %+v", r.Tally, total)
	}
	return nil
}

// consistentRow holds a row to its checks, whose status it enters.
func consistentRow(row *conformance.Row, status map[place]conformance.Status, total *conformance.Tally) error {
	at := place{loss: row.Loss, format: row.Format, output: row.Output}
	var tally conformance.Tally
	level, samples := conformance.Exact, 0
	for k := range row.Checks {
		c := &row.Checks[k]
		if c.At != nil {
			samples++
		}
		if at.caseID = c.Case; status[at] != "" {
			return fmt.Errorf("%s: twice", at)
		}
		status[at] = c.Status
		count(&tally, c.Status)
		count(total, c.Status)
		if c.Ran() {
			level = min(level, *c.Level)
		}
	}
	switch name := fmt.Sprintf("%s, %s, %s", row.Loss, row.Format, row.Output); {
	case samples > conformance.MostSamples:
		return fmt.Errorf("%s: %d samples, and a run has at most %d", name, samples, conformance.MostSamples)
	case tally != row.Tally || row.Cases != tally.Ran():
		return fmt.Errorf("%s: %d cases with the tally %+v, and that of the checks is %+v", name, row.Cases, row.Tally, tally)
	case level != row.Level:
		return fmt.Errorf("%s: the level is %s, and that of the checks %s", name, row.Level, level)
	}
	return nil
}

// consistentFailures demands one failure of every check that failed, and no other.
func consistentFailures(r *conformance.Report, status map[place]conformance.Status) error {
	told := map[place]bool{}
	for _, list := range []struct {
		failures []*conformance.Failure
		status   conformance.Status
	}{{r.Failures, conformance.Failed}, {r.Known, conformance.Known}} {
		for _, f := range list.failures {
			at := place{loss: f.Loss, format: f.Format, output: f.Output, caseID: f.Case}
			if status[at] != list.status || told[at] {
				return fmt.Errorf("%s: a failure, and no check of its own with the status %s", at, list.status)
			}
			told[at] = true
		}
	}
	for _, row := range r.Rows {
		silent := slices.IndexFunc(row.Checks, func(c conformance.CheckResult) bool {
			failed := c.Status == conformance.Failed || c.Status == conformance.Known
			return failed && !told[place{loss: row.Loss, format: row.Format, output: row.Output, caseID: c.Case}]
		})
		if silent >= 0 {
			c := row.Checks[silent]
			return fmt.Errorf("%s, %s, %s of %s: the status is %s, and no failure says why", row.Loss, row.Format, row.Output, c.Case, c.Status)
		}
	}
	return nil
}
