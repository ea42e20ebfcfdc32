package kernel_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"unsafe"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A lossKernel is a kernel with the call of the catalogue that it answers.
type lossKernel[T kernel.Float] struct {
	name   string
	kernel kernel.Pointwise[T]
	call   loss.Call
	inUnit bool // predictions are probabilities
}

// fromBits is the number with the given bits, of which float32 takes the upper half.
func fromBits[T kernel.Float](bits uint64) T {
	if unsafe.Sizeof(T(0)) == 4 {
		return T(math.Float32frombits(uint32(bits >> 32)))
	}
	return T(math.Float64frombits(bits))
}

// count is n, or the number in LOSSPROOF_KERNEL_CASES.
func count(n int) int {
	if more, err := strconv.Atoi(os.Getenv("LOSSPROOF_KERNEL_CASES")); err == nil {
		return more
	}
	return n
}

// anything draws a number of any sign and exponent, often a special one or one of
// everyday size.
func anything[T kernel.Float](r *rand.Rand) T {
	switch r.IntN(8) {
	case 0:
		f := format[T]()
		special := []float64{0, 1, 2, 0.5, 88, 89, 103, 104, 105, 709, 745, 746, math.Inf(1), f.MaxFinite(), f.MinNormal(), f.MinSubnormal(), math.NaN()}
		return T(special[r.IntN(len(special))]) * T(1-2*r.IntN(2))
	case 1, 2, 3:
		return T(r.NormFloat64() * 30)
	case 4:
		return T(r.NormFloat64())
	}
	return fromBits[T](r.Uint64())
}

// unit draws a number in [0, 1], often next to an end, to the middle, or at one of them.
func unit[T kernel.Float](r *rand.Rand) T {
	f := format[T]()
	switch r.IntN(10) {
	case 0:
		return 0
	case 1:
		return 1
	case 2:
		near := []float64{0.5, f.MinSubnormal(), f.MinNormal(), f.Ulp(1), 1 - f.Ulp(0.5), 1 - f.Ulp(1), 0.25, 0.75}
		return T(near[r.IntN(len(near))])
	case 3:
		return 1 - T(math.Ldexp(r.Float64(), -r.IntN(f.Precision+3)))
	case 4, 5:
		return T(math.Ldexp(r.Float64(), -r.IntN(f.MaxExp+f.Precision)))
	case 6:
		return T(0.5 + math.Ldexp(r.Float64()-0.5, -r.IntN(f.Precision)))
	}
	return T(r.Float64())
}

func (k lossKernel[T]) draw(r *rand.Rand, pred, target []T, hard bool) {
	for i := range pred {
		if pred[i] = anything[T](r); k.inUnit {
			pred[i] = unit[T](r)
		}
		if target[i] = unit[T](r); hard {
			target[i] = T(r.IntN(2))
		}
	}
}

// testTiers holds every tier and every form to the same bits.
func (k lossKernel[T]) testTiers(t *testing.T) {
	n := count(1<<15) + 13
	r := rand.New(rand.NewPCG(1, 1))
	pred, target := make([]T, n), make([]T, n)
	k.draw(r, pred, target, false)
	from := n / 4
	for i := range pred[:from] { // and some that are outside of the domain
		pred[i], target[i] = anything[T](r), anything[T](r)
	}
	value, grad := make([]T, n), make([]T, n)
	spec := k.kernel.In(kernel.Go)
	spec.ValueGrad(value, grad, pred, target, 3)
	for _, tier := range kernel.Tiers() {
		in := k.kernel.In(tier)
		same := func(form string, want, got []T) {
			t.Helper()
			for i := range want {
				if !sameBits(want[i], got[i]) {
					at := i + n - len(want)
					t.Fatalf("%v, %s: prediction %v, target %v: %v, and in Go %v", tier, form, pred[at], target[at], got[i], want[i])
				}
			}
		}
		v, g := make([]T, n), make([]T, n)
		in.ValueGrad(v, g, pred, target, 3)
		same("ValueGrad, value", value, v)
		same("ValueGrad, grad", grad, g)
		clear(v)
		clear(g)
		in.Value(v, pred, target)
		in.Grad(g, pred, target, 3)
		same("Value", value, v)
		same("Grad", grad, g)
		clear(g)
		for _, from := range []int{0, from} {
			sum := in.SumGrad(g[from:], pred[from:], target[from:], 3)
			same("SumGrad", grad[from:], g[from:])
			want, plain := spec.Sum(pred[from:], target[from:]), in.Sum(pred[from:], target[from:])
			if !sameBits(sum, want) || !sameBits(plain, want) {
				t.Errorf("%v: sums %v and %v, and in Go %v", tier, sum, plain, want)
			}
		}
	}
}

// A largest is the largest error of an output and where it is, in ulp and in (1+κ) ulp.
type largest struct {
	ulp, share  float64
	at, shareAt string
}

