package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// mostRows is how many rows a block of them has at most, an entry for each in every array of
// a rowBlock of package kernel.
const mostRows = 64

// field is an entry of an array of a rowBlock: of the dtype the first ten, and of float64
// those that follow.
func field(d dtype, name string, base, index reg.Register) Mem {
	at := 0
	for _, f := range []string{"top", "base", "floor", "shift", "value", "score", "own", "single", "topExp", "labelExp"} {
		if f == name {
			return Mem{Base: base, Index: index, Scale: uint8(d.bytes), Disp: at}
		}
		at += mostRows * d.bytes
	}
	for _, f := range []string{"rest", "ties", "weight", "factor"} {
		if f == name {
			return Mem{Base: base, Index: index, Scale: 8, Disp: at}
		}
		at += mostRows * 8
	}
	return Mem{Base: base, Disp: at} // scale
}

// emitCrossEntropy makes what cross_entropy makes of the sums of rows.
func emitCrossEntropy(t tier, d dtype, numbers *pool) (name string) {
	name = "crossEntropyRows" + d.suffix + t.name
	TEXT(name, NOSPLIT, "func(rows int, facts *"+d.name+")")
	Doc(name + " is crossEntropy for the rows of a rowBlock, and for those that fill its last vector.")
	Pragma("noescape")
	rows := Load(Param("rows"), GP64())
	facts := Load(Param("facts"), GP64())

	m := newRowMachine(t, d, numbers, 0, func(m *machine) {})
	move := m.of(VMOVUPS, VMOVUPD)
	at := GP64()
	XORQ(at, at)
	Label("exponentials")
	top := m.emit(move, field(d, "top", facts, at))
	r := m.newReference(top)
	move(m.load(m.rowExponential(r.top, r)), field(d, "topExp", facts, at))
	x := m.Sub(m.emit(move, field(d, "score", facts, at)), r.base)
	move(m.load(m.rowExponential(x, r)), field(d, "labelExp", facts, at))
	ADDQ(U8(t.bytes/d.bytes), at)
	CMPQ(at, rows)
	JLT(LabelRef("exponentials"))

	m = newRowMachine(t, float64s, numbers, 0, func(m *machine) {})
	single := func(name string) value { // an array of the dtype
		mem := field(d, name, facts, at)
		if d.bytes == 8 {
			return m.emit(VMOVUPD, mem)
		}
		return m.emit(VCVTPS2PD, mem)
	}
	double := func(name string) value { return m.emit(VMOVUPD, field(d, name, facts, at)) }
	store := func(v value, name string) {
		mem := field(d, name, facts, at)
		switch {
		case d.bytes == 8:
			VMOVUPD(m.load(v), mem)
		case t == avx512:
			out := YMM()
			VCVTPD2PS(m.load(v), out)
			VMOVUPS(out, mem)
		default:
			out := XMM()
			VCVTPD2PSY(m.load(v), out)
			VMOVUPS(out, mem)
		}
	}
	XORQ(at, at)
	Label("facts")
	one, zero := m.Const(1), m.Const(0)
	ties, topScore, topExp := double("ties"), single("top"), single("topExp")
	others := m.Add(double("rest"), m.Mul(m.Sub(ties, one), topExp))
	infinite := m.Keep(m.Compare(greater, ties, one), m.Sub(topScore, topScore)) // NaN where that is the largest score twice
	others = m.Select(m.Compare(equal, ties, zero), m.Bits(0x7ff8000000000000), m.Add(others, infinite))
	total := m.Add(others, topExp)

	score := single("score")
	isTop := m.Compare(equal, score, topScore)
	var near value
	tiny := mask{}
	if d.bytes == 4 {
		near = m.logRatio(others, topExp, total)
	} else {
		tiny = m.Compare(less, others, m.Mul(topExp, m.Const(0x1p-200)))
		near = m.fineLogRatio(m.Select(tiny, m.Mul(others, m.Const(0x1p128)), others), topExp)
	}
	gap := m.Sub(topScore, score)
	if d.bytes == 4 {
		gap = m.Add(gap, near)
	} else {
		gap = m.Add(gap, m.Select(tiny, m.Mul(near, m.Const(0x1p-128)), near))
	}
	surprise := m.Select(isTop, near, gap)
	weight := double("weight")
	value := m.Mul(weight, surprise)
	without := m.Select(m.Compare(greater, surprise, m.Const(math.MaxFloat64)), zero, value)
	value = m.Select(m.Compare(equal, weight, zero), without, value)
	if d.bytes == 8 { // the logarithm was multiplied by a power of two that a weight may need
		value = m.Select(isTop, m.Select(tiny, m.Mul(value, m.Const(0x1p-128)), value), value)
	}
	store(value, "value")

	wrong := m.Select(isTop, others, m.Sub(total, single("labelExp")))
	scale := m.vector()
	VBROADCASTSD(field(d, "scale", facts, nil), scale)
	upstream := m.Mul(weight, valueOf(scale))
	wrong = m.Sub(zero, wrong)
	if d.bytes == 4 {
		factor := m.Div(upstream, total)
		store(m.Mul(wrong, factor), "own")
		store(factor, "single")
		VMOVUPD(m.load(m.Mul(factor, m.Const(0x1p96))), field(d, "factor", facts, at))
	} else { // the factor may be out of range, and what it makes not
		raise, lower := m.Const(0x1p96), m.Const(0x1p-96)
		lost := m.MulAdd(m.Copy(weight), valueOf(scale), m.Neg(upstream))
		lost = m.Keep(m.Compare(equal, lost, lost), m.Div(m.Mul(lost, raise), total))
		factor := m.Add(m.Div(m.Mul(upstream, raise), total), lost)
		store(m.Mul(m.Mul(wrong, factor), lower), "own")
		store(m.Mul(factor, lower), "single")
		VMOVUPD(m.load(factor), field(d, "factor", facts, at))
	}
	ADDQ(U8(t.bytes/8), at)
	CMPQ(at, rows)
	JLT(LabelRef("facts"))
	VZEROUPPER()
	RET()
	return name
}

