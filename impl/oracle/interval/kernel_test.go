package interval

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// At the working precision the guard bits hide what a kernel errs by: a wrong constant in a proof would show in one rounding
// of a million. Here the kernels round to many more bits than their fixed point has, so that their claim of a few u stands
// bare, and it must hold the second path, which is finer still.
func TestKernels_HoldTheirProofWithoutGuardBits(t *testing.T) {
	const samples = 400
	r := rand.New(rand.NewPCG(seed, 2))
	between := func(lowest, highest int64) *big.Float { // 2^lowest ≤ |x| < 2^highest
		e := lowest + 1 + r.Int64N(highest-lowest)
		x := new(big.Float).SetPrec(128).SetInt(new(big.Int).Or(
			new(big.Int).Lsh(new(big.Int).SetUint64(r.Uint64()|1<<63), 64), new(big.Int).SetUint64(r.Uint64())))
		Scale(x, x, e-exponent(x))
		if r.IntN(2) == 0 {
			x.Neg(x)
		}
		return x
	}
	for _, prec := range []uint{32, 96, 160, 992} { // the highest for their W, which leaves 32 guard bits
		tables := Context{prec}.tables()
		bare := Context{tables.frac + 64}
		for _, kernel := range []struct {
			name      string
			f         func(x *big.Float) Interval
			reference func(*big.Float, int) Interval
			draw      func() *big.Float
		}{
			{"exp", func(x *big.Float) Interval { return bare.expReduced(x, tables) }, referenceExp,
				func() *big.Float { return between(-40, 12) }},
			{"exp far", func(x *big.Float) Interval { return bare.expReduced(x, tables) }, referenceExp,
				func() *big.Float { return between(28, 30) }},
			{"expm1", func(x *big.Float) Interval { return bare.expm1Series(x, tables) }, referenceExpm1,
				func() *big.Float { return between(-60, -6) }},
			{"log", func(x *big.Float) Interval { return bare.logReduced(x, tables) }, referenceLog,
				func() *big.Float { x := between(-3, 3); return x.Abs(x) }},
			{"log far", func(x *big.Float) Interval { return bare.logReduced(x, tables) }, referenceLog,
				func() *big.Float { x := between(-1<<30, 1<<30); return x.Abs(x) }},
			{"log1p", func(x *big.Float) Interval { return bare.log1pSeries(x, tables) }, referenceLog1p,
				func() *big.Float { return between(-60, -8) }},
			{"atan", func(x *big.Float) Interval { return bare.atanReduced(x, tables) }, referenceAtan,
				func() *big.Float { return between(-8, 3) }},
			{"atan far", func(x *big.Float) Interval { return bare.atanReduced(x, tables) }, referenceAtan,
				func() *big.Float { return between(3, 2000) }},
			{"atan small", func(x *big.Float) Interval { return bare.atanSeries(x, tables) }, referenceAtan,
				func() *big.Float { return between(-60, -8) }},
		} {
			for range samples {
				x := kernel.draw()
				got, want := kernel.f(x), kernel.reference(x, int(bare.Prec)+spare+32) // 32: log far is 2^31·u wide or so
				if got.lo.Cmp(want.lo) > 0 || got.hi.Cmp(want.hi) < 0 {
					t.Errorf("%s at %d bits: %v does not hold %v at x = %s", kernel.name, tables.frac, got, want, x.Text('p', 0))
				}
			}
		}
	}
}

// (L'), (E), (A) and the coefficients: every entry of a table is short by less than 1 + 2^-44 u, and not too large but for (A).
func TestTables_AreShortByLessThanTheirBound(t *testing.T) {
	tables := Context{96}.tables()
	unit := powerOf2(-int(tables.frac))
	limit := plus(unit, new(big.Float).SetMantExp(unit, -44))
	fine := int(tables.frac) + 128
	check := func(name string, i int, stored *big.Int, exact Interval) {
		t.Helper()
		v := new(big.Float).SetInt(stored)
		v.SetMantExp(v, -int(tables.frac))
		short := Context{512}.Sub(exact, point(v))
		if short.hi.Sign() < 0 || short.lo.Cmp(limit) > 0 {
			t.Errorf("%s[%d] is short by %v", name, i, short)
		}
	}
	for j, v := range tables.logs {
		check("logs", j, v, referenceLog1p(big.NewFloat(float64(j)/tableSize), fine))
	}
	for j, v := range tables.coarse {
		check("coarse", j, v, referenceExp(big.NewFloat(float64(j)/tableSize), fine))
	}
	for j, v := range tables.fine {
		check("fine", j, v, referenceExp(big.NewFloat(float64(j)/(tableSize*tableSize)), fine))
	}
	for j, v := range tables.arctangents() {
		stored := new(big.Float).SetInt(v)
		stored.SetMantExp(stored, -int(tables.frac))
		short := Context{512}.Sub(referenceAtan(big.NewFloat(float64(j)/tableSize), fine), point(stored))
		least := new(big.Float).SetMantExp(new(big.Float).Neg(unit), -44)
		if short.hi.Cmp(least) < 0 || short.lo.Cmp(limit) > 0 {
			t.Errorf("arctangents[%d] is short by %v", j, short)
		}
	}
	wide := new(big.Float).SetInt(tables.ln2)
	wide.SetMantExp(wide, -int(tables.frac)-wideBits)
	short := Context{512}.Sub(referenceLog1p(oneFloat, fine), point(wide))
	if limit := powerOf2(20 - int(tables.frac) - wideBits); short.hi.Sign() < 0 || short.lo.Cmp(limit) > 0 {
		t.Errorf("log 2 is short by %v", short)
	}
}
