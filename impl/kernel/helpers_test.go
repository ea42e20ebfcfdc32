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
	realLine     domain = iota // every number, infinities and NaN included
	unitInterval               // what is in [0, 1], and NaN
)

// draw draws a number that is worth a test: of any sign, exponent and fraction, or of
// everyday size, or where something may go wrong.
func draw[T kernel.Float](r *rand.Rand, d domain) T {
	f := format[T]()
	if d == unitInterval {
		switch r.IntN(8) {
		case 0, 1, 2:
			return T(r.IntN(2))
		case 3:
			return T(f.FromOrdinal(f.Ordinal(1) - r.Int64N(4)))
		case 4:
			return T(f.FromOrdinal(r.Int64N(4)))
		case 5:
			return T([]float64{0.5, 0.25, 0.75, math.NaN()}[r.IntN(4)])
		case 6:
			return T(math.Exp2(-1.1 * float64(f.MaxExp) * r.Float64()))
		}
		return T(f.Round(r.Float64()))
	}
	sign := float64(1 - 2*r.IntN(2))
	switch r.IntN(8) {
	case 0, 1:
		return T(f.FromBits(r.Uint64() >> (64 - f.Width)))
	case 2, 3: // sizes at which e^x is neither 1 nor 0
		return T(sign * float64(f.MaxExp) * 0.9 * r.Float64())
	case 4:
		return T(sign * math.Exp2(-float64(f.Precision)*1.5*r.Float64()))
	case 5:
		special := []float64{0, f.MinSubnormal(), f.MinNormal(), f.Prev(f.MinNormal()), 1, f.MaxFinite(), math.Inf(1), math.NaN()}
		return T(sign * special[r.IntN(len(special))])
	}
	return T(f.Round(3 * r.NormFloat64()))
}

// drawAll draws predictions and targets; hard targets are 0 and 1 alone. Every third
// prediction is next to its target's logit, where a gradient is next to 0.
func drawAll[T kernel.Float](seed uint64, n int, hasTarget bool, targets domain) (pred, target []T) {
	r := rand.New(rand.NewPCG(seed, 0))
	pred = make([]T, n)
	if hasTarget {
		target = make([]T, n)
	}
	for i := range pred {
		pred[i] = draw[T](r, realLine)
		if !hasTarget {
			continue
		}
		target[i] = draw[T](r, targets)
		if y := float64(target[i]); i%3 == 0 && targets == unitInterval && y > 0 && y < 1 {
			pred[i] = T(math.Log(y) - math.Log1p(-y))
		} else if i%3 == 0 && targets == realLine {
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

// testTiers runs requireOneAnswer on what drawAll draws, at lengths around every block and
// piece, for numbers that are finite as well: one NaN hides the rest of a sum.
func testTiers[T kernel.Float](t *testing.T, k kernel.Pointwise[T], hasTarget bool, targets domain) {
	pred, target := drawAll[T](1, 100_003, hasTarget, targets)
	part := func(lo, hi int) ([]T, []T) {
		if !hasTarget {
			return pred[lo:hi], nil
		}
		return pred[lo:hi], target[lo:hi]
	}
	for _, scale := range []T{1, 0.37, 0, -3e30} {
		p, y := part(0, len(pred))
		requireOneAnswer(t, k, p, y, scale)
	}
	for i := range pred { // now without NaN, infinities and overflow
		if !(math.Abs(float64(pred[i])) < 1e18) {
			pred[i] = T(i % 100)
		}
		if hasTarget && !(math.Abs(float64(target[i])) < 1e18) {
			target[i] = T(i % 2)
		}
	}
	for n := range 70 {
		p, y := part(n, 2*n)
		requireOneAnswer(t, k, p, y, 1)
	}
	for _, n := range []int{1<<14 - 1, 1 << 14, 1<<14 + 1, 1<<14 + 17, 3<<14 + 40, len(pred)} {
		p, y := part(0, n)
		requireOneAnswer(t, k, p, y, 1)
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
func testAccuracy[T kernel.Float](t *testing.T, k kernel.Pointwise[T], call loss.Call, targets domain, n int, hard float64) {
	t.Helper()
	decl, err := loss.Named(call.Loss)
	require.NoError(t, err)
	pred, target := drawAll[T](2, n, decl.Targets != loss.NoTarget, targets)
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

// testSum holds a sum over 2^24 elements to the sum of the values: at most ulps, in ulp of
// T, which does not grow with the length. Of each pair of cases one has the same element
// everywhere, which is where errors of a naive sum add up.
func testSum[T kernel.Float](t *testing.T, k kernel.Pointwise[T], hasTarget bool, ulps float64) {
	t.Helper()
	const n = 1 << 24
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
