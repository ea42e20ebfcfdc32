package properties

import (
	"math/big"

	"github.com/lossproof/lossproof/impl/loss"
)

// Names of the entries that identities are about.
const (
	bce           = "binary_cross_entropy"
	bceLogits     = "binary_cross_entropy_with_logits"
	crossEntropy  = "cross_entropy"
	onProbability = "categorical_cross_entropy"
	sigmoidFocal  = "sigmoid_focal"
	softmaxFocal  = "softmax_focal"
	squared       = "squared_error"
	squaredLogits = "squared_error_with_logits"
	sigmoid       = "sigmoid"
	softmax       = "softmax"
	logSigmoid    = "log_sigmoid"
	logSoftmax    = "log_softmax"
	softplus      = "softplus"
	logSumExp     = "log_sum_exp"
	classError    = "classification_error"
)

const identities = "the formulas of both losses in impl/loss, side by side"

// ask builds a call of one example of another loss: its predictions, and its target or
// label (−1: none).
func (c *Case) ask(name string, label int, target []float64, pred ...float64) *loss.Call {
	call := &loss.Call{Loss: name, Format: c.Call.Format}
	call.Rows, call.Cols, call.Pred, call.Target = 1, len(pred), pred, target
	if label >= 0 {
		call.Label = []int{label}
	}
	return call
}

