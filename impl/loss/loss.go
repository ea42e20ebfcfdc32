package loss

import (
	"fmt"
	"slices"
	"strings"
)

// A Shape says what one example of a loss is made of.
type Shape uint8

const (
	// Pointwise: one number is predicted, and compared with at most one number.
	Pointwise Shape = iota + 1
	// Rowwise: K numbers are predicted together, one for each class.
	Rowwise
)

func (s Shape) String() string {
	switch s {
	case Pointwise:
		return "pointwise"
	case Rowwise:
		return "rowwise"
	}
	return fmt.Sprintf("Shape(%d)", uint8(s))
}

// MarshalText makes the name stand in JSON.
func (s Shape) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Targets is the set of the kinds of target that a loss can be given.
type Targets uint8

const (
	Number       Targets = 1 << iota // one number for each predicted number
	Label                            // one class index, 0 ≤ t < K
	Distribution                     // K non-negative weights, one for each class
	NoTarget     Targets = 0         // a link of the chain, not a loss
)

func (t Targets) String() string {
	if t == NoTarget {
		return "none"
	}
	var names []string
	for i, name := range []string{"number", "label", "distribution"} {
		if t>>i&1 == 1 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}

// MarshalText makes the name stand in JSON.
func (t Targets) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// A Loss is the declaration of one loss, or of one link of the chain that leads to
// it: all that the rest of the project knows about it. Everything but the two
// evaluators is data.
type Loss struct {
	Name  string `json:"name"`  // snake_case, the functional name of PyTorch where there is one
	Title string `json:"title"` // one line
	Shape Shape  `json:"shape"`

	Formula  string `json:"formula"`            // plain text, in the notation of this package's documentation
	Gradient string `json:"gradient"`           // with respect to the prediction
	Second   string `json:"second"`             // second derivative, or the Hessian
	ByTarget string `json:"byTarget,omitempty"` // with respect to the target, where that is a number

	Prediction   Domain  `json:"prediction"`             // of each predicted number
	Targets      Targets `json:"targets"`                // which kinds
	Target       Domain  `json:"target,omitzero"`        // of each target number, where targets are numbers
	VectorValued bool    `json:"vectorValued,omitempty"` // the value is K numbers, and the gradient is taken of upstream·value

	Params       []Param      `json:"params,omitempty"`
	Conventions  []Convention `json:"conventions,omitempty"` // those that change this loss
	SpecialCases []string     `json:"specialCases,omitempty"`
	Accuracy     Accuracy     `json:"accuracy"`
	Traits       []Trait      `json:"traits,omitempty"`
	Sources      []Source     `json:"sources"`

	// Exactly one of the two is set, as Shape says. Both are called with valid,
	// NaN-free input and resolved arguments only.
	point func(a Args, x, y float64) Point
	row   func(a Args, r *Row)
}

// Accuracy is the documented bound on the error of the float64 reference: an
// output v with condition number κ (see the package documentation) is computed
// with an error of at most Value·(1+κ) ulp, a component of the gradient with at
// most Grad·(1+κ) ulp. That is without a reduction: a sample weight adds at most ½ ulp
// and a reduction at most 3, however many values it has (see the comment of Plan.reduce).
type Accuracy struct {
	Value float64 `json:"value"`
	Grad  float64 `json:"grad"`
	How   string  `json:"how"` // how the bound is known, with the largest error seen
}

// A Source names where a formula or a fact is from.
type Source struct {
	Title string `json:"title"`
	Ref   string `json:"ref"` // for example arXiv:1708.02002, equation 5
}

// A Point is what a pointwise evaluator says of one example: the value with its
// first and second derivative by the prediction, and the first by the target. It is not
// rounded yet: weights and a reduction come first.
type Point struct{ Value, Grad, Second, TargetGrad wide }

// A Row is one example of a rowwise loss as its evaluator sees it. Target is nil
// when the target is a label or when there is none. The outputs, like those of a Point
// not rounded yet, are written by the evaluator into slices of zeros that the caller has
// allocated: Value has length 1 (or K for a vector-valued entry), Grad, TargetGrad and
// Product length K. TargetGrad is nil when Target is, and Product (the Hessian times
// Direction) when Direction is.
type Row struct {
	Pred     []float64
	Target   []float64
	Label    int
	Upstream []float64 // length K, for a vector-valued entry only

	Direction []float64

	Value, Grad, TargetGrad, Product []wide
}

var catalogue = map[string]*Loss{}

// declare enters a loss in the catalogue. It panics on a declaration that
// contradicts itself, since that can only be a mistake in this package.
func declare(l Loss) *Loss {
	switch {
	case l.Name == "" || catalogue[l.Name] != nil:
		panic("loss: the name " + l.Name + " is empty or taken")
	case (l.Shape == Pointwise) != (l.point != nil) || (l.Shape == Rowwise) != (l.row != nil):
		panic("loss: " + l.Name + " does not have the evaluator of its shape")
	case l.Formula == "" || l.Gradient == "" || l.Second == "" || len(l.Sources) == 0 || l.Accuracy.How == "":
		panic("loss: " + l.Name + " is not documented")
	}
	catalogue[l.Name] = &l
	return &l
}

// All returns every entry of the catalogue, ordered by name.
func All() []*Loss {
	all := make([]*Loss, 0, len(catalogue))
	for _, l := range catalogue {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b *Loss) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Named returns the entry with the given name. The error lists the names there are.
func Named(name string) (*Loss, error) {
	if l := catalogue[name]; l != nil {
		return l, nil
	}
	var names []string
	for _, l := range All() {
		names = append(names, l.Name)
	}
	return nil, fmt.Errorf("loss: no loss %q: want one of %s", name, strings.Join(names, ", "))
}

// Param returns the declaration of a parameter.
func (l *Loss) Param(name string) (Param, bool) {
	i := slices.IndexFunc(l.Params, func(p Param) bool { return p.Name == name })
	if i < 0 {
		return Param{}, false
	}
	return l.Params[i], true
}
