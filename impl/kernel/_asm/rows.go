package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The passes over rows of scores, each as long as the number of classes says. See
// row_exponential.go and rows.go of package kernel.

// A rowFormat is what the exponentials of rows have of their own in a dtype.
type rowFormat struct {
	live, far              float64
	steps                  float64 // to an octave
	bias                   float64 // of an exponent, and what exponentials are kept clear of the lower end
	log2E, ln2High, ln2Low float64 // of a step
	lowest                 float64
	polynomial             []float64
}

var rowFormats = map[string]rowFormat{
	"32": {119.5, 184, 16, 127 + 48, 0x1.715476p+4, 0x1.63p-5, -0x1.bd0106p-17, -math.MaxFloat32,
		[]float64{0x1.000226p-1, 0x1.5555a4p-3}},
	"64": {774, 1290, 1, 1023 + 96, 0x1.71547652b82fep+0, 0x1.62e42fefa3p-1, 0x1.3de6af278ece6p-42, -math.MaxFloat64,
		[]float64{0x1.000000000000cp-1, 0x1.5555555555516p-3, 0x1.555555554fe21p-5, 0x1.1111111120d14p-7, 0x1.6c16c18601f63p-10,
			0x1.a01a014f6e0d3p-13, 0x1.a01995c0ceca4p-16, 0x1.71ded30338b6cp-19, 0x1.28b0f9e15ee1dp-22, 0x1.ae0149e69064fp-26}},
}

// A reference is that of a row: row_exponential.go.
type reference struct{ base, top, floor, shift value }

func (m *machine) newReference(largest value) (r reference) {
	f := rowFormats[m.dtype.suffix]
	size := m.Abs(largest)
	r.base = m.Keep(m.Compare(greater, size, m.Const(f.far)), largest)
	r.top = m.Keep(m.Compare(lessOrEqual, size, m.Const(f.far)), largest)
	r.floor = m.Sub(r.top, m.Const(f.live))
	magic, _ := m.magic()
	n := m.Sub(m.Add(m.Mul(r.top, m.Const(f.log2E)), magic), magic)
	r.shift = m.Sub(m.Const(m.toWhole()+f.steps*f.bias), n)
	if m.dtype.bytes == 4 {
		low, high := m.isNear(largest)
		near := m.nearReference()
		r.floor = m.Select(low, m.Select(high, near.floor, r.floor), r.floor)
		r.shift = m.Select(low, m.Select(high, near.shift, r.shift), r.shift)
	}
	return r
}

// toWhole is the number of magic.
func (m *machine) toWhole() float64 {
	if m.dtype.bytes == 4 {
		return 0x1.8p23
	}
	return 0x1.8p52
}

// rowExponential is e^z relative to r, for x = z − base.
func (m *machine) rowExponential(x value, r reference) value {
	f := rowFormats[m.dtype.suffix]
	t := m.Add(m.Mul(x, m.Const(f.log2E)), r.shift)
	n := m.Sub(t, r.shift)
	low := m.Sub(m.Sub(x, m.Mul(n, m.Const(f.ln2High))), m.Mul(n, m.Const(f.ln2Low)))
	square := m.Mul(low, low)
	q := m.Pairs(low, square, f.polynomial...)
	p := m.Add(low, m.Mul(square, q))
	live := m.Compare(notLess, x, r.floor)
	if m.dtype.bytes == 4 {
		power := m.stepPower(t)
		return m.keptResult(live, add, power, m.Mul(power, p))
	}
	return m.keptResult(live, mul, m.Add(p, m.Const(1)), m.shiftLeft(t, 52))
}

// keptResult is Keep of a sum or a product, one instruction in AVX-512.
func (m *machine) keptResult(where mask, o op, a, b value) value {
	if m.dry || m.tier != avx512 {
		return m.Keep(where, m.apply(o, a, b))
	}
	instruction := m.of(four(VMULPS_Z), four(VMULPD_Z))
	if o == add {
		instruction = m.of(four(VADDPS_Z), four(VADDPD_Z))
	}
	out := m.vector()
	instruction(m.load(b), m.load(a), where.register, out)
	return value{register: out}
}

