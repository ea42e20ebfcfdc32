package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"

	"github.com/lossproof/lossproof/conformance/known"
	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/internal/printable"
	"github.com/lossproof/lossproof/properties"
)

// ReportVersion names the JSON form of a report, which ReportSchema describes. Within
// a version fields are added, which may be left out.
const ReportVersion = "lossproof.report/3"

// A Report is the outcome of a run. It holds nothing of the clock: the same subject, suite,
// options and platform give the same report.
type Report struct {
	Schema      string       `json:"schema"`
	Subject     Description  `json:"subject"`
	Definitions []Definition `json:"definitions,omitempty"` // of the losses that are not in the catalogue
	Vectors     string       `json:"vectors"`               // the sha256 of golden/MANIFEST.json: which vectors these were
	Platform    string       `json:"platform"`              // the runner's, and so that of a subject in Go
	Level       Level        `json:"level"`                 // below which a check fails
	Seed        uint64       `json:"seed"`
	Tally       Tally        `json:"tally"`
	Foreign     int          `json:"foreign"`              // cases of other conventions, which are not the subject's
	Incomplete  string       `json:"incomplete,omitempty"` // why not everything was judged
	Warnings    []string     `json:"warnings,omitempty"`   // what a program did that is the failure of no case
	Rows        []Row        `json:"rows"`
	Declined    int          `json:"declined,omitempty"` // of the skipped: valid and declared, and declined when it was asked
	Skips       []Skip       `json:"skips,omitempty"`
	Unchecked   []Unchecked  `json:"unchecked,omitempty"` // what is declared and no check has judged: each fails the run
	Failures    []*Failure   `json:"failures,omitempty"`
	Known       []*Failure   `json:"known,omitempty"`
	DeadEntries []string     `json:"deadEntries,omitempty"` // lines of the known failures that match nothing, or not as many as they count
	// Looked is how much was looked at, of each loss, dtype and output.
	Looked []properties.Looked `json:"looked,omitempty"`
	Laws   *LawReport          `json:"laws,omitempty"` // nil where no law was asked for, or none is about the subject

	judge judge
}

// A Row is what was found for one loss, dtype and output, by one kind of evidence.
type Row struct {
	Loss    string `json:"loss"`
	Format  string `json:"format"`
	Output  Output `json:"output"`
	Bound   string `json:"bound"` // vectors, or sampled with n and seed
	Cases   int    `json:"cases"`
	Numbers int    `json:"numbers"`
	Level   Level  `json:"level"`  // reached by every number of every case; of no meaning for errors, or where Cases is 0
	Max     Ulps   `json:"maxUlp"` // signed: the error of the largest magnitude
	RMS     Ulps   `json:"rmsUlp"`
	Scaled  Ulps   `json:"maxUlpScaled"` // the largest |error|/(1+κ), which levels 2 and 3 bound
	MaxCase string `json:"maxCase,omitempty"`
	MaxAt   int    `json:"maxIndex"`
	MaxIn   string `json:"maxInput,omitempty"` // the input of the largest error
	Tally   Tally  `json:"tally"`
	// Checks has every check, so that two reports can be compared case by case: always,
	// because a report without them, found years later, could not be. All 26,000 checks
	// of the suite are 2.5 MB.
	Checks []CheckResult `json:"checks"`

	errors errorStats
}

// A Skip says how many checks were not run for one reason.
type Skip struct {
	Loss   string `json:"loss"`
	Format string `json:"format"`
	Output Output `json:"output"`
	Reason string `json:"reason"`
	Checks int    `json:"checks"`
	First  string `json:"first"` // the id of the first of them
}

// UnmarshalJSON makes the report one that can say whether the subject conforms. Package
// reporting reads reports that cannot be trusted.
func (r *Report) UnmarshalJSON(text []byte) error {
	type plain Report
	r.judge = theJudge()
	if err := json.Unmarshal(text, (*plain)(r)); err != nil {
		return err
	}
	r.printable()
	return nil
}

// printable makes every text of the report, much of which comes from the subject, fit to be printed. What may have several lines
// is a stack and a definition.
func (r *Report) printable() { makePrintable(reflect.ValueOf(r).Elem(), false) }

