package properties

import (
	"math"
	"math/big"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// One law for each property that the catalogue declares false of some loss: its witness
// refutes it, on the numbers of the subject.
var refutedLaws = []*Law{
	refuted(loss.NonNegativeValue, "The value at the witness is negative.", false, func(t *trial, w *witness) {
		t.strictly("value < 0", scalarFirst(t.eval(w.at(w.A))), side())
	}),
	refuted(loss.ZeroAttained, "The value at the witness is not 0, though it is near the limit.", false, func(t *trial, w *witness) {
		value := scalarFirst(t.eval(w.at(w.A)))
		t.strictly("0 < |value|", side(), absolute(value))
	}),
	refuted(loss.Convex, "The value midway between the two witnesses is above the mean of their values.", false, func(t *trial, w *witness) {
		t.strictly("mean of the values < value midway", w.mean(t), scalarFirst(t.eval(w.at(w.middle(t)))))
	}),
	refuted(loss.StrictlyConvex, "The value midway between the two witnesses is the mean of their values, so that convexity is not strict.", false, func(t *trial, w *witness) {
		t.claim("value midway = mean of the values", scalarFirst(t.eval(w.at(w.middle(t)))), equal, w.mean(t))
	}),
	refuted(loss.Lipschitz, "Between the two witnesses the value rises beyond every constant.", false, func(t *trial, w *witness) {
		t.steep(w, side().plus(1, t.eval(w.at(w.A)).value(0)), side().plus(1, t.eval(w.at(w.B)).value(0)))
	}),
	refuted(loss.Smooth, "Between the two witnesses the gradient rises beyond every constant.", true, func(t *trial, w *witness) {
		t.steep(w, side().plus(1, t.eval(w.at(w.A)).grad(0)), side().plus(1, t.eval(w.at(w.B)).grad(0)))
	}),
	refuted(loss.Bounded, "The value at the witness is beyond every bound.", false, func(t *trial, w *witness) {
		e := t.eval(w.at(w.A))
		if x := e.value(0).x(); ulp.Special(x) {
			t.matches(e.value(0))
			t.decided++
			return
		} else if x < 0 {
			t.claim("value ≤ −huge", scalarFirst(e), atMost, side().add(-huge(t.format)))
			return
		}
		t.claim("value ≥ huge", scalarFirst(e), atLeast, side().add(huge(t.format)))
	}),
	refuted(loss.Symmetric, "The two witnesses are mirror images and differ in value.", false, differs),
	refuted(loss.ShiftInvariant, "The two witnesses differ by a shift, and differ in value.", false, differs),
	refuted(loss.GradientSumsToZero, "The gradient at the witness does not sum to 0.", true, func(t *trial, w *witness) {
		total := sum(t.eval(w.at(w.A)).grads())
		t.strictly("0 < |Σ ∂L/∂x_k|", side(), absolute(total))
	}),
	refuted(loss.Differentiable, "Midway between the two witnesses the value has a kink or a jump: L(m+v) − 2L(m) + L(m−v) shrinks no faster than v.", false, func(t *trial, w *witness) {
		t.claim("1024·|second difference of 1/1024 of the distance| ≥ ½·|that of the distance|",
			absolute(w.bend(t, nearby).times(num(1/nearby))), atLeast, absolute(w.bend(t, 1)).times(num(0.5)))
		t.strictly("0 < |second difference|", side(), absolute(w.bend(t, 1)))
	}),
	refuted(loss.Metric, "The way from one box of the witness to another is longer than that by a third.", false, func(t *trial, w *witness) {
		third := w.call
		third.Target = w.B
		t.strictly("L(A, B) + L(B, C) < L(A, C)", scalarFirst(t.eval(w.at(w.B))).minus(scalarFirst(t.eval(&third)).times(minusOne)), scalarFirst(t.eval(w.at(w.A))))
	}),
	refuted(loss.GrowsApart, "Of the two witnesses the one further away has the smaller value.", false, func(t *trial, w *witness) {
		t.strictly("L(B) < L(A)", scalarFirst(t.eval(w.at(w.B))), scalarFirst(t.eval(w.at(w.A))))
	}),
	refuted(loss.Proper, "With the true probability of the witness, a prediction that is not it has a smaller expected loss.", false, func(t *trial, w *witness) {
		t.strictly("expected loss of A < expected loss of the truth B", w.expected(t, w.A), w.expected(t, w.B))
	}),
}

func refuted(p loss.Property, statement string, gradient bool, check func(t *trial, w *witness)) *Law {
	return &Law{
		Name: "not_" + string(p), Statement: statement, Source: "the witness of the catalogue",
		Traits: []loss.Property{p}, Refutes: true, gradient: gradient, once: true,
		draw: func(d *drawer) *Case {
			for _, trait := range declared(d.loss, p, false) {
				return &Case{Call: *witnessCall(d.loss, trait.Witness, d.Format)}
			}
			return nil
		},
		check: func(t *trial, _ *Case) {
			for _, trait := range declared(t.loss, p, false) {
				check(t, newWitness(t, trait))
			}
		},
	}
}

// A witness is that of the catalogue in the format of the subject.
type witness struct {
	*loss.Witness
	call loss.Call
	A, B []float64
}

func newWitness(t *trial, trait loss.Trait) *witness {
	call := witnessCall(t.loss, trait.Witness, t.format)
	w := &witness{Witness: trait.Witness, call: *call, A: call.Pred}
	w.B = intoFormat(t.format, trait.Witness.B)
	return w
}

// witnessCall is the call at the first point of the witness.
func witnessCall(l *loss.Loss, w *loss.Witness, f ieee.Format) *loss.Call {
	c := &loss.Call{Loss: l.Name, Format: f, Params: w.Params}
	c.Rows, c.Cols, c.Pred = 1, len(w.A), intoFormat(f, w.A)
	if l.Takes(loss.Label) && (len(w.Target) == 1 || l.NumberTarget() == nil) {
		c.Label = []int{0}
		if len(w.Target) == 1 {
			c.Label[0] = int(w.Target[0])
		}
	} else if l.HasTarget() {
		c.Target = intoFormat(f, w.Target)
	}
	return c
}

// intoFormat rounds to a format. A number that is there for its size is brought to the
// largest or the smallest of the format.
func intoFormat(f ieee.Format, xs []float64) []float64 {
	ys := make([]float64, len(xs))
	for i, x := range xs {
		size := math.Abs(x)
		switch {
		case x == 0:
		case size > f.MaxFinite()/2:
			x = math.Copysign(f.MaxFinite()/2, x)
		case size < f.MinNormal():
			x = math.Copysign(f.MinNormal(), x)
		}
		ys[i] = f.Round(x)
	}
	return ys
}

// huge is what a slope or a value that knows no bound exceeds: 10^100 in float64, and the
// cube root of the largest number, which that nearly is, in any other format.
func huge(f ieee.Format) float64 {
	if f.Width == 64 {
		return 1e100
	}
	return math.Ldexp(1, f.MaxExp/3)
}

func (w *witness) at(pred []float64) *loss.Call { return at(&w.call, pred) }

// middle is the point between the witnesses, which must be exact.
func (w *witness) middle(t *trial) []float64 {
	m := make([]float64, len(w.A))
	for k := range m {
		m[k] = w.A[k]/2 + w.B[k]/2
		t.need(t.format.Holds(m[k]) && add(num(w.A[k]), num(w.B[k])).Cmp(num(2*m[k])) == 0)
	}
	return m
}

func (w *witness) mean(t *trial) *form {
	return side().plus(0.5, t.eval(w.at(w.A)).value(0)).plus(0.5, t.eval(w.at(w.B)).value(0))
}

// expected is the expected loss of a prediction with the true probability of the witness.
func (w *witness) expected(t *trial, pred []float64) *form {
	share := w.Target
	if len(share) == 1 {
		share = []float64{0, w.Target[0]}
		s, _ := middle(certain.Sub(interval.FromInt(1), interval.FromFloat64(w.Target[0])))
		form := side().plusBig(s, t.eval(outcomeOf(&w.call, pred, 0)).value(0))
		return form.plus(share[1], t.eval(outcomeOf(&w.call, pred, 1)).value(0))
	}
	s := side()
	for k, p := range share {
		s.plus(p, t.eval(outcomeOf(&w.call, pred, k)).value(0))
	}
	return s
}

// nearby is how near to a kink the second difference is taken, in parts of the distance of the
// witnesses; every format holds it.
const nearby = 1. / 1024

// bend is L(m+v) − 2·L(m) + L(m−v), where m is midway between the witnesses and v a part of the way
// from m to B. It shrinks with v² where the loss is twice differentiable, and with v at a kink.
func (w *witness) bend(t *trial, part float64) *form {
	m := w.middle(t)
	to := func(sign float64) []float64 {
		x := make([]float64, len(m))
		for k := range x {
			x[k] = m[k] + sign*part*(w.B[k]-m[k])
			t.need(t.format.Holds(x[k]))
		}
		return x
	}
	return side().plus(1, t.eval(w.at(to(1))).value(0)).plus(-2, t.eval(w.at(m)).value(0)).plus(1, t.eval(w.at(to(-1))).value(0))
}

// absolute is the side, or its negative where that is positive. One with a number that is not finite stays as it is, for a
// claim to find that out.
func absolute(s *form) *form {
	if s.finite() && s.value().Sign() < 0 {
		return s.times(num(-1))
	}
	return s
}

func scalarFirst(e *evaluation) *form { return side().plus(1, e.value(0)) }

// differs checks that the values at two points, under one or two targets, differ.
func differs(t *trial, w *witness) {
	other := *w.at(w.B)
	if w.TargetB != nil {
		other.Target = intoFormat(t.format, w.TargetB)
	}
	low, high := scalarFirst(t.eval(w.at(w.A))), scalarFirst(t.eval(&other))
	if low.finite() && high.finite() && low.value().Cmp(high.value()) > 0 {
		low, high = high, low
	}
	t.strictly("one value < the other", low, high)
}

// steep checks that the slope between the witnesses is beyond huge, or infinite.
func (t *trial) steep(w *witness, a, b *form) {
	if !t.finite(a) || !t.finite(b) {
		t.decided++
		return
	}
	far := mul(euclidean(differences(w.A, w.B)), num(huge(t.format)))
	rise := a.minus(b)
	t.claim("rise ≥ huge·distance", absolute(rise), atLeast, side().addBig(new(big.Float).Set(far)))
}
