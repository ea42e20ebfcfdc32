package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// rowResults are what forms are held to, and what one gives.
type rowResults[T Float] struct {
	value, grad []T
	sum         float64
}

func (s *rowResults[T]) resize(values, scores int) {
	s.value, s.grad = resized(s.value, values), resized(s.grad, scores)
}

// A rowScratch is where kernels of rows are compared.
type rowScratch[T Float] struct {
	batch rowBatch[T]
	want  [2]rowResults[T] // the second of a mean
	got   rowResults[T]
}

// compare draws batches of as many scores as a chunk has, or of some more, and checks them.
func (s *rowScratch[T]) compare(t *testing.T, c rowCase[T], r *rand.Rand) (scores int) {
	if r.IntN(16) == 0 { // a row of chunks
		classes := chunk + 1 + r.IntN(2*chunk)
		s.batch.draw(r, 1, classes, c.ignore)
		s.check(t, c)
		scores += classes
	}
	for scores < tierChunk && !t.Failed() {
		rows, classes := drawShape[T](r, tierChunk-scores)
		s.batch.draw(r, rows, classes, c.ignore)
		s.check(t, c)
		scores += rows * classes
	}
	return scores
}

// check complains of each form and tier that differs from the specification.
func (s *rowScratch[T]) check(t *testing.T, c rowCase[T]) {
	for _, fault := range s.differences(c) {
		t.Error(fault)
	}
}

// differences computes the batch in each form and tier.
func (s *rowScratch[T]) differences(c rowCase[T]) (faults []string) {
	const unwritten = -0x1.2345p-67
	b := &s.batch
	values, scores := c.values(b), len(b.pred)
	s.got.resize(values, scores)
	for i := range s.want {
		s.want[i].resize(values, scores)
	}
	specification := func(f rowForm[T]) *rowResults[T] {
		if f.mean {
			return &s.want[1]
		}
		return &s.want[0]
	}
	for _, f := range c.forms {
		if f.specifies {
			want := specification(f)
			if sum := f.run(Go, b, want.value, want.grad); f.sum {
				want.sum = sum
			}
		}
	}
	for _, tier := range Tiers() {
		for _, f := range c.forms {
			complain := func(format string, args ...any) {
				faults = append(faults, fmt.Sprintf("%s: %s in %s, ", c.name, f.name, tier)+fmt.Sprintf(format, args...))
			}
			if tier == Go && f.specifies {
				continue
			}
			got, want := &s.got, specification(f)
			fill(got.value, unwritten) // or what another form has left would do
			fill(got.grad, unwritten)
			got.sum = f.run(tier, b, got.value, got.grad)
			if i := firstDifference(got.value, want.value); f.value && i >= 0 {
				row, at := i/b.classes, i%b.classes
				if !c.link {
					row, at = i, max(b.label[i], 0)
				}
				complain("%s: the value is %v (%#x), the specification has %v (%#x)", b.describe(row, at),
					got.value[i], bitsOf(got.value[i]), want.value[i], bitsOf(want.value[i]))
			}
			if i := firstDifference(got.grad, want.grad); f.grad && i >= 0 {
				complain("%s: the gradient is %v (%#x), the specification has %v (%#x)", b.describe(i/b.classes, i%b.classes),
					got.grad[i], bitsOf(got.grad[i]), want.grad[i], bitsOf(want.grad[i]))
			}
			if f.sum && !same(got.sum, want.sum) {
				complain("%d×%d: the sum is %v (%#x), that of the specification %v (%#x)", b.rows, b.classes,
					got.sum, bitsOf(got.sum), want.sum, bitsOf(want.sum))
			}
		}
	}
	return faults
}

// describe is a score of a row, and the row where it is short.
func (b *rowBatch[T]) describe(row, at int) string {
	const short = 40
	i := row*b.classes + at
	text := fmt.Sprintf("%d×%d, row %d, label %d, score %d, which is %v (%#x) with %v (%#x)", b.rows, b.classes, row, b.label[row], at,
		b.pred[i], bitsOf(b.pred[i]), b.other[i], bitsOf(b.other[i]))
	if b.classes <= short {
		text += fmt.Sprintf(", of %v with %v", b.pred[row*b.classes:(row+1)*b.classes], b.other[row*b.classes:(row+1)*b.classes])
	}
	return text
}

// TestTiers_RowsAgreeAtSpecialNumbers: each special number beside some of them, and one amid a
// row of another.
func TestTiers_RowsAgreeAtSpecialNumbers(t *testing.T) {
	t.Parallel()
	testSpecialRows[float32](t)
	testSpecialRows[float64](t)
}

