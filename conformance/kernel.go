package conformance

import (
	"context"
	"fmt"
	"runtime"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// Kernel is package kernel in one of its tiers. A mean is the sum that a kernel returns over
// the denominator, and its gradient has the upstream gradient 1/denominator, as a trainer
// calls it. A kernel reads no sample weights, and a pointwise kernel does not look whether
// its data lies in the domain: those cases are skipped.
func Kernel(t kernel.Tier) Subject { return kernels{t} }

type kernels struct{ tier kernel.Tier }

// kernelTable lists what there is, a loss a line.
var kernelTable = []kernelEntry{
	pointwiseKernel("binary_cross_entropy_with_logits", bceWithLogitsKernel[float32], bceWithLogitsKernel[float64], "pos_weight"),
}

func bceWithLogitsKernel[T Float](a loss.Args) kernel.Pointwise[T] {
	return kernel.BinaryCrossEntropyWithLogits(T(a.Scalar("pos_weight")))
}

// A kernelEntry is the kernel of a loss as a subject.
type kernelEntry struct {
	capability Capability
	eval       func(t kernel.Tier, p *loss.Plan) (*Answer, error)
}

func pointwiseKernel(name string, single func(loss.Args) kernel.Pointwise[float32], double func(loss.Args) kernel.Pointwise[float64], params ...string) kernelEntry {
	c := Capability{Loss: name, Formats: []string{"f32", "f64"}, Outputs: []Output{Value, Grad}, Params: params, Reductions: loss.Reductions()}
	if decl, err := loss.Named(name); err == nil && len(decl.Conventions) > 0 {
		c.Conventions = map[string][]string{}
		for _, convention := range decl.Conventions {
			c.Conventions[convention.Name] = convention.Values
		}
	}
	return kernelEntry{c, func(t kernel.Tier, p *loss.Plan) (*Answer, error) {
		if p.Format.Name == ieee.Float32.Name {
			return evalPointwise(single(p.Args).In(t), p), nil
		}
		return evalPointwise(double(p.Args).In(t), p), nil
	}}
}

func evalPointwise[T Float](k kernel.Pointwise[T], p *loss.Plan) *Answer {
	pred, target := narrow[T](p.Pred), narrow[T](p.Target)
	grad := make([]T, len(pred))
	if p.Reduction == loss.None {
		value := make([]T, len(pred))
		k.ValueGrad(value, grad, pred, target, 1)
		return &Answer{Value: widen(value), Grad: widen(grad)}
	}
	d := p.Denominator()
	sum := k.SumGrad(grad, pred, target, T(1/d))
	return &Answer{Value: []float64{p.Format.Round(sum / d)}, Grad: widen(grad)}
}

func (k kernels) Describe() Description {
	d := Description{Name: "kernel", Environment: map[string]string{"tier": k.tier.String(), "architecture": runtime.GOARCH}}
	for _, e := range kernelTable {
		d.Capabilities = append(d.Capabilities, e.capability)
	}
	return d
}

func (k kernels) Eval(_ context.Context, c *loss.Call) (*Answer, error) {
	for _, e := range kernelTable {
		if e.capability.Loss != c.Loss {
			continue
		}
		p, err := c.Plan()
		if err != nil {
			return nil, err
		}
		if p.Batch.Weight != nil {
			return nil, fmt.Errorf("%w: sample weights", ErrUnsupported)
		}
		return e.eval(k.tier, p)
	}
	return nil, fmt.Errorf("%w: no kernel of %s", ErrUnsupported, c.Loss)
}
