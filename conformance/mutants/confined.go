package mutants

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
)

// ofEach is how many changes of a formula are confined to ranges of each kind, for each loss.
const ofEach = 2

// A ranger draws where a change of a formula shows: a range, in words and as switches. ok is false where the loss has
// nothing of the kind.
type ranger struct {
	class string
	draw  func(d *draw.Drawer, l *loss.Loss) (r span, ok bool)
}

// A span is one range.
type span struct {
	where string
	on    []Switch
	width func(d *draw.Drawer) int // how many numbers the items of such calls have; nil: as many as any
	seen  Switch                   // which calls of one item lie in it; nil: all
}

var rangers = []ranger{
	{"sizes", func(d *draw.Drawer, l *loss.Loss) (span, bool) {
		low := 1 + d.IntN(123)
		high := low + 7
		if d.Chance(4) {
			low, high = draw.One(d, 1025, 2049), 1<<30
		}
		r := span{fmt.Sprintf("%d ≤ K ≤ %d", low, high), []Switch{Width(low, high)}, func(d *draw.Drawer) int { return low + d.IntN(8) }, nil}
		if d.Chance(3) {
			rest := d.IntN(32)
			r = span{fmt.Sprintf("K mod 32 = %d", rest), []Switch{WidthModulo(32, rest)}, func(d *draw.Drawer) int { return 32*(1+d.IntN(3)) + rest }, nil}
		}
		return r, l.Shape.Many()
	}},
	{"long batches", func(d *draw.Drawer, l *loss.Loss) (span, bool) {
		first := 2 + d.IntN(2000)
		if l.VectorValued {
			return span{fmt.Sprintf("from item %d on", first), []Switch{ItemFrom(first)}, nil, nil}, true
		}
		r := draw.One(d, loss.Reductions()...)
		return span{fmt.Sprintf("from item %d on under %s", first, r), []Switch{ItemFrom(first), Under(r)}, nil, nil}, true
	}},
	{"parameters", func(d *draw.Drawer, l *loss.Loss) (span, bool) {
		var params []loss.Param
		for _, p := range l.Params {
			if p.Kind != loss.Integer {
				params = append(params, p)
			}
		}
		if len(params) == 0 {
			return span{}, false
		}
		p := draw.One(d, params...)
		low, high := quarter(d, func() []float64 { return d.Param(&draw.Laws, p, 1) })
		on := Param(p.Name, low, high)
		return span{fmt.Sprintf("%g ≤ %s ≤ %g", low, p.Name, high), []Switch{on}, nil, on}, true
	}},
	{"narrow places", func(d *draw.Drawer, l *loss.Loss) (span, bool) {
		low, high := quarter(d, func() []float64 { return d.Predict(&draw.Laws, l, d.Width(&draw.Laws, l))[:1] })
		on := PredictsFrom(low, high)
		return span{fmt.Sprintf("%g ≤ x ≤ %g", low, high), []Switch{on}, nil, on}, true
	}},
}

// quarter is an interval in which one in eight of what is drawn lies.
func quarter(d *draw.Drawer, number func() []float64) (low, high float64) {
	var drawn []float64
	for len(drawn) < 32 {
		drawn = append(drawn, number()...)
	}
	slices.Sort(drawn)
	i := d.IntN(28)
	return drawn[i], drawn[i+4]
}

// confined lists machine-made mutants again, each confined to a range that a fixed seed draws. Changes that hardly
// show in their range are left out: what is tried is whether a suite looks there.
var confined = sync.OnceValue(func() []Mutant {
	byLoss := map[string][]Mutant{}
	for _, m := range Machine() {
		byLoss[m.Loss] = append(byLoss[m.Loss], m)
	}
	var all []Mutant
	for _, l := range loss.All() {
		for _, r := range rangers {
			d := draw.New(ieee.Float64, draw.Seed(l.Name), draw.Seed(r.class))
			const tries = 20
			for found, try := 0, 0; found < ofEach && try < tries; try++ {
				where, ok := r.draw(d, l)
				if !ok {
					break
				}
				m := draw.One(d, byLoss[l.Name]...)
				if !shows(m, l, where, d) {
					continue
				}
				found++
				m.Name, m.Class, m.on = unique(all, m.Name+" where "+where.where), r.class, where.on
				all = append(all, m)
			}
		}
	}
	return all
})

// shows reports whether a mutant that acts everywhere is wrong in a quarter of some calls of a range.
func shows(m Mutant, l *loss.Loss, r span, d *draw.Drawer) bool {
	const calls, most = 32, 2000
	s, right := m.Subject(), conformance.Reference()
	n, wrong := 0, 0
	for range most {
		width := d.Width(&draw.Laws, l)
		if r.width != nil {
			width = r.width(d)
		}
		c := d.Items(&draw.Laws, l, 1, width)
		d.Settings(&draw.Laws, l, &c)
		p, err := c.Plan()
		if err != nil || r.seen != nil && !r.seen(Place{Plan: p}) {
			continue
		}
		a, errA := s.Eval(context.Background(), &c)
		b, errB := right.Eval(context.Background(), &c)
		if errA != nil || errB != nil {
			continue
		}
		if n++; differ(a.Value, b.Value) || differ(a.Grad, b.Grad) {
			wrong++
		}
		if n == calls {
			break
		}
	}
	return n == calls && 4*wrong >= n
}

// differ reports whether a number is off by more than any level allows it where it is not all but 0.
func differ(xs, ys []float64) bool {
	for i, x := range xs {
		if y := ys[i]; math.Abs(x-y) > slight*math.Abs(y) && math.Abs(y) > 1e-30 {
			return true
		}
	}
	return false
}
