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
		fmt.Println("Unit ns/elem better=lower assume=nothing")
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
				benchmark(b, w, i, i.Float32(w))
			} else {
				benchmark(b, w, i, i.Float64(w))
			}
		}
	}
}

// benchmark times a function between two checks of what it writes.
func benchmark[T workload.Float](b *testing.B, w workload.Workload, i workload.Implementation, run func(*workload.Arrays[T])) {
	if run == nil || w.Workers > 0 && !i.Parallel {
		return
	}
	b.Run(w.Name(i.Name), func(b *testing.B) {
		a := workload.New[T](w)
		check := func(when string) {
			if err := verify(a, w, i); err != nil {
				b.Fatalf("impl=%s, %s: %v", i.Name, when, err)
			}
			a.Poison()
		}
		a.Poison()
		run(a)
		check("before it was timed")
		b.SetBytes(w.Bytes())
		b.ReportAllocs()
		for b.Loop() {
			run(a)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(w.Elements()), "ns/elem")
		check("as it was timed")
	})
}

// verify holds the outputs to the truth. What the roofline writes is no loss; its own
// tests say that it is right.
func verify[T workload.Float](a *workload.Arrays[T], w workload.Workload, i workload.Implementation) error {
	if i.Name == rooflineName {
		return nil
	}
	return a.Check(w, i.Level)
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
