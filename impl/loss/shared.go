package loss

import "math"

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

// logistic returns σ(x) = 1/(1+e^−x), with a relative error below 2.5 ulp: exp below
// 1 ulp, carried into the quotient at most in full, the sum and the quotient ½ each.
// The branch keeps e^|x| from overflowing. σ(±Inf) is 1 and +0.
func logistic(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

// softplus returns log(1+e^x) with a relative error below 2.5 ulp: log1p and exp
// below 1 ulp each, where an error of e^−|x| is carried into log1p(e^−|x|) at most in
// full since t/((1+t)·log1p(t)) ≤ 1, and the sum ½. softplus(+Inf) = +Inf and
// softplus(−Inf) = +0.
func softplus(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}

// logarithm returns log x for x ≥ 0, also where x is subnormal: there the assembly
// behind math.Log on amd64 returns another number (go1.26), so the argument is
// brought into the normal range first. Error below 1 ulp as documented by math, plus
// ½ ulp for the addition in the subnormal case. logarithm(0) = −Inf.
func logarithm(x float64) float64 {
	const normal, shift = 0x1p-1022, 54
	if x == 0 || x >= normal {
		return math.Log(x)
	}
	return math.Log(x*(1<<shift)) - shift*math.Ln2
}

// times returns w·x with the convention 0·x = 0 for every x, the limit of terms whose
// weight is exactly zero: 0·log 0, and classes of no weight.
func times(w, x float64) float64 {
	if w == 0 {
		return 0
	}
	return w * x
}