func four(instruction func(a, b, c, d Op)) func(...Op) {
	return func(o ...Op) { instruction(o[0], o[1], o[2], o[3]) }
}

// shiftLeft shifts the bits of a.
func (m *machine) shiftLeft(a value, by uint64) value {
	if m.dry {
		return value{}
	}
	return m.emit(m.of(VPSLLD, VPSLLQ), U8(by), m.load(a))
}

// stepPower is 2^(n/16) in float32, for n at the end of the bits of t: steps of package kernel.
func (m *machine) stepPower(t value) value {
	if m.dry {
		return value{}
	}
	const (
		steps  = 16
		factor = (8395991 - 0.14) / (1 << 23)
	)
	table := make([]uint32, steps)
	for j := range table {
		table[j] = math.Float32bits(float32(factor*math.Exp2(float64(j)/steps))) - math.Float32bits(1) - uint32(j)<<19
	}
	return m.addBits(m.lookUp("Steps", table, t), m.shiftLeft(t, 19))
}

// lookUp is the entry of a table of 16 numbers of 32 bits that the last four bits of t choose.
func (m *machine) lookUp(name string, table []uint32, t value) value {
	if m.dry {
		return value{}
	}
	at := m.numbers.table(name, table)
	if m.tier == avx512 {
		return m.emit(VPERMD, at, m.load(t))
	}
	upper := at // in two halves, of which bit 3 chooses
	upper.Disp += 32
	low, high := m.emit(VPERMD, at, m.load(t)), m.emit(VPERMD, upper, m.load(t))
	return m.Select(mask{m.shiftLeft(t, 28).register}, high, low)
}

// addBits adds bits as whole numbers.
func (m *machine) addBits(a, b value) value {
	if m.dry {
		return value{}
	}
	return m.emit(m.of(VPADDD, VPADDQ), m.load(b), m.load(a))
}

// rowLoop is the frame of a pass over rows: what is common to all blocks of a row.
type rowLoop struct {
	m                      *machine
	name                   string
	rows, full, rest, size reg.GPVirtual // rows left, whole blocks and elements beyond, bytes of a row
	tail                   reg.Register  // mask of the elements beyond, AVX-512
	masks                  reg.GPVirtual // pointer to the masks of the elements beyond, AVX2
}

func newRowLoop(m *machine, name string) *rowLoop {
	l := &rowLoop{m: m, name: name}
	l.rows = Load(Param("rows"), GP64()).(reg.GPVirtual)
	l.size = Load(Param("classes"), GP64()).(reg.GPVirtual)
	l.full, l.rest = GP64(), GP64()
	perBlock := block / m.dtype.bytes
	MOVQ(l.size, l.full)
	SHRQ(U8(log2(perBlock)), l.full)
	MOVQ(l.size, l.rest)
	ANDQ(U8(perBlock-1), l.rest)
	SHLQ(U8(log2(m.dtype.bytes)), l.size)
	if m.tier == avx512 {
		bits := GP32()
		MOVL(U32(0xffff), bits)
		BZHIL(l.rest.As32(), bits, bits)
		l.tail = K()
		KMOVW(bits, l.tail)
	} else {
		l.masks = GP64()
		LEAQ(m.numbers.window(m.dtype.bytes), l.masks)
		at := GP64()
		MOVQ(l.rest, at)
		SHLQ(U8(log2(m.dtype.bytes)), at)
		SUBQ(at, l.masks)
	}
	return l
}

func log2(n int) int { return int(math.Log2(float64(n))) }

// mask is which elements of a part of the last block there are, AVX2.
func (l *rowLoop) mask(part int) reg.VecVirtual {
	mask := YMM()
	VMOVDQU(Mem{Base: l.masks, Disp: part}, mask)
	return mask
}

// A rowBody computes a part of a block of a row, which may not be whole.
type rowBody func(l *rowLoop, part int, whole bool)

// blocks runs body on each block of a row at pointers, which it moves on, the last of them
// being not full.
func (l *rowLoop) blocks(label string, body rowBody, pointers ...reg.GPVirtual) {
	count := GP64()
	MOVQ(l.full, count)
	l.someBlocks(label, count, body, pointers...)
}

