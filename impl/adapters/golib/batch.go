package golib

import (
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// Rows asks for each row by itself, for a library whose function takes one example or reduces what it
// takes.
func Rows(f Eval) Eval { return split(f, false) }

// Elements asks for each number by itself, as Rows does for each row.
func Elements(f Eval) Eval { return split(f, true) }

func split(f Eval, elements bool) Eval {
	return func(c *loss.Call) (*subject.Answer, error) {
		rows, cols := c.Rows, c.Cols
		if elements {
			rows, cols = rows*cols, 1
		}
		all := &subject.Answer{}
		for i := range rows {
			one := *c
			one.Rows, one.Cols = 1, cols
			one.Pred, one.Target, one.Upstream = cut(c.Pred, i, cols), cut(c.Target, i, cols), cut(c.Upstream, i, cols)
			one.Label, one.Weight = cut(c.Label, i, 1), cut(c.Weight, i, 1)
			a, err := f(&one)
			if err != nil {
				return nil, err
			}
			all.Value, all.Grad = append(all.Value, a.Value...), append(all.Grad, a.Grad...)
		}
		return all, nil
	}
}

// cut returns the i-th n of xs, and nil of nil.
func cut[T any](xs []T, i, n int) []T {
	if xs == nil {
		return nil
	}
	return xs[i*n : (i+1)*n : (i+1)*n]
}

// Upstream returns the upstream gradient of a link, which is 1 where the call has none.
func Upstream(c *loss.Call) []float64 {
	if c.Upstream != nil {
		return c.Upstream
	}
	ones := make([]float64, len(c.Pred))
	for i := range ones {
		ones[i] = 1
	}
	return ones
}

// Param returns a parameter that is one number.
func Param(c *loss.Call, name string) float64 { return c.Params[name][0] }

// PerClass returns a parameter with a number for each class; a call may hold one for all of them. It is nil
// where the parameter is off.
func PerClass(c *loss.Call, name string) []float64 {
	given := c.Params[name]
	if len(given) != 1 {
		return given
	}
	return slices.Repeat(given, c.Cols)
}

// Narrow gives the numbers of a call as the library takes them. They are numbers of its format, so
// nothing is lost. It gives nil of nil.
func Narrow[T subject.Float](xs []float64) []T {
	if xs == nil {
		return nil
	}
	ys := make([]T, len(xs))
	for i, x := range xs {
		ys[i] = T(x)
	}
	return ys
}

// Widen gives what the library computed as an answer holds it.
func Widen[T subject.Float](xs []T) []float64 {
	ys := make([]float64, len(xs))
	for i, x := range xs {
		ys[i] = float64(x)
	}
	return ys
}

// ByFormat chooses the instance of a generic function for the dtype of each call.
func ByFormat(f32, f64 Eval) Eval {
	return func(c *loss.Call) (*subject.Answer, error) {
		if c.Format.Name == "f32" {
			return f32(c)
		}
		return f64(c)
	}
}
