package mutants

import (
	"math"
	"slices"
	"unicode"

	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/impl/loss"
)

// library holds the functions that formulas share.
const library = `
sigmoid(x) = if(x < 0, exp(-abs(x)), 1) / (1 + exp(-abs(x)))
softplus(x) = max(x, 0) + log1p(exp(-abs(x)))
weighed(w, x) = if(w == 0, 0, w*x)
gap(z) = if(z == max(z), 0, max(z) - z)
picked(hit, v) = sum(if(hit == 0, 0, v))
`

// texts holds a formula for each loss: algorithms in plain float64, each of which meets
// level accurate. z is the prediction, y the target (one-hot for a label), hit the
// one-hot row of the label, u the upstream gradient, and the rest are parameters and
// conventions; see inputs.
var texts = map[string]string{
	"sigmoid": `
e = exp(-abs(z))
value = if(z < 0, e, 1) / (1 + e)
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
slope = if(y == 0, 1 / (1 - p), if(y == 1, -1 / p, (p - y) / (p * (1 - p))))
grad = if(z == p, slope, 0)`,
	"binary_cross_entropy_with_logits": `
a = y * (1 - label_smoothing) + label_smoothing / 2
b = (1 - y) * (1 - label_smoothing) + label_smoothing / 2
value = weighed(a, weighed(pos_weight, softplus(-z))) + weighed(b, softplus(z))
c = pos_weight * a
tilt = expm1(z) / (1 + exp(z))
near = (b - c + (b + c) * tilt) / 2
grad = if(abs(z) < 0.5, near, b * sigmoid(z) - c * sigmoid(-z))`,
	"sigmoid_focal": `
a = if(alpha_off == 1, 1, alpha * y + (1 - alpha) * (1 - y))
up = sigmoid(z)
down = sigmoid(-z)
q = (1 - y) * up + y * down
entropy = weighed(y, softplus(-z)) + weighed(1 - y, softplus(z))
logq = if(y == 0, -softplus(-z), if(y == 1, -softplus(z), log(q)))
modulator = if(gamma == 0, 1, exp(gamma * logq))
value = weighed(a * modulator, entropy)
r = 1 / (weighed(1 - y, 1 / down) + weighed(y, 1 / up))
d = (1 - y) * up - y * down
grad = a * modulator * (weighed(gamma * (1 - 2 * y) * r, entropy) + d)`,
	"softmax_focal": `
e = exp(-gap(z))
total = sum(e)
p = picked(hit, e) / total
q = picked(hit, others(e)) / total
nll = picked(hit, gap(z)) + log1p(min(others(e)))
zo = if(hit == 1, -inf, z)
eo = exp(-gap(zo))
far = log(sum(eo)) - (max(z) - max(zo)) - log(total)
logq = if(q < 0.5, far, log1p(-p))
modulator = if(gamma == 0, 1, exp(gamma * logq))
value = weighed(alpha * modulator, nll)
push = weighed(gamma * p, nll)
grad = if(hit == 1, -(push + q), push * (eo / sum(eo)) + e / total) * alpha * modulator`,
	"categorical_cross_entropy": `
p = abs(min(max(z, low), high))
value = sum(weighed(w * y, -log(p)))
grad = if(z == p, -weighed(w * y, 1 / p), 0)`,
	"cross_entropy": `
e = exp(-gap(z))
nll = gap(z) + log1p(min(others(e)))
t = w * ((1 - label_smoothing) * y + label_smoothing / K * sum(y))
value = sum(weighed(t, nll))
far = e * others(t) - t * others(e)
less = expm1(-gap(z))
near = less * sum(t) - t * sum(less) - centred(1, t)
grad = if(max(gap(z)) < 0.5, near, far) / sum(e)`,
	"log_softmax": `
e = exp(-gap(z))
value = -(gap(z) + log1p(min(others(e))))
far = u * others(e) - e * others(u)
less = expm1(-gap(z))
near = u * sum(less) - less * sum(u) + centred(1, u)
grad = if(max(gap(z)) < 0.5, near, far) / sum(e)`,
	"softmax": `
e = exp(-gap(z))
value = e / sum(e)
near = abs(z) < 0.5
shift = centred(near, u) + centred(if(near, expm1(z), 0), u)
grad = value * (centred(if(near, 0, e), u) + weighed(shift, exp(-max(z)))) / sum(e)`,
	"log_sum_exp": `
e = exp(-gap(z))
value = max(z) + log1p(min(others(e)))
grad = e / sum(e)`,
	"classification_error": `
top = z == max(z)
best = if(argmax_tie_last == 1, max(if(top, k, -inf)), min(if(top, k, inf)))
value = if(best == label, 0, 1)
grad = 0`,
}

// definitions returns the formula of a loss after the functions that it uses.
func definitions(name string) formula.Text {
	body, functions := formula.MustParse(texts[name]), formula.MustParse(library)
	used := map[string]bool{}
	var mark func(d formula.Definition)
	mark = func(d formula.Definition) {
		d.Body.Walk(func(e *formula.Expression) {
			for _, f := range functions {
				if f.Name == e.Op && !used[e.Op] {
					used[e.Op] = true
					mark(f)
				}
			}
		})
	}
	for _, d := range body {
		mark(d)
	}
	functions = slices.DeleteFunc(functions, func(d formula.Definition) bool { return !used[d.Name] })
	return append(functions, body...)
}

