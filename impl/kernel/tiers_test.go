package kernel

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
)

// ci/tiers runs TestTiers_Agree with many inputs, on one or many machines.
var (
	tierInputs = flag.Int64("tiers.inputs", 1_000_000, "inputs of TestTiers_Agree, all kernels together")
	tierSeed   = flag.Uint64("tiers.seed", 1, "seed of the inputs of TestTiers_Agree")
	tierShard  = flag.String("tiers.shard", "0/1", "part i of n of the inputs of TestTiers_Agree, i/n with i from 0")
	tierTalk   = flag.Bool("tiers.progress", false, "say on standard error how far TestTiers_Agree is")
)

// tierChunk is how many inputs have a random source of their own: a block that is full and
// one that is not.
const tierChunk = stride + 1237

// A tierKernel is a kernel of any kind and dtype: what compares its tiers at a chunk of inputs,
// and says how many there were.
type tierKernel func(t *testing.T, r *rand.Rand) int

func tierKernels() (list []tierKernel) {
	list = append(pointwiseTierKernels[float32](), pointwiseTierKernels[float64]()...)
	list = append(append(list, rowwiseTierKernels[float32]()...), rowwiseTierKernels[float64]()...)
	return append(append(list, boxwiseTierKernels[float32]()...), boxwiseTierKernels[float64]()...)
}

func pointwiseTierKernels[T Float]() (list []tierKernel) {
	scratch := newTierScratch[T](tierChunk)
	for _, c := range pointwiseKernels[T]() {
		list = append(list, func(t *testing.T, r *rand.Rand) int { return scratch.compare(t, c, r) })
	}
	return list
}

func rowwiseTierKernels[T Float]() (list []tierKernel) {
	var scratch rowScratch[T]
	for _, c := range rowwiseKernels[T]() {
		list = append(list, func(t *testing.T, r *rand.Rand) int { return scratch.compare(t, c, r) })
	}
	return list
}

// TestTiers_Agree holds every tier to the specification: value, gradient and sum, in every
// form, bit for bit. An input is an element, or a score of a row.
func TestTiers_Agree(t *testing.T) {
	t.Parallel()
	if len(Tiers()) == 1 {
		t.Skip("NOT RUN: this processor, or this build, has no tier but Go: there is nothing to compare")
	}
	var shard, shards int64
	if n, err := fmt.Sscanf(*tierShard, "%d/%d", &shard, &shards); n != 2 || err != nil || shard < 0 || shard >= shards {
		t.Fatalf("-tiers.shard %s: want i/n with 0 ≤ i < n", *tierShard)
	}
	list := tierKernels()
	kernels := int64(len(list))
	chunks := (*tierInputs/kernels + tierChunk - 1) / tierChunk // of each kernel
	inputs, start, spoke := 0, time.Now(), time.Now()
	for i := range chunks * kernels {
		if i%shards != shard {
			continue
		}
		chunk, kernel := i/kernels, i%kernels
		inputs += list[kernel](t, rand.New(rand.NewPCG(*tierSeed<<32^uint64(kernel), uint64(chunk))))
		if t.Failed() {
			t.Fatalf("seed %d, kernel %d, chunk %d", *tierSeed, kernel, chunk)
		}
		if *tierTalk && time.Since(spoke) > 5*time.Second {
			spoke = time.Now()
			fmt.Fprintf(os.Stderr, "%.1f %%, %d inputs, %s\n", 100*float64(i+1)/float64(chunks*kernels), inputs, time.Since(start).Round(time.Second))
		}
	}
	t.Logf("%v agree at %d inputs of %d kernels (loss, dtype and parameters), in every form; seed %d, shard %s",
		Tiers(), inputs, kernels, *tierSeed, *tierShard)
}

type tierScratch[T Float] struct{ pred, target, value, grad, largeGrad, gotValue, gotGrad []T }

func newTierScratch[T Float](n int) *tierScratch[T] {
	array := func() []T { return make([]T, n) }
	return &tierScratch[T]{array(), array(), array(), array(), array(), array(), array()}
}

// compare draws inputs and checks them.
func (s *tierScratch[T]) compare(t *testing.T, c kernelCase[T], r *rand.Rand) (inputs int) {
	draw(r, s.pred, s.target)
	if r.IntN(4) == 0 { // a sum that is a number
		moderateAll(s.pred)
		moderateAll(s.target)
	}
	s.check(t, c)
	return tierChunk
}

