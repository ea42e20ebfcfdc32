package reporting

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/conformance/known"
)

const bce = "binary_cross_entropy_with_logits"

// naive is the classical wrong way: log(σ(z)) underflows, and 1−p loses what σ(−z) keeps.
func naive(z, y float64) (value, grad float64) {
	p := 1 / (1 + math.Exp(-z))
	return -y*math.Log(p) - (1-y)*math.Log(1-p), p - y
}

// checked is the report of a run on a few checks.
func checked(t *testing.T, s conformance.Subject, known ...known.Failure) *conformance.Report {
	t.Helper()
	r, err := conformance.Config{Losses: []string{bce}, Dtypes: []string{"f64"}, Live: 50, Sample: 40, Checks: 5, Known: known}.Check(t.Context(), s)
	require.NoError(t, err)
	return reread(t, r)
}

func written(t *testing.T, r *conformance.Report) []byte {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, r.WriteJSON(&text))
	return text.Bytes()
}

// reread is a report as Read returns it, which is a copy.
func reread(t *testing.T, r *conformance.Report) *conformance.Report {
	t.Helper()
	text := written(t, r)
	back, err := Read(bytes.NewReader(text))
	require.NoError(t, err)
	require.Equal(t, string(text), string(written(t, back)))
	return back
}

func TestRead_WhatWasWritten(t *testing.T) {
	right := checked(t, conformance.Reference())
	require.NoError(t, right.Err())
	require.NotEmpty(t, right.Laws.Results)
	wrong := checked(t, conformance.Pointwise(bce, naive))
	require.ErrorContains(t, wrong.Err(), "checks failed")
	var file bytes.Buffer
	require.NoError(t, wrong.WriteKnownFailures(&file, conformance.KnownLines{Reason: "naive", Most: 1000}), "a report that was read knows its cases")
	entries, err := known.Parse(&file)
	require.NoError(t, err)
	held := checked(t, conformance.Pointwise(bce, naive), entries...)
	require.NoError(t, held.Err())
	require.Equal(t, wrong.Tally.Failed, held.Tally.Known)
}

// Each of these changes a report that is right in one place.
func TestRead_WhatIsWrongIsNamed(t *testing.T) {
	good := string(written(t, checked(t, conformance.Pointwise(bce, naive))))
	row := func(r *conformance.Report) *conformance.Row { return &r.Rows[0] }
	for want, change := range map[string]func(r *conformance.Report){
		"the tally is":                        func(r *conformance.Report) { r.Tally.Passed++ },
		"and that of the checks is":           func(r *conformance.Report) { row(r).Tally.Passed++ },
		"cases with the tally":                func(r *conformance.Report) { row(r).Cases++ },
		"the level is exact, and that of the": func(r *conformance.Report) { row(r).Level = conformance.Exact },
		": twice":                             func(r *conformance.Report) { row(r).Checks[1].Case = row(r).Checks[0].Case },
		"and no failure says why":             func(r *conformance.Report) { r.Failures = r.Failures[1:] },
		"no check of its own":                 func(r *conformance.Report) { r.Failures = append(r.Failures, r.Failures[0]) },
		"with the status known":               func(r *conformance.Report) { r.Known = append(r.Known, r.Failures[0]) },
		"cases, and yet not checked": func(r *conformance.Report) {
			r.Unchecked = []conformance.Unchecked{{Loss: row(r).Loss, Format: row(r).Format, Output: row(r).Output, Reason: "why"}}
		},
		"and the reasons are of":       func(r *conformance.Report) { r.Skips[0].Checks++ },
		"the law value_is_true: twice": func(r *conformance.Report) { r.Laws.Results = append(r.Laws.Results, lawNamed(r, "value_is_true")) },
	} {
		var r conformance.Report
		require.NoError(t, json.Unmarshal([]byte(good), &r))
		change(&r)
		_, err := Read(bytes.NewReader(written(t, &r)))
		require.ErrorContains(t, err, want)
	}
	for want, text := range map[string]string{
		"no JSON":                            "{",
		`schema "", want "lossproof`:         `[]`,
		`schema "lossproof.report/4"`:        strings.Replace(good, "lossproof.report/3", "lossproof.report/4", 1),
		"at /: additional properties":        strings.Replace(good, `"foreign"`, `"surplus": 1, "foreign"`, 1),
		"at /seed":                           strings.Replace(good, `"seed": 1`, `"seed": -1`, 1),
		"at /level":                          strings.Replace(good, `"level": "accurate"`, `"level": "fine"`, 1),
		"at /tally/passed":                   strings.Replace(good, `"tally": {"passed":`, `"tally": {"passed":-`, 1),
		"at /rows/0/checks/0/status":         strings.Replace(good, `"status":"passed"`, `"status":"fine"`, 1),
		`"seed": the key stands there twice`: strings.Replace(good, `"seed": 1`, `"seed": 1, "seed": 1`, 1),
		"at /: missing property 'seed'":      strings.Replace(good, `"seed": 1`, `"Seed": 1`, 1),
		"a number of 3000000 digits":         strings.Replace(good, `"seed": 1`, `"seed": 1`+strings.Repeat("0", 3e6-1), 1),
		"lists and objects in each other":    strings.Replace(good, `"seed": 1`, `"seed": `+strings.Repeat("[", 5000)+strings.Repeat("]", 5000), 1),
		"at /rows/0/checks/0/case":           strings.Replace(good, `"case":"`, `"case":"a\n*.*.*/value\t`, 1),
		"at /subject/name":                   strings.Replace(good, `"name": "`, `"name": "`+strings.Repeat("n", 201), 1),
		"at /rows/0/checks/0: additional":    strings.Replace(good, `"status":"passed"`, `"status":"passed","why":1`, 1),
	} {
		_, err := Read(strings.NewReader(text))
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "\n")
	}
}

