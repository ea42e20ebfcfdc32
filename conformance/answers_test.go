package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject/lcp"
	"github.com/lossproof/lossproof/internal/full"
	"github.com/lossproof/lossproof/internal/ieee"
)

// requestsAndAnswers are those of the small suite.
func requestsAndAnswers(t *testing.T, s Subject) (requests, answers string) {
	t.Helper()
	var asked, answered bytes.Buffer
	require.NoError(t, Config{}.WriteRequests(&asked))
	require.NoError(t, lcp.Serve(t.Context(), s, bytes.NewReader(asked.Bytes()), &answered))
	return asked.String(), answered.String()
}

func judged(t *testing.T, requests, answers string) *Report {
	t.Helper()
	return judgedAs(t, Config{}, requests, answers)
}

func judgedAs(t *testing.T, config Config, requests, answers string) *Report {
	t.Helper()
	r, err := config.CheckAnswers(t.Context(), strings.NewReader(requests), strings.NewReader(answers))
	require.NoError(t, err)
	return r
}

func TestAnswers_TheVerdictIsThatOfAConversation(t *testing.T) {
	for _, s := range []Subject{fauxSubject{Reference()}, Pointwise(bce, goodBCE), Pointwise(bce, wrongAbove17)} {
		direct := checked(t, s, fauxConfig)
		requests, answers := requestsAndAnswers(t, s)
		r := judgedAs(t, Config{Dtypes: []string{"f32"}}, requests, answers)
		require.Empty(t, r.Warnings)
		for _, f := range r.Failures {
			require.Contains(t, f.Repeat, "lossproof requests --case "+f.Case)
			f.Repeat = ""
		}
		for _, f := range direct.Failures {
			f.Repeat = ""
		}
		want, err := json.Marshal(direct)
		require.NoError(t, err)
		got, err := json.Marshal(r)
		require.NoError(t, err)
		require.JSONEq(t, string(want), string(got))
	}
}

// No part of a request depends on the truth, and no name in it belongs to an answer.
func TestRequests_HoldNoExpectedValue(t *testing.T) {
	var asked, again bytes.Buffer
	require.NoError(t, Config{}.WriteRequests(&asked))
	spoilt := suite
	defer func() { suite = spoilt }()
	suite.vectors = func(name string, f ieee.Format) ([]golden.Vector, error) {
		vectors, err := handVectors(name, f)
		for i := range vectors {
			for _, ns := range [][]oracle.Number{vectors[i].Truth.Value, vectors[i].Truth.Grad} {
				for k := range ns {
					ns[k] = oracle.Number{Rounded: 12345, Residual: 0.25, Kappa: 6789}
				}
			}
			vectors[i].Flags = []string{"Another"}
		}
		return vectors, err
	}
	require.NoError(t, Config{}.WriteRequests(&again))
	require.Equal(t, asked.String(), again.String(), "another truth, the same requests")
	for _, word := range []string{`"out"`, `"value"`, `"grad"`, `"residual"`, `"log2kappa"`, `"flags"`, `"error":`} {
		require.NotContains(t, asked.String(), word)
	}
	require.Contains(t, asked.String(), `"cases"`)
}

// What the runner sends to a program holds none either: it is made of the call alone.
func TestRequests_AreOfTheSchemaAndHoldTheCalls(t *testing.T) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	var asked bytes.Buffer
	var losses []string // of each shape the first
	shapes := map[string]bool{}
	for _, l := range loss.All() {
		if full.Run() || !shapes[l.Shape.Name] {
			losses = append(losses, l.Name)
		}
		shapes[l.Shape.Name] = true
	}
	require.NoError(t, Config{Losses: losses, Dtypes: []string{"f32", "bf16"}}.WriteRequests(&asked))
	want := map[string]bool{}
	for _, name := range losses {
		for _, f := range []ieee.Format{ieee.Float32, ieee.BFloat16} {
			vectors, err := golden.Vectors(name, f)
			require.NoError(t, err)
			for _, v := range vectors {
				want[v.ID] = true
			}
		}
	}
	schema := compiledSchema(t, "runner")
	for text := range strings.Lines(asked.String()) {
		requireOfSchema(t, schema, text)
		for _, c := range messageOf(text).Cases {
			require.True(t, want[c.ID], c.ID)
			delete(want, c.ID)
		}
	}
	require.Empty(t, want, "every vector is asked once")
}

