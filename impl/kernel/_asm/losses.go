package main

// kernels lists the pointwise kernels. Each is specified by a Go function of the same name.
var kernels = []pointwise{
	{"binaryCrossEntropyWithLogits", true, 18, map[string]formula{"32": binaryCrossEntropyWithLogits32}},
	{"binaryCrossEntropy", true, 16, map[string]formula{"32": binaryCrossEntropy}},
	{"sigmoidFocalZero", true, 14, map[string]formula{"32": sigmoidFocal32(0)}},
	{"sigmoidFocalOne", true, 14, map[string]formula{"32": sigmoidFocal32(1)}},
	{"sigmoidFocalTwo", true, 14, map[string]formula{"32": sigmoidFocal32(2)}},
	{"sigmoidFocalAny", true, 10, map[string]formula{"32": sigmoidFocal32(anyGamma)}},
}
