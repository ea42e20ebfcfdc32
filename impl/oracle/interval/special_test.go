package interval

import (
	"errors"
	"math/big"
	"sync"
	"testing"
)

func TestExactArguments_GivePoints(t *testing.T) {
	c := Context{128}
	for name, got := range map[string]Interval{
		"Exp(0) = 1":     c.Sub(c.Exp(zero), one),
		"Log(1) = 0":     c.Log(one),
		"Log1p(0) = 0":   c.Log1p(zero),
		"Expm1(0) = 0":   c.Expm1(zero),
		"1 + 2 = 3":      c.Sub(c.Add(one, FromInt(2)), FromInt(3)),
		"3/4 = 0.75":     c.Sub(c.Quo(FromInt(3), FromInt(4)), FromFloat64(0.75)),
		"3·0.25 = 0.75":  c.Sub(c.Mul(FromInt(3), FromFloat64(0.25)), FromFloat64(0.75)),
		"Sum() = 0":      c.Sum(),
		"Sum(1, 2, -3)":  c.Sum(one, FromInt(2), FromInt(-3)),
		"[1, 2]·0 = 0":   c.Mul(FromBounds(big.NewFloat(1), big.NewFloat(2)), zero),
		"[-Inf, Inf]·0":  c.Mul(open(noLowerBound, noUpperBound), zero),
		"0/[1, 2] = 0":   c.Quo(zero, FromBounds(big.NewFloat(1), big.NewFloat(2))),
		"0/[0, tiny]":    c.Quo(zero, c.Exp(FromFloat64(-1e300))),
		"-0 is 0":        FromFloat64(negativeZero()),
		"|−0.5| − 0.5":   c.Sub(c.Abs(FromFloat64(-0.5)), FromFloat64(0.5)),
		"−(−1) − 1 = 0":  c.Sub(c.Neg(FromInt(-1)), one),
		"log1p of −0":    c.Log1p(c.Neg(zero)),
		"0 − 0 is not −": c.Sub(zero, c.Neg(zero)),
		"√0 = 0":         c.Sqrt(zero),
		"√2.25 = 1.5":    c.Sub(c.Sqrt(FromFloat64(2.25)), FromFloat64(1.5)),
		"atan 0 = 0":     c.Atan(zero),
		"atan2(0, 3)":    c.Atan2(zero, FromInt(3)),
		"max(−1, 0)":     c.Max(point(minusOne), zero),
		"min(0, 1)":      c.Min(zero, one),
	} {
		if !got.isZero() || got.lo.Signbit() {
			t.Errorf("%s: the difference is %v", name, got)
		}
	}
}

func negativeZero() float64 { z := 0.0; return -z }

func TestExp_LeavesTheExponentRangeWithItsSign(t *testing.T) {
	c := Context{128}
	for _, x := range []Interval{FromFloat64(-0x1p31), FromFloat64(-1e300), point(new(big.Float).Neg(powerOf2(65536)))} {
		tiny := c.Exp(x)
		if tiny.lo.Sign() != 0 || tiny.hi.Sign() <= 0 || binary(tiny.hi) > -1<<30+1 {
			t.Errorf("Exp(%v) = %v", x, tiny)
		}
		if got := c.Mul(tiny, FromFloat64(7.25)); got.lo.Sign() != 0 || got.hi.Sign() <= 0 {
			t.Errorf("Exp(%v)·7.25 = %v lost its sign", x, got)
		}
		if got := c.Log(tiny); !got.lo.IsInf() || got.hi.Sign() >= 0 {
			t.Errorf("Log(Exp(%v)) = %v", x, got)
		}
		if got := c.Log1p(tiny); got.lo.Sign() != 0 || got.hi.Sign() <= 0 {
			t.Errorf("Log1p(Exp(%v)) = %v", x, got)
		}
		huge := c.Exp(c.Neg(x))
		if !huge.hi.IsInf() || binary(huge.lo) < 1<<30 {
			t.Errorf("Exp(%v) = %v", c.Neg(x), huge)
		}
		if got := c.Quo(one, huge); got.lo.Sign() != 0 || got.hi.Sign() <= 0 {
			t.Errorf("1/Exp(%v) = %v", c.Neg(x), got)
		}
	}
	all := open(noLowerBound, noUpperBound)
	if got := c.Exp(all); got.lo.Sign() != 0 || !got.hi.IsInf() {
		t.Errorf("Exp of the line = %v", got)
	}
	if got := c.Expm1(all); got.lo.Cmp(minusOne) > 0 || !got.hi.IsInf() {
		t.Errorf("Expm1 of the line = %v", got)
	}
}

