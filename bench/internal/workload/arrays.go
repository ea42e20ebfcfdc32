package workload

import (
	"hash/fnv"
	"math"
	"math/rand/v2"

	"github.com/lossproof/lossproof/impl/loss"
)

// A Float is a type that is computed in.
type Float interface{ float32 | float64 }

// Arrays are the inputs and the outputs of one workload.
type Arrays[T Float] struct {
	Pred   []T   // Rows × Cols
	Target []T   // Rows × Cols; nil where targets are class indices, or there are none
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
		a.Target = tile(cast[T](truth.call.Target), w.Elements())
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
)

// period is how many rows pass until the inputs repeat.
func (w Workload) period() int {
	if !w.Decl().Shape.Many() {
		return min(w.Rows, pointwisePeriod)
	}
	return min(w.Rows, max(1, rowwisePeriod/w.Cols))
}

// draw makes the inputs of one period: logits from a bell curve of deviation 3, other
// predictions uniform in their domain, and hard targets where they are probabilities,
// as a trainer of a classifier has them.
func (w Workload) draw() *loss.Call {
	seed := fnv.New64a()
	seed.Write([]byte(w.Loss + " " + w.Format.Name))
	r := rand.New(rand.NewPCG(seed.Sum64(), uint64(w.Cols)))
	bell := func() float64 { // twelve uniforms: rand's own has assembly on some machines
		sum := -6.0
		for range 12 {
			sum += r.Float64()
		}
		return w.Format.Round(float64(3 * sum))
	}
	decl, rows := w.Decl(), w.period()
	c := &loss.Call{Loss: w.Loss, Format: w.Format, Params: w.Params,
		Batch: loss.Batch{Rows: rows, Cols: w.Cols, Pred: make([]float64, rows*w.Cols)}}
	for i := range c.Pred {
		if decl.Prediction == loss.UnitInterval {
			c.Pred[i] = w.Format.Round(0.001 + 0.998*r.Float64())
		} else {
			c.Pred[i] = bell()
		}
	}
	switch {
	case decl.Takes(loss.Number):
		c.Target = make([]float64, rows*w.Cols)
		for i := range c.Target {
			if decl.Target == loss.UnitInterval {
				c.Target[i] = float64(r.IntN(2))
			} else {
				c.Target[i] = bell()
			}
		}
	case decl.Takes(loss.Label):
		c.Label = make([]int, rows)
		for i := range c.Label {
			c.Label[i] = r.IntN(w.Cols)
		}
	}
	return c
}
