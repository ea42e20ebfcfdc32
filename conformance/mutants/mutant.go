package mutants

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A Mutant is one defect in one loss.
type Mutant struct {
	Name   string `json:"name"`
	Loss   string `json:"loss"`
	Museum string `json:"museum,omitempty"` // rows of MUSEUM.md, defects and operators
	// Issue is where the defect was reported (owner/repo#n, or owner/repo PR#n), or one of
	// the same kind where an operator carries it to another loss. An operator by itself has
	// none.
	Issue     string `json:"issue,omitempty"`
	Mechanism string `json:"mechanism"` // one sentence

	// Why only one side of the suite can see it. A test fails where the other side does.
	OnlyGolden string `json:"onlyGolden,omitempty"`
	OnlyLaws   string `json:"onlyLaws,omitempty"`

	formats []string // where the defect shows; empty: f64 and f32
	defect  defect
	program *formula.Program // of a machine-made mutant
	right   *formula.Program // the same before the change
}

// Formats lists the dtypes that the mutant computes in.
func (m Mutant) Formats() []string {
	if m.formats != nil {
		return m.formats
	}
	return []string{ieee.Float64.Name, ieee.Float32.Name}
}

// Subject makes the wrong implementation. Some have a memory, so that each run wants a
// subject of its own.
func (m Mutant) Subject() subject.Subject {
	f := newFrame()
	if m.program != nil {
		computing(m.program, m.right, declared(m.Loss))(f)
	}
	if m.defect != nil {
		m.defect(f)
	}
	return &implementation{description: describe(m), mutated: m.Loss, others: conformance.Reference(), frame: f}
}

// describe declares everything that the loss has: a mutant that lacks something would
// have its cases skipped, and a skip kills nothing.
func describe(m Mutant) subject.Description {
	decl := declared(m.Loss)
	c := subject.Capability{Loss: m.Loss, Formats: m.Formats(), Outputs: []subject.Output{subject.Value, subject.Grad},
		Weights: !decl.VectorValued, Refuses: true, Conventions: map[string][]string{}}
	if !decl.VectorValued {
		c.Reductions = loss.Reductions()
	}
	for _, p := range decl.Params {
		c.Params = append(c.Params, p.Name)
	}
	for _, convention := range decl.AllConventions() {
		c.Conventions[convention.Name] = convention.Values
	}
	d := conformance.Reference().Describe()
	others := slices.DeleteFunc(d.Capabilities, func(c subject.Capability) bool { return c.Loss == m.Loss })
	return subject.Description{Name: m.Name, Capabilities: append([]subject.Capability{c}, others...)}
}

func declared(name string) *loss.Loss {
	l, err := loss.Named(name)
	if err != nil {
		panic("mutants: " + err.Error())
	}
	return l
}

// All returns the named mutants, in the order of their families, then of their losses.
func All() []Mutant {
	return slices.Concat(overflowing(), slopes(), formulas(), reducing(), indexing(), accumulating(), byLoss())
}

// Named returns the named or machine-made mutant with the given name.
func Named(name string) (Mutant, error) {
	for _, m := range slices.Concat(All(), Machine()) {
		if m.Name == name {
			return m, nil
		}
	}
	var near []string
	for _, m := range All() {
		if strings.HasPrefix(m.Name, name) || m.Loss == name {
			near = append(near, m.Name)
		}
	}
	return Mutant{}, fmt.Errorf("mutants: no mutant %q: near it are [%s]", name, strings.Join(near, ", "))
}
