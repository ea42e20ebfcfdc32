package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A boxLoss is a loss of two boxes, specified by the Go of box_pair.go.
type boxLoss struct {
	name            string
	waste, distance bool
}

var boxLosses = []boxLoss{{name: "iou"}, {name: "giou", waste: true}, {name: "diou", distance: true}}

var boxForms = []form{valueOnly, valueGrad}

const (
	boxSize = 4       // numbers of a box: x1, y1, x2, y2
	boxHold = 4       // constants that AVX-512 keeps in registers
	boxRoom = 6 << 10 // bytes that a function may put vectors in: more than a stack without a check has
)

// emit makes the function of a loss of boxes, and returns its name.
func (l boxLoss) emit(t tier, d dtype, f form, numbers *pool) (name string) {
	name = l.name + f.name + d.suffix + t.name
	TEXT(name, NOSPLIT, fmt.Sprintf("func(blocks int, pred, target, weight *%[1]s, step int, value, grad *%[1]s, sum *[16]float64, half *%[1]s, room *byte)", d.name))
	Doc(name + " computes blocks × 64 bytes of values, of as many pairs of boxes. sum is added to, lane by lane; value may be nil. room is at the start of a cache line.")
	Pragma("noescape")

	m := newRowMachine(t, d, numbers, boxHold, func(m *machine) { l.formula(m, f, [2][boxSize]value{}, value{}) })
	blocks := Load(Param("blocks"), GP64())
	pred, target := Load(Param("pred"), GP64()), Load(Param("target"), GP64())
	weight, step := Load(Param("weight"), GP64()), Load(Param("step"), GP64())
	values, sum := Load(Param("value"), GP64()), Load(Param("sum"), GP64())
	var grad reg.Register
	if f.hasGrad {
		grad = Load(Param("grad"), GP64())
	}
	m.params = Load(Param("half"), GP64())
	m.room, m.roomSize = Load(Param("room"), GP64()), boxRoom
	m.fewRegisters = t == avx2 || l.distance
	total := newLanes(m, sum, false)
	at := GP64() // of values
	XORQ(at, at)
	Label("block")
	for part := 0; part < block; part += t.bytes {
		m.roomUsed = 0
		w := m.inOrder(Mem{Base: weight, Disp: part})
		boxes := [2][boxSize]value{m.boxesAt(pred, boxSize*part)}
		for i := range boxes[0] {
			boxes[0][i] = m.Stow(boxes[0][i])
		}
		boxes[1] = m.boxesAt(target, boxSize*part)
		val, g := l.formula(m, f, boxes, m.Stow(w))
		val = m.inOrder(val.register)
		total.add(part, val)
		m.storeValues(values, at, part, []value{val})
		if f.hasGrad {
			m.storeBoxes(g, grad, boxSize*part)
		}
	}
	ADDQ(U8(block), at)
	for _, p := range []reg.Register{pred, target, grad} {
		if p != nil {
			ADDQ(I32(boxSize*block), p)
		}
	}
	ADDQ(step, weight)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	total.store()
	VZEROUPPER()
	RET()
	return name
}

// Stow is v in memory where registers are few.
func (m *machine) Stow(v value) value {
	if !m.fewRegisters {
		return v
	}
	return m.Put(v)
}

// Put is v in memory.
func (m *machine) Put(v value) value {
	if m.dry {
		return v
	}
	place := Mem{Base: m.room, Disp: m.roomUsed}
	if m.roomUsed += m.tier.bytes; m.roomUsed > m.roomSize {
		panic("there is too little room: boxRoom is too small, here and in the package, or that of a kernel")
	}
	m.of(VMOVUPS, VMOVUPD)(m.load(v), place)
	return value{place: place}
}

// quad transposes squares of four vectors: for float32 in each 128 bits.
func (m *machine) quad(in [4]reg.VecVirtual) (out [4]reg.VecVirtual) {
	pair := func(lower, upper func(...Op), a, b reg.VecVirtual) (low, high reg.VecVirtual) {
		low, high = m.vector(), m.vector()
		lower(b, a, low)
		upper(b, a, high)
		return low, high
	}
	a, c := pair(VUNPCKLPS, VUNPCKHPS, in[0], in[1])
	b, e := pair(VUNPCKLPS, VUNPCKHPS, in[2], in[3])
	out[0], out[1] = pair(VUNPCKLPD, VUNPCKHPD, a, b)
	out[2], out[3] = pair(VUNPCKLPD, VUNPCKHPD, c, e)
	return out
}

