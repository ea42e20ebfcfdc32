package conformance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/impl/subject/lcp"
	"github.com/lossproof/lossproof/internal/ulp"
)

// A check is the outcome of one output of one case.
type check struct {
	output  Output
	inputs  Inputs
	status  Status
	level   Level
	errors  errorStats
	failure *Failure // where it failed, or failed as known
	kappa   *float64 // of a sample: the largest of its numbers, where they are finite
	// declined: what is asked is valid and declared, and the answer is that it is not supported
	declined bool
}

// judgeCase asks the subject one case and judges its answer. The error is that of the
// suite, not of the subject: the oracle's, or the context's.
func (r *run) judgeCase(ctx context.Context, i *instance) ([]check, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if i.skip != "" {
		return i.skipped(i.skip), nil
	}
	truth := i.truth
	answer, err := r.ask(ctx, i)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, lcp.ErrGone):
		return nil, err
	case errors.Is(err, ErrUnsupported) && truth == nil && i.call.Weight != nil:
		plain := *i // a function may say only when it is asked that it has no weights
		plain.call.Weight = nil
		return r.judgeCase(ctx, &plain)
	case errors.Is(err, ErrUnsupported):
		checks := i.skipped(err.Error())
		for k := range checks {
			checks[k].declined = i.class == "" && slices.Contains(i.outputs, checks[k].output)
		}
		return checks, nil
	}
	if truth == nil {
		var err error
		if truth, err = r.source.truth(&i.call); err != nil {
			return nil, fmt.Errorf("conformance: the oracle on %s: %w", i.id, err)
		}
		if slices.ContainsFunc(i.outputs, further) {
			truth.Further(&i.call)
		}
	}
	return r.judgeAnswer(i, truth, answer, err)
}

// judgeAnswer judges what a subject answered to a case: numbers, an error, or a fault.
func (r *run) judgeAnswer(i *instance, truth *oracle.Truth, answer *Answer, err error) ([]check, error) {
	var broken *subject.Fault
	errors.As(err, &broken)
	if i.class != "" {
		return []check{i.judgeRefusal(answer, err, broken)}, nil
	}
	p, planErr := i.call.Plan()
	if planErr != nil {
		return nil, fmt.Errorf("conformance: the case %s has an answer, and yet: %w", i.id, planErr)
	}
	var checks []check
	for _, o := range i.outputs {
		want, got := truth.Part(string(o)), []float64(nil)
		if further(o) && want == nil {
			continue // which is not asked here
		}
		if err == nil && answer != nil {
			got = *answer.Part(o)
		}
		var f *Failure
		switch {
		case broken != nil:
			f = i.failure(o, broken.Outcome)
			f.Got, f.Want, f.Stack = err.Error(), "an answer", broken.Stack
		case err != nil:
			f = i.failure(o, Refused)
			f.Got, f.Want = fmt.Sprintf("the error %q", err), "an answer"
		case len(got) != len(want):
			f = i.failure(o, WrongLength)
			f.Got, f.Want = fmt.Sprintf("%d numbers", len(got)), fmt.Sprintf("%d", len(want))
		}
		if f != nil {
			f.Error = Ulps(math.Inf(1))
			checks = append(checks, check{output: o, inputs: inputsOf(&i.call, i.decl, want), status: Failed, level: NotCallable, errors: failedStats(i, o), failure: f})
			continue
		}
		r.look.Add(p, o)
		c := r.judgeNumbers(i, o, got, want, r.judge.terms(p, o))
		if c.failure != nil {
			c.failure.evidence = evidenceOf(p, o, c.failure.Index, got, want)
			c.failure.evidence.valueRight = o != Value && len(checks) > 0 && checks[0].output == Value && checks[0].status == Passed
		}
		checks = append(checks, c)
	}
	for _, o := range []Output{Value, Grad} {
		if !slices.Contains(i.outputs, o) {
			checks = append(checks, check{output: o, status: Skipped, failure: &Failure{Got: "no " + string(o)}})
		}
	}
	return checks, nil
}

