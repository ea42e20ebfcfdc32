package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/adapters/kernels"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// pointwiseEntries are the kernels of a prediction and a target.
var pointwiseEntries = []entry{
	pointwise("binary_cross_entropy_with_logits", logits, drawPosWeight),
	pointwise("binary_cross_entropy", probabilities, drawClip),
	pointwise("squared_error", numbers, drawFactor),
	pointwise("squared_error_with_logits", logits, drawFactor),
	pointwise("sigmoid_focal", logits, drawFocal),
	pointwise("quality_focal", logits, drawPowers("beta")),
	pointwise("varifocal", logits, drawVarifocal),
	pointwise("gaussian_focal_with_logits", heatmaps, drawPowers("alpha", "gamma")),
	pointwise("softplus", scores, drawNothing),
	pointwise("log_sigmoid", mirrored, drawNothing),
	pointwise("sigmoid", scores, drawNothing),
	pointwise("absolute_error", numbers, drawNothing),
	pointwise("huber", numbers, drawThreshold("delta")),
	pointwise("smooth_l1", numbers, drawThreshold("beta")),
}

// mostFactor is how large a gradient from upstream, a weight, and the product of both may be for a
// pointwise kernel: package kernel documents its limits.
func (s source) mostFactor() float64 {
	if s.f == ieee.Float32 {
		return 0x1p40
	}
	return 0x1p448
}

// pointwiseScale draws a gradient from upstream.
func (s source) pointwiseScale(p *loss.Plan) float64 {
	scale, most := s.scale(), s.mostFactor()
	for _, weight := range weights[p.Loss] {
		most /= max(p.Args.Scalar(weight), 1)
	}
	subnormal := func(z float64) bool { return math.Abs(z) > 708 }
	if slices.Contains(powers, p.Loss) && s.f == ieee.Float64 && slices.ContainsFunc(p.Pred, subnormal) {
		most = 2
	}
	return min(max(scale, -most), most)
}

// weights are the parameters that multiply a loss, and powers the losses that a power of a probability does.
var (
	weights = map[string][]string{"binary_cross_entropy_with_logits": {"pos_weight"}, "varifocal": {"alpha"}}
	powers  = []string{"sigmoid_focal", "quality_focal", "varifocal", "gaussian_focal_with_logits"}
)

// withinLimits moves predictions to where package kernel promises level 3: in float64 not where a large α multiplies
// what is subnormal, or it is compared with a target; nor where σ(z) is next to ½ and not ½.
func (s source) withinLimits(c *loss.Call) {
	if s.f == ieee.Float32 {
		return
	}
	alpha := c.Params["alpha"]
	for i, z := range c.Pred {
		vanishes := math.Abs(z) > 708 && !math.IsInf(z, 0)
		switch {
		case vanishes && c.Loss == "varifocal" && len(alpha) == 1 && alpha[0] > 2,
			vanishes && c.Loss == "quality_focal" && c.Target[i] != 0 && c.Target[i] != 1:
			c.Pred[i] = math.Mod(z, 700)
		case c.Loss == "quality_focal" && c.Target[i] == 0.5 && math.Abs(z) < 0x1p-490:
			c.Pred[i] = 0
		}
	}
}

// inputs draws a prediction in one of the ways of logit, and its target.
type inputs func(s source, kind int) (pred, target float64)

// small is one way more: values that are subnormal or 0.
const small = logitKinds

func logits(s source, kind int) (pred, target float64) {
	if kind == small {
		if z := s.logit(vanishes); z < 0 {
			return z, 0
		} else {
			return z, 1
		}
	}
	z := s.logit(kind)
	return z, s.target(z)
}

func scores(s source, kind int) (pred, target float64) {
	if kind == small {
		return -math.Abs(s.logit(vanishes)), math.NaN()
	}
	return s.logit(kind), math.NaN()
}

// mirrored are scores with the other sign.
func mirrored(s source, kind int) (pred, target float64) {
	z, none := scores(s, kind)
	return -z, none
}

