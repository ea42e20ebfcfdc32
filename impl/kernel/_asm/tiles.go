package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Rows of few classes are taken as many at a time as a block has lanes, in a tile, in which
// the scores of a class lie side by side.

// emitTile makes emitExponentials for the rows of a tile, whose lanes are rows.
func emitTile(t tier, d dtype, numbers *pool) (name string) {
	name = "tile" + d.suffix + t.name
	TEXT(name, NOSPLIT, fmt.Sprintf("func(classes int, tile, top *%s, rest, ties *float64)", d.name))
	Doc(name + " is exponentials for the rows of a tile.")
	Pragma("noescape")

	m := newRowMachine(t, d, numbers, 16, func(m *machine) { m.rowExponential(value{}, reference{}) })
	classes := Load(Param("classes"), GP64())
	tile := Load(Param("tile"), GP64())
	top := Load(Param("top"), GP64())
	rest := Load(Param("rest"), GP64())
	ties := Load(Param("ties"), GP64())
	AllocLocal(128)
	total := zeroLanes(m)
	for part := 0; part < block; part += t.bytes {
		p, count := GP64(), GP64()
		each := func(label string, body func(z value)) {
			LEAQ(Mem{Base: tile, Disp: part}, p)
			MOVQ(classes, count)
			Label(fmt.Sprintf("%s%d", label, part))
			body(m.emit(m.of(VMOVUPS, VMOVUPD), Mem{Base: p}))
			ADDQ(U8(block), p)
			DECQ(count)
			JNZ(LabelRef(fmt.Sprintf("%s%d", label, part)))
		}
		largest := m.fill(m.Const(rowFormats[d.suffix].lowest))
		each("largest", func(z value) { m.ops[most](largest, z.register, largest) })
		m.of(VMOVUPS, VMOVUPD)(largest, Mem{Base: top, Disp: part})
		r := m.newReference(value{register: largest})
		below := m.vector() // how many are not at the top, less than 0
		if t == avx512 {
			VPXORD(below, below, below)
		} else {
			VPXOR(below, below, below)
		}
		each("exponential", func(z value) {
			e := m.rowExponential(m.Sub(z, r.base), r)
			m.of(VMOVUPS, VMOVUPD)(m.load(e), Mem{Base: p})
			where := m.Compare(notEqual, z, value{register: largest})
			total.add(part, m.Keep(where, e))
			m.countLanes(where, below)
		})
		number := m.wholeNumbers(below)
		single, all := XMM(), m.vector()
		VXORPS(single, single, single)
		m.of(three(VCVTSI2SSQ), three(VCVTSI2SDQ))(classes, single, single)
		m.of(VBROADCASTSS, VBROADCASTSD)(single, all)
		m.widen(m.Add(value{register: all}, number), func(i int, wide value) {
			VMOVUPD(wide.register, Mem{Base: ties, Disp: part*8/d.bytes + i*t.bytes})
		})
	}
	total.store()
	if d.bytes == 8 {
		for at := 0; at < 64; at += 32 {
			sum := YMM()
			VMOVUPD(Mem{Base: reg.StackPointer, Disp: at}, sum)
			VADDPD(Mem{Base: reg.StackPointer, Disp: 64 + at}, sum, sum)
			VMOVUPD(sum, Mem{Base: rest, Disp: at})
		}
	} else {
		for at := 0; at < 128; at += 32 {
			sum := YMM()
			VMOVUPD(Mem{Base: reg.StackPointer, Disp: at}, sum)
			VMOVUPD(sum, Mem{Base: rest, Disp: at})
		}
	}
	VZEROUPPER()
	RET()
	return name
}

// countLanes takes 1 from the whole number in each lane where a comparison holds.
func (m *machine) countLanes(where mask, n reg.VecVirtual) {
	switch {
	case m.tier == avx512:
		ones := m.load(m.Bits(^uint64(0) >> (64 - 8*m.dtype.bytes)))
		m.of(VPADDD, VPADDQ)(ones, n, where.register, n)
	case m.dtype.bytes == 4:
		VPADDD(where.register, n, n)
	default:
		VPADDQ(where.register, n, n)
	}
}

// wholeNumbers is n, a few below 0, as numbers of the dtype.
func (m *machine) wholeNumbers(n reg.VecVirtual) value {
	magic, _ := m.magic()
	out := m.vector()
	m.of(VPADDD, VPADDQ)(m.load(magic), n, out) // the bits of a number end in the whole number
	return m.Sub(value{register: out}, magic)
}

// widen gives the vectors of float64 that hold v.
func (m *machine) widen(v value, each func(i int, wide value)) {
	if m.dtype.bytes == 8 {
		each(0, v)
		return
	}
	for i := range 2 {
		each(i, m.wideHalf(v, i))
	}
}

