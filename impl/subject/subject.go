package subject

import (
	"context"
	"errors"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// A Subject is what is held against the truth: a function, a library, a program.
//
// Eval answers one call. It may be called from several goroutines at once (see
// Workers). The call is a private copy, and it must come back unchanged. An error is the
// answer to bad input; an *loss.Error says of which class, and any other error stands
// for the right class. An error that is ErrUnsupported skips the case.
type Subject interface {
	Describe() Description
	Eval(ctx context.Context, c *loss.Call) (*Answer, error)
}

// An Answer is what a subject computed, in the layout of loss.Result: numbers of the
// call's format, carried in float64. What the subject does not have is nil.
type Answer struct {
	Value, Grad []float64
	TargetGrad  []float64 // one for each target number
	Hess        []float64 // one for each prediction
}

// Part returns the numbers of an output.
func (a *Answer) Part(o Output) *[]float64 {
	switch o {
	case Value:
		return &a.Value
	case Grad:
		return &a.Grad
	case TargetGrad:
		return &a.TargetGrad
	case Hess:
		return &a.Hess
	}
	panic("subject: no numbers of " + string(o))
}

// Clone copies an answer with its numbers: a subject may use its memory again.
func (a *Answer) Clone() *Answer {
	b := &Answer{}
	for _, o := range Outputs() {
		*b.Part(o) = slices.Clone(*a.Part(o))
	}
	return b
}

// ErrUnsupported, wrapped with a reason, skips a case that the subject cannot be
// asked. The skip is listed, and is not a pass.
var ErrUnsupported = errors.New("not supported")

// An Output is a part of an answer that is judged by itself.
type Output string

const (
	Value Output = "value"
	Grad  Output = "grad"
	// TargetGrad is the gradient of the sum of all values by the target numbers. Of a call whose target is a class index, or
	// that has none, there is none.
	TargetGrad Output = "targetGrad"
	// Hess is the diagonal of the Hessian of the sum of all values by the predictions: their second derivatives. It is
	// asked where loss.Plan.Bends says so.
	Hess Output = "hess"
	// Refusal is the error that bad input must give. It has no levels: it is right or
	// it is not.
	Refusal Output = "error"
)

// Outputs lists those that are numbers.
func Outputs() []Output { return []Output{Value, Grad, TargetGrad, Hess} }

// Length is how many numbers of an output the answer to a call has; 0 where the output is not asked.
func (o Output) Length(p *loss.Plan) int {
	switch {
	case o == Value && p.Reduction != loss.None:
		return 1
	case o == Value:
		return p.Values()
	case o == TargetGrad:
		return len(p.Target)
	case o == Hess && !p.Bends():
		return 0
	}
	return len(p.Pred)
}

// Of reports whether losses like this one have the output.
func (o Output) Of(l *loss.Loss) bool {
	switch o {
	case TargetGrad:
		return l.NumberTarget() != nil
	case Hess:
		return l.Bends()
	}
	return true
}

// A Description says what a subject is and what it computes. Partial subjects are
// welcome: what is not listed is skipped, with the reason in the report.
type Description struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	// Environment is what else decides the numbers: language, device, settings.
	Environment  map[string]string `json:"environment,omitempty"`
	Capabilities []Capability      `json:"capabilities"`
}

// A Capability is what a subject computes of one loss. A loss may have several, for
// example one for each reduction.
type Capability struct {
	Loss    string   `json:"loss"`
	Formats []string `json:"formats"` // dtypes by short name: f64, f32, bf16, f16
	Outputs []Output `json:"outputs"` // value, grad, targetGrad, hess

	// Reductions that it has; empty: only none.
	Reductions []loss.Reduction `json:"reductions,omitempty"`
	// Targets that it takes: number, label, distribution; empty: all kinds.
	Targets []string `json:"targets,omitempty"`
	// Weights: it takes sample weights.
	Weights bool `json:"weights,omitempty"`
	// HardTargets: of targets that are probabilities it takes 0 and 1 only.
	HardTargets bool `json:"hardTargets,omitempty"`
	// FiniteInputs: it takes no NaN and no infinity.
	FiniteInputs bool `json:"finiteInputs,omitempty"`
	// Refuses: it answers bad input with an error.
	Refuses bool `json:"refuses,omitempty"`

	// Params lists the parameters that it takes with any value. Every other one it has
	// at the value in Fixed, or else at the default of the catalogue.
	Params []string    `json:"params,omitempty"`
	Fixed  loss.Params `json:"fixed,omitempty"`

	// Conventions lists, for each convention, the values under which it can answer; one
	// that is absent has the catalogue's default only. Cases of other values are not
	// its cases: they are neither run nor counted.
	Conventions map[string][]string `json:"conventions,omitempty"`
}

// Float is a type that Go functions compute losses in.
type Float interface{ float32 | float64 }
