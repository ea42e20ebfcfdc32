package bench

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/lossproof/lossproof/bench/internal/roofline"
	"github.com/lossproof/lossproof/bench/internal/workload"
	"github.com/lossproof/lossproof/internal/ieee"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() != "" {
		fmt.Println(Unit)
		if len(roofline.Tiers()) == 0 {
			fmt.Fprintf(os.Stderr, "bench: NO ROOFLINE: there are no vector loops for %s in this build\n", runtime.GOARCH)
		}
	}
	os.Exit(m.Run())
}

func BenchmarkLoss(b *testing.B) {
	list := append(workloads(pointwiseSizes, rowwiseSizes), shared(sharedSizes, runtime.GOMAXPROCS(0))...)
	for _, w := range list {
		for _, i := range implementations() {
			if w.Format == ieee.Float32 {
				benchmark(b, w, i, functionOf[float32](i)(w))
			} else {
				benchmark(b, w, i, functionOf[float64](i)(w))
			}
		}
	}
}

// Every implementation computes what it is timed for, also at lengths that no vector
// divides.
func TestImplementations_AreRight(t *testing.T) {
	checked := map[string]int{}
	for _, w := range append(workloads(smallPointwise, smallRowwise), shared(smallShared, 4)...) {
		for _, i := range implementations() {
			if w.Format == ieee.Float32 {
				right(t, w, i, i.Float32(w), checked)
			} else {
				right(t, w, i, i.Float64(w), checked)
			}
		}
	}
	for _, i := range implementations() {
		t.Logf("%s: %d workloads", i.Name, checked[i.Name])
		if checked[i.Name] == 0 {
			t.Errorf("%s does no workload at all", i.Name)
		}
	}
}

func right[T workload.Float](t *testing.T, w workload.Workload, i workload.Implementation, run func(*workload.Arrays[T]), checked map[string]int) {
	if run == nil || w.Workers > 0 && !i.Parallel {
		return
	}
	a := workload.New[T](w)
	a.Poison()
	run(a)
	if err := verify(a, w, i); err != nil {
		t.Errorf("impl=%s: %v", i.Name, err)
	}
	checked[i.Name]++
}
