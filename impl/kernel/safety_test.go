package kernel

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/lossproof/lossproof/internal/full"
)

// margin is how many elements lie around a slice in these tests.
const margin = 37

// padded is a slice of n elements amid an array of NaN with a payload of its own.
func padded[T Float](n int) (all, slice []T) {
	all = make([]T, n+2*margin)
	for i := range all {
		all[i] = fromBits[T](marginBits[T]())
	}
	return all, all[margin : margin+n : margin+n]
}

func marginBits[T Float]() uint64 { return bitsOf(T(math.NaN())) | 0x1234 }

// intact reports whether nothing around the slice has been written.
func intact[T Float](all []T) bool {
	written := func(x T) bool { return bitsOf(x) != marginBits[T]() }
	return !slices.ContainsFunc(all[:margin], written) && !slices.ContainsFunc(all[len(all)-margin:], written)
}

func sameSlices[T Float](a, b []T) bool {
	return len(a) == len(b) && slices.EqualFunc(a, b, func(x, y T) bool { return bitsOf(x) == bitsOf(y) })
}

func TestKernels_WriteTheirResultsAndNothingElse(t *testing.T) {
	forEachKernel(t, testWrites[float32], testWrites[float64])
}

func testWrites[T Float](t *testing.T, k Pointwise[T]) {
	lengths := []int{stride + 5}
	for n := range 70 {
		lengths = append(lengths, n)
	}
	for _, n := range lengths {
		pred, target := inputs(k, n, 5)
		keptPred, keptTarget := slices.Clone(pred), slices.Clone(target)
		for _, form := range pointwiseForms[T]() {
			allValue, value := padded[T](n)
			allGrad, grad := padded[T](n)
			form.run(k, value, grad, pred, target)
			if !intact(allValue) || !intact(allGrad) {
				t.Errorf("%s, n=%d: wrote around its results", form.name, n)
			}
			if !sameSlices(pred, keptPred) || !sameSlices(target, keptTarget) {
				t.Errorf("%s, n=%d: wrote over its inputs", form.name, n)
			}
			unwritten := func(x T) bool { return bitsOf(x) == marginBits[T]() }
			if form.value == slices.ContainsFunc(value, unwritten) && n > 0 || form.grad == slices.ContainsFunc(grad, unwritten) && n > 0 {
				t.Errorf("%s, n=%d: a result is missing, or one is there that nobody asked for", form.name, n)
			}
		}
	}
}

// TestKernels_ResultsMayLieOverInputs: each result over each input, and both at once.
func TestKernels_ResultsMayLieOverInputs(t *testing.T) {
	forEachKernel(t, testAliasing[float32], testAliasing[float64])
}

func testAliasing[T Float](t *testing.T, k Pointwise[T]) {
	const ownArray, overPred, overTarget = 0, 1, 2
	lengths := []int{1, 15, 16, 17, 100, 300, stride + 5}
	if !full.Run() && k.tier == Go { // whose loop begins again after 256
		lengths = lengths[:6]
	}
	for _, n := range lengths {
		pred, target := inputs(k, n, 6)
		for _, form := range pointwiseForms[T]() {
			wantValue, wantGrad := make([]T, n), make([]T, n)
			want := form.run(k, wantValue, wantGrad, pred, target)
			for _, over := range [][2]int{{overPred, ownArray}, {overTarget, ownArray}, {ownArray, overPred}, {ownArray, overTarget}, {overPred, overTarget}, {overTarget, overPred}} {
				if !k.hasTarget && (over[0] == overTarget || over[1] == overTarget) {
					continue
				}
				p, y := slices.Clone(pred), slices.Clone(target)
				results := [2][]T{make([]T, n), make([]T, n)}
				for i := range results {
					switch over[i] {
					case overPred:
						results[i] = p
					case overTarget:
						results[i] = y
					}
				}
				got := form.run(k, results[0], results[1], p, y)
				if form.value && firstDifference(results[0], wantValue) >= 0 || form.grad && firstDifference(results[1], wantGrad) >= 0 || !same(got, want) {
					t.Errorf("%s, n=%d: value and gradient over %v (1 prediction, 2 target) differ from those in arrays of their own", form.name, n, over)
				}
			}
		}
	}
}