func valueOf(r reg.VecVirtual) value { return value{register: r} }

// logRatio is log(1+a/b) for a ≥ 0 and b > 0; total is their sum. See row_exponential.go.
func (m *machine) logRatio(a, b, total value) value {
	upper, lower, k, below := m.ratio(a, b, total)
	g := m.Div(upper, m.Add(lower, b))
	w := m.Mul(g, g)
	near := m.Add(m.Add(g, g), m.Mul(g, m.artanh64(w)))
	f := rowFormats["64"]
	far := m.Add(m.Mul(k, m.Const(f.ln2High)), m.Add(near, m.Mul(k, m.Const(f.ln2Low))))
	result := m.Select(below, near, far)
	return m.Select(m.Compare(lessOrEqual, total, m.Const(math.MaxFloat64)), result, total)
}

// ratio makes of 1 + a/b a power of two and a quotient, and says where a is below b. There k is not 0 as
// it should be.
func (m *machine) ratio(a, b, total value) (upper, lower, k value, below mask) {
	and, or := m.of(VPANDD, VPANDQ), m.of(VPORD, VPORQ)
	const exponent = 0x7ff << 52
	join := func(x, y value) value { // in AVX2 the instruction has another name
		if m.tier == avx512 {
			return m.emit(or, m.load(x), m.load(y))
		}
		return m.emit(two(VPOR), m.load(x), m.load(y))
	}
	lower = join(m.logic(and, two(VPAND), total, 1<<52-1|1<<63), m.logic(and, two(VPAND), b, exponent))
	whole := func(x value) value { // 2⁵² + its exponent
		shifted := m.emit(VPSRLQ, U8(52), m.load(x))
		return m.logic(or, two(VPOR), shifted, 0x4330000000000000)
	}
	k = m.Sub(whole(total), whole(b))
	below = m.Compare(less, a, b)
	upper = m.Select(below, a, m.Sub(lower, b))
	lower = m.Select(below, total, lower)
	return upper, lower, k, below
}

// fineLogRatio is logRatio for results in float64.
func (m *machine) fineLogRatio(a, b value) value {
	total, lost := m.twoSum(a, b)
	upper, lower, k, below := m.ratio(a, b, total)
	k = m.Select(below, m.Const(0), k)
	under, lostUnder := m.twoSum(lower, b)
	g := m.Div(upper, under)
	lostUnder = m.Select(below, m.Add(lostUnder, lost), lostUnder)
	lost = m.Select(below, m.Const(0), lost)
	rest := m.NegMulAdd(m.Copy(g), under, upper)
	rest = m.Div(m.Sub(rest, m.Mul(g, lostUnder)), under)
	small := m.Add(m.Mul(g, m.artanh64(m.Mul(g, g))), m.Add(m.Add(rest, rest), m.Div(lost, total)))
	f := rowFormats["64"]
	near := m.Add(m.Add(g, g), m.Add(small, m.Mul(k, m.Const(f.ln2Low))))
	result := m.Add(m.Mul(k, m.Const(f.ln2High)), near)
	return m.Select(m.Compare(lessOrEqual, total, m.Const(math.MaxFloat64)), result, total)
}

// twoSum is a + b, rounded, and what rounding lost.
func (m *machine) twoSum(a, b value) (sum, lost value) {
	sum = m.Add(a, b)
	taken := m.Sub(sum, a)
	return sum, m.Add(m.Sub(a, m.Sub(sum, taken)), m.Sub(b, taken))
}
