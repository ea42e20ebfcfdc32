package loss

import "math"

// What the quality losses on a logit share: a power of a probability times a binary cross-entropy, and whether that
// power is differentiated.

// modulator is the convention that says so.
var modulator = Convention{"modulator", []string{"differentiated", "constant"},
	"the power that weighs the logarithm is differentiated with it, or held constant in the gradient"}

// held reports whether the power is a constant of the gradient.
func (a Args) held() bool { return a.Convention(modulator.Name) == "constant" }

// negativeFocal returns σ(z)^γ·sp(z) with its derivatives by z, the focal loss of a negative; with held those in
// which the power is a constant.
func negativeFocal(z, gamma float64, held bool) (value, slope, bend wide) {
	up, down, s := logistic(z), logistic(-z), softplus(z)
	m := power(up, neg(softplus(-z)), gamma)
	value, slope, bend = mul(m, s), mul(m, up), mul(m, up, down)
	if !held {
		push := mul(num(gamma), down, s)
		slope = mul(m, add(push, up))
		bend = mul(m, add(mul(push, sub(mul(num(gamma), down), up)), mul(num(2*gamma+1), up, down)))
	}
	return value, slope, bend
}

// bernoulliEntropy returns y·sp(−z) + (1−y)·sp(z).
func bernoulliEntropy(z, y float64) wide {
	return add(mul(num(y), softplus(-z)), mul(sub(num(1), num(y)), softplus(z)))
}

// entropySlope returns the derivative of y·B by y, sp(z) − 2y·z, without ∞ − ∞.
func entropySlope(z, y float64) wide {
	if math.IsInf(z, 1) {
		return mul(num(math.Inf(1)), num(1-2*y))
	}
	return sub(softplus(z), mul(num(2*y), num(z)))
}

// Conditions on the target.
var (
	positiveTarget = &Condition{"for y > 0", func(_ Args, _, target []float64) bool { return target[0] > 0 }}
	zeroTarget     = &Condition{"for y = 0", func(_ Args, _, target []float64) bool { return target[0] == 0 }}
)
