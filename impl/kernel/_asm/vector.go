package main

import (
	"math"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
	"github.com/mmcloughlin/avo/x86"
)

// A tier is a width of vector with its instructions.
type tier struct {
	name  string
	bytes int
}

var (
	avx2   = tier{"AVX2", 32}
	avx512 = tier{"AVX512", 64}
	tiers  = map[string]tier{"avx2": avx2, "avx512": avx512}
)

// A dtype is a format of number with the instructions that compute in it.
type dtype struct {
	name   string
	suffix string // of the names of functions
	bytes  int
	ops    map[op]func(...Op)
}

// An op is an arithmetic operation of two vectors, rounded to nearest. min and max give
// their second operand where one is NaN.
type op int

const (
	add op = iota
	sub
	mul
	div
	least
	most
	scalef // a·2^b, AVX-512 only
	// The same with a second operand of one number, AVX-512 only.
	addBroadcast
	subBroadcast
	mulBroadcast
	divBroadcast
	leastBroadcast
	mostBroadcast
)

var (
	float32s = dtype{"float32", "32", 4, map[op]func(...Op){add: VADDPS, sub: VSUBPS, mul: VMULPS, div: VDIVPS, least: VMINPS, most: VMAXPS,
		scalef: VSCALEFPS, addBroadcast: VADDPS_BCST, subBroadcast: VSUBPS_BCST, mulBroadcast: VMULPS_BCST,
		divBroadcast: VDIVPS_BCST, leastBroadcast: VMINPS_BCST, mostBroadcast: VMAXPS_BCST}}
	float64s = dtype{"float64", "64", 8, map[op]func(...Op){add: VADDPD, sub: VSUBPD, mul: VMULPD, div: VDIVPD, least: VMINPD, most: VMAXPD,
		scalef: VSCALEFPD, addBroadcast: VADDPD_BCST, subBroadcast: VSUBPD_BCST, mulBroadcast: VMULPD_BCST,
		divBroadcast: VDIVPD_BCST, leastBroadcast: VMINPD_BCST, mostBroadcast: VMAXPD_BCST}}
	dtypes = map[string]dtype{"float32": float32s, "float64": float64s}
)

// of is one of two instructions: the one that computes in float32, or in float64.
func (d dtype) of(single, double func(...Op)) func(...Op) {
	if d.bytes == 4 {
		return single
	}
	return double
}

// A value is a vector in a register, or in memory where it is used once, or the same number
// in every lane: a constant, or a parameter of the kernel.
type value struct {
	register reg.VecVirtual
	place    Mem    // where Base is set
	written  int    // how often the place had been written that is on the shelf; see Shelve
	bits     uint64 // of a constant
	bytes    int    // of a constant or parameter
	param    int    // 1 + its place
	constant bool
	wide     bool // a parameter of float32, in float64
}

// A machine emits the instructions of one function in one tier. A formula is written
// against it once, and gives the same bits in every tier: each operation is rounded by
// itself; what is fused says so.
//
// Its body runs twice. In the first, dry run nothing is emitted and constants are counted,
// so that those used most often can be loaded before the loop where there are registers
// for them.
type machine struct {
	tier
	dtype
	dry     bool
	raised  bool // a large factor is multiplied in: see raise.go of the package
	uses    map[value]int
	order   *[]value // of first use
	held    map[value]reg.VecVirtual
	widened map[value]Mem // parameters that no register holds, in float64, on the shelf
	params  reg.Register  // pointer to the parameters
	hold    int           // how many constants and parameters registers hold
	numbers *pool
	turn    func() // called before each instruction; see weave
	rest    func() // called by Shelve
	apart   bool   // bodies are emitted one after another, stage by stage; see weave
	shelf   shelf

	fewRegisters bool         // Stow puts vectors in memory
	room         reg.Register // where, how many bytes of it there are, and have been used; see Put
	roomSize     int
	roomUsed     int
}

// vector returns a new register.
func (m *machine) vector() reg.VecVirtual {
	if m.turn != nil {
		m.turn()
	}
	if m.bytesOfVector() == 64 {
		return ZMM()
	}
	return YMM()
}

func (m *machine) bytesOfVector() int { return m.tier.bytes }