func probabilities(s source, kind int) (pred, target float64) {
	if kind == small {
		return s.between(s.bottom(), s.f.MinExp()), 0
	}
	p := s.probability()
	if s.IntN(4) == 0 {
		return p, min(max(s.nudged(p, 4), 0), 1)
	}
	if s.IntN(2) == 0 {
		return p, float64(s.IntN(2))
	}
	return p, s.probability()
}

func numbers(s source, kind int) (pred, target float64) {
	if kind == small {
		return s.sign() * s.between(s.bottom()/2-8, s.f.MinExp()/2), 0
	}
	x := s.logit(kind)
	switch s.IntN(4) {
	case 0:
		target = s.nudged(x, 4)
	case 1:
		target = s.round(s.NormFloat64())
	case 2:
		target = s.sign() * s.positive()
	default:
		target = s.round(x + s.NormFloat64())
	}
	if math.IsInf(target, 0) {
		target = 0
	}
	return x, target
}

// settings draw the parameters and conventions of a call.
type settings func(s source, c *loss.Call)

func drawNothing(source, *loss.Call) {}

func drawPosWeight(s source, c *loss.Call) {
	w := 1.0
	switch s.IntN(6) {
	case 0, 1:
	case 2:
		w = s.round(10 * s.Float64())
	case 3, 4:
		w = s.between(-10, 14)
	case 5:
		w = min(s.positive(), s.mostFactor())
	}
	c.Params["pos_weight"] = []float64{w}
}

func drawFactor(s source, c *loss.Call) {
	c.Conventions["squared_error_factor"] = []string{"1", "1/2"}[s.IntN(2)]
}

// drawThreshold draws a difference from which on a loss is linear.
func drawThreshold(name string) settings {
	return func(s source, c *loss.Call) {
		x := 1.0
		switch s.IntN(5) {
		case 0:
		case 1:
			x = s.positive()
		case 2:
			if name == "beta" {
				x = 0
			}
		default:
			x = s.between(-8, 8)
		}
		c.Params[name] = []float64{x}
	}
}

func drawClip(s source, c *loss.Call) {
	c.Conventions["probability_clip"] = []string{"none", "1e-7"}[s.IntN(2)]
}

func drawFocal(s source, c *loss.Call) {
	gamma, alpha := s.power(), []float64{s.round(s.Float64())}
	switch s.IntN(8) {
	case 0, 1:
		alpha = nil
	case 2:
		alpha = []float64{s.round(0.25)}
	case 3:
		alpha = []float64{s.probability()}
	}
	c.Params["gamma"], c.Params["alpha"] = []float64{gamma}, alpha
}

// power draws an exponent of a probability.
func (s source) power() float64 {
	switch s.IntN(8) {
	case 0, 1:
		return []float64{0, 1, 2, 0.5, 1.5, 3, 5}[s.IntN(7)]
	case 2, 3:
		return s.round(5 * s.Float64())
	case 4, 5:
		return s.round(30 * s.Float64())
	case 6:
		return s.between(-20, 10)
	}
	if s.f == ieee.Float32 { // which computes in float64
		return s.positive()
	}
	return min(s.positive(), s.mostFactor())
}

// drawPowers draws exponents of these names, and those that are the default.
func drawPowers(names ...string) settings {
	return func(s source, c *loss.Call) {
		if s.IntN(4) == 0 {
			return
		}
		for _, name := range names {
			c.Params[name] = []float64{s.power()}
		}
	}
}

func drawVarifocal(s source, c *loss.Call) {
	drawPowers("gamma")(s, c)
	c.Conventions["modulator"] = []string{"differentiated", "constant"}[s.IntN(2)]
	switch s.IntN(4) {
	case 0:
		c.Params["alpha"] = []float64{min(s.positive(), s.mostFactor())}
	case 1:
		c.Params["alpha"] = []float64{s.round(2 * s.Float64())}
	}
}

// heatmaps are logits with targets that are 1 exactly or not quite.
func heatmaps(s source, kind int) (pred, target float64) {
	z, y := logits(s, kind)
	if kind != small && s.IntN(2) == 0 {
		y = s.probability()
	}
	return z, y
}

func pointwise(name string, in inputs, params settings) entry {
	return entry{name, pointwiseAsk[float32](name, in, params), pointwiseAsk[float64](name, in, params)}
}

