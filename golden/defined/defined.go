// Package defined makes vectors of a loss that has no golden file, because a person defined it: drawn and certified when
// they are asked for, as the drawn and the searched cases of the catalogue are, with less effort.
package defined

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/golden/internal/build"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
)

const (
	cases  = 160  // of a format
	effort = 0.04 // of the search for the worst cases, beside that of the catalogue
)

// A Set is the vectors of a loss in a format, and the calls that have none, because the definition has no value there that
// can be certified.
type Set struct {
	Vectors     []golden.Vector
	Uncertified []Uncertified
}

// An Uncertified call has no certified answer.
type Uncertified struct {
	Call loss.Call
	Err  error
}

// Vectors makes the vectors of a loss that has a definition. The same text has the same vectors. The error is that of a
// definition that can be certified nowhere.
func Vectors(l *loss.Loss, f loss.Format) (*Set, error) {
	s := &Set{}
	b := &build.Builder{Truth: oracle.Certain, Undecided: oracle.ErrUndecided, Effort: effort, Want: cases,
		Lost: func(c loss.Call, err error) { s.Uncertified = append(s.Uncertified, Uncertified{c, err}) }}
	var err error
	if s.Vectors, err = b.File(l, f); err != nil {
		return nil, err
	}
	// The plainest first: of few numbers, then of short ones.
	plainness := func(u Uncertified) int {
		return 1000*len(u.Call.Pred) + len(fmt.Sprint(u.Call.Pred, u.Call.Target, u.Call.Params, u.Call.Reduction))
	}
	slices.SortStableFunc(s.Uncertified, func(a, b Uncertified) int { return plainness(a) - plainness(b) })
	if len(s.Vectors) == 0 {
		why := errors.New("no input of its domain is one of the dtype")
		if len(s.Uncertified) > 0 {
			why = errors.New(s.Uncertified[0].String())
		}
		return nil, fmt.Errorf("%s: nothing of it can be certified in %s: %w", l.Name, f, why)
	}
	return s, nil
}

// String says where there is no certified value, and why not.
func (u Uncertified) String() string {
	c := u.Call
	show := func(name string, xs []float64) string { return fmt.Sprintf("%s %v", name, xs) }
	parts := []string{show("prediction", c.Pred)}
	if c.Target != nil {
		parts = append(parts, show("target", c.Target))
	}
	if c.Label != nil {
		parts = append(parts, fmt.Sprintf("target %v", c.Label))
	}
	for _, name := range sorted(c.Params) {
		parts = append(parts, show(name, c.Params[name]))
	}
	return strings.Join(parts, ", ") + ": " + strings.TrimPrefix(u.Err.Error(), oracle.ErrUndecided.Error()+": ")
}

func sorted(p loss.Params) (names []string) {
	for name := range p {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
