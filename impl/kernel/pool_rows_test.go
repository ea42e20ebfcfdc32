package kernel

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/lossproof/lossproof/internal/full"
)

// poolRows are numbers of rows around those at which pieces begin, and last one for which
// workers are woken.
func poolRows[T Float](classes int) []int {
	slow, c := cutRows[T](0, classes, true), cutRows[T](0, classes, false)
	return slices.Compact([]int{0, 1, slow.piece + 1, c.piece + 1, (c.alone+2)*c.piece + c.piece/2 + 1})
}

func manyRows[T Float](classes int) int {
	rows := poolRows[T](classes)
	return rows[len(rows)-1]
}

func TestPool_RowsHaveTheSameBitsForAnyNumberOfWorkers(t *testing.T) {
	pools := somePools(t)
	t.Run("float32", func(t *testing.T) { testPoolOfRows[float32](t, pools) })
	t.Run("float64", func(t *testing.T) { testPoolOfRows[float64](t, pools) })
}

func testPoolOfRows[T Float](t *testing.T, pools []*Pool) {
	const many = 1 << 13 // scores, which take time in double words: for some of the forms
	classes, tiers, every, some := []int{1, 10, 80, 1000, 20000}, Tiers(), 1, 3
	if !full.Run() { // rows of 20,000 classes take as long as all others
		classes, some = classes[:4], 9
	}
	if testing.Short() { // plain Go has all that is shared: the race detector does not look into assembly
		classes, tiers, every = []int{10}, []Tier{Go}, 9 // labels, distributions, a link
	}
	summed, numbers := 0, 0
	for at, c := range rowwiseKernels[T]() {
		if at%every != 0 {
			continue
		}
		for _, k := range classes {
			for turn, rows := range poolRows[T](k) {
				var b rowBatch[T]
				b.draw(rand.New(rand.NewPCG(uint64(at), uint64(rows*k))), rows, k, c.ignore)
				moderateAll(b.pred) // so that the sum is a number
				moderateAll(b.other)
				b.over = Denominator(at % 3)
				for i, form := range c.forms {
					if rows*k > many && (at/every+i)%some != 0 {
						continue
					}
					tier := tiers[(at+i+k)%len(tiers)]
					b.pool = pools[(at/3+i+turn)%len(pools)]
					sum := compareInPool(t, c, form, tier, b)
					if form.sum && rows > 1 {
						summed++
						if sum-sum == 0 {
							numbers++
						}
					}
				}
			}
		}
	}
	if numbers < summed/2 || numbers == 0 {
		t.Errorf("%d of %d sums are numbers, of which something is seen", numbers, summed)
	}
}

// compareInPool holds a form in the batch's pool to the same alone, with results in arrays of
// their own and over the inputs.
func compareInPool[T Float](t *testing.T, c rowCase[T], form rowForm[T], tier Tier, b rowBatch[T]) float64 {
	const unwritten = -0x1.2345p-67
	var want, got rowResults[T]
	want.resize(c.values(&b), len(b.pred))
	got.resize(c.values(&b), len(b.pred))
	alone := b
	alone.pool = nil
	want.sum = form.run(tier, &alone, want.value, want.grad)
	for _, over := range []bool{false, true} {
		how := fmt.Sprintf("%s, %s in %s, %d×%d, %d workers", c.name, form.name, tier, b.rows, b.classes, b.pool.Workers())
		fill(got.value, unwritten)
		fill(got.grad, unwritten)
		value, grad, shared := got.value, got.grad, b
		if over { // over the inputs, and every worker writes where it has read
			how += ", over its inputs"
			shared.pred = slices.Clone(b.pred)
			if c.link {
				value = shared.pred
			}
			grad = shared.pred
		}
		sum := form.run(tier, &shared, value, grad)
		if !same(sum, want.sum) {
			t.Errorf("%s: sum %v, alone %v", how, sum, want.sum)
		}
		if at := firstDifference(value, want.value); form.value && at >= 0 {
			t.Errorf("%s: value[%d] is %v, alone %v", how, at, value[at], want.value[at])
		}
		if at := firstDifference(grad, want.grad); form.grad && at >= 0 {
			t.Errorf("%s: grad[%d] is %v, alone %v", how, at, grad[at], want.grad[at])
		}
	}
	return want.sum
}

