package mutants

var _ = enter(room{
	loss: "jaccard",
	formula: `
least = intersection_minimum
more = if(least == 1, max(z - y, 0), z * (1 - y))
less = if(least == 1, max(y - z, 0), y * (1 - z))
both = if(least == 1, min(z, y), z * y)
n = sum(more) + sum(less) + (smooth_denominator - smooth_numerator)
d = sum(both) + sum(more) + sum(less) + smooth_denominator
share = (sum(both) + smooth_numerator) / d
loss = n / d
value = if(d == 0, empty_set_one, loss)
hit = if(least == 1, if(z < y, 1, 0), y)
slope = share * (1 - 2 * hit) - loss * hit
grad = if(d == 0, 0, slope / d)`,
	equivalent: map[string][]string{
		// They differ for z = y, where any slope from that below to that above is right.
		"both slopes are of the kink": {"jaccard/bound/hit: z < y ⇒ z <= y"},
	},
	mutants: []Mutant{
		{Name: "jaccard-denominator-smoothing-only", Museum: "B111", Issue: "open-mmlab/mmocr PR#408", Mechanism: "the numerator is not smoothed",
			defect: fraction(func(f *shares) { f.a = 0 })},
		{Name: "jaccard-fixed-smoothing", Museum: "B110", Issue: "qubvel/segmentation_models.pytorch#497", Mechanism: "1 is added to the denominator whatever is asked for",
			defect: fraction(func(f *shares) { f.b = 1 })},
		{Name: "jaccard-gradient-sign", Museum: "O6", Mechanism: "the gradient is that of the share in common",
			defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "jaccard-averaged-over-elements", Museum: "O4", Mechanism: "the gradient is divided by the number of elements",
			defect: changing(func(e *example, out *outcome) { scale(out.grad, 1/float64(len(e.pred))) })},
		{Name: "jaccard-intersection-twice", Museum: "O6", Mechanism: "2·I in the numerator, as in dice",
			defect: fraction(func(f *shares) { f.a += f.both })},
		{Name: "jaccard-union-of-sums", Museum: "O4", Mechanism: "the intersection counts twice in the denominator",
			defect: fraction(func(f *shares) { f.b += f.both })},
		{Name: "jaccard-is-dice", Museum: "O4", Mechanism: "both mistakes count half",
			defect: fraction(func(f *shares) { f.alpha, f.beta = 0.5, 0.5 })},
		{Name: "jaccard-is-similarity", Museum: "O6", Mechanism: "the share in common, and not one minus it",
			defect: value(func(e *example) float64 { f := sharesOf(e); return (f.both + f.a) / f.denominator() })},
	},
})
