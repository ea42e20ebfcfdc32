// Package kernels is package kernel as a subject, so that the kernels are held to what every other
// implementation is held to.
package kernels

import (
	"context"
	"fmt"
	"runtime"

	"github.com/lossproof/lossproof/impl/adapters/golib"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

// Subject is package kernel in one of its tiers. A mean over another number than that of the
// values is the mean of the kernel times the quotient of both, and its gradient has the
// upstream gradient 1/denominator, as a trainer calls it. A kernel reads no sample weights
// and does not look whether its data lies in the domain: those cases are skipped.
func Subject(t kernel.Tier) subject.Subject { return tiered{t} }

type tiered struct{ tier kernel.Tier }

// kernelTable lists what there is, a loss a line.
var kernelTable = []kernelEntry{
	pointwiseKernel("squared_error"),
	pointwiseKernel("absolute_error"),
	pointwiseKernel("huber", "delta"),
	pointwiseKernel("smooth_l1", "beta"),
	pointwiseKernel("squared_error_with_logits"),
	pointwiseKernel("binary_cross_entropy"),
	pointwiseKernel("binary_cross_entropy_with_logits", "pos_weight"),
	pointwiseKernel("sigmoid_focal", "alpha", "gamma"),
	pointwiseKernel("quality_focal", "beta"),
	pointwiseKernel("varifocal", "alpha", "gamma"),
	pointwiseKernel("gaussian_focal_with_logits", "alpha", "gamma"),
	pointwiseKernel("sigmoid"),
	pointwiseKernel("softplus"),
	pointwiseKernel("log_sigmoid"),
	rowwiseKernel("cross_entropy", crossEntropyKernel[float32], crossEntropyKernel[float64], "weight", "ignore_index", "label_smoothing"),
	rowwiseKernel("softmax_focal", softmaxFocalKernel[float32], softmaxFocalKernel[float64], "alpha", "gamma", "ignore_index"),
	boxwiseKernel("iou"),
	boxwiseKernel("giou"),
	boxwiseKernel("diou"),
	rowLinkKernel("softmax", kernel.Softmax[float32], kernel.Softmax[float64]),
	rowLinkKernel("log_softmax", kernel.LogSoftmax[float32], kernel.LogSoftmax[float64]),
}

// Pointwise is the kernel of a loss of elements with the parameters and conventions of a call, and not ok where there is none.
// The subject, benchmarks and the search for the worst errors have their kernels from here.
func Pointwise[T subject.Float](name string, a loss.Args) (k kernel.Pointwise[T], ok bool) {
	scalar := func(param string) T { return T(a.Scalar(param)) }
	factor := T(1)
	if a.Convention("squared_error_factor") == "1/2" {
		factor = 0.5
	}
	switch name {
	case "squared_error":
		return kernel.SquaredError(factor), true
	case "absolute_error":
		return kernel.AbsoluteError[T](), true
	case "huber":
		return kernel.Huber(scalar("delta")), true
	case "smooth_l1":
		return kernel.SmoothL1(scalar("beta")), true
	case "squared_error_with_logits":
		return kernel.SquaredErrorWithLogits(factor), true
	case "binary_cross_entropy":
		if a.Convention("probability_clip") == "1e-7" {
			return kernel.BinaryCrossEntropyClipped[T](), true
		}
		return kernel.BinaryCrossEntropy[T](), true
	case "binary_cross_entropy_with_logits":
		return kernel.BinaryCrossEntropyWithLogits(scalar("pos_weight")), true
	case "sigmoid_focal":
		if !a.On("alpha") {
			return kernel.SigmoidFocalUnweighted(scalar("gamma")), true
		}
		return kernel.SigmoidFocal(scalar("alpha"), scalar("gamma")), true
	case "quality_focal":
		return kernel.QualityFocal(scalar("beta")), true
	case "varifocal":
		if a.Convention("modulator") == "constant" {
			return kernel.VarifocalHeld(scalar("alpha"), scalar("gamma")), true
		}
		return kernel.Varifocal(scalar("alpha"), scalar("gamma")), true
	case "gaussian_focal_with_logits":
		return kernel.GaussianFocalWithLogits(scalar("alpha"), scalar("gamma")), true
	case "sigmoid":
		return kernel.Sigmoid[T](), true
	case "softplus":
		return kernel.Softplus[T](), true
	case "log_sigmoid":
		return kernel.LogSigmoid[T](), true
	}
	return k, false
}

// Boxwise is the kernel of a loss of boxes, and not ok where there is none.
func Boxwise[T subject.Float](name string) (k kernel.Boxwise[T], ok bool) {
	switch name {
	case "iou":
		return kernel.IoU[T](), true
	case "giou":
		return kernel.GIoU[T](), true
	case "diou":
		return kernel.DIoU[T](), true
	}
	return k, false
}

// A kernelEntry is the kernel of a loss as a subject.
type kernelEntry struct {
	capability subject.Capability
	eval       func(t kernel.Tier, p *loss.Plan) (*subject.Answer, error)
}

// newEntry is an entry for both dtypes. Parameters are those that the kernel takes with any
// value.
func newEntry(name string, params []string, reductions []loss.Reduction, single, double func(kernel.Tier, *loss.Plan) (*subject.Answer, error)) kernelEntry {
	c := subject.Capability{Loss: name, Formats: []string{"f32", "f64"}, Outputs: []subject.Output{subject.Value, subject.Grad}, Params: params, Reductions: reductions}
	return kernelEntry{c, func(t kernel.Tier, p *loss.Plan) (*subject.Answer, error) {
		if p.Format.Name == ieee.Float32.Name {
			return single(t, p)
		}
		return double(t, p)
	}}
}

func pointwiseKernel(name string, params ...string) kernelEntry {
	decl, err := loss.Named(name)
	if err != nil {
		panic(err)
	}
	e := newEntry(name, params, loss.Reductions(), pointwiseEval[float32](name), pointwiseEval[float64](name))
	if len(decl.Conventions) > 0 {
		e.capability.Conventions = map[string][]string{}
		for _, convention := range decl.Conventions {
			e.capability.Conventions[convention.Name] = convention.Values
		}
	}
	return e
}

func pointwiseEval[T subject.Float](name string) func(kernel.Tier, *loss.Plan) (*subject.Answer, error) {
	return func(t kernel.Tier, p *loss.Plan) (*subject.Answer, error) {
		k, ok := Pointwise[T](name, p.Args)
		if !ok {
			return nil, fmt.Errorf("%w: no kernel of %s", subject.ErrUnsupported, name)
		}
		return evalPointwise(k.In(t), p), nil
	}
}

func evalPointwise[T subject.Float](k kernel.Pointwise[T], p *loss.Plan) *subject.Answer {
	pred, target := golib.Narrow[T](p.Pred), golib.Narrow[T](p.Target)
	grad := make([]T, len(pred))
	if p.Reduction == loss.None {
		value := make([]T, len(pred))
		k.ValueGrad(value, grad, pred, target, 1)
		return &subject.Answer{Value: golib.Widen(value), Grad: golib.Widen(grad)}
	}
	if p.Reduction == loss.Sum {
		sum := k.SumGrad(grad, pred, target, 1)
		return &subject.Answer{Value: []float64{p.Format.Round(sum)}, Grad: golib.Widen(grad)}
	}
	d, n := p.Denominator(), float64(len(pred))
	k.Grad(grad, pred, target, T(1/d))
	return &subject.Answer{Value: []float64{p.Format.Round(k.Mean(pred, target) * (n / d))}, Grad: golib.Widen(grad)}
}

// boxwiseKernel follows the conventions that are the default, and reads weights.
func boxwiseKernel(name string) kernelEntry {
	return newEntry(name, nil, loss.Reductions(), boxwiseEval[float32](name), boxwiseEval[float64](name))
}

func boxwiseEval[T subject.Float](name string) func(kernel.Tier, *loss.Plan) (*subject.Answer, error) {
	return func(t kernel.Tier, p *loss.Plan) (*subject.Answer, error) {
		k, ok := Boxwise[T](name)
		if !ok {
			return nil, fmt.Errorf("%w: no kernel of %s", subject.ErrUnsupported, name)
		}
		pred, target, weight := golib.Narrow[T](p.Pred), golib.Narrow[T](p.Target), golib.Narrow[T](p.Batch.Weight)
		grad := make([]T, len(pred))
		k = k.In(t)
		if p.Reduction == loss.None {
			value := make([]T, len(pred)/4)
			k.ValueGrad(value, grad, pred, target, weight, 1)
			return &subject.Answer{Value: golib.Widen(value), Grad: golib.Widen(grad)}, nil
		}
		d := 1.0
		if p.Reduction != loss.Sum {
			d = p.Denominator()
		}
		sum := k.SumGrad(grad, pred, target, weight, T(1/d))
		return &subject.Answer{Value: []float64{p.Format.Round(sum / d)}, Grad: golib.Widen(grad)}, nil
	}
}

func (k tiered) Describe() subject.Description {
	d := subject.Description{Name: "kernel", Environment: map[string]string{"tier": k.tier.String(), "architecture": runtime.GOARCH}}
	for _, e := range kernelTable {
		d.Capabilities = append(d.Capabilities, e.capability)
	}
	return d
}

func (k tiered) Eval(_ context.Context, c *loss.Call) (*subject.Answer, error) {
	for _, e := range kernelTable {
		if e.capability.Loss != c.Loss {
			continue
		}
		p, err := c.Plan()
		if err != nil {
			return nil, err
		}
		if p.Batch.Weight != nil && p.Decl.Shape != loss.Box {
			return nil, fmt.Errorf("%w: sample weights", subject.ErrUnsupported)
		}
		return e.eval(k.tier, p)
	}
	return nil, fmt.Errorf("%w: no kernel of %s", subject.ErrUnsupported, c.Loss)
}

// rowOptions are the parameters of a loss of rows; weight names that of the classes.
func rowOptions(p *loss.Plan, weight string) kernel.RowOptions {
	var o kernel.RowOptions
	if p.Args.On(weight) {
		for k := range p.Cols {
			o.ClassWeight = append(o.ClassWeight, p.Args.Class(weight, k))
		}
	}
	if ignored := p.Args.Vector(loss.IgnoreIndex.Name); len(ignored) == 1 {
		index := int(ignored[0])
		o.IgnoreIndex = &index
	}
	return o
}

func crossEntropyKernel[T subject.Float](p *loss.Plan) kernel.Rowwise[T] {
	o := rowOptions(p, loss.ClassWeight.Name)
	o.LabelSmoothing = p.Args.Scalar("label_smoothing")
	return kernel.CrossEntropy[T](p.Cols, o)
}

func softmaxFocalKernel[T subject.Float](p *loss.Plan) kernel.Rowwise[T] {
	return kernel.SoftmaxFocal[T](p.Cols, p.Args.Scalar("gamma"), rowOptions(p, "alpha"))
}

func rowwiseKernel(name string, single func(*loss.Plan) kernel.Rowwise[float32], double func(*loss.Plan) kernel.Rowwise[float64], params ...string) kernelEntry {
	return newEntry(name, params, loss.Reductions(),
		func(t kernel.Tier, p *loss.Plan) (*subject.Answer, error) { return evalRowwise(single(p).In(t), p) },
		func(t kernel.Tier, p *loss.Plan) (*subject.Answer, error) { return evalRowwise(double(p).In(t), p) })
}

func evalRowwise[T subject.Float](k kernel.Rowwise[T], p *loss.Plan) (*subject.Answer, error) {
	pred, target := golib.Narrow[T](p.Pred), golib.Narrow[T](p.Target)
	grad := make([]T, len(pred))
	soft := p.Label == nil
	over := map[loss.Reduction]kernel.Denominator{loss.MeanCounted: kernel.Counted, loss.MeanWeight: kernel.Weight,
		loss.MeanElements: kernel.Elements, loss.MeanSamples: kernel.Elements}[p.Reduction]
	var reduced float64
	var err error
	switch value := make([]T, p.Rows); {
	case p.Reduction == loss.None && soft:
		k.ValueGradSoft(value, grad, pred, target, 1)
		return &subject.Answer{Value: golib.Widen(value), Grad: golib.Widen(grad)}, nil
	case p.Reduction == loss.None:
		err = k.ValueGrad(value, grad, pred, p.Label, 1)
		return &subject.Answer{Value: golib.Widen(value), Grad: golib.Widen(grad)}, err
	case p.Reduction == loss.Sum && soft:
		reduced = k.SumGradSoft(grad, pred, target, 1)
	case p.Reduction == loss.Sum:
		reduced, err = k.SumGrad(grad, pred, p.Label, 1)
	case soft:
		reduced = k.MeanGradSoft(grad, over, pred, target)
	default:
		reduced, err = k.MeanGrad(grad, over, pred, p.Label)
	}
	return &subject.Answer{Value: []float64{p.Format.Round(reduced)}, Grad: golib.Widen(grad)}, err
}

func rowLinkKernel(name string, single func(int) kernel.RowLink[float32], double func(int) kernel.RowLink[float64]) kernelEntry {
	return newEntry(name, nil, nil,
		func(t kernel.Tier, p *loss.Plan) (*subject.Answer, error) {
			return evalRowLink(single(p.Cols).In(t), p), nil
		},
		func(t kernel.Tier, p *loss.Plan) (*subject.Answer, error) {
			return evalRowLink(double(p.Cols).In(t), p), nil
		})
}

func evalRowLink[T subject.Float](k kernel.RowLink[T], p *loss.Plan) *subject.Answer {
	pred, upstream := golib.Narrow[T](p.Pred), golib.Narrow[T](p.Upstream)
	if upstream == nil {
		upstream = make([]T, len(pred))
		for i := range upstream {
			upstream[i] = 1
		}
	}
	value, grad := make([]T, len(pred)), make([]T, len(pred))
	k.Value(value, pred)
	k.Grad(grad, pred, upstream)
	return &subject.Answer{Value: golib.Widen(value), Grad: golib.Widen(grad)}
}
