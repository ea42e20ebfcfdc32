package main

// kernels lists the pointwise kernels. Each is specified by a Go function of the same name.
var kernels = []pointwise{
	{"binaryCrossEntropyWithLogits", true, 10, map[string]formula{"32": binaryCrossEntropyWithLogits32(false)}},
	{"binaryCrossEntropyWithLogitsWeighted", true, 8, map[string]formula{"32": binaryCrossEntropyWithLogits32(true)}},
}