// unpack is the lower and the upper numbers of a and b in each 128 bits, of float64.
func (m *machine) unpack(a, b reg.VecVirtual) (low, high reg.VecVirtual) {
	low, high = m.vector(), m.vector()
	VUNPCKLPD(b, a, low)
	VUNPCKHPD(b, a, high)
	return low, high
}

// crossed puts 128 bits of a and then of b side by side: the even ones, and the odd ones. In AVX2 there are two of each.
func (m *machine) crossed(a, b reg.VecVirtual) (even, odd reg.VecVirtual) {
	even, odd = m.vector(), m.vector()
	if m.tier == avx512 {
		VSHUFF64X2(U8(0x88), b, a, even)
		VSHUFF64X2(U8(0xdd), b, a, odd)
	} else {
		VPERM2F128(U8(0x20), b, a, even)
		VPERM2F128(U8(0x31), b, a, odd)
	}
	return even, odd
}

// boxesAt loads as many boxes as a vector has lanes: their x1, y1, x2 and y2. In AVX-512 they are in the order of boxOrder.
func (m *machine) boxesAt(base reg.Register, disp int) (all [boxSize]value) {
	var in, out [4]reg.VecVirtual
	for i := range in {
		in[i] = m.vector()
		if m.tier == avx2 && m.dtype.bytes == 4 {
			VBROADCASTF128(Mem{Base: base, Disp: disp + 16*i}, in[i])
			VINSERTF128(U8(1), Mem{Base: base, Disp: disp + 64 + 16*i}, in[i], in[i])
		} else {
			m.of(VMOVUPS, VMOVUPD)(Mem{Base: base, Disp: disp + m.tier.bytes*i}, in[i])
		}
	}
	if m.dtype.bytes == 4 {
		out = m.quad(in)
	} else {
		low, high := m.unpack(in[0], in[1])
		low1, high1 := m.unpack(in[2], in[3])
		out[0], out[2] = m.crossed(low, low1)
		out[1], out[3] = m.crossed(high, high1)
	}
	for i := range all {
		all[i] = value{register: out[i]}
	}
	return all
}

// storeBoxes is boxesAt back.
func (m *machine) storeBoxes(boxes [boxSize]value, base reg.Register, disp int) {
	var in, out [4]reg.VecVirtual
	for i := range in {
		in[i] = m.load(boxes[i])
	}
	if m.dtype.bytes == 4 {
		out = m.quad(in)
		for i, v := range out {
			if m.tier == avx512 {
				VMOVUPS(v, Mem{Base: base, Disp: disp + 64*i})
			} else {
				VMOVUPS(v.AsX(), Mem{Base: base, Disp: disp + 16*i})
				VEXTRACTF128(U8(1), v, Mem{Base: base, Disp: disp + 64 + 16*i})
			}
		}
		return
	}
	even, odd := m.unpack(in[0], in[1])
	even1, odd1 := m.unpack(in[2], in[3])
	if m.tier == avx2 {
		out[0], out[2] = m.crossed(even, even1)
		out[1], out[3] = m.crossed(odd, odd1)
	} else {
		for i, half := range []struct {
			a, b  reg.VecVirtual
			which uint64
		}{{even, even1, 0x44}, {odd, odd1, 0x44}, {even, even1, 0xee}, {odd, odd1, 0xee}} {
			out[i] = m.vector()
			VSHUFF64X2(U8(half.which), half.b, half.a, out[i])
			VSHUFF64X2(U8(0xd8), out[i], out[i], out[i])
		}
	}
	for i, v := range out {
		VMOVUPD(v, Mem{Base: base, Disp: disp + m.tier.bytes*i})
	}
}

// boxOrder says which box of a block is in a lane of AVX-512, and the other way round.
var boxOrder = map[int][]uint32{
	4: {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15},
	8: {0, 0, 2, 0, 1, 0, 3, 0, 4, 0, 6, 0, 5, 0, 7, 0}, // of 64 bits
}

