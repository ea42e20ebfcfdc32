package main

import (
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
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
// register. A body emits what belongs together without one.
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
		own.shelf = shelf{m.shelf.places, m.shelf.name*len(bodies) + i}
		own.turn = func() { t.stopped <- turned; <-t.run }
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
	places map[int][]Mem
	name   int
}

// Shelve puts vectors down on the stack where a body is woven, which ends the first stage of its
// formula; see pipeline in pointwise.go. A formula does it once. Then they are in registers
// again; nothing else must be that the formula still wants.
func (m *machine) Shelve(vectors ...*value) {
	if m.dry || m.rest == nil || m.tier != avx512 {
		return
	}
	move := m.of(VMOVUPS, VMOVUPD)
	for i, v := range vectors {
		places := m.shelf.places[m.shelf.name]
		if i == len(places) {
			places = append(places, AllocLocal(m.tier.bytes))
			m.shelf.places[m.shelf.name] = places
		}
		move(m.load(*v), places[i])
	}
	m.rest()
	for i, v := range vectors {
		*v = m.emit(move, m.shelf.places[m.shelf.name][i])
	}
}
