package kernel

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/lossproof/lossproof/internal/full"
)

// poolLengths are where blocks begin and end, and where workers are woken.
var poolLengths = []int{0, 1, 257, stride, alone*stride + 1, 9*stride + 77}

func TestPool_SameBitsForAnyNumberOfWorkers(t *testing.T) {
	pools, turn := somePools(t), 0
	forEachKernel(t,
		func(t *testing.T, k Pointwise[float32]) { testPool(t, k, pools, &turn) },
		func(t *testing.T, k Pointwise[float64]) { testPool(t, k, pools, &turn) })
}

// somePools take turns: not every call is made in every one.
func somePools(t *testing.T) []*Pool {
	var pools []*Pool
	for _, workers := range []int{2, 3, 8, 1} {
		pool := NewPool(workers)
		t.Cleanup(pool.Close)
		pools = append(pools, pool)
	}
	return pools
}

func testPool[T Float](t *testing.T, k Pointwise[T], pools []*Pool, turn *int) {
	lengths := poolLengths
	if testing.Short() && (k.tier != Go || k.name != "binary_cross_entropy_with_logits" || k.params[0] != 0) {
		t.Skip("-short: one kernel in plain Go has all that is shared") // the race detector does not look into assembly
	}
	if k.tier == Go || !full.Run() && k.name != "binary_cross_entropy_with_logits" { // all share what a pool sees
		lengths = lengths[:len(lengths)-1]
	}
	longest := lengths[len(lengths)-1]
	allPred, allTarget := inputs(k, longest, 4)
	moderateAll(allPred) // so that the sum is a number
	moderateAll(allTarget)
	for _, n := range lengths {
		pred, target := allPred[:n], part(allTarget, 0, n)
		for _, form := range pointwiseForms[T]() {
			value, grad := make([]T, n), make([]T, n)
			sum := form.run(k, value, grad, pred, target)
			pool := pools[*turn%len(pools)] // 5 forms: each comes to each pool
			*turn++
			gotValue, gotGrad := make([]T, n), make([]T, n)
			got := form.run(k.On(pool), gotValue, gotGrad, pred, target)
			if !same(got, sum) {
				t.Errorf("%s, n=%d, %d workers: sum %v, alone %v", form.name, n, pool.Workers(), got, sum)
			}
			if i := firstDifference(gotValue, value); i >= 0 {
				t.Errorf("%s, n=%d, %d workers: value[%d] is %v, alone %v", form.name, n, pool.Workers(), i, gotValue[i], value[i])
			}
			if i := firstDifference(gotGrad, grad); i >= 0 {
				t.Errorf("%s, n=%d, %d workers: grad[%d] is %v, alone %v", form.name, n, pool.Workers(), i, gotGrad[i], grad[i])
			}
		}
		if mean := k.Mean(pred, target); !same(k.On(pools[0]).Mean(pred, target), mean) {
			t.Errorf("n=%d: the mean differs", n)
		}
		grad, shared := make([]T, n), make([]T, n)
		if mean := k.MeanGrad(grad, pred, target); !same(k.On(pools[0]).MeanGrad(shared, pred, target), mean) || firstDifference(grad, shared) >= 0 {
			t.Errorf("n=%d: the mean or its gradient differs", n)
		}
	}
}

// A counted task notes who did what, and sums numbers whose order matters.
type counted struct {
	mutex sync.Mutex
	times map[int]int
}

func (c *counted) do(block int, sum *accumulator) {
	c.mutex.Lock()
	c.times[block]++
	c.mutex.Unlock()
	sum.add(math.Exp2(float64(block%97)) / 3)
}

