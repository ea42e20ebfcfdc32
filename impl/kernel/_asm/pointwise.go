package main

import (
	"fmt"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// block is how many bytes of each array one turn of a loop covers: a vector of AVX-512, two
// of AVX2.
const block = 64

// A form is what of a loss one function computes.
type form struct {
	name, field       string
	hasValue, hasGrad bool
}

var forms = []form{{"Value", "value", true, false}, {"Grad", "grad", false, true}, {"ValueGrad", "valueGrad", true, true}}

// A formula computes value and gradient of a vector of predictions and targets. What a form
// does not ask for it leaves out.
type formula func(m *machine, f form, x, y value) (val, grad value)

// A pointwise kernel is a loss with its formula in each dtype.
type pointwise struct {
	name      string
	hasTarget bool
	hold      int                // how many constants and parameters AVX-512 keeps in registers
	formulas  map[string]formula // by dtype
}

// emit makes the function of a kernel for a tier, dtype and form, and returns its name:
//
//	for each of blocks × 64 bytes of pred and target:
//	    value = L, where value is not nil; sum += L, lane by lane; grad = ∂L/∂pred
func (p pointwise) emit(t tier, d dtype, f form, numbers *pool) (name string) {
	name = p.name + f.name + d.suffix + t.name
	TEXT(name, NOSPLIT, "func(blocks int, pred, target, value, grad *"+d.name+", sum *[16]float64, params *["+paramCount+"]"+d.name+")")
	Doc(name + " computes blocks × 64 bytes of each array. sum is added to, lane by lane; value may be nil.")
	Pragma("noescape")

	blocks := Load(Param("blocks"), GP64())
	pred := Load(Param("pred"), GP64())
	var target, values, grad, sum reg.Register
	if p.hasTarget {
		target = Load(Param("target"), GP64())
	}
	if f.hasValue {
		values = Load(Param("value"), GP64())
		sum = Load(Param("sum"), GP64())
	}
	if f.hasGrad {
		grad = Load(Param("grad"), GP64())
	}

	m := &machine{tier: t, dtype: d, dry: true, uses: map[value]int{}, numbers: numbers}
	if t == avx512 {
		m.hold = p.hold
		if d.bytes == 8 { // polynomials are longer there, and leave fewer registers
			m.hold -= 4
		}
	}
	formula := p.formulas[d.suffix]
	formula(m, f, value{}, value{})
	m.dry = false
	m.params = Load(Param("params"), GP64())
	m.begin()

	at := GP64()
	XORQ(at, at)
	SHLQ(U8(6), blocks)
	var total *lanes
	if f.hasValue {
		total = newLanes(m, sum)
	}
	body := func(m *machine, part int) {
		in := func(base reg.Register) value {
			return m.emit(m.of(VMOVUPS, VMOVUPD), Mem{Base: base, Index: at, Scale: 1, Disp: part})
		}
		out := func(v value, base reg.Register) {
			m.of(VMOVUPS, VMOVUPD)(m.load(v), Mem{Base: base, Index: at, Scale: 1, Disp: part})
		}
		x, y := in(pred), value{}
		if p.hasTarget {
			y = in(target)
		}
		v, g := formula(m, f, x, y)
		if f.hasValue {
			total.add(part, v)
			skip := LabelRef(fmt.Sprint("novalue", labels)) // one turn of weave: nothing of another body may come in between
			labels++
			TESTQ(values, values)
			JZ(skip)
			out(v, values)
			Label(string(skip))
		}
		if f.hasGrad {
			out(g, grad)
		}
	}
	turn := func(bytes int) {
		var bodies []func(*machine)
		for part := 0; part < bytes; part += t.bytes {
			bodies = append(bodies, func(m *machine) { body(m, part) })
		}
		m.weave(bodies)
	}
	if t == avx512 { // two blocks a turn, while there are two
		last := GP64()
		LEAQ(Mem{Base: blocks, Disp: -2 * block}, last)
		JMP(LabelRef("pairs"))
		Label("pair")
		turn(2 * block)
		ADDQ(I32(2*block), at)
		Label("pairs")
		CMPQ(at, last)
		JLE(LabelRef("pair"))
		CMPQ(at, blocks)
		JGE(LabelRef("done"))
		turn(block)
	} else {
		JMP(LabelRef("blocks"))
		Label("block")
		turn(block)
		ADDQ(I32(block), at)
		Label("blocks")
		CMPQ(at, blocks)
		JLT(LabelRef("block"))
	}
	Label("done")
	if f.hasValue {
		total.store()
	}
	VZEROUPPER()
	RET()
	return name
}

const (
	paramCount = "8"
	scale      = 7 // the place of the gradient from upstream
)

// labels counts the labels that bodies have made.
var labels int
