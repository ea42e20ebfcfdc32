package loss

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/internal/choice"
)

// A Loss is the declaration of one loss, or of one link of the chain that leads to
// it: all that the rest of the project knows about it. Everything but the two
// evaluators is data.
type Loss struct {
	Name  string `json:"name"`  // snake_case, the functional name of PyTorch where there is one
	Title string `json:"title"` // one line
	// Aliases are short names that commands understand. Reports, vectors and the protocol have the name alone.
	Aliases []string `json:"aliases,omitempty"`
	Shape   Shape    `json:"shape"`

	Formula string `json:"formula"` // plain text, in the notation of this package's documentation
	// Definition is the formula as a text of package formula, where the oracle's definition is one: a function of the
	// prediction z, x or p, of the target y or the class index t, and of parameters and conventions by name.
	Definition string `json:"definition,omitempty"`
	Gradient   string `json:"gradient"`           // with respect to the prediction
	Second     string `json:"second"`             // second derivative, or the Hessian
	ByTarget   string `json:"byTarget,omitempty"` // with respect to the target, where that is a number

	Prediction   Domain  `json:"prediction"`             // of each predicted number
	Targets      Targets `json:"targets"`                // which kinds; none for a link of the chain
	Target       Domain  `json:"target,omitzero"`        // of each target number, where targets are numbers
	VectorValued bool    `json:"vectorValued,omitempty"` // the value is K numbers, and the gradient is taken of upstream·value

	Params       []Param      `json:"params,omitempty"`
	Conventions  []Convention `json:"conventions,omitempty"` // those that change this loss
	SpecialCases []string     `json:"specialCases,omitempty"`
	Accuracy     Accuracy     `json:"accuracy"`
	Traits       []Trait      `json:"traits,omitempty"`
	Scaling      *Scaling     `json:"scaling,omitempty"`
	Identities   []Identity   `json:"identities,omitempty"`
	Sources      []Source     `json:"sources"`

	// Axes groups the numbers of an item that lie on one line, by their indices in the
	// prediction of so many numbers followed by the target: the loss does not change when all of
	// a group are moved together, so that it is a function of the differences of neighbours, and
	// its condition numbers are taken over those. nil: over the numbers themselves.
	Axes func(width int) [][]int `json:"-"`

	// Kinks returns numbers whose signs say on which side of each kink of the value an item
	// lies: the gradient jumps where one of them changes its sign, and at 0 it is a set. Where
	// they have the same signs, none 0, at both ends of a segment of predictions, the loss is
	// smooth along it. nil: there are
	// none.
	Kinks func(a Args, pred, target []float64) []float64 `json:"-"` // target as ConstantFor has it

	// Text declares a loss that is not in the catalogue: what a person wrote. See Define.
	Text string `json:"text,omitempty"`

	// Detached reports whether the gradient of an item is not that of its value, because a convention holds a part of
	// it constant. nil: nowhere.
	Detached func(a Args, pred, target []float64) bool `json:"-"` // target as ConstantFor has it

	// evaluate is called with valid, NaN-free input and resolved arguments only. A loss that is defined has
	// answer instead.
	evaluate func(a Args, it *Item)
	answer   Evaluator
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

var catalogue = map[string]*Loss{}

// declare enters a loss in the catalogue. It panics on a declaration that
// contradicts itself, since that can only be a mistake in this package.
func declare(l Loss) *Loss {
	switch {
	case l.Name == "" || catalogue[l.Name] != nil:
		panic("loss: the name " + l.Name + " is empty or taken")
	case l.Shape == Shape{} || l.evaluate == nil:
		panic("loss: " + l.Name + " has no shape or no evaluator")
	case l.HasTarget() && len(l.Targets) > 1 && (l.IndexTarget() == nil || l.NumberTarget() == nil || len(l.Targets) > 2):
		panic("loss: " + l.Name + " has two kinds of target that a call cannot tell apart")
	case l.Formula == "" || l.Gradient == "" || l.Second == "" || len(l.Sources) == 0 || l.Accuracy.How == "":
		panic("loss: " + l.Name + " is not documented")
	}
	for _, alias := range l.Aliases {
		if Aliased(alias) != alias {
			panic("loss: two losses are called " + alias)
		}
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

// Named returns the entry with the given name, or the loss that is defined by it. The error lists the names that the catalogue has.
func Named(name string) (*Loss, error) {
	if l := cmp.Or(catalogue[name], definedNamed(name)); l != nil {
		return l, nil
	}
	var names, aliases []string
	for _, l := range All() {
		names, aliases = append(names, l.Name), append(aliases, l.Aliases...)
	}
	if full := Aliased(name); full != name {
		return nil, fmt.Errorf("loss: no loss %q: it is called %s here", name, full)
	}
	return nil, fmt.Errorf("loss: no loss %q: %s", name, choice.Among(name, names, aliases...))
}

// Aliased returns the name of the loss that an alias stands for; another name is returned as it is.
func Aliased(name string) string {
	for _, l := range catalogue {
		if slices.Contains(l.Aliases, name) {
			return l.Name
		}
	}
	return name
}

// Param returns the declaration of a parameter.
func (l *Loss) Param(name string) (Param, bool) {
	i := slices.IndexFunc(l.Params, func(p Param) bool { return p.Name == name })
	if i < 0 {
		return Param{}, false
	}
	return l.Params[i], true
}
