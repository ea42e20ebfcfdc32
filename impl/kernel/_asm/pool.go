package main

import (
	"fmt"
	"maps"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// A pool holds the constants of a file, each as many times as a vector of AVX2 has lanes,
// so that AVX2 finds a vector there and AVX-512 a number.
type pool struct {
	name    string
	order   []entry
	windows map[int]bool // of masks, by bytes of an element
	tables  []table
	offsets map[entry]int
}

// A table is numbers side by side, to be looked up.
type table struct {
	name string
	bits []uint32
}

type entry struct {
	bits  uint64
	bytes int
}

const copies = 32 // bytes

func (p *pool) offset(bits uint64, bytes int) int {
	e := entry{bits, bytes}
	at, ok := p.offsets[e]
	if !ok {
		at = copies * len(p.order)
		p.offsets[e] = at
		p.order = append(p.order, e)
	}
	return at
}

func (p *pool) address(bits uint64, bytes int) Mem {
	return NewDataAddr(Symbol{Name: p.name, Static: true}, p.offset(bits, bytes))
}

// window is where the masks of no element begin: before it lies a block of masks of
// elements that there are, after it one of masks of elements that there are not.
func (p *pool) window(bytes int) Mem {
	p.windows[bytes] = true
	return NewDataAddr(Symbol{Name: p.windowName(bytes), Static: true}, block)
}

func (p *pool) windowName(bytes int) string { return fmt.Sprintf("%sMasks%d", p.name, bytes) }

// table is where a table of that name lies.
func (p *pool) table(name string, bits []uint32) Mem {
	t := table{p.name + name, bits}
	if !slices.ContainsFunc(p.tables, func(other table) bool { return other.name == t.name }) {
		p.tables = append(p.tables, t)
	}
	return NewDataAddr(Symbol{Name: t.name, Static: true}, 0)
}

// write emits the data.
func (p *pool) write() {
	for _, t := range p.tables {
		GLOBL(t.name, RODATA|NOPTR)
		for i, bits := range t.bits {
			DATA(4*i, U32(bits))
		}
	}
	for _, bytes := range slices.Sorted(maps.Keys(p.windows)) {
		GLOBL(p.windowName(bytes), RODATA|NOPTR)
		for at := 0; at < 2*block; at += 8 {
			if at < block {
				DATA(at, I64(-1))
			} else {
				DATA(at, I64(0))
			}
		}
	}
	if len(p.order) == 0 {
		return
	}
	GLOBL(p.name, RODATA|NOPTR)
	for i, e := range p.order {
		for at := 0; at < copies; at += e.bytes {
			if e.bytes == 4 {
				DATA(copies*i+at, U32(e.bits))
			} else {
				DATA(copies*i+at, U64(e.bits))
			}
		}
	}
}
