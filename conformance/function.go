package conformance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// Float is a type that Go functions compute losses in. The other formats are reached
// through Reference, or through a Subject of one's own.
type Float = subject.Float

func formatOf[T Float]() ieee.Format {
	var zero T
	if _, ok := any(zero).(float32); ok {
		return ieee.Float32
	}
	return ieee.Float64
}

// A Function is a Subject made of one Go function.
type Function struct {
	description Description
	eval        func(c *loss.Call) (*Answer, error)
	misused     error // why the function cannot be one of its loss
}

func (f *Function) misuse() error { return f.misused }

// misuse is why a subject cannot be asked anything, where it is one of functions.
func misuse(s Subject) error {
	if f, ok := s.(interface{ misuse() error }); ok {
		return f.misuse()
	}
	return nil
}

// together is a subject of several, with what is wrong about one of them.
type together struct {
	Subject
	misused error
}

func (t together) misuse() error { return t.misused }

// ofForm says why a function of a constructor is none of its loss: a loss of points is a function of
// a number, any other of a row, and a target is there where the loss has one.
func (f *Function) ofForm(constructor string) error {
	lossName, takes := f.description.Capabilities[0].Loss, f.description.Capabilities[0].Targets
	decl, err := loss.Named(lossName)
	if err != nil {
		return nil // which the run reports
	}
	switch point := decl.Shape == loss.Point; {
	case point && constructor == "Rowwise":
		return fmt.Errorf("conformance: Rowwise: %s is a loss of single numbers: use Pointwise, or Reduced for a whole batch", lossName)
	case !point && constructor == "Pointwise":
		return fmt.Errorf("conformance: Pointwise: %s is a loss of a %s of numbers: use Rowwise, or Reduced for a whole batch", lossName, decl.Shape)
	}
	has := strings.Split(decl.Targets.String(), " or ")
	if slices.ContainsFunc(takes, func(t string) bool { return slices.Contains(has, t) }) {
		return nil
	}
	err = fmt.Errorf("conformance: %s: the function has the target %s, and %s has %s", constructor, strings.Join(takes, " or "), lossName, strings.Join(has, " or "))
	if decl.Unknown() && !decl.HasTarget() {
		err = fmt.Errorf(`%w: its head declares a target, as in Unknown("%s", "target: y")`, err, lossName)
	}
	return err
}

// About says more about a function than its signature does; a field that is zero says nothing.
type About struct {
	Name, Version string // for the report
	// Params that the function takes with any value. A function with a loss.Params argument
	// takes every parameter of its loss unless this says which.
	Params []string
	// Fixed has parameters at one value, other than the default of the catalogue:
	// loss.Params{"gamma": {2.5}}. Cases of other values are skipped.
	Fixed loss.Params
	// Conventions that the function follows where they are not the defaults of the catalogue:
	// loss.Conventions{"squared_error_factor": "1/2"}.
	Conventions loss.Conventions
	// Targets are the kinds that a function of a batch takes, where that is not every kind of its loss:
	// label, distribution.
	Targets []string
	// HardTargets: of targets that are probabilities it takes 0 and 1 only.
	HardTargets bool
	// FiniteInputs: it takes no NaN and no infinity.
	FiniteInputs bool
	// NoWeights: it takes no sample weights, though it is given a batch that can have them.
	NoWeights bool
	// TrustsInput: it does not refuse bad input, though it can return an error. One that does no more than
	// say ErrUnsupported wants this.
	TrustsInput bool
}

// With returns the function with more said about it.
func (f *Function) With(a About) *Function {
	d := f.description
	c := d.Capabilities[0]
	d.Name, d.Version = cmp.Or(a.Name, d.Name), cmp.Or(a.Version, d.Version)
	if a.Params != nil {
		c.Params = a.Params
	}
	if a.Fixed != nil {
		c.Fixed = a.Fixed
	}
	if a.Targets != nil {
		c.Targets = a.Targets
	}
	if a.Conventions != nil {
		c.Conventions = map[string][]string{}
		for name, v := range a.Conventions {
			c.Conventions[name] = []string{v}
		}
	}
	c.HardTargets, c.FiniteInputs = c.HardTargets || a.HardTargets, c.FiniteInputs || a.FiniteInputs
	c.Weights, c.Refuses = c.Weights && !a.NoWeights, c.Refuses && !a.TrustsInput
	d.Capabilities = []Capability{c}
	return &Function{d, f.eval, f.misused}
}

