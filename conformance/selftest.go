package conformance

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

// ErrSelfTest is the error of a suite whose own judge is wrong. No verdict of such a
// suite means anything.
var ErrSelfTest = errors.New("conformance: the self-test of the judge failed")

// SelfTest holds the judge against a table of right verdicts. Check and Run begin
// with it; the command runs it by itself too.
func SelfTest() error {
	violations := selfTest(theJudge())
	if len(violations) == 0 {
		return nil
	}
	var text strings.Builder
	for _, v := range violations {
		fmt.Fprintf(&text, "\n  %s", v)
	}
	return fmt.Errorf("%w:%s", ErrSelfTest, text.String())
}

// A violation is a verdict that the judge got wrong.
type violation struct {
	rule string // the rule that it breaks
	what string
}

func (v violation) String() string { return v.rule + ": " + v.what }

// A verdictRow is one number with the highest level that it meets.
type verdictRow struct {
	rule   string
	format ieee.Format
	x      float64
	v      oracle.Number
	t      subject.Terms
	want   Level
}

const (
	ruleNaN      = "NaN never equals a number"
	ruleInf      = "Inf is never close to a finite number"
	ruleAbsolute = "no absolute tolerance above level 1"
	ruleState    = "the bound is a pure function"
	ruleBatch    = "an elementwise tolerance never grows with the batch"
	ruleZero     = "−0 and +0 differ at levels 4 and 5"
	ruleSkip     = "a skip is never a pass"
	ruleEmpty    = "a run without checks fails"
	ruleNested   = "levels are nested"
	ruleBound    = "the bound of a level is the documented one"
	ruleUlp      = "an error is measured in ulps of the binade of the true value"
	ruleFormat   = "an answer is a number of its dtype"
)

func verdictTable() []verdictRow {
	nan, inf := math.NaN(), math.Inf(1)
	negativeZero := math.Copysign(0, -1)
	var rows []verdictRow
	row := func(rule string, f ieee.Format, x float64, v oracle.Number, n int, want Level) {
		rows = append(rows, verdictRow{rule, f, x, v, subject.Terms{N: n}, want})
	}
	exactly := func(x float64) oracle.Number { return oracle.Number{Rounded: x} }
	for _, f := range ieee.Formats() {
		largest, tiny, one := f.MaxFinite(), f.MinSubnormal(), exactly(1)
		ulp := f.Ulp(1)

		row(ruleNaN, f, nan, exactly(nan), 1, Exact)
		row(ruleNaN, f, nan, one, 1, NotCallable)
		row(ruleNaN, f, nan, exactly(0), 1, NotCallable)
		row(ruleNaN, f, nan, exactly(inf), 1, NotCallable)
		row(ruleNaN, f, 1, exactly(nan), 1, NotCallable)
		row(ruleNaN, f, inf, exactly(nan), 1, NotCallable)

		row(ruleInf, f, inf, exactly(inf), 1, Exact)
		row(ruleInf, f, -inf, exactly(-inf), 1, Exact)
		row(ruleInf, f, -inf, exactly(inf), 1, NotCallable)
		row(ruleInf, f, inf, exactly(largest), 1, NotCallable)
		row(ruleInf, f, inf, oracle.Number{Rounded: largest, Kappa: inf}, 1, NotCallable)
		row(ruleInf, f, largest, exactly(inf), 1, NotCallable)
		row(ruleInf, f, -inf, exactly(-largest), 1, NotCallable)

		// 0 for 128 smallest units is close, by torch's atol, and no more.
		row(ruleAbsolute, f, 0, exactly(128*tiny), 1, Close)
		row(ruleAbsolute, f, f.Next(f.Next(tiny)), exactly(tiny), 1, Accurate)
		row(ruleAbsolute, f, 41*tiny, exactly(tiny), 1, Close)

		row(ruleZero, f, 0, exactly(0), 1, Exact)
		row(ruleZero, f, negativeZero, exactly(negativeZero), 1, Exact)
		row(ruleZero, f, negativeZero, exactly(0), 1, Accurate)
		row(ruleZero, f, 0, exactly(negativeZero), 1, Accurate)
		row(ruleZero, f, negativeZero, oracle.Number{Rounded: 0, Residual: 0.25}, 1, Accurate)
		row(ruleZero, f, negativeZero, oracle.Number{Rounded: tiny, Residual: -0.25}, 1, Accurate)
		row(ruleZero, f, 0, oracle.Number{Rounded: tiny, Residual: -0.25}, 1, Faithful)

		row(ruleBound, f, 1, one, 1, Exact)
		row(ruleBound, f, 1+ulp, oracle.Number{Rounded: 1, Residual: 0.25}, 1, Faithful)
		row(ruleBound, f, 1+ulp, one, 1, Accurate)
		row(ruleBound, f, 1+4*ulp, one, 1, Accurate)
		row(ruleBound, f, 1+5*ulp, one, 1, Stable)
		row(ruleBound, f, 1+32*ulp, one, 1, Stable)
		row(ruleBound, f, 1+8*ulp, oracle.Number{Rounded: 1, Kappa: 1}, 1, Accurate)
		row(ruleBound, f, 1+64*ulp, oracle.Number{Rounded: 1, Kappa: 1}, 1, Stable)
		row(ruleBound, f, 1+20*ulp, one, 16, Accurate) // 4·(1+log2 16)
		row(ruleBound, f, 1+21*ulp, one, 16, Stable)
		// Terms that cancel: their ulp is twice that of the result.
		cancelled := subject.Terms{N: 16, Size: 2.5}
		rows = append(rows, verdictRow{ruleBound, f, 1 + 40*ulp, one, cancelled, Accurate}, verdictRow{ruleBound, f, 1 + 41*ulp, one, cancelled, Stable})

		// The true value lies just below the power of two that it was rounded to, in the
		// binade whose ulp is half as large: 1−ulp/2 is one ulp below, 1+ulp two above.
		below := oracle.Number{Rounded: 1, Residual: -0.25}
		row(ruleUlp, f, 1-ulp/2, below, 1, Faithful)
		row(ruleUlp, f, 1+ulp, below, 1, Accurate)
		row(ruleUlp, f, 1+2*ulp, below, 1, Stable) // 4.25 of the small ones
		row(ruleUlp, f, -1-2*ulp, oracle.Number{Rounded: -1, Residual: 0.25}, 1, Stable)

		if f != ieee.Float64 { // which holds every answer
			row(ruleFormat, f, 1+ulp/2, one, 1, NotCallable)
		}
	}
	row(ruleAbsolute, ieee.Float64, 1.0000001e-20, exactly(1e-20), 1, Close)
	row(ruleAbsolute, ieee.Float64, 1e-12, exactly(1e-15), 1, Close)
	row(ruleAbsolute, ieee.Float32, ieee.Float32.Round(1e-6), exactly(ieee.Float32.Round(1e-7)), 1, Close)
	row(ruleBound, ieee.Float64, 1+3e-7, exactly(1), 1, Callable)
	row(ruleBound, ieee.Float64, 1+1.9e-7, exactly(1), 1, Close) // 1e-7 + 1e-7·1
	row(ruleBound, ieee.Float64, math.MaxFloat64, exactly(5e-324), 1, Callable)
	row(ruleBound, ieee.Float64, math.MaxFloat64, exactly(-math.MaxFloat64), 1, Callable)
	return rows
}