func testSpecialRows[T Float](t *testing.T) {
	special := specialNumbers[T]()
	some := []T{T(math.Inf(1)), T(math.Inf(-1)), T(math.NaN()), lowest[T](), 0}
	for i := 0; i < len(special); i += 9 {
		some = append(some, special[i])
	}
	for classes, numbers := range map[int][]T{2: special, 33: some} {
		n := len(numbers) * len(some)
		s := rowScratch[T]{batch: rowBatch[T]{rows: n, classes: classes, pred: make([]T, n*classes), other: make([]T, n*classes), label: make([]int, n)}}
		for i := range n {
			row := s.batch.pred[i*classes : (i+1)*classes]
			fill(row, some[i/len(numbers)])
			row[i%classes] = numbers[i%len(numbers)]
			s.batch.other[i*classes+i%classes] = 1
			s.batch.label[i] = i / 2 % classes
		}
		for _, c := range rowwiseKernels[T]() {
			s.check(t, c)
		}
	}
}

// TestTiers_RowsOfLongChunksAgree: a row that would have more chunks than a block has entries.
func TestTiers_RowsOfLongChunksAgree(t *testing.T) {
	t.Parallel()
	testLongChunks[float32](t)
	testLongChunks[float64](t)
}

func testLongChunks[T Float](t *testing.T) {
	const classes = mostRows*chunk + 4321
	if length := chunkLength[T](classes); length <= chunk || length*mostRows < classes {
		t.Fatalf("chunks of %d classes", length)
	}
	var s rowScratch[T]
	s.batch.draw(rand.New(rand.NewPCG(1, 2)), 1, classes, nil)
	s.check(t, rowwiseKernels[T]()[0])
	if sum := s.want[0].sum; sum-sum != 0 {
		t.Errorf("the loss is %v, of which nothing is seen", sum)
	}
}

// TestTiers_RowComparisonBites: a difference of one bit is seen in each form, in each of its
// results, wherever that is.
func TestTiers_RowComparisonBites(t *testing.T) {
	if len(Tiers()) == 1 {
		t.Skip("NOT RUN: this processor, or this build, has no tier but Go: there is nothing to compare")
	}
	var s rowScratch[float32]
	s.batch.draw(rand.New(rand.NewPCG(1, 1)), 3, 5, nil)
	for i := range s.batch.pred {
		s.batch.pred[i] = float32(i * i % 7)
	}
	c := rowwiseKernels[float32]()[0]
	if faults := s.differences(c); len(faults) > 0 {
		t.Fatal(faults)
	}
	flip := func(x *float32) { *x = fromBits[float32](bitsOf(*x) ^ 1) }
	for i, f := range c.forms {
		spoiled := c
		spoil := func(what string, run func(value, grad []float32, sum float64) float64) {
			spoiled.forms = slices.Clone(c.forms)
			spoiled.forms[i].run = func(tier Tier, b *rowBatch[float32], value, grad []float32) float64 {
				sum := f.run(tier, b, value, grad)
				if tier == Go {
					return sum
				}
				return run(value, grad, sum)
			}
			if len(s.differences(spoiled)) == 0 {
				t.Errorf("%s of %s: a wrong bit is not seen", what, f.name)
			}
		}
		for at := range s.batch.rows * s.batch.classes {
			if f.value && at < s.batch.rows {
				spoil("a value", func(value, grad []float32, sum float64) float64 { flip(&value[at]); return sum })
			}
			if f.grad {
				spoil("a gradient", func(value, grad []float32, sum float64) float64 { flip(&grad[at]); return sum })
			}
		}
		if f.sum {
			spoil("the sum", func(value, grad []float32, sum float64) float64 { return fromBits[float64](bitsOf(sum) ^ 1) })
		}
	}
}

// fuzzRows decodes raw bytes as scores, as labels and as what else a kernel of rows takes, and
// holds each tier to the specification.
func fuzzRows[T Float](f *testing.F) {
	const most = 1 << 12 // scores, so that there are many tries
	size := blockBytes / lanesOf[T]()
	cases := rowwiseKernels[T]()
	for i := range cases {
		f.Add(uint8(i), uint16(2+i), uint8(2*i), []byte("\x00\x00\x80\x7f\xff\x01@\xc0\x00\x00\x80\xff"))
		f.Add(uint8(i), uint16(31+i), uint8(i), make([]byte, 7*size))
	}
	f.Fuzz(func(t *testing.T, which uint8, columns uint16, rows uint8, raw []byte) {
		numbers := len(raw) / size
		if numbers == 0 {
			return
		}
		number := func(i int) (x T) {
			var b uint64
			for at := range size {
				b |= uint64(raw[i%numbers*size+at]) << (8 * at)
			}
			return fromBits[T](b)
		}
		c := cases[int(which)%len(cases)]
		classes := 1 + int(columns)%most
		n := min(int(rows), most/classes)
		s := rowScratch[T]{batch: rowBatch[T]{rows: n, classes: classes, over: Denominator(columns>>12) % 3}}
		b := &s.batch
		for i := range n * classes {
			b.pred, b.other = append(b.pred, number(i)), append(b.other, number(i+n*classes))
		}
		for i := range n {
			label := int(raw[i%len(raw)])
			if b.label = append(b.label, (label+i)%classes); label%8 == 7 && c.ignore != nil {
				b.label[i] = *c.ignore
			}
		}
		s.check(t, c)
	})
}

func FuzzRows32(f *testing.F) { fuzzRows[float32](f) }
func FuzzRows64(f *testing.F) { fuzzRows[float64](f) }
