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

// ahead is how many bytes before their use a short formula, which waits for nothing but
// memory, asks for its inputs.
const ahead = 1024

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
	paired    bool               // float32: the values of two blocks are added before they are summed; see lanes.go
	formulas  map[string]formula // by dtype
}

// emit makes the function of a kernel for a tier, dtype and form, and returns its name:
//
//	for each of blocks × 64 bytes of pred and target:
//	    value = L, where value is not nil; sum += L, lane by lane; grad = ∂L/∂pred
//
// A kernel whose values are paired takes two blocks a turn, and an even number of them.
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

	paired := p.paired && d.bytes == 4
	turn := block
	if paired {
		turn = 2 * block
	}
	m := &machine{tier: t, dtype: d, dry: true, uses: map[value]int{}, numbers: numbers}
	if t == avx512 || paired {
		m.hold = p.hold
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
		total = newLanes(m, sum, paired)
	}
	JMP(LabelRef("test"))
	Label("loop")
	if paired {
		for part := 0; part < turn; part += block {
			for _, base := range []reg.Register{pred, target} {
				PREFETCHT0(Mem{Base: base, Index: at, Scale: 1, Disp: ahead + part})
			}
		}
	}
	var fresh []value
	for part := 0; part < turn; part += t.bytes {
		in := func(base reg.Register) value {
			return m.emit(m.of(VMOVUPS, VMOVUPD), Mem{Base: base, Index: at, Scale: 1, Disp: part})
		}
		x, y := in(pred), value{}
		if paired {
			y = value{place: Mem{Base: target, Index: at, Scale: 1, Disp: part}}
		} else if p.hasTarget {
			y = in(target)
		}
		v, g := formula(m, f, x, y)
		if f.hasValue {
			total.add(part, v)
			if fresh = append(fresh, v); !paired || len(fresh)*t.bytes == turn {
				m.storeValues(fmt.Sprintf("%sNoValue%d", name, part/t.bytes), values, at, part, fresh)
				fresh = nil
			}
		}
		if f.hasGrad {
			m.of(VMOVUPS, VMOVUPD)(m.load(g), Mem{Base: grad, Index: at, Scale: 1, Disp: part})
		}
	}
	ADDQ(U8(turn), at)
	Label("test")
	CMPQ(at, blocks)
	JLT(LabelRef("loop"))
	if f.hasValue {
		total.store()
	}
	VZEROUPPER()
	RET()
	return name
}

// storeValues writes values, of which the last lies at a byte of the turn, unless there is
// no place for them.
func (m *machine) storeValues(skip string, base, at reg.Register, part int, values []value) {
	TESTQ(base, base)
	JZ(LabelRef(skip))
	for i, v := range values {
		m.of(VMOVUPS, VMOVUPD)(m.load(v), Mem{Base: base, Index: at, Scale: 1, Disp: part - (len(values)-1-i)*m.tier.bytes})
	}
	Label(skip)
}

const (
	paramCount = "8"
	scale      = 7 // the place of the gradient from upstream
)
