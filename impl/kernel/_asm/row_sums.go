package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A rowSum is the lanes of a row's exponentials, in float32 with AVX-512, where conversions
// to float64 would take a third of the time. Exponentials are 0 or positive and normal: their
// bits, moved to where those of a float64 lie, are those of a number 2^896 times smaller, and
// so are their sums, which are normal as well and rounded alike. NaN has no place there.
// The instructions are those that run beside additions: a shift would wait for them.
type rowSum struct{ even, odd, power, upper reg.VecVirtual }

// unit is what a rowSum is multiplied by in the end.
const unit = 0x1p896

func newRowSum(m *machine) rowSum {
	double := *m
	double.dtype = float64s
	return rowSum{power: double.fill(double.Bits(1 << 29)), upper: double.fill(double.Bits(math.MaxUint32 << 32))}
}

func (s *rowSum) clear() {
	s.even, s.odd = ZMM(), ZMM()
	VPXORQ(s.even, s.even, s.even)
	VPXORQ(s.odd, s.odd, s.odd)
}

// add adds a vector of exponentials.
func (s rowSum) add(m *machine, e value) {
	even, odd := m.vector(), m.vector()
	VPMULUDQ(s.power, e.register, even)
	VPANDQ(s.upper, e.register, odd)
	VPRORQ(U8(3), odd, odd)
	VADDPD(even, s.even, s.even)
	VADDPD(odd, s.odd, s.odd)
}

// storeJoined adds each second lane to the one before, then halves.
func (s rowSum) storeJoined(m *machine, to Mem) {
	VADDPD(s.odd, s.even, s.even)
	halve(s.even)
	s.finish(m, to)
}

// store adds the lanes in the order of lanes.total.
func (s rowSum) store(m *machine, to Mem) {
	halve(s.even)
	halve(s.odd)
	VADDSD(s.odd.AsX(), s.even.AsX(), s.even.AsX())
	s.finish(m, to)
}

// halve adds the halves of a register, and those of the sums.
func halve(sum reg.VecVirtual) {
	y, x := YMM(), XMM()
	VEXTRACTF64X4(U8(1), sum, y)
	VADDPD(y, sum.AsY(), sum.AsY())
	VEXTRACTF64X2(U8(1), sum.AsY(), x)
	VADDPD(x, sum.AsX(), sum.AsX())
	VPERMILPD(U8(1), sum.AsX(), x)
	VADDSD(x, sum.AsX(), sum.AsX())
}

// finish stores the sum that the first lane of even is.
func (s rowSum) finish(m *machine, to Mem) {
	double := *m
	double.dtype = float64s
	VMULSD(double.memory(double.Const(unit)), s.even.AsX(), s.even.AsX())
	VMOVSD(s.even.AsX(), to)
}