// inOrder brings the numbers of pairs, one each, from their order to that of boxesAt, or back.
func (m *machine) inOrder(of Op) value {
	out := m.vector()
	if m.tier == avx2 {
		m.of(VMOVUPS, VMOVUPD)(of, out)
		return value{register: out}
	}
	order := m.vector()
	VMOVUPS(m.numbers.table("BoxOrder", boxOrder[m.dtype.bytes]), order)
	m.of(func(o ...Op) { VPERMPS(o...) }, func(o ...Op) { VPERMPD(o...) })(of, order, out)
	return value{register: out}
}

// A boxAxis is that of box_pair.go.
type boxAxis struct {
	factor, inverse, unit, low, high, shared, hull value
	side, past                                     [2]value
	lowGiven, highGiven, sharedGiven               value
}

func (m *machine) boxAxis(low, high, low1, high1 value) (a boxAxis) {
	zero := m.Const(0)
	mask, all, least, most := uint64(0x7f800000), uint64(254<<23), 0x1p-126, 0x1p126
	if m.dtype.bytes == 8 {
		mask, all, least, most = 0x7ff<<52, 2046<<52, 0x1p-1022, 0x1p1022
	}
	side := m.Sub(m.Max(high, high1), m.Min(low, low1))
	unit := m.Min(m.Max(m.And(side, mask), m.Const(least)), m.Const(most))
	factor := m.Less(all, unit)
	a.inverse, a.unit = m.Put(factor), m.Put(unit)
	factor = m.Select(m.Compare(equal, side, zero), m.Const(1), factor)
	a.factor = m.Put(factor)
	a.lowGiven, a.highGiven = m.Put(m.Sub(low, low1)), m.Put(m.Sub(high, high1))
	a.sharedGiven = m.Put(m.Sub(m.Min(high, high1), m.Max(low, low1)))
	low, high, low1, high1 = m.Mul(factor, low), m.Mul(factor, high), m.Mul(factor, low1), m.Mul(factor, high1)
	a.side = [2]value{m.Stow(m.Sub(high, low)), m.Stow(m.Sub(high1, low1))}
	below, above := m.Sub(low, low1), m.Sub(high, high1)
	a.past[0] = m.Stow(m.Sub(m.Max(above, zero), m.Min(below, zero)))
	a.past[1] = m.Stow(m.Sub(m.Max(below, zero), m.Min(above, zero)))
	a.low, a.high = m.Put(below), m.Put(above)
	a.shared = m.Stow(m.Sub(m.Min(high, high1), m.Max(low, low1)))
	a.hull = m.Stow(m.Sub(m.Max(high, high1), m.Min(low, low1)))
	return a
}

// Less is a pattern, as a whole number, less the bits of a.
func (m *machine) Less(bits uint64, a value) value {
	from := m.Bits(bits)
	m.inRegister(from)
	if m.dry {
		return value{}
	}
	return m.emit(m.of(func(o ...Op) { VPSUBD(o...) }, func(o ...Op) { VPSUBQ(o...) }), m.load(a), m.load(from))
}

// slopes are edgeSlopes of box_pair.go.
type slopes struct{ inner, hull [2]value }

