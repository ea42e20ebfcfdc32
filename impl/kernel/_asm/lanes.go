package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanes are the sums of a block's values, lane by lane, in float64: for float32 sixteen,
// for float64 eight with what rounding lost in the eight that follow. AVX-512 keeps them
// in registers, AVX2, which has fewer, in memory.
type lanes struct {
	m    *machine
	sum  reg.Register
	held [2]reg.VecVirtual
}

func newLanes(m *machine, sum reg.Register) *lanes {
	l := &lanes{m: m, sum: sum}
	if m.tier == avx512 {
		for i := range l.held {
			l.held[i] = ZMM()
			VMOVUPD(Mem{Base: sum, Disp: 64 * i}, l.held[i])
		}
	}
	return l
}

// add adds a vector of values that lies at a byte of the block.
func (l *lanes) add(part int, v value) {
	if l.m.dtype.bytes == 8 {
		l.addCompensated(part, v)
		return
	}
	if l.m.tier == avx512 {
		upper, wide := YMM(), [2]reg.VecVirtual{ZMM(), ZMM()}
		VCVTPS2PD(v.register.AsY(), wide[0])
		VEXTRACTF64X4(U8(1), v.register, upper)
		VCVTPS2PD(upper, wide[1])
		for i := range wide {
			VADDPD(wide[i], l.held[i], l.held[i])
		}
		return
	}
	upper, wide := XMM(), [2]reg.VecVirtual{YMM(), YMM()}
	VCVTPS2PD(v.register.AsX(), wide[0])
	VEXTRACTF128(U8(1), v.register, upper)
	VCVTPS2PD(upper, wide[1])
	for i := range wide {
		at := Mem{Base: l.sum, Disp: 2*part + 32*i}
		VADDPD(at, wide[i], wide[i])
		VMOVUPD(wide[i], at)
	}
}

// addCompensated adds v to the sums and what rounding loses to their second half: Knuth's
// TwoSum.
func (l *lanes) addCompensated(part int, v value) {
	high, low := l.held[0], l.held[1]
	at := [2]Mem{{Base: l.sum, Disp: part}, {Base: l.sum, Disp: 64 + part}}
	if l.m.tier == avx2 {
		high, low = YMM(), YMM()
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
	if l.m.tier == avx512 {
		VADDPD(left, low, low)
		VMOVAPD(sum, high)
		return
	}
	VADDPD(left, low, low)
	VMOVUPD(sum, at[0])
	VMOVUPD(low, at[1])
}

// store leaves the sums in memory.
func (l *lanes) store() {
	if l.m.tier == avx512 {
		for i := range l.held {
			VMOVUPD(l.held[i], Mem{Base: l.sum, Disp: 64 * i})
		}
	}
}
