// Package build makes the golden vectors: the authored cases, expanded; random cases,
// and cases next to where formats and naive formulas break; and searched cases, the worst
// among many candidates. Every answer comes from the truth that it is given.
//
// The same sources give the same vectors on every machine. So there is no clock and no
// map order in it, and no function of package math that has assembly of its own on some
// machine: draws are made of integers, scaling by powers of two, and single rounded
// operations.
package build

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/golden/internal/casefile"
	"github.com/lossproof/lossproof/golden/internal/lint"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A Builder makes the vectors of one loss after another.
type Builder struct {
	Cases     fs.FS                                   // the authored cases, <loss>.txt; nil: there are none
	Truth     func(*loss.Call) (*oracle.Truth, error) // oracle.Eval
	Further   func(*oracle.Truth, *loss.Call)         // adds the outputs that some vectors have; nil: none has
	Undecided error                                   // what Truth says when it can certify no answer
	Effort    float64                                 // scales the number of candidates of a search; 1 for the real thing
	Want      int                                     // how many cases a file has at least; 0: as many as the catalogue's
	// Lost is called with each drawn call of which nobody certifies the answer, and then a file may have fewer cases. nil: too
	// few are an error.
	Lost func(c loss.Call, err error)
}

// How many cases a file holds at least; random ones fill what authored, boundary and
// searched cases leave open. The lint asks for fewer (lint.MinCases), so that a change
// of the grammar's expansion does not fail at once.
const (
	wantedLossCases = 260
	wantedLinkCases = 110
)

// A set of vectors by id. A call that comes up twice is one vector with the flags of
// both.
type set map[string]golden.Vector

func (s set) add(v golden.Vector) {
	if old, ok := s[v.ID]; ok {
		v.Flags = append(slices.Clone(old.Flags), v.Flags...)
	}
	slices.Sort(v.Flags)
	v.Flags = slices.Compact(v.Flags)
	s[v.ID] = v
}

// have reports whether a vector has the flag.
func (s set) have(flag string) bool {
	for _, v := range s {
		if slices.Contains(v.Flags, flag) {
			return true
		}
	}
	return false
}

// File makes all vectors of a loss in a format, sorted by id.
func (b *Builder) File(l *loss.Loss, f ieee.Format) ([]golden.Vector, error) {
	vectors := set{}
	if b.Cases != nil {
		if err := b.addAuthored(vectors, l, f); err != nil {
			return nil, err
		}
	}
	if err := b.addDrawn(vectors, l, f); err != nil {
		return nil, err
	}
	list := make([]golden.Vector, 0, len(vectors))
	for _, v := range vectors {
		b.addFurther(&v)
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b golden.Vector) int { return cmp.Compare(a.ID, b.ID) })
	return list, nil
}

// addAuthored adds the cases that people wrote. Each must have a certain answer, and the
// error that it announces; an authored case is never dropped in silence, but for a dtype
// that cannot hold its numbers.
func (b *Builder) addAuthored(vectors set, l *loss.Loss, f ieee.Format) error {
	name := l.Name + ".txt"
	text, err := fs.ReadFile(b.Cases, name)
	if err != nil {
		return err
	}
	entries, err := casefile.Parse("cases/"+name, string(text), l, ieee.Formats())
	if err != nil {
		return err
	}
	var problems []error // all of them: whoever writes cases wants the list
	for _, entry := range entries {
		if !slices.Contains(entry.Formats, f) {
			continue
		}
		cases, err := entry.Expand(l, f)
		if err != nil {
			return err
		}
		for _, c := range cases {
			v, err := b.vector(c.Call, c.Flags...)
			if err == nil && v.Error != c.Error {
				err = fmt.Errorf("the error is %q, and the line says %q", v.Error, c.Error)
			}
			if err == nil {
				err = lint.CheckOverflow(v)
			}
			if err != nil {
				problems = append(problems, fmt.Errorf("cases/%s:%d: %s: pred %v target %v: %w", name, c.Line, f, c.Call.Pred, c.Call.Target, err))
				continue
			}
			vectors.add(*v)
		}
	}
	return errors.Join(problems...)
}

// vector answers a call. Bad input is an answer; the error here is that of a truth that
// could not be certified, or a mistake of the caller.
func (b *Builder) vector(c loss.Call, flags ...string) (*golden.Vector, error) {
	c = c.Canonical()
	v := &golden.Vector{ID: golden.ID(&c), Flags: flags, Call: c}
	truth, err := b.Truth(&c)
	var bad *loss.Error
	switch {
	case errors.As(err, &bad):
		v.Error = bad.Class
		return v, nil
	case err != nil:
		return nil, err
	}
	v.Truth = oracle.Truth{Value: truth.Value, Grad: truth.Grad}
	return v, nil
}

// addFurther adds the gradient by the target and the diagonal of the Hessian to a vector that is to have them, as far as they are
// certain and no near miss of overflow.
func (b *Builder) addFurther(v *golden.Vector) {
	if b.Further == nil || !hasFurther(v) {
		return
	}
	b.Further(&v.Truth, &v.Call)
	all := v.Truth
	v.Truth.Hess = nil
	if lint.CheckOverflow(v) != nil {
		v.Truth.TargetGrad = nil
	}
	if v.Truth.Hess = all.Hess; lint.CheckOverflow(v) != nil {
		v.Truth.Hess = nil
	}
}

// furtherOf is which of the 32 digits that an id can end with give a vector the further outputs, and furtherSize how many
// predictions it has at most: what there is room for.
const (
	furtherOf   = "234567"
	furtherSize = 6
)

// hasFurther says which vectors have further outputs: those at a kink, and six in 32 of the others, by their ids, so that a new
// vector takes nothing from another.
func hasFurther(v *golden.Vector) bool {
	if v.Error != "" || v.Call.Format.Width < ieee.Float32.Width || len(v.Call.Pred) > furtherSize {
		return false
	}
	return slices.Contains(v.Flags, "Kink") || slices.Contains(v.Flags, "BranchEdge") || strings.Contains(furtherOf, v.ID[len(v.ID)-1:])
}

// drawn answers a call that was not written by a person: there bad input is a mistake of
// the generator, and a truth that is uncertain, or too near to overflow to be useful, is
// no case.
func (b *Builder) drawn(c loss.Call, flags ...string) (v *golden.Vector, ok bool, err error) {
	v, err = b.vector(c, flags...)
	switch {
	case errors.Is(err, b.Undecided):
		if b.Lost != nil {
			b.Lost(c, err)
		}
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("build: %s.%s: %w", c.Loss, c.Format, err)
	case v.Error != "":
		return nil, false, fmt.Errorf("build: %s.%s: a drawn call is refused for its %s: %+v", c.Loss, c.Format, v.Error, c)
	}
	return v, lint.CheckOverflow(v) == nil, nil
}

// finite reports whether a number of the truth is one, and not a limit.
func finite(n oracle.Number) bool { return !math.IsNaN(n.Rounded) && !math.IsInf(n.Rounded, 0) }