// TestPool_PiecesOfRowsDoNotOverlap: each piece writes its rows, and all of them together
// every row once.
func TestPool_PiecesOfRowsDoNotOverlap(t *testing.T) {
	for _, tier := range Tiers() {
		t.Run(tier.String(), func(t *testing.T) {
			testPieces[float32](t, tier)
			testPieces[float64](t, tier)
		})
	}
}

func testPieces[T Float](t *testing.T, tier Tier) {
	for _, classes := range []int{1, 7, 10, 80, 300, chunk + 5} {
		rows := manyRows[T](classes)
		n := rows * classes
		pred, other := make([]T, n), make([]T, n)
		label := make([]int, rows)
		for i := range pred {
			pred[i], other[i] = T(i%13)/4, T(i%3)/4
		}
		ce, link := CrossEntropy[T](classes, RowOptions{}).In(tier), Softmax[T](classes).In(tier)
		value, grad := make([]T, rows), make([]T, n)
		labels := &rowJob[T]{kernel: ce, value: value, grad: grad, pred: pred, label: label, scale: 1}
		soft := &rowJob[T]{kernel: ce, value: value, grad: grad, pred: pred, target: other, scale: 1}
		values := &linkJob[T]{kernel: link, out: grad, pred: pred}
		grads := &linkJob[T]{kernel: link, out: grad, pred: pred, upstream: other}
		for name, j := range map[string]struct {
			task
			cut cut
		}{"labels": {labels, labels.cut()}, "distributions": {soft, soft.cut()}, "a link": {values, values.cut()}, "its gradient": {grads, grads.cut()}} {
			if block := rowsPerBlock[T](classes); j.cut.piece%block != 0 || j.cut.pieces() < 2 {
				t.Fatalf("%s: %d pieces of %d rows, blocks of %d", name, j.cut.pieces(), j.cut.piece, block)
			}
			next := 0
			for piece := range j.cut.pieces() {
				first, end := j.cut.bounds(piece)
				if first != next || end <= first {
					t.Fatalf("%s: piece %d has rows [%d, %d), that before ends at %d", name, piece, first, end, next)
				}
				next = end
				const unwritten = -0x1.2345p-67
				fill(value, unwritten)
				fill(grad, unwritten)
				var sum accumulator
				j.do(piece, &sum)
				hasValues := name == "labels" || name == "distributions"
				for i, v := range value {
					if inside := i >= first && i < end && hasValues; inside == (v == unwritten) {
						t.Fatalf("%s, %d×%d: piece %d, of rows [%d, %d), and value %d, which is %v", name, rows, classes, piece, first, end, i, v)
					}
				}
				for i, g := range grad {
					if inside := i >= first*classes && i < end*classes; inside == (g == unwritten) {
						t.Fatalf("%s, %d×%d: piece %d, of rows [%d, %d), and score %d, where %v stands", name, rows, classes, piece, first, end, i, g)
					}
				}
			}
			if next != rows {
				t.Errorf("%s: pieces of %d rows, there are %d", name, next, rows)
			}
		}
	}
}

// TestPool_RowsHaveTheErrorsOfRowwise: a label that is no class, wherever it stands, is an
// error before anything is written, and lengths that do not fit panic.
func TestPool_RowsHaveTheErrorsOfRowwise(t *testing.T) {
	testPoolErrors[float32](t)
	testPoolErrors[float64](t)
}