// selfTest returns what a judge gets wrong. The right judge gets nothing wrong, and
// each wrong one of judge_mutants_test.go something.
func selfTest(j judge) []violation {
	var found []violation
	add := func(rule, format string, args ...any) {
		found = append(found, violation{rule, fmt.Sprintf(format, args...)})
	}
	rows := verdictTable()
	first := make([]Level, len(rows))
	for i, r := range rows {
		first[i] = j.level(r.format, r.x, r.v, r.t)
		if first[i] != r.want {
			add(r.rule, "%s %v for %v (residual %v, κ %v, %+v) is judged %s, want %s",
				r.format, r.x, r.v.Rounded, r.v.Residual, r.v.Kappa, r.t, first[i], r.want)
		}
		for l := Callable; l <= r.want; l++ {
			if !j.passes(l, r.format, r.x, r.v, r.t) {
				add(ruleNested, "%s %v for %v meets %s and not %s", r.format, r.x, r.v.Rounded, r.want, l)
			}
		}
	}
	// Backwards and again: an answer must not depend on what was asked before.
	for range 3 {
		for i := len(rows) - 1; i >= 0; i-- {
			r := rows[i]
			if again := j.level(r.format, r.x, r.v, r.t); again != first[i] {
				add(ruleState, "%s %v for %v is judged %s and later %s", r.format, r.x, r.v.Rounded, first[i], again)
			}
		}
	}
	selfTestTerms(j, add)
	selfTestCounts(j, add)
	return found
}

func selfTestTerms(j judge, add func(rule, format string, args ...any)) {
	const rows, cols = 32, 2
	plan := func(r loss.Reduction) *loss.Plan {
		call := &loss.Call{Reduction: r, Batch: loss.Batch{Rows: rows, Cols: cols, Pred: make([]float64, rows*cols)}}
		return &loss.Plan{Call: call, Decl: &loss.Loss{Shape: loss.Point}, Reduction: r, Width: 1}
	}
	for _, r := range loss.Reductions() {
		for _, o := range []Output{Value, Grad} {
			want := 1
			if o == Value && r != loss.None {
				want = rows * cols
			}
			if got := j.terms(plan(r), o).N; got != want {
				add(ruleBatch, "a %s under the reduction %s is judged as a sum of %d terms, want %d", o, r, got, want)
			}
		}
	}
}

func selfTestCounts(j judge, add func(rule, format string, args ...any)) {
	tally := func(statuses ...Status) (t Tally) {
		for _, s := range statuses {
			j.count(&t, s)
		}
		return t
	}
	if t := tally(Skipped); t.Ran() != 0 || t.Skipped != 1 {
		add(ruleSkip, "one skip is counted as %+v", t)
	}
	for _, c := range []struct {
		rule     string
		tally    Tally
		conforms bool
	}{
		{ruleEmpty, Tally{}, false},
		{ruleSkip, tally(Skipped), false},
		{ruleSkip, Tally{Skipped: 7}, false},
		{"a failure fails the run", tally(Passed, Failed), false},
		{"what passed conforms", tally(Passed), true},
		{"what passed conforms", tally(Passed, Skipped, Known), true},
	} {
		if err := j.verdict(c.tally); (err == nil) != c.conforms {
			add(c.rule, "the verdict on %+v is %v", c.tally, err)
		}
	}
}
