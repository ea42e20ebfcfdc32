package properties

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// A figure is what the laws below know about a shape of several numbers: how many of the first lie along the axes in turn and move with
// the item, and how many are lengths; what reflecting the first axis does, and what exchanging the two.
type figure struct {
	places, lengths     int
	reflected, exchange isometry
}

// An isometry says of each number which one it comes from, and with which sign.
type isometry struct {
	from []int
	sign []float64
}

var figures = map[loss.Shape]figure{
	loss.Box:      {4, 4, isometry{[]int{2, 1, 0, 3}, []float64{-1, 1, -1, 1}}, isometry{[]int{1, 0, 3, 2}, []float64{1, 1, 1, 1}}},
	loss.Keypoint: {2, 2, isometry{[]int{0, 1}, []float64{-1, 1}}, isometry{[]int{1, 0}, []float64{1, 1}}},
}

// still moves no number.
func (f figure) still(n int) isometry {
	m := isometry{make([]int, n), make([]float64, n)}
	for k := range n {
		m.from[k], m.sign[k] = k, 1
	}
	return m
}

// What is true of two boxes or two keypoints, wherever they lie.
var boxLaws = []*Law{
	{
		Name:      "isometries_change_nothing",
		Statement: "Moving both, reflecting an axis or exchanging the axes changes no value, and the gradient as it does the coordinates.",
		Source:    "the trait isometry_invariant of the catalogue: areas and distances are what they were",
		Traits:    []loss.Property{loss.Isometric},
		draw: func(d *drawer) *Case {
			c := d.boxes(wish{grid: d.Chance(2)})
			if c != nil {
				c.Other = []float64{d.Short(), d.Short()}
			}
			return c
		},
		check: func(t *trial, c *Case) {
			t.need(len(c.Other) == 2)
			f, n := figures[t.loss.Shape], t.loss.Shape.Numbers
			for _, m := range []struct {
				what string
				isometry
				moved int // of the first numbers
			}{{"both moved", f.still(n), f.places}, {"reflected", f.reflected, 0}, {"axes exchanged", f.exchange, 0}} {
				image := t.mapped(c, func(item []float64) ([]float64, bool) {
					out := make([]float64, n)
					for k := range out {
						by := 0.0
						if k < m.moved {
							by = 1
						}
						x, ok := exactly(t.format, m.sign[k]*item[m.from[k]], by, c.Other[k%2])
						if !ok {
							return nil, false
						}
						out[k] = x
					}
					return out, true
				})
				if image == nil {
					continue
				}
				a, b := t.eval(&c.Call), t.eval(image)
				t.claim("L = L of both "+m.what, side().plus(1, b.value(0)), equal, side().plus(1, a.value(0)))
				for k := range a.grads() {
					t.claim("∇L is that of both "+m.what, side().plus(1, b.grad(k)), equal, side().plus(m.sign[k], a.grad(m.from[k])))
				}
			}
		},
	},
	{
		Name:      "axes_scale_alone",
		Statement: "With the coordinates of one axis 2^k times as large the value is what it was, and the gradient along that axis 2^−k times.",
		Source:    "the trait axis_scale_invariant of the catalogue: a ratio of areas",
		Traits:    []loss.Property{loss.AxisScaled},
		draw: func(d *drawer) *Case {
			c := d.boxes(wish{})
			if c != nil {
				c.Picks = []int{1 + d.Intn(8), d.Intn(2)}
			}
			return c
		},
		check: func(t *trial, c *Case) {
			t.need(len(c.Picks) == 2 && c.Picks[0] > 0 && c.Picks[0] < 16)
			factor := math.Ldexp(1, c.Picks[0])
			image := t.mapped(c, func(box []float64) ([]float64, bool) {
				out := slices.Clone(box)
				for k := c.Picks[1] & 1; k < 4; k += 2 {
					out[k] *= factor
					if !t.format.Holds(out[k]) || math.IsInf(out[k], 0) {
						return nil, false
					}
				}
				return out, true
			})
			t.need(image != nil)
			a, b := t.eval(&c.Call), t.eval(image)
			t.claim("L = L of the scaled boxes", side().plus(1, b.value(0)), equal, side().plus(1, a.value(0)))
			for k := range a.grads() {
				by := 1.0
				if k%2 == c.Picks[1]&1 {
					by = factor
				}
				t.claim("∇L is that of the scaled boxes", side().plus(by, b.grad(k)), equal, side().plus(1, a.grad(k)))
			}
		},
	},
	{
		Name:      "gradients_of_boxes_balance",
		Statement: "Of both together the gradients along an axis sum to 0, and, unless something holds their scale, so do the coordinates times the gradients.",
		Source:    "the loss does not change when both are moved or scaled (Euler's theorem); the gradient by the target is that with the two exchanged",
		Traits:    []loss.Property{loss.Isometric, loss.Homogeneous},
		gradient:  true,
		applies:   func(l *loss.Loss) bool { return len(declared(l, loss.Symmetric, true)) > 0 },
		draw:      func(d *drawer) *Case { return d.boxes(wish{}) },
		check: func(t *trial, c *Case) {
			a, b := t.eval(&c.Call), t.eval(t.mirrored(c)[0])
			scaled, f := []*form{side(), side()}, figures[t.loss.Shape]
			alone := len(about(t.loss, loss.AxisScaled, a.plan)) > 0
			for axis := range 2 {
				moved := side()
				for k := axis; k < f.places; k += 2 {
					moved.plus(1, a.grad(k)).plus(1, b.grad(k))
				}
				for k := axis; k < f.lengths; k += 2 {
					scaled[axis].plus(c.Call.Pred[k], a.grad(k)).plus(c.Call.Target[k], b.grad(k))
				}
				t.claim("Σ ∂L/∂x = 0 along an axis", moved, equal, side())
				if alone {
					t.claim("Σ x·∂L/∂x = 0 along an axis", scaled[axis], equal, side())
				}
			}
			if len(about(t.loss, loss.Homogeneous, a.plan)) > 0 {
				t.claim("Σ x·∂L/∂x = 0", scaled[0], equal, scaled[1].times(minusOne))
			}
		},
	},
	{
		Name:      "box_losses_are_ordered",
		Statement: "Unless ε is added to sides or siou has an exponent above 0, giou, diou and siou are at least iou, and ciou and eiou at least diou; with nothing to add, as for a box within the other, the same centre, shape or sides, they are equal.",
		Source:    "what they add to 1 − I/U is not negative; Rezatofighi et al., arXiv:1902.09630; Zheng et al., arXiv:1911.08287",
		applies:   func(l *loss.Loss) bool { return leastBoxLoss[l.Name].loss != "" },
		draw: func(d *drawer) *Case {
			c := d.boxes(wish{grid: true})
			if c == nil {
				return nil
			}
			if d.Chance(2) {
				c.Call.Pred = leastBoxLoss[d.loss.Name].alike(box(c.Call.Target), d.Short(), d.Short())
				c.Picks = []int{1}
			}
			return c
		},
		rigid: true,
		check: func(t *trial, c *Case) {
			plan, err := c.Call.Plan()
			t.need(err == nil && len(c.Call.Pred) == 4 && t.holds(&c.Call))
			t.needClaim(plan.Args.Convention("box_eps") != "sides" && plan.Args.Convention("siou_gamma") != "positive")
			other := clone(&c.Call)
			other.Loss = leastBoxLoss[t.loss.Name].loss
			other.Conventions = t.shared(c.Call.Conventions, other.Loss)
			if !has(t.capabilities, other.Loss, t.format, "value") {
				panic(outcome{discarded: true, lacks: "the subject has no " + other.Loss})
			}
			a, b := t.eval(&c.Call), t.eval(other)
			relation := atLeast
			if len(c.Picks) > 0 {
				relation = equal
			}
			t.claim("L beside "+other.Loss, side().plus(1, a.value(0)), relation, side().plus(1, b.value(0)))
		},
	},
	{
		Name:      "triangle_inequality",
		Statement: "L(A, C) ≤ L(A, B) + L(B, C).",
		Source:    "Lipkus, A proof of the triangle inequality for the Tanimoto distance, 1999",
		Traits:    []loss.Property{loss.Metric},
		draw: func(d *drawer) *Case {
			c := d.boxes(wish{})
			if c != nil {
				c.Other = d.another(c.Call.Pred, wish{})
			}
			return c
		},
		check: func(t *trial, c *Case) {
			t.need(len(c.Other) == len(c.Call.Pred) && t.loss.Prediction.HoldsItem(c.Other) < 0)
			third := clone(&c.Call)
			third.Target = c.Other
			direct := side().plus(1, t.eval(&c.Call).value(0))
			around := side().plus(1, t.eval(third).value(0)).plus(1, t.eval(at(&c.Call, c.Other)).value(0))
			t.claim("L(A, C) ≤ L(A, B) + L(B, C)", direct, atMost, around)
		},
	},
	{
		Name:      "grows_apart",
		Statement: "From the same centre on, the value does not fall as a box or a keypoint is moved away along a ray.",
		Source:    "the intersection of two boxes of the same centre shrinks along every ray, and their hull and the distance of the centres grow",
		Traits:    []loss.Property{loss.GrowsApart},
		rigid:     true,
		draw: func(d *drawer) *Case {
			c := d.boxes(wish{grid: true})
			if c != nil { // in halves, of which every dtype has so many
				half := func(n int) float64 { return float64(d.Intn(n)) / 2 }
				x, y := half(9), half(9)
				switch d.loss.Shape {
				case loss.Box:
					c.Call.Target = []float64{-x, -y, x + half(17), y + half(17)}
					c.Call.Pred = sameCentre(c.Call.Target, half(9), half(9))
				case loss.Keypoint:
					c.Call.Target = []float64{-x, y}
					c.Call.Pred = slices.Clone(c.Call.Target)
				}
				c.Other = []float64{d.Sign() * half(5), d.Sign() * half(5)}
				c.Picks = []int{d.Intn(8)}
			}
			return c
		},
		check: func(t *trial, c *Case) {
			t.need(len(c.Picks) == 1 && len(c.Other) == 2 && len(c.Call.Pred) == t.loss.Shape.Numbers)
			t.need(t.holds(&c.Call) && t.loss.Prediction.HoldsItem(c.Call.Pred) < 0)
			step := make([]float64, len(c.Call.Pred))
			for k := range figures[t.loss.Shape].places {
				step[k] = c.Other[k%2]
			}
			near, far := t.shifted(c.Call.Pred, float64(c.Picks[0]), step), t.shifted(c.Call.Pred, float64(c.Picks[0]+1), step)
			t.claim("L further away ≥ L", side().plus(1, t.eval(at(&c.Call, far)).value(0)), atLeast, side().plus(1, t.eval(at(&c.Call, near)).value(0)))
		},
	},
}

