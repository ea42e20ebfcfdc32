package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// boxwiseKernels is the list of what these tests test. TestBoxes_AreAllTested says where one is missing.
func boxwiseKernels[T Float]() []Boxwise[T] { return []Boxwise[T]{IoU[T](), GIoU[T](), DIoU[T]()} }

func (p Boxwise[T]) caseName() string {
	return fmt.Sprintf("%s/dtype=%s", p.name, dtypeName[T]())
}

// forEachBoxwise runs a test for every kernel, dtype and tier.
func forEachBoxwise(t *testing.T, single func(*testing.T, Boxwise[float32]), double func(*testing.T, Boxwise[float64])) {
	forEachBoxwiseOf(t, single)
	forEachBoxwiseOf(t, double)
}

func forEachBoxwiseOf[T Float](t *testing.T, test func(*testing.T, Boxwise[T])) {
	for _, k := range boxwiseKernels[T]() {
		for _, tier := range Tiers() {
			t.Run(k.caseName()+"/"+tier.String(), func(t *testing.T) { test(t, k.In(tier)) })
		}
	}
}

// A boxBatch is what a kernel is called with, and what it gives.
type boxBatch[T Float] struct{ pred, target, weight, value, grad []T }

func newBoxBatch[T Float](n int) *boxBatch[T] {
	return &boxBatch[T]{make([]T, boxSize*n), make([]T, boxSize*n), make([]T, n), make([]T, n), make([]T, boxSize*n)}
}

// draw draws boxes: in a small grid, where edges are aligned; of any place and size, near each other or not, thin or
// without an area; and numbers that are no boxes.
func (b *boxBatch[T]) draw(r *rand.Rand) {
	kind := r.IntN(4)
	for i := range b.weight {
		b.weight[i] = []T{0, 1, 2.5, T(r.Float64()), 1}[r.IntN(5)]
		p, y := b.pred[boxSize*i:][:boxSize], b.target[boxSize*i:][:boxSize]
		for t := range 2 {
			var e [4]T
			place, size := magnitude[T](r, -6, 10), magnitude[T](r, -12, 8)
			for k := range e {
				switch kind {
				case 0:
					e[k] = T(r.IntN(6))
				case 1:
					e[k] = place + T(size*T(r.Float64()))
				case 2:
					e[k] = T(r.Float64()-0.5) * magnitude[T](r, -100, 100)
				default:
					e[k] = anyNumber[T](r)
				}
			}
			if kind == 1 && r.IntN(2) == 0 { // next to each other
				e[2], e[3] = fromBits[T](bitsOf(e[0])+uint64(r.IntN(5))), fromBits[T](bitsOf(e[1])+uint64(r.IntN(5)))
			}
			p[t], p[2+t], y[t], y[2+t] = e[0], e[1], e[2], e[3]
			if kind < 3 || r.IntN(2) == 0 {
				p[t], p[2+t] = smaller(e[0], e[1]), larger(e[0], e[1])
				y[t], y[2+t] = smaller(e[2], e[3]), larger(e[2], e[3])
			}
		}
	}
}

// A boxForm is a method, and what it gives.
type boxForm[T Float] struct {
	name             string
	value, grad, sum bool
	weighted         bool
	run              func(k Boxwise[T], b *boxBatch[T]) float64
}

func boxMethods[T Float]() []boxForm[T] {
	return []boxForm[T]{
		{"Value", true, false, false, false, func(k Boxwise[T], b *boxBatch[T]) float64 { k.Value(b.value, b.pred, b.target, nil); return 0 }},
		{"Value/weight", true, false, false, true, func(k Boxwise[T], b *boxBatch[T]) float64 {
			k.Value(b.value, b.pred, b.target, b.weight)
			return 0
		}},
		{"Sum", false, false, true, false, func(k Boxwise[T], b *boxBatch[T]) float64 { return k.Sum(b.pred, b.target, nil) }},
		{"Sum/weight", false, false, true, true, func(k Boxwise[T], b *boxBatch[T]) float64 { return k.Sum(b.pred, b.target, b.weight) }},
		{"Grad", false, true, false, false, func(k Boxwise[T], b *boxBatch[T]) float64 {
			k.Grad(b.grad, b.pred, b.target, nil, testScale)
			return 0
		}},
		{"ValueGrad/weight", true, true, false, true, func(k Boxwise[T], b *boxBatch[T]) float64 {
			k.ValueGrad(b.value, b.grad, b.pred, b.target, b.weight, testScale)
			return 0
		}},
		{"SumGrad", false, true, true, false, func(k Boxwise[T], b *boxBatch[T]) float64 {
			return k.SumGrad(b.grad, b.pred, b.target, nil, testScale)
		}},
		{"SumGrad/weight", false, true, true, true, func(k Boxwise[T], b *boxBatch[T]) float64 {
			return k.SumGrad(b.grad, b.pred, b.target, b.weight, testScale)
		}},
	}
}