// emit runs an instruction with a new register for its result as the last operand.
func (m *machine) emit(instruction func(...Op), operands ...Op) value {
	if m.dry {
		return value{}
	}
	out := m.vector()
	instruction(append(operands, out)...)
	return value{register: out}
}

// Const is a number in every lane.
func (m *machine) Const(x float64) value {
	bits := math.Float64bits(x)
	if m.dtype.bytes == 4 {
		if x == x && float64(float32(x)) != x {
			panic("constant is no float32")
		}
		bits = uint64(math.Float32bits(float32(x)))
	}
	return m.Bits(bits)
}

// Bits is a pattern in every lane.
func (m *machine) Bits(bits uint64) value {
	return m.used(value{bits: bits, bytes: m.dtype.bytes, constant: true})
}

// Param is a parameter of the kernel in every lane.
func (m *machine) Param(i int) value { return m.used(value{param: i + 1, bytes: m.dtype.bytes}) }

func (m *machine) used(v value) value {
	if m.dry {
		if m.uses[v] == 0 {
			*m.order = append(*m.order, v)
		}
		m.uses[v]++
		if v.wide { // two instructions where no register holds it, and one of them slow
			m.uses[v] += 4
		}
	}
	return v
}

// inRegister counts v where it is wanted in a register, and could not be an operand in memory.
func (m *machine) inRegister(v value) {
	if m.dry && (v.constant || v.param > 0) {
		m.uses[v] += 3
	}
}

// load returns a register that holds v.
func (m *machine) load(v value) reg.VecVirtual {
	if v.register != nil {
		return v.register
	}
	if v.place.Base != nil {
		return m.emit(m.of(VMOVUPS, VMOVUPD), m.at(v, 0)).register
	}
	if r, ok := m.held[v]; ok {
		return r
	}
	return m.fill(v)
}

// half is the lower half of a register.
func (m *machine) half(r reg.VecVirtual) reg.VecVirtual {
	if m.tier == avx512 {
		return r.AsY().(reg.VecVirtual)
	}
	return r.AsX().(reg.VecVirtual)
}

// fill loads a constant or a parameter into a new register.
func (m *machine) fill(v value) reg.VecVirtual {
	if place, ok := m.widened[v]; ok {
		return m.emit(VMOVUPD, place).register
	}
	out := m.vector()
	if v.wide {
		part := m.half(m.fill(value{param: v.param, bytes: v.bytes}))
		VCVTPS2PD(part, out)
		return out
	}
	if v.bytes == 4 {
		VBROADCASTSS(m.memory(v), out)
	} else {
		VBROADCASTSD(m.memory(v), out)
	}
	return out
}

// memory is where one copy of a constant or a parameter lies.
func (m *machine) memory(v value) Mem {
	if v.constant {
		return m.numbers.address(v.bits, v.bytes)
	}
	return Mem{Base: m.params, Disp: (v.param - 1) * v.bytes}
}

// apply emits an operation of two values.
func (m *machine) apply(o op, a, b value) value {
	m.inRegister(a)
	if m.dry {
		return value{}
	}
	if b.place.Base != nil {
		first := m.load(a)
		return m.emit(m.ops[o], m.at(b, 0), first)
	}
	if _, ok := m.held[b]; b.register == nil && !ok {
		first := m.load(a)
		if place, ok := m.widened[b]; ok {
			return m.emit(m.ops[o], place, first)
		}
		if m.tier == avx512 && !b.wide {
			return m.emit(m.ops[o+addBroadcast-add], m.memory(b), first)
		}
		if b.constant {
			return m.emit(m.ops[o], m.numbers.address(b.bits, m.dtype.bytes), first)
		}
	}
	return m.emit(m.ops[o], m.load(b), m.load(a))
}

func (m *machine) Add(a, b value) value { return m.apply(add, a, b) }
func (m *machine) Sub(a, b value) value { return m.apply(sub, a, b) }
func (m *machine) Mul(a, b value) value { return m.apply(mul, a, b) }
func (m *machine) Div(a, b value) value { return m.apply(div, a, b) }

// Min is a where a < b and else b; so it is b where one is NaN.
func (m *machine) Min(a, b value) value { return m.apply(least, a, b) }

