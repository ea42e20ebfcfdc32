package main

import (
	"cmp"
	"fmt"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
	"slices"
)

// block is how many bytes of each array one turn of a loop covers: a vector of AVX-512, two
// of AVX2.
const block = 64

// A form is what of a loss one function computes.
type form struct {
	name, field       string
	hasValue, hasGrad bool
}

var (
	valueOnly = form{"Value", "value", true, false}
	gradOnly  = form{"Grad", "grad", false, true}
	valueGrad = form{"ValueGrad", "valueGrad", true, true}
	forms     = []form{valueOnly, gradOnly, valueGrad}
	gradients = []form{gradOnly, valueGrad}
)

// A formula computes value and gradient of a vector of predictions and targets. What a form
// does not ask for it leaves out.
type formula func(m *machine, f form, x, y value) (val, grad value)

// A pointwise kernel is a loss with its formula in each dtype.
type pointwise struct {
	name      string
	hasTarget bool
	hold      int                // how many constants and parameters AVX-512 keeps in registers
	paired    bool               // float32: the values of two blocks are added before they are summed; see lanes.go
	watched   bool               // a form without values has differences in their place, of which is watched whether one overflows
	abreast   int                // how many blocks AVX-512 weaves, where not two
	paces     []int              // where the formula has stages, which Shelve parts: how many instructions of each have a turn together. It reads its inputs where it uses them
	narrow    bool               // AVX-512 has the functions of AVX2
	alone     []tier             // where a vector takes too many registers to be woven with another
	room      int                // how many vectors AVX2 may put in memory; see Stow
	raises    []form             // for which there are functions for large factors; see raise.go of the package
	formulas  map[string]formula // by dtype
}

// emit makes the function of a kernel for a tier, dtype and form, and returns its name:
//
//	for each of blocks × 64 bytes of pred and target:
//	    value = L, where value is not nil; sum += L, lane by lane; grad = ∂L/∂pred
//
// A kernel whose values are paired takes two blocks a turn, and an even number of them.
func (p pointwise) emit(t tier, d dtype, f form, raised bool, numbers *pool) (name string) {
	name = p.name + f.name
	if raised { // which are rare, and have more in registers than stages can
		name += "Raised"
		p.paces, p.alone = nil, []tier{avx2}
	}
	name += d.suffix + t.name
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
	}
	watched := p.watched && !f.hasValue
	if f.hasValue || watched {
		sum = Load(Param("sum"), GP64())
	}
	if f.hasGrad {
		grad = Load(Param("grad"), GP64())
	}

	paired := p.paired && d.bytes == 4
	alone := slices.Contains(p.alone, t) || t == avx2 && d.bytes == 8 // two would need more than the 16 registers of AVX2
	staged := p.paces != nil
	m := &machine{tier: t, dtype: d, dry: true, raised: raised, uses: map[value]int{}, order: new([]value), numbers: numbers}
	if t == avx512 || paired {
		m.hold = p.hold
		if d.bytes == 8 { // polynomials are longer there, and leave fewer registers
			m.hold -= 4
		}
	}
	formula := p.formulas[d.suffix]
	formula(m, f, value{}, value{})
	m.dry = false
	m.apart = staged && alone
	if staged {
		m.shelf = newShelf()
	}
	if t == avx2 && d.bytes == 8 && p.room > 0 {
		m.fewRegisters, m.roomSize = true, p.room*t.bytes
		m.room = newRoom(m.roomSize)
	}
	m.params = Load(Param("params"), GP64())
	m.begin()

	at := GP64()
	XORQ(at, at)
	SHLQ(U8(6), blocks)
	var total *lanes
	if f.hasValue {
		total = newLanes(m, sum, paired)
	}
	var watch reg.VecVirtual // 0 while all that was watched is finite
	if watched {
		watch = m.vector()
		if t == avx512 {
			VPXORD(watch, watch, watch)
		} else {
			VPXOR(watch, watch, watch)
		}
	}
	input := func(m *machine, base, at reg.Register, part int) value {
		place := Mem{Base: base, Index: at, Scale: 1, Disp: part}
		if paired && base == target || staged || m.fewRegisters {
			return value{place: place}
		}
		return m.emit(m.of(VMOVUPS, VMOVUPD), place)
	}
	body := func(m *machine, at reg.Register, part int) (val value) {
		m.roomUsed = 0
		x, y := input(m, pred, at, part), value{}
		if p.hasTarget {
			y = input(m, target, at, part)
		}
		val, g := formula(m, f, x, y)
		if watched {
			m.or(m.load(m.Sub(val, val)), watch)
		}
		if f.hasValue {
			total.add(part, val)
			if !paired {
				m.storeValues(values, at, part, []value{val})
			}
		}
		if f.hasGrad {
			m.of(VMOVUPS, VMOVUPD)(m.load(g), Mem{Base: grad, Index: at, Scale: 1, Disp: part})
		}
		return val
	}
	bodies := func(at reg.Register, bytes int, vals []value) (all []func(*machine)) {
		for i := range bytes / t.bytes {
			all = append(all, func(m *machine) {
				if v := body(m, at, i*t.bytes); vals != nil {
					vals[i] = v
				}
			})
		}
		return all
	}
	// turn covers so many bytes, in bodies that know nothing of each other.
	turn := func(bytes int) {
		vals := make([]value, bytes/t.bytes)
		all := bodies(at, bytes, vals)
		if !paired && !alone {
			m.weave(all)
			return
		}
		for _, b := range all {
			b(m)
		}
		if f.hasValue && paired {
			m.storeValues(values, at, 0, vals)
		}
	}
	loop := func(bytes int) {
		JMP(LabelRef("test"))
		Label("loop")
		turn(bytes)
		ADDQ(I32(int32(bytes)), at)
		Label("test")
		CMPQ(at, blocks)
		JLT(LabelRef("loop"))
	}
	switch {
	case paired:
		loop(2 * block)
	case staged:
		bytes := block
		if t == avx512 {
			bytes *= cmp.Or(p.abreast, 2)
		}
		last := GP64()
		LEAQ(Mem{Base: blocks, Disp: -bytes}, last)
		CMPQ(at, last)
		JG(LabelRef("rest"))
		m.pipeline(at, last, bytes, func(at reg.Register) []func(*machine) { return bodies(at, bytes, nil) }, p.paces)
		Label("rest")
		if bytes > block {
			loop(block)
		}
	case t == avx512 && !alone: // several blocks a turn, while there are as many
		bytes := cmp.Or(p.abreast, 2) * block
		last := GP64()
		LEAQ(Mem{Base: blocks, Disp: -bytes}, last)
		JMP(LabelRef("several"))
		Label("turn")
		turn(bytes)
		ADDQ(I32(int32(bytes)), at)
		Label("several")
		CMPQ(at, last)
		JLE(LabelRef("turn"))
		loop(block)
	default:
		loop(block)
	}
	Label("done")
	if f.hasValue {
		total.store()
	}
	if watched {
		m.storeWatch(watch, sum)
	}
	VZEROUPPER()
	RET()
	return name
}