// woven is blocks for a body that is long: in AVX-512 so many blocks at a time, where there are
// as many, their vectors woven.
func (l *rowLoop) woven(label string, several int, body rowBody, pointers ...reg.GPVirtual) {
	count := GP64()
	MOVQ(l.full, count)
	if l.m.tier == avx512 && several > 1 {
		SUBQ(U8(several), count)
		JL(LabelRef(label + "Fewer"))
		Label(label + "Several")
		l.weave(several*block, true, body)
		for _, p := range pointers {
			ADDQ(U32(several*block), p)
		}
		SUBQ(U8(several), count)
		JGE(LabelRef(label + "Several"))
		Label(label + "Fewer")
		ADDQ(U8(several), count)
	}
	l.eachBlock(label, count, func(whole bool) { l.weave(block, whole, body) }, pointers...)
}

// weave runs body on so many bytes of a row, the vectors woven.
func (l *rowLoop) weave(bytes int, whole bool, body rowBody) {
	var bodies []func(*machine)
	for part := 0; part < bytes; part += l.m.tier.bytes {
		if l.m.tier == avx2 { // which has too few registers
			body(l, part, whole)
			continue
		}
		bodies = append(bodies, func(m *machine) {
			own := *l
			own.m = m
			body(&own, part, whole)
		})
	}
	l.m.weave(bodies)
}

// someBlocks is blocks for the last ones of a row.
func (l *rowLoop) someBlocks(label string, count reg.GPVirtual, body rowBody, pointers ...reg.GPVirtual) {
	l.eachBlock(label, count, func(whole bool) {
		for part := 0; part < block; part += l.m.tier.bytes {
			body(l, part, whole)
		}
	}, pointers...)
}

func (l *rowLoop) eachBlock(label string, count reg.GPVirtual, body func(whole bool), pointers ...reg.GPVirtual) {
	TESTQ(count, count)
	JZ(LabelRef(label + "Tail"))
	Label(label)
	body(true)
	for _, p := range pointers {
		ADDQ(U8(block), p)
	}
	DECQ(count)
	JNZ(LabelRef(label))
	Label(label + "Tail")
	TESTQ(l.rest, l.rest)
	JZ(LabelRef(label + "End"))
	body(false)
	Label(label + "End")
}

// read is a part of a block; elements that there are not are fill, or 0 where that is
// the zero value.
func (l *rowLoop) read(at Mem, whole bool, fill value) value {
	m := l.m
	if whole {
		return m.emit(m.of(VMOVUPS, VMOVUPD), at)
	}
	out := m.vector()
	switch {
	case m.tier == avx512 && fill == value{}:
		m.of(three(VMOVUPS_Z), three(VMOVUPD_Z))(at, l.tail, out)
	case m.tier == avx512:
		m.of(VMOVAPS, VMOVAPD)(m.load(fill), out)
		m.of(VMOVUPS, VMOVUPD)(at, l.tail, out)
	default:
		mask := l.mask(at.Disp)
		m.of(three(VMASKMOVPS), three(VMASKMOVPD))(at, mask, out)
		if fill != (value{}) {
			return m.Select(whereMask(mask), value{register: out}, fill)
		}
	}
	return value{register: out}
}

func whereMask(r reg.Register) mask { return mask{r} }

// write writes a part of a block.
func (l *rowLoop) write(v value, at Mem, whole bool) {
	m := l.m
	switch {
	case whole:
		m.of(VMOVUPS, VMOVUPD)(m.load(v), at)
	case m.tier == avx512:
		m.of(VMOVUPS, VMOVUPD)(m.load(v), l.tail, at)
	default:
		m.of(three(VMASKMOVPS), three(VMASKMOVPD))(m.load(v), l.mask(at.Disp), at)
	}
}

func three(instruction func(a, b, c Op)) func(...Op) {
	return func(o ...Op) { instruction(o[0], o[1], o[2]) }
}