// TestKernels_AnElementDoesNotDependOnItsPlace: any part of a batch has the results that it
// has in the batch, and in any alignment.
func TestKernels_AnElementDoesNotDependOnItsPlace(t *testing.T) {
	forEachKernel(t, testPlaces[float32], testPlaces[float64])
}

func testPlaces[T Float](t *testing.T, k Pointwise[T]) {
	const n = 300
	pred, target := inputs(k, n, 7)
	value, grad := make([]T, n), make([]T, n)
	for _, form := range pointwiseForms[T]() {
		k.ValueGrad(value, grad, pred, target, T(form.scale()))
		for from := range 34 {
			for _, length := range []int{0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 100, 257} {
				gotValue, gotGrad := make([]T, n), make([]T, n)
				form.run(k, gotValue[from:][:length], gotGrad[from:][:length], pred[from:][:length], part(target, from, from+length))
				if form.value && firstDifference(gotValue[from:][:length], value[from:]) >= 0 || form.grad && firstDifference(gotGrad[from:][:length], grad[from:]) >= 0 {
					t.Errorf("%s: elements [%d, %d) differ from those of the batch", form.name, from, from+length)
				}
			}
		}
	}
}

func TestKernels_LengthsThatDifferPanic(t *testing.T) {
	forEachKernel(t, testLengths[float32], testLengths[float64])
}

func testLengths[T Float](t *testing.T, k Pointwise[T]) {
	pool := NewPool(1)
	defer pool.Close()
	for _, form := range pointwiseForms[T]() {
		for wrong := range 4 {
			lengths := [4]int{5, 5, 5, 5} // value, gradient, prediction, target
			lengths[wrong] += 1
			if wrong == 0 && !form.value || wrong == 1 && !form.grad || wrong == 2 && !form.value && !form.grad && !k.hasTarget {
				continue
			}
			var arrays [4][]T
			for i, n := range lengths {
				arrays[i] = make([]T, n)
			}
			if !k.hasTarget && wrong != 3 {
				arrays[3] = nil
			}
			for _, methods := range []pointwiseMethods[T]{k, k.On(pool)} {
				message := panics(func() { form.run(methods, arrays[0], arrays[1], arrays[2], arrays[3]) })
				if !strings.HasPrefix(message, "kernel: "+k.name+": lengths differ") || !strings.Contains(message, "6 ") {
					t.Errorf("%s, array %d too long: panics with %q", form.name, wrong, message)
				}
			}
		}
		// None at all is a length as well.
		var target []T
		if k.hasTarget {
			target = []T{}
		}
		if message := panics(func() { form.run(k, nil, nil, nil, target) }); message != "" {
			t.Errorf("%s of no elements panics: %s", form.name, message)
		}
	}
}

func panics(run func()) (message string) {
	defer func() {
		if r := recover(); r != nil {
			message = fmt.Sprint(r)
		}
	}()
	run()
	return ""
}

// TestKernels_DoNotAllocate: no form does, in a pool or alone, whose arrays may lie on the
// stack.
func TestKernels_DoNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("NOT RUN: the race detector allocates")
	}
	forEachKernel(t, testAllocations[float32], testAllocations[float64])
}