func TestRange_UnderflowAndOverflowKeepTheirBound(t *testing.T) {
	c := Context{64}
	least, most := point(minPositive), point(largeFinite)
	for _, test := range []struct {
		name   string
		got    Interval
		lo, hi *big.Float
	}{
		{"tiny·tiny", c.Mul(least, least), zeroFloat, minPositive},
		{"tiny·−tiny", c.Mul(least, c.Neg(least)), minNegative, zeroFloat},
		{"tiny/huge", c.Quo(least, most), zeroFloat, minPositive},
		{"huge·huge", c.Mul(most, most), largeFinite, noUpperBound},
		{"huge·−huge", c.Mul(most, c.Neg(most)), noLowerBound, largeNegative},
		{"huge + huge", c.Add(most, most), largeFinite, noUpperBound},
		{"1 + tiny", c.Add(one, least), oneFloat, plus(oneFloat, powerOf2(-63))},
		{"Sum(1, tiny)", c.Sum(one, least), oneFloat, plus(oneFloat, powerOf2(-63))},
		{"1 − tiny", c.Sub(one, least), plus(oneFloat, new(big.Float).Neg(powerOf2(-64))), oneFloat},
		{"Sum(huge, huge, −huge)", c.Sum(most, most, c.Neg(most)), zeroFloat, noUpperBound},
		{"1/[0, 1]", c.Quo(one, FromBounds(zeroFloat, oneFloat)), oneFloat, noUpperBound},
		{"1/[−1, 0]", c.Quo(one, FromBounds(minusOne, zeroFloat)), noLowerBound, minusOne},
		{"−1/[0, 1]", c.Quo(point(minusOne), FromBounds(zeroFloat, oneFloat)), noLowerBound, minusOne},
		{"1/[−1, 1]", c.Quo(one, FromBounds(minusOne, oneFloat)), noLowerBound, noUpperBound},
		{"log [0, 1]", c.Log(FromBounds(zeroFloat, oneFloat)), noLowerBound, zeroFloat},
		{"log1p [−1, 0]", c.Log1p(FromBounds(minusOne, zeroFloat)), noLowerBound, zeroFloat},
		{"√[−1, 4]", c.Sqrt(FromBounds(minusOne, big.NewFloat(4))), zeroFloat, big.NewFloat(2)},
		{"√[1, Inf]", c.Sqrt(FromBounds(oneFloat, noUpperBound)), oneFloat, noUpperBound},
		{"|[−Inf, 1]|", c.Abs(FromBounds(noLowerBound, oneFloat)), zeroFloat, noUpperBound},
		{"max([−Inf, 1], 0)", c.Max(FromBounds(noLowerBound, oneFloat), zero), zeroFloat, oneFloat},
		{"expm1(−huge)", c.Expm1(c.Neg(most)), minusOne, plus(minusOne, powerOf2(-64))},
	} {
		if test.got.lo.Cmp(test.lo) != 0 || test.got.hi.Cmp(test.hi) != 0 {
			t.Errorf("%s = %v, want %v", test.name, test.got, open(test.lo, test.hi))
		}
	}
	for _, x := range []Interval{least, c.Neg(least)} {
		for name, got := range map[string]Interval{"Log1p": c.Log1p(x), "Expm1": c.Expm1(x)} {
			if !got.Contains(x.lo) { // f(x) differs from x by less than the spacing there
				t.Errorf("%s(%v) = %v", name, x, got)
			}
		}
	}
}

func TestDomain_CertainViolationsPanicWithATypedError(t *testing.T) {
	c := Context{64}
	for op, f := range map[string]func(){
		"Quo":   func() { c.Quo(one, zero) },
		"Log":   func() { c.Log(zero) },
		"Log1p": func() { c.Log1p(point(minusOne)) },
		"Sqrt":  func() { c.Sqrt(point(minusOne)) },
		"Atan2": func() { c.Atan2(zero, zero) },
	} {
		func() {
			defer func() {
				err, _ := recover().(error)
				var domain *DomainError
				if !errors.As(err, &domain) || domain.Op != op {
					t.Errorf("%s: recovered %v", op, err)
				}
			}()
			f()
		}()
	}
}

