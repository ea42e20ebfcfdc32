package kernel_test

import (
	"fmt"

	"github.com/lossproof/lossproof/impl/kernel"
)

func Example() {
	bce := kernel.BinaryCrossEntropyWithLogits[float32](1)
	logits, targets := []float32{-2, 0, 3}, []float32{0, 1, 1}
	grad := make([]float32, len(logits))
	mean := bce.MeanGrad(grad, logits, targets)
	fmt.Println(float32(mean), grad)
	// Output:
	// 0.28955418 [0.039734308 -0.16666667 -0.015808625]
}

func ExampleNewPool() {
	pool := kernel.NewPool(2)
	defer pool.Close()
	bce := kernel.BinaryCrossEntropyWithLogits[float32](1)
	logits, targets := make([]float32, 1<<20), make([]float32, 1<<20)
	fmt.Println(bce.On(pool).Mean(logits, targets), bce.Mean(logits, targets)) // the same bits
	// Output:
	// 0.6931471824645996 0.6931471824645996
}
