package main

import (
	"fmt"
	"math"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
)

// An entry is a kernel with its parameters and its truth.
type entry struct {
	name        string // of the loss, with parameters
	loss        string
	params      loss.Params
	conventions loss.Conventions
	kernel      kernel.Pointwise[float32]
	truth       truth
}

// A truth fills value and gradient of the predictions of a block, or of their negatives. Half
// the patterns suffice for what they share.
type truth struct {
	probabilities bool // the domain is [0, 1] and not every number
	noTarget      bool
	fill          func(b *block, negative bool, target float64, value, grad []float64)
}

// entries lists the float32 pointwise kernels.
func entries() []entry {
	return []entry{
		{"binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits", nil, nil, kernel.BinaryCrossEntropyWithLogits[float32](1), binaryCrossEntropyWithLogits(1)},
		positiveEntry(2.5),
		{"binary_cross_entropy", "binary_cross_entropy", nil, nil, kernel.BinaryCrossEntropy[float32](), binaryCrossEntropy},
		focalEntry(0),
		focalEntry(1),
		focalEntry(1.5),
		focalEntry(2),
		{"quality_focal β=2", "quality_focal", nil, nil, kernel.QualityFocal[float32](2), sigmoidFocal(-1, 2)},
		{"quality_focal β=1.5", "quality_focal", loss.Params{"beta": {1.5}}, nil, kernel.QualityFocal[float32](1.5), sigmoidFocal(-1, 1.5)},
		{"varifocal γ=2", "varifocal", nil, nil, kernel.Varifocal[float32](0.75, 2), varifocal(0.75, 2)},
		{"varifocal γ=1.5", "varifocal", loss.Params{"gamma": {1.5}}, nil, kernel.Varifocal[float32](0.75, 1.5), varifocal(0.75, 1.5)},
		{"gaussian_focal_with_logits α=2 γ=4", "gaussian_focal_with_logits", nil, nil, kernel.GaussianFocalWithLogits[float32](2, 4), sigmoidFocal(-1, 2)},
		{"gaussian_focal_with_logits α=1.5 γ=4", "gaussian_focal_with_logits", loss.Params{"alpha": {1.5}}, nil, kernel.GaussianFocalWithLogits[float32](1.5, 4), sigmoidFocal(-1, 1.5)},
		{"squared_error", "squared_error", nil, nil, kernel.SquaredError[float32](1), squaredError(1)},
		{"squared_error f=1/2", "squared_error", nil, halved, kernel.SquaredError[float32](0.5), squaredError(0.5)},
		{"absolute_error", "absolute_error", nil, nil, kernel.AbsoluteError[float32](), absoluteError},
		{"huber δ=1", "huber", nil, nil, kernel.Huber[float32](1), huber(1, 1)},
		{"huber δ=0.3", "huber", loss.Params{"delta": {third}}, nil, kernel.Huber[float32](third), huber(third, 1)},
		{"smooth_l1 β=1", "smooth_l1", nil, nil, kernel.SmoothL1[float32](1), huber(1, 1)},
		{"smooth_l1 β=0.3", "smooth_l1", loss.Params{"beta": {third}}, nil, kernel.SmoothL1[float32](third), huber(third, third)},
		{"squared_error_with_logits", "squared_error_with_logits", nil, nil, kernel.SquaredErrorWithLogits[float32](1), squaredErrorWithLogits(1)},
		{"squared_error_with_logits f=1/2", "squared_error_with_logits", nil, halved, kernel.SquaredErrorWithLogits[float32](0.5), squaredErrorWithLogits(0.5)},
		{"sigmoid", "sigmoid", nil, nil, kernel.Sigmoid[float32](), sigmoid},
		{"softplus", "softplus", nil, nil, kernel.Softplus[float32](), softplus},
		{"log_sigmoid", "log_sigmoid", nil, nil, kernel.LogSigmoid[float32](), logSigmoid},
	}
}

var halved = loss.Conventions{"squared_error_factor": "1/2"}

