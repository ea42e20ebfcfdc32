package mutants

import "math"

var _ = enter(room{
	loss: "dice",
	formula: `
square = dice_denominator_squares
least = intersection_minimum * (1 - square)
apart = if(square == 1, (z - y) * (z - y), if(least == 1, abs(z - y), z * (1 - y) + y * (1 - z)))
both = if(least == 1, min(z, y), z * y)
size = if(square == 1, z * z + y * y, z + y)
d = sum(size) + smooth_denominator
share = (2 * sum(both) + smooth_numerator) / d
value = if(d == 0, empty_set_one, (sum(apart) + (smooth_denominator - smooth_numerator)) / d)
slope = if(square == 1, 2 * (share * z - y), if(least == 1, if(z < y, share - 2, share), share - 2 * y))
grad = if(d == 0, 0, slope / d)`,
	equivalent: map[string][]string{
		// They differ for z = y, where any slope from that below to that above is right.
		"both slopes are of the kink": {"dice/bound/slope: z < y ⇒ z <= y"},
		// They differ where the denominator has squares. There least becomes 2 in place of 0, and is asked only whether it is 1.
		"neither is 1": {"dice/sign/least: 1 - square ⇒ 1 + square"},
	},
	mutants: []Mutant{
		{Name: "dice-denominator-smoothing-only", Museum: "B111", Issue: "open-mmlab/mmocr PR#408",
			Mechanism: "the numerator is not smoothed, so that an empty target has the loss 1",
			defect:    dice(func(e *example, m *masks) { m.a = 0 })},
		{Name: "dice-fixed-smoothing", Museum: "B110", Issue: "qubvel/segmentation_models.pytorch#497",
			Mechanism: "1 is added to the denominator whatever is asked for: a perfect mask does not reach 0",
			defect:    dice(func(e *example, m *masks) { m.b = 1 })},
		{Name: "dice-numerator-smoothed-twice", Museum: "O3", Mechanism: "2(I + a) in place of 2I + a",
			defect: dice(func(e *example, m *masks) { m.a *= 2 })},
		{Name: "dice-squares-for-sums", Museum: "O4", Mechanism: "the denominator has squares under either convention",
			defect: dice(func(e *example, m *masks) {
				if m.size = 0; e.Convention("intersection") == "product" || e.Convention("dice_denominator") == "squares" {
					for k, p := range e.pred {
						m.size += p*p + e.target[k]*e.target[k]
					}
				}
			})},
		{Name: "dice-without-the-factor", Museum: "O6", Mechanism: "I/(P+T), without the factor 2",
			defect: dice(func(e *example, m *masks) { m.both /= 2 })},
		{Name: "dice-is-jaccard", Museum: "O4", Mechanism: "the union in place of the sum of both masks",
			defect: dice(func(e *example, m *masks) { m.size -= m.both; m.both /= 2 })},
		{Name: "dice-union-counted-once", Museum: "O6", Mechanism: "the union in the denominator, with the numerator of dice",
			defect: dice(func(e *example, m *masks) { m.size -= m.both / 2 })},
		{Name: "dice-is-similarity", Museum: "O6", Mechanism: "the share in common, and not one minus it",
			defect: changing(func(e *example, out *outcome) {
				if !math.IsNaN(out.value[0]) {
					out.value[0] = 1 - out.value[0]
					scale(out.grad, -1)
				}
			})},
		{Name: "dice-gradient-of-the-numerator", Museum: "O6", Mechanism: "the denominator is held constant in the gradient",
			defect: gradient(func(e *example) []float64 {
				d := math.NaN()
				if m := masksOf(e); m.size+m.b > 0 {
					d = m.size + m.b
				}
				return mapped(e.target, func(t float64) float64 { return -2 * t / d })
			})},
		{Name: "dice-gradient-sign", Museum: "O6", Mechanism: "the gradient is that of the share in common",
			defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "dice-empty-is-zero", Museum: "O8", Mechanism: "two empty masks have the loss 0 under every convention",
			defect: changing(func(e *example, out *outcome) {
				if m := masksOf(e); m.size+m.b == 0 {
					out.value[0] = 0
					clear(out.grad)
				}
			})},
		{Name: "dice-averaged-over-elements", Museum: "O4", Mechanism: "the gradient is divided by the number of elements",
			defect: changing(func(e *example, out *outcome) { scale(out.grad, 1/float64(len(e.pred))) })},
	},
})

// masks are the sums that dice is made of: twice the intersection and the sizes of both masks, with the smoothings.
type masks struct{ both, size, a, b float64 }

func masksOf(e *example) *masks {
	m := &masks{a: e.Scalar("smooth_numerator"), b: e.Scalar("smooth_denominator")}
	square := e.Convention("dice_denominator") == "squares"
	for k, p := range e.pred {
		t := e.target[k]
		switch {
		case square:
			m.both, m.size = m.both+2*p*t, m.size+p*p+t*t
		case e.Convention("intersection") == "minimum":
			m.both, m.size = m.both+2*min(p, t), m.size+p+t
		default:
			m.both, m.size = m.both+2*p*t, m.size+p+t
		}
	}
	return m
}

// dice replaces the value by that of other sums.
func dice(change func(e *example, m *masks)) Defect {
	return changing(func(e *example, out *outcome) {
		m := masksOf(e)
		if m.size+m.b == 0 {
			return
		}
		if change(e, m); m.size+m.b != 0 {
			out.value[0] = 1 - (m.both+m.a)/(m.size+m.b)
		}
	})
}
