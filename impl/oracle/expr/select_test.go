package expr

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/oracle/interval"
)

const prec = 100

// A kinked is a function of some inputs with what its gradient must be there: the ends of the hull of each component.
type kinked struct {
	name  string
	f     func(g *Graph, x []Node) Node
	at    []float64
	value float64
	hull  [][2]float64
}

func relu(g *Graph, x Node) Node { return g.Max(x, Zero) }

// smoothL1 is d²/(2β) for |d| < β and |d| − β/2 beyond, and |d| for β = 0.
func smoothL1(beta float64) func(g *Graph, x []Node) Node {
	return func(g *Graph, x []Node) Node {
		d := g.Abs(x[0])
		if beta == 0 {
			return d
		}
		b := g.Const(beta)
		half := g.Mul(g.Const(0.5), b)
		return g.If(g.Sub(b, d), g.Quo(g.Mul(g.Const(0.5), g.Mul(d, d)), b), g.Sub(d, half))
	}
}

// iou is 1 − I/U of two boxes (x1, y1, x2, y2).
func iou(g *Graph, x []Node) Node {
	overlap := func(lo, hi int) Node {
		return relu(g, g.Sub(g.Min(x[hi], x[hi+4]), g.Max(x[lo], x[lo+4])))
	}
	area := func(i int) Node { return g.Mul(g.Sub(x[i+2], x[i]), g.Sub(x[i+3], x[i+1])) }
	both := g.Mul(overlap(0, 2), overlap(1, 3))
	return g.Sub(One, g.Quo(both, g.Sub(g.Add(area(0), area(4)), both)))
}