func focalEntry(gamma float32) entry {
	const alpha = 0.25
	return entry{fmt.Sprintf("sigmoid_focal γ=%v", gamma), "sigmoid_focal", loss.Params{"alpha": {alpha}, "gamma": {float64(gamma)}}, nil,
		kernel.SigmoidFocal(alpha, gamma), sigmoidFocal(alpha, float64(gamma))}
}

func positiveEntry(weight float32) entry {
	return entry{fmt.Sprintf("binary_cross_entropy_with_logits pos_weight=%v", weight), "binary_cross_entropy_with_logits", loss.Params{"pos_weight": {float64(weight)}}, nil,
		kernel.BinaryCrossEntropyWithLogits(weight), binaryCrossEntropyWithLogits(float64(weight))}
}

// A block is a number of magnitudes, with what the truths share.
type block struct {
	first     uint32    // pattern of the first
	magnitude []float64 // |z|
	vanishing []float64 // e^−|z|
	near      []float64 // log(1+e^−|z|) = sp(−|z|)
	small     []float64 // σ(−|z|)
	large     []float64 // σ(|z|)
	ready     bool
}

const blockSize = 1 << 12

func newBlock() *block {
	array := func() []float64 { return make([]float64, blockSize) }
	return &block{0, array(), array(), array(), array(), array(), false}
}

// set moves the block.
func (b *block) set(first uint32) {
	b.first, b.ready = first, false
	for i := range b.magnitude {
		b.magnitude[i] = float64(math.Float32frombits(first + uint32(i)))
	}
}

// logits computes what the truths of logits share. The sums are of positive terms: with what
// exp and log1p have, near and small are right to 2^-48.
func (b *block) logits() {
	if b.ready {
		return
	}
	b.ready = true
	for i, z := range b.magnitude {
		if z != z {
			b.vanishing[i], b.near[i], b.small[i], b.large[i] = z, z, z, z
			continue
		}
		e := exp(-z)
		b.vanishing[i] = e
		b.near[i] = log1p(e)
		b.large[i] = 1 / (1 + e)
		b.small[i] = e * b.large[i]
	}
}

// towards hands each truth of logits x = z for target 0, and −z for target 1, as the wrongness
// of the logit: sp(x), sp(−x), σ(x) and σ(−x).
func (b *block) towards(negative bool, target float64, value, grad []float64, f func(sp, rest, wrong, right float64) (v, g float64)) {
	b.logits()
	upward := negative == (target == 1) // x > 0
	sign := 1 - 2*target
	for i, near := range b.near {
		var v, g float64
		if upward {
			v, g = f(b.magnitude[i]+near, near, b.large[i], b.small[i])
		} else {
			v, g = f(near, b.magnitude[i]+near, b.small[i], b.large[i])
		}
		value[i], grad[i] = v, sign*g
	}
}

// They are Go and not texts of package formula: what blocks share, the exponential and the
// logarithm, is most of the work, and a text that computes it anew took 18 times as long.
//
// Each truth below is a product or quotient of few factors that are right to 2^-48, or a sum
// of such terms of one sign.

// binaryCrossEntropyWithLogits is c·sp(x) with the derivative c·σ(x) by x; c is 1 for target 0.
func binaryCrossEntropyWithLogits(posWeight float64) truth {
	return truth{fill: func(b *block, negative bool, target float64, value, grad []float64) {
		c := posWeight*target + (1 - target)
		b.towards(negative, target, value, grad, func(sp, rest, wrong, right float64) (v, g float64) { return c * sp, c * wrong })
	}}
}

