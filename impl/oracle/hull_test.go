package oracle

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/lossproof/lossproof/internal/ieee"
)

// slopeOf is the truth about the derivative of f by its first input, found as an answer finds it.
func slopeOf(t *testing.T, f ieee.Format, build func(g *expr.Graph, x []expr.Node) expr.Node, at ...float64) Number {
	t.Helper()
	g := expr.New()
	var x []expr.Node
	for _, v := range at {
		x = append(x, g.Input(v))
	}
	slope := g.Grad(build(g, x), x[0])[0]
	for prec := uint(firstPrec); prec <= lastPrec; prec *= 2 {
		ev := g.Evaluate(prec)
		if n, ok := certifyHull(ev.Hull(slope, func(v interval.Interval) bool { _, ok := certify(v, f); return ok }), interval.Context{Prec: prec}, f, prec == lastPrec); ok {
			return n
		}
	}
	require.FailNow(t, ErrUndecided.Error())
	return Number{}
}

func TestHull_EndsAreCertifiedByThemselves(t *testing.T) {
	third := func(g *expr.Graph, x expr.Node) expr.Node { return g.Quo(x, g.Const(3)) }
	n := slopeOf(t, ieee.Float64, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Max(third(g, x[0]), g.Neg(x[0])) }, 0)
	require.True(t, math.IsNaN(n.Rounded) && !n.Either, "a set has no rounding")
	require.Equal(t, Number{Rounded: -1}, n.Hull.Low)
	require.Equal(t, 1.0/3, n.Hull.High.Rounded)
	// 1/3 = 0x1.5555…p-2: 1/3 of an ulp is left
	require.InDelta(t, 1.0/3, n.Hull.High.Residual, 0x1p-36)
	require.False(t, n.Hull.Outer || n.Hull.Partial)

	n = slopeOf(t, ieee.Float64, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Max(third(g, x[0]), g.Neg(x[0])) }, 5e-324)
	require.Nil(t, n.Hull, "beside the kink it is a number")
	require.Equal(t, 1.0/3, n.Rounded)
}

// A kink whose sides have the same slope is none: each piece of smooth L1 has slope 1 where they meet.
func TestHull_OfEqualSidesIsANumber(t *testing.T) {
	const beta = 0.1
	n := slopeOf(t, ieee.Float32, func(g *expr.Graph, x []expr.Node) expr.Node {
		d, b, half := g.Abs(x[0]), g.Const(beta), g.Const(0.5)
		return g.If(g.Sub(b, d), g.Quo(g.Mul(half, g.Mul(d, d)), b), g.Sub(d, g.Mul(half, b)))
	}, beta)
	require.Equal(t, Number{Rounded: 1}, n)
}

// e^2x and (e^x)² are equal, which no precision tells, and their slopes differ by a factor in the second piece.
func TestHull_OfWhatNobodyCanDecideIsMarked(t *testing.T) {
	n := slopeOf(t, ieee.Float64, func(g *expr.Graph, x []expr.Node) expr.Node {
		return g.Max(g.Exp(g.Add(x[0], x[0])), g.Mul(g.Exp(x[0]), g.Exp(x[1])))
	}, 0.5, 0.5)
	require.True(t, n.Either && n.Hull != nil && n.Hull.Outer, "%+v", n)
	require.Equal(t, math.E, n.Hull.Low.Rounded)
	require.Equal(t, 2*math.E, n.Hull.High.Rounded)
}

func TestHull_OfAOneSidedSlopeIsPartial(t *testing.T) {
	n := slopeOf(t, ieee.Float64, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Max(g.Sqrt(x[0]), g.Neg(x[0])) }, 0)
	require.True(t, n.Either && n.Hull.Partial)
	require.Equal(t, -1.0, n.Hull.Low.Rounded)
	require.Equal(t, -1.0, n.Hull.High.Rounded)
}

func TestHull_OfManyTiesIsAnOuterBound(t *testing.T) {
	n := slopeOf(t, ieee.Float32, func(g *expr.Graph, x []expr.Node) expr.Node {
		sum := expr.Zero
		for range 12 {
			sum = g.Add(sum, g.Abs(g.Sub(x[0], g.Input(0))))
		}
		return sum
	}, 0)
	require.False(t, n.Either)
	require.Equal(t, &Hull{Low: Number{Rounded: -12}, High: Number{Rounded: 12}, Outer: true}, n.Hull)

	c := interval.Context{Prec: 64}
	all := interval.FromBounds(new(big.Float).SetInf(true), big.NewFloat(1))
	n, ok := certifyHull(expr.Hull{Low: all, High: all, Outer: true}, c, ieee.Float16, false)
	require.True(t, ok)
	require.Equal(t, &Hull{Low: Number{Rounded: math.Inf(-1)}, High: Number{Rounded: 1}, Outer: true}, n.Hull)
}

// log(1 + x²) of an infinite x would be 3.7·10⁸ by the number that stands for the infinity. It is refused instead.
func TestLimit_OfALogarithmIsNoNumber(t *testing.T) {
	g := expr.New()
	x := g.InputBig(exact(math.Inf(-1)))
	value := g.Log(g.Add(expr.One, g.Mul(x, x)))
	got := g.Eval(lastPrec, value, g.Grad(value, x)[0])
	_, ok := certify(got[0], ieee.Float64)
	require.False(t, ok, "%v", got[0])
	n, ok := certify(got[1], ieee.Float64)
	require.True(t, ok)
	require.Equal(t, math.Float64bits(math.Copysign(0, -1)), math.Float64bits(n.Rounded), "2x/(1 + x²) → −0")
}

