package properties

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/lossproof/lossproof/impl/subject"
)

// What a value may be.
var valueLaws = []*Law{
	{
		Name:      "non_negative",
		Statement: "A loss is nowhere below 0.",
		Source:    "Bishop, Pattern Recognition and Machine Learning, 2006, section 1.5",
		Traits:    []loss.Property{loss.NonNegativeValue},
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			for _, n := range t.eval(&c.Call).values() {
				t.claim("value ≥ 0", side().plus(1, n), atLeast, side())
			}
		},
	},
	{
		Name:      "no_negative_zero",
		Statement: "A loss that is nowhere below 0 is not −0: held where the level is accurate or higher.",
		Source:    "IEEE 754-2019, section 6.3: the sign of a sum or a product of zeros follows from their signs, so that −0 comes of a sign that was turned on the way",
		Traits:    []loss.Property{loss.NonNegativeValue},
		anywhere:  true,
		draw: func(d *drawer) *Case {
			w := wish{rows: 1 + d.Intn(3), hard: d.Intn(2) == 0, anywhere: true, weights: true, ignored: true, reduced: true}
			if has := d.reductions(loss.Reductions()...); len(has) > 0 && d.Intn(3) == 0 { // a sum or a mean of zeros
				w.reduction = has[d.Intn(len(has))]
			}
			d.lacks = ""
			c := d.call(w)
			if c == nil {
				return nil
			}
			d.ignore(c)
			if plan, err := c.Plan(); err == nil && d.Intn(2) == 0 { // the prediction is right
				for i := range plan.Items() {
					if right := targetOfItem(plan, i); len(right) == plan.Width && d.loss.Prediction.HoldsItem(right) < 0 {
						copy(c.Pred[i*plan.Width:], right)
					}
				}
				if !d.loss.Shape.Classes && d.Intn(2) == 0 { // or so far on the right side that the loss is 0
					for i, y := range c.Target {
						if x := math.Copysign(d.Format.MaxFinite(), y-0.5); len(c.Target) == len(c.Pred) && d.loss.Prediction == loss.Extended {
							c.Pred[i] = x
						}
					}
				}
			}
			return d.wrap(c)
		},
		check: func(t *trial, c *Case) {
			if t.level < subject.Accurate {
				panic(outcome{discarded: true, lacks: "a level below accurate asks for no sign of zero"})
			}
			for _, n := range t.eval(&c.Call).values() {
				if x := n.x(); x == 0 && math.Signbit(x) {
					t.judge(term{n: n})
					t.violated("a zero has the sign of what is nowhere below 0", n.name()+" = "+t.show(x), t.show(0), "none: the sign of zero", "", nil)
				}
			}
			t.decided++
		},
	},
	{
		Name:      "zero_where_declared",
		Statement: "The value is 0 where the prediction is the target, or gives its class alone the highest score.",
		Source:    "the trait zero_attained of the catalogue",
		Traits:    []loss.Property{loss.ZeroAttained},
		draw:      one(wish{hard: true}),
		check: func(t *trial, c *Case) {
			plan, err := c.Call.Plan()
			t.need(err == nil)
			if low, _ := plan.Args.ClipInterval(); low > 0 {
				panic(outcome{discarded: true, lacks: "under a clip 0 is not attained"})
			}
			zero := at(&c.Call, targetOf(plan))
			reference, err := loss.Eval(zero)
			t.need(err == nil && reference.Value[0] == 0)
			t.claim("value = 0", side().plus(1, t.eval(zero).value(0)), equal, side())
		},
	},
	{
		Name:      "minimum_is_a_bound",
		Statement: "The value is nowhere below the declared minimum, which for a soft target is its entropy.",
		Source:    "Gibbs' inequality: Cover and Thomas, Elements of Information Theory, 2006, theorem 2.6.3",
		Traits:    []loss.Property{loss.Minimum},
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			e := t.eval(&c.Call)
			trait := t.claimed(loss.Minimum, e.plan)[0]
			t.claim("value ≥ minimum", side().plus(1, e.value(0)), atLeast, side().catalogued(constant(trait, e.plan)))
		},
	},
	{
		Name:      "minimum_is_reached",
		Statement: "Some prediction brings the value within 1/64 of the declared minimum.",
		catalogue: true,
		Source:    "the trait minimum of the catalogue",
		Traits:    []loss.Property{loss.Minimum},
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{plain: true, calm: true}))
			if c != nil && d.loss.Takes(loss.Distribution) && c.Call.Target != nil {
				c.Call.Target = d.Dyadic(c.Call.Cols)
			}
			return c
		},
		check: checkMinimumReached,
	},
	{
		Name:      "bounded",
		Statement: "The value lies between the declared bounds.",
		Source:    "the trait bounded of the catalogue",
		Traits:    []loss.Property{loss.Bounded},
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			e := t.eval(&c.Call)
			for _, trait := range t.claimed(loss.Bounded, e.plan) {
				for _, n := range e.values() {
					t.claim("value ≥ lower bound", side().plus(1, n), atLeast, side().catalogued(trait.Low))
					t.claim("value ≤ upper bound", side().plus(1, n), atMost, side().catalogued(trait.High))
				}
			}
		},
	},
	{
		Name:      "right_or_wrong",
		Statement: "The classification error is 0 or 1 and nothing between, and its gradient 0.",
		Source:    "Devroye, Györfi and Lugosi, A Probabilistic Theory of Pattern Recognition, 1996, chapter 2",
		applies:   named("classification_error"),
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			e := t.eval(&c.Call)
			want := side()
			if e.value(0).x() > 0.5 {
				want.add(1)
			}
			t.claim("value = 0 or 1", side().plus(1, e.value(0)), equal, want)
			for _, g := range e.grads() {
				t.claim("gradient = 0", side().plus(1, g), equal, side())
			}
		},
	},
	{
		Name:      "first_or_last_of_ties",
		Statement: "Of several equal highest scores the first is the predicted class, or the last, as the convention says.",
		Source:    "the convention argmax_tie of the catalogue",
		applies: func(l *loss.Loss) bool {
			_, ok := l.Convention(tieConvention)
			return ok
		},
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{cols: 2 + d.Intn(4), kind: "label"}))
			if c != nil {
				pred := c.Call.Pred
				pred[d.Intn(len(pred))], pred[c.Call.Label[0]] = slices.Max(pred), slices.Max(pred)
			}
			return c
		},
		check: func(t *trial, c *Case) {
			e, top, label := t.eval(&c.Call), slices.Max(c.Call.Pred), c.Call.Label[0]
			rivals := c.Call.Pred[:label]
			if e.plan.Args.Convention(tieConvention) == "last" {
				rivals = c.Call.Pred[label+1:]
			}
			want := side()
			if c.Call.Pred[label] != top || slices.Contains(rivals, top) {
				want.add(1)
			}
			t.claim("value = 0 for the chosen one of the highest, else 1", side().plus(1, e.value(0)), equal, want)
		},
	},
}