func testPoolErrors[T Float](t *testing.T) {
	const untouched, classes = -0x1.2345p-67, 10
	pool := NewPool(2)
	defer pool.Close()
	rows := manyRows[T](classes)
	n := rows * classes
	for _, c := range rowwiseKernels[T]() {
		for _, form := range c.forms {
			soft := strings.HasSuffix(form.name, "Soft")
			upstream := c.link && form.grad
			for name, is := range map[string]bool{"label": !soft && !c.link, "pred": true, "other": soft || upstream, "value": form.value, "grad": form.grad} {
				if !is {
					continue
				}
				var messages []string
				for _, pool := range []*Pool{nil, pool} {
					b := rowBatch[T]{rows: rows, classes: classes, pred: make([]T, n), label: make([]int, rows), other: make([]T, n), pool: pool}
					value, grad := make([]T, c.values(&b)), make([]T, n)
					switch name {
					case "label":
						b.label[rows-1] = classes
					case "pred":
						b.pred = append(b.pred, 0)
					case "other":
						b.other = append(b.other, 0)
					case "value":
						value = append(value, 0)
					case "grad":
						grad = append(grad, 0)
					}
					fill(value, untouched)
					fill(grad, untouched)
					messages = append(messages, panics(func() { form.run(Go, &b, value, grad) }))
					written := func(x T) bool { return x != untouched }
					if slices.ContainsFunc(value, written) || slices.ContainsFunc(grad, written) {
						t.Errorf("%s, %s, wrong %s: wrote before it failed", c.name, form.name, name)
					}
				}
				if messages[0] == "" || messages[1] != messages[0] {
					t.Errorf("%s, %s, wrong %s: fails with %q, alone with %q", c.name, form.name, name, messages[1], messages[0])
				}
			}
		}
	}
	k := CrossEntropy[T](3, RowOptions{}).On(pool)
	_, err := k.Sum(make([]T, 6), []int{2, 3})
	var e *LabelError
	if !errors.As(err, &e) || *e != (LabelError{"cross_entropy", 1, 3, 3}) {
		t.Errorf("label 3 of 3 classes: %v", err)
	}
}

// TestPool_RowsDoNotAllocate: no form does, in a pool or alone, whose arrays may lie on the
// stack.
func TestPool_RowsDoNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("NOT RUN: the race detector allocates")
	}
	for _, tier := range Tiers() {
		t.Run(tier.String(), func(t *testing.T) {
			testRowAllocations[float32](t, tier)
			testRowAllocations[float64](t, tier)
		})
	}
}

func testRowAllocations[T Float](t *testing.T, tier Tier) {
	const classes = 41 // float32 reads them once
	k, smoothed := CrossEntropy[T](classes, RowOptions{}).In(tier), CrossEntropy[T](classes, RowOptions{LabelSmoothing: 0.5}).In(tier)
	focal, link := SoftmaxFocal[T](classes, 2, RowOptions{}).In(tier), LogSoftmax[T](classes).In(tier)
	onStack := func() {
		const rows = 5
		var value [rows]T
		var label [rows]int
		var grad, pred, target [rows * classes]T
		k.Value(value[:], pred[:], label[:])
		k.Sum(pred[:], label[:])
		k.Grad(grad[:], pred[:], label[:], 1)
		k.ValueGrad(value[:], grad[:], pred[:], label[:], 1)
		k.SumGrad(grad[:], pred[:], label[:], 1)
		k.Mean(Counted, pred[:], label[:])
		k.MeanGrad(grad[:], Counted, pred[:], label[:])
		k.ValueSoft(value[:], pred[:], target[:])
		k.SumSoft(pred[:], target[:])
		k.GradSoft(grad[:], pred[:], target[:], 1)
		k.ValueGradSoft(value[:], grad[:], pred[:], target[:], 1)
		k.SumGradSoft(grad[:], pred[:], target[:], 1)
		k.MeanSoft(Counted, pred[:], target[:])
		k.MeanGradSoft(grad[:], Counted, pred[:], target[:])
		link.Value(grad[:], pred[:])
		link.Grad(grad[:], pred[:], target[:])
		k.Grad(pred[:], pred[:], label[:], 1) // over its scores
		link.Value(pred[:], pred[:])
	}
	if n := testing.AllocsPerRun(20, onStack); n != 0 {
		t.Errorf("%T: %v allocations in a call of each form, arrays on the stack", T(0), n)
	}
	pool := NewPool(2)
	defer pool.Close()
	rows := manyRows[T](classes)
	value, label := make([]T, rows), make([]int, rows)
	grad, pred, target := make([]T, rows*classes), make([]T, rows*classes), make([]T, rows*classes)
	for name, call := range map[string]func(){
		"Value":         func() { k.On(pool).Value(value, pred, label) },
		"Sum":           func() { k.On(pool).Sum(pred, label) },
		"Grad":          func() { k.On(pool).Grad(grad, pred, label, 1) },
		"ValueGrad":     func() { focal.On(pool).ValueGrad(value, grad, pred, label, 1) },
		"SumGrad":       func() { smoothed.On(pool).SumGrad(grad, pred, label, 1) },
		"Mean":          func() { k.On(pool).Mean(Weight, pred, label) },
		"MeanGrad":      func() { k.On(pool).MeanGrad(grad, Counted, pred, label) },
		"ValueSoft":     func() { k.On(pool).ValueSoft(value, pred, target) },
		"SumSoft":       func() { k.On(pool).SumSoft(pred, target) },
		"GradSoft":      func() { k.On(pool).GradSoft(grad, pred, target, 1) },
		"ValueGradSoft": func() { k.On(pool).ValueGradSoft(value, grad, pred, target, 1) },
		"SumGradSoft":   func() { k.On(pool).SumGradSoft(grad, pred, target, 1) },
		"MeanSoft":      func() { k.On(pool).MeanSoft(Weight, pred, target) },
		"MeanGradSoft":  func() { k.On(pool).MeanGradSoft(grad, Counted, pred, target) },
		"a link":        func() { link.On(pool).Value(grad, pred) },
		"its gradient":  func() { link.On(pool).Grad(grad, pred, target) },
	} {
		if n := leastAllocations(call); n != 0 {
			t.Errorf("%T, %s: %v allocations in a pool", T(0), name, n)
		}
	}
}

