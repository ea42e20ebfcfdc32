package draw

import "math"

// landmark is a number within so many ulps of a landmark.
func landmark(ulps int) Number { return func(d *Drawer) float64 { return d.Landmark(ulps) } }

// Everyday draws a number that no loss finds extreme.
func (d *Drawer) Everyday() float64 {
	if d.Chance(3) {
		return d.Short()
	}
	return size(-8, 6)(d)
}

// Short draws a number of few digits.
func (d *Drawer) Short() float64 {
	return d.Fit(float64(d.Sign() * float64(d.IntN(160)) * One(d, 1, 0.5, 0.25, 0.125, 0.0625)))
}

// special is one of the numbers that are bit patterns of their own.
func special(d *Drawer) float64 {
	f := d.Format
	x := One(d, 0, 1, 0.5, 2, f.MinSubnormal(), f.MinNormal(), f.MaxFinite(), f.Next(1), f.Prev(1))
	return math.Copysign(x, d.Sign())
}

// anySize is a normal number of any binade.
func anySize(d *Drawer) float64 { return size(d.Format.MinExp(), d.Format.MaxExp+1)(d) }

func subnormal(d *Drawer) float64 {
	return float64(d.Sign() * d.Format.FromOrdinal(1+d.Int64N(int64(1)<<(d.Format.Precision-1)-1)))
}

// extreme is one of the four largest numbers.
func extreme(d *Drawer) float64 {
	return float64(d.Sign() * d.Format.FromOrdinal(d.Format.Ordinal(d.Format.MaxFinite())-int64(d.IntN(4))))
}

func infinity(d *Drawer) float64 { return math.Inf(1 - 2*d.IntN(2)) }

// bits is a number of 2^low … 2^high by the bits of its significand. The eight that lead, by
// which tables are indexed and branches taken, have each pattern as often as another; behind them
// are zeros, ones, a single one, or anything.
func bits(low, high int) Number {
	return func(d *Drawer) float64 {
		const rest = 52 - 8
		tail := One(d, 0, 1<<rest-1, 1<<d.IntN(rest), d.Uint64N(1<<rest))
		stored := (d.Uint64N(1<<8)<<rest | tail) &^ (1<<(53-d.Format.Precision) - 1) // cut, not rounded
		return d.Fit(float64(d.Sign() * math.Ldexp(float64(1<<52|stored), low+d.IntN(high-low)-52)))
	}
}

// Probability draws a number in [0, 1]: both ends and what is next to them, every magnitude of p
// and of 1−p, and numbers of few digits.
func (d *Drawer) Probability() float64 { return unit.Pick(d)(d) }

var unit = Mix[Number]{
	{4, of(0, 1)},
	{14, sixtyFourth},
	{8, func(d *Drawer) float64 { return d.Size(-8, 0) }},
	{6, func(d *Drawer) float64 { return d.Format.Round(1 - d.Size(-d.Format.Precision-1, 0)) }},
	{4, func(d *Drawer) float64 { return d.Size(d.Format.MinExp(), 0) }},
	{2, func(d *Drawer) float64 { return math.Abs(bits(-30, 0)(d)) }},
	{1, func(d *Drawer) float64 { return math.Abs(subnormal(d)) }},
	{2, func(d *Drawer) float64 { return d.Format.FromOrdinal(int64(d.IntN(3))) }},
	{2, func(d *Drawer) float64 { return d.Format.FromOrdinal(d.Format.Ordinal(1) - int64(d.IntN(3))) }},
	{2, func(d *Drawer) float64 { // a landmark, or the probability of one
		x := d.Landmark(3)
		if x < 0 || x > 1 {
			x = d.Fit(Sigmoid(x))
		}
		return x
	}},
}

// sixtyFourth is one of 1/64 … 63/64.
func sixtyFourth(d *Drawer) float64 { return float64(1+d.IntN(63)) / 64 }

// exp is e^x to about an ulp of float64, with the same bits on every machine.
func exp(x float64) float64 {
	const high, low = 6.93147180369123816490e-01, 1.90821492927058770002e-10 // ln 2; k·high is exact
	switch {
	case x > 710:
		return math.Inf(1)
	case x < -746:
		return 0
	}
	k := math.RoundToEven(float64(x / math.Ln2))
	r := float64(x-float64(k*high)) - float64(k*low)
	sum := 1.0
	for n := 14.0; n >= 1; n-- { // Taylor's, from behind; |r| < 0.35
		sum = 1 + float64(r*sum)/n
	}
	return math.Ldexp(sum, int(k))
}

// Sigmoid is 1/(1+e^−x) to a few ulps.
func Sigmoid(x float64) float64 { return 1 / (1 + exp(-x)) }

// Softmax is e^z_k/Σ e^z_i, each to a few ulps. An infinity is the highest there is.
func Softmax(z []float64) []float64 {
	top, sum := math.Inf(-1), 0.0
	for _, x := range z {
		top = max(top, x)
	}
	p := make([]float64, len(z))
	for i, x := range z {
		p[i] = 1
		if x != top {
			p[i] = exp(x - top)
		}
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}