// Identities between losses of one number.
var binaryIdentities = []*Law{
	{
		Name:      "softplus_difference",
		Statement: "sp(x) − sp(−x) = x, and the gradients σ(x) and σ(−x) sum to 1.",
		Source:    "Bishop, Pattern Recognition and Machine Learning, 2006, equations 4.59 and 4.60",
		applies:   named(softplus),
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			x := c.Call.Pred[0]
			a, b := t.eval(&c.Call), t.eval(at(&c.Call, []float64{-x}))
			t.claim("sp(x) − sp(−x) = x", side().plus(1, a.value(0)).plus(-1, b.value(0)), equal, side().add(x))
			for k := range min(len(a.grads()), len(b.grads())) {
				t.claim("σ(x) + σ(−x) = 1", side().plus(1, a.grad(k)).plus(1, b.grad(k)), equal, side().add(1))
			}
		},
	},
	{
		Name:      "sigmoid_complement",
		Statement: "σ(x) + σ(−x) = 1, and the gradient is even.",
		Source:    "Bishop, Pattern Recognition and Machine Learning, 2006, equation 4.60",
		applies:   named(sigmoid),
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			a, b := t.eval(&c.Call), t.eval(at(&c.Call, []float64{-c.Call.Pred[0]}))
			t.claim("σ(x) + σ(−x) = 1", side().plus(1, a.value(0)).plus(1, b.value(0)), equal, side().add(1))
			for k := range min(len(a.grads()), len(b.grads())) {
				t.claim("σ'(x) = σ'(−x)", side().plus(1, a.grad(k)), equal, side().plus(1, b.grad(k)))
			}
		},
	},
	{
		Name:      "log_sigmoid_is_softplus",
		Statement: "log σ(x) = −sp(−x), and its gradient is that of sp at −x.",
		Source:    identities,
		applies:   named(logSigmoid),
		Needs:     []string{softplus},
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			a, b := t.eval(&c.Call), t.eval(c.ask(softplus, -1, nil, -c.Call.Pred[0]))
			t.claim("log σ(x) = −sp(−x)", side().plus(1, a.value(0)), equal, side().plus(-1, b.value(0)))
			for k := range min(len(a.grads()), len(b.grads())) {
				t.claim("∇ log σ(x) = ∇sp(−x)", side().plus(1, a.grad(k)), equal, side().plus(1, b.grad(k)))
			}
		},
	},
	{
		Name:      "gradient_of_softplus_is_sigmoid",
		Statement: "The gradient of sp is σ.",
		Source:    identities,
		applies:   named(softplus),
		Needs:     []string{sigmoid},
		gradient:  true,
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			b := t.eval(c.ask(sigmoid, -1, nil, c.Call.Pred[0]))
			t.claim("sp'(x) = σ(x)", side().plus(1, t.eval(&c.Call).grad(0)), equal, side().plus(1, b.value(0)))
		},
	},
	{
		Name:      "cross_entropy_is_softplus",
		Statement: "On a logit the cross-entropy of a positive is sp(−z), and of a negative sp(z).",
		Source:    identities,
		applies:   named(bceLogits),
		Needs:     []string{softplus},
		draw:      one(wish{plain: true, hard: true}),
		check: func(t *trial, c *Case) {
			a := t.eval(&c.Call)
			t.needPlain(a.plan)
			t.need(c.Call.Target[0] == 0 || c.Call.Target[0] == 1)
			toward := 1 - 2*c.Call.Target[0]
			b := t.eval(c.ask(softplus, -1, nil, toward*c.Call.Pred[0]))
			t.claim("L = sp(∓z)", side().plus(1, a.value(0)), equal, side().plus(1, b.value(0)))
		},
	},
	{
		Name:      "linear_in_target",
		Statement: "A cross-entropy is linear in its target: L(x, y) = y·L(x, 1) + (1−y)·L(x, 0), and so is its gradient.",
		Source:    "Goodfellow, Bengio and Courville, Deep Learning, 2016, equation 3.51: a cross-entropy is an expectation over its target",
		applies:   named(bce, bceLogits),
		draw:      one(wish{calm: true}),
		check: func(t *trial, c *Case) {
			y := num(c.Call.Target[0])
			notY := sub(num(1), y)
			a, hit, miss := t.eval(&c.Call), t.eval(outcomeOf(&c.Call, c.Call.Pred, 1)), t.eval(outcomeOf(&c.Call, c.Call.Pred, 0))
			t.claim("L(x, y) = y·L(x, 1) + (1−y)·L(x, 0)", side().plus(1, a.value(0)), equal, side().plusBig(y, hit.value(0)).plusBig(notY, miss.value(0)))
			for k := range a.grads() {
				t.claim("∇L(x, y) = y·∇L(x, 1) + (1−y)·∇L(x, 0)", side().plus(1, a.grad(k)), equal, side().plusBig(y, hit.grad(k)).plusBig(notY, miss.grad(k)))
			}
		},
	},
	{
		Name:      "linear_in_pos_weight",
		Statement: "The cross-entropy with pos_weight c is (1−c) times that with 0, and c times the plain one.",
		Source:    "torch.nn.BCEWithLogitsLoss, the formula of pos_weight",
		applies:   named(bceLogits),
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{calm: true}))
			if c != nil {
				c.Call.Params["pos_weight"] = []float64{float64(d.Intn(17)) / 4}
			}
			return c
		},
		check: func(t *trial, c *Case) {
			weigh := func(w float64) *evaluation {
				call := clone(&c.Call)
				call.Params["pos_weight"] = []float64{w}
				return t.eval(call)
			}
			w, ok := c.Call.Params["pos_weight"]
			t.need(ok && len(w) == 1)
			a, none, plain := t.eval(&c.Call), weigh(0), weigh(1)
			t.claim("L_c = (1−c)·L_0 + c·L_1", side().plus(1, a.value(0)), equal, side().plus(1-w[0], none.value(0)).plus(w[0], plain.value(0)))
			for k := range a.grads() {
				t.claim("∇L_c = (1−c)·∇L_0 + c·∇L_1", side().plus(1, a.grad(k)), equal, side().plus(1-w[0], none.grad(k)).plus(w[0], plain.grad(k)))
			}
		},
	},
	logitIsProbability("cross_entropy_of_sigmoid", bceLogits, bce),
	logitIsProbability("squared_error_of_sigmoid", squaredLogits, squared),
	{
		Name:      "focal_without_focusing",
		Statement: "With γ = 0 the focal loss is α_t times the binary cross-entropy, value and gradient.",
		Source:    "Lin et al., Focal loss for dense object detection, 2017, arXiv:1708.02002, equation 3",
		applies:   named(sigmoidFocal),
		Needs:     []string{bceLogits},
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			flat := clone(&c.Call)
			flat.Params["gamma"] = []float64{0}
			a, b := t.eval(flat), t.eval(c.ask(bceLogits, -1, c.Call.Target, c.Call.Pred...))
			weight := balance(a.plan)
			t.claim("L = α_t·BCE", side().plus(1, a.value(0)), equal, side().plusBig(weight, b.value(0)))
			for k := range min(len(a.grads()), len(b.grads())) {
				t.claim("∇L = α_t·∇BCE", side().plus(1, a.grad(k)), equal, side().plusBig(weight, b.grad(k)))
			}
		},
	},
	{
		Name:      "focal_below_cross_entropy",
		Statement: "The focal loss is at most α_t times the binary cross-entropy, whatever γ.",
		Source:    "Lin et al., Focal loss for dense object detection, 2017, arXiv:1708.02002, equation 5, in which (1 − p_t)^γ ≤ 1",
		applies:   named(sigmoidFocal),
		Needs:     []string{bceLogits},
		draw:      one(wish{hard: true}),
		check: func(t *trial, c *Case) {
			a, b := t.eval(&c.Call), t.eval(c.ask(bceLogits, -1, c.Call.Target, c.Call.Pred...))
			t.claim("L ≤ α_t·BCE", side().plus(1, a.value(0)), atMost, side().plusBig(balance(a.plan), b.value(0)))
		},
	},
}

