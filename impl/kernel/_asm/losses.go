package main

// kernels lists the pointwise kernels. Each is specified by a Go function of the same name.
var kernels = []pointwise{
	{name: "binaryCrossEntropyWithLogits", hasTarget: true, hold: 4, paces: []int{3, 1, 2}, raises: gradients, formulas: both(binaryCrossEntropyWithLogits)},
	{name: "binaryCrossEntropyWithLogitsWeighted", hasTarget: true, hold: 3, paces: []int{3, 1, 2}, raises: forms, formulas: both(binaryCrossEntropyWithLogitsWeighted)},
	{name: "squaredError", hasTarget: true, hold: 10, paired: true, watched: true, formulas: both(squaredError)},
	{name: "absoluteError", hasTarget: true, hold: 10, paired: true, formulas: both(absoluteError)},
	{name: "huber", hasTarget: true, hold: 10, paired: true, formulas: both(huber)},
	{name: "smoothL1", hasTarget: true, hold: 6, paired: true, formulas: both(smoothL1)},
	{name: "squaredErrorWithLogits", hasTarget: true, hold: 10, alone: []tier{avx2, avx512}, formulas: both(squaredErrorWithLogits)},
	{name: "sigmoid", hold: 8, paces: []int{1, 1}, raises: gradients, formulas: both(sigmoid)},
	{name: "softplus", hold: 4, paces: []int{3, 1, 2}, raises: gradients, formulas: both(softplus)},
	{name: "logSigmoid", hold: 4, paces: []int{3, 1, 2}, raises: gradients, formulas: both(logSigmoid)},
	{name: "binaryCrossEntropy", hasTarget: true, hold: 10, alone: []tier{avx2}, formulas: both(binaryCrossEntropy)},
	{name: "sigmoidFocalZero", hasTarget: true, hold: 4, abreast: 1, paces: []int{1, 2}, alone: []tier{avx2}, formulas: map[string]formula{"32": sigmoidFocal32(0)}},
	{name: "sigmoidFocalOne", hasTarget: true, hold: 9, abreast: 1, paces: []int{5, 1, 5}, alone: []tier{avx2}, formulas: map[string]formula{"32": sigmoidFocal32(1)}},
	{name: "sigmoidFocalTwo", hasTarget: true, hold: 9, abreast: 1, paces: []int{5, 1, 5}, alone: []tier{avx2}, formulas: map[string]formula{"32": sigmoidFocal32(2)}},
	{name: "sigmoidFocalAny", hasTarget: true, hold: 8, alone: []tier{avx2, avx512}, formulas: map[string]formula{"32": sigmoidFocal32(anyGamma), "64": sigmoidFocalAny64}},
	{name: "qualityFocalTwo", hasTarget: true, narrow: true, paces: []int{1, 1, 1}, alone: []tier{avx2}, formulas: map[string]formula{"32": modulated32(quality, true)}},
	{name: "qualityFocalAny", hasTarget: true, narrow: true, room: 20, alone: []tier{avx2}, formulas: map[string]formula{"32": modulated32(quality, false), "64": modulated64(quality)}},
	{name: "varifocalTwo", hasTarget: true, narrow: true, paces: []int{1, 1, 1}, alone: []tier{avx2}, formulas: map[string]formula{"32": modulated32(varying, true)}},
	{name: "varifocalAny", hasTarget: true, narrow: true, room: 20, alone: []tier{avx2}, formulas: map[string]formula{"32": modulated32(varying, false), "64": modulated64(varying)}},
	{name: "gaussianFocalWithLogitsTwo", hasTarget: true, narrow: true, paces: []int{1, 1, 1}, alone: []tier{avx2}, formulas: map[string]formula{"32": modulated32(heatmap, true)}},
	{name: "gaussianFocalWithLogitsAny", hasTarget: true, narrow: true, room: 20, alone: []tier{avx2}, formulas: map[string]formula{"32": modulated32(heatmap, false), "64": modulated64(heatmap)}},
}

// both is one formula for float32 and float64.
func both(f formula) map[string]formula { return map[string]formula{"32": f, "64": f} }