// What may lie outside of a domain stays uncertain, whatever it is multiplied by; z = log 3 − log 3 is 0, and nobody knows.
func TestUncertain_IsPassedOn(t *testing.T) {
	c := Context{64}
	log3 := c.Log(FromInt(3))
	z := c.Sub(log3, log3)
	below := c.Sub(z, FromFloat64(1e-300))
	for name, got := range map[string]Interval{
		"1/z": c.Quo(one, z), "0·(1/z)": c.Mul(zero, c.Quo(one, z)), "0/z": c.Quo(zero, z), "0·log z": c.Mul(c.Log(z), zero),
		"e^log(z − 1e-300)": c.Exp(c.Log(below)), "log1p(z − 1)": c.Log1p(c.Sub(z, one)), "√z": c.Sqrt(z),
		"1/[0, 1]": c.Quo(one, FromBounds(zeroFloat, oneFloat)), "atan2(z, z)": c.Atan2(z, z), "atan2(z, −1)": c.Atan2(z, point(minusOne)),
		"expm1": c.Expm1(c.Log(z)), "−": c.Neg(c.Log(z)), "0 − log z": c.Sub(zero, c.Log(z)), "Σ": c.Sum(one, c.Log(z), one),
		"|·|": c.Abs(c.Log(z)), "max": c.Max(c.Log(z), one), "max, decided": c.Max(c.Sqrt(z), one), "min": c.Min(one, c.Mul(zero, c.Log(z))),
		"σ": c.Sigmoid(c.Log(z)), "sp": c.Softplus(c.Log(z)), "x·y": c.Mul(c.Log(z), c.Log(z)), "x/3": c.Quo(c.Log(z), FromInt(3)),
		"atan": c.Atan(c.Log(z)), "√√z": c.Sqrt(c.Sqrt(z)), "hull": c.Hull(one, c.Mul(zero, c.Log(z))), "0·0": c.Mul(zero, c.Mul(zero, c.Log(z))),
		"0 + 0": c.Add(zero, c.Mul(zero, c.Log(z))), "0 − 0": c.Sub(c.Mul(zero, c.Log(z)), zero), "atan2(0·, 1)": c.Atan2(c.Mul(zero, c.Log(z)), one),
	} {
		if !got.Uncertain() {
			t.Errorf("%s = %v is certain", name, got)
		}
	}
	tiny := c.Exp(FromFloat64(-1e300)) // (0, …): an end 0 that is not attained
	for name, got := range map[string]Interval{
		"log": c.Log(tiny), "1/": c.Quo(one, tiny), "√": c.Sqrt(tiny), "√[0, 1]": c.Sqrt(FromBounds(zeroFloat, oneFloat)), "z": z,
		"log1p": c.Log1p(c.Expm1(FromFloat64(-1e300))), "1/−": c.Quo(one, c.Neg(tiny)), "atan2": c.Atan2(tiny, point(minusOne)),
	} {
		if got.Uncertain() {
			t.Errorf("%s = %v is uncertain", name, got)
		}
	}
	if sign, certain := tiny.Sign(); sign != 1 || !certain {
		t.Errorf("the sign of %v is %d, %v", tiny, sign, certain)
	}
}

// The number in an interval is none of its ends, unless the interval says so.
func TestClosed_IsSetWhereAnEndMayBeTheNumber(t *testing.T) {
	c := Context{64}
	third, log3 := c.Quo(one, FromInt(3)), c.Log(FromInt(3))
	z := c.Sub(log3, log3)
	box := FromBounds(minusOne, oneFloat)
	for name, test := range map[string]struct {
		got  Interval
		want bool
	}{
		"1/3": {third, false}, "z": {z, false}, "1/3 · 1/3": {c.Mul(third, third), false}, "max(1/3, log 3)": {c.Max(third, log3), false},
		"max(1/3, z)": {c.Max(third, z), false}, "|1/3|": {c.Abs(third), false}, "e^z": {c.Exp(z), false}, "max(z, z)": {c.Max(z, z), false},
		"|z|": {c.Abs(z), true}, "max(z, 0)": {c.Max(z, zero), true}, "min(z, 0)": {c.Min(zero, z), true}, "a point": {one, true},
		"[−1, 1]": {box, true}, "1 + |z|": {c.Add(one, c.Abs(z)), true}, "|z|·1/3": {c.Mul(c.Abs(z), third), true}, "−|z|": {c.Neg(c.Abs(z)), true},
		"√|z|": {c.Sqrt(c.Abs(z)), true}, "e^|z|": {c.Exp(c.Abs(z)), true}, "hull": {c.Hull(zero, one), true}, "Σ": {c.Sum(one, c.Abs(z)), true},
	} {
		if test.got.Closed() != test.want {
			t.Errorf("%s = %v: closed %v", name, test.got, test.got.Closed())
		}
	}
}

func TestPrecision_LimitIsKept(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a precision above MaxPrec was accepted")
		}
	}()
	Context{MaxPrec + guardBits + 1}.Exp(one)
}

// Decimals of e^(2^30) would take minutes, in the message of a failure at that.
func TestString_HugeNumbersAreQuick(t *testing.T) {
	c := Context{64}
	for _, test := range []struct {
		got  Interval
		want string
	}{
		{FromFloat64(0.5), "0.5"},
		{c.Quo(one, FromInt(3)), "[0.33333333333333333332, 0.33333333333333333334]"},
		{c.Exp(FromInt(1 << 40)), "[0x.8p+1073741825, +Inf]"},
		{Interval{}, "[]"},
	} {
		if s := test.got.String(); s != test.want {
			t.Errorf("%q, want %q", s, test.want)
		}
	}
}

// A table lookup race must not change a bit; run with -race.
func TestConcurrency_SameBits(t *testing.T) {
	c := Context{777} // no other test builds this W
	results := make([]Interval, 8)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() { results[i] = c.Log(c.Exp(FromFloat64(1.25))) })
	}
	wg.Wait()
	for _, got := range results {
		if got.lo.Cmp(results[0].lo) != 0 || got.hi.Cmp(results[0].hi) != 0 {
			t.Errorf("%v and %v from the same operations", got, results[0])
		}
	}
}
