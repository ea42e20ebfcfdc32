package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// mostRows is how many rows a block of them has at most, an entry for each in every array of
// a rowBlock of package kernel.
const mostRows = 64

// field is an entry of an array of a rowBlock: of the dtype the first six, and of float64
// those that follow.
func field(d dtype, name string, base, index reg.Register) Mem {
	at := 0
	for _, f := range []string{"top", "score", "value", "own", "topExp", "labelExp"} {
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
	Doc(name + " is crossEntropy for the rows of a rowBlock, a multiple of a block.")
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
	unit := m.Div(one, single("topExp"))
	ties, topScore := double("ties"), single("top")
	others := m.Add(m.Mul(double("rest"), unit), m.Sub(ties, one))
	others = m.Add(others, m.Keep(m.Compare(greater, ties, one), m.Sub(topScore, topScore)))
	others = m.Select(m.Compare(equal, ties, zero), m.Bits(0x7ff8000000000000), others)

	score := single("score")
	isTop := m.Compare(equal, score, topScore)
	near := m.log1pSum(others)
	surprise := m.Select(isTop, near, m.Add(m.Sub(topScore, score), near))
	weight := double("weight")
	value := m.Mul(weight, surprise)
	without := m.Select(m.Compare(greater, surprise, m.Const(1.7976931348623157e308)), zero, value)
	store(m.Select(m.Compare(equal, weight, zero), without, value), "value")

	total := m.Add(others, one)
	wrong := m.Sub(total, m.Mul(single("labelExp"), unit))
	wrong = m.Select(isTop, others, wrong)
	factor := m.Div(one, total)
	scale := m.vector()
	VBROADCASTSD(field(d, "scale", facts, nil), scale)
	upstream := m.Mul(weight, valueOf(scale))
	store(m.Mul(m.Mul(m.Sub(zero, wrong), factor), upstream), "own")
	VMOVUPD(m.load(m.Mul(m.Mul(factor, unit), upstream)), field(d, "factor", facts, at))
	ADDQ(U8(t.bytes/8), at)
	CMPQ(at, rows)
	JLT(LabelRef("facts"))
	VZEROUPPER()
	RET()
	return name
}

func valueOf(r reg.VecVirtual) value { return value{register: r} }

// log1pSum is log(1+s) for s ≥ 0; see row_exponential.go.
func (m *machine) log1pSum(s value) value {
	one := m.Const(1)
	u := m.Add(s, one)
	k := m.vector()
	VPSRLQ(U8(52), m.load(u), k)
	exponent := m.logic(m.of(VPORD, VPORQ), two(VPOR), valueOf(k), 0x4330000000000000) // 2⁵² + k
	e := m.logic(m.of(VPANDD, VPANDQ), two(VPAND), u, 1<<52-1)
	e = m.logic(m.of(VPORD, VPORQ), two(VPOR), e, 0x3ff0000000000000)
	below := m.Compare(less, s, one)
	e = m.Select(below, s, m.Sub(e, one))
	count := m.Sub(exponent, m.Const(0x1p52+1023))
	f := rowFormats["64"]
	near := m.log1p64(e)
	sum := m.Add(m.Mul(count, m.Const(f.ln2High)), m.Add(near, m.Mul(count, m.Const(f.ln2Low))))
	sum = m.Select(below, near, sum)
	return m.Select(m.Compare(lessOrEqual, s, m.Const(1.7976931348623157e308)), sum, s)
}
