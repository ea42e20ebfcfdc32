package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Rows of float32 whose largest score is near 0: rows_near.go of package kernel.

const (
	nearLow, nearHigh = -10, 20
	nearFloor         = -130
	nearShift         = 0x1.8p23 + 16*(127+62)

	leastOfOthers = 0x1p-20
	mostOfOthers  = 0x1p120

	// prefetched is how many bytes ahead cache lines are asked for: two pages. A processor foresees
	// none beyond the page that it reads, and the next one would come too late.
	prefetched = 8192
)

// nearReference is what exponentials of scores near 0 are relative to.
func (m *machine) nearReference() reference {
	return reference{floor: m.Const(nearFloor), shift: m.Const(nearShift)}
}

// isNear says where x is not too low, and where not too high.
func (m *machine) isNear(x value) (low, high mask) {
	return m.Compare(atLeast, x, m.Const(nearLow)), m.Compare(lessOrEqual, x, m.Const(nearHigh))
}

// emitNear makes nearVectors, and returns them as Go code.
func emitNear(t tier, d dtype, numbers *pool) string {
	if d.bytes == 8 {
		return "nearVectors[float64]{}"
	}
	return fmt.Sprintf("nearVectors[float32]{exponentials: %s, sums: %s, others: %s}",
		emitNearExponentials(t, true, numbers), emitNearExponentials(t, false, numbers), emitOthers(t, numbers))
}

func emitNearExponentials(t tier, writes bool, numbers *pool) (name string) {
	name = "nearExponentials32" + t.name
	if !writes {
		name = "nearSums32" + t.name
	}
	TEXT(name, NOSPLIT, "func(rows, classes int, logits, exps, top *float32, total *float64)")
	Doc(name + " is exponentials of nearVectors.")
	Pragma("noescape")

	m := newRowMachine(t, float32s, numbers, 8, func(m *machine) { m.rowExponential(value{}, m.nearReference()) })
	l := newRowLoop(m, name)
	p := Load(Param("logits"), GP64()).(reg.GPVirtual)
	var exps reg.GPVirtual // how far on from logits
	if writes {
		exps = Load(Param("exps"), GP64()).(reg.GPVirtual)
		SUBQ(p, exps)
	}
	top := Load(Param("top"), GP64())
	total := Load(Param("total"), GP64())
	none := m.Bits(m.infinity() | m.sign())
	r := m.nearReference()
	sum := newBitSum(m)
	JMP(LabelRef("test"))
	Label("row")
	largest := m.fill(m.Const(rowFormats["32"].lowest))
	sum.clear()
	l.woven("exponential", 3, func(l *rowLoop, part int, whole bool) {
		m := l.m
		z := l.read(Mem{Base: p, Disp: part}, whole, none)
		if whole {
			PREFETCHT0(Mem{Base: p, Disp: part + prefetched})
			if writes {
				PREFETCHT0(Mem{Base: p, Index: exps, Scale: 1, Disp: part + prefetched})
			}
		}
		m.ops[most](largest, z.register, largest) // largest where z is NaN
		e := m.rowExponential(z, r)
		if writes {
			l.write(e, Mem{Base: p, Index: exps, Scale: 1, Disp: part}, whole)
		}
		sum.add(m, part, e)
	}, p)
	m.of(VMOVSS, VMOVSD)(m.horizontalMax(largest), Mem{Base: top})
	sum.storeJoined(m, Mem{Base: total})
	l.next(p)
	ADDQ(U8(4), top)
	ADDQ(U8(8), total)
	DECQ(l.rows)
	Label("test")
	TESTQ(l.rows, l.rows)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
	return name
}

// emitOthers makes others.
func emitOthers(t tier, numbers *pool) (name string) {
	name = "others32" + t.name
	TEXT(name, NOSPLIT, "func(rows int, facts *float32) uint64")
	Doc(name + " is others of nearVectors.")
	Pragma("noescape")
	rows := Load(Param("rows"), GP64())
	facts := Load(Param("facts"), GP64())
	m := newRowMachine(t, float32s, numbers, 0, func(m *machine) {})
	double := newRowMachine(t, float64s, numbers, 0, func(m *machine) {})
	failed, at := GP64(), rows // from the last vector to the first
	XORQ(failed, failed)
	DECQ(at)
	ANDQ(I8(-t.bytes/4), at)
	Label("rows")
	top := m.emit(VMOVUPS, field(float32s, "top", facts, at))
	r := m.newReference(top)
	low, high := m.isNear(top)
	right := m.bitsOf(low)
	ANDQ(m.bitsOf(high), right)
	enough := GP64()
	XORQ(enough, enough)
	m.widen(m.rowExponential(r.top, r), func(i int, top value) {
		part := i * t.bytes / 8
		entry := func(name string) Mem {
			place := field(float32s, name, facts, at)
			place.Disp += 8 * part
			return place
		}
		rest := double.Sub(double.emit(VMOVUPD, entry("rest")), top)
		VMOVUPD(double.load(rest), entry("rest"))
		VMOVUPD(double.load(double.Const(1)), entry("ties"))
		some := double.bitsOf(double.Compare(atLeast, rest, double.Mul(top, double.Const(leastOfOthers))))
		ANDQ(double.bitsOf(double.Compare(lessOrEqual, rest, double.Const(mostOfOthers))), some)
		SHLQ(U8(part), some)
		ORQ(some, enough)
	})
	ANDQ(enough, right)
	XORQ(I32(1<<(t.bytes/4)-1), right)
	SHLQ(U8(t.bytes/4), failed)
	ORQ(right, failed)
	SUBQ(U8(t.bytes/4), at)
	JGE(LabelRef("rows"))
	Store(failed, ReturnIndex(0))
	VZEROUPPER()
	RET()
	return name
}
