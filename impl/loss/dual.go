package loss

import "math"

// A dual number is a wide number that moves: at, and by how much it changes along Item.Direction. What is computed
// in dual numbers, a gradient too, comes with its derivative along the direction.
type dual struct{ at, by wide }

// still is a number that does not move.
func still(x float64) dual { return dual{at: num(x)} }

func (a dual) neg() dual { return dual{neg(a.at), neg(a.by)} }

func (a dual) add(b dual) dual { return dual{plus(a.at, b.at), plus(a.by, b.by)} }

func (a dual) sub(b dual) dual { return a.add(b.neg()) }

func (a dual) mul(b dual) dual {
	product := dual{at: times(a.at, b.at)}
	if !a.by.zero() || !b.by.zero() {
		product.by = plus(times(a.at, b.by), times(a.by, b.at))
	}
	return product
}

// scale multiplies by a number.
func (a dual) scale(x float64) dual {
	switch x {
	case 1:
		return a
	case -1:
		return a.neg()
	}
	return dual{times(a.at, num(x)), times(a.by, num(x))}
}

// div returns a/b, and 0 for 0/0.
func (a dual) div(b dual) dual {
	if a.at.zero() && b.at.zero() {
		return dual{}
	}
	q := dual{at: div(a.at, b.at)}
	if !a.by.zero() || !b.by.zero() {
		q.by = div(sub(a.by, times(q.at, b.by)), b.at)
	}
	return q
}

func (a dual) square() dual { return a.mul(a) }

// abs is |a|, which does not move at 0.
func (a dual) abs() dual { return a.scale(sign(a.at)) }

// root is √a, for a > 0.
func (a dual) root() dual {
	r := root(a.at)
	return dual{r, div(a.by, times(num(2), r))}
}

// sign is −1, 0 or 1.
func sign(x wide) float64 {
	switch {
	case x.hi > 0:
		return 1
	case x.hi < 0:
		return -1
	}
	return 0
}

// decay returns e^−x and 1 − e^−x, for x ≥ 0.
func (a dual) decay() (e, fallen dual) {
	if a.at.exp < 0 { // below ½
		fallen.at = neg(expm1(neg(a.at)))
		e.at = sub(num(1), fallen.at)
	} else {
		e.at = exponential(neg(a.at))
		fallen.at = sub(num(1), e.at)
	}
	fallen.by = times(e.at, a.by)
	e.by = neg(fallen.by)
	return e, fallen
}

// angle returns the angle of the point (x, y) with x ≥ 0, and 0 for (0, 0).
func angle(y, x dual) dual {
	square := plus(times(x.at, x.at), times(y.at, y.at))
	if square.zero() {
		return dual{}
	}
	return dual{times(num(sign(y.at)), arctangent(y.abs().at, x.at)), div(sub(times(x.at, y.by), times(y.at, x.by)), square)}
}

// arctangents holds the angles of the points (32, k), k = 0 … 32, each 2^-98 off at most: the step from one to the next
// is the angle whose tangent is 32/(32² + k·(k+1)).
var arctangents = func() (table [33]wide) {
	for k := range 32 {
		table[k+1] = plus(table[k], arctangentSeries(div(num(32), num(float64(32*32+k*(k+1))))))
	}
	return table
}()

// pi is π to 2^-97.
var pi = times(num(4), arctangents[32])

// arctangent returns the angle of the point (x, y) for x, y ≥ 0, not both 0, with a relative error below 2^-94.
//
// Method: with t the smaller of y/x and x/y, and k the integer nearest to 32·t, the angle is arctan(k/32) and that whose
// tangent is (t − k/32)/(1 + t·k/32), at most 1/64 in size; beyond the diagonal it is π/2 less all that.
func arctangent(y, x wide) wide {
	beyond := sub(y, x).hi > 0
	if beyond {
		y, x = x, y
	}
	t := div(y, x)
	k := math.RoundToEven(32 * t.float())
	c := num(k / 32)
	a := arctangentSeries(div(sub(t, c), plus(num(1), times(t, c))))
	a = plus(arctangents[int(k)], a)
	if beyond {
		return sub(times(num(2), arctangents[32]), a)
	}
	return a
}

// arctangentSeries is x − x³/3 + x⁵/5 − …, for |x| ≤ 1/31: the terms that are left out are below 2^-104 of it.
func arctangentSeries(x wide) (sum wide) {
	if x.exp < -60 {
		return x
	}
	square := times(x, x)
	for n := 21; n > 1; n -= 2 {
		sum = times(square, sub(div(num(1), num(float64(n))), sum))
	}
	return sub(x, times(x, sum))
}