// Max is a where a > b and else b; so it is b where one is NaN.
func (m *machine) Max(a, b value) value { return m.apply(most, a, b) }

// MulAdd is a·b + c, rounded once, in float64. It takes the register of a, unless a is a
// constant or in memory.
func (m *machine) MulAdd(a, b, c value) value { return m.fuse(VFMADD213PD, VFMADD213PD_BCST, a, b, c) }

// NegMulAdd is c − a·b, as MulAdd.
func (m *machine) NegMulAdd(a, b, c value) value {
	return m.fuse(VFNMADD213PD, VFNMADD213PD_BCST, a, b, c)
}

// AddMul is c + a·b, as MulAdd, and takes the register of c.
func (m *machine) AddMul(c, a, b value) value { return m.fuse(VFMADD231PD, VFMADD231PD_BCST, c, a, b) }

// SubMul is c − a·b, as MulAdd, and takes the register of c.
func (m *machine) SubMul(c, a, b value) value {
	return m.fuse(VFNMADD231PD, VFNMADD231PD_BCST, c, a, b)
}

// fuse emits an operation whose first operand is its result, too, and whose last may be in
// memory.
func (m *machine) fuse(o, broadcast func(...Op), first, second, last value) value {
	m.inRegister(first)
	m.inRegister(second)
	if m.dry {
		return value{}
	}
	out, with := first.register, m.load(second)
	if out == nil {
		out = m.fresh(first)
	} else if m.turn != nil {
		m.turn()
	}
	_, held := m.held[last]
	place, isWidened := m.widened[last]
	switch {
	case isWidened:
		o(place, with, out)
	case last.register != nil || held || last.wide:
		o(m.load(last), with, out)
	case last.place.Base != nil:
		o(m.at(last, 0), with, out)
	case m.tier == avx512:
		broadcast(m.memory(last), with, out)
	case last.constant:
		o(m.memory(last), with, out)
	default:
		o(m.fill(last), with, out)
	}
	return value{register: out}
}

// Copy is v in a register that nothing else uses.
func (m *machine) Copy(v value) value {
	if m.dry {
		return value{}
	}
	return value{register: m.fresh(v)}
}

// fresh is v in a register that nothing else uses.
func (m *machine) fresh(v value) reg.VecVirtual {
	r, held := m.held[v]
	if v.register != nil {
		r, held = v.register, true
	}
	if held {
		return m.emit(m.of(VMOVAPS, VMOVAPD), r).register
	}
	return m.load(v)
}

// FusedPolynomial is Polynomial, with MulAdd.
func (m *machine) FusedPolynomial(x value, c ...float64) value {
	p := m.Const(c[len(c)-1])
	for i := len(c) - 2; i >= 0; i-- {
		p = m.MulAdd(p, x, m.Const(c[i]))
	}
	return p
}

// Polynomial is c₀ + x·(c₁ + x·(…)), by Horner's rule.
func (m *machine) Polynomial(x value, c ...float64) value {
	p := m.Const(c[len(c)-1])
	for i := len(c) - 2; i >= 0; i-- {
		p = m.Add(m.Mul(x, p), m.Const(c[i])) // a constant as the second operand may lie in memory
	}
	return p
}

// Pairs is c₀ + c₁·x + …, from x and x²: (c₀ + c₁·x) + x²·((c₂ + c₃·x) + x²·(…)). The
// pairs wait for nothing, so that the chain is half as long as Horner's, at as many
// operations and with errors of the same size.
func (m *machine) Pairs(x, square value, c ...float64) value {
	pair := func(i int) value {
		if i+1 == len(c) {
			return m.Const(c[i])
		}
		return m.Add(m.Mul(x, m.Const(c[i+1])), m.Const(c[i])) // a constant as the second operand may lie in memory
	}
	last := (len(c) - 1) / 2 * 2
	p := pair(last)
	for i := last - 2; i >= 0; i -= 2 {
		q := pair(i)
		p = m.Add(m.Mul(square, p), q)
	}
	return p
}

// logic emits a bitwise operation with a constant.
func (m *machine) logic(wide, narrow func(...Op), a value, bits uint64) value {
	b := m.Bits(bits)
	if m.tier == avx512 {
		m.inRegister(b)
	}
	if m.dry {
		return value{}
	}
	if m.tier == avx512 {
		return m.emit(wide, m.load(b), m.load(a))
	}
	return m.emit(narrow, m.numbers.address(b.bits, m.dtype.bytes), m.load(a))
}