// pipeline emits a loop over turns of so many bytes, from at to last, in which each stage of a
// formula but the first goes on with what the stage before it has shelved in the turn before:
// each is a shorter chain than the whole, and all are at hand at once. Where there is no later
// turn, early stages take the last one again, for nothing.
func (m *machine) pipeline(at, last reg.Register, bytes int, bodies func(at reg.Register) []func(*machine), paces []int) {
	turns := []reg.Register{at} // of each stage, the last stage first
	for range paces[1:] {
		turns = append(turns, GP64())
	}
	var threads [][]*thread
	step := func(stages int) {
		for i := 1; i < stages; i++ {
			LEAQ(Mem{Base: turns[i-1], Disp: bytes}, turns[i])
			CMPQ(turns[i], last)
			CMOVQGT(turns[i-1], turns[i])
		}
		threads = append(threads, m.start(bodies(turns[stages-1]), paces[0]))
		var all []*thread
		for i := range threads[0] {
			for _, of := range threads {
				all = append(all, of[i])
			}
			if m.tier == avx2 { // which has registers for the stages of one body
				m.advance(all)
				all = nil
			}
		}
		m.advance(all)
		for i, of := range threads {
			for _, t := range of {
				t.pace = paces[min(stages-i, len(paces)-1)]
			}
		}
	}
	for stages := 1; stages < len(turns); stages++ {
		step(stages)
	}
	Label("turn")
	step(len(turns))
	ADDQ(I32(int32(bytes)), at)
	CMPQ(at, last)
	JLE(LabelRef("turn"))
}

const (
	paramCount = "16"
	// The places of the gradient from upstream over its unit, of the unit, and of what is added to the
	// exponent; see raise.go of the package.
	scale   = 15
	oneUnit = 14
	raise   = 13
)

// or puts the bits of a register to those of another.
func (m *machine) or(from, to reg.VecVirtual) {
	if m.tier == avx512 {
		VPORD(from, to, to)
	} else {
		VPOR(from, to, to)
	}
}

// storeWatch stores what was watched in float64: NaN where something was not finite, else 0.
func (m *machine) storeWatch(watch, sum reg.Register) {
	v := value{register: watch.(reg.VecVirtual)}
	if m.dtype.bytes == 4 {
		low, high := m.wideHalf(v, 0), m.wideHalf(v, 1)
		m.or(low.register, high.register)
		v = high
	}
	VMOVUPD(v.register, Mem{Base: sum})
}

// storeValues writes values, of which the first lies at a byte of the turn, unless there is
// no place for them. It takes no new register, so that weave leaves it in one piece.
func (m *machine) storeValues(base, at reg.Register, part int, values []value) {
	skip := fmt.Sprint("novalue", labels)
	labels++
	TESTQ(base, base)
	JZ(LabelRef(skip))
	for i, v := range values {
		m.of(VMOVUPS, VMOVUPD)(m.load(v), Mem{Base: base, Index: at, Scale: 1, Disp: part + i*m.tier.bytes})
	}
	Label(skip)
}

// labels counts the labels of storeValues.
var labels int
