package properties

import (
	"math"
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ulp"
)

const nesterov = "Nesterov, Lectures on Convex Optimization, 2018, "

// The declared constants: that they hold, and that no smaller ones would.
var slopeLaws = []*Law{
	{
		Name:      "lipschitz",
		Statement: "|L(a) − L(b)| ≤ C·‖a − b‖ with the declared constant and norm.",
		Source:    nesterov + "section 1.2.2; the trait lipschitz of the catalogue",
		Traits:    []loss.Property{loss.Lipschitz},
		draw:      two(wish{}),
		check:     checkLipschitz,
	},
	{
		Name:      "gradient_within_lipschitz",
		Statement: "The gradient is at most the Lipschitz constant in the dual norm.",
		Source:    nesterov + "section 1.2.2",
		Traits:    []loss.Property{loss.Lipschitz},
		gradient:  true,
		draw:      unitUpstream(wish{}),
		check: func(t *trial, c *Case) {
			e := t.eval(&c.Call)
			for _, trait := range t.claimed(loss.Lipschitz, e.plan) {
				size, norm, ok := dualNorm(e.grads(), trait.Norm)
				if ok {
					t.claim("‖∇L‖ ≤ C", size, atMost, side().addBig(mul(norm, num(upper(constant(trait, e.plan))))))
				}
			}
		},
	},
	{
		Name:      "lipschitz_is_reached",
		Statement: "On the grid of 1/4 within ±64 and next to 0 (one score against another, all others out of the way) the gradient comes within 1/16 of the Lipschitz constant, for hard targets.",
		catalogue: true,
		Source:    "the extremal points of the catalogue's constants: saturated wrong scores, the steepest point of a sigmoid",
		Traits:    []loss.Property{loss.Lipschitz},
		gradient:  true,
		rigid:     true,
		most:      enoughDuels,
		draw:      duel(64),
		check:     checkLipschitzReached,
	},
	{
		Name:      "smooth",
		Statement: "‖∇L(a) − ∇L(b)‖ ≤ C·‖a − b‖ with the declared constant.",
		Source:    nesterov + "section 1.2.2; the trait smooth of the catalogue",
		Traits:    []loss.Property{loss.Smooth},
		gradient:  true,
		draw:      two(wish{}),
		check: func(t *trial, c *Case) {
			t.need(len(c.Other) == len(c.Call.Pred))
			a, b := t.eval(&c.Call), t.eval(at(&c.Call, c.Other))
			for _, trait := range t.claimed(loss.Smooth, a.plan) {
				change, direction, ok := gradientChange(a.grads(), b.grads())
				if !ok {
					continue
				}
				far := mul(euclidean(differences(c.Call.Pred, c.Other)), euclidean(direction))
				t.claim("‖∇L(a) − ∇L(b)‖ ≤ C·‖a − b‖", change, atMost, side().addBig(mul(far, num(upper(constant(trait, a.plan))))))
			}
		},
	},
	{
		Name:      "smooth_is_reached",
		Statement: "On the grid of 1/4 within ±16 and next to 0 the slope of the gradient comes within 1/16 of the declared constant, for hard targets.",
		catalogue: true,
		Source:    "the extremal points of the catalogue's constants: the inflection of the gradient",
		Traits:    []loss.Property{loss.Smooth},
		gradient:  true,
		rigid:     true,
		most:      enoughDuels,
		draw:      duel(16),
		check:     checkSmoothReached,
	},
}

// nearly is how near to a constant an extremal point on the grid must come. A step of 1/8
// from a maximum with second derivative of the size of the constant costs 1/128 of it.
const nearly = 1 - 1./16

