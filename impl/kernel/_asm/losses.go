package main

// kernels lists the pointwise kernels. Each is specified by a Go function of the same name.
var kernels = []pointwise{
	{"binaryCrossEntropyWithLogits", true, 18, map[string]formula{"32": binaryCrossEntropyWithLogits, "64": binaryCrossEntropyWithLogits}},
}
