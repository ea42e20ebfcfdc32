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
	// Class is what an adversary hides in, and Adversary its name without that of the loss.
	Class     string `json:"class,omitempty"`
	Adversary string `json:"adversary,omitempty"`

	// Why only one side of the suite can see it. A test fails where the other side does.
	OnlyGolden string `json:"onlyGolden,omitempty"`
	OnlyLaws   string `json:"onlyLaws,omitempty"`

	formats []string       // where the defect shows; empty: f64 and f32
	output  subject.Output // that it declares beside value and gradient, and that the defect is of; empty: none
	defect  Defect
	program *formula.Program // of a machine-made mutant
	right   *formula.Program // the same before the change
	on      []Switch         // where the change of the program shows; empty: everywhere
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
		computing(m.program, m.right, declared(m.Loss)).Where(m.on...)(f)
	}
	if m.defect != nil {
		m.defect(f)
	}
	right := conformance.Reference()
	if m.output != "" {
		right = conformance.Further(m.Loss)
	}
	return newImplementation(describe(m), m.Loss, right, f)
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
	if m.output != "" {
		c.Outputs = append(c.Outputs, m.output)
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
	return slices.Concat(overflowing(), slopes(), formulas(), reducing(), indexing(), accumulating(), derived(), byLoss())
}

// A Family is a kind of mutant.
type Family string

const (
	Known    Family = "known"    // All, the named defects
	Made     Family = "machine"  // Machine, every small change of a formula
	Hidden   Family = "hidden"   // Adversaries, which act in few places
	Confined Family = "confined" // changes of a formula that act in a range that was drawn
)

// Families lists them all.
func Families() []Family { return []Family{Known, Made, Hidden, Confined} }

// FamilyNamed returns the family with the given name.
func FamilyNamed(name string) (Family, error) {
	if f := Family(name); slices.Contains(Families(), f) {
		return f, nil
	}
	return "", fmt.Errorf("mutants: no family %q: want one of %v", name, Families())
}

// Mutants returns those of the family.
func (f Family) Mutants() []Mutant {
	switch f {
	case Known:
		return All()
	case Made:
		return Machine()
	case Hidden:
		return Adversaries()
	case Confined:
		return confined()
	}
	return nil
}

// Named returns the mutant of any family with the given name.
func Named(name string) (Mutant, error) {
	for _, f := range Families() {
		if f == Confined && !strings.Contains(name, " where ") { // each is tried before it is one
			continue
		}
		for _, m := range f.Mutants() {
			if m.Name == name {
				return m, nil
			}
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
