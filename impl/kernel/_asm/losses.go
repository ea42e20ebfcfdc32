package main

// kernels lists the pointwise kernels. Each is specified by a Go function of the same name.
var kernels = []pointwise{
	{name: "binaryCrossEntropyWithLogits", hasTarget: true, hold: 10, formulas: both(binaryCrossEntropyWithLogits(false))},
	{name: "binaryCrossEntropyWithLogitsWeighted", hasTarget: true, hold: 8, formulas: both(binaryCrossEntropyWithLogits(true))},
	{name: "squaredError", hasTarget: true, hold: 10, paired: true, formulas: both(squaredError)},
	{name: "squaredErrorWithLogits", hasTarget: true, hold: 10, alone: true, formulas: both(squaredErrorWithLogits)},
	{name: "sigmoid", hold: 10, formulas: both(sigmoid)},
	{name: "softplus", hold: 10, formulas: both(softplus)},
	{name: "logSigmoid", hold: 10, formulas: both(logSigmoid)},
}

// both is one formula for float32 and float64.
func both(f formula) map[string]formula { return map[string]formula{"32": f, "64": f} }
