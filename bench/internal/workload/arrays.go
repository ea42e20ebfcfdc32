package workload

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/draw"
)

// A Float is a type that is computed in.
type Float interface{ float32 | float64 }

// Arrays are the inputs and the outputs of one workload.
type Arrays[T Float] struct {
	Pred   []T   // Rows × Cols
	Target []T   // of each item as many as its kind has, mostly Rows × Cols; nil where targets are class indices, or there are none
	Label  []int // Rows; nil where there are none

	Value []T // of each element or row; Rows × Cols where the value is a vector
	Grad  []T // Rows × Cols
	Sum   float64
}

// New allocates the arrays of a workload and draws its inputs. They repeat after
// a period, so that the truth about a long array is that about a short one.
func New[T Float](w Workload) *Arrays[T] {
	truth := truthOf(w)
	a := &Arrays[T]{Pred: tile(cast[T](truth.call.Pred), w.Elements())}
	if truth.call.Target != nil {
		a.Target = tile(cast[T](truth.call.Target), w.Rows*len(truth.call.Target)/w.period())
	}
	if truth.call.Label != nil {
		a.Label = tile(truth.call.Label, w.Rows)
	}
	if w.Op.hasValue() {
		a.Value = make([]T, w.Values())
	}
	if w.Op.hasGrad() {
		a.Grad = make([]T, w.Elements())
	}
	return a
}

// tile repeats a period up to a length.
func tile[E any](period []E, n int) []E {
	all := make([]E, n)
	for i := 0; i < n; i += len(period) {
		copy(all[i:], period)
	}
	return all
}

func cast[T Float](xs []float64) []T {
	all := make([]T, len(xs))
	for i, x := range xs {
		all[i] = T(x)
	}
	return all
}

// Poison fills the outputs with NaN, so that what is found there later was written
// later.
func (a *Arrays[T]) Poison() {
	a.Sum = math.NaN()
	for _, out := range [][]T{a.Value, a.Grad} {
		for i := range out {
			out[i] = T(math.NaN())
		}
	}
}

// Most elements that a period has. For a pointwise loss it is a prime, so that the
// periods do not lie in step with blocks, lanes and pages.
const (
	pointwisePeriod = 8191
	rowwisePeriod   = 16384
	oraclePeriod    = 251 // few: each costs the oracle
)

// period is how many rows pass until the inputs repeat.
func (w Workload) period() int {
	if !w.Closed() {
		return min(w.Rows, max(1, oraclePeriod/w.Cols))
	}
	if !w.Decl().Shape.Many() {
		return min(w.Rows, pointwisePeriod)
	}
	return min(w.Rows, max(1, rowwisePeriod/w.Cols))
}

// draw makes the inputs of one period.
func (w Workload) draw() *loss.Call {
	d := draw.New(w.Format, draw.Seed(w.Loss+" "+w.Format.Name), uint64(w.Cols))
	var kinds []string
	for _, k := range w.Decl().Targets {
		if k != loss.Distribution || len(w.Decl().Targets) == 1 { // class indices, where there are both
			kinds = append(kinds, k.Name)
		}
	}
	c := d.Items(&draw.Training, w.Decl(), w.period(), w.Cols, kinds...)
	c.Params = w.Params
	return &c
}
