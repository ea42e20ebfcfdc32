package kernel_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/full"
	"github.com/lossproof/lossproof/internal/ieee"
)

// format is the format of T.
func format[T kernel.Float]() ieee.Format {
	if _, single := any(T(0)).(float32); single {
		return ieee.Float32
	}
	return ieee.Float64
}

// sameBits reports whether a and b are the same number with the same sign of zero, or both
// NaN.
func sameBits[T kernel.Float](a, b T) bool {
	x, y := float64(a), float64(b)
	return math.Float64bits(x) == math.Float64bits(y) || a != a && b != b
}

// A range of numbers to draw from.
type domain int

const (
	none         domain = iota
	realLine            // every number, infinities and NaN included
	unitInterval        // what is in [0, 1], and NaN
)

// inputs are what a loss is of.
type inputs struct{ pred, target domain }

var (
	ofNumbers       = inputs{realLine, realLine}
	ofLogits        = inputs{realLine, unitInterval}
	ofProbabilities = inputs{unitInterval, unitInterval}
	ofScores        = inputs{realLine, none} // a link
)

// fromBits is the number with the given bits, of which float32 takes the upper half.
func fromBits[T kernel.Float](bits uint64) T {
	f := format[T]()
	return T(f.FromBits(bits >> (64 - f.Width)))
}

// draw draws a number that is worth a test: of any sign, exponent and fraction, or of
// everyday size, or where something may go wrong.
func draw[T kernel.Float](r *rand.Rand, d domain) T {
	f := format[T]()
	if d == unitInterval {
		switch r.IntN(12) {
		case 0, 1, 2, 3:
			return T(r.IntN(2))
		case 4:
			return T(f.FromOrdinal(f.Ordinal(1) - r.Int64N(4)))
		case 5:
			return T(f.FromOrdinal(r.Int64N(4)))
		case 6:
			near := []float64{0.5, f.MinNormal(), f.Ulp(1), 0.25, 0.75, math.NaN()}
			return T(near[r.IntN(len(near))])
		case 7:
			return 1 - T(math.Ldexp(r.Float64(), -r.IntN(f.Precision+3)))
		case 8:
			return T(0.5 + math.Ldexp(r.Float64()-0.5, -r.IntN(f.Precision)))
		case 9:
			return T(math.Ldexp(r.Float64(), -r.IntN(f.MaxExp+f.Precision)))
		}
		return T(f.Round(r.Float64()))
	}
	sign := float64(1 - 2*r.IntN(2))
	switch r.IntN(8) {
	case 0, 1:
		return fromBits[T](r.Uint64())
	case 2: // sizes at which e^x is neither 1 nor 0
		return T(sign * float64(f.MaxExp) * 0.9 * r.Float64())
	case 3:
		return T(30 * r.NormFloat64())
	case 4:
		return T(sign * math.Exp2(-float64(f.Precision)*1.5*r.Float64()))
	case 5:
		special := []float64{0, f.MinSubnormal(), f.MinNormal(), f.Prev(f.MinNormal()), 0.5, 1, 2, 88, 89, 103, 104, 105, 709, 745, 746, f.MaxFinite(), math.Inf(1), math.NaN()}
		return T(sign * special[r.IntN(len(special))])
	}
	return T(f.Round(3 * r.NormFloat64()))
}

// drawAll draws predictions and targets. Every third prediction of a logit or a number is
// next to its target, where a gradient is next to 0.
func drawAll[T kernel.Float](seed uint64, n int, in inputs) (pred, target []T) {
	r := rand.New(rand.NewPCG(seed, 0))
	pred = make([]T, n)
	if in.target != none {
		target = make([]T, n)
	}
	for i := range pred {
		pred[i] = draw[T](r, in.pred)
		if in.target == none {
			continue
		}
		target[i] = draw[T](r, in.target)
		if y := float64(target[i]); i%3 == 0 && in == ofLogits && y > 0 && y < 1 {
			pred[i] = T(math.Log(y) - math.Log1p(-y))
		} else if i%3 == 0 && in == ofNumbers {
			pred[i] = target[i] + T(r.NormFloat64())
		}
	}
	return pred, target
}

// The results of every form of a kernel.
type results[T kernel.Float] struct {
	value, grad [2][]T // alone, and in one pass
	sum         [2]float64
}

func evaluate[T kernel.Float](k kernel.Pointwise[T], pred, target []T, scale T) (all results[T]) {
	n := len(pred)
	for i := range 2 {
		all.value[i], all.grad[i] = make([]T, n), make([]T, n)
	}
	k.Value(all.value[0], pred, target)
	k.Grad(all.grad[0], pred, target, scale)
	k.ValueGrad(all.value[1], all.grad[1], pred, target, scale)
	all.sum[0] = k.Sum(pred, target)
	again := make([]T, n)
	all.sum[1] = k.SumGrad(again, pred, target, scale)
	for i := range again {
		if !sameBits(again[i], all.grad[1][i]) {
			all.grad[1][i] = T(math.Inf(-1)) // differs from Grad, or is wrong
		}
	}
	return all
}

