package oracle

// A Number is the truth about one output number in one format.
//
// With V the real number that the definition gives, Rounded is V correctly rounded to
// the format (to nearest, ties to even; NaN where there is no V), Residual is
// (V − Rounded)/ulp(V), where ulp(V) is the unit in the last place of the binade that
// holds |V|, and Kappa is the condition number
//
//	κ = Σ |x_i · ∂V/∂x_i| / max(|V|, smallest normal number of the format)
//
// over all predictions and soft targets of the batch. Residual and Kappa are 0 where
// Rounded is NaN or infinite.
type Number struct {
	Rounded  float64
	Residual float64
	Kappa    float64

	// AnySign is set where Rounded is a zero whose sign is not known: V is below
	// 2^-1280 in size, and may be 0. The reals that meet it are sums that cancel exactly,
	// such as the slope of a softmax along equal upstream, and sums of exponentials far
	// beyond every format.
	AnySign bool
}

// A Truth is the truth about a call, in the layout of loss.Result.
type Truth struct {
	Value      []Number
	Grad       []Number
	TargetGrad []Number // nil without target numbers
}