// Also returns the function with one more output, TargetGrad or Hess, whose numbers are what another function of the same
// loss and type answers as its values:
//
//	Pointwise(name, func(z, y float32) (value, grad float32) { … }).Also(Hess, Pointwise(name, func(z, y float32) float32 { … }))
//	Rowwise(name, func(z []float64, label int) (float64, []float64) { … }).Also(Hess, Rowwise(name, func(z []float64, label int) []float64 { … }))
//
// The other function is asked what the first is asked, as far as there is such an output.
func (f *Function) Also(output Output, other *Function) *Function {
	d, c, theirs := f.description, f.description.Capabilities[0], other.description.Capabilities[0]
	misused := errors.Join(f.misused, other.misused)
	switch {
	case !further(output):
		misused = errors.Join(misused, fmt.Errorf("conformance: Also: the output %s: want TargetGrad or Hess", output))
	case c.Loss != theirs.Loss || c.Formats[0] != theirs.Formats[0]:
		misused = errors.Join(misused, fmt.Errorf("conformance: Also: %s in %s beside %s in %s", theirs.Loss, theirs.Formats[0], c.Loss, c.Formats[0]))
	}
	c.Outputs = append(slices.Clone(c.Outputs), output)
	d.Capabilities = []Capability{c}
	return &Function{d, func(call *loss.Call) (*Answer, error) {
		answer, err := f.eval(call)
		if err != nil {
			return nil, err
		}
		if p, err := call.Plan(); err == nil && output.Length(p) > 0 {
			a, err := other.eval(call)
			if err != nil {
				return nil, err
			}
			*answer.Part(output) = a.Value
		}
		return answer, nil
	}, misused}
}

func newFunction[T Float](name, kind string, c Capability, eval func(*loss.Call) (*Answer, error)) *Function {
	format := formatOf[T]()
	c.Loss, c.Formats = name, []string{format.Name}
	return &Function{description: Description{Name: "Go function (" + kind + ", " + format.Title + ")", Capabilities: []Capability{c}}, eval: eval}
}

// Describe says what the function computes.
func (f *Function) Describe() Description { return f.description }

// Eval asks the function.
func (f *Function) Eval(_ context.Context, c *loss.Call) (*Answer, error) { return f.eval(c) }

// allParams names every parameter of a loss; none where there is no such loss, which
// the runner reports.
func allParams(name string) []string {
	decl, err := loss.Named(name)
	if err != nil {
		return nil
	}
	var names []string
	for _, p := range decl.Params {
		names = append(names, p.Name)
	}
	return names
}

// supports refuses the calls that no function of a row or a number can be asked.
func supports(c *loss.Call) error {
	switch {
	case c.Reduction != "" && c.Reduction != loss.None:
		return fmt.Errorf("%w: the reduction %s", ErrUnsupported, c.Reduction)
	case c.Rows < 0 || c.Cols < 1 || len(c.Pred) != c.Rows*c.Cols:
		return fmt.Errorf("%w: a batch of no shape", ErrUnsupported)
	case c.Label != nil && len(c.Label) != c.Rows,
		c.Upstream != nil && len(c.Upstream) != len(c.Pred), c.Target != nil && c.Label != nil:
		return fmt.Errorf("%w: a batch whose lengths do not fit", ErrUnsupported)
	}
	return unknownNames(c)
}

// unknownNames refuses names that a Go function has no way to be given.
func unknownNames(c *loss.Call) error {
	decl, err := loss.Named(c.Loss)
	if err != nil {
		return err
	}
	for name := range c.Params {
		if _, ok := decl.Param(name); !ok {
			return fmt.Errorf("%w: an unknown parameter", ErrUnsupported)
		}
	}
	for name, v := range c.Conventions {
		if convention, ok := decl.Convention(name); !ok || !slices.Contains(convention.Values, v) {
			return fmt.Errorf("%w: an unknown convention", ErrUnsupported)
		}
	}
	return nil
}

func narrow[T Float](xs []float64) []T {
	if xs == nil {
		return nil
	}
	ys := make([]T, len(xs))
	for i, x := range xs {
		ys[i] = T(x)
	}
	return ys
}

func widen[T Float](xs []T) []float64 {
	ys := make([]float64, len(xs))
	for i, x := range xs {
		ys[i] = float64(x)
	}
	return ys
}

// unchanged reports whether a function left its input as it was.
func unchanged[T Float](got []T, original []float64) bool {
	return slices.EqualFunc(got, original, func(x T, y float64) bool { return ulp.SameBits(float64(x), y) })
}

func wrongLength(got, want int) error {
	return &subject.Fault{Outcome: WrongLength, Text: fmt.Sprintf("a gradient of %d numbers, want %d", got, want)}
}

var errMutated = &subject.Fault{Outcome: Mutated, Text: "the function changed its input"}
