package scalar

import (
	"math"

	"github.com/lossproof/lossproof/bench/internal/workload"
)

// A pointFunctions is a pointwise loss of a prediction x and a target y: its value, its
// gradient, and both where they share work.
type pointFunctions struct {
	value, grad func(x, y float64) float64
	both        func(x, y float64) (value, grad float64)
}

// points holds the pointwise losses by name. Parameters are read from the workload.
var points = map[string]func(workload.Workload) *pointFunctions{
	"absolute_error":                   func(workload.Workload) *pointFunctions { return absoluteError },
	"huber":                            func(w workload.Workload) *pointFunctions { return huber(w.Param("delta"), 1) },
	"smooth_l1":                        func(w workload.Workload) *pointFunctions { return huber(w.Param("beta"), 1/w.Param("beta")) },
	"squared_error_with_logits":        func(workload.Workload) *pointFunctions { return squaredErrorWithLogits },
	"binary_cross_entropy":             func(workload.Workload) *pointFunctions { return binaryCrossEntropy },
	"binary_cross_entropy_with_logits": binaryCrossEntropyWithLogits,
	"sigmoid_focal":                    sigmoidFocal,
	"sigmoid":                          func(workload.Workload) *pointFunctions { return sigmoid },
	"softplus":                         func(workload.Workload) *pointFunctions { return softplus },
}

// logistic returns σ(z) and σ(−z), from one exponential that cannot overflow.
func logistic(z float64) (up, down float64) {
	e := math.Exp(-math.Abs(z))
	up, down = 1/(1+e), e/(1+e)
	if z < 0 {
		up, down = down, up
	}
	return up, down
}

var absoluteError = &pointFunctions{
	value: func(x, y float64) float64 { return math.Abs(x - y) },
	grad:  signOf,
	both:  func(x, y float64) (value, grad float64) { return math.Abs(x - y), signOf(x, y) },
}

// signOf is the sign of x − y.
func signOf(x, y float64) float64 {
	switch {
	case x > y:
		return 1
	case x < y:
		return -1
	}
	return 0
}

// huber is a multiple of the Huber loss.
func huber(delta, times float64) *pointFunctions {
	value := func(x, y float64) float64 {
		d := math.Abs(x - y)
		if d <= delta {
			return times * 0.5 * d * d
		}
		return times * delta * (d - 0.5*delta)
	}
	grad := func(x, y float64) float64 { return times * min(max(x-y, -delta), delta) }
	return &pointFunctions{value, grad, func(x, y float64) (float64, float64) { return value(x, y), grad(x, y) }}
}

var sigmoid = &pointFunctions{
	value: func(z, _ float64) float64 { up, _ := logistic(z); return up },
	grad:  func(z, _ float64) float64 { up, down := logistic(z); return up * down },
	both:  func(z, _ float64) (value, grad float64) { up, down := logistic(z); return up, up * down },
}

var softplus = &pointFunctions{
	value: func(z, _ float64) float64 { return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) },
	grad:  func(z, _ float64) float64 { up, _ := logistic(z); return up },
	both: func(z, _ float64) (value, grad float64) {
		up, _ := logistic(z)
		return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))), up
	},
}

var squaredErrorWithLogits = &pointFunctions{
	value: func(z, y float64) float64 { _, _, d := residual(z, y); return d * d },
	grad:  func(z, y float64) float64 { up, down, d := residual(z, y); return 2 * d * up * down },
	both: func(z, y float64) (value, grad float64) {
		up, down, d := residual(z, y)
		return d * d, 2 * d * up * down
	},
}

// residual returns σ(z), σ(−z) and their weighted difference σ(z) − y.
func residual(z, y float64) (up, down, d float64) {
	up, down = logistic(z)
	return up, down, (1-y)*up - y*down
}

var binaryCrossEntropy = &pointFunctions{
	value: func(p, y float64) float64 { return -y*math.Log(p) - (1-y)*math.Log1p(-p) },
	grad:  func(p, y float64) float64 { return (p - y) / (p * (1 - p)) },
	both: func(p, y float64) (value, grad float64) {
		return -y*math.Log(p) - (1-y)*math.Log1p(-p), (p - y) / (p * (1 - p))
	},
}

func binaryCrossEntropyWithLogits(w workload.Workload) *pointFunctions {
	c := w.Param("pos_weight")
	value := func(z, y, near float64) float64 {
		return c*y*(max(-z, 0)+near) + (1-y)*(max(z, 0)+near)
	}
	grad := func(up, down, y float64) float64 { return (1-y)*up - c*y*down }
	return &pointFunctions{
		value: func(z, y float64) float64 { return value(z, y, math.Log1p(math.Exp(-math.Abs(z)))) },
		grad:  func(z, y float64) float64 { up, down := logistic(z); return grad(up, down, y) },
		both: func(z, y float64) (float64, float64) {
			e := math.Exp(-math.Abs(z))
			up, down := 1/(1+e), e/(1+e)
			if z < 0 {
				up, down = down, up
			}
			return value(z, y, math.Log1p(e)), grad(up, down, y)
		},
	}
}

// sigmoidFocal computes the loss of the positive class at z and of the negative at −z.
func sigmoidFocal(w workload.Workload) *pointFunctions {
	alpha, gamma := w.Param("alpha"), w.Param("gamma")
	power := func(q float64) float64 { return math.Pow(q, gamma) }
	if gamma == 2 {
		power = func(q float64) float64 { return q * q }
	}
	// one is the loss of a class whose logit, as its own, is x, and its derivative.
	one := func(x float64) (value, grad float64) {
		e := math.Exp(-math.Abs(x))
		p, q := 1/(1+e), e/(1+e)
		if x < 0 {
			p, q = q, p
		}
		nll := max(-x, 0) + math.Log1p(e)
		m := power(q)
		return m * nll, -m * (gamma*p*nll + q)
	}
	both := func(z, y float64) (value, grad float64) {
		switch y {
		case 1:
			value, grad = one(z)
			return alpha * value, alpha * grad
		case 0:
			value, grad = one(-z)
			return (1 - alpha) * value, -(1 - alpha) * grad
		}
		positive, up := one(z)
		negative, down := one(-z)
		return alpha*y*positive + (1-alpha)*(1-y)*negative, alpha*y*up - (1-alpha)*(1-y)*down
	}
	return &pointFunctions{
		value: func(z, y float64) float64 { value, _ := both(z, y); return value },
		grad:  func(z, y float64) float64 { _, grad := both(z, y); return grad },
		both:  both,
	}
}