func makePrintable(v reflect.Value, lines bool) {
	switch v.Kind() {
	case reflect.String:
		made := printable.Line
		if lines {
			made = printable.Text
		}
		if text := made(v.String(), printable.Most); text != v.String() {
			v.SetString(text)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			makePrintable(v.Elem(), false)
		}
	case reflect.Slice:
		for i := range v.Len() {
			makePrintable(v.Index(i), false)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() { // the description's: a Subject may use its map again
			if e := v.MapIndex(key); e.Kind() != reflect.String {
				makePrintable(e, false)
			} else if text := printable.Line(e.String(), printable.Most); text != e.String() {
				v.SetMapIndex(key, reflect.ValueOf(text))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() && f.Tag.Get("json") != "-" {
				makePrintable(v.Field(i), f.Name == "Stack" || f.Name == "Text")
			}
		}
	}
}

func newReport(r *run) *Report {
	return &Report{Schema: ReportVersion, Subject: r.description, Definitions: r.definitions(), Vectors: golden.Digest(), Platform: platform(),
		Level: r.Level, Seed: r.Seed, Foreign: r.foreign, Rows: []Row{}, judge: r.judge}
}

// platform is what the bits of compiled code can depend on.
func platform() string { return runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH }

// add enters the checks of one case.
func (r *Report) add(i *instance, checks []check, list []known.Failure) {
	for k := range checks {
		c := &checks[k]
		applyKnown(list, i, c)
		row := r.row(i, c.output)
		r.judge.count(&row.Tally, c.status)
		r.judge.count(&r.Tally, c.status)
		row.Checks = append(row.Checks, c.record(i))
		if c.status == Skipped {
			if c.declined {
				r.Declined++
			}
			r.skip(i, c)
			continue
		}
		row.Cases++
		row.Level = min(row.Level, c.level)
		row.errors.merge(c.errors)
		switch c.status {
		case Failed:
			r.Failures = append(r.Failures, c.failure)
		case Known:
			r.Known = append(r.Known, c.failure)
		}
	}
}

func (r *Report) row(i *instance, o Output) *Row {
	for k := len(r.Rows) - 1; k >= 0; k-- { // cases come in order, so it is near the end
		row := &r.Rows[k]
		if row.Loss == i.decl.Name && row.Format == i.call.Format.Name && row.Output == o && row.Bound == i.kind {
			return row
		}
	}
	r.Rows = append(r.Rows, Row{Loss: i.decl.Name, Format: i.call.Format.Name, Output: o, Bound: i.kind, Level: Exact})
	return &r.Rows[len(r.Rows)-1]
}

func (r *Report) skip(i *instance, c *check) {
	reason := c.failure.Got
	for k := len(r.Skips) - 1; k >= 0; k-- {
		s := &r.Skips[k]
		if s.Loss == i.decl.Name && s.Format == i.call.Format.Name && s.Output == c.output && s.Reason == reason {
			s.Checks++
			return
		}
	}
	r.Skips = append(r.Skips, Skip{i.decl.Name, i.call.Format.Name, c.output, reason, 1, i.id})
}

// finish fills in what is known when the last case has been added.
func (r *Report) finish(run *run, incomplete string) {
	r.Incomplete, r.Looked = incomplete, run.look.Seen()
	for k := range r.Rows {
		row := &r.Rows[k]
		e := &row.errors
		row.Numbers, row.Max, row.RMS, row.Scaled = e.count, Ulps(e.largest), Ulps(e.rms()), Ulps(e.relative)
		row.MaxAt, row.MaxCase = e.at, e.caseID
		if row.MaxIn = ""; e.input != nil && e.largest != 0 {
			row.MaxIn = e.input()
		}
	}
	if incomplete == "" {
		r.DeadEntries = run.deadEntries(r.Laws)
		r.Unchecked = run.unchecked(r)
	}
	r.printable()
}

// Err is nil when the subject conforms: at least one check ran, none failed but as the
// known failures say, each of those is alive, every output that is declared was judged, and
// the run is complete.
func (r *Report) Err() error {
	var errs []error
	if err := r.judge.verdict(r.Tally); err != nil {
		if errors.Is(err, errNoChecks) {
			err = fmt.Errorf("%w%s", err, r.whySkipped())
		}
		errs = append(errs, err)
	}
	if len(r.Unchecked) > 0 {
		errs = append(errs, r.errUnchecked())
	}
	if len(r.DeadEntries) > 0 {
		errs = append(errs, fmt.Errorf("known failures: %s", strings.Join(r.DeadEntries, "; ")))
	}
	if r.Incomplete != "" {
		errs = append(errs, fmt.Errorf("the run is incomplete: %s", r.Incomplete))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("conformance: %s: %w", r.Subject.Name, err)
	}
	return nil
}

// whySkipped lists the reasons of a run that skipped everything.
func (r *Report) whySkipped() string {
	var text strings.Builder
	const most = 8
	for _, s := range r.Skips[:min(len(r.Skips), most)] {
		fmt.Fprintf(&text, "\n  %s, %s, %s: %d skipped: %s", s.Loss, s.Format, s.Output, s.Checks, s.Reason)
	}
	if len(r.Skips) == 0 && r.Foreign > 0 {
		fmt.Fprintf(&text, "\n  %d cases belong to other conventions than the subject's: %s", r.Foreign, strings.Join(conventionsOf(r.Subject), ", "))
	}
	return text.String()
}

// Verdict says in a word or two whether the subject conforms. A run that is incomplete has none.
func (r *Report) Verdict() string {
	switch {
	case r.Incomplete != "":
		return "is incomplete, and so without a verdict"
	case !r.Conforms():
		return "does not conform"
	}
	verdict := "conforms"
	if r.Declined > 0 {
		verdict += fmt.Sprintf(" on %s of what it declares", r.Answered())
	}
	if r.Laws == nil {
		verdict += ", golden only: no law was checked"
	}
	return verdict
}

// Answered is the share that was answered of the checks whose input is valid and that the subject declares. It is rounded
// down, so that 100 % means all.
func (r *Report) Answered() string {
	asked := r.Tally.Passed + r.Tally.Failed + r.Tally.Known + r.Declined
	return fmt.Sprintf("%.1f %%", math.Floor(1000*float64(asked-r.Declined)/float64(asked))/10)
}

// Conforms reports whether Err is nil.
func (r *Report) Conforms() bool { return r.Err() == nil }

// LevelOf is the level that a loss reaches in a dtype and output over all evidence, and
// false where nothing was run.
func (r *Report) LevelOf(lossName, format string, o Output) (Level, bool) {
	level, ran := Exact, false
	for _, row := range r.Rows {
		if row.Loss == lossName && row.Format == format && row.Output == o && row.Cases > 0 {
			level, ran = min(level, row.Level), true
		}
	}
	return level, ran
}
