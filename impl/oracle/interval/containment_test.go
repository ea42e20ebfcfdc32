package interval

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
)

const seed = 20260101

var precisions = []uint{2, 24, 32, 33, 40, 53, 64, 96, 97, 128, 200, 256, 1000, 2000}

// spare is how many bits finer than the interval under test the second path is.
const spare = 40

// unaryCase is a function, its second path, and the arguments it is defined for.
var unary = []struct {
	name      string
	f         func(Context, Interval) Interval
	reference func(x *big.Float, p int) Interval
	inDomain  func(x *big.Float) bool
}{
	{"Exp", Context.Exp, referenceExp, func(x *big.Float) bool { return binary(x) <= expRange }},
	{"Expm1", Context.Expm1, referenceExpm1, func(x *big.Float) bool { return binary(x) <= expRange }},
	{"Log", Context.Log, referenceLog, func(x *big.Float) bool { return x.Sign() > 0 }},
	{"Log1p", Context.Log1p, referenceLog1p, func(x *big.Float) bool { return x.Cmp(minusOne) > 0 && binary(x) < 4000 }},
	{"Sqrt", Context.Sqrt, referenceSqrt, func(x *big.Float) bool { return x.Sign() >= 0 }},
	{"Atan", Context.Atan, referenceAtan, func(x *big.Float) bool { return true }},
}

func powerOf2(e int) *big.Float { return new(big.Float).SetMantExp(oneFloat, e) }

// plus returns a + b without rounding.
func plus(a, b *big.Float) *big.Float {
	z := newFloat(30000).Add(a, b)
	return z.SetPrec(max(z.MinPrec(), 1))
}

// arguments returns numbers of every regime and both signs: exact specials, neighbours of the thresholds of the code, and
// random mantissas of 53 and 300 bits.
func arguments() []*big.Float {
	r := rand.New(rand.NewPCG(seed, 0))
	var xs []*big.Float
	for _, e := range []int{-20000, -1074, -1022, -300, -128, -64, -20, 0, 1, 10} {
		xs = append(xs, powerOf2(e))
	}
	for _, x := range []float64{5e-324, 3e-310, 0x1p-8, 0x1.fffffffffffffp-9, 0x1p-6, 0x1.fffffffffffffp-7, 0.5, 0.75, 1.5, 2,
		0x1.fcp-1, 0x1.fdp-1, 0x1.01p0, 0x1.02p0, 0x1.03p0, 0.6931471805599453, 745.1332191019411, 708.4, 88.7, 1e4, 1e6, 1e9} {
		xs = append(xs, big.NewFloat(x))
	}
	for _, e := range []int{-52, -53, -240, -9, -8, -7, -6} {
		xs = append(xs, plus(oneFloat, powerOf2(e)), plus(oneFloat, new(big.Float).Neg(powerOf2(e))))
	}
	for _, e := range []int{-20000, -1070, -100, -12, -7, -6, -5, -1, 0, 1, 2, 5, 9, 13, 20, 29, 300} {
		for _, bits := range []uint{53, 300} {
			n := new(big.Int)
			for range (bits + 63) / 64 {
				n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(r.Uint64()))
			}
			m := new(big.Float).SetPrec(bits).SetInt(n)
			xs = append(xs, m.SetMantExp(m, e-binary(m)))
		}
	}
	for _, x := range xs {
		xs = append(xs, new(big.Float).Neg(x))
	}
	return append(xs, new(big.Float))
}

// ulps returns the width of x in ulps at prec bits of its larger end.
func ulps(x Interval, prec uint) float64 {
	if x.IsPoint() {
		return 0
	}
	w := newFloat(64).SetMode(big.AwayFromZero).Sub(x.hi, x.lo)
	e := max(binary(x.lo), binary(x.hi))
	v, _ := w.SetMantExp(w, int(prec)-e).Float64()
	return v
}

func TestUnary_ContainsTheSecondPathWithinTwoUlps(t *testing.T) {
	const widest = 2 // the promise of the package, in ulps
	for _, fn := range unary {
		for _, prec := range precisions {
			t.Run(fmt.Sprintf("%s/prec=%d", fn.name, prec), func(t *testing.T) {
				checks := 0
				for _, x := range arguments() {
					if !fn.inDomain(x) {
						continue
					}
					checks++
					got := fn.f(Context{prec}, point(x))
					want := fn.reference(x, int(prec)+spare)
					if !got.Overlaps(want) {
						t.Errorf("%s(%s) = %v, but the second path gives %v", fn.name, x.Text('p', 0), got, want)
					}
					if w := ulps(got, prec); !(w <= widest) {
						t.Errorf("%s(%s) is %g ulps wide", fn.name, x.Text('p', 0), w)
					}
				}
				if checks < 60 { // a third of the arguments, about: the positive ones at least
					t.Errorf("only %d arguments lie in the domain", checks)
				}
			})
		}
	}
}