func checkLipschitz(t *trial, c *Case) {
	t.need(len(c.Other) == len(c.Call.Pred))
	a, b := t.eval(&c.Call), t.eval(at(&c.Call, c.Other))
	apart := differences(c.Call.Pred, c.Other)
	for _, trait := range t.claimed(loss.Lipschitz, a.plan) {
		far := maximum(apart)
		if trait.Norm == loss.Euclidean {
			far = euclidean(apart)
		}
		right := side().addBig(mul(far, num(upper(constant(trait, a.plan)))))
		if t.loss.VectorValued && trait.Norm == loss.Euclidean {
			rise, direction := side(), []*big.Float{}
			for k := range a.values() {
				x := b.value(k).x() - a.value(k).x()
				if ulp.Special(x) {
					return
				}
				rise.plus(x, b.value(k)).plus(-x, a.value(k))
				direction = append(direction, num(x))
			}
			t.claim("(L(b) − L(a))·u ≤ C·‖a − b‖·‖u‖, u = L(b) − L(a)", rise, atMost, right.times(euclidean(direction)))
			continue
		}
		for k := range a.values() {
			rise := side().plus(1, b.value(k)).plus(-1, a.value(k))
			t.claim("L(b) − L(a) ≤ C·‖a − b‖", rise, atMost, right)
			t.claim("L(a) − L(b) ≤ C·‖a − b‖", rise.times(num(-1)), atMost, right)
		}
	}
}

// dualNorm is the norm of a gradient that belongs to a norm of predictions, as a linear
// form that is at most it: ⟨g, u⟩ for u = g, or its signs; and the norm of u.
func dualNorm(g []number, norm loss.Norm) (size *form, of *big.Float, ok bool) {
	size = side()
	var u []*big.Float
	for _, n := range g {
		x := n.x()
		if ulp.Special(x) {
			return nil, nil, false
		}
		if norm != loss.Euclidean {
			x = math.Copysign(1, x)
		}
		size.plus(x, n)
		u = append(u, num(x))
	}
	if norm == loss.Euclidean {
		return size, euclidean(u), true
	}
	return size, maximum(u), true
}

// gradientChange is (b − a)·u for two gradients and u near the difference itself.
func gradientChange(a, b []number) (change *form, direction []*big.Float, ok bool) {
	change = side()
	for k := range a {
		x := b[k].x() - a[k].x()
		if ulp.Special(x) {
			return nil, nil, false
		}
		change.plus(x, b[k]).plus(-x, a[k])
		direction = append(direction, num(x))
	}
	return change, direction, true
}

// unitUpstream draws a call; the upstream of a vector-valued entry picks one value.
func unitUpstream(w wish) func(d *drawer) *Case {
	return func(d *drawer) *Case {
		c := d.wrap(d.call(w))
		if c != nil && d.loss.VectorValued {
			c.Call.Upstream = make([]float64, c.Call.Cols)
			c.Call.Upstream[d.Intn(c.Call.Cols)] = 1
		}
		return c
	}
}

// enoughDuels: each is a search over the whole grid, and only the target, the number of
// classes and the pair of scores differ.
const enoughDuels = 4

// grid is the multiples of 1/4 within ±most, and fine are numbers next to 0.
func grid(most int) (zs []float64) {
	for z := -float64(most); z <= float64(most); z += 0.25 {
		zs = append(zs, z)
	}
	return zs
}

var fine = []float64{-0x1p-3, -0x1p-6, -0x1p-10, 0x1p-10, 0x1p-6, 0x1p-3}

