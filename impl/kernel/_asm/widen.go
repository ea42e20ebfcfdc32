package main

import (
	"slices"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
	"github.com/mmcloughlin/avo/x86"
)

// inFloat64 computes a formula in float64, each half of the lanes of float32 by itself, and
// rounds what it gives to float32. The formula reads its half of a vector by wideHalf.
func (m *machine) inFloat64(formula func(m *machine, half int) []value) []value {
	var halves [2][]value
	var bodies []func(*machine)
	for h := range halves {
		bodies = append(bodies, func(m *machine) {
			double := *m
			double.dtype = float64s
			for _, v := range formula(&double, h) {
				halves[h] = append(halves[h], m.narrow(v))
			}
		})
	}
	if !m.dry && (m.tier == avx512 || m.apart) {
		m.weave(bodies)
	} else { // AVX2 has too few registers
		for _, b := range bodies {
			b(m)
		}
	}
	var out []value
	for i := range halves[0] {
		out = append(out, m.join(halves[0][i], halves[1][i]))
	}
	return out
}

// wideHalf is one half of the lanes of a float32 vector in float64.
func (m *machine) wideHalf(v value, half int) value {
	if m.dry {
		return value{}
	}
	out := m.vector()
	if v.place.Base != nil {
		VCVTPS2PD(m.at(v, half*m.tier.bytes/2), out)
		return value{register: out}
	}
	if m.tier == avx512 {
		part := v.register.AsY()
		if half == 1 {
			upper := YMM()
			VEXTRACTF64X4(U8(1), v.register, upper)
			part = upper
		}
		VCVTPS2PD(part, out)
		return value{register: out}
	}
	part := v.register.AsX()
	if half == 1 {
		upper := XMM()
		VEXTRACTF128(U8(1), v.register, upper)
		part = upper
	}
	VCVTPS2PD(part, out)
	return value{register: out}
}

// WideParam is a float32 parameter in every lane, in float64.
func (m *machine) WideParam(i int) value { return m.used(value{param: i + 1, bytes: 4, wide: true}) }

// narrow is a float64 vector rounded to float32, in half of a register.
func (m *machine) narrow(v value) value {
	if m.dry {
		return value{}
	}
	if m.tier == avx512 {
		out := YMM()
		VCVTPD2PS(v.register, out)
		return value{register: out}
	}
	out := XMM()
	VCVTPD2PSY(v.register, out)
	return value{register: out}
}

// lowHalf emits an insertion into the half of a register that has been written.
func lowHalf(i *ir.Instruction, err error) {
	if err != nil {
		panic(err)
	}
	i.Inputs = slices.Clone(i.Inputs)
	for k, o := range i.Inputs {
		switch o := o.(type) {
		case reg.VecVirtual:
			if o.Size() == 64 {
				i.Inputs[k] = o.AsY()
			} else if o.Size() == 32 {
				i.Inputs[k] = o.AsX()
			}
		}
	}
	Instruction(i)
}

// join makes one vector of two halves.
func (m *machine) join(low, high value) value {
	if m.dry {
		return value{}
	}
	out := m.vector()
	if m.tier == avx512 {
		lowHalf(x86.VINSERTF64X4(U8(1), high.register, low.register.AsZ(), out))
	} else {
		lowHalf(x86.VINSERTF128(U8(1), high.register, low.register.AsY(), out))
	}
	return value{register: out}
}
