package oracle

import (
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/impl/loss"
)

// What is found out about a text by computing it in float64: on which side of its kinks an item lies, and whether it is a
// function of differences.

// A tracer computes a text and remembers the numbers whose signs decide between its branches.
type tracer struct {
	evaluator *formula.Evaluator[float64]
	sides     []float64
}

func newTracer(p *formula.Program) *tracer {
	t := &tracer{}
	a := formula.Float64
	a.Unary, a.Binary, a.Reduce = maps.Clone(a.Unary), maps.Clone(a.Binary), maps.Clone(a.Reduce)
	see := func(x float64) { t.sides = append(t.sides, x) }
	abs, floor := a.Unary["abs"], a.Unary["floor"]
	a.Unary["abs"] = func(x float64) float64 { see(x); return abs(x) }
	a.Unary["floor"] = func(x float64) float64 { // another number, and with it another sign, at every step
		low := floor(x)
		for range 2 {
			see(math.Copysign(x-low, math.Cos(math.Pi*low)))
		}
		return low
	}
	for _, op := range []string{"min", "max", "<", "<=", ">", ">=", "==", "!="} {
		f := a.Binary[op]
		a.Binary[op] = func(x, y float64) float64 { see(x - y); return f(x, y) }
	}
	for op, sign := range map[string]float64{"max": 1, "argmax": 1, "min": -1} {
		f := a.Reduce[op]
		a.Reduce[op] = func(xs []float64) float64 {
			for k, x := range xs {
				lead := math.Inf(1)
				for j, other := range xs {
					if j != k {
						lead = min(lead, sign*(x-other))
					}
				}
				if len(xs) > 1 {
					see(lead)
				}
			}
			return f(xs)
		}
	}
	var err error
	if t.evaluator, err = formula.NewEvaluator(p, a); err != nil {
		panic("oracle: " + err.Error()) // floats compute everything
	}
	return t
}

// numbers are the inputs of a text, in the order of variables.
func numbers(l *loss.Loss, a loss.Args, pred, target []float64) [][]float64 {
	var in [][]float64
	ofPred, ofTarget := l.Shape.Names()
	for _, v := range variables(l) {
		var xs []float64
		i, j := slices.Index(ofPred, v.Name), slices.Index(ofTarget, v.Name)
		switch {
		case j >= 0:
			xs = []float64{0}
			if target != nil {
				xs = target[j : j+1]
			}
		case i >= 0:
			xs = pred[i : i+1]
		case slices.Contains(predictions, v.Name):
			xs = pred
		case v.Name == "y":
			xs = target
		case v.Name == "t":
			xs = []float64{float64(slices.Index(target, 1))}
		case v.Vector:
			xs = make([]float64, len(pred))
			for k := range xs {
				xs[k] = a.Class(v.Name, k)
			}
		default:
			xs = []float64{a.Scalar(v.Name)}
		}
		in = append(in, xs)
	}
	return in
}

// kinks says on which side of the branches of a text an item lies.
func (d *definer) kinks(p *formula.Program) func(a loss.Args, pred, target []float64) []float64 {
	l := d.Loss
	tracers := sync.Pool{New: func() any { return newTracer(p) }}
	return func(a loss.Args, pred, target []float64) []float64 {
		t := tracers.Get().(*tracer)
		defer tracers.Put(t)
		t.sides = t.sides[:0]
		t.evaluator.Eval(numbers(l, a, pred, target)...)
		return slices.Clone(t.sides)
	}
}

// lines are the numbers of an item and its target that lie on one line, by their indices, of the shapes that can be a function of
// differences.
var lines = map[loss.Shape][][]int{loss.Point: {{0, 1}}, loss.Keypoint: {{0, 2}, {1, 3}}, loss.Box: {{0, 2, 4, 6}, {1, 3, 5, 7}}}

// isOfDifferences reports whether the loss is a function of the differences of its numbers: it does
// not change, not in a bit, when all of them are moved, by steps that leave the differences exact.
func (d *definer) isOfDifferences(p *formula.Program) bool {
	whole := func(of loss.Domain) bool { return of.Low <= -math.MaxFloat64 && of.High >= math.MaxFloat64 }
	if lines[d.Shape] == nil || d.NumberTarget() == nil || !whole(d.Prediction) || !whole(d.Target) {
		return false
	}
	width := d.Shape.Numbers
	call := loss.Call{Loss: d.Name, Batch: loss.Batch{Rows: 1, Cols: width}}
	args, err := d.DefaultArgs()
	if err != nil {
		return false
	}
	e, err := formula.NewEvaluator(p, formula.Float64)
	if err != nil {
		return false
	}
	value := func(by float64) float64 {
		moved := func(xs []float64) []float64 {
			ys := slices.Clone(xs)
			for k := range ys {
				ys[k] += by
			}
			return ys
		}
		return e.Eval(numbers(d.Loss, args, moved(call.Pred), moved(call.Target))...)[0][0]
	}
	for probe := range 32 {
		side := func(n int) float64 { return float64((probe*n+n*n)%41) / 8 } // no two of them alike for long
		switch d.Shape {
		case loss.Box:
			call.Pred = []float64{side(3), side(5), side(3) + 1 + side(7), side(5) + 1 + side(11)}
			call.Target = []float64{side(13), side(17), side(13) + 1 + side(19), side(17) + 1 + side(23)}
		default:
			call.Pred, call.Target = []float64{side(3) - 2, side(5)}[:width], []float64{side(7) - 3, side(11)}[:width]
		}
		here := value(0)
		for _, by := range []float64{0.125, -3, 17} {
			if there := value(by); math.Float64bits(there) != math.Float64bits(here) {
				return false
			}
		}
	}
	return true
}