// resized is a batch of the first n pairs, with results of its own.
func (b *boxBatch[T]) resized(n int) *boxBatch[T] {
	return &boxBatch[T]{b.pred[:boxSize*n], b.target[:boxSize*n], b.weight[:n], make([]T, n), make([]T, boxSize*n)}
}

// checkTiers holds every form in every tier to the specification, pair by pair.
func (b *boxBatch[T]) checkTiers(t *testing.T, k Boxwise[T]) {
	n := len(b.weight)
	for _, form := range boxMethods[T]() {
		want := b.resized(n)
		var sum accumulator
		for at := 0; at < n; at += boxStride {
			var all lanes
			for i := at; i < min(at+boxStride, n); i++ {
				weight := T(1)
				if form.weighted {
					weight = b.weight[i]
				}
				value, grad := k.pair((*[boxSize]T)(b.pred[boxSize*i:]), (*[boxSize]T)(b.target[boxSize*i:]), T(weight*(testScale*0.5)))
				want.value[i] = weigh(weight, value)
				if weight != 0 {
					copy(want.grad[boxSize*i:], grad[:])
				}
				all.add(i-at, float64(want.value[i]), compensated[T]())
			}
			sum.addLanes(&all, compensated[T]())
		}
		for _, tier := range Tiers() {
			got := b.resized(n)
			total := form.run(k.In(tier), got)
			if i := firstDifference(got.value, want.value); form.value && i >= 0 {
				t.Errorf("%s: %s of %d in %v: value[%d] is %v, the specification has %v: %v, %v", k.caseName(), form.name, n, tier, i, got.value[i], want.value[i],
					b.pred[boxSize*i:][:boxSize], b.target[boxSize*i:][:boxSize])
			}
			if i := firstDifference(got.grad, want.grad); form.grad && i >= 0 {
				at := i / boxSize * boxSize
				t.Errorf("%s: %s of %d in %v: grad[%d] is %v, the specification has %v: %v, %v", k.caseName(), form.name, n, tier, i, got.grad[i], want.grad[i],
					b.pred[at:][:boxSize], b.target[at:][:boxSize])
			}
			if form.sum && !same(total, sum.sum()) {
				t.Errorf("%s: %s of %d in %v: %v, the specification has %v", k.caseName(), form.name, n, tier, total, sum.sum())
			}
		}
	}
}

func TestBoxes_TiersAgreeAtEveryLength(t *testing.T) {
	t.Parallel()
	testBoxLengths[float32](t)
	testBoxLengths[float64](t)
}

func testBoxLengths[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(30, 1))
	for _, k := range boxwiseKernels[T]() {
		for n := range 70 {
			for range 4 {
				b := newBoxBatch[T](n)
				b.draw(r)
				b.checkTiers(t, k)
			}
		}
		b := newBoxBatch[T](2*boxStride + 21)
		b.draw(r)
		b.checkTiers(t, k)
	}
}

// boxwiseTierKernels are boxes among what TestTiers_Agree compares.
func boxwiseTierKernels[T Float]() (list []tierKernel) {
	const pairs = tierChunk / boxSize
	for _, k := range boxwiseKernels[T]() {
		list = append(list, func(t *testing.T, r *rand.Rand) int {
			b := newBoxBatch[T](pairs)
			b.draw(r)
			b.checkTiers(t, k)
			return boxSize * pairs
		})
	}
	return list
}

func TestBoxes_WriteTheirResultsAndNothingElse(t *testing.T) {
	forEachBoxwise(t, testBoxWrites[float32], testBoxWrites[float64])
}