func TestDigits_OfAHullAreThoseOfItsEnds(t *testing.T) {
	q, err := newQuestion(&loss.Call{Loss: "squared_error", Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{1}, Target: []float64{1}}}, false, nil)
	require.NoError(t, err)
	c := interval.Context{Prec: 128}
	third := c.Quo(interval.FromInt(1), interval.FromInt(3))
	log3 := c.Log(interval.FromInt(3))
	wide := interval.FromBounds(big.NewFloat(-1), big.NewFloat(2))
	for _, test := range []struct {
		want string
		hull expr.Hull
	}{
		{"[-1, 0.33333]", expr.Hull{Low: interval.FromInt(-1), High: third}},
		{"0.33333", single(third)},
		{"0.33333", expr.Hull{Low: third, High: c.Add(third, interval.FromFloat64(1e-30))}},
		{"[-1, 2]", expr.Hull{Low: wide, High: wide, Outer: true}},
	} {
		got, ok := q.decimals(test.hull, 5, false)
		require.True(t, ok)
		require.Equal(t, test.want, got)
	}
	for name, h := range map[string]expr.Hull{
		"undecided": {Low: third, High: third, Undecided: true}, "partial": {Low: third, High: third, Partial: true},
		"0·(1/z)": single(c.Mul(interval.FromInt(0), c.Quo(interval.FromInt(1), c.Sub(log3, log3)))),
	} {
		_, ok := q.decimals(h, 5, false)
		require.False(t, ok, name)
	}
}

// asked is a question about f at x, an example that no loss of the catalogue has.
func asked(t *testing.T, x float64, f func(g *expr.Graph, x expr.Node) expr.Node) *Question {
	t.Helper()
	q, err := newQuestion(&loss.Call{Loss: "squared_error", Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{x}, Target: []float64{1}}}, false, nil)
	require.NoError(t, err)
	s := q.examples[0]
	s.outputs = []expr.Node{f(s.Graph, s.x[0])}
	return &Question{q: q}
}

// At x = 1 the slopes of max(x², x) are 2 and 1, and theirs 2 and 0.
func TestHull_ConditionNumbersAreTheGreatestBesideTheKink(t *testing.T) {
	q := asked(t, 1, func(g *expr.Graph, x expr.Node) expr.Node { return g.Max(g.Mul(x, x), x) })
	value, err := q.Value()
	require.NoError(t, err)
	require.Equal(t, 1.0, value[0].Rounded)
	require.Equal(t, 2.0, q.ValueKappa(0))
	grad, err := q.Grad()
	require.NoError(t, err)
	require.Zero(t, q.GradKappa(0))
	require.Equal(t, &Hull{Low: Number{Rounded: 1, Kappa: 2}, High: Number{Rounded: 2, Kappa: 1}}, grad[0].Hull)
}

func TestHull_WithoutASlopeTheConditionNumberIsInfinite(t *testing.T) {
	for _, f := range []func(g *expr.Graph, x expr.Node) expr.Node{
		func(g *expr.Graph, x expr.Node) expr.Node { return g.Sqrt(x) },
		func(g *expr.Graph, x expr.Node) expr.Node { return g.Max(g.Sqrt(x), g.Sqrt(g.Add(x, x))) },
	} {
		q := asked(t, 0, f)
		value, err := q.Value()
		require.NoError(t, err)
		require.Zero(t, value[0].Rounded)
		require.Equal(t, math.Inf(1), q.ValueKappa(0))
	}
}

// A condition number is of what the value depends on, whether that is differentiated or not.
func TestStop_CountsInTheConditionNumber(t *testing.T) {
	q := asked(t, 3, func(g *expr.Graph, x expr.Node) expr.Node { return g.Mul(g.Stop(x), x) })
	_, err := q.Value()
	require.NoError(t, err)
	require.Equal(t, 2.0, q.ValueKappa(0), "x·2x/x²")
	grad, err := q.Grad()
	require.NoError(t, err)
	require.Equal(t, 3.0, grad[0].Rounded)
	require.Equal(t, 1.0, q.GradKappa(0), "the slope is stop(x)")
}

// x·log 3 exceeds x²·log 3·(1 − 2^-150) at 1, which 128 bits do not tell and 256 do.
func TestHull_PrecisionDecides(t *testing.T) {
	n := slopeOf(t, ieee.Float64, func(g *expr.Graph, x []expr.Node) expr.Node {
		below := new(big.Float).SetPrec(200).Sub(big.NewFloat(1), new(big.Float).SetMantExp(big.NewFloat(1), -150))
		log3 := g.Log(g.Const(3))
		return g.Max(g.Mul(x[0], log3), g.Mul(g.Mul(g.Mul(x[0], x[0]), log3), g.ConstBig(below)))
	}, 1)
	require.Nil(t, n.Hull)
	require.Equal(t, 0x1.193ea7aad030bp0, n.Rounded, "log 3, to the nearest")
}

func TestNearest_AZeroHasTheSignsOfTheHull(t *testing.T) {
	minus := math.Copysign(0, -1)
	for _, c := range []struct{ low, high, x, want float64 }{
		{minus, 0, minus, minus}, {minus, 0, 0, 0}, {-1, 0, minus, minus}, {-1, 0, 0, 0}, {-1, 1, minus, minus}, {minus, 1, 0, 0},
		{0, 1, minus, 0}, {-1, minus, 0, minus}, {1, 2, 0, 1}, {-2, -1, 0, -1}, {-1, 1, 0.5, 0.5}, {-1, 1, 3, 1},
	} {
		n := Number{Hull: &Hull{Low: Number{Rounded: c.low}, High: Number{Rounded: c.high}}}
		got := n.Nearest(c.x).Rounded
		require.Equal(t, math.Float64bits(c.want), math.Float64bits(got), "%v: %v", c, got)
	}
}