func TestAnswers_WhatIsWrongIsNamed(t *testing.T) {
	requests, answers := requestsAndAnswers(t, fauxSubject{Reference()})
	lines := strings.SplitAfter(strings.TrimSuffix(answers, "\n"), "\n")
	at := len(lines) / 2
	id := messageOf(lines[at]).ID
	edit := func(replacement ...string) string {
		edited := append(append(append([]string{}, lines[:at]...), replacement...), lines[at+1:]...)
		return strings.Join(edited, "")
	}
	second := fmt.Sprintf("two answers, in lines %d and %d", at+1, at+2)
	for name, c := range map[string]struct {
		answers string
		says    string
	}{
		"missing":   {edit(), "no answer to " + id},
		"second":    {edit(lines[at], lines[at]), second},
		"malformed": {edit(strings.Replace(lines[at], `"value":["`, `"value":[NaN,"`, 1)), fmt.Sprintf("line %d: NaN stands there as a number", at+1)},
		"bits":      {edit(strings.Replace(lines[at], `"value":["`, `"value":["7`, 1)), "8 hexadecimal digits"},
		"both":      {edit(strings.Replace(lines[at], `"value"`, `"unsupported":"x","value"`, 1)), "want exactly one"},
	} {
		r := judged(t, requests, c.answers)
		require.Len(t, r.Failures, 2, "%s: %s", name, failures(r)) // value and gradient
		for _, f := range r.Failures {
			require.Equal(t, Malformed, f.Outcome, name)
			require.Contains(t, f.Got, c.says, name)
		}
		require.Empty(t, r.Warnings, name)
	}
	for name, c := range map[string]struct {
		answers string
		says    string
	}{
		"foreign": {answers + "\n" + strings.Replace(lines[at], id, "bcel.f32.aaaaaaaaaaaa", 1), "an answer to what was not asked"},
		"noise":   {"loading weights\n" + answers, `line 1: "loading weights" is no answer`},
	} {
		r := judgedAs(t, Config{Dtypes: []string{"f32"}}, requests, c.answers)
		require.NoError(t, r.Err(), name)
		require.Len(t, r.Warnings, 1, name)
		require.Contains(t, r.Warnings[0], c.says, name)
	}
	lost := judged(t, requests, strings.Replace(answers, `"8000000000000000"`, `"0000000000000000"`, 1))
	require.Contains(t, lost.Incomplete, "f64 is not judged")
	unechoed := judged(t, requests, strings.Join(append(append([]string{}, lines[:1]...), lines[2:]...), ""))
	require.Contains(t, unechoed.Incomplete, "no answer to its echo")
}

func TestAnswers_FilesThatAreNoneAreErrors(t *testing.T) {
	requests, answers := requestsAndAnswers(t, fauxSubject{Reference()})
	for says, files := range map[string][2]string{
		"does not say what was asked":            {"", answers},
		"not all of it: no JSON: line 1, byte 2": {"nonsense", answers},
		`not all of it: the type "stop"`:         {requests[:strings.Index(requests, `{"type":"requests"`)], answers},
		"are of the vectors":                     {strings.Replace(requests, `"vectors":"`, `"vectors":"0`, 1), answers},
		"are said to be":                         {strings.Replace(requests, `"count":`, `"count":1`, 1), answers},
		`no loss "cubed"`:                        {strings.Replace(requests, `"count":`, `"losses":["cubed"],"count":`, 1), answers},
		"want the key count":                     {strings.Replace(requests, `"count":`, `"COUNT":`, 1), answers},
		"no answer to hello":                     {requests, strings.SplitN(answers, "\n", 2)[1]},
		"want \"LCP/1\"":                         {requests, strings.Replace(answers, "LCP/1", "LCP/7", 1)},
		"no loss \"cubed_error\"":                {requests, strings.Replace(answers, bce, "cubed_error", 1)},
	} {
		_, err := Config{}.CheckAnswers(t.Context(), strings.NewReader(files[0]), strings.NewReader(files[1]))
		require.ErrorContains(t, err, says)
	}
}

// Whoever answers may have had the file in his hands: what is taken out of it is asked all the same.
func TestAnswers_WhatIsTakenOutOfTheRequestsFails(t *testing.T) {
	requests, answers := requestsAndAnswers(t, fauxSubject{Reference()})
	fewer := func(text string, kind string) string {
		lines := strings.SplitAfter(text, "\n")
		return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, kind) && !strings.Contains(l, "bcel.f32.0") }), "")
	}
	r := judged(t, fewer(requests, `"type":"eval"`), fewer(answers, `"type":"answer"`))
	require.False(t, r.Conforms())
	require.Contains(t, r.Warnings, "the file of requests is not as it was written: the answers are judged as those to what it held")
	windows := judgedAs(t, Config{Dtypes: []string{"f32"}}, strings.ReplaceAll(requests, "\n", "\r\n"), answers)
	require.NoError(t, windows.Err())
	require.Empty(t, windows.Warnings, "ends of lines are no change")
}

func TestRequests_OptionsSelect(t *testing.T) {
	var asked bytes.Buffer
	require.NoError(t, Config{Cases: []string{"bcel.f32.00*"}}.WriteRequests(&asked))
	require.Equal(t, 10, strings.Count(asked.String(), `"id"`))
	require.Contains(t, asked.String(), `"count":10,`)
	require.Error(t, Config{Losses: []string{"sigmoid"}}.WriteRequests(&asked), "the small suite has none of it")
	require.Error(t, Config{Losses: []string{"nosuch"}}.WriteRequests(&asked))
	require.Error(t, Config{Laws: []string{"inputs_unchanged"}}.WriteRequests(&asked))
}
