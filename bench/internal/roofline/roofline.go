package roofline

import "encoding/binary"

// block is how many bytes of each array one turn of a loop covers; see _asm.
const block = 256

// stride is how many bytes of each array one call covers: assembly cannot be
// preempted, and so must be short.
const stride = 64 << 10

// A loop covers blocks × block bytes of each array that it reads or writes. The arrays
// that it does not have are not looked at. The result is the exclusive or of every
// 64-bit word read, where nothing is written.
type loop func(in0, in1, out0, out1 *byte, blocks int) uint64

// A shape is how many arrays a loop reads and how many it writes.
type shape struct{ reads, writes int }

// A Tier is a width of vector.
type Tier struct {
	Name  string
	loops map[shape]loop
}

// Tiers lists the tiers that this processor has, the widest first.
func Tiers() []Tier { return tiers }

// Has reports whether there is a loop that reads and writes so many arrays.
func (t Tier) Has(reads, writes int) bool { return t.loops[shape{reads, writes}] != nil }

// Pass reads every array of in and, if there are any in out, writes to each of them the
// exclusive or of the arrays of in. Otherwise it returns the exclusive or of every
// 64-bit little-endian word of every array, the last word filled with zeros.
//
// It panics when the lengths differ or when there is no such loop.
func (t Tier) Pass(in, out [][]byte) uint64 {
	run := t.loops[shape{len(in), len(out)}]
	if run == nil {
		panic("roofline: no loop reads and writes so many arrays; see Tier.Has")
	}
	n := len(in[0])
	for _, arrays := range [2][][]byte{in, out} {
		for _, a := range arrays {
			if len(a) != n {
				panic("roofline: lengths differ")
			}
		}
	}
	var word uint64
	var pointers [4]*byte // in0, in1, out0, out1
	whole := n / block * block
	for at := 0; at < whole; at += stride {
		for i, arrays := range [2][][]byte{in, out} {
			for j, a := range arrays {
				pointers[2*i+j] = &a[at]
			}
		}
		word ^= run(pointers[0], pointers[1], pointers[2], pointers[3], min(stride, whole-at)/block)
	}
	return word ^ plain(in, out, whole)
}

// plain is Pass in Go, from byte at on: the specification of the loops, and what is
// left over from them.
func plain(in, out [][]byte, at int) uint64 {
	var word [8]byte
	for i := at; i < len(in[0]); i++ {
		x := in[0][i]
		for _, a := range in[1:] {
			x ^= a[i]
		}
		for _, a := range out {
			a[i] = x
		}
		word[i%8] ^= x
	}
	if len(out) > 0 {
		return 0
	}
	return binary.LittleEndian.Uint64(word[:])
}