// ask asks twice, each time with a copy of the call: the answers must be the same,
// and the copies must stay as they were. What is wrong with either comes as a fault.
func (r *run) ask(ctx context.Context, i *instance) (*Answer, error) {
	answer, err := r.askOnce(ctx, i)
	var broken *subject.Fault
	if errors.Is(err, ErrUnsupported) || errors.As(err, &broken) {
		return nil, err
	}
	if answer != nil { // the subject may use its memory again
		answer = answer.Clone()
	}
	again, errAgain := r.askOnce(ctx, i)
	switch {
	case errors.As(errAgain, &broken):
		return nil, errAgain
	case (err == nil) != (errAgain == nil):
		return nil, &subject.Fault{Outcome: Unrepeatable, Text: fmt.Sprintf("the error %v at first, and %v for the same call again", err, errAgain)}
	case err != nil:
		return nil, err
	case answer == nil || again == nil:
		return nil, &subject.Fault{Outcome: WrongLength, Text: "neither an answer nor an error"}
	}
	for _, o := range subject.Outputs() {
		if first, then := *answer.Part(o), *again.Part(o); !slices.EqualFunc(first, then, ulp.SameBits) {
			return nil, unrepeatable(i, o, first, then)
		}
	}
	return answer, nil
}

// further reports whether an output is one that few subjects have and few cases ask for.
func further(o Output) bool { return o == TargetGrad || o == Hess }

func unrepeatable(i *instance, o Output, first, again []float64) error {
	for n := range min(len(first), len(again)) {
		if !ulp.SameBits(first[n], again[n]) {
			f := i.call.Format
			return &subject.Fault{Outcome: Unrepeatable, Text: fmt.Sprintf("%s[%d] is %s at first, and %s for the same call again", o, n, number(f, first[n]), number(f, again[n]))}
		}
	}
	return &subject.Fault{Outcome: Unrepeatable, Text: fmt.Sprintf("%d numbers of %s at first, and %d for the same call again", len(first), o, len(again))}
}

func (r *run) askOnce(ctx context.Context, i *instance) (answer *Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			answer, err = nil, &subject.Fault{Outcome: Panicked, Text: fmt.Sprintf("the panic %q", fmt.Sprint(p)), Stack: subject.Stack()}
		}
	}()
	call := copyCall(&i.call)
	answer, err = r.subject.Eval(ctx, call)
	if !sameCall(call, &i.call) {
		return nil, errMutated
	}
	return answer, err
}

func copyCall(c *loss.Call) *loss.Call {
	d := *c
	d.Conventions = maps.Clone(c.Conventions)
	d.Params = maps.Clone(c.Params)
	for name, v := range d.Params {
		d.Params[name] = slices.Clone(v)
	}
	d.Pred, d.Target, d.Label = slices.Clone(c.Pred), slices.Clone(c.Target), slices.Clone(c.Label)
	d.Batch.Weight, d.Upstream = slices.Clone(c.Batch.Weight), slices.Clone(c.Upstream)
	return &d
}

func sameCall(a, b *loss.Call) bool {
	same := func(x, y []float64) bool { return slices.EqualFunc(x, y, ulp.SameBits) }
	return a.Loss == b.Loss && a.Format == b.Format && a.Reduction == b.Reduction && a.Rows == b.Rows && a.Cols == b.Cols &&
		maps.Equal(a.Conventions, b.Conventions) && maps.EqualFunc(a.Params, b.Params, same) && slices.Equal(a.Label, b.Label) &&
		same(a.Pred, b.Pred) && same(a.Target, b.Target) && same(a.Batch.Weight, b.Batch.Weight) && same(a.Upstream, b.Upstream)
}

// skipped is the outcome of a case that was not run, for each output that it has.
func (i *instance) skipped(reason string) []check {
	outputs := []Output{Value, Grad}
	if i.class != "" {
		outputs = []Output{Refusal}
	}
	var checks []check
	for _, o := range outputs {
		checks = append(checks, check{output: o, status: Skipped, failure: &Failure{Got: reason}})
	}
	return checks
}