// formula is value and gradient of pairs, each times its weight. The gradient is kept in memory where registers are few.
func (l boxLoss) formula(m *machine, f form, boxes [2][boxSize]value, weight value) (val value, grad [boxSize]value) {
	zero, one, raise := m.Const(0), m.Const(1), 0x1p20
	if m.dtype.bytes == 8 {
		raise = 0x1p52
	}
	x := m.boxAxis(boxes[0][0], boxes[0][2], boxes[1][0], boxes[1][2])
	y := m.boxAxis(boxes[0][1], boxes[0][3], boxes[1][1], boxes[1][3])
	both := m.Stow(m.Min(x.sharedGiven, y.sharedGiven))
	meet := func() mask { return m.Compare(greater, both, zero) }
	only := func(i int) value {
		return m.Add(m.Mul(y.side[i], x.past[i]), m.Mul(y.past[i], x.shared))
	}
	rest := m.Add(only(0), only(1))
	inverse := m.Keep(meet(), m.Div(one, m.Add(m.Mul(x.shared, y.shared), rest)))
	val = m.Select(meet(), m.Mul(rest, inverse), one)
	inverse = m.Stow(inverse)

	axes := [2]*boxAxis{&x, &y}
	var s [2]slopes
	if f.hasGrad {
		val = m.Stow(val)
		area := m.Stow(m.Mul(y.side[1], x.side[1]))
		raised := m.Mul(inverse, m.Const(raise))
		parts := [2]value{m.Mul(raised, y.shared), m.Mul(raised, x.shared)}
		share := m.Stow(m.Mul(m.Neg(parts[0]), x.shared))
		parts[0], parts[1] = m.Stow(parts[0]), m.Stow(parts[1])
		for t := range s {
			own, other := axes[t], axes[1-t]
			inner := m.Stow(m.Mul(m.Mul(m.Add(m.Mul(own.past[0], other.side[0]), area), inverse), parts[t]))
			hull := m.Stow(m.Mul(m.Mul(other.side[0], inverse), share))
			s[t] = slopes{[2]value{inner, inner}, [2]value{hull, hull}}
		}
	}
	if l.waste {
		val = m.Stow(m.Add(l.wasted(m, f, raise, &x, &y, meet, &s), val))
	}
	if l.distance {
		val = m.Stow(m.Add(l.distances(m, f, raise, &x, &y, &s), val))
	}

	poison := m.Mul(m.Add(m.Add(x.side[0], x.side[1]), m.Add(y.side[0], y.side[1])), zero)
	val = m.Weigh(weight, m.Add(poison, val))
	if !f.hasGrad {
		return val, grad
	}
	val = m.Stow(val)
	factor := m.Add(m.Mul(weight, m.Param(0)), poison)
	minus := m.Stow(m.Neg(factor))
	factor = m.Stow(factor)
	counts := func() mask { return m.Compare(notEqual, weight, zero) }
	for t, own := range axes {
		lowered := m.Stow(m.Mul(own.factor, m.Const(1/raise)))
		choice := func(where value, strictly, at uint64, e int) value {
			first := m.Select(m.Compare(strictly, where, zero), s[t].inner[e], s[t].hull[e])
			return m.Add(first, m.Select(m.Compare(at, where, zero), s[t].inner[e], s[t].hull[e]))
		}
		grad[t] = m.Stow(m.Keep(counts(), m.Mul(m.Mul(choice(own.lowGiven, greater, atLeast, 0), factor), lowered)))
		grad[2+t] = m.Stow(m.Keep(counts(), m.Mul(m.Mul(choice(own.highGiven, less, lessOrEqual, 1), minus), lowered)))
	}
	if !m.dry {
		val = value{register: m.load(val)}
	}
	return val, grad
}

// wasted is wasteOf of box_pair.go.
func (l boxLoss) wasted(m *machine, f form, raise float64, x, y *boxAxis, meet func() mask, s *[2]slopes) value {
	zero := m.Const(0)
	hull := m.Mul(x.hull, y.hull)
	inverse := m.Stow(m.Keep(m.Compare(notEqual, hull, zero), m.Div(m.Const(1), hull)))
	aside := func() mask { return m.Compare(greater, x.sharedGiven, zero) }
	gap := m.Mul(m.Select(aside(), m.Min(y.shared, zero), y.hull), x.shared)
	alone := func(i int) value { return m.Mul(m.Select(aside(), x.past[i], x.side[i]), y.past[1-i]) }
	val := m.Stow(m.Mul(m.Sub(m.Add(alone(0), alone(1)), gap), inverse))
	if !f.hasGrad {
		return val
	}
	for t := range s {
		own, other := x, y
		if t == 1 {
			own, other = y, x
		}
		one := m.Stow(m.Mul(m.Select(meet(), other.past[0], other.side[0]), m.Const(raise)))
		two := m.Mul(m.Select(meet(), other.past[1], other.side[1]), m.Const(raise))
		grown := m.Sub(m.Mul(own.past[1], one), m.Mul(two, own.side[1]))
		beside := m.Sub(m.Mul(m.Mul(m.Sub(other.past[0], other.past[1]), m.Const(raise)), own.side[1]), m.Mul(one, own.shared))
		grown = m.Select(meet(), grown, m.Select(m.Compare(greater, other.sharedGiven, zero), beside, grown))
		outer := m.Mul(m.Mul(grown, inverse), m.Mul(other.hull, inverse))
		inner := m.Stow(m.Add(m.Mul(one, inverse), s[t].inner[0]))
		edge := m.Stow(m.Add(outer, s[t].hull[0]))
		s[t] = slopes{[2]value{inner, inner}, [2]value{edge, edge}}
	}
	return val
}