// duel draws a batch of rows that differ in how far two scores, or the one that there is,
// lie apart: all others lie 128 below. Rows at a kink are left out. Picks says which two.
func duel(most int) func(d *drawer) *Case {
	return func(d *drawer) *Case {
		c := d.call(wish{plain: true, hard: true, cols: 2 + d.Intn(3)})
		if c == nil {
			return nil
		}
		first, second := 0, 0
		if d.loss.Shape.Classes {
			first = d.Intn(c.Cols)
			if c.Label != nil {
				first = c.Label[0]
			}
			for k, y := range spread(&loss.Plan{Kind: d.loss.NumberTarget(), Width: c.Cols}, c.Target) {
				if y == 1 {
					first = k
				}
			}
			second = (first + 1 + d.Intn(c.Cols-1)) % c.Cols
		}
		offsets := grid(most)
		if d.loss.Target == loss.Finite || d.loss.Shape.Several() { // a function of a difference, which may change most next to 0
			c.Target, offsets = make([]float64, len(c.Target)), append(offsets, fine...)
			slices.Sort(offsets)
		}
		batch := *c
		batch.Rows, batch.Pred, batch.Label, batch.Target, batch.Upstream = 0, nil, nil, nil, nil
		for _, z := range offsets {
			row := make([]float64, c.Cols)
			for k := range row {
				row[k] = -128
				if d.loss.Shape.Several() { // of a box, two points
					row[k] = z
				}
			}
			row[first] = z
			if d.loss.Shape.Classes {
				row[first], row[second] = z/2, -z/2
			}
			if plan, err := at(c, row).Plan(); err == nil && atKink(plan) {
				continue
			}
			batch.Rows++
			batch.Pred = append(batch.Pred, row...)
			batch.Label, batch.Target = append(batch.Label, c.Label...), append(batch.Target, c.Target...)
			if d.loss.VectorValued {
				u := make([]float64, c.Cols)
				u[first] = 1
				if most%2 == 0 && declared(d.loss, loss.Lipschitz, true)[0].Norm == loss.Euclidean {
					u[second] = -1
				}
				batch.Upstream = append(batch.Upstream, u...)
			}
		}
		return &Case{Call: batch, Picks: []int{first, second}}
	}
}

// needSharp keeps to targets that are one class: the constants are not reached for others.
func (t *trial) needSharp(p *loss.Plan) {
	if !unsmoothed(p) {
		t.lacksPlain()
	}
}

func checkLipschitzReached(t *trial, c *Case) {
	e := t.eval(&c.Call)
	t.needSharp(e.plan)
	grads, n := e.grads(), c.Call.Cols
	for _, trait := range t.claimed(loss.Lipschitz, e.plan) {
		size, of := t.steepest(c.Call.Rows, func(r int) (*form, *big.Float, bool) { return dualNorm(grads[r*n:(r+1)*n], trait.Norm) })
		scale := 1.0 // of the upstream
		if t.loss.VectorValued && trait.Norm == loss.Euclidean {
			scale = math.Sqrt2
		}
		t.claim("the largest ‖∇L‖ ≥ 15/16·C", size, atLeast, side().addBig(mul(of, num(nearly*scale*constant(trait, e.plan)))))
	}
}

func checkSmoothReached(t *trial, c *Case) {
	e := t.eval(&c.Call)
	t.needSharp(e.plan)
	grads, pred, n := e.grads(), c.Call.Pred, c.Call.Cols
	for _, trait := range t.claimed(loss.Smooth, e.plan) {
		size, of := t.steepest(c.Call.Rows-1, func(r int) (*form, *big.Float, bool) {
			here, next, end := r*n, (r+1)*n, (r+2)*n
			change, direction, ok := gradientChange(grads[here:next], grads[next:end])
			return change, mul(euclidean(direction), euclidean(differences(pred[here:next], pred[next:end]))), ok
		})
		t.claim("the largest slope of the gradient ≥ 15/16·C", size, atLeast, side().addBig(mul(of, num(nearly*constant(trait, e.plan)))))
	}
}

// steepest is the largest of n quotients, of those that there are, its two parts apart.
func (t *trial) steepest(n int, quotient func(r int) (size *form, of *big.Float, ok bool)) (size *form, of *big.Float) {
	largest := math.Inf(-1)
	for r := range n {
		s, o, ok := quotient(r)
		if !ok || o.Sign() == 0 {
			continue
		}
		if x, _ := new(big.Float).Quo(s.value(), o).Float64(); x > largest {
			size, of, largest = s, o, x
		}
	}
	t.need(size != nil)
	return size, of
}
