package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanes are the sums of a block's values, lane by lane, in float64: for float32 sixteen,
// for float64 eight with what rounding lost in the eight that follow. Registers hold them;
// but AVX2, which has fewer, has them in memory. Those of paired values are a bitSum, in registers.
type lanes struct {
	m     *machine
	sum   reg.Register
	held  []reg.VecVirtual // nil where they are in memory
	pairs bitSum
	first map[int]value // values of the first block of a pair, by their byte; nil unless paired
}

func newLanes(m *machine, sum reg.Register, paired bool) *lanes {
	l := &lanes{m: m, sum: sum}
	if paired {
		l.first = map[int]value{}
		l.pairs = newBitSum(m)
		l.pairs.clear()
	} else if m.tier == avx512 {
		for at := 0; at < 2*block; at += m.tier.bytes {
			register := m.vector()
			VMOVUPD(Mem{Base: sum, Disp: at}, register)
			l.held = append(l.held, register)
		}
	}
	return l
}

// add adds a vector of values that lies at a byte of the turn.
func (l *lanes) add(part int, v value) {
	switch {
	case l.m.dtype.bytes == 8:
		l.addCompensated(part%block, v)
	case l.first == nil:
		l.addWide(part%block, v)
	case part < block:
		l.first[part] = v
	default:
		l.pairs.add(l.m, part, l.m.Add(l.first[part-block], v))
	}
}

// addWide adds a vector of float32 values in float64.
func (l *lanes) addWide(part int, v value) {
	wide := [2]reg.VecVirtual{l.m.vector(), l.m.vector()}
	if l.m.tier == avx512 {
		upper := YMM()
		VCVTPS2PD(v.register.AsY(), wide[0])
		VEXTRACTF64X4(U8(1), v.register, upper)
		VCVTPS2PD(upper, wide[1])
	} else {
		upper := XMM()
		VCVTPS2PD(v.register.AsX(), wide[0])
		VEXTRACTF128(U8(1), v.register, upper)
		VCVTPS2PD(upper, wide[1])
	}
	for i := range wide {
		if l.held != nil {
			sum := l.held[2*part/l.m.tier.bytes+i]
			VADDPD(wide[i], sum, sum)
			continue
		}
		at := Mem{Base: l.sum, Disp: 2*part + 32*i}
		VADDPD(at, wide[i], wide[i])
		VMOVUPD(wide[i], at)
	}
}

// addCompensated adds v to the sums and what rounding loses to their second half: Knuth's
// TwoSum.
func (l *lanes) addCompensated(part int, v value) {
	var high, low reg.VecVirtual
	at := [2]Mem{{Base: l.sum, Disp: part}, {Base: l.sum, Disp: 64 + part}}
	if l.held != nil {
		high, low = l.held[0], l.held[1]
	} else {
		high, low = l.m.vector(), l.m.vector()
		VMOVUPD(at[0], high)
		VMOVUPD(at[1], low)
	}
	sum, taken, left := l.m.vector(), l.m.vector(), l.m.vector()
	VADDPD(v.register, high, sum)
	VSUBPD(high, sum, taken)         // what was added
	VSUBPD(taken, sum, left)         // what it was added to
	VSUBPD(left, high, left)         // what was lost of that
	VSUBPD(taken, v.register, taken) // what was lost of v
	VADDPD(taken, left, left)
	VADDPD(left, low, low)
	if l.held != nil {
		VMOVAPD(sum, high)
		return
	}
	VMOVUPD(sum, at[0])
	VMOVUPD(low, at[1])
}

// store leaves the sums in memory.
func (l *lanes) store() {
	if l.first != nil {
		l.pairs.addTo(l.m, l.sum)
	}
	for i, sum := range l.held {
		VMOVUPD(sum, Mem{Base: l.sum, Disp: i * l.m.tier.bytes})
	}
}