var kinks = []kinked{
	{"|x| at 0", func(g *Graph, x []Node) Node { return g.Abs(x[0]) }, []float64{0}, 0, [][2]float64{{-1, 1}}},
	{"|x| beside 0", func(g *Graph, x []Node) Node { return g.Abs(x[0]) }, []float64{-5e-324}, 5e-324, [][2]float64{{-1, -1}}},
	{"3|x − y|", func(g *Graph, x []Node) Node { return g.Mul(g.Const(3), g.Abs(g.Sub(x[0], x[1]))) }, []float64{0.1, 0.1}, 0, [][2]float64{{-3, 3}, {-3, 3}}},
	{"relu at 0", func(g *Graph, x []Node) Node { return relu(g, x[0]) }, []float64{0}, 0, [][2]float64{{0, 1}}},
	{"relu above", func(g *Graph, x []Node) Node { return relu(g, x[0]) }, []float64{0x1p-1000}, 0x1p-1000, [][2]float64{{1, 1}}},
	{"relu − relu, written twice", func(g *Graph, x []Node) Node {
		return g.Sub(relu(g, g.Sub(x[0], x[1])), relu(g, g.Sub(x[0], x[1])))
	}, []float64{2, 2}, 0, [][2]float64{{0, 0}, {0, 0}}},
	{"relu − relu of products, written twice", func(g *Graph, x []Node) Node {
		return g.Sub(relu(g, g.Mul(x[0], x[1])), relu(g, g.Mul(x[1], x[0])))
	}, []float64{0, 2}, 0, [][2]float64{{0, 0}, {0, 0}}},
	{"max(0, x − y) above", func(g *Graph, x []Node) Node { return g.Max(Zero, g.Sub(x[0], x[1])) }, []float64{3, 1}, 2, [][2]float64{{1, 1}, {-1, -1}}},
	{"max(0, x − y) − max(x − y, 0)", func(g *Graph, x []Node) Node {
		return g.Sub(g.Max(Zero, g.Sub(x[0], x[1])), g.Max(g.Sub(x[0], x[1]), Zero))
	}, []float64{1, 1}, 0, [][2]float64{{0, 0}, {0, 0}}},
	{"max(x, y) − |x − y|/2 − (x + y)/2", func(g *Graph, x []Node) Node { // 0 everywhere: one tie written in two ways
		half := g.Const(0.5)
		return g.Sub(g.Sub(g.Max(x[0], x[1]), g.Mul(half, g.Abs(g.Sub(x[0], x[1])))), g.Mul(half, g.Add(x[0], x[1])))
	}, []float64{0.3, 0.3}, 0, [][2]float64{{0, 0}, {0, 0}}},
	{"|x| + |−x| − 2 relu(x) − 2 relu(−x)", func(g *Graph, x []Node) Node { // 0 everywhere
		m, two := g.Neg(x[0]), g.Const(2)
		return g.Sub(g.Sub(g.Add(g.Abs(x[0]), g.Abs(m)), g.Mul(two, relu(g, x[0]))), g.Mul(two, relu(g, m)))
	}, []float64{0}, 0, [][2]float64{{0, 0}}},
	{"min of three", func(g *Graph, x []Node) Node { return g.Min(g.Min(x[0], x[1]), x[2]) }, []float64{2, 2, 2}, 2, [][2]float64{{0, 1}, {0, 1}, {0, 1}}},
	{"min of three, two of them least", func(g *Graph, x []Node) Node { return g.Min(g.Min(x[0], x[1]), x[2]) }, []float64{2, 3, 2}, 2, [][2]float64{{0, 1}, {0, 0}, {0, 1}}},
	{"min(x, 1/x) at 1, a kink of curves", func(g *Graph, x []Node) Node { return g.Min(x[0], g.Quo(One, x[0])) }, []float64{1}, 1, [][2]float64{{-1, 1}}},
	{"max(x², 2x − 1) at 1, no kink", func(g *Graph, x []Node) Node {
		return g.Max(g.Mul(x[0], x[0]), g.Sub(g.Add(x[0], x[0]), One))
	}, []float64{1}, 1, [][2]float64{{2, 2}}},
	{"|x|·x at 0, no kink", func(g *Graph, x []Node) Node { return g.Mul(g.Abs(x[0]), x[0]) }, []float64{0}, 0, [][2]float64{{0, 0}}},
	{"smooth L1, β = 0", smoothL1(0), []float64{0}, 0, [][2]float64{{-1, 1}}},
	{"smooth L1, β = 0, beside", smoothL1(0), []float64{5e-324}, 5e-324, [][2]float64{{1, 1}}},
	{"smooth L1 where its pieces meet", smoothL1(0.75), []float64{-0.75}, 0.375, [][2]float64{{-1, -1}}},
	{"smooth L1 at 0, no kink", smoothL1(0.75), []float64{0}, 0, [][2]float64{{0, 0}}},
	{"√ of a norm, 0 at the origin", func(g *Graph, x []Node) Node {
		square := g.Add(g.Mul(x[0], x[0]), g.Mul(x[1], x[1]))
		return g.If(g.Stop(square), g.Sqrt(square), Zero)
	}, []float64{0, 0}, 0, [][2]float64{{0, 0}, {0, 0}}},
	{"a gate at its threshold takes the second branch", func(g *Graph, x []Node) Node {
		return g.If(g.Stop(g.Sub(x[0], g.Const(0.5))), g.Log(g.Sub(g.Const(0.5), x[0])), g.Mul(x[0], x[0]))
	}, []float64{0.5}, 0.25, [][2]float64{{1, 1}}},
	{"x·stop(x)", func(g *Graph, x []Node) Node { return g.Mul(x[0], g.Stop(x[0])) }, []float64{3}, 9, [][2]float64{{3, 3}}},

	// A 1 × 2 box in a corner of a 3 × 2 one: I = 2, U = 6. With sides w, h and overlaps o, and b the other area, the
	// gradient by x1 is o_y·(b + h·(w − o_x))/U² = 2·6/36 while that edge is inside, and −I·h/U² = −2·2/36 outside; by y1 it is
	// o_x·(b + w·(h − o_y))/U² = 1·6/36 and −I·w/U² = −2·1/36.
	{"IoU, left edges aligned", iou, []float64{0, 0, 1, 2, 0, 0, 3, 2}, 1 - 2.0/6, [][2]float64{{-1. / 9, 1. / 3}, {-1. / 18, 1. / 6}, {-1. / 3, -1. / 3}, {-1. / 6, 1. / 18}}},
	// Two unit squares side by side: I = 0, and the gradient by x2 is −o_y/U = −1/2 inside and 0 outside; all else 0.
	{"IoU, touching along a side", iou, []float64{0, 0, 1, 1, 1, 0, 2, 1}, 1, [][2]float64{{0, 0}, {0, 0}, {-0.5, 0}, {0, 0}}},
	// Identical boxes of sides 2 and 4: ±1/w, ±1/h.
	{"IoU, identical boxes", iou, []float64{1, 1, 3, 5, 1, 1, 3, 5}, 0, [][2]float64{{-0.5, 0.5}, {-0.25, 0.25}, {-0.5, 0.5}, {-0.25, 0.25}}},
	// Beside all kinks: o = 1 × 1, U = 7: ∂/∂x1 = −I·h/U² (the edge is hull), ∂/∂x2 = −o_y·(b + h·(w−o_x))/U² = −(4 + 2)/49.
	{"IoU, staggered", iou, []float64{0, 0, 2, 2, 1, 1, 3, 3}, 1 - 1.0/7, [][2]float64{{-2. / 49, -2. / 49}, {-2. / 49, -2. / 49}, {-6. / 49, -6. / 49}, {-6. / 49, -6. / 49}}},
}