// newRowMachine is a machine whose constants are those that a dry run of body uses.
func newRowMachine(t tier, d dtype, numbers *pool, hold int, body func(m *machine)) *machine {
	m := &machine{tier: t, dtype: d, dry: true, uses: map[value]int{}, order: new([]value), numbers: numbers}
	if t == avx512 {
		m.hold = hold
	}
	body(m)
	m.dry = false
	m.begin()
	return m
}

// firstCache is how many bytes of scores package kernel takes in a group, for the L1 cache.
const firstCache = 16 << 10

// emitExponentials makes the passes over rows that find their largest scores, what their
// exponentials are relative to, and then the exponentials, which it writes where it is to,
// and their sums. Each pass is one over all rows, so that a row need not wait for the one
// before. base, floor and shift of the references lie behind top, and ties behind rest, as
// in a rowBlock.
func emitExponentials(t tier, d dtype, writes bool, numbers *pool) (name string) {
	name = "exponentials" + d.suffix + t.name
	if !writes {
		name = "exponentialSums" + d.suffix + t.name
	}
	TEXT(name, NOSPLIT, fmt.Sprintf("func(rows, classes int, logits, exps, top *%s, rest *float64)", d.name))
	Doc(name + " is exponentials for at least 32 classes.")
	Pragma("noescape")

	// Two vectors are woven, and leave fewer registers to the longer polynomial of float64.
	hold := map[int]int{4: 16, 8: 10}[d.bytes]
	m := newRowMachine(t, d, numbers, hold, func(m *machine) { m.rowExponential(value{}, reference{}) })
	l := newRowLoop(m, name)
	logits := Load(Param("logits"), GP64()).(reg.GPVirtual)
	var exps reg.GPVirtual // how far on from logits
	if writes {
		exps = Load(Param("exps"), GP64()).(reg.GPVirtual)
		SUBQ(logits, exps)
	}
	top := Load(Param("top"), GP64())
	AllocLocal(128) // sums
	none := m.Bits(m.infinity() | m.sign())
	move := m.of(VMOVUPS, VMOVUPD)
	array := func(i int) int { return i * mostRows * d.bytes } // base, floor and shift, from 1 on

	// Four maxima, so that one need not wait for the other.
	p, left, at := GP64(), GP64(), GP64()
	MOVQ(logits, p)
	MOVQ(l.rows, left)
	MOVQ(top, at)
	JMP(LabelRef("testLargest"))
	Label("rowLargest")
	maxima := make([]reg.VecVirtual, 4)
	for i := range maxima {
		maxima[i] = m.fill(m.Const(rowFormats[d.suffix].lowest))
	}
	larger := func(i int, z value) { m.ops[most](maxima[i], z.register, maxima[i]) } // the second operand where one is NaN
	quads := GP64()
	MOVQ(l.full, quads)
	SUBQ(U8(4), quads)
	JL(LabelRef("fewer"))
	Label("quad")
	for i := range 4 * block / t.bytes {
		larger(i%4, l.read(Mem{Base: p, Disp: i * t.bytes}, true, none))
	}
	ADDQ(U32(4*block), p)
	SUBQ(U8(4), quads)
	JGE(LabelRef("quad"))
	Label("fewer")
	ADDQ(U8(4), quads)
	l.someBlocks("largest", quads, func(l *rowLoop, part int, whole bool) {
		larger(part/t.bytes, l.read(Mem{Base: p, Disp: part}, whole, none))
	}, p)
	for _, other := range maxima[1:] {
		m.ops[most](maxima[0], other, maxima[0])
	}
	m.of(VMOVSS, VMOVSD)(m.horizontalMax(maxima[0]), Mem{Base: at})
	ADDQ(U8(d.bytes), at)
	l.next(p)
	DECQ(left)
	Label("testLargest")
	TESTQ(left, left)
	JNZ(LabelRef("rowLargest"))

	MOVQ(l.rows, left)
	MOVQ(top, at)
	JMP(LabelRef("testReference"))
	Label("reference")
	r := m.newReference(m.emit(move, Mem{Base: at}))
	for i, v := range []value{r.base, r.floor, r.shift} {
		move(m.load(v), Mem{Base: at, Disp: array(i + 1)})
	}
	ADDQ(U8(t.bytes), at)
	SUBQ(U8(t.bytes/d.bytes), left)
	Label("testReference")
	CMPQ(left, U8(0))
	JG(LabelRef("reference"))

	rest := Load(Param("rest"), GP64())
	byBits := t == avx512 && d.bytes == 4
	var sum bitSum
	if byBits {
		sum = newBitSum(m)
	}
	JMP(LabelRef("test"))
	Label("row")
	spread := func(i int) value {
		return m.emit(m.of(VBROADCASTSS, VBROADCASTSD), Mem{Base: top, Disp: array(i)})
	}
	largest := spread(0)
	r = reference{base: spread(1), floor: spread(2), shift: spread(3)}
	below := GP64() // how many are not at the top
	XORQ(below, below)
	var total *lanes
	if byBits {
		sum.clear()
	} else {
		total = zeroLanes(m)
	}
	MOVQ(logits, p)
	pass := func(label string, shifted func(m *machine, z value) value) {
		l.woven(label, 2, func(l *rowLoop, part int, whole bool) {
			m := l.m
			if whole { // this pass has time to bring what the next group's first pass reads
				PREFETCHT0(Mem{Base: p, Disp: part + firstCache})
			}
			z := l.read(Mem{Base: p, Disp: part}, whole, none)
			e := m.rowExponential(shifted(m, z), r)
			if writes {
				l.write(e, Mem{Base: p, Index: exps, Scale: 1, Disp: part}, whole)
			}
			if byBits { // NaN is taken for one at the top, and looked for afterwards
				where := m.Compare(less, z, largest)
				m.count(where, below)
				sum.add(m, part, m.Keep(where, e))
				return
			}
			where := m.Compare(notEqual, z, largest)
			m.count(where, below)
			total.add(part%block, m.Keep(where, e))
		}, p)
	}
	// Where base is 0, as in most rows, it need not be subtracted.
	if d.bytes == 4 {
		CMPL(Mem{Base: top, Disp: array(1)}, U8(0))
	} else {
		CMPQ(Mem{Base: top, Disp: array(1)}, U8(0))
	}
	JNE(LabelRef("far"))
	pass("exponential", func(m *machine, z value) value { return z })
	JMP(LabelRef("sum"))
	Label("far")
	pass("exponentialFar", func(m *machine, z value) value { return m.Sub(z, r.base) })
	Label("sum")
	if byBits {
		sum.store(m, Mem{Base: rest})
	} else {
		total.store()
		m.horizontal(rest)
	}

	number, x := GP64(), XMM() // ties: what there is with what fills the last block, less what is below
	LEAQ(Mem{Base: l.size, Disp: block - d.bytes}, number)
	SHRQ(U8(log2(block)), number)
	SHLQ(U8(log2(block/d.bytes)), number)
	SUBQ(below, number)
	if byBits {
		// With one at the top, that is a number; unless there is none above the lowest.
		CMPQ(number, U8(1))
		JNE(LabelRef("unsure"))
		CMPL(Mem{Base: top}, U32(math.Float32bits(-math.MaxFloat32)))
		JNE(LabelRef("sure"))
		Label("unsure")
		nans := GP64()
		XORQ(nans, nans)
		MOVQ(logits, p)
		l.blocks("nans", func(l *rowLoop, part int, whole bool) {
			z := l.read(Mem{Base: p, Disp: part}, whole, none)
			m.count(m.Compare(isNaN, z, z), nans)
		}, p)
		TESTQ(nans, nans)
		JZ(LabelRef("sure"))
		SUBQ(nans, number)
		MOVQ(I32(-1), Mem{Base: rest}) // NaN
		Label("sure")
	}
	VXORPS(x, x, x)
	VCVTSI2SDQ(number, x, x)
	VMOVSD(x, Mem{Base: rest, Disp: mostRows * 8})

	ADDQ(l.size, logits)
	ADDQ(U8(d.bytes), top)
	ADDQ(U8(8), rest)
	DECQ(l.rows)
	Label("test")
	TESTQ(l.rows, l.rows)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
	return name
}

