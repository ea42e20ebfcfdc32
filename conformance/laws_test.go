package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/properties"
)

func TestCheck_RunsBothParts(t *testing.T) {
	last, total := 0, 0
	r := checked(t, Reference(), Config{Only: both, Losses: []string{bce}, Dtypes: []string{"f32"}, Checks: 5, Live: -1, Progress: func(done, of int) {
		require.Equal(t, last+1, done)
		last, total = done, of
	}})
	require.NoError(t, r.Err(), failures(r))
	require.Equal(t, total, last)
	require.NotEmpty(t, r.Rows)
	l, err := loss.Named(bce)
	require.NoError(t, err)
	laws := slices.DeleteFunc(properties.LawsFor(l), func(a properties.Applied) bool { return a.Law.Output != "" }) // which it does not declare
	require.Len(t, r.Laws.Results, len(laws))
	golden := checked(t, Reference(), Config{Losses: []string{bce}, Dtypes: []string{"f32"}, Live: -1})
	require.Nil(t, golden.Laws)
	require.Equal(t, golden.Tally.Passed+len(r.Laws.Results), r.Tally.Passed, "a law is one check for each loss and dtype")
}

// both undoes the choice that checked makes.
const both = "both"

func TestCheck_AFilterOfOnePartLeavesTheOtherOut(t *testing.T) {
	laws := checked(t, Reference(), Config{Only: both, Losses: []string{bce}, Laws: []string{"inputs_unchanged"}, Checks: 2})
	require.Empty(t, laws.Rows)
	require.Len(t, laws.Laws.Results, 4, "one for each dtype")
	cases := checked(t, Reference(), Config{Only: both, Cases: []string{"bcel.f32.000"}})
	require.Nil(t, cases.Laws)
	require.Equal(t, 2, cases.Tally.Passed)
	everything := checked(t, Reference(), Config{Only: both, Losses: []string{bce}, Laws: []string{"inputs_unchanged"}, Cases: []string{"bcel.f32.000"}, Checks: 2})
	require.Equal(t, 6, everything.Tally.Passed)
	none := checked(t, Reference(), Config{Only: both, Losses: []string{bce}, Live: -1, Checks: -1})
	require.Nil(t, none.Laws)
	require.ErrorIs(t, checked(t, Reference(), Config{Only: Properties, Checks: -1}).Err(), errNoChecks)
}

func TestCheck_ABrokenLawFailsTheRun(t *testing.T) {
	r := checked(t, Pointwise(bce, wrongAbove17), Config{Only: Properties, Checks: 20})
	require.ErrorContains(t, r.Err(), "checks failed")
	require.Positive(t, r.Tally.Failed)
	require.Contains(t, failures(r), "breaks the law")
	require.Contains(t, failures(r), `conformance.Config{Losses: []string{"`+bce+`"}, Dtypes: []string{"f32"}, Laws: []string{"`, "a function is repeated by a call")
	var b bytes.Buffer
	require.NoError(t, r.WriteTable(&b))
	require.Regexp(t, `loss +dtype +laws +checks +inconclusive +broken +known\n`+bce+` +f32 +\d+ +\d+ +\d+ +[1-9]`, b.String())
	require.Contains(t, b.String(), "laws skipped, which is not obeyed:")
	b.Reset()
	require.NoError(t, r.WriteJSON(&b))
	var back Report
	require.NoError(t, json.Unmarshal(b.Bytes(), &back))
	broken := 0
	for _, l := range back.Laws.Results {
		if l.Failure != nil {
			broken++
		}
	}
	require.Equal(t, r.Tally.Failed, broken)
}

// A level asked for is the error bound that the laws derive their slack from.
func TestCheck_LawsAreHeldAtTheLevel(t *testing.T) {
	for level, want := range map[Level]Level{Callable: Close, Close: Close, Stable: Stable, Exact: Exact} {
		r := checked(t, Reference(), Config{Only: Properties, Losses: []string{bce}, Laws: []string{"value_is_true"}, Checks: 1, Level: level})
		require.Equal(t, want, r.Laws.Level)
	}
	wrong := Pointwise(bce, func(z, y float32) (float32, float32) { return float32(math.Inf(1)), 0 })
	r := checked(t, wrong, Config{Only: Properties, Laws: []string{"value_is_true"}, Level: Stable})
	require.Contains(t, failures(r), "Level: conformance.Stable}.Check(ctx, subject)")
}

func TestLawResult_AResultWithoutChecksIsNotAPass(t *testing.T) {
	status := func(r properties.Result) Status {
		l, _ := lawResult(&r, nil)
		return l.Status
	}
	require.Equal(t, Failed, status(properties.Result{}))
	require.Equal(t, Skipped, status(properties.Result{Skipped: "why"}))
	require.Equal(t, Failed, status(properties.Result{Checks: 1, Failure: &properties.Failure{}}))
	require.Equal(t, Passed, status(properties.Result{Checks: 1}))
	r := &Report{judge: theJudge()}
	r.addLaws(&properties.Report{Results: []properties.Result{{Law: "x", Loss: bce, Format: "f64"}}}, nil)
	require.Error(t, r.Err())
	require.Contains(t, failures(r), "the law x: the law was not checked even once")
}

func TestCheck_CanceledInTheLaws(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, err := Config{Losses: []string{bce}, Dtypes: []string{"f32"}, Live: -1, Workers: 1, Progress: func(done, total int) {
		if done == total-1 {
			cancel()
		}
	}}.Check(ctx, Reference())
	require.ErrorIs(t, err, context.Canceled)
	require.Regexp(t, `^\d+ of \d+ laws were checked: context canceled$`, r.Incomplete)
	require.NotEmpty(t, r.Laws.Results, "those that were done with are reported")
}