// An interval of many bits is next to the number itself, and must lie in every interval of fewer bits but for its own width.
func TestUnary_PrecisionsAgree(t *testing.T) {
	for _, fn := range unary {
		for _, x := range arguments() {
			if !fn.inDomain(x) {
				continue
			}
			fine := fn.f(Context{700}, point(x))
			for _, prec := range []uint{40, 53, 128, 256, 512} {
				coarse := fn.f(Context{prec}, point(x))
				if coarse.lo.Cmp(fine.hi) > 0 || coarse.hi.Cmp(fine.lo) < 0 {
					t.Errorf("%s(%s): %d bits give %v, 700 bits give %v", fn.name, x.Text('p', 0), prec, coarse, fine)
				}
			}
		}
	}
}

// The trap that bigfloat.Log falls into: right to 2^-159 only.
func TestLog_NextToOneLosesNothing(t *testing.T) {
	x := plus(oneFloat, powerOf2(-240))
	got := Context{256}.Log(point(x))
	// log(1+t) = t − t²/2 + t³/3 − …, an alternating series: t − t²/2 < log(1+t) < t − t²/2 + t³/3.
	t1, t2, t3 := powerOf2(-240), powerOf2(-481), powerOf2(-720)
	below := plus(t1, new(big.Float).Neg(t2))
	above := plus(below, t3)
	if got.lo.Cmp(above) > 0 || got.hi.Cmp(below) < 0 {
		t.Errorf("Log(1+2^-240) = %v", got)
	}
	if w := ulps(got, 256); w > 2 { // the series is t·(1 − 2^-241 + …), all but a number of 256 bits: its neighbours are the ends
		t.Errorf("Log(1+2^-240) is %g ulps wide at 256 bits", w)
	}
}

// If y lies in x, then f(y) and f(x) hold a common number, and f(x) reaches as far as the points of y are known to lie.
func TestUnary_ImageOfAnIntervalHoldsTheImagesOfItsPoints(t *testing.T) {
	r := rand.New(rand.NewPCG(seed, 1))
	c, fine := Context{128}, Context{400}
	for _, fn := range unary {
		for _, lo := range arguments() {
			for _, width := range []int{-25000, -200, -128, -60, -9, -8, -7, -6, 0, 3} {
				hi := plus(lo, powerOf2(width))
				if !fn.inDomain(lo) || !fn.inDomain(hi) || r.IntN(3) > 0 {
					continue
				}
				image := fn.f(c, open(lo, hi))
				inside := plus(lo, new(big.Float).Mul(powerOf2(width), big.NewFloat(r.Float64())))
				for _, y := range []*big.Float{lo, inside, hi} {
					exact := fn.f(fine, point(y))
					if image.lo.Cmp(exact.lo) > 0 || image.hi.Cmp(exact.hi) < 0 {
						t.Errorf("%s([x, x+2^%d]) = %v at x = %s does not hold %v", fn.name, width, image, lo.Text('p', 0), exact)
					}
				}
				// No wider than the images of the ends, by the documented margin.
				first, last := fn.f(fine, point(lo)), fn.f(fine, point(hi))
				limit := fine.Mul(fine.Sub(last, first), FromFloat64(1+0x1p-5)) // the margin 2^-6, and second order terms
				slack := powerOf2(binary(image.hi) - 128 + 2)
				if e := binary(image.lo) - 128 + 2; image.lo.Sign() != 0 && e > binary(slack)-1 {
					slack = powerOf2(e)
				}
				if got := fine.Sub(point(image.hi), point(image.lo)); got.hi.Cmp(plus(limit.hi, slack)) > 0 {
					t.Errorf("%s([x, x+2^%d]) = %v at x = %s is wider than its margin", fn.name, width, image, lo.Text('p', 0))
				}
			}
		}
	}
}