// What a report says is data, to every reader of it: its texts are made printable as they are read.
func TestRead_TextsArePrintable(t *testing.T) {
	nasty := `::error::no\n::add-mask::\u001b[2J\u202e\u0000##[group]`
	text := strings.Replace(strings.ReplaceAll(tiny, `"no"`, `"`+nasty+`"`), `"name": "s"`, `"name": "`+nasty+`", "environment": {"a": "`+nasty+`"}`, 1)
	r, err := Read(strings.NewReader(strings.Replace(text, `"got": ""`, `"got": "`+nasty+`", "stack": "`+nasty+`"`, 1)))
	require.NoError(t, err)
	var all bytes.Buffer
	require.NoError(t, errors.Join(r.WriteJSON(&all), r.WriteTable(&all), r.WriteFailures(&all, 9), r.WriteSummary(&all), WriteMarkdown(&all, r, 9), WriteJUnit(&all, r)))
	for line := range strings.Lines(all.String()) {
		require.NotRegexp(t, `^\s*::|##\[|[\x00-\x08\x0b-\x1f]|\x{202e}`, strings.TrimSuffix(line, "\n"))
	}
	require.Contains(t, all.String(), `\x3a:error::no ::add-mask::\x1b[2J\u202e\x00\x23#[group]`)
}

func lawNamed(r *conformance.Report, name string) conformance.LawResult {
	for _, l := range r.Laws.Results {
		if l.Law == name {
			return l
		}
	}
	panic("no law " + name)
}

func TestRead_AnEndlessFileIsAnError(t *testing.T) {
	_, err := Read(endless{})
	require.ErrorContains(t, err, "longer than")
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// tiny is a whole report, short enough to be a seed of the fuzzers.
const tiny = `{"schema": "lossproof.report/3", "subject": {"name": "s", "capabilities": []},
"vectors": "0000000000000000000000000000000000000000000000000000000000000000", "platform": "go1.26 linux/amd64",
"level": "accurate", "seed": 1, "tally": {"passed": 2, "failed": 1, "known": 0, "skipped": 1}, "foreign": 0,
"rows": [{"loss": "sigmoid", "format": "f32", "output": "value", "bound": "vectors", "cases": 2, "numbers": 2, "level": "close",
  "maxUlp": "inf", "rmsUlp": "inf", "maxUlpScaled": 1e308, "maxIndex": -1, "tally": {"passed": 1, "failed": 1, "known": 0, "skipped": 1},
  "checks": [{"case": "a", "status": "passed", "level": "exact", "maxUlp": -0.5}, {"case": "b", "status": "failed", "level": "close", "maxUlp": "inf"},
    {"case": "c", "status": "skipped", "reason": "no"}]}],
"skips": [{"loss": "sigmoid", "format": "f32", "output": "value", "reason": "no", "checks": 1, "first": "c"}],
"failures": [{"loss": "sigmoid", "format": "f32", "output": "value", "index": -1, "outcome": "hung", "case": "b", "setting": "none",
  "input": "", "got": "", "want": "", "errorUlp": "inf", "rule": "", "repeat": ""}],
"laws": {"checks": 3, "level": "stable", "results": [{"law": "l", "loss": "sigmoid", "format": "f32", "checks": 1, "status": "passed"}]}}`

func tinyReport(t testing.TB) *conformance.Report {
	t.Helper()
	r, err := Read(strings.NewReader(tiny))
	require.NoError(t, err)
	return r
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(tiny))
	f.Add([]byte(`{"schema": "lossproof.report/3"}`))
	f.Add([]byte(strings.Replace(tiny, `"status": "passed"`, `"status": "known"`, 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		again, err := Read(bytes.NewReader(written(t, r)))
		if err != nil {
			t.Fatalf("what Read accepts, written again: %v", err)
		}
		if !bytes.Equal(written(t, r), written(t, again)) {
			t.Error("written again it is another report")
		}
		if (r.Err() == nil) != (again.Err() == nil) {
			t.Error("another verdict")
		}
	})
}