func testBoxWrites[T Float](t *testing.T, k Boxwise[T]) {
	r := rand.New(rand.NewPCG(31, 1))
	for _, n := range []int{0, 1, 7, 8, 15, 16, 17, 33, boxStride + 5} {
		b := newBoxBatch[T](n)
		b.draw(r)
		kept := *b
		kept.pred, kept.target, kept.weight = slices.Clone(b.pred), slices.Clone(b.target), slices.Clone(b.weight)
		for _, form := range boxMethods[T]() {
			allValue, value := padded[T](n)
			allGrad, grad := padded[T](boxSize * n)
			b.value, b.grad = value, grad
			form.run(k, b)
			if !intact(allValue) || !intact(allGrad) {
				t.Errorf("%s, n=%d: wrote around its results", form.name, n)
			}
			if !sameSlices(b.pred, kept.pred) || !sameSlices(b.target, kept.target) || !sameSlices(b.weight, kept.weight) {
				t.Errorf("%s, n=%d: wrote over its inputs", form.name, n)
			}
			unwritten := func(x T) bool { return bitsOf(x) == marginBits[T]() }
			if form.value == slices.ContainsFunc(value, unwritten) && n > 0 || form.grad == slices.ContainsFunc(grad, unwritten) && n > 0 {
				t.Errorf("%s, n=%d: a result is missing, or one is there that nobody asked for", form.name, n)
			}
			for _, over := range [][]T{slices.Clone(b.pred), slices.Clone(b.target)} { // a gradient over an input
				if !form.grad {
					continue
				}
				in := *b
				in.value, in.grad = make([]T, n), over
				if sameSlices(over, b.pred) {
					in.pred = over
				} else {
					in.target = over
				}
				form.run(k, &in)
				if firstDifference(in.grad, grad) >= 0 {
					t.Errorf("%s, n=%d: a gradient over an input differs", form.name, n)
				}
			}
		}
	}
}

func TestBoxes_AllocateNothing(t *testing.T) {
	forEachBoxwise(t, testBoxAllocations[float32], testBoxAllocations[float64])
}

func testBoxAllocations[T Float](t *testing.T, k Boxwise[T]) {
	if raceEnabled {
		t.Skip("NOT RUN: the race detector allocates")
	}
	b := newBoxBatch[T](100)
	b.draw(rand.New(rand.NewPCG(32, 1)))
	for _, form := range boxMethods[T]() {
		if n := testing.AllocsPerRun(10, func() { form.run(k, b) }); n != 0 {
			t.Errorf("%s allocates %v times", form.name, n)
		}
	}
}

// TestBoxes_ShareACall: the workers of a pool give the same bits.
func TestBoxes_ShareACall(t *testing.T) {
	forEachBoxwise(t, testBoxPool[float32], testBoxPool[float64])
}

func testBoxPool[T Float](t *testing.T, k Boxwise[T]) {
	b := newBoxBatch[T](7*boxStride + 11)
	b.draw(rand.New(rand.NewPCG(33, 2)))
	for _, workers := range []int{1, 3} {
		pool := NewPool(workers)
		for _, form := range boxMethods[T]() {
			want, got := b.resized(len(b.weight)), b.resized(len(b.weight))
			if sum, shared := form.run(k, want), form.run(k.On(pool), got); !same(sum, shared) || firstDifference(got.value, want.value) >= 0 || firstDifference(got.grad, want.grad) >= 0 {
				t.Errorf("%s of %d workers has other bits", form.name, workers)
			}
		}
		pool.Close()
	}
}

// TestBoxes_SpecialCases are those of the documentation.
func TestBoxes_SpecialCases(t *testing.T) {
	forEachBoxwise(t, testBoxSpecial[float32], testBoxSpecial[float64])
}

func testBoxSpecial[T Float](t *testing.T, k Boxwise[T]) {
	nan, inf := T(math.NaN()), T(math.Inf(1))
	for _, c := range []struct {
		name         string
		pred, target [boxSize]T
		want         [3]T // iou, giou, diou
		grad         [boxSize]T
	}{
		{"the same", [4]T{1, 2, 3, 5}, [4]T{1, 2, 3, 5}, [3]T{}, [4]T{}},
		{"no area, the same", [4]T{1, 2, 3, 2}, [4]T{1, 2, 3, 2}, [3]T{1, 1, 1}, [4]T{}},
		{"points, the same", [4]T{1, 2, 1, 2}, [4]T{1, 2, 1, 2}, [3]T{1, 1, 1}, [4]T{}},
		{"NaN", [4]T{1, 2, nan, 5}, [4]T{1, 2, 3, 5}, [3]T{nan, nan, nan}, [4]T{nan, nan, nan, nan}},
		{"NaN in the target", [4]T{1, 2, 3, 5}, [4]T{1, nan, 3, 5}, [3]T{nan, nan, nan}, [4]T{nan, nan, nan, nan}},
		{"an infinity", [4]T{-inf, 2, 3, 5}, [4]T{1, 2, 3, 5}, [3]T{nan, nan, nan}, [4]T{nan, nan, nan, nan}},
	} {
		want := c.want[slices.Index([]string{"iou", "giou", "diou"}, k.name)]
		var value [1]T
		var grad [boxSize]T
		k.ValueGrad(value[:], grad[:], c.pred[:], c.target[:], nil, 1)
		if !same(value[0], want) {
			t.Errorf("%s: %v, want %v", c.name, value[0], want)
		}
		for i, g := range grad {
			if g != c.grad[i] && !(g != g && c.grad[i] != c.grad[i]) {
				t.Errorf("%s: gradient %v, want %v", c.name, grad, c.grad)
			}
		}
		k.ValueGrad(value[:], grad[:], c.pred[:], c.target[:], []T{0}, 1)
		if value[0] != 0 || grad != [boxSize]T{} {
			t.Errorf("%s, without weight: %v, %v", c.name, value, grad)
		}
	}
}

