package properties

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// What is true of a row of scores.
var rowLaws = []*Law{
	{
		Name:      "shift_invariant",
		Statement: "The same number added to every score changes neither value nor gradient: L(z + c·1) = L(z).",
		Source:    "Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax functions, 2021, section 2",
		Traits:    []loss.Property{loss.ShiftInvariant},
		draw:      shift,
		check:     shiftAdds("L(z + c) = L(z)", 0),
	},
	{
		Name:      "shift_adds",
		Statement: "lse(z + c·1) = lse(z) + c, and the gradient does not change.",
		Source:    "Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax functions, 2021, section 2",
		applies:   named("log_sum_exp"),
		draw:      shift,
		check:     shiftAdds("L(z + c) = L(z) + c", 1),
	},
	{
		Name:      "gradient_sums_to_zero",
		Statement: "The components of the gradient of a row sum to 0.",
		Source:    "Bishop, Pattern Recognition and Machine Learning, 2006, equation 4.109, summed over the classes",
		Traits:    []loss.Property{loss.GradientSumsToZero},
		gradient:  true,
		draw:      one(wish{}),
		check:     sumIs("Σ ∂L/∂z_k = 0", (*evaluation).grads, 0),
	},
	{
		Name:      "gradient_sums_to_one",
		Statement: "The components of the gradient of lse, which are probabilities, sum to 1.",
		Source:    "Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax functions, 2021, equation 1.2",
		applies:   named("log_sum_exp"),
		gradient:  true,
		draw:      one(wish{}),
		check:     sumIs("Σ ∂L/∂z_k = 1", (*evaluation).grads, 1),
	},
	{
		Name:      "sums_to_one",
		Statement: "The values of a row are probabilities and sum to 1.",
		Source:    "Bridle, Probabilistic interpretation of feedforward classification network outputs, 1990",
		Traits:    []loss.Property{loss.SumsToOne},
		draw:      one(wish{}),
		check:     sumIs("Σ value = 1", (*evaluation).values, 1),
	},
	{
		Name:      "permutation_equivariant",
		Statement: "Permuting the classes, with target and parameters, keeps the value and permutes the gradient.",
		Source:    "Zaheer et al., Deep sets, 2017, arXiv:1703.06114, section 2; the trait permutation_equivariant of the catalogue",
		Traits:    []loss.Property{loss.Equivariant},
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{}))
			if c != nil {
				c.Picks = d.Perm(c.Call.Cols)
			}
			return c
		},
		check: checkEquivariant,
	},
	{
		Name:      "impossible_classes_change_nothing",
		Statement: "Classes with a score of −Inf, however many and wherever they stand, change nothing and have gradient 0.",
		catalogue: true,
		Source:    "Vaswani et al., Attention is all you need, 2017, arXiv:1706.03762, section 3.2.3: what must not be chosen is masked with −∞",
		applies: func(l *loss.Loss) bool {
			return l.Shape.Classes && l.Prediction == loss.Extended && !l.Takes(loss.Position)
		},
		draw:  scattered,
		check: checkImpossible,
	},
}

func sum(ns []number) *form {
	s := side()
	for _, n := range ns {
		s.plus(1, n)
	}
	return s
}

// shift draws scores of few digits, and an offset that leaves them exact.
func shift(d *drawer) *Case {
	c := d.wrap(d.call(wish{grid: true}))
	if c != nil {
		c.Other = []float64{d.Sign() * float64(1+d.Intn(1000)) * []float64{1.0 / 16, 1, 16, 256}[d.Intn(4)]}
	}
	return c
}

// shiftAdds checks what a shift of every score by c adds to the value: times·c.
func shiftAdds(what string, times float64) func(t *trial, c *Case) {
	return func(t *trial, c *Case) {
		a, b := t.eval(&c.Call), t.eval(at(&c.Call, t.shifted(c.Call.Pred, 1, repeated(c.Other, len(c.Call.Pred)))))
		for k := range a.values() {
			t.claim(what, side().plus(1, b.value(k)), equal, side().plus(1, a.value(k)).add(times*c.Other[0]))
		}
		for k := range a.grads() {
			t.claim("∇L(z + c) = ∇L(z)", side().plus(1, b.grad(k)), equal, side().plus(1, a.grad(k)))
		}
	}
}

func sumIs(what string, numbers func(e *evaluation) []number, total float64) func(t *trial, c *Case) {
	return func(t *trial, c *Case) {
		t.claim(what, sum(numbers(t.eval(&c.Call))), equal, side().add(total))
	}
}