// Abs is |a|.
func (m *machine) Abs(a value) value {
	return m.logic(m.of(VPANDD, VPANDQ), two(VPAND), a, m.sign()-1)
}

// MinusAbs is −|a|.
func (m *machine) MinusAbs(a value) value {
	return m.logic(m.of(VPORD, VPORQ), two(VPOR), a, m.sign())
}

// Neg is −a.
func (m *machine) Neg(a value) value {
	return m.logic(m.of(VPXORD, VPXORQ), two(VPXOR), a, m.sign())
}

// sign is the pattern of the sign bit.
func (m *machine) sign() uint64 { return 1 << (8*m.dtype.bytes - 1) }

// two brings an instruction of three operands to the form of the others.
func two(instruction func(a, b, c Op)) func(...Op) {
	return func(o ...Op) { instruction(o[0], o[1], o[2]) }
}

// A mask says of each lane whether a comparison holds: a mask register in AVX-512, a
// vector in AVX2.
type mask struct{ register reg.Register }

// Negative says where the sign bit of a is set.
func (m *machine) Negative(a value) mask {
	if m.dry {
		return mask{}
	}
	if m.tier == avx512 {
		k := K()
		if m.dtype.bytes == 4 {
			VPMOVD2M(m.load(a), k)
		} else {
			VPMOVQ2M(m.load(a), k)
		}
		return mask{k}
	}
	return mask{m.load(a)} // a blend looks at sign bits
}

// Predicates of a comparison, as the instruction encodes them. The first are false where
// one operand is NaN, the others true.
const (
	equal       = 0  // EQ_OQ
	less        = 17 // LT_OQ
	lessOrEqual = 18 // LE_OQ
	greater     = 30 // GT_OQ
	atLeast     = 29 // GE_OQ
	different   = 12 // NEQ_OQ

	isNaN      = 3  // UNORD_Q
	notEqual   = 4  // NEQ_UQ
	equalOrNaN = 8  // EQ_UQ
	notLess    = 21 // NLT_UQ
)

// Compare says where a comparison of a with b holds.
func (m *machine) Compare(predicate uint64, a, b value) mask {
	m.inRegister(b)
	if m.dry {
		return mask{}
	}
	if m.tier == avx512 {
		k := K()
		m.of(VCMPPS, VCMPPD)(U8(predicate), m.load(b), m.load(a), k)
		return mask{k}
	}
	out := m.vector()
	m.of(func(o ...Op) { VCMPPS(o...) }, func(o ...Op) { VCMPPD(o...) })(U8(predicate), m.load(b), m.load(a), out)
	return mask{out}
}

// Select is yes where the mask holds, and no elsewhere.
func (m *machine) Select(where mask, yes, no value) value {
	if m.dry {
		return value{}
	}
	if m.tier == avx512 {
		out := m.vector()
		blend := x86.VBLENDMPS
		if m.dtype.bytes == 8 {
			blend = x86.VBLENDMPD
		}
		overwrite(blend(m.load(yes), m.load(no), where.register, out))
		return value{register: out}
	}
	out := m.vector()
	if m.dtype.bytes == 4 {
		VBLENDVPS(where.register, m.load(yes), m.load(no), out)
	} else {
		VBLENDVPD(where.register, m.load(yes), m.load(no), out)
	}
	return value{register: out}
}

// overwrite emits an instruction of three operands and a result. avo takes the result of a
// blend for an operand too, and would keep its register from the start of the function on.
func overwrite(i *ir.Instruction, err error) {
	if err != nil {
		panic(err)
	}
	i.Inputs = slices.DeleteFunc(slices.Clone(i.Inputs), func(o Op) bool { return o == i.Operands[len(i.Operands)-1] })
	Instruction(i)
}