const tieConvention = "argmax_tie"

// nearMinimum is how near to the minimum a prediction on the grid of 1/16 must come. A
// step of 1/32 in each of 8 logits costs at most ½·½·8/32² = 1/512 of a loss whose
// smoothness constant is ½.
const nearMinimum = 1. / 64

func checkMinimumReached(t *trial, c *Case) {
	plan, err := c.Call.Plan()
	t.need(err == nil)
	t.needPlain(plan)
	target := spread(plan, targetOf(plan))
	var candidates [][]float64
	propose := func(f func(y float64) float64) {
		pred := make([]float64, len(c.Call.Pred))
		for k := range pred {
			y := 0.0
			if target != nil {
				y = target[k]
			}
			pred[k] = f(y)
			low, high := plan.Args.ClipInterval()
			pred[k] = min(max(pred[k], low), high)
		}
		if !slices.ContainsFunc(pred, func(x float64) bool { return !t.loss.Prediction.Holds(x) || !t.format.Holds(x) }) {
			candidates = append(candidates, pred)
		}
	}
	propose(func(y float64) float64 { return y })
	propose(func(y float64) float64 { return 1 })
	propose(func(y float64) float64 { return 64 * math.Copysign(1, y-0.5) })
	propose(func(y float64) float64 { return -64 })
	propose(func(y float64) float64 { return gridLog(y, 0) })
	propose(func(y float64) float64 { return gridLog(y, 1) })
	var best []float64
	least := math.Inf(1)
	for _, pred := range candidates {
		if r, err := loss.Eval(at(&c.Call, pred)); err == nil && r.Value[0] < least {
			best, least = pred, r.Value[0]
		}
	}
	t.need(best != nil)
	e := t.eval(at(&c.Call, best))
	trait := t.claimed(loss.Minimum, e.plan)[0]
	right := side().catalogued(constant(trait, e.plan)).add(nearMinimum)
	if trait.ConstantFor == nil && target != nil && !slices.ContainsFunc(target, func(y float64) bool { return y != 0 && y != 1 }) ||
		trait.ConstantFor != nil || !t.loss.HasTarget() || t.loss.Target != loss.UnitInterval {
		t.claim("value ≤ minimum + 1/64", side().plus(1, e.value(0)), atMost, right)
		return
	}
	t.discard() // the catalogue gives a bound for soft targets, and no minimum
}

// gridLog is log y, or log(y/(1−y)) where odds is 1, to the nearest 1/16 within [−64, 64].
func gridLog(y float64, odds int) float64 {
	switch {
	case y <= 0:
		return -64
	case y >= 1:
		return float64(64 * odds)
	}
	x := certain.Log(interval.FromFloat64(y))
	if odds == 1 {
		x = certain.Sub(x, certain.Log(certain.Sub(interval.FromInt(1), interval.FromFloat64(y))))
	}
	v, _ := x.Lo().Float64()
	return min(max(math.RoundToEven(v*16)/16, -64), 64)
}