func TestQuoMul_ContainExactRationals(t *testing.T) {
	xs := arguments()
	small := xs[:0:0]
	for _, x := range xs {
		if e := binary(x); e > -1100 && e < 400 { // keeps the rationals short
			small = append(small, x)
		}
	}
	c := Context{96}
	for _, x := range small {
		for _, y := range small {
			rx, _ := x.Rat(nil)
			ry, _ := y.Rat(nil)
			holds(t, "Mul", c.Mul(point(x), point(y)), new(big.Rat).Mul(rx, ry))
			holds(t, "Add", c.Add(point(x), point(y)), new(big.Rat).Add(rx, ry))
			holds(t, "Sub", c.Sub(point(x), point(y)), new(big.Rat).Sub(rx, ry))
			if y.Sign() != 0 {
				holds(t, "Quo", c.Quo(point(x), point(y)), new(big.Rat).Quo(rx, ry))
			}
		}
	}
}

func holds(t *testing.T, op string, got Interval, want *big.Rat) {
	t.Helper()
	lo, _ := got.lo.Rat(nil)
	hi, _ := got.hi.Rat(nil)
	if lo.Cmp(want) > 0 || hi.Cmp(want) < 0 {
		t.Errorf("%s = %v does not hold %v", op, got, want)
	}
	if w := ulps(got, 96); w > 2 { // one ulp, or two where the ends lie on both sides of a power of two or b is faint
		t.Errorf("%s = %v is %g ulps wide", op, got, w)
	}
}

// Every pair of small intervals, against the products and quotients of the numbers within.
func TestMulQuo_EverySignOfEveryEnd(t *testing.T) {
	c := Context{53}
	for code := range 7 * 7 * 7 * 7 {
		a, b, d, e := code%7-3, code/7%7-3, code/49%7-3, code/343-3
		if a > b || d > e {
			continue
		}
		x := FromBounds(big.NewFloat(float64(a)), big.NewFloat(float64(b)))
		y := FromBounds(big.NewFloat(float64(d)), big.NewFloat(float64(e)))
		product := c.Mul(x, y)
		lo, hi := 9, -9
		for i := a; i <= b; i++ {
			for j := d; j <= e; j++ {
				lo, hi = min(lo, i*j), max(hi, i*j)
				if j != 0 {
					if q := c.Quo(x, y); !q.Overlaps(c.Quo(FromInt(int64(i)), FromInt(int64(j)))) {
						t.Errorf("%v / %v = %v does not hold %d/%d", x, y, q, i, j)
					}
				}
			}
		}
		if product.lo.Cmp(big.NewFloat(float64(lo))) != 0 || product.hi.Cmp(big.NewFloat(float64(hi))) != 0 {
			t.Errorf("%v · %v = %v, want [%d, %d]", x, y, product, lo, hi)
		}
	}
}

// The ends of a root, squared, lie on both sides of the operand: exact arithmetic, and no root anywhere.
func TestSqrt_EndsSquaredEncloseTheOperand(t *testing.T) {
	r := rand.New(rand.NewPCG(seed, 4))
	square := func(x *big.Float) *big.Float { return newFloat(2*int(x.Prec())+2).Mul(x, x) }
	for range 20_000 {
		c := Context{uint(2 + r.IntN(200))}
		x := new(big.Float).SetPrec(uint(1 + r.IntN(300))).SetInt(randomInt(r, 320))
		x.SetMantExp(x, r.IntN(4000)-2000)
		if r.IntN(2) == 0 { // an exact square, often of a number that the precision holds
			x = square(x)
		}
		got := c.Sqrt(point(x))
		lo, hi := square(got.lo).Cmp(x), square(got.hi).Cmp(x)
		if exact := lo == 0 && hi == 0; lo > 0 || hi < 0 || exact != got.IsPoint() || !exact && (lo == 0 || hi == 0) {
			t.Fatalf("√%s = %v at %d bits", x.Text('p', 0), got, c.Prec)
		}
		if w := ulps(got, c.Prec); w > 2 {
			t.Fatalf("√%s is %g ulps wide at %d bits", x.Text('p', 0), w, c.Prec)
		}
	}
}

// randomInt draws a positive integer of some number of bits up to most.
func randomInt(r *rand.Rand, most int) *big.Int {
	n := new(big.Int)
	for range (most + 63) / 64 {
		n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(r.Uint64()))
	}
	return n.Add(n.Rsh(n, uint(r.IntN(most))), big.NewInt(1))
}