// requireOneAnswer holds every form in every tier to ValueGrad and Sum of the
// specification, bit for bit.
func requireOneAnswer[T kernel.Float](t *testing.T, k kernel.Pointwise[T], pred, target []T, scale T) {
	t.Helper()
	want := evaluate(k.In(kernel.Go), pred, target, scale)
	for _, tier := range kernel.Tiers() {
		got := evaluate(k.In(tier), pred, target, scale)
		for form := range 2 {
			for i := range pred {
				at := func() string {
					return fmt.Sprintf("%v, %d of %d: prediction %v, target %v", tier, i, len(pred), pred[i:i+1], target[min(i, len(target)):min(i+1, len(target))])
				}
				if v, w := got.value[form][i], want.value[1][i]; !sameBits(v, w) {
					require.Failf(t, "values differ", "%s: %v, want %v", at(), v, w)
				}
				if v, w := got.grad[form][i], want.grad[1][i]; !sameBits(v, w) {
					require.Failf(t, "gradients differ", "%s: %v, want %v", at(), v, w)
				}
			}
			if s, w := got.sum[form], want.sum[0]; !sameBits(s, w) {
				require.Failf(t, "sums differ", "%v, %d elements: %v, want %v", tier, len(pred), s, w)
			}
		}
	}
}

// testTiers runs requireOneAnswer on n elements that drawAll draws, of which a quarter may be
// outside of the domain, and at lengths around every block and piece, for numbers that are
// finite: one NaN hides the rest of a sum.
func testTiers[T kernel.Float](t *testing.T, k kernel.Pointwise[T], in inputs, n int) {
	pred, target := drawAll[T](1, n, in)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range n / 4 {
		pred[i] = draw[T](r, realLine)
		if target != nil {
			target[i] = draw[T](r, realLine)
		}
	}
	part := func(lo, hi int) ([]T, []T) {
		if target == nil {
			return pred[lo:hi], nil
		}
		return pred[lo:hi], target[lo:hi]
	}
	requireOneAnswer(t, k, pred, target, 1)
	for _, scale := range []T{0.37, 0, -3e30} {
		p, y := part(n/8, n/2)
		requireOneAnswer(t, k, p, y, scale)
	}
	for i := range pred { // now without NaN, infinities and overflow
		if !(math.Abs(float64(pred[i])) < 1e18) {
			pred[i] = T(i % 100)
		}
		if target != nil && !(math.Abs(float64(target[i])) < 1e18) {
			target[i] = T(i % 2)
		}
	}
	for n := range 70 {
		p, y := part(n, 2*n)
		requireOneAnswer(t, k, p, y, 1)
	}
	for _, m := range []int{1<<14 - 1, 1 << 14, 1<<14 + 1, 1<<14 + 17, 3<<14 + 40, n} {
		if m <= n {
			p, y := part(0, m)
			requireOneAnswer(t, k, p, y, 1)
		}
	}
}

// An errorIn is the error of a result in ulp of the truth, and what may be wrong of it at
// level 3: 4·(1+κ).
func errorIn[T kernel.Float](got T, want oracle.Number) (ulps, allowed float64) {
	f, x := format[T](), float64(got)
	allowed = 4 * (1 + want.Kappa)
	switch {
	case sameBits(x, want.Rounded):
		return math.Abs(want.Residual), allowed
	case x == 0 && want.Rounded == 0:
		return math.Abs(want.Residual), allowed
	case math.IsNaN(x) || math.IsNaN(want.Rounded) || math.IsInf(x, 0) || math.IsInf(want.Rounded, 0):
		return math.Inf(1), allowed
	}
	return math.Abs((x-want.Rounded)/f.Ulp(want.Rounded) - want.Residual), allowed
}

// worst are the largest errors of values and gradients in ulp.
type worst struct{ hard, soft, ofAllowed [2]float64 }

// testAccuracy holds value and gradient to the oracle: level 3 everywhere, and below hard
// ulp for targets 0 and 1, whatever κ. call is what the kernel computes.
func testAccuracy[T kernel.Float](t *testing.T, k kernel.Pointwise[T], call loss.Call, in inputs, n int, hard float64) {
	t.Helper()
	n = full.Count(n, 8)
	pred, target := drawAll[T](2, n, in)
	call.Format, call.Rows, call.Cols = format[T](), 1, 1
	value, grad := make([]T, n), make([]T, n)
	k.ValueGrad(value, grad, pred, target, 1)
	var largest worst
	for i := range pred {
		call.Pred = []float64{float64(pred[i])}
		label := true
		if target != nil {
			call.Target = []float64{float64(target[i])}
			label = target[i] == 0 || target[i] == 1
			if target[i]-target[i] != 0 {
				continue // no target
			}
		}
		truth, err := oracle.Eval(&call)
		require.NoError(t, err)
		for j, got := range []T{value[i], grad[i]} {
			want := []oracle.Number{truth.Value[0], truth.Grad[0]}[j]
			if target != nil && pred[i] == target[i] && math.IsNaN(want.Rounded) {
				continue // a kink, of which the oracle knows no derivative
			}
			e, allowed := errorIn(got, want)
			if label {
				largest.hard[j] = max(largest.hard[j], e)
			} else {
				largest.soft[j] = max(largest.soft[j], e)
			}
			largest.ofAllowed[j] = max(largest.ofAllowed[j], 4*e/allowed)
			if e > allowed || label && e >= hard {
				t.Errorf("%s of %v, target %v: %v, want %v: %.3g ulp, κ %.3g", []string{"value", "gradient"}[j], call.Pred, call.Target, got, want.Rounded, e, want.Kappa)
			}
		}
	}
	t.Logf("%s %s: largest errors of value and gradient: %.3f ulp for labels, %.3g for others, %.3f·(1+κ)", call.Loss, call.Format, largest.hard, largest.soft, largest.ofAllowed)
}