// build returns the graph of a kinked with its value and its gradient.
func (k kinked) build() (g *Graph, value Node, grad []Node) {
	g = New()
	var x []Node
	for _, v := range k.at {
		x = append(x, g.Input(v))
	}
	value = k.f(g, x)
	return g, value, g.Grad(value, x...)
}

func TestKinks_HullsAreThoseDerivedByHand(t *testing.T) {
	for _, k := range kinks {
		g, value, grad := k.build()
		ev := g.Evaluate(prec)
		near(t, k.name, k.value, ev.Value(value))
		for i, want := range k.hull {
			h := ev.Hull(grad[i], never)
			require.False(t, h.Outer || h.Undecided || h.Partial, "%s: %+v", k.name, h)
			near(t, fmt.Sprint(k.name, ", low end of component ", i), want[0], h.Low)
			near(t, fmt.Sprint(k.name, ", high end of component ", i), want[1], h.High)
			all := ev.Value(grad[i])
			require.True(t, all.Lo().Cmp(h.Low.Hi()) <= 0 && all.Hi().Cmp(h.High.Lo()) >= 0, "%s: %v does not hold the hull %v", k.name, all, h)
		}
	}
}

// never asks for the ends.
func never(interval.Interval) bool { return false }

// near requires an interval of a few roundings at prec around a number that was computed in float64.
func near(t *testing.T, name string, want float64, got interval.Interval) {
	t.Helper()
	c := interval.Context{Prec: prec}
	off := c.Abs(c.Sub(got, interval.FromFloat64(want)))
	const roundings = 0x1p-50 // of the float64 arithmetic of the expectation
	limit := big.NewFloat(math.Abs(want) * roundings)
	require.LessOrEqual(t, off.Hi().Cmp(limit), 0, "%s: %v, want %v", name, got, want)
}

// Ties that no precision decides: e^x with x written in two ways that only mathematics knows to be equal.
func TestKinks_WhatNobodyCanDecideIsMarked(t *testing.T) {
	for _, prec := range []uint{64, 1000} {
		g := New()
		x := g.Input(0.5)
		f := g.Max(g.Exp(g.Add(x, x)), g.Mul(g.Exp(x), g.Exp(x)))
		h := g.Evaluate(prec).Hull(g.Grad(f, x)[0], never)
		require.True(t, h.Undecided)
		near(t, "2e, either way", 2*math.E, h.Low)
		near(t, "2e, either way", 2*math.E, h.High)
	}
}

// What one precision does not tell, another may: e^1e-30 > 1 + 1e-30 needs more than 200 bits.
func TestKinks_PrecisionDecides(t *testing.T) {
	g := New()
	x := g.Input(1e-30)
	slope := g.Grad(g.Max(g.Exp(x), g.Mul(g.Const(1), g.Add(One, x))), x)[0]
	h := g.Evaluate(64).Hull(slope, never)
	require.True(t, h.Undecided)
	h = g.Evaluate(300).Hull(slope, never)
	require.False(t, h.Undecided)
	require.True(t, h.Low == h.High && h.Low.Lo().Cmp(big.NewFloat(1)) > 0, "%v", h)
}

func TestKinks_ManyTiesGiveAnOuterBound(t *testing.T) {
	g := New()
	var terms []Node
	x := g.Input(0)
	for i := range maxTies + 1 {
		terms = append(terms, g.Mul(g.Const(float64(i+2)), g.Abs(g.Sub(x, g.Input(0)))))
	}
	h := g.Evaluate(prec).Hull(g.Grad(g.Sum(terms...), x)[0], never)
	require.True(t, h.Outer)
	const sum = 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10
	require.Zero(t, h.Low.Lo().Cmp(big.NewFloat(-sum)))
	require.Zero(t, h.High.Hi().Cmp(big.NewFloat(sum)))
}

// √ of what is 0 on one side has no derivative on the other: it is left out, and said so. With no side left it is an error.
func TestKinks_ABranchWithoutAValueIsLeftOutAndSaid(t *testing.T) {
	g := New()
	x := g.Input(0)
	h := g.Evaluate(prec).Hull(g.Grad(g.Max(g.Sqrt(x), g.Neg(x)), x)[0], never)
	require.True(t, h.Partial)
	near(t, "the branch −x", -1, h.Low)
	near(t, "the branch −x", -1, h.High)

	defer func() {
		err, _ := recover().(error)
		var domain *interval.DomainError
		require.True(t, errors.As(err, &domain), "%v", err)
	}()
	both := g.Max(g.Sqrt(x), g.Sqrt(g.Add(x, x)))
	g.Evaluate(prec).Hull(g.Grad(both, x)[0], never)
}

