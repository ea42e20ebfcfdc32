package oracle

import (
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

func parsed(t *testing.T, text string) *loss.Loss {
	t.Helper()
	l, err := ParseDefinition("my_loss", text)
	require.NoError(t, err, text)
	return l
}

// What the head does not say follows from the text.
func TestParseDefinition_DerivesWhatIsNotSaid(t *testing.T) {
	for _, c := range []struct {
		text       string
		shape      loss.Shape
		targets    loss.Targets
		prediction loss.Domain
		target     loss.Domain
		axes       bool
	}{
		{"softplus(z) - y*z", loss.Point, loss.Targets{loss.Number}, loss.Finite, loss.UnitInterval, false},
		{"(x - y)^2", loss.Point, loss.Targets{loss.Number}, loss.Finite, loss.Finite, true},
		{"(x - 2*y)^2", loss.Point, loss.Targets{loss.Number}, loss.Finite, loss.Finite, false},
		{"-y*log(p) - (1 - y)*log(1 - p)", loss.Point, loss.Targets{loss.Number}, loss.UnitInterval, loss.UnitInterval, false},
		{"log(1 + exp(x))", loss.Point, nil, loss.Finite, loss.Domain{}, false},
		{"logsumexp(z) - z[t]", loss.Row, loss.Targets{loss.Label}, loss.Finite, loss.Domain{}, false},
		{"-sum(y*log_softmax(z))", loss.Row, loss.Targets{loss.Distribution}, loss.Finite, loss.UnitInterval, false},
		{"logsumexp(z)", loss.Row, nil, loss.Finite, loss.Domain{}, false},
		{"shape: set\n1 - (2*sum(p*y) + 1)/(sum(p) + sum(y) + 1)", loss.Set, loss.Targets{loss.Numbers}, loss.UnitInterval, loss.UnitInterval, false},
		{"abs(x1 - X1) + abs(y1 - Y1) + abs(x2 - X2) + abs(y2 - Y2)", loss.Box, loss.Targets{loss.Corners}, loss.OrderedBox, loss.OrderedBox, true},
		{"prediction: score\nmax(0, 1 - score*y)\ntarget: y in {-1, 1}", loss.Point, loss.Targets{loss.Number}, loss.Finite, loss.Signs, false},
		{"prediction: in [-inf, inf]\nsoftplus(z)", loss.Point, nil, loss.Extended, loss.Domain{}, false},
		{"target: position\nsum(softmax(z)*abs(k - y))", loss.Row, loss.Targets{loss.Position}, loss.Finite, loss.NonNegative, false},
		{"prediction: x in (0, inf)\nx - y*log(x)\ntarget: y in [0, inf)", loss.Point, loss.Targets{loss.Number}, loss.Positive, loss.NonNegative, false},
	} {
		l := parsed(t, c.text)
		require.Equal(t, c.shape, l.Shape, c.text)
		require.Equal(t, c.targets, l.Targets, c.text)
		require.Equal(t, c.prediction, l.Prediction, c.text)
		require.Equal(t, c.target.Name, l.Target.Name, c.text)
		require.Equal(t, c.axes, l.Axes != nil, c.text)
	}
}

// All that a head can say.
func TestParseDefinition_ReadsAHead(t *testing.T) {
	l := parsed(t, `
		# a Huber loss
		name:       my_loss
		title:      Huber's, over its threshold
		prediction: guess
		target:     truth in [-100, 100)
		param:      beta = 1 in (0, inf)      # where it turns linear
		param:      scale = 2
		claims:     convex, nonnegative, lipschitz 2, bounded [0, 1e6]

		d = guess - truth
		value = scale*if(abs(d) < beta, d^2/(2*beta), abs(d) - beta/2)`)
	require.Equal(t, "Huber's, over its threshold", l.Title)
	require.Equal(t, "a number in [-100, 100)", l.Target.Name)
	require.False(t, l.Target.Holds(100))
	require.True(t, l.Target.Holds(-100))
	require.Equal(t, "d = guess - truth; value = scale*if(abs(d) < beta, d^2/(2*beta), abs(d) - beta/2)", l.Formula)
	require.Len(t, l.Params, 2)
	require.Equal(t, loss.Param{Name: "beta", Kind: loss.Scalar, Domain: loss.Positive, Default: []float64{1}}, l.Params[0])
	require.Len(t, l.Traits, 4)
	require.Equal(t, loss.Trait{Property: loss.Lipschitz, Holds: true, Constant: 2, Norm: loss.AbsoluteValue}, l.Traits[2])
	require.Equal(t, loss.Trait{Property: loss.Bounded, Holds: true, High: 1e6}, l.Traits[3])
}

// A mistake names the loss, has a place, and says what there is.
func TestParseDefinition_MistakesHaveAPlace(t *testing.T) {
	for text, want := range map[string]string{
		"softplus(z) - y*zz":                     "my_loss: formula: line 1, column 17: no name zz: did you mean z?",
		"claims: convex\n\nsofplus(z) - y*z":     "my_loss: formula: line 3, column 1: no function sofplus: did you mean softplus?",
		"claims: convex, convx\nz^2":             "line 1, column 17: no claim convx: did you mean convex?",
		"  claim: convex\nz^2":                   "line 1, column 3: no head line claim: did you mean claims?",
		"shape: pointt\nz^2":                     "line 1, column 8: no shape pointt: did you mean point?",
		"claims: lipschitz\nz^2":                 "line 1, column 18: found the end of the line: want its constant",
		"claims: lipschitz inf\nz^2":             "the constant is infinite",
		"claims: bounded [1, 0]\nz^2":            "want [low, high]",
		"claims: strongly_convex 1\nsum(z*z)":    "line 1, column 9: strongly_convex is claimed of a point",
		"prediction: z in [1, 0]\nz^2":           "line 1, column 18: no number lies in it",
		"prediction: z in 0, 1\nz^2":             "line 1, column 18: found 0: want a domain",
		"target: y in {1, 1}\nz*y":               "two that are finite and different",
		"param: beta\nz^2":                       "line 1, column 12: found the end of the line: want = and the default",
		"param: beta = -1 in (0, inf)\nbeta*z^2": "line 1, column 15: the default of beta is -1: want a finite number > 0",
		"param: z = 1\nz^2":                      "line 1, column 8: z is taken",
		"param: weight = 1\nweight*z^2":          "say per class",
		"name: other\nz^2":                       "the text calls the loss other, and it is defined as my_loss",
		"name: my_loss\nname: my_loss\nz^2":      "line 2, column 1: name is there already",
		"prediction: z @\nz^2":                   `line 1, column 15: '@' is not expected here`,
		"softmax(z)":                             "line 1, column 1: the value has a number for each element",
		"y^2":                                    "line 1, column 1: the text uses no prediction",
		"(z - y)^2 + x":                          "line 1, column 13: z and x would both be the prediction",
		"min(z, inf)":                            "line 1, column 8: inf has no value that can be certified",
		"a = z^2":                                "the text does not define value",
		"z^2: 3":                                 "no formula has the character ':'",
	} {
		_, err := ParseDefinition("my_loss", text)
		require.ErrorContains(t, err, want, text)
		require.ErrorContains(t, err, "my_loss: ", text)
		mistake := (*formula.Error)(nil)
		require.ErrorAs(t, err, &mistake, text)
	}
	_, err := ParseDefinition("a loss", "z^2")
	require.ErrorContains(t, err, `no loss can have the name "a loss"`)
}

// A definition has a certified value and gradient, and the reference is that, rounded.
func TestDefine_IsCertifiedAndDifferentiated(t *testing.T) {
	l, err := Define("test_softplus_bce", "softplus(z) - y*z")
	require.NoError(t, err)
	call := &loss.Call{Loss: l.Name, Format: ieee.Float64, Batch: loss.Batch{Rows: 2, Cols: 1, Pred: []float64{36, -1}, Target: []float64{1, 0.25}}}
	truth, err := Eval(call)
	require.NoError(t, err)
	same := *call
	same.Loss = loss.BinaryCrossEntropyWithLogits.Name
	want, err := Eval(&same)
	require.NoError(t, err)
	require.Equal(t, want, truth)
	r, err := loss.EvalHessian(call, []float64{1, 1})
	require.NoError(t, err)
	wantR, err := loss.EvalHessian(&same, []float64{1, 1})
	require.NoError(t, err)
	require.Equal(t, wantR.Value, r.Value)
	for i := range wantR.Grad {
		require.InEpsilon(t, wantR.Grad[i], r.Grad[i], 0x1p-52)
		require.InEpsilon(t, wantR.TargetGrad[i], r.TargetGrad[i], 0x1p-52)
		require.InEpsilon(t, wantR.Product[i], r.Product[i], 0x1p-52)
	}
	named, err := loss.Named(l.Name)
	require.NoError(t, err)
	require.Same(t, l, named)
	require.NotContains(t, loss.All(), l, "it is none of the catalogue")
}

// At a kink the reference is the number of the set next to 0.
func TestDefine_ChoosesAtAKink(t *testing.T) {
	l, err := Define("test_absolute", "abs(x - y) + max(x, 2*x)")
	require.NoError(t, err)
	r, err := loss.Eval(&loss.Call{Loss: l.Name, Batch: loss.Batch{Rows: 2, Cols: 1, Pred: []float64{3, 0}, Target: []float64{3, 2}}})
	require.NoError(t, err)
	require.Equal(t, []float64{1, 0}, r.Grad, "[1, 3] and [0, 1]")
}

// What cannot be certified is an error, and no number.
func TestDefine_WhatCannotBeCertifiedIsAnError(t *testing.T) {
	l, err := Define("test_log", "-log(p)")
	require.NoError(t, err)
	call := &loss.Call{Loss: l.Name, Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{0}}}
	_, err = loss.Eval(call)
	require.ErrorIs(t, err, ErrUndecided)
	_, err = Eval(call)
	require.ErrorIs(t, err, ErrUndecided)
	call.Pred[0] = 0.5
	r, err := loss.Eval(call)
	require.NoError(t, err)
	require.Equal(t, []float64{math.Ln2}, r.Value)
}