// A box is x1, y1, x2, y2.
type box []float64

// leastBoxLoss says which loss another is at least, and gives a prediction at which the two are equal.
var leastBoxLoss = map[string]struct {
	loss  string
	alike func(target box, u, v float64) []float64
}{
	"giou": {"iou", func(target box, u, v float64) []float64 { return sameCentre(target, math.Abs(u), math.Abs(v)) }},
	"diou": {"iou", sameCentre},
	"siou": {"iou", func(target box, _, _ float64) []float64 { return sameCentre(target, 0, 0) }},
	"ciou": {"diou", func(target box, u, v float64) []float64 {
		w, h := target[2]-target[0], target[3]-target[1]
		return []float64{u, v, u + w/2, v + h/2}
	}},
	"eiou": {"diou", func(target box, u, v float64) []float64 {
		return []float64{target[0] + u, target[1] + v, target[2] + u, target[3] + v}
	}},
}

// sameCentre is a box that reaches beyond another by u and v at both ends, or as far within it.
func sameCentre(b box, u, v float64) []float64 {
	u, v = max(u, (b[0]-b[2])/4), max(v, (b[1]-b[3])/4)
	return []float64{b[0] - u, b[1] - v, b[2] + u, b[3] + v}
}

// boxes draws two items; with few digits, both have few.
func (d *drawer) boxes(w wish) *Case {
	c := d.wrap(d.call(w))
	if c != nil && w.grid {
		c.Call.Target = d.Predict(w.profile(), d.loss, len(c.Call.Pred))
	}
	return c
}

// mapped is the call with both items mapped; nil where that is not exact.
func (t *trial) mapped(c *Case, image func(item []float64) ([]float64, bool)) *loss.Call {
	n := t.loss.Shape.Numbers
	t.need(len(c.Call.Pred) == n && len(c.Call.Target) == n)
	call := clone(&c.Call)
	var ok, also bool
	call.Pred, ok = image(c.Call.Pred)
	call.Target, also = image(c.Call.Target)
	if !ok || !also {
		return nil
	}
	return call
}
