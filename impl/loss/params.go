package loss

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/lossproof/lossproof/internal/choice"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A Kind is the kind of value that a parameter takes.
type Kind string

const (
	Scalar   Kind = "scalar"    // one number
	Integer  Kind = "integer"   // one whole number
	PerClass Kind = "per_class" // K numbers, or one that serves for every class
)

// A Param declares one parameter of a loss.
type Param struct {
	Name     string    `json:"name"`
	Kind     Kind      `json:"kind"`
	Domain   Domain    `json:"domain"`
	Default  []float64 `json:"default"`          // nil: off by default
	Optional bool      `json:"optional"`         // it can be switched off: none on the command line, null in JSON
	AtMost   string    `json:"atMost,omitempty"` // the scalar parameter that it may not exceed; empty: none
	Meaning  string    `json:"meaning"`
}

// Params gives values to parameters by name. A scalar has one number; an empty
// value switches an optional parameter off; an absent one takes its default.
type Params map[string][]float64

// Args holds every parameter and convention of a loss, resolved and valid.
type Args struct {
	decl        *Loss
	params      [][]float64 // in the order of the declaration
	conventions Conventions // those that are set
	clip        clip
	format      Format
}

// DefaultArgs are those of a call that sets none.
func (l *Loss) DefaultArgs() (Args, error) {
	params, err := l.resolveParams(nil, 0, ieee.Float64)
	return Args{decl: l, params: params, clip: clipFor(nil, ieee.Float64)}, err
}

// Scalar returns the value of a scalar parameter that is on.
func (a Args) Scalar(name string) float64 { return a.Vector(name)[0] }

// On reports whether an optional parameter has a value.
func (a Args) On(name string) bool { return len(a.Vector(name)) > 0 }

// Class returns the value that a per-class parameter has for class k, and 1 when
// it is off.
func (a Args) Class(name string, k int) float64 {
	switch v := a.Vector(name); len(v) {
	case 0:
		return 1
	case 1:
		return v[0]
	default:
		return v[k]
	}
}

// Vector returns the numbers of a parameter; nil when it is off.
func (a Args) Vector(name string) []float64 {
	for i := range a.params {
		if a.decl.Params[i].Name == name {
			return a.params[i]
		}
	}
	return nil
}

// Convention returns the value of a convention.
func (a Args) Convention(name string) string {
	if v, ok := a.conventions[name]; ok {
		return v
	}
	c, _ := a.decl.Convention(name)
	return c.byDefault()
}

// DefaultIn returns the default as a format holds it: the number nearest to it there.
func (p Param) DefaultIn(f Format) []float64 {
	if p.Kind == Integer || f.Width == 0 || !slices.ContainsFunc(p.Default, func(x float64) bool { return !f.Holds(x) }) {
		return p.Default
	}
	in := make([]float64, len(p.Default))
	for i, x := range p.Default {
		in[i] = f.Round(x)
	}
	return in
}

// resolveParams fills in the defaults and checks every value. classes is K, or 0
// where there are no classes.
func (l *Loss) resolveParams(given Params, classes int, f Format) ([][]float64, error) {
	resolved := make([][]float64, len(l.Params))
	known := 0
	for i := range l.Params {
		p := &l.Params[i]
		v, ok := given[p.Name]
		if !ok {
			v = p.DefaultIn(f)
		} else if known++; l.checkParam(p, v, classes) != nil {
			return nil, l.badParam(given, classes)
		}
		resolved[i] = v
	}
	if known < len(given) {
		return nil, l.badParam(given, classes)
	}
	for i := range l.Params {
		p := &l.Params[i]
		if p.AtMost == "" {
			continue
		}
		most := Args{decl: l, params: resolved}.Scalar(p.AtMost)
		if x := resolved[i][0]; x > most {
			return nil, &Error{BadParameter, l.Name, p.Name, -1, formatFloat(x), fmt.Sprintf("at most %s, %s", p.AtMost, formatFloat(most))}
		}
	}
	return resolved, nil
}

// others says after a name that is not known which names there are.
func others[T any](name string, there []T, nameOf func(T) string) string {
	var names []string
	for _, t := range there {
		names = append(names, nameOf(t))
	}
	if names == nil {
		return ", and there is none"
	}
	return ": " + choice.Among(name, names)
}

// badParam is the error of the first bad parameter by name.
func (l *Loss) badParam(given Params, classes int) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		p, ok := l.Param(name)
		if !ok {
			return &Error{BadParameter, l.Name, name, -1, "set", "a parameter that this loss has" + others(name, l.Params, func(p Param) string { return p.Name })}
		}
		if err := l.checkParam(&p, given[name], classes); err != nil {
			return err
		}
	}
	return nil
}

func (l *Loss) checkParam(p *Param, v []float64, classes int) error {
	bad := func(i int, got, want string) error {
		return &Error{BadParameter, l.Name, p.Name, i, got, want}
	}
	switch {
	case len(v) == 0 && p.Optional:
		return nil
	case len(v) == 0:
		return bad(-1, "none", p.Domain.Name)
	case p.Kind != PerClass && len(v) != 1:
		return bad(-1, fmt.Sprintf("%d numbers", len(v)), "one number")
	case p.Kind == PerClass && len(v) != 1 && len(v) != classes:
		return bad(-1, fmt.Sprintf("%d numbers", len(v)), fmt.Sprintf("1 or %d, one for each class", classes))
	}
	for i, x := range v {
		index := i
		if len(v) == 1 {
			index = -1
		}
		if !p.Domain.Holds(x) || p.Kind == Integer && x != math.Trunc(x) {
			return bad(index, formatFloat(x), p.Domain.Name)
		}
	}
	return nil
}

// formatFloat prints a number so that it reads back as the same one.
func formatFloat(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
