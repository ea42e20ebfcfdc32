package mutants

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
)

// library holds the functions that formulas share.
const library = `
sigmoid(x) = where(x < 0, exp(-abs(x)), 1) / (1 + exp(-abs(x)))
softplus(x) = max(x, 0) + log1p(exp(-abs(x)))
weighed(w, x) = where(w == 0, 0, w*x)
gap(z) = where(z == highest(z), 0, highest(z) - z)
picked(hit, v) = sum(where(hit == 0, 0, v))
`

// texts holds a formula for each loss: algorithms in plain float64, each of which meets
// level accurate. z is the prediction, y the target (one-hot for a label), hit the
// one-hot row of the label, u the upstream gradient, and the rest are parameters and
// conventions; see inputs.
var texts = map[string]string{
	"sigmoid": `
e = exp(-abs(z))
value = where(z < 0, e, 1) / (1 + e)
grad = e / (1 + e) / (1 + e)`,
	"softplus": `
value = softplus(z)
grad = sigmoid(z)`,
	"log_sigmoid": `
value = -softplus(-z)
grad = sigmoid(-z)`,
	"squared_error": `
d = z - y
value = factor * d * d
grad = 2 * factor * d`,
	"squared_error_with_logits": `
d = (1 - y) * sigmoid(z) - y * sigmoid(-z)
value = factor * d * d
grad = 2 * factor * d * (sigmoid(z) * sigmoid(-z))`,
	"binary_cross_entropy": `
p = abs(min(max(z, low), high))
value = weighed(y, -log(p)) + weighed(1 - y, -log1p(-p))
slope = where(y == 0, 1 / (1 - p), where(y == 1, -1 / p, (p - y) / (p * (1 - p))))
grad = where(z == p, slope, 0)`,
	"binary_cross_entropy_with_logits": `
a = y * (1 - epsilon) + epsilon / 2
b = (1 - y) * (1 - epsilon) + epsilon / 2
value = weighed(a, weighed(pos_weight, softplus(-z))) + weighed(b, softplus(z))
c = pos_weight * a
tilt = expm1(z) / (1 + exp(z))
near = (b - c + (b + c) * tilt) / 2
grad = where(abs(z) < 0.5, near, b * sigmoid(z) - c * sigmoid(-z))`,
	"sigmoid_focal": `
a = where(alpha_off == 1, 1, alpha * y + (1 - alpha) * (1 - y))
up = sigmoid(z)
down = sigmoid(-z)
q = (1 - y) * up + y * down
entropy = weighed(y, softplus(-z)) + weighed(1 - y, softplus(z))
logq = where(y == 0, -softplus(-z), where(y == 1, -softplus(z), log(q)))
modulator = where(gamma == 0, 1, exp(gamma * logq))
value = weighed(a * modulator, entropy)
r = 1 / (weighed(1 - y, 1 / down) + weighed(y, 1 / up))
d = (1 - y) * up - y * down
grad = a * modulator * (weighed(gamma * (1 - 2 * y) * r, entropy) + d)`,
	"softmax_focal": `
e = exp(-gap(z))
total = sum(e)
p = picked(hit, e) / total
q = picked(hit, others(e)) / total
nll = picked(hit, gap(z)) + log1p(lowest(others(e)))
zo = where(hit == 1, -inf, z)
eo = exp(-gap(zo))
far = log(sum(eo)) - (highest(z) - highest(zo)) - log(total)
logq = where(q < 0.5, far, log1p(-p))
modulator = where(gamma == 0, 1, exp(gamma * logq))
value = weighed(alpha * modulator, nll)
push = weighed(gamma * p, nll)
grad = where(hit == 1, -(push + q), push * (eo / sum(eo)) + e / total) * alpha * modulator`,
	"categorical_cross_entropy": `
p = abs(min(max(z, low), high))
value = sum(weighed(w * y, -log(p)))
grad = where(z == p, -weighed(w * y, 1 / p), 0)`,
	"cross_entropy": `
e = exp(-gap(z))
nll = gap(z) + log1p(lowest(others(e)))
t = w * ((1 - epsilon) * y + epsilon / classes * sum(y))
value = sum(weighed(t, nll))
far = e * others(t) - t * others(e)
less = expm1(-gap(z))
near = less * sum(t) - t * sum(less) - centred(1, t)
grad = where(highest(gap(z)) < 0.5, near, far) / sum(e)`,
	"log_softmax": `
e = exp(-gap(z))
value = -(gap(z) + log1p(lowest(others(e))))
far = u * others(e) - e * others(u)
less = expm1(-gap(z))
near = u * sum(less) - less * sum(u) + centred(1, u)
grad = where(highest(gap(z)) < 0.5, near, far) / sum(e)`,
	"softmax": `
e = exp(-gap(z))
value = e / sum(e)
grad = value * centred(value, u)`,
	"log_sum_exp": `
e = exp(-gap(z))
value = highest(z) + log1p(lowest(others(e)))
grad = e / sum(e)`,
	"classification_error": `
top = z == highest(z)
best = where(tie_last == 1, last(top), first(top))
value = 1 - picked(hit, best)
grad = 0`,
}

// A formula computes a loss from definitions.
type formula struct {
	loss    string
	program *program
}

// evaluate computes an example. Rows without a limit are a special case that no formula
// of the catalogue covers, and keep their outcome.
func (f *formula) evaluate(e *example, out *outcome) {
	if decl, err := loss.Named(f.loss); err == nil && decl.Shape.Many() && decl.Prediction == loss.Extended &&
		noLimit(e.pred) && f.loss != "classification_error" {
		return
	}
	value, grad := f.program.run(f.inputs(e))
	for k := range out.value {
		out.value[k] = value.at(k)
	}
	for k := range out.grad {
		out.grad[k] = grad.at(k)
	}
}

// inputs names what a formula may use.
func (f *formula) inputs(e *example) map[string]quantity {
	in := map[string]quantity{}
	number := func(name string, x float64) { in[name] = quantity{x: x} }
	decl, err := loss.Named(f.loss)
	if err != nil {
		panic("mutants: " + err.Error())
	}
	number("inf", math.Inf(1))
	number("factor", squaredFactor(e))
	number("tie_last", boolean(e.Convention("argmax_tie") == "last"))
	low, high := e.ClipInterval()
	number("low", low)
	number("high", high)
	for name, parameter := range map[string]string{"epsilon": "label_smoothing", "pos_weight": "pos_weight", "gamma": "gamma"} {
		if e.On(parameter) {
			number(name, e.Scalar(parameter))
		}
	}
	if !decl.Shape.Many() {
		number("z", e.z)
		number("y", e.y)
		number("alpha_off", boolean(!e.On("alpha")))
		number("alpha", 0)
		if e.On("alpha") {
			number("alpha", e.Scalar("alpha"))
		}
		return in
	}
	in["z"], in["y"], in["u"] = quantity{xs: e.pred}, quantity{xs: e.target}, quantity{xs: e.upstream}
	number("classes", float64(len(e.pred)))
	if e.hard {
		in["hit"] = quantity{xs: e.target}
		number("alpha", e.Class("alpha", e.label))
	}
	if _, ok := decl.Param("weight"); ok {
		weights := make([]float64, len(e.pred))
		for k := range weights {
			weights[k] = e.Class("weight", k)
		}
		in["w"] = quantity{xs: weights}
	}
	return in
}
