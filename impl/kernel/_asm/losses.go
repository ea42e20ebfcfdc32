package main

// kernels lists the pointwise kernels. Each is specified by a Go function of the same name.
var kernels = []pointwise{
	both("binaryCrossEntropyWithLogits", true, 10, binaryCrossEntropyWithLogits(false)),
	both("binaryCrossEntropyWithLogitsWeighted", true, 8, binaryCrossEntropyWithLogits(true)),
}

// both is a kernel with one formula for both dtypes.
func both(name string, hasTarget bool, hold int, f formula) pointwise {
	return pointwise{name, hasTarget, hold, map[string]formula{"32": f, "64": f}}
}
