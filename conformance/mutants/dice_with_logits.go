package mutants

import "math"

var _ = enter(room{
	loss: "dice_with_logits",
	// Where d is 0 and a logit is finite, every target and the smoothing are 0, and σ has underflown: the loss is 1.
	formula: `
square = dice_denominator_squares
p = sigmoid(z)
q = sigmoid(-z)
off = p * (1 - y) - y * q
apart = if(square == 1, off * off, p * (1 - y) + y * q)
size = if(square == 1, p * p + y * y, p + y)
d = sum(size) + smooth_denominator
share = (2 * sum(p * y) + smooth_numerator) / d
loss = (sum(apart) + (smooth_denominator - smooth_numerator)) / d
value = if(d == 0, if(max(z) == -inf, empty_set_one, 1), loss)
slope = if(square == 1, 2 * if(y == 1, -(q + loss * p), share * p - y), share - 2 * y)
grad = if(d == 0, 0, slope / d * p * q)`,
	equivalent: map[string][]string{
		"both branches are 1 at zero": {"dice_with_logits/bound/sigmoid: x < 0 ⇒ x <= 0"},
	},
	mutants: []Mutant{
		{Name: "dice-logits-one-minus-ratio", Museum: "O2", Mechanism: "1 − S, in which every digit cancels where the masks agree",
			defect: value(func(e *example) float64 {
				m := masksOfLogits(e, sigmoid)
				return 1 - (m.both+m.a)/(m.size+m.b)
			})},
		{Name: "dice-logits-one-minus-sigmoid", Museum: "O2", Mechanism: "1 − σ(z) in place of σ(−z) in the gradient",
			defect: changing(func(e *example, out *outcome) {
				for k, z := range e.pred {
					if q := sigmoid(-z); q > 0 {
						out.grad[k] = out.grad[k] / q * (1 - sigmoid(z))
					}
				}
			})},
		{Name: "dice-logits-clipped", Museum: "B011", Issue: "keras-team/keras#377", Mechanism: "σ(z) is moved into [1e-7, 1 − 1e-7] first",
			defect: value(func(e *example) float64 {
				m := masksOfLogits(e, func(z float64) float64 { return min(max(sigmoid(z), 1e-7), 1-1e-7) })
				return 1 - (m.both+m.a)/(m.size+m.b)
			})},
		{Name: "dice-logits-overflowing-sigmoid", Museum: "B018", Issue: "ARM-software/ComputeLibrary#148", Mechanism: "σ(z) as e^z/(1 + e^z), which is ∞/∞ for a sure logit",
			defect: value(func(e *example) float64 {
				m := masksOfLogits(e, func(z float64) float64 { return math.Exp(z) / (1 + math.Exp(z)) })
				return 1 - (m.both+m.a)/(m.size+m.b)
			})},
		{Name: "dice-logits-without-the-chain", Museum: "B092", Issue: "AlexeyAB/darknet#8891", Mechanism: "the gradient is that by the probability",
			defect: changing(func(e *example, out *outcome) {
				for k, z := range e.pred {
					if s := sigmoid(z) * sigmoid(-z); s > 0 {
						out.grad[k] /= s
					}
				}
			})},
		{Name: "dice-logits-denominator-smoothing-only", Museum: "B111", Issue: "open-mmlab/mmocr PR#408", Mechanism: "the numerator is not smoothed",
			defect: value(func(e *example) float64 {
				m := masksOfLogits(e, sigmoid)
				return 1 - m.both/(m.size+m.b)
			})},
		{Name: "dice-logits-of-hard-masks", Museum: "O7", Mechanism: "the prediction is rounded to 0 or 1 before the masks are compared",
			defect: value(func(e *example) float64 {
				m := masksOfLogits(e, func(z float64) float64 { return boolean(z > 0) })
				return 1 - (m.both+m.a)/(m.size+m.b)
			})},
		{Name: "dice-logits-gradient-sign", Museum: "O6", Mechanism: "the gradient is that of the share in common",
			defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
	},
})

// masksOfLogits are the sums of dice where the probabilities are a function of logits.
func masksOfLogits(e *example, probability func(z float64) float64) *masks {
	plain := *e
	plain.pred = mapped(e.pred, probability)
	return masksOf(&plain)
}