// check computes the inputs in each tier.
func (s *tierScratch[T]) check(t *testing.T, c kernelCase[T]) {
	target := s.target
	if !c.kernel.hasTarget {
		target = nil
	}
	k := c.kernel.In(Go)
	k.ValueGrad(s.value, s.grad, s.pred, target, testScale)
	k.Grad(s.largeGrad, s.pred, target, largeScale)
	sum := sumInOrder(s.value)
	if k.paired() || single[T]() && math.Abs(sum) < k.least(len(s.pred)) {
		sum = k.Sum(s.pred, target)
	}
	for _, tier := range Tiers() {
		if tier == Go {
			continue
		}
		for _, form := range pointwiseForms[T]() {
			got := form.run(c.kernel.In(tier), s.gotValue, s.gotGrad, s.pred, target)
			complain := func(what string, i int, got, want T) {
				t.Errorf("%s: %s in %s: %s[%d] of prediction %v (%#x)%s is %v (%#x), the specification has %v (%#x)", c.name, form.name, tier,
					what, i, s.pred[i], bitsOf(s.pred[i]), targetText(target, i), got, bitsOf(got), want, bitsOf(want))
			}
			if i := firstDifference(s.gotValue, s.value); form.value && i >= 0 {
				complain("value", i, s.gotValue[i], s.value[i])
			}
			grad := s.grad
			if form.large {
				grad = s.largeGrad
			}
			if i := firstDifference(s.gotGrad, grad); form.grad && i >= 0 {
				complain("grad", i, s.gotGrad[i], grad[i])
			}
			if form.sum && !same(got, sum) {
				t.Errorf("%s: %s in %s: the sum is %v (%#x), that of the specification %v (%#x)", c.name, form.name, tier, got, bitsOf(got), sum, bitsOf(sum))
			}
		}
	}
}

func targetText[T Float](target []T, i int) string {
	if target == nil {
		return ""
	}
	return fmt.Sprintf(", target %v (%#x)", target[i], bitsOf(target[i]))
}

// sumInOrder is the sum that every tier gives, of values that are known and not paired.
func sumInOrder[T Float](values []T) float64 {
	var total accumulator
	for block := range blocks(len(values)) {
		var all lanes
		for i, v := range values[block*stride : min((block+1)*stride, len(values))] {
			all.add(i, float64(v), compensated[T]())
		}
		var sum accumulator
		sum.addLanes(&all, compensated[T]())
		total.merge(sum)
	}
	return total.sum()
}

// TestTiers_AgreeAtSpecialNumbers: each special number as a prediction, with each as a target.
func TestTiers_AgreeAtSpecialNumbers(t *testing.T) {
	t.Parallel()
	testSpecialNumbers[float32](t)
	testSpecialNumbers[float64](t)
}

// specialNumbers are the ends of ranges and thresholds, with what lies next to them.
func specialNumbers[T Float]() []T {
	infinity, normal := bitsOf(T(math.Inf(1))), bitsOf(smallestNormal[T]())
	special := []T{fromBits[T](infinity), fromBits[T](infinity - 1), fromBits[T](infinity + 1), fromBits[T](bitsOf(T(math.NaN()))),
		fromBits[T](1), fromBits[T](2), fromBits[T](normal - 1), fromBits[T](normal), fromBits[T](normal + 1), fromBits[T](normal / 3)}
	for _, x := range thresholds {
		special = append(special, T(x), fromBits[T](bitsOf(T(x))+1))
		if x > 0 {
			special = append(special, fromBits[T](bitsOf(T(x))-1))
		}
	}
	for _, x := range special[:len(special):len(special)] {
		special = append(special, -x)
	}
	return special
}

func testSpecialNumbers[T Float](t *testing.T) {
	special := specialNumbers[T]()
	n := len(special) * len(special)
	s := newTierScratch[T](n)
	for i := range n {
		s.pred[i], s.target[i] = special[i%len(special)], special[i/len(special)]
	}
	for _, c := range pointwiseKernels[T]() {
		s.check(t, c)
	}
}

// TestTiers_ComparisonBites: a difference of one bit is seen in every form and place.
func TestTiers_ComparisonBites(t *testing.T) {
	xs := []float32{1, 2, 3}
	for i := range xs {
		ys := []float32{1, 2, 3}
		ys[i] = fromBits[float32](bitsOf(ys[i]) + 1)
		if firstDifference(xs, ys) != i {
			t.Errorf("a bit of element %d is not seen", i)
		}
	}
	if same(float32(0), fromBits[float32](1<<31)) {
		t.Error("+0 and −0 are not told apart")
	}
}

// fuzzPointwise decodes raw bytes as numbers and holds each tier to the specification.
func fuzzPointwise[T Float](f *testing.F) {
	size := 4
	if compensated[T]() {
		size = 8
	}
	cases := pointwiseKernels[T]()
	for i := range cases {
		f.Add(uint8(i), []byte(strings.Repeat("\x00\x00\x80\x7f\xff\x01@\xc0", 3*size)))
		f.Add(uint8(i), make([]byte, 35*size))
	}
	f.Fuzz(func(t *testing.T, which uint8, raw []byte) {
		if len(cases) == 0 {
			t.Skip("no kernel in this dtype")
		}
		c := cases[int(which)%len(cases)]
		n := len(raw) / size / 2
		number := func(i int) T {
			var b uint64
			for at := range size {
				b |= uint64(raw[i*size+at]) << (8 * at)
			}
			return fromBits[T](b)
		}
		s := newTierScratch[T](n)
		for i := range n {
			s.pred[i], s.target[i] = number(i), number(n+i)
		}
		s.check(t, c)
	})
}

func FuzzPointwise32(f *testing.F) { fuzzPointwise[float32](f) }
func FuzzPointwise64(f *testing.F) { fuzzPointwise[float64](f) }