// next moves a pointer from the last whole block of a row to the next row.
func (l *rowLoop) next(p reg.GPVirtual) {
	last := GP64()
	MOVQ(l.rest, last)
	SHLQ(U8(log2(l.m.dtype.bytes)), last)
	ADDQ(last, p)
}

// emitScale makes the pass that multiplies rows by a factor each.
func emitScale(t tier, d dtype, numbers *pool) (name string) {
	name = "scaleRows" + d.suffix + t.name
	TEXT(name, NOSPLIT, fmt.Sprintf("func(rows, classes int, exps, factor *%s)", d.name))
	Doc(name + " multiplies each row by its factor.")
	Pragma("noescape")

	m := newRowMachine(t, d, numbers, 0, func(m *machine) {})
	l := newRowLoop(m, name)
	p := Load(Param("exps"), GP64()).(reg.GPVirtual)
	factors := Load(Param("factor"), GP64())
	JMP(LabelRef("test"))
	Label("row")
	factor := m.vector()
	m.of(VBROADCASTSS, VBROADCASTSD)(Mem{Base: factors}, factor)
	l.blocks("scale", func(l *rowLoop, part int, whole bool) {
		at := Mem{Base: p, Disp: part}
		l.write(m.Mul(l.read(at, whole, value{}), value{register: factor}), at, whole)
	}, p)
	ADDQ(U8(d.bytes), factors)
	l.next(p)
	DECQ(l.rows)
	Label("test")
	TESTQ(l.rows, l.rows)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
	return name
}

