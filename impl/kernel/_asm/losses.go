package main

// kernels lists the pointwise kernels. Each is specified by a Go function of the same name.
var kernels = []pointwise{
	{"binaryCrossEntropyWithLogits", true, 18, both(binaryCrossEntropyWithLogits)},
	{"squaredError", true, 8, both(squaredError)},
	{"squaredErrorWithLogits", true, 18, both(squaredErrorWithLogits)},
	{"sigmoid", false, 18, both(sigmoid)},
	{"softplus", false, 18, both(softplus)},
	{"logSigmoid", false, 18, both(logSigmoid)},
	{"binaryCrossEntropy", true, 16, both(binaryCrossEntropy)},
	{"sigmoidFocalZero", true, 14, map[string]formula{"32": sigmoidFocal32(0)}},
	{"sigmoidFocalOne", true, 14, map[string]formula{"32": sigmoidFocal32(1)}},
	{"sigmoidFocalTwo", true, 14, map[string]formula{"32": sigmoidFocal32(2)}},
	{"sigmoidFocalAny", true, 10, map[string]formula{"32": sigmoidFocal32(anyGamma), "64": sigmoidFocalAny64}},
}

// both is one formula for float32 and float64.
func both(f formula) map[string]formula { return map[string]formula{"32": f, "64": f} }