// distances is distanceOf of box_pair.go.
func (l boxLoss) distances(m *machine, f form, raise float64, x, y *boxAxis, s *[2]slopes) value {
	zero, half := m.Const(0), m.Const(0.5)
	scale := func(a *boxAxis) value { return m.Select(m.Compare(equal, a.hull, zero), a.inverse, a.factor) }
	least := m.Stow(m.Min(scale(x), scale(y)))
	var ratio, moved, size, hull, short, rest [2]value
	for t, own := range [2]*boxAxis{x, y} {
		ratio[t] = m.Stow(m.Mul(own.unit, least))
		moved[t] = m.Stow(m.Mul(m.Mul(m.Add(own.high, own.low), half), ratio[t]))
		hull[t] = m.Stow(m.Mul(own.hull, ratio[t]))
		size[t] = m.Stow(m.Abs(moved[t]))
		if !f.hasGrad {
			continue
		}
		product := m.Stow(m.Mul(own.low, own.high))
		ahead := func() mask { return m.Compare(greater, product, zero) }
		nearest := m.Mul(m.Min(m.Abs(own.low), m.Abs(own.high)), m.Const(2))
		within := m.Add(nearest, m.Min(own.side[0], own.side[1]))
		short[t] = m.Stow(m.Mul(m.Select(ahead(), own.shared, within), ratio[t]))
		sides := m.Mul(m.Mul(m.Add(own.side[0], own.side[1]), half), ratio[t])
		rest[t] = m.Stow(m.Select(ahead(), sides, m.Sub(hull[t], size[t])))
	}
	square := m.Add(m.Mul(hull[0], hull[0]), m.Mul(hull[1], hull[1]))
	inverse := m.Stow(m.Keep(m.Compare(notEqual, square, zero), m.Div(m.Const(1), square)))
	total := func(p, q, r, s value) value { return m.Mul(m.Add(m.Mul(p, q), m.Mul(r, s)), inverse) }
	val := m.Stow(total(moved[0], moved[0], moved[1], moved[1]))
	if !f.hasGrad {
		return val
	}
	sum := func(t int, times int) value {
		v := size[t]
		for range times - 1 {
			v = m.Add(v, size[t])
		}
		return m.Add(v, hull[t])
	}
	raised := m.Stow(m.Mul(inverse, m.Const(raise)))
	fromQuarter := m.Stow(m.Mul(total(short[0], sum(0, 2), short[1], sum(1, 2)), m.Const(0.25)))
	fromOne := m.Stow(total(rest[0], sum(0, 1), rest[1], sum(1, 1)))
	for t := range s {
		by, twice := m.Stow(m.Mul(ratio[t], raised)), m.Stow(m.Add(hull[t], hull[t]))
		grown := m.Stow(m.Mul(twice, val))
		nearer := m.Stow(m.Mul(m.Add(grown, size[t]), by))
		ofOne := m.Sub(m.Add(rest[t], hull[t]), m.Mul(twice, fromOne))
		away := m.Select(m.Compare(greater, val, half), ofOne, m.Sub(grown, size[t]))
		ofQuarter := m.Sub(m.Mul(short[t], half), m.Mul(twice, fromQuarter))
		nearQuarter := m.Compare(less, m.Abs(m.Sub(val, m.Const(0x17p-6))), m.Const(0x11p-6))
		away = m.Stow(m.Mul(m.Select(nearQuarter, ofQuarter, away), by))
		inner := m.Mul(moved[t], by)
		s[t] = slopes{
			[2]value{m.Stow(m.Add(inner, s[t].inner[0])), m.Stow(m.Sub(s[t].inner[1], inner))},
			[2]value{m.Stow(m.Add(m.Select(m.Compare(less, moved[t], zero), away, nearer), s[t].hull[0])),
				m.Stow(m.Add(m.Select(m.Compare(greater, moved[t], zero), away, nearer), s[t].hull[1]))},
		}
	}
	return val
}