// emitSubtract makes the pass that writes the logarithms of probabilities.
func emitSubtract(t tier, d dtype, numbers *pool) (name string) {
	name = "subtractRows" + d.suffix + t.name
	TEXT(name, NOSPLIT, fmt.Sprintf("func(rows, classes int, logits, out, top, value *%s)", d.name))
	Doc(name + " writes (z − top) − value for each row.")
	Pragma("noescape")

	m := newRowMachine(t, d, numbers, 0, func(m *machine) {})
	l := newRowLoop(m, name)
	p := Load(Param("logits"), GP64()).(reg.GPVirtual)
	out := Load(Param("out"), GP64())
	SUBQ(p, out)
	tops := Load(Param("top"), GP64())
	values := Load(Param("value"), GP64())
	JMP(LabelRef("test"))
	Label("row")
	top, near := m.vector(), m.vector()
	m.of(VBROADCASTSS, VBROADCASTSD)(Mem{Base: tops}, top)
	m.of(VBROADCASTSS, VBROADCASTSD)(Mem{Base: values}, near)
	l.blocks("subtract", func(l *rowLoop, part int, whole bool) {
		z := l.read(Mem{Base: p, Disp: part}, whole, value{})
		gap := m.Keep(m.Compare(notEqual, z, valueOf(top)), m.Sub(z, valueOf(top)))
		l.write(m.Sub(gap, valueOf(near)), Mem{Base: p, Index: out, Scale: 1, Disp: part}, whole)
	}, p)
	ADDQ(U8(d.bytes), tops)
	ADDQ(U8(d.bytes), values)
	l.next(p)
	DECQ(l.rows)
	Label("test")
	TESTQ(l.rows, l.rows)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
	return name
}

// horizontalMax leaves the largest number of a vector in its first lane.
func (m *machine) horizontalMax(v reg.VecVirtual) reg.Register {
	maximum := m.of(VMAXPS, VMAXPD)
	y, x := YMM(), XMM()
	if m.tier == avx512 {
		VEXTRACTF64X4(U8(1), v, y)
		maximum(y, v.AsY(), v.AsY())
	}
	m.upper(v.AsY(), x)
	maximum(x, v.AsX(), v.AsX())
	for _, order := range map[int][]uint64{4: {0b01001110, 0b10110001}, 8: {0b01}}[m.dtype.bytes] {
		if m.dtype.bytes == 4 {
			VPERMILPS(U8(order), v.AsX(), x)
		} else {
			VPERMILPD(U8(order), v.AsX(), x)
		}
		maximum(x, v.AsX(), v.AsX())
	}
	return v.AsX()
}