func TestAtan2_ContainsTheSecondPathWithinTwoUlps(t *testing.T) {
	const widest = 2 // ulps
	r := rand.New(rand.NewPCG(seed, 5))
	xs := arguments()
	for _, prec := range precisions {
		c := Context{prec}
		for range 100 {
			y, x := xs[r.IntN(len(xs))], xs[r.IntN(len(xs))]
			if r.IntN(4) == 0 { // near an axis or a diagonal
				y = plus(x, powerOf2(binary(x)-r.IntN(300)))
			}
			if x.Sign() == 0 && y.Sign() == 0 {
				continue
			}
			got, want := c.Atan2(point(y), point(x)), referenceAtan2(y, x, int(prec)+spare)
			if !got.Overlaps(want) || got.Uncertain() {
				t.Errorf("Atan2(%s, %s) = %v, but the second path gives %v", y.Text('p', 0), x.Text('p', 0), got, want)
			}
			if w := ulps(got, prec); !(w <= widest) {
				t.Errorf("Atan2(%s, %s) is %g ulps wide", y.Text('p', 0), x.Text('p', 0), w)
			}
		}
	}
}

// Every pair of small intervals, against the angles, the extremes and the absolute values of the numbers within.
func TestAtan2MaxMinAbs_EverySignOfEveryEnd(t *testing.T) {
	c := Context{53}
	small := func(n int) *big.Float { return big.NewFloat(float64(n)) }
	for code := range 7 * 7 * 7 * 7 {
		a, b, d, e := code%7-3, code/7%7-3, code/49%7-3, code/343-3
		if a > b || d > e {
			continue
		}
		y, x := FromBounds(small(a), small(b)), FromBounds(small(d), small(e))
		for i := a; i <= b; i++ {
			for j := d; j <= e; j++ {
				for name, v := range map[string]struct {
					got  Interval
					want int
				}{"max": {c.Max(y, x), max(i, j)}, "min": {c.Min(y, x), min(i, j)}, "abs": {c.Abs(y), max(i, -i)}, "hull": {c.Hull(y, x), j}} {
					if !v.got.Contains(small(v.want)) || v.got.Uncertain() {
						t.Errorf("%s(%v, %v) = %v does not hold %d", name, y, x, v.got, v.want)
					}
				}
			}
		}
		ends := c.Max(y, x)
		if ends.lo.Cmp(small(max(a, d))) != 0 || ends.hi.Cmp(small(max(b, e))) != 0 {
			t.Errorf("max(%v, %v) = %v", y, x, ends)
		}
		if a == 0 && b == 0 && d == 0 && e == 0 {
			continue
		}
		angle := c.Atan2(y, x)
		origin := a <= 0 && b >= 0 && d <= 0 && e >= 0
		cut := a <= 0 && b >= 0 && b > a && d <= 0
		if angle.Uncertain() != (origin || cut) {
			t.Errorf("Atan2(%v, %v) = %v: uncertain %v", y, x, angle, angle.Uncertain())
		}
		for i := a; i <= b; i++ {
			for j := d; j <= e; j++ {
				if i == 0 && j == 0 {
					continue
				}
				if !angle.Overlaps(referenceAtan2(small(i), small(j), 100)) {
					t.Errorf("Atan2(%v, %v) = %v does not hold the angle of (%d, %d)", y, x, angle, j, i)
				}
			}
		}
		// No wider than from the least to the greatest angle of the corners.
		if !angle.Uncertain() {
			lo, hi := FromInt(4), FromInt(-4)
			for _, i := range []int{a, b} {
				for _, j := range []int{d, e} {
					corner := referenceAtan2(small(i), small(j), 100)
					lo, hi = c.Min(lo, corner), c.Max(hi, corner)
				}
			}
			const slack = -50 // four ulps at 53 bits of an angle up to π
			if plus(angle.hi, negated(hi.hi)).Cmp(powerOf2(slack+3)) > 0 || plus(lo.lo, negated(angle.lo)).Cmp(powerOf2(slack+3)) > 0 {
				t.Errorf("Atan2(%v, %v) = %v reaches beyond [%v, %v]", y, x, angle, lo, hi)
			}
		}
	}
}

func FuzzContainment(f *testing.F) {
	f.Add(1.0, uint16(128))
	f.Add(5e-324, uint16(53))
	f.Add(-745.1332191019411, uint16(256))
	f.Fuzz(func(t *testing.T, v float64, bits uint16) {
		x := new(big.Float)
		if v-v != 0 { // NaN or infinite
			return
		}
		x.SetFloat64(v)
		prec := 2 + uint(bits)%1000
		for _, fn := range unary {
			if !fn.inDomain(x) {
				continue
			}
			got, want := fn.f(Context{prec}, point(x)), fn.reference(x, int(prec)+spare)
			if !got.Overlaps(want) || ulps(got, prec) > 2 {
				t.Errorf("%s(%v) = %v at %d bits, the second path gives %v", fn.name, v, got, prec, want)
			}
		}
	})
}
