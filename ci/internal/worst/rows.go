package main

import (
	"math"
	"math/rand/v2"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// rowEntries are the kernels of rows of scores.
var rowEntries = []entry{
	rowEntry("cross_entropy", "label", drawCrossEntropy, labels, crossEntropyRows[float32], crossEntropyRows[float64]),
	rowEntry("cross_entropy", "soft", drawCrossEntropy, distributions, crossEntropyRows[float32], crossEntropyRows[float64]),
	rowEntry("softmax_focal", "label", drawSoftmaxFocal, labels, softmaxFocalRows[float32], softmaxFocalRows[float64]),
	linkEntry("softmax", kernel.Softmax[float32], kernel.Softmax[float64]),
	linkEntry("log_softmax", kernel.LogSoftmax[float32], kernel.LogSoftmax[float64]),
}

// scoreRow draws K scores, of which one is special: it may be far above the others.
func (s source) scoreRow(special int, xs []float64) {
	size := math.Exp2(12*s.Float64() - 6)
	switch s.IntN(10) {
	case 0, 1:
		for k := range xs {
			xs[k] = size * s.NormFloat64()
		}
	case 2: // next to 0
		size = math.Ldexp(1, -s.IntN(-s.bottom()))
		for k := range xs {
			xs[k] = size * s.NormFloat64()
		}
	case 3, 4: // groups of close scores
		var centre, spread [3]float64
		for i := range centre {
			centre[i] = []float64{0, 0, 1, size * s.NormFloat64(), 100 * s.NormFloat64()}[s.IntN(5)]
			spread[i] = []float64{0, s.between(-60, 0), s.between(s.bottom(), 0)}[s.IntN(3)]
		}
		for k := range xs {
			i := s.IntN(len(centre))
			xs[k] = centre[i] + spread[i]*s.NormFloat64()
		}
	case 5: // an offset that all have
		offset := math.Exp2(30*s.Float64()) * s.NormFloat64()
		for k := range xs {
			xs[k] = offset + size*s.NormFloat64()
		}
	case 6: // few values
		for k := range xs {
			xs[k] = float64(s.IntN(3)-1) * size
		}
	case 7: // one where the exponentials of the others leave the range or the precision
		normal, zero := s.vanishing()
		for k := range xs {
			xs[k] = []float64{1e-3, 1, 10}[s.IntN(3)] * s.NormFloat64()
		}
		xs[special] = []float64{5, 37, normal * s.Float64(), normal + (zero-normal)*s.Float64()}[s.IntN(4)]
	case 8: // one above others next to 0
		size = math.Ldexp(1, -s.IntN(-s.bottom()))
		for k := range xs {
			if xs[k] = size * s.NormFloat64(); s.IntN(6) == 0 {
				xs[k] = -5 * s.Float64()
			}
		}
		xs[special] = 20 * s.Float64()
	case 9:
		for k := range xs {
			xs[k] = s.logit(s.IntN(logitKinds))
		}
	}
	for k, x := range xs {
		xs[k] = s.f.Round(x)
	}
}

// distributionRow draws a target for scores: of one class, of two, of a teacher that is sharp or agrees,
// of a class beside which the others are next to nothing, and subnormal.
func (s source) distributionRow(special int, z, ys []float64) {
	switch s.IntN(7) {
	case 0:
		ys[special] = 1
	case 1:
		share := s.round(s.Float64())
		ys[s.IntN(len(ys))], ys[special] = s.round(1-share), share
	case 2, 3:
		agrees, sharp := s.IntN(2) == 0, []float64{1, 3, 20, 100}[s.IntN(4)]
		sum, top := 0.0, math.Inf(-1)
		for k := range ys {
			if ys[k] = sharp * s.NormFloat64(); agrees && z[k]-z[k] == 0 {
				ys[k] = z[k] + 1e-3*s.NormFloat64()
			}
			top = max(top, ys[k])
		}
		for k := range ys {
			ys[k] = math.Exp(ys[k] - top)
			sum += ys[k]
		}
		for k := range ys {
			ys[k] = s.round(ys[k] / sum)
		}
	case 4:
		for k := range ys {
			ys[k] = min(s.between(s.bottom(), -1), 1)
		}
		ys[special] = []float64{1, s.round(s.Float64())}[s.IntN(2)]
	case 5:
		for k := range ys {
			ys[k] = float64(s.IntN(2))
		}
	case 6:
		for k := range ys {
			ys[k] = s.f.MinSubnormal() * float64(s.IntN(100))
		}
	}
}

// upstreamRow draws what the values of a link are multiplied by.
func (s source) upstreamRow(special int, us []float64) {
	kind, unit := s.IntN(7), s.between(s.bottom()/2, s.most())
	for k := range us {
		switch kind {
		case 0:
			us[k] = s.round(s.NormFloat64())
		case 1:
			us[k] = float64(s.IntN(3) - 1)
		case 2: // all the same
			us[k] = unit
		case 3:
			us[k] = s.round(unit * s.NormFloat64())
		case 4:
			us[k] = s.sign() * s.between(-20, 20)
		case 5:
			us[k] = s.sign() * s.between(-100, 0)
		case 6:
			us[k] = float64(s.IntN(3) - 1)
		}
	}
	if kind == 6 {
		us[special] = 0
	}
}

// most is the exponent of the most that class weights and a gradient from upstream may multiply a
// gradient by: in float64 exponentials are 0 where more would show them.
func (s source) most() int {
	if s.f == ieee.Float64 {
		return 39
	}
	return s.top() - 1
}

// rowScale draws a gradient from upstream. In float64 a weight multiplies it to 2^-1000 at least, for what
// is subnormal has no digits to divide by a sum.
func (s source) rowScale(c *loss.Call) float64 {
	most, least := 1.0, 1.0
	for _, name := range []string{"weight", "alpha"} {
		for _, w := range c.Params[name] {
			if most = max(most, w); w > 0 {
				least = min(least, w)
			}
		}
	}
	low := 0.0
	if s.f == ieee.Float64 {
		low = 0x1p-1000 / least
	}
	for {
		if scale := math.Abs(s.scale()); scale >= low && scale <= math.Ldexp(1, s.most())/most {
			return scale * s.sign()
		}
	}
}

// weightRow draws a weight for each class.
func (s source) weightRow(classes int) []float64 {
	w := make([]float64, classes)
	kind, unit := s.IntN(6), math.Ldexp(1, s.IntN(200+s.most())-200)
	for k := range w {
		switch kind {
		case 0:
			w[k] = float64(1 + s.IntN(4))
		case 1:
			w[k] = 1 + s.Float64()
		case 2:
			w[k] = 3 * s.Float64()
		case 3:
			w[k] = math.Ldexp(1+s.Float64(), s.IntN(21)-10)
		case 4:
			w[k] = math.Ldexp(1+s.Float64(), s.IntN(81)-40)
		case 5:
			w[k] = unit * (1 + s.Float64())
		}
	}
	if s.IntN(6) == 0 {
		w[s.IntN(classes)] = 0
	}
	return w
}

func drawCrossEntropy(s source, c *loss.Call) {
	if s.IntN(2) == 0 {
		c.Params["label_smoothing"] = []float64{[]float64{0.1, 0.25, 0.5, 1, s.Float64(), math.Exp2(-40 * s.Float64()), 1 - math.Exp2(-50*s.Float64())}[s.IntN(7)]}
	}
	if s.IntN(2) == 0 {
		c.Params["weight"] = s.weightRow(c.Cols)
	}
}

func drawSoftmaxFocal(s source, c *loss.Call) {
	c.Params["gamma"] = []float64{[]float64{float64(s.IntN(3)), 0.5, 1.5, 5, 10 * s.Float64(), 150 * s.Float64(), math.Exp2(40*s.Float64() - 20)}[s.IntN(7)]}
	if s.IntN(2) == 0 {
		c.Params["alpha"] = s.weightRow(c.Cols)
	}
}

// rowOptions are the parameters of a call for a kernel.
func rowOptions(a loss.Args, classes int, weight string) (o kernel.RowOptions) {
	if a.On(weight) {
		o.ClassWeight = make([]float64, classes)
		for k := range o.ClassWeight {
			o.ClassWeight[k] = a.Class(weight, k)
		}
	}
	return o
}

func crossEntropyRows[T kernel.Float](a loss.Args, classes int) kernel.Rowwise[T] {
	o := rowOptions(a, classes, "weight")
	o.LabelSmoothing = a.Scalar("label_smoothing")
	return kernel.CrossEntropy[T](classes, o)
}

func softmaxFocalRows[T kernel.Float](a loss.Args, classes int) kernel.Rowwise[T] {
	return kernel.SoftmaxFocal[T](classes, a.Scalar("gamma"), rowOptions(a, classes, "alpha"))
}

// rowTargets draws the targets of a call.
type rowTargets func(s source, c *loss.Call, special int)

func labels(s source, c *loss.Call, special int) {
	t := special
	if s.IntN(2) == 0 {
		t = s.IntN(c.Cols)
	}
	c.Label = append(c.Label, t)
}

func distributions(s source, c *loss.Call, special int) {
	ys := make([]float64, c.Cols)
	s.distributionRow(special, c.Pred[len(c.Pred)-c.Cols:], ys)
	c.Target = append(c.Target, ys...)
}

func upstreams(s source, c *loss.Call, special int) {
	us := make([]float64, c.Cols)
	s.upstreamRow(special, us)
	c.Upstream = append(c.Upstream, us...)
}

// newRowCall draws a call of a few rows, most of them of few classes.
func newRowCall(s source, name string, targets rowTargets, params settings) (*loss.Call, *loss.Plan) {
	c := &loss.Call{Loss: name, Format: s.f, Params: loss.Params{}, Conventions: loss.Conventions{}}
	c.Rows, c.Cols = 1+s.IntN(6), 1+s.IntN(8)
	if s.IntN(40) == 0 {
		c.Rows, c.Cols = 1, 1+s.IntN(130)
	}
	for range c.Rows {
		special, row := s.IntN(c.Cols), make([]float64, c.Cols)
		s.scoreRow(special, row)
		c.Pred = append(c.Pred, row...)
		targets(s, c, special)
	}
	params(s, c)
	plan, err := c.Plan()
	if err != nil {
		panic(err)
	}
	return c, plan
}

func formatOf[T kernel.Float]() ieee.Format {
	if _, single := any(T(0)).(float32); single {
		return ieee.Float32
	}
	return ieee.Float64
}

// rowEntry is a loss of rows with targets of a kind, which forms are named for.
func rowEntry(name, kind string, params settings, targets rowTargets, single rowMaker[float32], double rowMaker[float64]) entry {
	return entry{name, rowAsk(name, kind, params, targets, single), rowAsk(name, kind, params, targets, double)}
}

// A rowMaker makes the kernel of so many classes that a call asks for.
type rowMaker[T kernel.Float] func(a loss.Args, classes int) kernel.Rowwise[T]

// rowAsk draws parameters, a gradient from upstream and rows, and gives them to the kernel.
func rowAsk[T kernel.Float](name, kind string, params settings, targets rowTargets, build rowMaker[T]) func(*rand.Rand, kernel.Tier) []answer {
	return func(r *rand.Rand, tier kernel.Tier) (all []answer) {
		s := source{r, formatOf[T]()}
		call, plan := newRowCall(s, name, targets, params)
		k := build(plan.Args, call.Cols).In(tier)
		pred, target := narrow[T](call.Pred), narrow[T](call.Target)
		value, grad := make([]T, call.Rows), make([]T, len(pred))
		add := func(form string, c *loss.Call, output conformance.Output, got []float64, terms int) {
			all = append(all, answer{kind + " " + form, c, output, got, terms})
		}
		scale := s.rowScale(call)
		if target != nil {
			k.ValueGradSoft(value, grad, pred, target, T(scale))
		} else if err := k.ValueGrad(value, grad, pred, call.Label, T(scale)); err != nil {
			panic(err)
		}
		add("value", call, conformance.Value, wide(value), 1)
		scaled := *call
		for range call.Rows {
			scaled.Weight = append(scaled.Weight, math.Abs(scale)) // a weight has no sign
		}
		for i, g := range grad {
			if scale < 0 {
				grad[i] = -g
			}
		}
		add("gradient", &scaled, conformance.Grad, wide(grad), 1)
		if len(pred) > oracleMost {
			return all
		}

		over := []kernel.Denominator{kernel.Counted, kernel.Weight, kernel.Elements}[s.IntN(3)]
		sumCall, meanCall := *call, *call
		sumCall.Reduction = loss.Sum
		meanCall.Reduction = map[kernel.Denominator]loss.Reduction{kernel.Counted: loss.MeanCounted, kernel.Weight: loss.MeanWeight, kernel.Elements: loss.MeanElements}[over]
		var sum, mean float64
		var err, errMean error
		if target != nil {
			sum, mean = k.SumSoft(pred, target), k.MeanGradSoft(grad, over, pred, target)
		} else {
			sum, err = k.Sum(pred, call.Label)
			mean, errMean = k.MeanGrad(grad, over, pred, call.Label)
		}
		if err != nil || errMean != nil {
			panic("worst: a label is no class")
		}
		add("sum", &sumCall, conformance.Value, []float64{s.f.Round(sum)}, call.Rows)
		add("mean", &meanCall, conformance.Value, []float64{s.f.Round(mean)}, call.Rows)
		add("gradient of mean", &meanCall, conformance.Grad, wide(grad), 1)
		return all
	}
}

func linkEntry(name string, single func(classes int) kernel.RowLink[float32], double func(classes int) kernel.RowLink[float64]) entry {
	return entry{name, linkAsk(name, single), linkAsk(name, double)}
}

// linkAsk is rowAsk for a link.
func linkAsk[T kernel.Float](name string, build func(classes int) kernel.RowLink[T]) func(*rand.Rand, kernel.Tier) []answer {
	return func(r *rand.Rand, tier kernel.Tier) []answer {
		s := source{r, formatOf[T]()}
		call, _ := newRowCall(s, name, upstreams, drawNothing)
		k := build(call.Cols).In(tier)
		value, grad, pred := make([]T, len(call.Pred)), make([]T, len(call.Pred)), narrow[T](call.Pred)
		k.Value(value, pred)
		k.Grad(grad, pred, narrow[T](call.Upstream))
		return []answer{{"value", call, conformance.Value, wide(value), 1}, {"gradient", call, conformance.Grad, wide(grad), 1}}
	}
}
