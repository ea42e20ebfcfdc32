package properties

import (
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/lossproof/lossproof/internal/ulp"
)

// Identities between losses of a row, and between rows of two and single numbers.
var rowIdentities = []*Law{
	twoClasses("two_classes_are_binary", crossEntropy, bceLogits),
	twoClasses("two_class_focal_is_binary", softmaxFocal, sigmoidFocal),
	twoClasses("two_class_log_sum_exp_is_softplus", logSumExp, softplus),
	twoClasses("two_class_softmax_is_sigmoid", softmax, sigmoid),
	twoClasses("two_class_log_softmax_is_log_sigmoid", logSoftmax, logSigmoid),
	{
		Name:      "one_hot_is_label",
		Statement: "A distribution that is 1 for one class and 0 for the others is that label, value and gradient.",
		Source:    identities,
		applies:   func(l *loss.Loss) bool { return l.Takes(loss.Label) && l.Takes(loss.Distribution) },
		draw:      one(wish{kind: "label"}),
		check: func(t *trial, c *Case) {
			soft := clone(&c.Call)
			soft.Target, soft.Label = make([]float64, c.Call.Cols), nil
			soft.Target[c.Call.Label[0]] = 1
			t.same(t.eval(soft), t.eval(&c.Call), num(1))
		},
	},
	{
		Name:      "mixture_of_labels",
		Statement: "A cross-entropy is linear in its target: L(x, y) = Σ y_k·L(x, k), and so is its gradient.",
		Source:    "Goodfellow, Bengio and Courville, Deep Learning, 2016, equation 3.51: a cross-entropy is an expectation over its target",
		applies:   named(crossEntropy, onProbability),
		draw:      one(wish{kind: "distribution", calm: true}),
		check: func(t *trial, c *Case) {
			a := t.eval(&c.Call)
			value, grads := side(), make([]*form, len(a.grads()))
			for k := range grads {
				grads[k] = side()
			}
			for k, y := range c.Call.Target {
				if y == 0 {
					continue
				}
				one := outcomeOf(&c.Call, c.Call.Pred, k)
				e := t.eval(one)
				value.plus(y, e.value(0))
				for i := range grads {
					grads[i].plus(y, e.grad(i))
				}
			}
			t.claim("L(x, y) = Σ y_k·L(x, k)", side().plus(1, a.value(0)), equal, value)
			for i := range grads {
				t.claim("∇L(x, y) = Σ y_k·∇L(x, k)", side().plus(1, a.grad(i)), equal, grads[i])
			}
		},
	},
	{
		Name:      "smoothing_is_a_mixture",
		Statement: "Label smoothing ε mixes the label, with share 1−ε, and all classes alike, with share ε/K each.",
		Source:    "Szegedy et al., Rethinking the Inception architecture, 2016, arXiv:1512.00567, section 7",
		applies:   named(crossEntropy),
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{kind: "label", calm: true, cols: 1 << d.Intn(4)}))
			if c != nil {
				c.Call.Params["label_smoothing"] = []float64{float64(1+d.Intn(16)) / 16}
			}
			return c
		},
		check: func(t *trial, c *Case) {
			epsilon, ok := c.Call.Params["label_smoothing"]
			t.need(ok && len(epsilon) == 1 && epsilon[0] > 0)
			sharp := clone(&c.Call)
			sharp.Params["label_smoothing"] = []float64{0}
			n := float64(c.Call.Cols)
			t.need(n == 1 || n == 2 || n == 4 || n == 8) // so that 1/K is exact
			a, own := t.eval(&c.Call), t.eval(sharp)
			value := side().plus(1-epsilon[0], own.value(0))
			for k := range c.Call.Cols {
				value.plusBig(mul(num(epsilon[0]), num(1/n)), t.eval(outcomeOf(sharp, c.Call.Pred, k)).value(0))
			}
			t.claim("L_ε = (1−ε)·L(t) + ε/K·Σ L(k)", side().plus(1, a.value(0)), equal, value)
		},
	},
	{
		Name:      "cross_entropy_is_log_softmax",
		Statement: "The cross-entropy is −Σ y_k·log softmax_k.",
		Source:    identities,
		applies:   named(crossEntropy),
		Needs:     []string{logSoftmax},
		draw:      one(wish{plain: true}),
		check: func(t *trial, c *Case) {
			a := t.eval(&c.Call)
			t.needPlain(a.plan)
			b := t.eval(c.ask(logSoftmax, -1, nil, c.Call.Pred...))
			right := side()
			for k, y := range targetOf(a.plan) {
				right.plus(-y, b.value(k))
			}
			t.claim("L = −Σ y_k·log p_k", side().plus(1, a.value(0)), equal, right)
		},
	},
	{
		Name:      "cross_entropy_of_softmax",
		Statement: "For a label the cross-entropy of logits lies between those of the two numbers of the dtype next to its probability.",
		Source:    identities,
		applies:   named(crossEntropy),
		Needs:     []string{onProbability},
		draw:      one(wish{plain: true, kind: "label", calm: true}),
		check: func(t *trial, c *Case) {
			t.need(moderate(c.Call.Pred, 1000))
			a := t.eval(&c.Call)
			t.needPlain(a.plan)
			label := c.Call.Label[0]
			under, over := bracket(t.format, softmaxOf(c.Call.Pred)[label])
			other := func(p float64) *form {
				pred := make([]float64, c.Call.Cols)
				pred[label] = p
				return side().plus(1, t.eval(c.ask(onProbability, label, nil, pred...)).value(0))
			}
			t.claim("L ≥ −log of the number above", side().plus(1, a.value(0)), atLeast, other(over))
			t.claim("L ≤ −log of the number below", side().plus(1, a.value(0)), atMost, other(under))
		},
	},
	{
		Name:      "gradient_of_cross_entropy_is_softmax",
		Statement: "The gradient of the cross-entropy by the score of a class that is not the label is its probability.",
		Source:    "Bishop, Pattern Recognition and Machine Learning, 2006, equation 4.109",
		applies:   named(crossEntropy),
		Needs:     []string{softmax},
		gradient:  true,
		draw:      one(wish{plain: true, kind: "label"}),
		check: func(t *trial, c *Case) {
			a := t.eval(&c.Call)
			t.needPlain(a.plan)
			p := t.eval(c.ask(softmax, -1, nil, c.Call.Pred...))
			for k, g := range a.grads() {
				right := side().plus(1, p.value(k))
				if k == c.Call.Label[0] {
					right.add(-1)
				}
				t.claim("∂L/∂z_k = p_k − y_k", side().plus(1, g), equal, right)
			}
		},
	},
	{
		Name:      "gradient_of_log_sum_exp_is_softmax",
		Statement: "The gradient of lse is the softmax.",
		Source:    identities,
		applies:   named(logSumExp),
		Needs:     []string{softmax},
		gradient:  true,
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			a, p := t.eval(&c.Call), t.eval(c.ask(softmax, -1, nil, c.Call.Pred...))
			for k, g := range a.grads() {
				t.claim("∂lse/∂z_k = p_k", side().plus(1, g), equal, side().plus(1, p.value(k)))
			}
		},
	},
	{
		Name:      "log_softmax_is_shifted",
		Statement: "log softmax_k = z_k − lse(z).",
		Source:    identities,
		applies:   named(logSoftmax),
		Needs:     []string{logSumExp},
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			a, l := t.eval(&c.Call), t.eval(c.ask(logSumExp, -1, nil, c.Call.Pred...))
			for k, z := range c.Call.Pred {
				t.claim("log p_k = z_k − lse(z)", side().plus(1, a.value(k)), equal, side().add(z).plus(-1, l.value(0)))
			}
		},
	},
	{
		Name:      "softmax_is_exp_of_log_softmax",
		Statement: "softmax_k = e^(log softmax_k).",
		Source:    identities,
		applies:   named(softmax),
		Needs:     []string{logSoftmax},
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			p, v := t.eval(&c.Call), t.eval(c.ask(logSoftmax, -1, nil, c.Call.Pred...))
			for k := range p.values() {
				x := v.value(k).x()
				if ulp.Special(x) || x < -1000 {
					continue
				}
				value, doubt := middle(certain.Exp(interval.FromFloat64(x)))
				exp := &function{"exp", value, func(b float64) *big.Float { // the slope at the far end of what log p may be
					_, top := bounds(certain.Exp(certain.Add(interval.FromFloat64(x), interval.FromFloat64(min(b, 1e3)))))
					return top
				}}
				right := side().plusFunction(exp, v.value(k))
				right.doubt.Add(right.doubt, doubt)
				t.claim("p_k = e^(log p_k)", side().plus(1, p.value(k)), equal, right)
			}
		},
	},
	{
		Name:      "row_focal_without_focusing",
		Statement: "With γ = 0 the focal loss of a row is α_t times its cross-entropy, value and gradient.",
		Source:    "Lin et al., Focal loss for dense object detection, 2017, arXiv:1708.02002, equation 3",
		applies:   named(softmaxFocal),
		Needs:     []string{crossEntropy},
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			flat := clone(&c.Call)
			flat.Params["gamma"] = []float64{0}
			a, b := t.eval(flat), t.eval(c.ask(crossEntropy, c.Call.Label[0], nil, c.Call.Pred...))
			t.same(a, b, num(a.plan.Args.Class("alpha", c.Call.Label[0])))
		},
	},
}