// judgeRefusal judges the answer to bad input. A panic refuses it too; of errors, only
// an *loss.Error names a class.
func (i *instance) judgeRefusal(answer *Answer, err error, broken *subject.Fault) check {
	right := check{output: Refusal, status: Passed, level: Exact}
	wrong := func(outcome Outcome, got string) check {
		f := i.failure(Refusal, outcome)
		f.Got, f.Want, f.Error = got, fmt.Sprintf("an error of class %s", i.class), Ulps(math.Inf(1))
		return check{output: Refusal, status: Failed, level: NotCallable, failure: f}
	}
	var named *loss.Error
	switch {
	case broken != nil && broken.Outcome != Panicked:
		return wrong(broken.Outcome, broken.Text)
	case err == nil:
		got := "an answer"
		if answer != nil && len(answer.Value) > 0 {
			got += " that begins with " + number(i.call.Format, answer.Value[0])
		}
		return wrong(Accepted, got)
	case errors.As(err, &named) && named.Class != i.class:
		return wrong(WrongClass, fmt.Sprintf("an error of class %s: %v", named.Class, err))
	}
	return right
}

// judgeNumbers judges an output element by element. Its level is the lowest of theirs.
func (r *run) judgeNumbers(i *instance, o Output, got []float64, want []oracle.Number, t subject.Terms) check {
	c := check{output: o, inputs: inputsOf(&i.call, i.decl, want), status: Passed, level: Exact}
	worst, failing := -1, 0
	var worstLevel Level
	var worstError float64
	for k, x := range got {
		level := r.judge.level(i.call.Format, x, want[k], t)
		err := math.Inf(1)
		if i.call.Format.Holds(x) {
			err = ErrorUlp(i.call.Format, x, want[k])
		}
		c.errors.add(err, want[k].Kappa, k)
		c.level = min(c.level, level)
		if level >= r.Level {
			continue
		}
		failing++
		if worst < 0 || level < worstLevel || level == worstLevel && math.Abs(err) > math.Abs(worstError) {
			worst, worstLevel, worstError = k, level, err
		}
	}
	if i.at != nil {
		c.kappa = largestKappa(want)
	}
	if c.errors.count > 0 {
		c.errors.input = func() string { return inputOf(&i.call, i.decl, o, c.errors.at) }
	}
	c.errors.caseID = i.id
	if failing > 0 {
		c.status = Failed
		c.failure = r.numberFailure(i, o, worst, got[worst], want[worst], t)
		c.failure.More = failing - 1
	}
	return c
}

func (r *run) numberFailure(i *instance, o Output, k int, x float64, v oracle.Number, t subject.Terms) *Failure {
	format, hull := i.call.Format, v.Hull
	v = v.Nearest(x)
	outcome, err := Inaccurate, math.Inf(1)
	switch {
	case !format.Holds(x):
		outcome = WrongFormat
	case (ulp.Special(x) || ulp.Special(v.Rounded)) && !ulp.SameSpecial(x, v.Rounded):
		outcome = NotFinite
	default:
		err = ErrorUlp(format, x, v)
	}
	f := i.failure(o, outcome)
	f.Index, f.Input = k, inputOf(&i.call, i.decl, o, k)
	f.Got = number(format, x)
	f.Want = number(format, v.Rounded)
	if !ulp.Special(v.Rounded) {
		f.Want += ", correctly rounded"
		if v.Residual != 0 {
			f.Want += fmt.Sprintf(" (the true value is %+.4g ulp from it)", v.Residual)
		}
	}
	if hull != nil {
		f.Want = fmt.Sprintf("a number from %s to %s: it has a kink here", number(format, hull.Low.Rounded), number(format, hull.High.Rounded))
	}
	f.Error = Ulps(err)
	if outcome == Inaccurate {
		f.Allowed = allowance(r.Level, format, v, t)
		f.Rule = fmt.Sprintf("level %d, %s: %s", r.Level.Number(), r.Level, r.Level.Rule())
	} else {
		f.Rule = fmt.Sprintf("level %d, %s: %s", Callable.Number(), Callable, Callable.Rule())
	}
	return f
}