// balance is the factor α_t of a sigmoid focal loss, exactly: α for y = 1, 1−α for y = 0.
func balance(p *loss.Plan) *big.Float {
	if !p.Args.On("alpha") {
		return num(1)
	}
	alpha, y := num(p.Args.Scalar("alpha")), num(p.Target[0])
	return add(mul(alpha, y), mul(sub(num(1), alpha), sub(num(1), y)))
}

// logitIsProbability is the law that a loss on a logit is another on the probability. The
// probability is no number of the dtype, but it lies between two.
func logitIsProbability(name, onLogit, onProbability string) *Law {
	return &Law{
		Name:      name,
		Statement: "For hard targets " + onLogit + " of z lies between the " + onProbability + " of the two numbers of the dtype next to σ(z).",
		Source:    identities,
		applies:   named(onLogit),
		Needs:     []string{onProbability},
		draw:      one(wish{plain: true, hard: true, calm: true}),
		check: func(t *trial, c *Case) {
			y := c.Call.Target[0]
			t.need(moderate(c.Call.Pred, 1000) && (y == 0 || y == 1))
			e := t.eval(&c.Call)
			t.needPlain(e.plan)
			nearer, further := bracket(t.format, sigmoidOf(c.Call.Pred[0]))
			if y == 1 {
				nearer, further = further, nearer // the loss falls as p rises
			}
			other := func(p float64) *form {
				call := c.ask(onProbability, -1, c.Call.Target, p)
				call.Conventions = t.shared(c.Call.Conventions, onProbability)
				return side().plus(1, t.eval(call).value(0))
			}
			t.claim("L(z) ≥ L of the nearer neighbour", side().plus(1, e.value(0)), atLeast, other(nearer))
			t.claim("L(z) ≤ L of the further neighbour", side().plus(1, e.value(0)), atMost, other(further))
		},
	}
}

// shared are those conventions that another loss has too.
func (t *trial) shared(given loss.Conventions, name string) loss.Conventions {
	other, err := loss.Named(name)
	t.need(err == nil)
	kept := loss.Conventions{}
	for convention, value := range given {
		if _, ok := other.Convention(convention); ok {
			kept[convention] = value
		}
	}
	return kept
}