// An input is a name that the formulas of a loss may use, with its numbers in an example.
type input struct {
	formula.Input
	numbers func(e *example) []float64
}

// inputs lists what the formula of a loss may use.
func inputs(l *loss.Loss) []input {
	var in []input
	number := func(name string, f func(e *example) float64) {
		in = append(in, input{formula.Input{Name: name}, func(e *example) []float64 { return []float64{f(e)} }})
	}
	vector := func(name string, f func(e *example) []float64) {
		in = append(in, input{formula.Input{Name: name, Vector: true}, f})
	}
	if _, ok := l.Convention("squared_error_factor"); ok {
		number("factor", squaredFactor)
	}
	for _, c := range l.Conventions {
		for _, value := range c.Values { // those that are words
			if unicode.IsLetter(rune(value[0])) {
				number(c.Name+"_"+value, func(e *example) float64 { return boolean(e.Convention(c.Name) == value) })
			}
		}
	}
	if _, ok := l.Convention("probability_clip"); ok {
		number("low", func(e *example) float64 { low, _ := e.ClipInterval(); return low })
		number("high", func(e *example) float64 { _, high := e.ClipInterval(); return high })
	}
	if _, ok := l.Convention("log_floor"); ok {
		number("floor", func(e *example) float64 { return e.LogFloor() })
	}
	if _, ok := l.Convention("probability_floor"); ok {
		number("low", func(e *example) float64 { low, _ := e.Floor(0); return low })
	}
	for _, p := range l.Params {
		if p.Kind == loss.Scalar && !p.Optional {
			number(p.Name, func(e *example) float64 { return e.Scalar(p.Name) })
		}
	}
	if l.Shape.Numbers == 1 {
		number("z", func(e *example) float64 { return e.z })
		number("y", func(e *example) float64 { return e.y })
		for _, p := range l.Params {
			if p.Kind == loss.Scalar && p.Optional {
				number(p.Name+"_off", func(e *example) float64 { return boolean(!e.On(p.Name)) })
				number(p.Name, func(e *example) float64 {
					if !e.On(p.Name) {
						return 0
					}
					return e.Scalar(p.Name)
				})
			}
		}
		return in
	}
	vector("z", func(e *example) []float64 { return e.pred })
	if l.HasTarget() {
		if kind := l.NumberTarget(); kind != nil && kind.Count == 1 {
			number("y", func(e *example) float64 {
				y, _ := e.Position(e.y, len(e.pred))
				return y
			})
		} else {
			vector("y", func(e *example) []float64 { return e.target })
		}
	}
	if _, ok := l.Param(loss.ClassWeight.Name); ok {
		vector("w", func(e *example) []float64 {
			weights := make([]float64, len(e.pred))
			for k := range weights {
				weights[k] = e.Class("weight", k)
			}
			return weights
		})
	}
	if l.IndexTarget() != nil {
		vector("hit", func(e *example) []float64 { return e.target })
		number("label", func(e *example) float64 { return float64(e.label) })
		number("alpha", func(e *example) float64 { return e.Class("alpha", e.label) })
	}
	if l.VectorValued {
		vector("u", func(e *example) []float64 { return e.upstream })
	}
	return in
}

// compiled gives a text the inputs of a loss.
func compiled(t formula.Text, l *loss.Loss) *formula.Program {
	var in []formula.Input
	for _, i := range inputs(l) {
		in = append(in, i.Input)
	}
	return t.MustCompile(in, "value", "grad")
}

// computing replaces the outcome of an example by what a program computes. What has
// no limit is a special case that no formula of the catalogue covers, and keeps its outcome; and
// so does an example in which the program computes what it did before it was changed: that plain
// float64 is not accurate everywhere is no defect of a mutant.
func computing(p, right *formula.Program, l *loss.Loss) Defect {
	in := inputs(l)
	evaluatorOf := func(p *formula.Program) *formula.Evaluator[float64] {
		evaluator, err := formula.NewEvaluator(p, formula.Float64)
		if err != nil {
			panic("mutants: " + err.Error())
		}
		return evaluator
	}
	evaluator := evaluatorOf(p)
	before := func(...[]float64) [][]float64 { return nil }
	if right != nil {
		before = evaluatorOf(right).Eval
	}
	same := func(x, y []float64) bool {
		return slices.EqualFunc(x, y, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })
	}
	numbers := make([][]float64, len(in))
	return changing(func(e *example, out *outcome) {
		if slices.ContainsFunc(slices.Concat(out.value, out.grad), math.IsNaN) {
			return
		}
		for i := range in {
			numbers[i] = in[i].numbers(e)
		}
		results := evaluator.Eval(numbers...)
		if slices.EqualFunc(results, before(numbers...), same) {
			return
		}
		for i, to := range [][]float64{out.value, out.grad} {
			for k := range to {
				to[k] = results[i][k%len(results[i])]
			}
		}
	})
}
