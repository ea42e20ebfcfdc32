// Package kernel computes losses over whole slices, as fast as a processor can, and in every
// encoding with the same bits.
//
// A kernel has one algorithm, written twice: in Go, which is its specification and runs
// everywhere, and in a generator (_asm), which encodes it for AVX2 and for AVX-512. Each
// addition, multiplication and division is rounded by itself, and nothing is fused but what
// the specification fuses with math.FMA, in float64; no instruction estimates, and sums are
// taken lane by lane in an order that depends on the length alone. So value, gradient and sum have the same bits on every machine, in every
// tier, for any number of workers. Only the payload of a NaN is nobody's promise.
//
//	bce := kernel.BinaryCrossEntropyWithLogits[float32](1)
//	mean := bce.MeanGrad(grad, logits, targets)
//
// Losses of rows of scores, such as CrossEntropy, are kernels of another kind: Rowwise, and
// RowLink for softmax and its logarithm. How a row is summed depends on its number of classes
// alone, and so do the bits of its value and gradient.
//
//	ce := kernel.CrossEntropy[float32](1000, kernel.RowOptions{})
//	mean, err := ce.MeanGrad(grad, kernel.Counted, logits, labels)
//
// Losses of pairs of boxes, such as GIoU, are a third kind: Boxwise.
//
//	sum := kernel.GIoU[float32]().SumGrad(grad, pred, target, nil, 1)
//
// # What it refuses to do
//
// It does not check that targets are probabilities: reading the data once more would cost as
// much as some of the losses. Outside of its domain a kernel gives what its formula gives.
// It does not allocate, it keeps no state, and it starts no goroutine but those of a Pool.
//
// # Limits
//
// A pointwise kernel is of level 3 for a gradient from upstream, and for that times a weight such as
// pos_weight, of at most 2^40 in size in float32 and 2^448 in float64. Beyond, a gradient is as exact
// as e^−|z| is in the subnormal range, and right elsewhere. A sum of float32 keeps values that are too
// small for float32; in float64 each has been rounded to a multiple of 2^-1074. A mean is in range
// where its values are.
//
// A kernel of boxes is of level 3 where no length that is not 0, between two edges along an axis, is below 2^-126 of the
// side of the smallest box around both, 2^-1022 in float64, and these boxes are not 2^60 times as long as they are wide. Beyond,
// what is next to 0 is as exact as subnormal numbers.
//
// # Errors
//
// Lengths that do not fit and parameters outside of their domain are mistakes of the
// program, and panic. A class index that is no class is data: it gives an error before
// anything is written.
package kernel

//go:generate _asm/generate.sh
