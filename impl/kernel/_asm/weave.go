package main

import (
	"fmt"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// weave emits bodies that know nothing of each other instruction by instruction in turn, so
// that a processor finds independent work close by: the chain of operations of one vector
// is longer than what a scheduler looks ahead.
func (m *machine) weave(bodies []func(*machine)) {
	if len(bodies) <= 1 {
		for _, body := range bodies {
			body(m)
		}
		return
	}
	for threads := m.start(bodies, 1); len(threads) > 0; {
		if threads = m.advance(threads); len(threads) > 0 && m.rest != nil {
			m.rest()
		}
	}
}

// A thread is a body that is woven: a goroutine, of which one runs at a time, up to its next new
// register, or where bodies are kept apart up to its next rest. A body emits what belongs together
// without a new register.
type thread struct {
	run     chan struct{}
	stopped chan stop
	pace    int // how often it has its turn in a round
}

// A stop is why a thread waits.
type stop int

const (
	turned stop = iota // it has had its turn
	rested             // it has come to a Shelve
	ended
)

// start makes threads of bodies, which have emitted nothing yet.
func (m *machine) start(bodies []func(*machine), pace int) (threads []*thread) {
	for i, body := range bodies {
		t := &thread{make(chan struct{}), make(chan stop), pace}
		own := *m
		own.shelf.name, own.shelf.used = fmt.Sprint(m.shelf.name, ".", i), 0
		own.turn = nil
		if !m.apart {
			own.turn = func() { t.stopped <- turned; <-t.run }
		}
		own.rest = func() { t.stopped <- rested; <-t.run }
		go func() { <-t.run; body(&own); t.stopped <- ended }()
		threads = append(threads, t)
	}
	return threads
}

// advance lets threads emit in turn, until each has ended or rests, and returns those that rest.
// Where m is woven itself, others have a turn after each round.
func (m *machine) advance(threads []*thread) (resting []*thread) {
	for alive := slices.Clone(threads); len(alive) > 0; {
		alive = slices.DeleteFunc(alive, func(t *thread) bool {
			for range t.pace {
				t.run <- struct{}{}
				if why := <-t.stopped; why != turned {
					if why == rested {
						resting = append(resting, t)
					}
					return true
				}
			}
			return false
		})
		if m.turn != nil {
			m.turn()
		}
	}
	return resting
}

// A shelf is where on the stack a thread puts vectors down: a thread of the same name has the
// same places.
type shelf struct {
	base    reg.Register // of all places, at the start of a cache line: vectors across two are slow
	places  map[string][]Mem
	written map[Mem]int // how often, in the order of the code
	name    string
	used    int
}

// newShelf makes room for what is put down later.
func newShelf() shelf {
	return shelf{base: newRoom(0), places: map[string][]Mem{}, written: map[Mem]int{}}
}

// newRoom is the start of so many bytes of the stack, and of a cache line.
func newRoom(bytes int) reg.Register {
	first, base := AllocLocal(block+bytes), GP64()
	first.Disp += block - 1
	LEAQ(first, base)
	ANDQ(I8(-block), base)
	return base
}

// place is the next place of a thread.
func (m *machine) place() Mem {
	s := &m.shelf
	if s.used == len(s.places[s.name]) {
		AllocLocal(m.tier.bytes)
		at := 0
		for _, places := range s.places {
			at += len(places) * m.tier.bytes
		}
		s.places[s.name] = append(s.places[s.name], Mem{Base: s.base, Disp: at})
	}
	s.used++
	return s.places[s.name][s.used-1]
}

// Shelve puts vectors down on the stack where a body is one of a pipeline, and ends a stage of its
// formula; see pipeline in pointwise.go. Nothing else must be in a register that the formula
// still wants. There they stay: Take brings one back that is wanted more than once, or late.
func (m *machine) Shelve(vectors ...*value) {
	if m.dry || m.rest == nil || m.shelf.base == nil {
		return
	}
	for _, v := range vectors {
		place := m.place()
		m.of(VMOVUPS, VMOVUPD)(m.load(*v), place)
		m.shelf.written[place]++
		*v = value{place: place, written: m.shelf.written[place]}
	}
	m.rest()
}

// at is where v lies in memory, so many bytes on. A thread that goes on must have read what it
// shelved before the next one, a stage behind, has written over it.
func (m *machine) at(v value, bytes int) Mem {
	if v.written != m.shelf.written[v.place] {
		panic("a vector on the shelf is written over before it is read: read it earlier")
	}
	place := v.place
	place.Disp += bytes
	return place
}

// Take is v in a register: brought back from the shelf, where it lies there.
func (m *machine) Take(v value) value {
	if m.dry || v.place.Base == nil {
		return v
	}
	return value{register: m.load(v)}
}