func testAllocations[T Float](t *testing.T, k Pointwise[T]) {
	const few = 53
	onStack := func() {
		var value, grad, pred, target [few]T
		y := target[:]
		if !k.hasTarget {
			y = nil
		}
		k.Value(value[:], pred[:], y)
		k.Grad(grad[:], pred[:], y, 1)
		k.ValueGrad(value[:], grad[:], pred[:], y, 1)
		k.SumGrad(grad[:], pred[:], y, 1)
		k.Sum(pred[:], y)
		k.Mean(pred[:], y)
		k.MeanGrad(grad[:], pred[:], y)
	}
	if n := testing.AllocsPerRun(20, onStack); n != 0 {
		t.Errorf("%v allocations in a call of each form, arrays on the stack", n)
	}
	pool := NewPool(2)
	defer pool.Close()
	n := (alone+2)*stride + 1
	pred, target := make([]T, n), make([]T, n)
	value, grad := make([]T, n), make([]T, n)
	if !k.hasTarget {
		target = nil
	}
	inPool := func() {
		shared := k.On(pool)
		shared.Value(value, pred, target)
		shared.SumGrad(grad, pred, target, 1)
		shared.Grad(grad, pred, target, 1)
	}
	if n := leastAllocations(inPool); n != 0 {
		t.Errorf("%v allocations in three calls in a pool", n)
	}
}

// leastAllocations is how much f allocates each time. The runtime allocates too, when a goroutine
// must wait and the records for it have been collected: so that one call without any is enough.
func leastAllocations(f func()) float64 {
	least := math.Inf(1)
	for try := 0; try < 50 && least != 0; try++ {
		least = min(least, testing.AllocsPerRun(1, f))
	}
	return least
}

// TestKernels_NaNStaysNaN: a prediction or a target that is NaN has a NaN value and gradient.
func TestKernels_NaNStaysNaN(t *testing.T) {
	forEachKernel(t, testNaN[float32], testNaN[float64])
}

func testNaN[T Float](t *testing.T, k Pointwise[T]) {
	quiet := T(math.NaN())
	for _, nan := range []T{quiet, -quiet, fromBits[T](bitsOf(T(math.Inf(1))) + 1), fromBits[T](bitsOf(T(math.Inf(-1))) + 99)} {
		for _, other := range []T{0, 1, 0.5, T(math.Inf(1)), T(math.Inf(-1)), nan} {
			for _, pair := range [][2]T{{nan, other}, {other, nan}} {
				pred, target := slices.Repeat([]T{pair[0]}, 20), slices.Repeat([]T{pair[1]}, 20)
				if !k.hasTarget {
					if pair[0] == pair[0] {
						continue
					}
					target = nil
				}
				value, grad := make([]T, 20), make([]T, 20)
				k.ValueGrad(value, grad, pred, target, 1)
				for i := range value {
					if value[i] == value[i] || grad[i] == grad[i] {
						t.Fatalf("prediction %v, target %v: value %v, gradient %v", pair[0], pair[1], value[i], grad[i])
					}
				}
				if sum := k.Sum(pred, target); sum == sum {
					t.Errorf("prediction %v, target %v: the sum is %v", pair[0], pair[1], sum)
				}
			}
		}
	}
}

// TestKernels_AnInfiniteTermIsTheSum: the sum of losses one of which is infinite is infinite,
// wherever it stands.
func TestKernels_AnInfiniteTermIsTheSum(t *testing.T) {
	forEachKernel(t, testInfiniteTerm[float32], testInfiniteTerm[float64])
}

func testInfiniteTerm[T Float](t *testing.T, k Pointwise[T]) {
	const n = stride + 50
	pred, target := slices.Repeat([]T{0.25}, n), make([]T, n)
	if !k.hasTarget {
		target = nil
	}
	value := make([]T, 1)
	for _, x := range []T{T(math.Inf(1)), T(math.Inf(-1)), 1} {
		k.Value(value, []T{x}, part(target, 0, min(1, len(target))))
		if !math.IsInf(float64(value[0]), 1) {
			continue
		}
		for _, at := range []int{0, 1, 100, stride - 1, stride, n - 1} {
			pred[at] = x
			if sum := k.Sum(pred, target); !math.IsInf(sum, 1) {
				t.Errorf("an infinite term at %d: the sum is %v", at, sum)
			}
			pred[at] = 0.25
		}
	}
}