// testSweep holds hard targets to the reference, at steps through all numbers and where
// most of those are that are neither trivial nor saturated.
func testSweep[T kernel.Float](t *testing.T, k kernel.Pointwise[T], call loss.Call, in inputs, atMost float64) {
	t.Helper()
	const piece = 1 << 12
	n := full.Count(4*piece, 4)
	f := format[T]()
	pred, target, value, grad := make([]T, piece), make([]T, piece), make([]T, piece), make([]T, piece)
	r := rand.New(rand.NewPCG(3, 3))
	var largest [2]float64
	for at := 0; at < n; at += piece {
		for i := range pred {
			pred[i] = fromBits[T](uint64((float64(at+i) + r.Float64()) / float64(n) * 0x1p64))
			if i%4 != 0 {
				pred[i] = T((r.Float64()*2 - 1) * []float64{1, 8, 110}[r.IntN(3)])
			}
			if in.pred == unitInterval && !(pred[i] >= 0 && pred[i] <= 1) {
				pred[i] = draw[T](r, unitInterval)
			}
			if pred[i] != pred[i] {
				pred[i] = 0
			}
			target[i] = T(r.IntN(2))
		}
		k.ValueGrad(value, grad, pred, target, 1)
		call.Format = f
		call.Batch = loss.Batch{Rows: piece, Cols: 1, Pred: wide(pred), Target: wide(target)}
		truth, err := loss.Eval(&call)
		require.NoError(t, err)
		for i := range pred {
			for o, x := range []T{value[i], grad[i]} {
				v := [][]float64{truth.Value, truth.Grad}[o][i]
				rounded := f.Round(v)
				residual := 0.
				if !math.IsInf(rounded, 0) {
					residual = (v - rounded) / f.Ulp(rounded)
				}
				e, _ := errorIn(x, oracle.Number{Rounded: rounded, Residual: residual})
				if largest[o] = max(largest[o], e); !(e <= atMost) {
					t.Errorf("%s of %v, target %v: %v, want %v: %.3g ulp", []string{"value", "gradient"}[o], pred[i], target[i], x, v, e)
				}
			}
		}
	}
	t.Logf("%s %s, %d hard targets: largest errors of value and gradient %.3f ulp", call.Loss, f, n, largest)
}

func wide[T kernel.Float](xs []T) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = float64(x)
	}
	return out
}

// testSum holds a sum over 2^20 elements, 2^24 in full, to the sum of the values: at most ulps, in ulp of
// T, which does not grow with the length. Of each pair of cases one has the same element
// everywhere, which is where errors of a naive sum add up.
func testSum[T kernel.Float](t *testing.T, k kernel.Pointwise[T], hasTarget bool, ulps float64) {
	t.Helper()
	n := full.Count(1<<24, 16)
	pred, value := make([]T, n), make([]T, n)
	var target []T
	if hasTarget {
		target = make([]T, n)
	}
	for _, random := range []bool{false, true} {
		r := rand.New(rand.NewPCG(5, 5))
		for i := range pred {
			pred[i] = 0.7
			if random {
				pred[i] = T(3 * r.NormFloat64())
			}
			if hasTarget && random {
				target[i] = T(r.IntN(2))
			}
		}
		k.Value(value, pred, target)
		requireSum(t, k.Sum(pred, target), value, ulps)
	}
}

// requireSum holds a sum to the values, in ulp of T.
func requireSum[T kernel.Float](t *testing.T, got float64, value []T, ulps float64) {
	t.Helper()
	want := exactSum(value)
	e := math.Abs(got-want) / format[T]().Ulp(want)
	t.Logf("sum of %d %s: %.3g ulp", len(value), format[T](), e)
	require.LessOrEqual(t, e, ulps, "sum %v, want %v", got, want)
}

// exactSum is the sum of the xs, right to 2^-80: in 106 bits (Knuth's TwoSum), so that 2^24
// additions lose less than 2^-80.
func exactSum[T kernel.Float](xs []T) float64 {
	high, low := 0.0, 0.0
	for _, x := range xs {
		v := float64(x)
		sum := high + v
		taken := sum - high
		low += (high - (sum - taken)) + (v - taken)
		high = sum
	}
	return high + low
}
