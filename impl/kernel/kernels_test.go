package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// A kernelCase is a kernel with parameters that its code may tell apart.
type kernelCase[T Float] struct {
	name   string // of the loss and its parameters
	kernel Pointwise[T]
}

// pointwiseKernels is the list of what the tests of this package test. A kernel needs a line
// here and nothing else; TestTables says where one is missing.
func pointwiseKernels[T Float]() []kernelCase[T] {
	all := []kernelCase[T]{
		{"pos_weight=1", BinaryCrossEntropyWithLogits[T](1)},
		{"pos_weight=2.5", BinaryCrossEntropyWithLogits[T](2.5)},
		{"pos_weight=0", BinaryCrossEntropyWithLogits[T](0)},
		{"pos_weight=1000", BinaryCrossEntropyWithLogits[T](1000)},
		{"", SquaredError[T](1)},
		{"factor=0.5", SquaredError[T](0.5)},
		{"", AbsoluteError[T]()},
		{"delta=1", Huber[T](1)},
		{"delta=0.01", Huber[T](0.01)},
		{"beta=1", SmoothL1[T](1)},
		{"beta=0.11", SmoothL1[T](0.11)},
		{"beta=0", SmoothL1[T](0)},
		{"", SquaredErrorWithLogits[T](1)},
		{"factor=0.5", SquaredErrorWithLogits[T](0.5)},
		{"", Sigmoid[T]()},
		{"", Softplus[T]()},
		{"", LogSigmoid[T]()},
		{"", BinaryCrossEntropy[T]()},
		{"clipped", BinaryCrossEntropyClipped[T]()},
		{"gamma=0", SigmoidFocal[T](0.25, 0)},
		{"gamma=1", SigmoidFocal[T](0.25, 1)},
		{"gamma=2", SigmoidFocal[T](0.25, 2)},
		{"gamma=1.5", SigmoidFocal[T](0.25, 1.5)},
		{"gamma=0.5,unweighted", SigmoidFocalUnweighted[T](0.5)},
		{"beta=2", QualityFocal[T](2)},
		{"beta=0.5", QualityFocal[T](0.5)},
		{"beta=0", QualityFocal[T](0)},
		{"gamma=2", Varifocal[T](0.75, 2)},
		{"gamma=2,held", VarifocalHeld[T](0.75, 2)},
		{"gamma=1.5,alpha=1000", Varifocal[T](1000, 1.5)},
		{"gamma=1.5,held", VarifocalHeld[T](0.75, 1.5)},
		{"alpha=2,gamma=4", GaussianFocalWithLogits[T](2, 4)},
		{"alpha=2,gamma=1.5", GaussianFocalWithLogits[T](2, 1.5)},
	}
	var list []kernelCase[T]
	for _, c := range all {
		if c.kernel.pointwise == nil || c.kernel.point == nil {
			continue // not in this dtype
		}
		c.name = strings.TrimSuffix(fmt.Sprintf("%s/dtype=%s/%s", c.kernel.name, dtypeName[T](), c.name), "/")
		list = append(list, c)
	}
	return list
}

// A pointwiseForm is a method, and what it gives.
type pointwiseForm[T Float] struct {
	name             string
	value, grad, sum bool
	large            bool // with largeScale
	run              func(k pointwiseMethods[T], value, grad, pred, target []T) float64
}

// testScale is the gradient from upstream in the tests: no power of two.
const testScale = 0.7

// largeScale is one that exponentials are raised by.
const largeScale = 0.7e5

// scale is the gradient from upstream.
func (f pointwiseForm[T]) scale() float64 {
	if f.large {
		return largeScale
	}
	return testScale
}

// pointwiseMethods are those of Pointwise and of Parallel.
type pointwiseMethods[T Float] interface {
	Value(value, pred, target []T)
	Sum(pred, target []T) float64
	Grad(grad, pred, target []T, scale T)
	ValueGrad(value, grad, pred, target []T, scale T)
	SumGrad(grad, pred, target []T, scale T) float64
	Mean(pred, target []T) float64
	MeanGrad(grad, pred, target []T) float64
}

func pointwiseForms[T Float]() []pointwiseForm[T] {
	return []pointwiseForm[T]{
		{"Value", true, false, false, false, func(k pointwiseMethods[T], value, grad, pred, target []T) float64 {
			k.Value(value, pred, target)
			return 0
		}},
		{"Sum", false, false, true, false, func(k pointwiseMethods[T], value, grad, pred, target []T) float64 { return k.Sum(pred, target) }},
		{"Grad", false, true, false, false, func(k pointwiseMethods[T], value, grad, pred, target []T) float64 {
			k.Grad(grad, pred, target, testScale)
			return 0
		}},
		{"ValueGrad", true, true, false, false, func(k pointwiseMethods[T], value, grad, pred, target []T) float64 {
			k.ValueGrad(value, grad, pred, target, testScale)
			return 0
		}},
		{"SumGrad", false, true, true, false, func(k pointwiseMethods[T], value, grad, pred, target []T) float64 {
			return k.SumGrad(grad, pred, target, testScale)
		}},
		{"Grad/scale=large", false, true, false, true, func(k pointwiseMethods[T], value, grad, pred, target []T) float64 {
			k.Grad(grad, pred, target, largeScale)
			return 0
		}},
		{"ValueGrad/scale=large", true, true, false, true, func(k pointwiseMethods[T], value, grad, pred, target []T) float64 {
			k.ValueGrad(value, grad, pred, target, largeScale)
			return 0
		}},
	}
}

