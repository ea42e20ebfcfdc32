package main

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
)

// An output is what is compared.
type output int

const (
	value output = iota
	gradient
	byTarget
	hessian
)

var outputs = []output{value, gradient, byTarget, hessian}

func (o output) String() string {
	return [...]string{"value", "gradient", "by target", "second"}[o]
}

// bound is the documented one; the catalogue documents none for the gradient by the target and for
// the second derivative, which are reported only.
func (o output) bound(a loss.Accuracy) (float64, bool) {
	switch o {
	case value:
		return a.Value, true
	case gradient:
		return a.Grad, true
	}
	return 0, false
}

// A worst is the largest error of one output, and where it was seen.
type worst struct {
	checked int        // numbers compared
	ratio   float64    // |error| / (1+κ), in ulp
	call    *loss.Call // nil while every error is 0
	index   int
	got     float64
	truth   oracle.Number
}

// A result is what was found in some inputs of one loss.
type result struct {
	worst     map[output]worst
	undecided int        // inputs at whose value or gradient the oracle gave up
	first     *loss.Call // the first of them
	further   int        // inputs at whose other outputs it gave up
}

// chunk is how many inputs have a random source of their own. It is part of the definition of the
// inputs: what a sweep draws depends on it, and not on how many workers there are.
const chunk = 500

// The oracle is slow where second derivatives are long: these outputs are compared at one input
// in so many.
const rarely = 8

// sweep compares the outputs of n inputs.
func sweep(l *loss.Loss, n int, seed uint64) result {
	chunks := (n + chunk - 1) / chunk
	results := make([]result, chunks)
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				results[i] = sweepChunk(l, i, min(chunk, n-i*chunk), seed)
			}
		})
	}
	for i := range chunks {
		next <- i
	}
	close(next)
	workers.Wait()

	total := result{worst: map[output]worst{}}
	for _, r := range results { // in order, so that of equal errors the first is kept
		total.undecided += r.undecided
		total.further += r.further
		if total.first == nil {
			total.first = r.first
		}
		for _, o := range outputs {
			w, t := r.worst[o], total.worst[o]
			checked := t.checked + w.checked
			if w.call != nil && (t.call == nil || w.ratio > t.ratio) {
				t = w
			}
			t.checked = checked
			total.worst[o] = t
		}
	}
	return total
}

func sweepChunk(l *loss.Loss, number, n int, seed uint64) result {
	d := draw.New(ieee.Float64, seed^draw.Seed(l.Name), uint64(number)) // losses do not share their inputs
	found := result{worst: map[output]worst{}}
	for i := range n {
		c := d.Call(&draw.Wide, l)
		err := found.compare(c, direction(d, len(c.Pred)), i%rarely == 0)
		if err == nil {
			continue
		}
		if !errors.Is(err, oracle.ErrUndecided) { // every drawn call is valid
			panic(fmt.Sprintf("sweep: %v: %v", command(c), err))
		}
		if found.undecided++; found.first == nil {
			found.first = c
		}
	}
	return found
}

// direction draws a direction for the product with the Hessian: 1 for one number.
func direction(d *draw.Drawer, n int) []float64 {
	to := []float64{1}
	for len(to) < n {
		to = append(to, d.Bell())
	}
	return to
}

// compare enters the errors of one call. Its own error is that of the oracle or of the plan.
func (found *result) compare(c *loss.Call, direction []float64, all bool) error {
	plan, err := c.Plan()
	if err != nil {
		return err
	}
	if !all {
		direction = nil
	}
	got := plan.Eval(direction)
	truth, err := oracle.Eval(c)
	if err != nil {
		return err
	}
	found.enter(value, c, got.Value, truth.Value)
	found.enter(gradient, c, got.Grad, truth.Grad)
	if !all {
		return nil
	}
	return found.compareFurther(c, got, direction)
}

// compareFurther enters the errors of the outputs without a documented bound. A tie between two
// numbers, such as (1−ε)·z, is undecidable for an oracle that never stops at an exact result.
func (found *result) compareFurther(c *loss.Call, got *loss.Result, direction []float64) error {
	product, err := oracle.EvalProduct(c, direction)
	if err == nil {
		found.enter(hessian, c, got.Product, product)
		var target []oracle.Number
		if c.Target != nil {
			target, err = oracle.EvalTarget(c)
		}
		if err == nil {
			found.enter(byTarget, c, got.TargetGrad, target)
		}
	}
	if errors.Is(err, oracle.ErrUndecided) {
		found.further++
		return nil
	}
	return err
}

func (found *result) enter(o output, c *loss.Call, got []float64, want []oracle.Number) {
	w := found.worst[o]
	for i, v := range want {
		if o == hessian && math.IsNaN(v.Rounded) {
			continue // the curvature at a pole, which nobody asks for
		}
		w.checked++
		err := math.Abs(conformance.ErrorUlp(c.Format, got[i], v))
		if ratio := err / (1 + v.Kappa); ratio > w.ratio {
			w = worst{w.checked, ratio, c, i, got[i], v}
		}
	}
	found.worst[o] = w
}