// A name is taken once; the same text again is the same loss.
func TestDefine_ANameIsTakenOnce(t *testing.T) {
	first, err := Define("test_taken", "z^2")
	require.NoError(t, err)
	again, err := Define("test_taken", "z^2")
	require.NoError(t, err)
	require.Same(t, first, again)
	_, err = Define("test_taken", "z^4")
	require.ErrorContains(t, err, "the name test_taken is taken: it is defined already")
	_, err = Define("softplus", "log(1 + exp(x))")
	require.ErrorContains(t, err, "the name softplus is taken: it is one of the catalogue")
}

// Tests that run side by side may define, and ask.
func TestDefine_IsSafeForConcurrentUse(t *testing.T) {
	var wait sync.WaitGroup
	for i := range 16 {
		wait.Go(func() {
			name := "test_side_by_side_" + string(rune('a'+i%8))
			if _, err := Define(name, "(x - y)^2"); err != nil {
				t.Error(err)
			}
			r, err := loss.Eval(&loss.Call{Loss: name, Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{3}, Target: []float64{1}}})
			if err != nil || r.Value[0] != 4 || r.Grad[0] != 4 {
				t.Error(r, err)
			}
		})
	}
	wait.Wait()
}

// A head alone declares a loss that has no known value.
func TestDefine_AHeadAloneIsUnknown(t *testing.T) {
	for i, head := range []string{"", "claims: convex", "prediction: guess\ntarget: truth in [0, 1]\n# no more"} {
		l, err := ParseDefinition("my_loss", head)
		require.NoError(t, err)
		require.Empty(t, l.Definition, i)
		require.Equal(t, i == 2, l.HasTarget())
	}
	l, err := Define("test_unknown", "target: in [0, 1]")
	require.NoError(t, err)
	_, err = Ask(&loss.Call{Loss: l.Name, Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{0}, Target: []float64{1}}})
	require.ErrorIs(t, err, ErrNoDefinition)
}

func FuzzParseDefinition(f *testing.F) {
	for _, text := range []string{"softplus(z) - y*z", "shape: set\nparam: a = 1 in (0, 2]\nclaims: bounded [0, 1], convex\nmean(a*(p-y)^2)", "target: label\nlogsumexp(z) - z[t]",
		"prediction: q in {-1, 1}\nq*y", "abs(x1 - X1)", "name: a\n# b: c\nx^2"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseDefinition("", text)
		if (l == nil) == (err == nil) {
			t.Fatalf("%v, %v", l, err)
		}
		if err != nil {
			return
		}
		if _, again := ParseDefinition(l.Name, text); again != nil {
			t.Fatalf("by its name %s: %v", l.Name, again)
		}
	})
}
