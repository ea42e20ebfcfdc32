package properties

import (
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
		check: func(t *trial, c *Case) {
			a, b := t.eval(&c.Call), t.eval(at(&c.Call, t.shifted(c.Call.Pred, 1, repeated(c.Other, len(c.Call.Pred)))))
			for k := range a.values() {
				t.claim("L(z + c) = L(z)", side().plus(1, b.value(k)), equal, side().plus(1, a.value(k)))
			}
			for k := range a.grads() {
				t.claim("∇L(z + c) = ∇L(z)", side().plus(1, b.grad(k)), equal, side().plus(1, a.grad(k)))
			}
		},
	},
	{
		Name:      "shift_adds",
		Statement: "lse(z + c·1) = lse(z) + c, and the gradient does not change.",
		Source:    "Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax functions, 2021, section 2",
		applies:   named("log_sum_exp"),
		draw:      shift,
		check: func(t *trial, c *Case) {
			a, b := t.eval(&c.Call), t.eval(at(&c.Call, t.shifted(c.Call.Pred, 1, repeated(c.Other, len(c.Call.Pred)))))
			t.claim("L(z + c) = L(z) + c", side().plus(1, b.value(0)), equal, side().plus(1, a.value(0)).add(c.Other[0]))
			for k := range a.grads() {
				t.claim("∇L(z + c) = ∇L(z)", side().plus(1, b.grad(k)), equal, side().plus(1, a.grad(k)))
			}
		},
	},
	{
		Name:      "gradient_sums_to_zero",
		Statement: "The components of the gradient of a row sum to 0.",
		Source:    "Bishop, Pattern Recognition and Machine Learning, 2006, equation 4.109, summed over the classes",
		Traits:    []loss.Property{loss.GradientSumsToZero},
		gradient:  true,
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			t.claim("Σ ∂L/∂z_k = 0", sum(t.eval(&c.Call).grads()), equal, side())
		},
	},
	{
		Name:      "gradient_sums_to_one",
		Statement: "The components of the gradient of lse, which are probabilities, sum to 1.",
		Source:    "Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax functions, 2021, equation 1.2",
		applies:   named("log_sum_exp"),
		gradient:  true,
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			t.claim("Σ ∂L/∂z_k = 1", sum(t.eval(&c.Call).grads()), equal, side().add(1))
		},
	},
	{
		Name:      "sums_to_one",
		Statement: "The values of a row are probabilities and sum to 1.",
		Source:    "Bridle, Probabilistic interpretation of feedforward classification network outputs, 1990",
		Traits:    []loss.Property{loss.SumsToOne},
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			t.claim("Σ value = 1", sum(t.eval(&c.Call).values()), equal, side().add(1))
		},
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
		c.Other = []float64{d.sign() * float64(1+d.Intn(1000)) * []float64{1.0 / 16, 1, 16, 256}[d.Intn(4)]}
	}
	return c
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
	if len(declared(t.loss, loss.Convex, false)) > 0 && !continuous(t.loss) { // the first of equal scores wins
		top := slices.Max(c.Call.Pred)
		first := slices.Index(c.Call.Pred, top)
		t.need(!slices.Contains(c.Call.Pred[first+1:], top))
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