// emitTurn makes the function that brings rows of scores into a tile, or, where it is back,
// out of it, each row multiplied by its factor: blocks of 8 × 8 (float64: 4 × 4) numbers are transposed, the last of them so
// that it ends with the row. Where rows are shorter than that, each reaches into the next
// one, which comes later, and the last beyond its end.
func emitTurn(d dtype, back bool) (name string) {
	name = "fillTile" + d.suffix + avx2.name
	if back {
		name = "emptyTile" + d.suffix + avx2.name
	}
	params := "rows, tile"
	if back {
		params += ", factor"
	}
	TEXT(name, NOSPLIT, fmt.Sprintf("func(classes int, %s *%s)", params, d.name))
	Doc(name + " moves as many rows as a block has lanes.")
	Pragma("noescape")
	classes := Load(Param("classes"), GP64())
	rows := Load(Param("rows"), GP64())
	tile := Load(Param("tile"), GP64())
	var factor reg.Register
	if back {
		factor = Load(Param("factor"), GP64())
	}
	side := 32 / d.bytes
	length, length3, length4 := GP64(), GP64(), GP64()
	MOVQ(classes, length)
	SHLQ(U8(log2(d.bytes)), length)
	LEAQ(Mem{Base: length, Index: length, Scale: 2}, length3)
	MOVQ(length, length4)
	SHLQ(U8(2), length4)
	at := GP64() // class
	XORQ(at, at)
	inTile, inRows := GP64(), GP64()
	Label("class")
	MOVQ(at, inTile)
	SHLQ(U8(6), inTile)
	ADDQ(tile, inTile)
	LEAQ(Mem{Base: rows, Index: at, Scale: uint8(d.bytes)}, inRows)
	for part := 0; part < block; part += 32 {
		fromTile := make([]Mem, side)
		for i := range fromTile {
			fromTile[i] = Mem{Base: inTile, Disp: block*i + part}
		}
		fromRows := make([]Mem, 0, side)
		for range side / 4 {
			fromRows = append(fromRows, Mem{Base: inRows}, Mem{Base: inRows, Index: length, Scale: 1}, Mem{Base: inRows, Index: length, Scale: 2}, Mem{Base: inRows, Index: length3, Scale: 1})
			if d.bytes == 4 && len(fromRows) == 4 {
				high := GP64()
				LEAQ(Mem{Base: inRows, Index: length4, Scale: 1}, high)
				inRows = high
			}
		}
		if back {
			transpose(d, fromTile, fromRows, Mem{Base: factor, Disp: part})
		} else {
			transpose(d, fromRows, fromTile, Mem{})
		}
		next := GP64()
		LEAQ(Mem{Base: inRows, Index: length4, Scale: 1}, next)
		inRows = next
	}
	LEAQ(Mem{Base: at, Disp: side}, at)
	CMPQ(at, classes)
	JGE(LabelRef("done"))
	last := GP64()
	LEAQ(Mem{Base: classes, Disp: -side}, last)
	CMPQ(at, last)
	CMOVQGT(last, at)
	JMP(LabelRef("class"))
	Label("done")
	VZEROUPPER()
	RET()
	return name
}

// transpose moves a square of numbers. Where there are factors, it multiplies each column,
// before it is one.
func transpose(d dtype, from, to []Mem, factors Mem) {
	half := len(from) / 2
	for part := range 2 {
		in := make([]reg.VecVirtual, half)
		var factor reg.VecVirtual
		if factors.Base != nil {
			factor = YMM()
			factors := factors
			factors.Disp += 16 * part
			VBROADCASTF128(factors, factor)
		}
		for i := range in {
			in[i] = YMM()
			low, high := from[i], from[i+half]
			low.Disp += 16 * part
			high.Disp += 16 * part
			VBROADCASTF128(low, in[i])
			VINSERTF128(U8(1), high, in[i], in[i])
			if factor != nil {
				d.of(VMULPS, VMULPD)(factor, in[i], in[i])
			}
		}
		out := to[half*part:]
		pair := func(lower, upper func(...Op), a, b reg.VecVirtual) (low, high reg.VecVirtual) {
			low, high = YMM(), YMM()
			lower(b, a, low)
			upper(b, a, high)
			return low, high
		}
		if d.bytes == 8 {
			a, b := pair(VUNPCKLPD, VUNPCKHPD, in[0], in[1])
			VMOVUPD(a, out[0])
			VMOVUPD(b, out[1])
			continue
		}
		a, c := pair(VUNPCKLPS, VUNPCKHPS, in[0], in[1])
		b, e := pair(VUNPCKLPS, VUNPCKHPS, in[2], in[3])
		first, second := pair(VUNPCKLPD, VUNPCKHPD, a, b)
		third, fourth := pair(VUNPCKLPD, VUNPCKHPD, c, e)
		for i, v := range []reg.VecVirtual{first, second, third, fourth} {
			VMOVUPS(v, out[i])
		}
	}
}