func repeated(one []float64, n int) []float64 {
	if len(one) != 1 {
		return nil
	}
	return slices.Repeat(one, n)
}

func checkEquivariant(t *trial, c *Case) {
	n := c.Call.Cols
	t.need(c.Call.Rows == 1 && len(c.Picks) == n)
	order := slices.Clone(c.Picks)
	sorted := slices.Sorted(slices.Values(order))
	for k := range sorted {
		t.need(sorted[k] == k)
	}
	permute := func(xs []float64) []float64 {
		if len(xs) != n {
			return xs
		}
		ys := make([]float64, n)
		for k := range ys {
			ys[k] = xs[order[k]]
		}
		return ys
	}
	moved := clone(&c.Call)
	moved.Pred, moved.Target, moved.Upstream = permute(moved.Pred), permute(moved.Target), permute(moved.Upstream)
	for i, label := range moved.Label {
		moved.Label[i] = slices.Index(order, label)
	}
	for name, v := range moved.Params {
		if p, _ := t.loss.Param(name); p.Kind == loss.PerClass {
			moved.Params[name] = permute(v)
		}
	}
	a, b := t.eval(&c.Call), t.eval(moved)
	for k := range b.values() {
		from := k
		if t.loss.VectorValued {
			from = order[k]
		}
		t.claim("the value is that before the permutation", side().plus(1, b.value(k)), equal, side().plus(1, a.value(from)))
	}
	for k := range b.grads() {
		t.claim("the gradient is permuted", side().plus(1, b.grad(k)), equal, side().plus(1, a.grad(order[k])))
	}
}

// scattered draws a row and the places of its classes in a wider one: anywhere, beyond the
// last multiple of 8, or from 256 on.
func scattered(d *drawer) *Case {
	c := d.wrap(d.call(wish{}))
	if c == nil {
		return nil
	}
	delete(c.Call.Params, "label_smoothing")
	n := c.Call.Cols
	wide, atTheEnd := n+1+d.Intn(24), d.Intn(3) == 0
	switch d.Intn(8) {
	case 0:
		wide = n + 8*(1+d.Intn(8)) + d.Intn(3) - 1
	case 1:
		wide, atTheEnd = 256+n+d.Intn(8), true
	}
	places := d.Perm(wide)[:n]
	if atTheEnd {
		for k := range places {
			places[k] = wide - n + k
		}
	}
	slices.Sort(places)
	c.Picks = append(places, wide)
	if d.loss.VectorValued && c.Call.Upstream == nil { // an impossible class has none
		c.Call.Upstream = slices.Repeat([]float64{1}, n)
	}
	return c
}

func checkImpossible(t *trial, c *Case) {
	n := c.Call.Cols
	t.need(c.Call.Rows == 1 && len(c.Picks) == n+1 && (c.Call.Upstream != nil || !t.loss.VectorValued))
	places, wide := c.Picks[:n], c.Picks[n]
	t.need(places[0] >= 0 && wide <= 1024)
	for k := range n {
		t.need(c.Picks[k] < c.Picks[k+1])
	}
	scatter := func(xs []float64, impossible float64) []float64 {
		if len(xs) != n {
			return xs
		}
		ys := slices.Repeat([]float64{impossible}, wide)
		for k, at := range places {
			ys[at] = xs[k]
		}
		return ys
	}
	padded := clone(&c.Call)
	padded.Cols, padded.Pred = wide, scatter(padded.Pred, math.Inf(-1))
	padded.Target, padded.Upstream = scatter(padded.Target, 0), scatter(padded.Upstream, 0)
	for i, label := range padded.Label {
		padded.Label[i] = places[label]
	}
	for name, v := range padded.Params {
		if p, _ := t.loss.Param(name); p.Kind == loss.PerClass && len(v) > 1 {
			padded.Params[name] = scatter(v, 1)
		}
	}
	a, b := t.eval(&c.Call), t.eval(padded)
	if !unsmoothed(a.plan) {
		t.lacksPlain()
	}
	for k := range a.values() {
		at := k
		if t.loss.VectorValued {
			at = places[k]
		}
		t.claim("the value is that of the possible classes", side().plus(1, b.value(at)), equal, side().plus(1, a.value(k)))
	}
	for at, g := range b.grads() {
		want := side()
		if k, possible := slices.BinarySearch(places, at); possible {
			want.plus(1, a.grad(k))
		}
		t.claim("the gradient is that of the possible classes, and 0 for the others", side().plus(1, g), equal, want)
	}
}
