package oracle

import (
	"math"
	"math/big"
	"slices"
	"sort"

	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// Sums of absolute products
//
// Wanted is Σ_j |a·v_j| for fixed vectors v_j and many vectors a, of r numbers each, in less than the time of all products.
//
// For r = 2 (or 1, with a second number 0) let (x, y) lie in the half plane y > 0 or y = 0 < x, into which every vector comes
// by a change of sign that |a·v| does not see. With the norm |(x, y)| = |x| + |y|, its direction is
//
//	t = x/|(x, y)|     −1 < t ≤ 1     (x, y) = |(x, y)|·(t, 1−|t|)
//
// Let b be (−a_y, a_x), brought into the half plane. Then a·v = ±(b_x·v_y − b_y·v_x) = ±|b|·|v|·δ with
//
//	δ = t_b·(1−|t_v|) − t_v·(1−|t_b|) = t_b − t_v                      where t_b·t_v ≥ 0
//	                                  = ±(|t_b| + |t_v| − 2·|t_b·t_v|)   otherwise, with the sign of t_b
//
// In the second case the bracket is |t_b|(1−|t_v|) + |t_v|(1−|t_b|) ≥ 0 and at most |t_b − t_v|. So in both cases δ has the
// sign of t_b − t_v, or is 0, and is no larger. With the v in the order of t, those before t_b have products of one sign and
// those after it of the other: the sum is |a·Σ before| + |a·Σ after|. Directions are known to directionError only, and what
// is too near t_b to be on a known side has at most |a|·|v|·|t_b − t_v|, each.
//
// A number of unknown sign is taken for 0, in a as in v, so that there is a half plane to be in. For a′ and v′ in the place of
// a and v the sum is off by at most Σ_c |a_c−a′_c|·Σ_j |v_cj| + Σ_c |a′_c|·Σ_j |v_cj−v′_cj|.
//
// For r > 2 there is no such order, and a loop in float64 goes over all j, with a bound on its error.
//
// Sums over ranges are those of a tree, since to subtract sums would cancel.

// directionError is by how much a direction may be wrong.
const directionError = 0x1p-48

// absDot answers Σ_j |a·v_j| over all j but some.
type absDot interface {
	// sum leaves out j in [low, high).
	sum(a []interval.Interval, low, high int) interval.Interval
}

// newAbsDot takes the vectors by component: columns[c][j].
func newAbsDot(c interval.Context, columns [][]interval.Interval) absDot {
	if len(columns) <= 2 {
		return newPlane(c, columns)
	}
	return newLoop(columns)
}

// A plane is absDot for up to two components.
type plane struct {
	c           interval.Context
	at          []float64 // directions, ascending
	place       []int     // of v_j among them; −1 for a 0
	tree        []weight  // leaf i is at len(at)+i, node i holds 2i and 2i+1
	size, taken vector    // Σ_j |v_j|, and that of what was taken for 0
}

type vector [2]interval.Interval

// A weight is the sum of vectors of the half plane, and of their norms.
type weight struct {
	vector
	norm interval.Interval
}

var nothing = interval.FromInt(0)

func vectorOf(numbers []interval.Interval) vector {
	v := vector{nothing, nothing}
	copy(v[:], numbers)
	return v
}

func newPlane(c interval.Context, columns [][]interval.Interval) *plane {
	p := &plane{c: c, size: vectorOf(nil), taken: vectorOf(nil)}
	if len(columns) == 0 {
		return p
	}
	type item struct {
		weight
		j int
		t float64
	}
	var items []item
	p.place = make([]int, len(columns[0]))
	for j := range p.place {
		p.place[j] = -1
		v := vectorOf(nil)
		for k, column := range columns {
			v[k] = column[j]
		}
		w, t, taken := p.direction(v)
		if w.norm.Hi().Sign() > 0 {
			items = append(items, item{w, j, t})
		}
		for k := range v {
			p.size[k] = c.Add(p.size[k], c.Abs(v[k]))
			p.taken[k] = c.Add(p.taken[k], taken[k])
		}
	}
	sort.SliceStable(items, func(a, b int) bool { return items[a].t < items[b].t })
	n := len(items)
	p.at, p.tree = make([]float64, n), make([]weight, 2*n)
	for i, it := range items {
		p.at[i], p.place[it.j], p.tree[n+i] = it.t, i, it.weight
	}
	for i := n - 1; i > 0; i-- {
		p.tree[i] = p.add(p.tree[2*i], p.tree[2*i+1])
	}
	return p
}

func (p *plane) add(a, b weight) weight {
	return weight{vector{p.c.Add(a.vector[0], b.vector[0]), p.c.Add(a.vector[1], b.vector[1])}, p.c.Add(a.norm, b.norm)}
}

// dot is a·v.
func (p *plane) dot(a, v vector) interval.Interval {
	return p.c.Add(p.c.Mul(a[0], v[0]), p.c.Mul(a[1], v[1]))
}

// absolute is (|x|, |y|).
func (p *plane) absolute(v vector) vector { return vector{p.c.Abs(v[0]), p.c.Abs(v[1])} }

// direction brings a vector into the half plane, with numbers that it takes for 0, of this
// size. It is all 0 where no direction is known.
func (p *plane) direction(v vector) (w weight, t float64, taken vector) {
	c := p.c
	w, taken = weight{v, nothing}, vectorOf(nil)
	side := 0
	for k := range v { // y, which comes last, decides where it can
		switch sign, known := v[k].Sign(); {
		case !known:
			w.vector[k], taken[k] = nothing, c.Abs(v[k])
		case sign != 0:
			side = sign
		}
	}
	if side == 0 {
		return weight{vectorOf(nil), nothing}, 0, taken
	}
	if side < 0 {
		w.vector = vector{c.Neg(w.vector[0]), c.Neg(w.vector[1])}
	}
	size := p.absolute(w.vector)
	w.norm = c.Add(size[0], size[1])
	if !w.norm.Hi().IsInf() {
		q := c.Quo(w.vector[0], w.norm)
		low, _ := q.Lo().Float64()
		high, _ := q.Hi().Float64()
		if high-low <= directionError/2 { // and a rounding to float64 for each
			return w, low, taken
		}
	}
	return weight{vectorOf(nil), nothing}, 0, p.absolute(v)
}

func (p *plane) sum(numbers []interval.Interval, low, high int) interval.Interval {
	if len(numbers) == 0 {
		return nothing
	}
	c, a := p.c, vectorOf(numbers)
	b, t, taken := p.direction(vector{c.Neg(a[1]), a[0]})
	a = vector{b.vector[1], c.Neg(b.vector[0])} // or the opposite, which has the same products

	const near = 3 * directionError
	before := sort.Search(len(p.at), func(i int) bool { return p.at[i] >= t-near })
	after := before + sort.Search(len(p.at)-before, func(i int) bool { return p.at[before+i] > t+near })
	var without []int
	for j := low; j < high; j++ {
		if p.place[j] >= 0 {
			without = append(without, p.place[j])
		}
	}
	slices.Sort(without)
	first, last := p.rangeBut(0, before, without), p.rangeBut(after, len(p.at), without)
	total := c.Add(c.Abs(p.dot(a, first.vector)), c.Abs(p.dot(a, last.vector)))

	unknown := c.Add(p.dot(vector{taken[1], taken[0]}, p.size), p.dot(p.absolute(a), p.taken))
	between := p.rangeSum(before, after).norm
	unknown = c.Add(unknown, c.Mul(interval.FromFloat64(2*near), c.Mul(b.norm, between)))
	if unknown.Hi().Sign() > 0 {
		total = c.Add(total, interval.FromBounds(new(big.Float).Neg(unknown.Hi()), unknown.Hi()))
	}
	return c.Abs(total)
}

// rangeBut is the sum over [from, to) without some places, in ascending order.
func (p *plane) rangeBut(from, to int, without []int) weight {
	w := weight{vectorOf(nil), nothing}
	for _, out := range without {
		if from <= out && out < to {
			w = p.add(w, p.rangeSum(from, out))
			from = out + 1
		}
	}
	return p.add(w, p.rangeSum(from, to))
}

// rangeSum is the sum over [from, to).
func (p *plane) rangeSum(from, to int) weight {
	w := weight{vectorOf(nil), nothing}
	n := len(p.at)
	for from, to = from+n, to+n; from < to; from, to = from/2, to/2 {
		if from%2 == 1 {
			w = p.add(w, p.tree[from])
			from++
		}
		if to%2 == 1 {
			to--
			w = p.add(w, p.tree[to])
		}
	}
	return w
}

// A loop is absDot for any number of components. Column c holds v_cj·2^-exponents[c], in size at most 1, each within an error
// of the exact number; sizes and errors are upper bounds of the sums of both.
type loop struct {
	columns       [][]float64
	exponents     []int64
	sizes, errors []float64
}

func newLoop(columns [][]interval.Interval) *loop {
	l := &loop{}
	for _, column := range columns {
		e := int64(math.MinInt32)
		for _, v := range column {
			e = max(e, exponentOf(v))
		}
		scaled := make([]float64, len(column))
		size, off := 0.0, 0.0
		for j, v := range column {
			var err float64
			scaled[j], err = scaledTo(v, e)
			size, off = size+math.Abs(scaled[j])+err, off+err
		}
		l.columns, l.exponents = append(l.columns, scaled), append(l.exponents, e)
		l.sizes, l.errors = append(l.sizes, size), append(l.errors, off)
	}
	return l
}

// exponentOf returns the least e with |x| ≤ 2^e for x in an interval, and a number below all others for 0.
func exponentOf(v interval.Interval) int64 {
	e := int64(math.MinInt32)
	for _, x := range []*big.Float{v.Lo(), v.Hi()} {
		if x.Sign() != 0 && !x.IsInf() {
			e = max(e, exponent(x))
		}
	}
	return e
}

// scaledTo returns v·2^-e as a float64, and a bound on its error: two conversions, each off by half an ulp at most, or by half
// of the smallest float64.
func scaledTo(v interval.Interval, e int64) (x, err float64) {
	convert := func(x *big.Float) float64 {
		if x.Sign() == 0 {
			return 0
		}
		f, _ := interval.Scale(new(big.Float), x, -e).Float64()
		return f
	}
	low, high := convert(v.Lo()), convert(v.Hi())
	return low, math.Abs(high-low) + 0x1p-51*math.Max(math.Abs(low), math.Abs(high)) + 0x1p-1073
}

// sum computes S = Σ_j |Σ_c a_c·v_cj| in float64. Let α_c be the error of a_c, V_c and β_c those sums of the column, and
// u = 2^-53. Then S is off by at most
//
//	Σ_c (α_c·V_c + |a_c|·β_c)        the numbers were rounded
//	r·2u·Σ_c |a_c|·V_c + n·r·2^-1074   r products and r−1 sums for each j; a product that underflows
//	n·2u·S                           n sums of numbers ≥ 0
//
// where k·2u is more than the usual k·u/(1−k·u). The bound itself is a sum of fewer than 2^20 numbers ≥ 0, so that the last
// factor covers what was rounded in it.
func (l *loop) sum(a []interval.Interval, low, high int) interval.Interval {
	r, n := len(a), len(l.columns[0])
	e := int64(-1 << 30) // a sum far below that is far above 0, as far as big.Float can tell
	for c, v := range a {
		e = max(e, exponentOf(v)+l.exponents[c])
	}
	scaled := make([]float64, r)
	bound := float64(n) * float64(r) * 0x1p-1074
	for c, v := range a {
		var err float64
		scaled[c], err = scaledTo(v, e-l.exponents[c])
		size := math.Abs(scaled[c])
		bound += err*l.sizes[c] + size*l.errors[c] + float64(r)*0x1p-52*size*l.sizes[c]
	}
	s := l.absSum(scaled, 0, low) + l.absSum(scaled, high, n)
	bound += float64(n) * 0x1p-52 * s
	bound *= 1 + 0x1p-20
	if math.IsInf(bound, 0) || math.IsNaN(bound) || math.IsInf(s, 0) { // an end of an interval was missing
		return interval.FromBounds(new(big.Float), new(big.Float).SetInf(false))
	}
	c := interval.Context{Prec: kappaPrec}
	lower, upper := c.Sub(interval.FromFloat64(s), interval.FromFloat64(bound)), c.Add(interval.FromFloat64(s), interval.FromFloat64(bound))
	shift := func(x *big.Float) *big.Float {
		if x.Sign() <= 0 {
			return new(big.Float)
		}
		return interval.Scale(new(big.Float), x, e)
	}
	return interval.FromBounds(shift(lower.Lo()), shift(upper.Hi()))
}

// absSum is Σ |Σ_c a_c·v_cj| over j in [from, to), for r ≥ 3: in blocks that stay in the cache, the last three components at
// once.
func (l *loop) absSum(a []float64, from, to int) float64 {
	const block = 1024
	var before [block]float64 // the sums of the components before the last three
	total, rest := 0.0, len(a)-3
	a0, a1, a2 := a[rest], a[rest+1], a[rest+2]
	for ; from < to; from += block {
		n := min(block, to-from)
		p := before[:n]
		for c, factor := range a[:rest] {
			if c == 0 {
				clear(p)
			}
			for i, v := range l.columns[c][from:][:n] {
				p[i] += float64(factor * v)
			}
		}
		x, y, z := l.columns[rest][from:][:n], l.columns[rest+1][from:][:n], l.columns[rest+2][from:][:n]
		at := func(i int) float64 {
			return math.Abs(p[i] + (float64(a0*x[i]) + float64(a1*y[i]) + float64(a2*z[i])))
		}
		var s [4]float64 // one sum after another would wait for each
		i := 0
		for ; i+4 <= n; i += 4 {
			s[0] += at(i)
			s[1] += at(i + 1)
			s[2] += at(i + 2)
			s[3] += at(i + 3)
		}
		for ; i < n; i++ {
			s[0] += at(i)
		}
		total += (s[0] + s[1]) + (s[2] + s[3])
	}
	return total
}
