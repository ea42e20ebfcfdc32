package mutants

import "math"

var _ = enter(room{
	loss: "focal_tversky",
	formula: `
least = intersection_minimum
more = if(least == 1, max(z - y, 0), z * (1 - y))
less = if(least == 1, max(y - z, 0), y * (1 - z))
both = if(least == 1, min(z, y), z * y)
n = alpha * sum(0x1p200 * more) + beta * sum(0x1p200 * less) + 0x1p200 * (smooth_denominator - smooth_numerator)
d = sum(both) + alpha * sum(more) + beta * sum(less) + smooth_denominator
share = (sum(both) + smooth_numerator) / d
lifted = n / d
loss = 0x1p-200 * lifted
power(g) = if(loss < 0x1p-900, lifted ^ g * 0x1p-200 ^ g, loss ^ g)
chain = exponent * power(exponent - 1)
value = if(d == 0, empty_set_one, power(exponent))
hit = if(least == 1, if(z < y, 1, 0), y)
slope = share * (alpha * (1 - hit) - beta * hit) - loss * hit
grad = if(d == 0, 0, weighed(slope, chain) / d)`,
	equivalent: map[string][]string{
		"the point where two algorithms meet": {"focal_tversky/bound/power: loss < 0x1p-900 ⇒ loss <= 0x1p-900"},
		// They differ for z = y, where any slope from that below to that above is right.
		"both slopes are of the kink": {"focal_tversky/bound/hit: z < y ⇒ z <= y"},
	},
	mutants: []Mutant{
		{Name: "focal-tversky-denominator-smoothing-only", Museum: "B111", Issue: "open-mmlab/mmocr PR#408", Mechanism: "the numerator is not smoothed",
			defect: powered(func(f *shares) { f.a = 0 })},
		{Name: "focal-tversky-fixed-smoothing", Museum: "B110", Issue: "qubvel/segmentation_models.pytorch#497", Mechanism: "1 is added to the denominator whatever is asked for",
			defect: powered(func(f *shares) { f.b = 1 })},
		{Name: "focal-tversky-gradient-sign", Museum: "O6", Mechanism: "the gradient is that of the share in common",
			defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "focal-tversky-averaged-over-elements", Museum: "O4", Mechanism: "the gradient is divided by the number of elements",
			defect: changing(func(e *example, out *outcome) { scale(out.grad, 1/float64(len(e.pred))) })},
		{Name: "focal-tversky-exchanged", Museum: "O4", Mechanism: "α weighs false negatives, and β false positives",
			defect: powered(func(f *shares) { f.alpha, f.beta = f.beta, f.alpha })},
		{Name: "focal-tversky-of-the-sum", Museum: "B080", Issue: "kornia/kornia#850", Mechanism: "only α + β counts, as where the mistakes of all classes are summed first",
			defect: powered(func(f *shares) { f.alpha, f.beta = (f.alpha+f.beta)/2, (f.alpha+f.beta)/2 })},
		{Name: "focal-tversky-inverse-exponent", Museum: "O5", Mechanism: "the exponent is 1/e, the γ of the paper",
			defect: powered(func(f *shares) { f.exponent = 1 / f.exponent })},
		{Name: "focal-tversky-without-the-power", Museum: "O5", Mechanism: "the Tversky loss itself",
			defect: powered(func(f *shares) { f.exponent = 1 })},
		{Name: "focal-tversky-power-of-the-share", Museum: "O5", Mechanism: "1 − S^e in place of (1 − S)^e",
			defect: value(func(e *example) float64 {
				f := sharesOf(e)
				return 1 - math.Pow((f.both+f.a)/f.denominator(), e.Scalar("exponent"))
			})},
	},
})

// powered replaces the value by that of other sums, or of another exponent.
func powered(change func(f *shares)) Defect {
	return changing(func(e *example, out *outcome) {
		f := sharesOf(e)
		f.exponent = e.Scalar("exponent")
		if f.denominator() == 0 {
			return
		}
		if change(f); f.denominator() != 0 {
			out.value[0] = math.Pow(max(0, 1-(f.both+f.a)/f.denominator()), f.exponent)
		}
	})
}