func bounds(iv interval.Interval) (lo, hi *big.Float) {
	return newBig().Set(iv.Lo()), newBig().Set(iv.Hi())
}

// same checks that value and gradient of one are those of the other times a factor.
func (t *trial) same(a, b *evaluation, factor *big.Float) {
	for k := range min(len(a.values()), len(b.values())) {
		t.claim("the values agree", side().plus(1, a.value(k)), equal, side().plusBig(factor, b.value(k)))
	}
	for k := range min(len(a.grads()), len(b.grads())) {
		t.claim("the gradients agree", side().plus(1, a.grad(k)), equal, side().plusBig(factor, b.grad(k)))
	}
}

// twoClasses is the law that a loss of two scores is another of their difference. Of a
// vector the second value is meant, and lse is that and the first score.
func twoClasses(name, row, single string) *Law {
	return &Law{
		Name:      name,
		Statement: "For two scores " + row + " is the " + single + " of z_1 − z_0.",
		Source:    identities,
		applies:   named(row),
		Needs:     []string{single},
		draw:      one(wish{cols: 2, grid: true, kind: kindOf(row), plain: row == crossEntropy}),
		check: func(t *trial, c *Case) {
			t.need(len(c.Call.Pred) == 2)
			z := c.Call.Pred
			d, ok := exactly(t.format, z[1], -1, z[0])
			t.need(ok)
			e := t.eval(&c.Call)
			var target []float64
			if c.Call.Label != nil {
				target = []float64{float64(c.Call.Label[0])}
			}
			other := c.ask(single, -1, target, d)
			weight := num(1)
			switch row {
			case crossEntropy:
				t.needPlain(e.plan)
			case softmaxFocal:
				weight = num(e.plan.Args.Class("alpha", c.Call.Label[0]))
				other.Params = loss.Params{"alpha": {}, "gamma": e.plan.Args.Vector("gamma")}
			}
			o := t.eval(other)
			left := side().plus(1, e.value(len(e.values())-1)) // the second value of a vector
			if row == logSumExp {
				left.add(-z[0])
			}
			t.claim("L(z) = L(z_1 − z_0)", left, equal, side().plusBig(weight, o.value(0)))
			if slices.Contains([]string{crossEntropy, softmaxFocal, logSumExp}, row) && len(e.grads()) == 2 && len(o.grads()) == 1 {
				t.claim("∂L/∂z_1 = ∂L/∂(z_1 − z_0)", side().plus(1, e.grad(1)), equal, side().plusBig(weight, o.grad(0)))
			}
		},
	}
}

// kindOf is the first kind of target that a loss takes; empty where it takes none.
func kindOf(name string) string {
	if l, err := loss.Named(name); err == nil && l.HasTarget() {
		return l.Targets[0].Name
	}
	return ""
}
