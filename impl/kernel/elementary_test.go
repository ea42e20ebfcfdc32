package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/lossproof/lossproof/internal/ieee"
)

// truth is a function to 128 bits.
func truth(f func(c interval.Context, x interval.Interval) interval.Interval, x float64) *big.Float {
	return f(interval.Context{Prec: 128}, interval.FromFloat64(x)).Lo()
}

// errorIn is |got − want| in ulp of want.
func errorIn(f ieee.Format, got float64, want *big.Float) float64 {
	size, _ := want.Float64()
	d := new(big.Float).SetPrec(256).Sub(want, big.NewFloat(got))
	d.Quo(d, big.NewFloat(f.Ulp(size)))
	e, _ := d.Float64()
	return math.Abs(e)
}

// nonPositive draws numbers for which e^x is no more than 1 and no less than the smallest
// subnormal: evenly, and of every size.
func nonPositive(r *rand.Rand, lowest float64) float64 {
	if r.IntN(2) == 0 {
		return lowest * r.Float64()
	}
	return -math.Exp2(-60*r.Float64()) * r.Float64()
}

func TestExponential64_IsWithinItsBound(t *testing.T) {
	const bound = 1.13 // see exp64.go; half an ulp more where the result is subnormal
	r, worst, worstSubnormal := rand.New(rand.NewPCG(1, 64)), 0.0, 0.0
	for range 40_000 {
		x := nonPositive(r, -745.5)
		e := errorIn(ieee.Float64, exponential64(x), truth(interval.Context.Exp, x))
		if x > -708 {
			worst = max(worst, e)
		} else {
			worstSubnormal = max(worstSubnormal, e)
		}
		if x > -708 && e > bound || e > bound+0.5 {
			t.Errorf("e^%v: %.3f ulp", x, e)
		}
	}
	t.Logf("largest error: %.3f ulp, %.3f where the result is subnormal", worst, worstSubnormal)
}

func TestLog1p_IsWithinItsBound(t *testing.T) {
	const bound = 1.9 // see elementary.go
	r := rand.New(rand.NewPCG(2, 64))
	var worst, worstSingle float64
	for i := range 40_000 {
		x := r.Float64()
		if i%2 == 0 {
			x = math.Exp2(-60 * r.Float64())
		}
		e := errorIn(ieee.Float64, log1p(x), truth(interval.Context.Log1p, x))
		single := float32(x)
		eSingle := errorIn(ieee.Float32, float64(log1p(single)), truth(interval.Context.Log1p, float64(single)))
		worst, worstSingle = max(worst, e), max(worstSingle, eSingle)
		if e > bound || eSingle > bound {
			t.Errorf("log(1+%v): %.3f ulp, in float32 %.3f", x, e, eSingle)
		}
	}
	t.Logf("largest error: %.3f ulp, in float32 %.3f", worst, worstSingle)
}

func TestExponential_AtItsEnds(t *testing.T) {
	for _, x := range []float64{-746, -800, -math.MaxFloat64, math.Inf(-1)} {
		if e := exponential64(x); math.Float64bits(e) != 0 {
			t.Errorf("float64: e^%v = %v, want +0", x, e)
		}
		if e := exponential32(float32(x)); math.Float32bits(e) != 0 {
			t.Errorf("float32: e^%v = %v, want +0", x, e)
		}
	}
	for _, zero := range []float64{0, math.Copysign(0, -1)} {
		if e := exponential64(zero); e != 1 {
			t.Errorf("float64: e^%v = %v", zero, e)
		}
		if e := exponential32(float32(zero)); e != 1 {
			t.Errorf("float32: e^%v = %v", zero, e)
		}
	}
	if e := exponential64(-745.13); e != 0x1p-1074 {
		t.Errorf("e^-745.13 = %v, want the smallest number", e)
	}
	if e := exponential32(-103.9); e != 0x1p-149 {
		t.Errorf("e^-103.9 = %v, want the smallest float32", e)
	}
	if nan := math.NaN(); exponential64(nan) == exponential64(nan) || exponential32(float32(nan)) == exponential32(float32(nan)) {
		t.Error("e^NaN is a number")
	}
}

// Into subnormals a product with 2^n rounds once: math.Ldexp is right there.
func TestScale_RoundsOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 64))
	for range 200_000 {
		p := 0.7 + 0.73*r.Float64()
		n := -float64(r.IntN(1078))
		if got, want := scale64(p, n), math.Ldexp(p, int(n)); got != want {
			t.Fatalf("float64: %x·2^%v = %x, want %x", p, n, got, want)
		}
		single, m := float32(p), -float64(r.IntN(151))
		if got, want := scale32(single, float32(m)), float32(math.Ldexp(float64(single), int(m))); got != want {
			t.Fatalf("float32: %x·2^%v = %x, want %x", single, m, got, want)
		}
	}
}
