// Command _asm generates the vector loops of package roofline.
//
// One loop is made for each number of arrays read and written and each width of
// vector: the plainest there is. It loads a vector of every array that is read,
// combines them by exclusive or, and stores the result to every array that is
// written; where none is written it keeps the exclusive or of all that was read.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// block is how many bytes of each array one turn of a loop covers. Package roofline
// knows it too, and its test holds the two together.
const block = 256

// A tier is a width of vector with its instructions.
type tier struct {
	name   string
	bytes  int
	vector func() reg.VecVirtual
	load   func(m, v Op)
	xor    func(a, b, c Op)
}

var tiers = []tier{
	{"AVX2", 32, YMM, func(m, v Op) { VMOVDQU(m, v) }, func(a, b, c Op) { VPXOR(a, b, c) }},
	{"AVX512", 64, ZMM, func(m, v Op) { VMOVDQU64(m, v) }, func(a, b, c Op) { VPXORQ(a, b, c) }},
}

// shapes are the numbers of arrays read and written for which there are loops.
var shapes = []struct{ reads, writes int }{{1, 0}, {2, 0}, {1, 1}, {2, 1}, {1, 2}, {2, 2}}

func main() {
	ConstraintExpr("amd64,!purego")
	for _, t := range tiers {
		for _, s := range shapes {
			t.loop(s.reads, s.writes)
		}
	}
	Generate()
}

func (t tier) loop(reads, writes int) {
	name := fmt.Sprintf("read%dwrite%d%s", reads, writes, t.name)
	TEXT(name, NOSPLIT, "func(in0, in1, out0, out1 *byte, blocks int) (word uint64)")
	Doc(fmt.Sprintf("%s reads %d and writes %d arrays of blocks × %d bytes.", name, reads, writes, block),
		"Where it writes none, word is the exclusive or of every 64-bit word that was read.")
	Pragma("noescape")

	var in, out []reg.Register
	for i := range reads {
		in = append(in, Load(Param(fmt.Sprintf("in%d", i)), GP64()))
	}
	for i := range writes {
		out = append(out, Load(Param(fmt.Sprintf("out%d", i)), GP64()))
	}
	blocks := Load(Param("blocks"), GP64())

	lanes := block / t.bytes
	var sums []reg.VecVirtual
	if writes == 0 {
		for range lanes {
			sum := t.vector()
			t.xor(sum, sum, sum)
			sums = append(sums, sum)
		}
	}
	TESTQ(blocks, blocks)
	JZ(LabelRef("done"))
	Label("loop")
	for lane := range lanes {
		at := lane * t.bytes
		if writes == 0 {
			for _, p := range in {
				t.xor(Mem{Base: p, Disp: at}, sums[lane], sums[lane])
			}
			continue
		}
		v := t.vector()
		t.load(Mem{Base: in[0], Disp: at}, v)
		for _, p := range in[1:] {
			t.xor(Mem{Base: p, Disp: at}, v, v)
		}
		for _, p := range out {
			t.load(v, Mem{Base: p, Disp: at})
		}
	}
	for _, p := range append(in, out...) {
		ADDQ(U32(block), p)
	}
	DECQ(blocks)
	JNZ(LabelRef("loop"))

	Label("done")
	word := GP64()
	XORQ(word, word)
	if writes == 0 {
		t.fold(sums, word)
	}
	VZEROUPPER()
	Store(word, ReturnIndex(0))
	RET()
}

// fold leaves the exclusive or of every 64-bit word of the sums in word.
func (t tier) fold(sums []reg.VecVirtual, word reg.GPVirtual) {
	for n := len(sums) / 2; n > 0; n /= 2 {
		for i := range n {
			t.xor(sums[i+n], sums[i], sums[i])
		}
	}
	v := sums[0]
	if t.bytes == 64 {
		upper := YMM()
		VEXTRACTI64X4(U8(1), v, upper)
		VPXOR(upper, v.AsY(), v.AsY())
	}
	upper := XMM()
	VEXTRACTI128(U8(1), v.AsY(), upper)
	VPXOR(upper, v.AsX(), v.AsX())
	VPSRLDQ(U8(8), v.AsX(), upper)
	VPXOR(upper, v.AsX(), v.AsX())
	VMOVQ(v.AsX(), word)
}