// Keep is a where the mask of a comparison holds, and +0 elsewhere.
func (m *machine) Keep(where mask, a value) value {
	if m.dry {
		return value{}
	}
	out := m.vector()
	if m.tier == avx512 {
		if m.dtype.bytes == 4 {
			VMOVAPS_Z(m.load(a), where.register, out)
		} else {
			VMOVAPD_Z(m.load(a), where.register, out)
		}
		return value{register: out}
	}
	VPAND(where.register, m.load(a), out)
	return value{register: out}
}

// Weigh is w·x, and +0 where w is 0, whatever x: what has no weight does not count, even
// where it is infinite.
func (m *machine) Weigh(w, x value) value {
	counts := m.Compare(notEqual, w, m.Const(0))
	if m.dry || m.tier == avx2 {
		return m.Keep(counts, m.Mul(w, x))
	}
	out := m.vector()
	if m.dtype.bytes == 4 {
		VMULPS_Z(m.load(x), m.load(w), counts.register, out)
	} else {
		VMULPD_Z(m.load(x), m.load(w), counts.register, out)
	}
	return value{register: out}
}

// Round is the whole number nearest to a, the even one of two.
func (m *machine) Round(a value) value {
	const nearest = U8(8) // to even, without an exception
	if m.dry {
		return value{}
	}
	out := m.vector()
	if m.tier == avx512 {
		m.of(VRNDSCALEPS, VRNDSCALEPD)(nearest, m.load(a), out)
	} else {
		m.of(func(o ...Op) { VROUNDPS(o[0], o[1], o[2]) }, func(o ...Op) { VROUNDPD(o[0], o[1], o[2]) })(nearest, m.load(a), out)
	}
	return value{register: out}
}

// Flip is a with the opposite sign where the sign bit of b is set.
func (m *machine) Flip(a, b value) value {
	sign := m.Bits(m.sign())
	if m.dry {
		return value{}
	}
	if m.tier == avx512 {
		out := m.vector()
		m.of(VMOVAPS, VMOVAPD)(m.load(a), out)
		const axorbc = U8(0x78) // a ^ (b & c)
		m.of(VPTERNLOGD, VPTERNLOGQ)(axorbc, m.load(sign), m.load(b), out)
		return value{register: out}
	}
	bit := m.emit(two(VPAND), m.numbers.address(sign.bits, m.dtype.bytes), m.load(b))
	return m.emit(two(VPXOR), bit.register, m.load(a))
}

// Scale is p·2^n, rounded once, for p near 1 and whole n: −191 ≤ n ≤ 62 in float32 and
// −1535 ≤ n ≤ 510 in float64. It is NaN where p is, and any number where only n is.
func (m *machine) Scale(p, n value) value {
	if m.tier == avx512 {
		return m.apply(scalef, p, n)
	}
	// The first of two factors has an exponent that is in range and leaves the product exact. Its
	// bits, bias and all, are the last ones of the sum.
	raised, bias := 65., 127.
	if m.dtype.bytes == 8 {
		raised, bias = 513, 1023
	}
	_, exponent := m.magic()
	t := m.Add(n, m.Const(math.Ldexp(1.5, int(exponent))+raised+bias))
	return m.Mul(m.Mul(p, m.shiftLeft(t, exponent)), m.Const(math.Ldexp(1, -int(raised))))
}

// magic is the number 1.5·2^(precision−1), which rounds what is added to it to a whole
// number, and how many bits lie below the exponent.
func (m *machine) magic() (value, uint64) {
	if m.dtype.bytes == 4 {
		return m.Const(0x1.8p23), 23
	}
	return m.Const(0x1.8p52), 52
}

// begin loads the constants and parameters that registers hold, and puts others on the shelf that
// are to be had only by a conversion.
func (m *machine) begin() {
	m.held = map[value]reg.VecVirtual{}
	for range min(m.hold, len(*m.order)) {
		best := -1
		for i, v := range *m.order {
			if _, ok := m.held[v]; !ok && (best < 0 || m.uses[v] > m.uses[(*m.order)[best]]) {
				best = i
			}
		}
		m.held[(*m.order)[best]] = m.fill((*m.order)[best])
	}
	m.widened = map[value]Mem{}
	for _, v := range *m.order {
		if _, ok := m.held[v]; v.wide && !ok && m.shelf.base != nil {
			wide := m.fill(v)
			m.widened[v] = m.place()
			VMOVUPD(wide, m.widened[v])
		}
	}
}