// A branch that is not taken is not evaluated, nor is what its derivative is multiplied by.
func TestIf_NeedsOnlyTheBranchThatIsTaken(t *testing.T) {
	g := New()
	x := g.Input(-2)
	f := g.If(x, g.Log(x), g.Mul(x, x))
	f = g.Mul(f, g.If(g.Neg(x), One, g.Sqrt(x)))
	slope := g.Grad(f, x)[0]
	curvature := g.Grad(slope, x)[0]
	got := g.Eval(prec, f, slope, curvature)
	near(t, "x²", 4, got[0])
	near(t, "2x", -4, got[1])
	near(t, "2", 2, got[2])
}

func TestStop_IsPassedByAskingForIt(t *testing.T) {
	g := New()
	x := g.Input(3)
	f := g.Mul(g.Stop(g.Mul(x, x)), g.Exp(x))
	require.Equal(t, g.Mul(g.Stop(x), Zero), g.Grad(g.Stop(x), x)[0])
	got := g.Eval(prec, g.Grad(f, x)[0], g.GradThroughStops(f, x)[0])
	near(t, "x²e^x", 9*math.Exp(3), got[0])
	near(t, "(x² + 2x)e^x", 15*math.Exp(3), got[1])
}

// A number that stands for an infinity is never brought back among the values.
func TestLimits_ALogarithmOfAnInfinityHasNoBound(t *testing.T) {
	g := New()
	x := g.InputBig(new(big.Float).SetMantExp(big.NewFloat(1), 1<<28))
	root := g.Add(One, g.Mul(x, x))
	for range 12 {
		root = g.Sqrt(root)
	}
	small := g.Quo(One, x)
	for name, n := range map[string]Node{
		"log(1 + x²)": g.Log(g.Add(One, g.Mul(x, x))), "log1p": g.Log1p(x), "x^1e-7": g.Exp(g.Mul(g.Const(1e-7), g.Log(x))), "a root of a root": root,
		"−log(1/x)": g.Neg(g.Log(small)),
	} {
		require.True(t, g.Eval(prec, n)[0].Hi().IsInf(), "%s = %v", name, g.Eval(prec, n)[0])
	}
	for name, n := range map[string]Node{"log1p(1/x)": g.Log1p(small), "√(1/x)": g.Sqrt(small), "1/x": small, "2x/(1 + x²)": g.Grad(g.Log(g.Add(One, g.Mul(x, x))), x)[0]} {
		v := g.Eval(prec, n)[0]
		require.True(t, v.Lo().Sign() > 0 && v.Hi().MantExp(nil) < -far, "%s = %v", name, v)
	}
	finite := New()
	y := finite.Input(2)
	require.False(t, finite.Eval(prec, finite.Log(finite.Exp(finite.Exp(finite.Exp(y)))))[0].Hi().IsInf(), "no infinity among the inputs")
}

// Truncation forgets the comparisons that it removes, and their structure.
func TestTruncate_ForgetsComparisons(t *testing.T) {
	g := New()
	x, y := g.Input(1), g.Input(1)
	kept := g.Grad(g.Max(x, y), x)[0]
	mark := g.Len()
	ev := g.Evaluate(prec)
	for i := range 3 {
		d := g.Sub(g.Mul(x, g.Const(float64(i+1))), g.Mul(y, g.Const(float64(i+1))))
		slope := g.Grad(g.Add(g.Max(x, y), g.Add(g.Abs(d), relu(g, d))), x)[0]
		h := ev.Hull(slope, never)
		near(t, "low", -float64(i+1), h.Low)
		near(t, "high", 1+2*float64(i+1), h.High)
		ev.Forget(mark)
		g.Truncate(mark)
		h = ev.Hull(kept, never)
		near(t, "low", 0, h.Low)
		near(t, "high", 1, h.High)
	}
}

// The ties of one node are often those of the next. In a small graph what was computed for them is kept, in a large one not.
func TestHull_OfManyNodesOnTheSameTies(t *testing.T) {
	for _, size := range []int{0, 20_000} {
		g := New()
		var x, terms []Node
		for i := range maxTies {
			x = append(x, g.Input(0))
			terms = append(terms, g.Mul(g.Const(float64(i+2)), g.Abs(x[i])))
		}
		for range size {
			g.Input(1) // which nothing needs
		}
		sum := g.Sum(append(terms, One)...)
		slopes := g.Grad(g.Mul(g.Mul(sum, sum), g.Const(0.5)), x...)
		total := g.Sum(slopes...) // hangs on all ties
		ev := g.Evaluate(prec)
		for range 2 {
			for i, slope := range slopes {
				h := ev.Hull(slope, never)
				near(t, "low", -float64(i+2), h.Low)
				near(t, "high", float64(i+2), h.High)
			}
			const weights = 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9
			for _, n := range []Node{total, g.Neg(total)} {
				h := ev.Hull(n, never)
				near(t, "low", -weights, h.Low)
				near(t, "high", weights, h.High)
			}
		}
	}
}
