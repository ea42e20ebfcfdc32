package interval

import (
	"math/big"
	"testing"
)

// Exponents have 32 bits, and what is computed of two of them needs more: where an int has 32, too.
func TestExponents_AtTheEndsOfTheirRange(t *testing.T) {
	c := Context{Prec: 128}
	power := func(e int64) *big.Float { return Scale(new(big.Float), oneFloat, e) }
	within := func(name string, got Interval, low, high *big.Float) {
		t.Helper()
		if got.lo.Cmp(low) < 0 || got.hi.Cmp(high) > 0 || got.lo.Cmp(got.hi) > 0 {
			t.Errorf("%s: %v is not between %s and %s", name, got, low.Text('p', 9), high.Text('p', 9))
		}
	}
	const far = 1<<31 - 40
	large, small := power(far), power(-far)
	within("a sum", c.Add(FromBig(large), FromBig(small)), large, power(far+1))
	within("log(1+x)", c.Log1p(FromBig(small)), power(-far-1), power(-far+1))
	within("atan x", c.Atan(FromBig(small)), power(-far-1), power(-far+1))
	within("eˣ − 1", c.Expm1(FromBig(small)), power(-far-1), power(-far+1))
	within("√x", c.Sqrt(FromBig(large)), power(far/2), power(far/2+1))
	within("log x", c.Log(FromBig(minPositive)), big.NewFloat(-1.4886e9), big.NewFloat(-1.4885e9)) // (2^31 + 1)·log 2
	if x := power(1 << 40); !x.IsInf() {
		t.Errorf("2^2^40 is %v", x)
	}
	if x := Scale(new(big.Float), power(-far), 2*far); x.Cmp(large) != 0 {
		t.Errorf("2^-e·2^2e is %v", x)
	}
}
