//go:build unix

package kernel

import (
	"fmt"
	"runtime/debug"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/lossproof/lossproof/internal/full"
)

// A guarded array lies between two pages that cannot be read or written.
type guarded[T Float] struct{ all []T }

func newGuarded[T Float](t *testing.T, atLeast int) guarded[T] {
	page := unix.Getpagesize()
	size := int(unsafe.Sizeof(T(0)))
	inside := (atLeast*size + page - 1) / page * page
	memory, err := unix.Mmap(-1, 0, inside+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(memory) })
	for _, guard := range [][]byte{memory[:page], memory[page+inside:]} {
		if err := unix.Mprotect(guard, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return guarded[T]{unsafe.Slice((*T)(unsafe.Pointer(&memory[page])), inside/size)}
}

// slice is a slice of n elements that ends at a guard, or begins so many elements after one.
func (g guarded[T]) slice(n int, atEnd bool, offset int) []T {
	if atEnd {
		return g.all[len(g.all)-n:]
	}
	return g.all[offset:][:n:n]
}

// faults runs what may touch a guard, and says whether it did.
func faults(run func()) (fault string) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			fault = fmt.Sprint(r)
		}
	}()
	run()
	return ""
}

const guardLengths = 257

func TestKernels_TouchNothingOutsideOfTheirSlices(t *testing.T) {
	forEachKernel(t, testGuards[float32], testGuards[float64])
}

func testGuards[T Float](t *testing.T, k Pointwise[T]) {
	var arrays [4]guarded[T] // prediction, target, value, gradient
	for i := range arrays {
		arrays[i] = newGuarded[T](t, guardLengths+64)
	}
	pred, target := inputs(k, guardLengths, 3)
	forms := pointwiseForms[T]()
	step := 1
	if !full.Run() && k.tier == Go { // whose indices are checked
		step = 16
	}
	for n := 0; n <= guardLengths; n += step {
		for _, form := range forms {
			// Each array in turn at an end, and all of them; and begun at odd offsets.
			for _, atEnd := range []int{0b1111, 0b0000, 0b1110, 0b1101, 0b1011, 0b0111} {
				place := func(i int) []T { return arrays[i].slice(n, atEnd>>i&1 != 0, (n+i*5)%17) }
				if atEnd == 0 {
					place = func(i int) []T { return arrays[i].slice(n, false, 0) }
				}
				p, y, value, grad := place(0), place(1), place(2), place(3)
				copy(p, pred)
				copy(y, target)
				if !k.hasTarget {
					y = nil
				}
				if fault := faults(func() { form.run(k, value, grad, p, y) }); fault != "" {
					t.Fatalf("%s, n=%d, ends %04b: %s", form.name, n, atEnd, fault)
				}
			}
		}
	}
}

// TestGuards_Bite: a kernel that goes one block too far is caught.
func TestGuards_Bite(t *testing.T) {
	g := newGuarded[float32](t, 64)
	out := make([]float32, 32)
	for _, c := range pointwiseKernels[float32]() {
		for _, tier := range Tiers() {
			if tier == Go {
				continue
			}
			var sum [16]float64
			pred := g.slice(16, true, 0)
			f := c.kernel.vector[tier].valueGrad
			if faults(func() { f(2, &pred[0], &out[0], &out[0], &out[0], &sum, &c.kernel.params) }) == "" {
				t.Errorf("%s in %s read a block behind the end, and no guard was touched", c.name, tier)
			}
		}
	}
}