func TestPool_DoesEveryBlockOnceAndSumsInOrder(t *testing.T) {
	for _, blocks := range []int{0, 1, alone, alone + 1, 100, wave, wave + 1, 3*wave + 5} {
		var want accumulator
		for b := range blocks {
			var sum accumulator
			(&counted{times: map[int]int{}}).do(b, &sum)
			want.merge(sum)
		}
		for _, workers := range []int{1, 2, 7} {
			pool := NewPool(workers)
			c := &counted{times: map[int]int{}}
			var total accumulator
			pool.begin()
			pool.each(blocks, alone, c, &total)
			pool.end()
			pool.Close()
			if total != want {
				t.Errorf("%d blocks, %d workers: %v, want %v", blocks, workers, total, want)
			}
			if len(c.times) != blocks {
				t.Errorf("%d blocks, %d workers: %d were done", blocks, workers, len(c.times))
			}
			for b, n := range c.times {
				if n != 1 {
					t.Errorf("%d blocks, %d workers: block %d was done %d times", blocks, workers, b, n)
				}
			}
		}
	}
}

// A meeting ends only when so many workers are in it.
type meeting struct{ sync.WaitGroup }

func (m *meeting) do(block int, sum *accumulator) {
	if block < 2 {
		m.Done()
		m.Wait()
	}
}

func TestPool_WorkersWorkAtTheSameTime(t *testing.T) {
	pool := NewPool(2)
	defer pool.Close()
	var m meeting
	m.Add(2)
	var total accumulator
	pool.begin()
	pool.each(alone+1, alone, &m, &total) // hangs unless a second worker comes
	pool.end()
}

func TestPool_ManyCallersAndClose(t *testing.T) {
	pool := NewPool(3)
	k := BinaryCrossEntropyWithLogits[float32](1)
	pred, target := make([]float32, 6*stride+5), make([]float32, 6*stride+5)
	for i := range pred {
		pred[i], target[i] = float32(i%300)/10-15, float32(i%2)
	}
	want := k.Sum(pred, target)
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for range 20 {
				if got := k.On(pool).Sum(pred, target); got != want {
					t.Errorf("sum %v, want %v", got, want)
				}
			}
		})
	}
	callers.Wait()
	pool.Close()
	pool.Close() // does nothing
	defer func() {
		if message := fmt.Sprint(recover()); message != "kernel: the pool is closed" {
			t.Errorf("a closed pool: %s", message)
		}
	}()
	k.On(pool).Sum(pred, target)
}

func TestPool_MistakesPanicClearly(t *testing.T) {
	k, x := Sigmoid[float32](), make([]float32, 8)
	for want, mistake := range map[string]func(){
		"kernel: a pool of 0 workers: want 1 to 16384":                   func() { NewPool(0) },
		"kernel: a pool of 9223372036854775807 workers: want 1 to 16384": func() { NewPool(math.MaxInt) },
		"kernel: a Pool that NewPool has not made":                       func() { k.On(new(Pool)).Sum(x, nil) },
		"kernel: a Pool that NewPool has not made ":                      func() { k.On(nil).Sum(x, nil) },
		"kernel: a Pool that NewPool has not made  ":                     func() { new(Pool).Close() },
	} {
		if message := panics(mistake); message != strings.TrimSpace(want) && math.MaxInt > math.MaxInt32 {
			t.Errorf("%s: want %s", message, want)
		}
	}
}

// A tier that there is not ends a program with one line.
func TestBest_AWordThatIsNoTier(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run", "^$")
	cmd.Env = append(os.Environ(), TierVariable+"=garbage\n\x1b[0m")
	out, _ := cmd.CombinedOutput()
	if want := fmt.Sprintf("kernel: LOSSPROOF_KERNEL=%q: this processor has %v\n", "garbage\n\x1b[0m", Tiers()); string(out) != want || cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("%s: exit code %d", out, cmd.ProcessState.ExitCode())
	}
}

func BenchmarkPool(b *testing.B) {
	const n = 1 << 22
	k := BinaryCrossEntropyWithLogits[float32](1)
	pred, target, grad := make([]float32, n), make([]float32, n), make([]float32, n)
	for i := range pred {
		pred[i], target[i] = float32(i%300)/10-15, float32(i%2)
	}
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("n=%d/workers=%d", n, workers), func(b *testing.B) {
			pool := NewPool(workers)
			defer pool.Close()
			k := k.On(pool)
			b.ReportAllocs()
			for b.Loop() {
				k.SumGrad(grad, pred, target, 1)
			}
		})
	}
}