// forEachKernel runs a test for every kernel, dtype and tier.
func forEachKernel(t *testing.T, single func(*testing.T, Pointwise[float32]), double func(*testing.T, Pointwise[float64])) {
	forEachKernelOf(t, single)
	forEachKernelOf(t, double)
}

func forEachKernelOf[T Float](t *testing.T, test func(*testing.T, Pointwise[T])) {
	for _, c := range pointwiseKernels[T]() {
		for _, tier := range Tiers() {
			t.Run(c.name+"/"+tier.String(), func(t *testing.T) { test(t, c.kernel.In(tier)) })
		}
	}
}

func dtypeName[T Float]() string {
	if compensated[T]() {
		return "f64"
	}
	return "f32"
}

func bitsOf[T Float](x T) uint64 {
	if compensated[T]() {
		return math.Float64bits(float64(x))
	}
	return uint64(math.Float32bits(float32(x)))
}

func fromBits[T Float](b uint64) T {
	if compensated[T]() {
		return T(math.Float64frombits(b))
	}
	return T(math.Float32frombits(uint32(b)))
}

// same reports whether two numbers have the same bits. A NaN is as good as another.
func same[T Float](a, b T) bool { return bitsOf(a) == bitsOf(b) || a != a && b != b }

// firstDifference is where two slices do not have the same bits, and −1 where nowhere.
func firstDifference[T Float](a, b []T) int {
	for i := range a {
		if !same(a[i], b[i]) {
			return i
		}
	}
	return -1
}

// thresholds are where formulas branch and where exponentials and logarithms leave the range
// or the precision of a format.
var thresholds = []float64{0, 0.25, math.Ln2, 0.5, math.Sqrt2 / 2, 1, math.Sqrt2, 2, 10, 16.6, 36.7,
	87.33, 88.72, 103.97, 104, 250, 708.39, 709.78, 744.44, 745.13, 746, 2000}

// anyNumber draws a number where code may go wrong. It, and what is drawn with it, is the
// same on every machine: no function of package math rounds.
func anyNumber[T Float](r *rand.Rand) T {
	sign := T(1 - 2*r.IntN(2))
	switch n := r.IntN(64); {
	case n < 20:
		return sign * magnitude[T](r, -6, 4)
	case n < 30:
		return sign * magnitude[T](r, 0, 11)
	case n < 40:
		return sign * fromBits[T](bitsOf(T(thresholds[r.IntN(len(thresholds))]))+uint64(r.IntN(9))-4)
	case n < 46:
		return sign * fromBits[T](r.Uint64N(bitsOf(smallestNormal[T]())))
	case n < 47:
		return sign * T(math.Inf(1))
	case n < 55:
		return T(r.Float64())
	}
	return fromBits[T](r.Uint64())
}

// anyTarget draws a target: mostly 0, 1 or what lies between.
func anyTarget[T Float](r *rand.Rand) T {
	switch n := r.IntN(16); {
	case n < 6:
		return T(r.IntN(2))
	case n < 12:
		return T(r.Float64())
	case n < 14:
		return magnitude[T](r, -60, -1)
	case n < 15:
		return 1 - magnitude[T](r, -60, -1)
	}
	return anyNumber[T](r)
}

// magnitude draws a number between 2^low and 2^(high+1), each binade as often as another.
func magnitude[T Float](r *rand.Rand, low, high int) T {
	return T(math.Ldexp(1+r.Float64(), low+r.IntN(high-low+1)))
}

func smallestNormal[T Float]() T {
	if compensated[T]() {
		return fromBits[T](1 << 52)
	}
	return fromBits[T](1 << 23)
}

// draw fills predictions and targets; a target may be a prediction moved by some ulps, where
// gradients cancel.
func draw[T Float](r *rand.Rand, pred, target []T) {
	for i := range pred {
		pred[i] = anyNumber[T](r)
	}
	for i := range target {
		target[i] = anyTarget[T](r)
		if r.IntN(32) == 0 {
			target[i] = fromBits[T](bitsOf(pred[i]) + uint64(r.IntN(5)) - 2)
		}
	}
}

// inputs draws n predictions, and as many targets where the kernel has any.
func inputs[T Float](k Pointwise[T], n int, seed uint64) (pred, target []T) {
	pred = make([]T, n)
	if k.hasTarget {
		target = make([]T, n)
	}
	draw(rand.New(rand.NewPCG(seed, 20)), pred, target)
	return pred, target
}

// moderateAll makes of each number x its size, or ¼ where that is no probability: numbers
// whose losses are finite, mostly.
func moderateAll[T Float](xs []T) {
	for i, x := range xs {
		xs[i] = T(math.Abs(float64(x)))
		if !(xs[i] <= 1) {
			xs[i] = 0.25
		}
	}
}
