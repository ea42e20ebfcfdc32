package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A bitSum is lanes of float32 numbers that are 0 or positive, a row's exponentials or pairs of
// squared errors, where conversions to float64 would take a third of the time. Their bits, moved to
// where those of a float64 lie, are those of a number 2^896 times smaller, subnormal numbers too, and
// so are their sums, which are rounded alike where they are normal and exact where they are not. An
// infinity or NaN becomes a number, of 2^128 or more once the sum is multiplied by unit. The
// instructions are those that run beside additions: in AVX-512 a shift would wait for them.
type bitSum struct {
	even, odd    []reg.VecVirtual // for each vector of a block
	power, upper value
}

// unit is what a bitSum is multiplied by in the end.
const unit = 0x1p896

func newBitSum(m *machine) (s bitSum) {
	double := *m
	double.dtype = float64s
	s.power, s.upper = double.Bits(1<<29), double.Bits(math.MaxUint32<<32)
	if m.tier == avx512 {
		s.power, s.upper = valueOf(double.fill(s.power)), valueOf(double.fill(s.upper))
	}
	for range block / m.tier.bytes {
		s.even, s.odd = append(s.even, m.vector()), append(s.odd, m.vector())
	}
	return s
}

func (s bitSum) clear() {
	for i := range s.even {
		for _, sum := range []reg.VecVirtual{s.even[i], s.odd[i]} {
			if sum.Size() == 64 {
				VPXORQ(sum, sum, sum)
			} else {
				VPXOR(sum, sum, sum)
			}
		}
	}
}

// add adds the numbers that lie at a byte of a turn.
func (s bitSum) add(m *machine, part int, e value) {
	i := part % block / m.tier.bytes
	if m.tier == avx512 {
		even, odd := m.vector(), m.vector()
		VPMULUDQ(s.power.register, e.register, even)
		VPANDQ(s.upper.register, e.register, odd)
		VPRORQ(U8(3), odd, odd)
		VADDPD(even, s.even[i], s.even[i])
		VADDPD(odd, s.odd[i], s.odd[i])
		return
	}
	even := m.vector()
	VPMULUDQ(m.memory(s.power), e.register, even)
	VADDPD(even, s.even[i], s.even[i])
	odd := m.vector()
	VPAND(m.memory(s.upper), e.register, odd)
	VPSRLQ(U8(3), odd, odd)
	VADDPD(odd, s.odd[i], s.odd[i])
}

// storeJoined adds each second lane to the one before, then halves.
func (s bitSum) storeJoined(m *machine, to Mem) {
	for i := range s.even {
		VADDPD(s.odd[i], s.even[i], s.even[i])
	}
	if m.tier == avx2 {
		VADDPD(s.even[1], s.even[0], s.even[0])
	}
	halve(s.even[0])
	s.finish(m, to)
}

// store adds the lanes in the order of lanes.total.
func (s bitSum) store(m *machine, to Mem) {
	halve(s.even[0])
	halve(s.odd[0])
	VADDSD(s.odd[0].AsX(), s.even[0].AsX(), s.even[0].AsX())
	s.finish(m, to)
}

// addTo adds the lanes to those in memory, which are in the order of elements.
func (s bitSum) addTo(m *machine, to reg.Register) {
	double := *m
	double.dtype = float64s
	scale := double.fill(double.Const(unit))
	for i := range s.even {
		low, high := m.vector(), m.vector() // of each four elements, the first two and the others
		VUNPCKLPD(s.odd[i], s.even[i], low)
		VUNPCKHPD(s.odd[i], s.even[i], high)
		for j, pairs := range []reg.VecVirtual{low, high} {
			VMULPD(scale, pairs, pairs)
			for k := range m.tier.bytes / 16 {
				pair, at := XMM(), Mem{Base: to, Disp: 2*m.tier.bytes*i + 32*k + 16*j}
				if m.tier == avx512 {
					VEXTRACTF64X2(U8(k), pairs, pair)
				} else {
					VEXTRACTF128(U8(k), pairs, pair)
				}
				VADDPD(at, pair, pair)
				VMOVUPD(pair, at)
			}
		}
	}
}

// halve adds the halves of a register, and those of the sums.
func halve(sum reg.VecVirtual) {
	x := XMM()
	if sum.Size() == 64 {
		y := YMM()
		VEXTRACTF64X4(U8(1), sum, y)
		VADDPD(y, sum.AsY(), sum.AsY())
		VEXTRACTF64X2(U8(1), sum.AsY(), x)
	} else {
		VEXTRACTF128(U8(1), sum, x)
	}
	VADDPD(x, sum.AsX(), sum.AsX())
	VPERMILPD(U8(1), sum.AsX(), x)
	VADDSD(x, sum.AsX(), sum.AsX())
}

// finish stores the sum that the first lane of even is.
func (s bitSum) finish(m *machine, to Mem) {
	double := *m
	double.dtype = float64s
	VMULSD(double.memory(double.Const(unit)), s.even[0].AsX(), s.even[0].AsX())
	VMOVSD(s.even[0].AsX(), to)
}
