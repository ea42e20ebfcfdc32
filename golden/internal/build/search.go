package build

import (
	"cmp"
	"math"
	"slices"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
)

const keptPerGoal = 4

// A goal is what a search looks for, as a score of an answer; the highest wins, and a
// score of 0 is no case. Only a single sample is searched, so its value is one number
// but for the vector-valued links.
type goal struct {
	flag  string
	score func(oracle.Number) float64
}

// The goals of a search. Tie and NearlyExact together are the hard-to-round cases: V so
// near the middle of two numbers, or so near a number without being it, that a result
// with a small error rounds the wrong way, or that a method of directed rounding
// mistakes it for exact.
var goals = []goal{
	{"HardToRound", func(n oracle.Number) float64 { return math.Abs(n.Residual) }},
	{"NearlyExact", func(n oracle.Number) float64 {
		if n.Residual == 0 {
			return 0
		}
		return 1 / math.Abs(n.Residual)
	}},
	{"WorstCondition", conditionScore},
}

// conditionScore is κ where there is one. A zero whose condition is infinite teaches
// nothing: every bound holds there.
func conditionScore(n oracle.Number) float64 {
	if math.IsInf(n.Kappa, 0) || n.Rounded == 0 {
		return 0
	}
	return n.Kappa
}

// A candidate is an answered call with its score under one goal.
type candidate struct {
	vector golden.Vector
	score  float64
}

// search adds the worst of many seeded candidates under every goal, once by value and
// once by gradient. The best by condition are climbed from: their inputs are moved by
// steps of every size while the condition gets worse, since random draws do not meet the
// near-cancellations that make it so. A goal that authored cases have the flag of is not
// searched for: what a climb finds depends on the last bit of every κ on the way, and is
// written down among the authored cases to outlast that.
func (b *Builder) search(vectors set, l *loss.Loss, f ieee.Format) error {
	d := newDrawer(l.Name, f, "search")
	n := amountOf(l).candidates
	goals := slices.DeleteFunc(slices.Clone(goals), func(g goal) bool { return vectors.have(g.flag) })
	best := make([][]candidate, 2*len(goals))
	for range int(float64(n) * b.Effort) {
		c := d.searched(l)
		v, ok, err := b.drawn(c)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		for i := range best {
			best[i] = keep(best[i], candidate{*v, scoreOf(goals[i/2], v, i%2 == 1)})
		}
	}
	for i, kept := range best {
		g, ofGrad := goals[i/2], i%2 == 1
		for _, k := range kept {
			if g.flag == "WorstCondition" {
				var err error
				if k, err = b.climb(d, l, k, g, ofGrad); err != nil {
					return err
				}
			}
			if k.score > 0 {
				k.vector.Flags = []string{g.flag}
				vectors.add(k.vector)
			}
		}
	}
	return nil
}

// keep inserts a candidate into the best few, best first. Equal scores keep the order of
// drawing.
func keep(best []candidate, k candidate) []candidate {
	if k.score == 0 || slices.ContainsFunc(best, func(o candidate) bool { return o.vector.ID == k.vector.ID }) {
		return best
	}
	best = append(best, k)
	slices.SortStableFunc(best, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	return best[:min(len(best), keptPerGoal)]
}

// scoreOf is the highest score of any number of the value, or of the gradient.
func scoreOf(g goal, v *golden.Vector, ofGrad bool) float64 {
	numbers := v.Truth.Value
	if ofGrad {
		numbers = v.Truth.Grad
	}
	score := 0.0
	for _, n := range numbers {
		if finite(n) {
			score = max(score, g.score(n))
		}
	}
	return score
}

// searched draws a candidate: everyday and boundary predictions, and magnitudes that fall
// evenly over the range where the loss is neither 0 nor linear.
func (d drawer) searched(l *loss.Loss) loss.Call {
	cols := l.Shape.Numbers
	if l.Shape.Many() {
		cols = draw.One(d.Drawer, 2, 3)
	}
	c := d.Items(&draw.VectorSearch, l, 1, cols)
	if d.IntN(3) == 0 {
		d.settings(l, &c)
	}
	return c
}

// climb moves the inputs of a candidate while its score grows.
func (b *Builder) climb(d drawer, l *loss.Loss, from candidate, g goal, ofGrad bool) (candidate, error) {
	for range int(float64(amountOf(l).climb) * b.Effort) {
		c := from.vector.Call
		c.Pred, c.Target = slices.Clone(c.Pred), slices.Clone(c.Target)
		d.moveOne(c.Pred, l.Prediction)
		if c.Target != nil && d.IntN(2) == 0 {
			d.moveOne(c.Target, l.Target)
		}
		if _, err := c.Plan(); err != nil { // a position beyond the last class
			continue
		}
		v, ok, err := b.drawn(c)
		if err != nil {
			return from, err
		}
		if !ok {
			continue
		}
		if score := scoreOf(g, v, ofGrad); score > from.score {
			from = candidate{*v, score}
		}
	}
	return from, nil
}

// moveOne moves one number by a step of 2^0 … 2^Precision ulps, within its domain. It
// keeps hard targets hard: a label is no measurement.
func (d drawer) moveOne(xs []float64, domain loss.Domain) {
	i := d.IntN(len(xs))
	if hard := xs[i] == 0 || xs[i] == 1; math.IsInf(xs[i], 0) || hard && domain.High == 1 {
		return
	}
	step := int64(1) << d.IntN(d.Format.Precision)
	moved := d.Format.FromOrdinal(d.Format.Ordinal(xs[i]) + int64(d.Sign())*step)
	if math.IsInf(moved, 0) {
		return
	}
	before := xs[i]
	if xs[i] = moved; domain.HoldsItem(xs) >= 0 {
		xs[i] = before
	}
}