// sigmoidFocal is a·q^γ·sp(x), q = σ(x), with the derivative a·q^γ·(γ·σ(−x)·sp(x) + q) by x.
// For a γ that is not 0, 1 or 2, q^γ = e^(−γ·sp(−x)), whose relative error is that of sp, times
// γ·sp: where the result is not far below the smallest float32, γ·sp < 110, and so below 2^-41.
func sigmoidFocal(alpha, gamma float64) truth {
	power := func(q, rest float64) float64 { return exp(max(-gamma*rest, -700)) }
	switch gamma {
	case 0:
		power = func(q, rest float64) float64 { return 1 }
	case 1:
		power = func(q, rest float64) float64 { return q }
	case 2:
		power = func(q, rest float64) float64 { return q * q }
	}
	return truth{fill: func(b *block, negative bool, target float64, value, grad []float64) {
		a := 1.0
		if alpha >= 0 {
			a = alpha*target + (1-alpha)*(1-target)
		}
		b.towards(negative, target, value, grad, func(sp, rest, wrong, right float64) (v, g float64) {
			if wrong == 0 { // 0·Inf is not meant: an infinite logit stands for its limit
				return 0, 0
			}
			m := a * power(wrong, rest)
			slope := wrong
			if right > 0 {
				slope += gamma * right * sp
			}
			return m * sp, m * slope
		})
	}}
}

// varifocal is the focal loss for target 0, and the cross-entropy for target 1.
func varifocal(alpha, gamma float64) truth {
	negative, positive := sigmoidFocal(1-alpha, gamma), binaryCrossEntropyWithLogits(1)
	return truth{fill: func(b *block, below bool, target float64, value, grad []float64) {
		if target == 1 {
			positive.fill(b, below, target, value, grad)
		} else {
			negative.fill(b, below, target, value, grad)
		}
	}}
}

// squaredErrorWithLogits is f·σ(x)², where f is 1 or ½.
func squaredErrorWithLogits(factor float64) truth {
	return truth{fill: func(b *block, negative bool, target float64, value, grad []float64) {
		b.towards(negative, target, value, grad, func(sp, rest, wrong, right float64) (v, g float64) {
			return factor * wrong * wrong, 2 * factor * wrong * (wrong * right)
		})
	}}
}

var sigmoid = truth{noTarget: true, fill: func(b *block, negative bool, target float64, value, grad []float64) {
	b.towards(negative, 0, value, grad, func(sp, rest, wrong, right float64) (v, g float64) { return wrong, wrong * right })
}}

var softplus = truth{noTarget: true, fill: func(b *block, negative bool, target float64, value, grad []float64) {
	b.towards(negative, 0, value, grad, func(sp, rest, wrong, right float64) (v, g float64) { return sp, wrong })
}}

var logSigmoid = truth{noTarget: true, fill: func(b *block, negative bool, target float64, value, grad []float64) {
	b.towards(negative, 0, value, grad, func(sp, rest, wrong, right float64) (v, g float64) { return -rest, right })
}}

// squaredError is f·d², where f is 1 or ½.
func squaredError(factor float64) truth {
	return truth{fill: func(b *block, negative bool, target float64, value, grad []float64) {
		b.differences(negative, target, func(i int, d float64) { value[i], grad[i] = factor*d*d, 2*factor*d })
	}}
}

// differences are those of the predictions and a target.
func (b *block) differences(negative bool, target float64, each func(i int, d float64)) {
	for i, x := range b.magnitude {
		if negative {
			x = -x
		}
		each(i, x-target)
	}
}

var absoluteError = truth{fill: func(b *block, negative bool, target float64, value, grad []float64) {
	b.differences(negative, target, func(i int, d float64) { value[i], grad[i] = math.Abs(d), min(max(d*0x1p1000, -1), 1) })
}}

// third is about 0.3, in float32.
const third = 0x1.333p-2

// huber is the Huber loss over a number.
func huber(delta, over float64) truth {
	return truth{fill: func(b *block, negative bool, target float64, value, grad []float64) {
		b.differences(negative, target, func(i int, d float64) {
			near := min(math.Abs(d), delta)
			value[i], grad[i] = near*(math.Abs(d)-near/2)/over, min(max(d, -delta), delta)/over
		})
	}}
}

var binaryCrossEntropy = truth{probabilities: true, fill: func(b *block, negative bool, target float64, value, grad []float64) {
	for i, p := range b.magnitude {
		if target == 1 {
			value[i], grad[i] = p-p-log(p), -1/p // p−p is 0, or NaN, which log does not look for
		} else {
			value[i], grad[i] = 0-logOfRest(p), 1/(1-p)
		}
	}
}}
