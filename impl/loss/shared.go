package loss

// Parameters that several losses have.
var (
	// IgnoreIndex marks rows that do not count.
	IgnoreIndex = Param{Name: "ignore_index", Kind: Integer, Domain: Finite, Optional: true,
		Meaning: "a row with this label is ignored: value 0, gradient 0, not counted; it may lie outside [0, K)"}
	// ClassWeight weighs the classes.
	ClassWeight = Param{Name: "weight", Kind: PerClass, Domain: NonNegative, Optional: true,
		Meaning: "factor of each class"}
	labelSmoothing = Param{Name: "label_smoothing", Kind: Scalar, Domain: UnitInterval, Default: []float64{0},
		Meaning: "share ε of the target that is spread evenly over the classes"}
	focusing = Param{Name: "gamma", Kind: Scalar, Domain: NonNegative, Default: []float64{2},
		Meaning: "focusing exponent γ: how fast easy examples lose weight"}
)