// TestPool_CallersOfEveryKind: kernels of every kind and dtype take turns in a pool.
func TestPool_CallersOfEveryKind(t *testing.T) {
	pool := NewPool(3)
	defer pool.Close()
	var callers sync.WaitGroup
	const rounds = 4
	for range 2 {
		callInTurns[float32](t, pool, &callers, rounds)
		callInTurns[float64](t, pool, &callers, rounds)
	}
	callers.Wait()
}

func callInTurns[T Float](t *testing.T, pool *Pool, callers *sync.WaitGroup, rounds int) {
	const classes = 10
	rows := manyRows[T](classes)
	n := rows * classes
	pred, other, label := make([]T, n), make([]T, n), make([]int, rows)
	for i := range pred {
		pred[i], other[i] = T(i%17)/4, T(i%3)/4
	}
	for i := range label {
		label[i] = i % classes
	}
	elements, ce, link := BinaryCrossEntropyWithLogits[T](1), CrossEntropy[T](classes, RowOptions{}), Softmax[T](classes)
	for name, calls := range map[string][2]func(grad []T) float64{ // alone, and in the pool
		"elements": {
			func(grad []T) float64 { return elements.SumGrad(grad, pred, other, 1) },
			func(grad []T) float64 { return elements.On(pool).SumGrad(grad, pred, other, 1) },
		},
		"labels": {
			func(grad []T) float64 { sum, _ := ce.SumGrad(grad, pred, label, 1); return sum },
			func(grad []T) float64 { sum, _ := ce.On(pool).SumGrad(grad, pred, label, 1); return sum },
		},
		"distributions": {
			func(grad []T) float64 { return ce.SumGradSoft(grad, pred, other, 1) },
			func(grad []T) float64 { return ce.On(pool).SumGradSoft(grad, pred, other, 1) },
		},
		"a link": {
			func(grad []T) float64 { link.Value(grad, pred); return 0 },
			func(grad []T) float64 { link.On(pool).Value(grad, pred); return 0 },
		},
	} {
		callers.Go(func() {
			want, got := make([]T, n), make([]T, n)
			sum := calls[0](want)
			for range rounds {
				clear(got)
				if again := calls[1](got); again != sum || firstDifference(got, want) >= 0 {
					t.Errorf("%T, %s: sum %v, alone %v, or another gradient", T(0), name, again, sum)
				}
			}
		})
	}
}