func (w *largest) add(ulp, kappa float64, at func() string) {
	if !(ulp <= w.ulp) {
		w.ulp, w.at = ulp, at()
	}
	if share := ulp / (1 + kappa); !(share <= w.share) {
		w.share, w.shareAt = share, at()
	}
}

func place[T kernel.Float](pred, target, got T, truth float64) string {
	return fmt.Sprintf("prediction %v, target %v: %v, truth %v", pred, target, got, truth)
}

// errorUlp is the error of x against a number with its correctly rounded bits and residual.
func errorUlp(f ieee.Format, x, rounded, residual float64) float64 {
	switch {
	case x == rounded || x != x && rounded != rounded:
		return math.Abs(residual)
	case math.IsInf(rounded, 0) || rounded != rounded || x != x:
		return math.Inf(1)
	case math.IsInf(x, 0):
		x = math.Copysign(0x1p128, x)
	}
	return math.Abs((x-rounded)/f.Ulp(rounded) - residual)
}

// testOracle holds value and gradient to the oracle, at level 3.
func (k lossKernel[T]) testOracle(t *testing.T, hard bool) {
	n := count(1500)
	r := rand.New(rand.NewPCG(2, 2))
	pred, target, value, grad := make([]T, n), make([]T, n), make([]T, n), make([]T, n)
	k.draw(r, pred, target, hard)
	k.kernel.ValueGrad(value, grad, pred, target, 1)
	f := format[T]()
	var errors [2]largest
	for i := range pred {
		if pred[i] != pred[i] {
			continue
		}
		c := k.call
		c.Format = f
		c.Batch = loss.Batch{Rows: 1, Cols: 1, Pred: []float64{float64(pred[i])}, Target: []float64{float64(target[i])}}
		truth, err := oracle.Eval(&c)
		if err != nil {
			t.Fatal(err)
		}
		for o, x := range []T{value[i], grad[i]} {
			v := [][]oracle.Number{truth.Value, truth.Grad}[o][0]
			errors[o].add(errorUlp(f, float64(x), v.Rounded, v.Residual), v.Kappa, func() string {
				return fmt.Sprintf("%s, κ %.3g", place(pred[i], target[i], x, v.Rounded), v.Kappa)
			})
		}
	}
	for o, w := range errors {
		name := []string{"value", "grad"}[o]
		t.Logf("%s, hard %v, %s: %.3f ulp at %s; %.3f(1+κ) at %s", k.name, hard, name, w.ulp, w.at, w.share, w.shareAt)
		if !(w.share <= 4) {
			t.Errorf("%s, hard %v, %s: %.3f·(1+κ) ulp at %s", k.name, hard, name, w.share, w.shareAt)
		}
	}
}

// testSweep holds hard targets to the reference, at steps through all numbers and where
// most of those are that are neither trivial nor saturated.
func (k lossKernel[T]) testSweep(t *testing.T, atMost float64) {
	const piece = 1 << 12
	n := count(8 * piece)
	f := format[T]()
	pred, target, value, grad := make([]T, piece), make([]T, piece), make([]T, piece), make([]T, piece)
	r := rand.New(rand.NewPCG(3, 3))
	var errors [2]largest
	for at := 0; at < n; at += piece {
		for i := range pred {
			pred[i] = fromBits[T](uint64((float64(at+i) + r.Float64()) / float64(n) * 0x1p64))
			if i%4 != 0 {
				pred[i] = T((r.Float64()*2 - 1) * []float64{1, 8, 110}[r.IntN(3)])
			}
			if k.inUnit && !(pred[i] >= 0 && pred[i] <= 1) {
				pred[i] = unit[T](r)
			}
			if pred[i] != pred[i] {
				pred[i] = 0
			}
			target[i] = T(r.IntN(2))
		}
		k.kernel.ValueGrad(value, grad, pred, target, 1)
		c := k.call
		c.Format = f
		c.Batch = loss.Batch{Rows: piece, Cols: 1, Pred: wide(pred), Target: wide(target)}
		truth, err := loss.Eval(&c)
		if err != nil {
			t.Fatal(err)
		}
		for i := range pred {
			for o, x := range []T{value[i], grad[i]} {
				v := [][]float64{truth.Value, truth.Grad}[o][i]
				rounded := f.Round(v)
				residual := 0.
				if !math.IsInf(rounded, 0) {
					residual = (v - rounded) / f.Ulp(rounded)
				}
				errors[o].add(errorUlp(f, float64(x), rounded, residual), 0, func() string { return place(pred[i], target[i], x, v) })
			}
		}
	}
	for o, w := range errors {
		name := []string{"value", "grad"}[o]
		t.Logf("%s, %d hard targets, %s: %.3f ulp at %s", k.name, n, name, w.ulp, w.at)
		if !(w.ulp <= atMost) {
			t.Errorf("%s, %s: more than %v ulp at %s", k.name, name, atMost, w.at)
		}
	}
}

func wide[T kernel.Float](xs []T) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = float64(x)
	}
	return out
}
