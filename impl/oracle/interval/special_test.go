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
		"[-Inf, Inf]·0":  c.Mul(Interval{noLowerBound, noUpperBound}, zero),
		"0/[1, 2] = 0":   c.Quo(zero, FromBounds(big.NewFloat(1), big.NewFloat(2))),
		"0/[0, tiny]":    c.Quo(zero, c.Exp(FromFloat64(-1e300))),
		"-0 is 0":        FromFloat64(negativeZero()),
		"|−0.5| − 0.5":   c.Sub(c.Abs(FromFloat64(-0.5)), FromFloat64(0.5)),
		"−(−1) − 1 = 0":  c.Sub(c.Neg(FromInt(-1)), one),
		"log1p of −0":    c.Log1p(c.Neg(zero)),
		"0 − 0 is not −": c.Sub(zero, c.Neg(zero)),
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
		if tiny.lo.Sign() != 0 || tiny.hi.Sign() <= 0 || exponent(tiny.hi) > -1<<30+1 {
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
		if !huge.hi.IsInf() || exponent(huge.lo) < 1<<30 {
			t.Errorf("Exp(%v) = %v", c.Neg(x), huge)
		}
		if got := c.Quo(one, huge); got.lo.Sign() != 0 || got.hi.Sign() <= 0 {
			t.Errorf("1/Exp(%v) = %v", c.Neg(x), got)
		}
	}
	all := Interval{noLowerBound, noUpperBound}
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
		{"expm1(−huge)", c.Expm1(c.Neg(most)), minusOne, plus(minusOne, powerOf2(-64))},
	} {
		if test.got.lo.Cmp(test.lo) != 0 || test.got.hi.Cmp(test.hi) != 0 {
			t.Errorf("%s = %v, want %v", test.name, test.got, Interval{test.lo, test.hi})
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
