//go:build unix

package kernel

import (
	"math/rand/v2"
	"testing"
)

func TestBoxes_TouchNothingOutsideOfTheirSlices(t *testing.T) {
	forEachBoxwise(t, testBoxGuards[float32], testBoxGuards[float64])
}

func testBoxGuards[T Float](t *testing.T, k Boxwise[T]) {
	const most = 67
	var arrays [5]guarded[T] // prediction, target, weight, value, gradient
	for i := range arrays {
		arrays[i] = newGuarded[T](t, boxSize*(most+16))
	}
	drawn := newBoxBatch[T](most)
	drawn.draw(rand.New(rand.NewPCG(35, 1)))
	for n := range most + 1 {
		for _, form := range boxMethods[T]() {
			for _, atEnd := range []bool{true, false} {
				b := &boxBatch[T]{arrays[0].slice(boxSize*n, atEnd, 0), arrays[1].slice(boxSize*n, atEnd, 0), arrays[2].slice(n, atEnd, 0),
					arrays[3].slice(n, atEnd, 0), arrays[4].slice(boxSize*n, atEnd, 0)}
				copy(b.pred, drawn.pred)
				copy(b.target, drawn.target)
				copy(b.weight, drawn.weight)
				if fault := faults(func() { form.run(k, b) }); fault != "" {
					t.Fatalf("%s, n=%d, at the end %v: %s", form.name, n, atEnd, fault)
				}
			}
		}
	}
}