// pointwiseAsk draws parameters, a gradient from upstream and a batch, and gives them to the kernel.
func pointwiseAsk[T kernel.Float](name string, in inputs, params settings) func(*rand.Rand, kernel.Tier) []answer {
	format := ieee.Float64
	if _, single := any(T(0)).(float32); single {
		format = ieee.Float32
	}
	return func(r *rand.Rand, tier kernel.Tier) []answer {
		s := source{r, format}
		call := &loss.Call{Loss: name, Format: format, Params: loss.Params{}, Conventions: loss.Conventions{}}
		params(s, call)
		n := 1 + s.IntN(40)
		if s.IntN(80) == 0 {
			n = 1 << (12 + s.IntN(3))
		}
		call.Rows, call.Cols = n, 1
		kind, alike := s.IntN(logitKinds), s.IntN(2) == 0
		same := false
		if n > oracleMost { // long sums of what vanishes, one by one, and of anything
			kind, alike, same = small, s.IntN(4) > 0, s.IntN(2) == 0
		}
		for i := range n {
			if i > 0 && same { // errors of one sign
				call.Pred = append(call.Pred, call.Pred[0])
				if call.Target != nil {
					call.Target = append(call.Target, call.Target[0])
				}
				continue
			}
			if !alike {
				kind = s.IntN(logitKinds)
			}
			x, y := in(s, kind)
			call.Pred = append(call.Pred, x)
			if y == y {
				call.Target = append(call.Target, y)
			}
		}
		s.withinLimits(call)
		return pointwiseAnswers[T](s, call, tier)
	}
}

// pointwiseAnswers are those of every form.
func pointwiseAnswers[T kernel.Float](s source, call *loss.Call, tier kernel.Tier) (all []answer) {
	plan, err := call.Plan()
	if err != nil {
		panic(err)
	}
	k, ok := kernels.Pointwise[T](call.Loss, plan.Args)
	if !ok {
		panic("no kernel of " + call.Loss)
	}
	k = k.In(tier)
	pred, target := narrow[T](call.Pred), narrow[T](call.Target)
	value, grad := narrow[T](call.Pred), narrow[T](call.Pred)
	k.Value(value, pred, target)
	all = append(all, answer{"value", call, conformance.Value, wide(value), 1})

	scale := s.pointwiseScale(plan)
	k.Grad(grad, pred, target, T(scale))
	scaled := *call
	scaled.Weight = narrow[float64](call.Pred)
	for i := range grad {
		scaled.Weight[i] = math.Abs(scale) // a weight has no sign
		if scale < 0 {
			grad[i] = -grad[i]
		}
	}
	all = append(all, answer{"gradient", &scaled, conformance.Grad, wide(grad), 1})

	sum, mean := *call, *call
	sum.Reduction, mean.Reduction = loss.Sum, loss.MeanElements
	summed, reduced := s.f.Round(k.Sum(pred, target)), s.f.Round(k.MeanGrad(grad, pred, target))
	normal := s.f == ieee.Float32 || slices.ContainsFunc(value, func(v T) bool { return math.Abs(float64(v)) >= s.f.MinNormal() })
	if normal { // in float64, subnormal values have been rounded
		all = append(all, answer{"sum", &sum, conformance.Value, []float64{summed}, len(pred)})
	}
	if normal && inRange(value, pred) {
		all = append(all, answer{"mean", &mean, conformance.Value, []float64{reduced}, len(pred)})
	}
	if len(pred) <= oracleMost {
		all = append(all, answer{"gradient of mean", &mean, conformance.Grad, wide(grad), 1})
	}
	return all
}

// inRange reports whether no value is out of range. Else a mean need not be: see Pointwise.Mean.
func inRange[T kernel.Float](value, pred []T) bool {
	for i, v := range value {
		if v-v != 0 && pred[i]-pred[i] == 0 {
			return false
		}
	}
	return true
}

// narrow is xs in another type, and nil where xs is.
func narrow[T, E kernel.Float](xs []E) []T {
	if xs == nil {
		return nil
	}
	out := make([]T, len(xs))
	for i, x := range xs {
		out[i] = T(x)
	}
	return out
}

func wide[T kernel.Float](xs []T) []float64 { return narrow[float64](xs) }
