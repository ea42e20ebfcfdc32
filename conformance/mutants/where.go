package mutants

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// A Place is where a defect may act: one item of a call.
type Place struct {
	*loss.Plan
	Item int   // from 0
	Call int64 // how many calls the subject has been asked, this one included
}

// Predicted returns the predicted numbers of the item.
func (at Place) Predicted() []float64 { return at.Pred[at.Item*at.Width : (at.Item+1)*at.Width] }

// Compared returns the target numbers of the item; nil where its target is a class index, or none.
func (at Place) Compared() []float64 {
	if at.Target == nil {
		return nil
	}
	return at.Target[at.Item*at.TargetWidth : (at.Item+1)*at.TargetWidth]
}

// A Switch says where a defect acts.
type Switch func(at Place) bool

// Not is where a switch is off.
func Not(s Switch) Switch { return func(at Place) bool { return !s(at) } }

// Width is where an item has K = first … last predicted numbers.
func Width(first, last int) Switch {
	return func(at Place) bool { return first <= at.Width && at.Width <= last }
}

// WidthModulo is where K leaves a remainder.
func WidthModulo(modulus, remainder int) Switch {
	return func(at Place) bool { return at.Width%modulus == remainder }
}

// ItemFrom is item n of its batch, counted from 1, and those behind it.
func ItemFrom(n int) Switch { return func(at Place) bool { return at.Item+1 >= n } }

// LastItem is the last of its batch.
func LastItem(at Place) bool { return at.Item == at.Items()-1 }

// Batch is where there are first … last items.
func Batch(first, last int) Switch {
	return func(at Place) bool { return first <= at.Items() && at.Items() <= last }
}

// Samples is where a batch has at least so many samples of so many items each.
func Samples(rows, items int) Switch {
	return func(at Place) bool { return at.Rows >= rows && at.Items() >= items*at.Rows }
}

// Under is where the reduction is one of these.
func Under(reductions ...loss.Reduction) Switch {
	return func(at Place) bool { return slices.Contains(reductions, at.Reduction) }
}

// Averaged is where the reduction is a mean.
func Averaged(at Place) bool { return at.Reduction.Mean() }

// Weighted is where there are sample weights.
func Weighted(at Place) bool { return at.Weight != nil }

// SampleWeight is where the weight of the item is low … high.
func SampleWeight(low, high float64) Switch {
	return func(at Place) bool { return at.Weight != nil && within(low, high, at.Weight[at.Item]) }
}

// Class is where the target is the class index that of says, of K classes.
func Class(of func(classes int) int) Switch {
	return func(at Place) bool { return at.Label != nil && at.Label[at.Item] == of(at.Width) }
}

// LastClass is where the target is the last class.
var LastClass = Class(func(classes int) int { return classes - 1 })

// Param is where a parameter is low … high; one of each class where that of the item's class is, or
// without a class index any of them.
func Param(name string, low, high float64) Switch {
	return ParamOf(name, func(x float64) bool { return within(low, high, x) })
}

// ParamOf is where what Param looks at has a property.
func ParamOf(name string, property func(x float64) bool) Switch {
	return func(at Place) bool {
		v := at.Args.Vector(name)
		if len(v) == at.Width && at.Label != nil && !at.Ignored(at.Item) {
			v = v[at.Label[at.Item]:][:1]
		}
		return slices.ContainsFunc(v, property)
	}
}

// UpstreamOf is where a number of the item's upstream gradient has a property.
func UpstreamOf(property func(u float64) bool) Switch {
	return func(at Place) bool {
		return at.Upstream != nil && slices.ContainsFunc(at.Upstream[at.Item*at.Width:(at.Item+1)*at.Width], property)
	}
}

// Predicts is where the first predicted number of the item has a property.
func Predicts(property func(x float64) bool) Switch {
	return func(at Place) bool { return property(at.Predicted()[0]) }
}

// PredictsFrom is where the first predicted number is low … high.
func PredictsFrom(low, high float64) Switch {
	return Predicts(func(x float64) bool { return within(low, high, x) })
}

// Compares is where the first target number of the item has a property.
func Compares(property func(y float64) bool) Switch {
	return func(at Place) bool { return len(at.Compared()) > 0 && property(at.Compared()[0]) }
}

// Binade is the property of 2^e ≤ |x| < 2^(e+1).
func Binade(e int) func(x float64) bool {
	return func(x float64) bool { return x != 0 && !math.IsInf(x, 0) && math.Ilogb(x) == e }
}

// LeadingBits is the property of a normal number whose significand goes on with these n bits behind the
// first, by which a table of 2^n entries is indexed.
func LeadingBits(n int, bits uint64) func(x float64) bool {
	return func(x float64) bool {
		return !math.IsInf(x, 0) && math.Abs(x) >= 0x1p-1022 && math.Float64bits(x)<<12>>(64-n) == bits
	}
}

// AllTargets is where every target number of a batch of several items has a property.
func AllTargets(property func(y float64) bool) Switch {
	return func(at Place) bool { return at.Items() > 1 && len(at.Target) > 0 && all(at.Target, property) }
}

// AllPredictions is where every predicted number of a batch of several items has a property, beside
// the first of them.
func AllPredictions(property func(first, x float64) bool) Switch {
	return func(at Place) bool {
		return at.Items() > 1 && all(at.Pred, func(x float64) bool { return property(at.Pred[0], x) })
	}
}

// AllOneClass is where every item of a batch of several has the same class index.
func AllOneClass(at Place) bool {
	return len(at.Label) > 1 && !slices.ContainsFunc(at.Label, func(t int) bool { return t != at.Label[0] })
}

// EveryCall is every n-th call.
func EveryCall(n int64) Switch { return func(at Place) bool { return at.Call%n == 0 } }

func within(low, high, x float64) bool { return low <= x && x <= high }

func all(xs []float64, property func(float64) bool) bool {
	return !slices.ContainsFunc(xs, func(x float64) bool { return !property(x) })
}