// upper is the upper half of a vector of 256 bits.
func (m *machine) upper(y, x Op) {
	if m.tier == avx512 {
		VEXTRACTF64X2(U8(1), y, x)
	} else {
		VEXTRACTF128(U8(1), y, x)
	}
}

// count adds to n in how many lanes a comparison holds.
func (m *machine) count(where mask, n reg.GPVirtual) {
	bits := m.bitsOf(where)
	POPCNTL(bits.As32(), bits.As32())
	ADDQ(bits, n)
}

// bitsOf is a bit for each lane, set where a comparison holds.
func (m *machine) bitsOf(where mask) reg.GPVirtual {
	bits := GP64()
	switch out := bits.As32(); {
	case m.tier == avx512 && m.dtype.bytes == 4:
		KMOVW(where.register, out)
	case m.tier == avx512:
		KMOVB(where.register, out)
	case m.dtype.bytes == 4:
		VMOVMSKPS(where.register, out)
	default:
		VMOVMSKPD(where.register, out)
	}
	return bits
}

// zeroLanes are lanes at the stack pointer that are 0.
func zeroLanes(m *machine) *lanes {
	l := &lanes{m: m, sum: reg.StackPointer}
	zero := YMM()
	VXORPS(zero, zero, zero)
	if m.tier == avx512 {
		for range 2 {
			sum := ZMM()
			VPXORQ(sum, sum, sum)
			l.held = append(l.held, sum)
		}
		return l
	}
	for at := 0; at < 128; at += 32 {
		VMOVUPS(zero, Mem{Base: l.sum, Disp: at})
	}
	return l
}

// horizontal adds the lanes at the stack pointer in the order of lanes.total.
func (m *machine) horizontal(to reg.Register) {
	sum := make([]reg.VecVirtual, 4)
	for i := range sum {
		sum[i] = YMM()
		VMOVUPD(Mem{Base: reg.StackPointer, Disp: 32 * i}, sum[i])
	}
	if m.dtype.bytes == 4 {
		VADDPD(sum[2], sum[0], sum[0])
		VADDPD(sum[3], sum[1], sum[1])
		VADDPD(sum[1], sum[0], sum[0])
		x := XMM()
		m.upper(sum[0], x)
		VADDPD(x, sum[0].AsX(), sum[0].AsX())
		VPERMILPD(U8(1), sum[0].AsX(), x)
		VADDSD(x, sum[0].AsX(), sum[0].AsX())
		VMOVSD(sum[0].AsX(), Mem{Base: to})
		return
	}
	high, other, low, otherLow := sum[0], sum[1], sum[2], sum[3]
	join := func(a, b, low, otherLow reg.VecVirtual, as func(reg.VecVirtual) Op) {
		total, taken, left := YMM(), YMM(), YMM()
		VADDPD(as(b), as(a), as(total))
		VSUBPD(as(a), as(total), as(taken)) // taken = sum − a
		VSUBPD(as(taken), as(total), as(left))
		VSUBPD(as(left), as(a), as(left))   // a − (sum − taken)
		VSUBPD(as(taken), as(b), as(taken)) // b − taken
		VADDPD(as(taken), as(left), as(left))
		VADDPD(as(otherLow), as(low), as(low))
		VADDPD(as(left), as(low), as(low))
		VMOVAPD(as(total), as(a))
	}
	wide := func(v reg.VecVirtual) Op { return v.AsY() }
	narrow := func(v reg.VecVirtual) Op { return v.AsX() }
	join(high, other, low, otherLow, wide)
	m.upper(high, other.AsX())
	m.upper(low, otherLow.AsX())
	join(high, other, low, otherLow, narrow)
	VPERMILPD(U8(1), high.AsX(), other.AsX())
	VPERMILPD(U8(1), low.AsX(), otherLow.AsX())
	join(high, other, low, otherLow, narrow)
	VADDSD(low.AsX(), high.AsX(), high.AsX())
	VMOVSD(high.AsX(), Mem{Base: to})
}

// infinity is the pattern of +∞.
func (m *machine) infinity() uint64 {
	if m.dtype.bytes == 4 {
		return 0x7f800000
	}
	return 0x7ff0000000000000
}
