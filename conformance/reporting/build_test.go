package reporting

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/properties"
)

var update = flag.Bool("update", false, "write the golden output anew")

// requireGolden holds text to a file of testdata.
func requireGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "go test ./conformance/reporting -update writes it anew")
}

// A builder makes reports by hand, so that they are the same on every machine.
type builder struct {
	t *testing.T
	r *conformance.Report
}

func build(t *testing.T, name string) *builder {
	return &builder{t, &conformance.Report{Schema: conformance.ReportVersion, Subject: conformance.Description{Name: name, Capabilities: []conformance.Capability{}},
		Vectors: strings.Repeat("0", 64), Platform: "go1.26 linux/amd64", Level: conformance.Accurate, Seed: 1, Rows: []conformance.Row{}}}
}

// with changes the report.
func (b *builder) with(change func(r *conformance.Report)) *builder {
	change(b.r)
	return b
}

// row makes the row that the next checks stand in.
func (b *builder) row(lossName, format string, o conformance.Output) *builder {
	b.r.Rows = append(b.r.Rows, conformance.Row{Loss: lossName, Format: format, Output: o, Bound: "vectors", Level: conformance.Exact})
	return b
}

// ran adds a check that was run; it fails below the required level.
func (b *builder) ran(id string, level conformance.Level, ulp float64) *builder {
	status := conformance.Passed
	if level < b.r.Level {
		status = conformance.Failed
	}
	return b.check(conformance.CheckResult{Case: id, Status: status, Inputs: conformance.Everyday, Level: &level, Max: new(conformance.Ulps(ulp))})
}

// known adds a check that fails as known.
func (b *builder) known(id string, level conformance.Level, ulp float64) *builder {
	return b.check(conformance.CheckResult{Case: id, Status: conformance.Known, Inputs: conformance.Everyday, Level: &level, Max: new(conformance.Ulps(ulp))})
}

func (b *builder) skipped(id, reason string) *builder {
	return b.check(conformance.CheckResult{Case: id, Status: conformance.Skipped, Reason: reason})
}

func (b *builder) check(c conformance.CheckResult) *builder {
	row := &b.r.Rows[len(b.r.Rows)-1]
	row.Checks = append(row.Checks, c)
	count(&row.Tally, c.Status)
	count(&b.r.Tally, c.Status)
	if c.Status == conformance.Skipped {
		b.r.Skips = append(b.r.Skips, conformance.Skip{Loss: row.Loss, Format: row.Format, Output: row.Output, Reason: c.Reason, Checks: 1, First: c.Case})
		return b
	}
	row.Cases++
	row.Level = min(row.Level, *c.Level)
	if row.Output != conformance.Refusal {
		row.Numbers++
	}
	if now := (&State{Max: c.Max}).size(); row.MaxCase == "" || now > (&State{Max: &row.Max}).size() {
		row.Max, row.MaxCase, row.MaxIn = *c.Max, c.Case, "prediction of "+c.Case
	}
	f := &conformance.Failure{Loss: row.Loss, Format: row.Format, Output: row.Output, Case: c.Case, Outcome: conformance.Inaccurate, Setting: "none",
		Input: "prediction 1", Got: "2", Want: "3", Error: *c.Max, Rule: "a rule", Repeat: "a command"}
	switch c.Status {
	case conformance.Failed:
		b.r.Failures = append(b.r.Failures, f)
	case conformance.Known:
		f.Note = "a | reason"
		b.r.Known = append(b.r.Known, f)
	}
	return b
}

// law adds a result of a law.
func (b *builder) law(name string, s conformance.Status) *builder {
	if b.r.Laws == nil {
		b.r.Laws = &conformance.LawReport{Checks: 100, Level: conformance.Accurate}
	}
	l := conformance.LawResult{Result: properties.Result{Law: name, Loss: "sigmoid", Format: "f32", Checks: 100}, Status: s}
	failure := &properties.Failure{Law: name, Statement: "what " + name + " says", Loss: "sigmoid", Format: "f32", Counterexample: "prediction 1", Repeat: "a command"}
	switch s {
	case conformance.Skipped:
		l.Skipped, l.Checks = "no gradient", 0
	case conformance.Failed:
		l.Failure = failure
	case conformance.Known:
		l.Failure, l.Note = failure, "a reason"
	}
	b.r.Laws.Results = append(b.r.Laws.Results, l)
	count(&b.r.Tally, s)
	return b
}

// done is the report, which has come by the reader.
func (b *builder) done() *conformance.Report {
	b.t.Helper()
	return reread(b.t, b.r)
}

const (
	value, grad, refusal = conformance.Value, conformance.Grad, conformance.Refusal
	exact, accurate      = conformance.Exact, conformance.Accurate
	stable, closely      = conformance.Stable, conformance.Close
)
