package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// SignBit is the sign bit of a, and no other.
func (m *machine) SignBit(a value) value {
	return m.logic(m.of(VPANDD, VPANDQ), two(VPAND), a, m.sign())
}

// Xor is the exclusive or of the bits of a and b: with a sign bit, a with its sign turned.
func (m *machine) Xor(a, b value) value {
	if m.dry {
		return value{}
	}
	if m.tier == avx512 {
		return m.emit(m.of(VPXORD, VPXORQ), m.load(b), m.load(a))
	}
	return m.emit(two(VPXOR), m.load(b), m.load(a))
}

// And is the bits of a that a pattern has.
func (m *machine) And(a value, bits uint64) value {
	return m.logic(m.of(VPANDD, VPANDQ), two(VPAND), a, bits)
}

// Or is the bits of a and of a pattern.
func (m *machine) Or(a value, bits uint64) value {
	return m.logic(m.of(VPORD, VPORQ), two(VPOR), a, bits)
}

// Plus is a as a whole number, plus another.
func (m *machine) Plus(a value, bits uint64) value {
	return m.logic(m.of(VPADDD, VPADDQ), m.of(VPADDD, VPADDQ), a, bits)
}

// ShiftRight is the bits of a, moved n places down.
func (m *machine) ShiftRight(a value, n uint8) value {
	if m.dry {
		return value{}
	}
	return m.emit(m.of(func(o ...Op) { VPSRLD(o...) }, func(o ...Op) { VPSRLQ(o...) }), U8(n), m.load(a))
}

// Split takes a positive normal number apart, x = 2^n·part with √½ ≤ part < √2: the whole
// number n, as a number, and part.
func (m *machine) Split(x value) (n, part value) {
	root, one, magic, shift, bias := uint64(0x3f3504f3), uint64(0x3f800000), uint64(0x4b400000), uint8(23), 127.
	if m.dtype.bytes == 8 {
		root, one, magic, shift, bias = 0x3fe6a09e667f3bcd, 0x3ff0000000000000, 0x4338000000000000, 52, 1023
	}
	moved := m.Plus(x, one-root)
	n = m.Or(m.ShiftRight(moved, shift), magic)
	whole, _ := m.magic()
	n = m.Sub(m.Sub(n, whole), m.Const(bias))
	return n, m.Plus(m.And(moved, 1<<shift-1), root)
}
