package expr

import (
	"errors"
	"math/big"
	"testing"

	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// softplus is log(1 + e^x) as it is computed without overflow for x > 0.
func softplusOf(g *Graph, x Node) Node { return g.Add(x, g.Log1p(g.Exp(g.Neg(x)))) }

func TestSoftplus_DerivativesAreSigmoids(t *testing.T) {
	for _, v := range []float64{-1e6, -745.25, -30, -0x1p-60, 0, 5e-324, 0.1, 1, 30, 745.25, 1e6} {
		g := New()
		x := g.Input(v)
		value := softplusOf(g, x)
		first := g.Grad(value, x)[0]
		second := g.Grad(first, x)[0]
		// By hand: σ(x) = 1/(1+e^−x), and σ′ = σ(x)·σ(−x).
		sigma := g.Quo(One, g.Add(One, g.Exp(g.Neg(x))))
		mirror := g.Quo(One, g.Add(One, g.Exp(x)))
		const prec = 400
		got := g.Eval(prec, first, second, sigma, g.Mul(sigma, mirror))
		for i, name := range []string{"first", "second"} {
			if !got[i].Overlaps(got[i+2]) {
				t.Errorf("x = %v: the %s derivative is %v, by hand it is %v", v, name, got[i], got[i+2])
			}
		}
		c := interval.Context{Prec: prec}
		width := c.Sub(interval.FromBig(got[0].Hi()), interval.FromBig(got[0].Lo())).Hi()
		// Far below 0 the definition x + log1p(e^−x) cancels, which only precision brings back: not this test's business.
		if v > -100 && width.Sign() > 0 && width.MantExp(nil) > -200 {
			t.Errorf("x = %v: the first derivative %v is known to too few bits", v, got[0])
		}
	}
}

func TestQuotient_ByHand(t *testing.T) {
	g := New()
	a, b := g.Input(3), g.Input(7)
	q := g.Quo(a, b)
	d := g.Grad(q, a, b)
	dd := append(g.Grad(d[0], a, b), g.Grad(d[1], a, b)...)
	// a/b: 1/b, −a/b²; 0, −1/b², −1/b², 2a/b³.
	want := []*big.Rat{big.NewRat(1, 7), big.NewRat(-3, 49), big.NewRat(0, 1), big.NewRat(-1, 49), big.NewRat(-1, 49), big.NewRat(6, 343)}
	for i, got := range g.Eval(128, append(d, dd...)...) {
		lo, _ := got.Lo().Rat(nil)
		hi, _ := got.Hi().Rat(nil)
		if lo.Cmp(want[i]) > 0 || hi.Cmp(want[i]) < 0 {
			t.Errorf("derivative %d is %v, want %v", i, got, want[i])
		}
	}
}

func TestFolding_ZeroTimesAnythingIsZero(t *testing.T) {
	g := New()
	x, nought := g.Input(0.5), g.Input(0)
	logNought := g.Log(nought) // has no value
	for name, got := range map[string]Node{
		"0·log 0": g.Mul(g.Const(0), logNought), "log 0·0": g.Mul(logNought, Zero), "0/log 0": g.Quo(Zero, logNought),
		"−0": g.Neg(Zero), "log 1": g.Log(g.Const(1)), "log1p 0": g.Log1p(Zero), "expm1 0": g.Expm1(Zero),
		"√0": g.Sqrt(Zero), "atan 0": g.Atan(g.Const(0)), "|0|": g.Abs(Zero), "stop 0": g.Stop(Zero), "max(0, 0)": g.Max(Zero, g.Const(0)),
		"∂stop(x)/∂x": g.Grad(g.Exp(g.Stop(x)), x)[0], "∂(x > 0)/∂x": g.Grad(g.Grad(g.Abs(x), x)[0], x)[0],
		"Sum()": g.Sum(), "Sum(0, 0)": g.Sum(Zero, Zero), "0 − 0": g.Sub(Zero, Zero),
		"∂x/∂0-input": g.Grad(g.Exp(x), nought)[0],
	} {
		if got != Zero {
			t.Errorf("%s is node %d, not Zero", name, got)
		}
	}
	for name, got := range map[string]Node{
		"x+0": g.Add(x, Zero), "0+x": g.Add(Zero, x), "x−0": g.Sub(x, Zero), "1·x": g.Mul(One, x), "x·1": g.Mul(x, One),
		"x/1": g.Quo(x, One), "max(x, x)": g.Max(x, x), "min(x, x)": g.Min(x, x), "if c then x else x": g.If(nought, x, x),
		"Sum(0, x)": g.Sum(Zero, x),
	} {
		if got != x {
			t.Errorf("%s is node %d, not x", name, got)
		}
	}
	if g.Sqrt(One) != One || g.Abs(One) != One || g.Stop(One) != One {
		t.Error("√1, |1| or stop(1) is not One")
	}
	// The same expression built twice is the same operand of a maximum, in either order where that does not matter.
	if first := g.Exp(g.Add(x, nought)); g.Max(first, g.Exp(g.Add(nought, x))) != first || g.Max(first, g.Exp(g.Sub(x, nought))) == first {
		t.Error("max(e^(x+y), e^(y+x)) is not e^(x+y), or max(e^(x+y), e^(x−y)) is")
	}
	if g.Exp(Zero) != One || g.Grad(x, x)[0] != One {
		t.Error("e^0 and ∂x/∂x are not One")
	}
	if g.Mul(nought, x) == Zero {
		t.Error("an input of 0 was folded away with its derivative")
	}
}

func TestDomain_PanicsWhenEvaluatedAndNotBefore(t *testing.T) {
	g := New()
	y := g.Input(0)
	entropy := g.Mul(y, g.Log(y)) // 0·log 0 by an input: a limit, and no value
	fine := g.Exp(y)
	if got := g.Eval(64, fine)[0]; !got.IsPoint() {
		t.Errorf("e^0 = %v", got)
	}
	defer func() {
		err, _ := recover().(error)
		var domain *interval.DomainError
		if !errors.As(err, &domain) {
			t.Errorf("recovered %v", err)
		}
	}()
	g.Eval(64, entropy)
}

func TestGrad_IntermediateNodeIsIndependentOfItsOperands(t *testing.T) {
	g := New()
	x := g.Input(2)
	p := g.Exp(x)
	out := g.Mul(p, g.Add(p, x))
	d := g.Grad(out, p, x)
	if d[1] != p {
		t.Errorf("∂(p·(p+x))/∂x at fixed p is node %d, want p = node %d", d[1], p)
	}
}

func TestGrad_IsLinearInTheSizeOfASum(t *testing.T) {
	const k = 1000
	g, xs := New(), make([]Node, k)
	exps := make([]Node, k)
	for i := range xs {
		xs[i] = g.Input(float64(i) / k)
		exps[i] = g.Exp(xs[i])
	}
	out := g.Log(g.Sum(exps...))
	before := g.Len()
	grads := g.Grad(out, xs...)
	if added := g.Len() - before; added > k+1 { // (1/Σ) once, and a product for each input
		t.Errorf("the gradient of logsumexp over %d inputs added %d nodes", k, added)
	}
	before = g.Len()
	row := g.Grad(grads[0], xs...)
	if added := g.Len() - before; added > 4*k {
		t.Errorf("a row of second derivatives added %d nodes", added)
	}
	// softmax sums to 1, and its row of derivatives to 0.
	total := g.Eval(128, g.Sum(grads...), g.Sum(row...))
	if !total[0].Contains(big.NewFloat(1)) || !total[1].ContainsZero() {
		t.Errorf("the softmax sums to %v, a row of its Jacobian to %v", total[0], total[1])
	}
}

func TestEvaluation_DepthCostsNoCallStackAndTheGraphMayGrow(t *testing.T) {
	const depth = 200_000
	g := New()
	n := g.Input(0x1p-30)
	ev := g.Evaluate(64)
	_ = ev.Value(n)
	for range depth {
		n = g.Add(n, One)
	}
	if got := ev.Value(n); !got.Contains(new(big.Float).Add(big.NewFloat(depth), big.NewFloat(0x1p-30))) {
		t.Errorf("a chain of %d additions gives %v", depth, got)
	}
}

func BenchmarkSoftplus(b *testing.B) {
	g := New()
	x := g.Input(0.1)
	value := softplusOf(g, x)
	first := g.Grad(value, x)[0]
	second := g.Grad(first, x)[0]
	b.Run("op=value_grad_second/prec=128", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g.Eval(128, value, first, second)
		}
	})
	b.Run("op=second/prec=40", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g.Eval(40, second)
		}
	})
	b.Run("op=build_value_grad_second", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g := New()
			x := g.Input(0.1)
			g.Grad(g.Grad(softplusOf(g, x), x)[0], x)
		}
	})
}