func TestBoxes_RefuseLengthsThatDoNotFit(t *testing.T) {
	k := GIoU[float32]()
	b := newBoxBatch[float32](3)
	for name, call := range map[string]func(){
		"predictions":     func() { k.Sum(b.pred[:11], b.target, nil) },
		"no whole box":    func() { k.Sum(b.pred[:11], b.target[:11], nil) },
		"targets":         func() { k.Sum(b.pred, b.target[:8], nil) },
		"weights":         func() { k.Sum(b.pred, b.target, b.weight[:2]) },
		"empty weights":   func() { k.Sum(b.pred, b.target, b.weight[:0]) },
		"values":          func() { k.Value(b.value[:2], b.pred, b.target, nil) },
		"gradients":       func() { k.SumGrad(b.grad[:8], b.pred, b.target, nil, 1) },
		"absent gradient": func() { k.Grad(nil, b.pred, b.target, nil, 1) },
	} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.HasPrefix(fmt.Sprint(r), "kernel: giou: lengths do not fit") {
					t.Errorf("%s: %v", name, r)
				}
			}()
			call()
		}()
	}
}

// TestBoxes_AreAllTested: each tier of each kernel is in its table, under its name.
func TestBoxes_AreAllTested(t *testing.T) {
	if len(Tiers()) == 1 && iou32.vector[AVX2].value == nil {
		t.Skip("NOT RUN: this build has no tier but Go")
	}
	testBoxTables[float32](t)
	testBoxTables[float64](t)
}

func testBoxTables[T Float](t *testing.T) {
	for _, k := range boxwiseKernels[T]() {
		for tier, suffix := range map[Tier]string{AVX2: "AVX2", AVX512: "AVX512"} {
			for form, f := range map[string]boxFunc[T]{"Value": k.vector[tier].value, "ValueGrad": k.vector[tier].valueGrad} {
				if f == nil {
					t.Errorf("%s has no %s in %s", k.caseName(), form, tier)
					continue
				}
				name := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
				want := k.name + form + strings.TrimPrefix(dtypeName[T](), "f") + suffix
				if got := strings.TrimSuffix(name[strings.LastIndex(name, ".")+1:], ".abi0"); got != want {
					t.Errorf("%s: %s, want %s", k.caseName(), got, want)
				}
			}
		}
	}
}

// boxDigestsOf has a line for each kernel and form.
func boxDigestsOf[T Float](tier Tier) (lines []string) {
	for _, k := range boxwiseKernels[T]() {
		for _, form := range boxMethods[T]() {
			d := newDigest()
			r := rand.New(rand.NewPCG(34, 1))
			for _, n := range []int{0, 1, 5, 16, 33, 200, 300, boxStride + 77} {
				b := newBoxBatch[T](n)
				b.draw(r)
				d.write(oneNaN(form.run(k.In(tier), b)))
				for _, x := range slices.Concat(b.value, b.grad) {
					d.write(oneNaN(x))
				}
			}
			lines = append(lines, d.line(k.caseName(), form.name))
		}
	}
	return lines
}

// fuzzBoxes decodes raw bytes as boxes and holds each tier to the specification.
func fuzzBoxes[T Float](f *testing.F) {
	size := 4
	if compensated[T]() {
		size = 8
	}
	list := boxwiseKernels[T]()
	for i := range list {
		f.Add(uint8(i), []byte(strings.Repeat("\x00\x00\x80\x7f\xff\x01@\xc0", 9*size)))
		f.Add(uint8(i), make([]byte, 17*9*size))
	}
	f.Fuzz(func(t *testing.T, which uint8, raw []byte) {
		n := len(raw) / size / (2*boxSize + 1)
		number := func(i int) T {
			var b uint64
			for at := range size {
				b |= uint64(raw[i*size+at]) << (8 * at)
			}
			return fromBits[T](b)
		}
		b := newBoxBatch[T](n)
		for i := range b.pred {
			b.pred[i], b.target[i] = number(i), number(boxSize*n+i)
		}
		for i := range b.weight {
			b.weight[i] = number(2*boxSize*n + i)
		}
		b.checkTiers(t, list[int(which)%len(list)])
	})
}

func FuzzBoxes32(f *testing.F) { fuzzBoxes[float32](f) }
func FuzzBoxes64(f *testing.F) { fuzzBoxes[float64](f) }
