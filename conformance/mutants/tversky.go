package mutants

var _ = enter(room{
	loss: "tversky",
	formula: `
least = intersection_minimum
more = if(least == 1, max(z - y, 0), z * (1 - y))
less = if(least == 1, max(y - z, 0), y * (1 - z))
both = if(least == 1, min(z, y), z * y)
n = alpha * sum(more) + beta * sum(less) + (smooth_denominator - smooth_numerator)
d = sum(both) + alpha * sum(more) + beta * sum(less) + smooth_denominator
share = (sum(both) + smooth_numerator) / d
loss = n / d
value = if(d == 0, empty_set_one, loss)
hit = if(least == 1, if(z < y, 1, 0), y)
slope = share * (alpha * (1 - hit) - beta * hit) - loss * hit
grad = if(d == 0, 0, slope / d)`,
	equivalent: map[string][]string{
		// They differ for z = y, where any slope from that below to that above is right.
		"both slopes are of the kink": {"tversky/bound/hit: z < y ⇒ z <= y"},
	},
	mutants: []Mutant{
		{Name: "tversky-denominator-smoothing-only", Museum: "B111", Issue: "open-mmlab/mmocr PR#408", Mechanism: "the numerator is not smoothed",
			defect: fraction(func(f *shares) { f.a = 0 })},
		{Name: "tversky-fixed-smoothing", Museum: "B110", Issue: "qubvel/segmentation_models.pytorch#497", Mechanism: "1 is added to the denominator whatever is asked for",
			defect: fraction(func(f *shares) { f.b = 1 })},
		{Name: "tversky-gradient-sign", Museum: "O6", Mechanism: "the gradient is that of the share in common",
			defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "tversky-averaged-over-elements", Museum: "O4", Mechanism: "the gradient is divided by the number of elements",
			defect: changing(func(e *example, out *outcome) { scale(out.grad, 1/float64(len(e.pred))) })},
		{Name: "tversky-intersection-twice", Museum: "O6", Mechanism: "2·I in the numerator, as in dice",
			defect: fraction(func(f *shares) { f.a += f.both })},
		{Name: "tversky-union-of-sums", Museum: "O4", Mechanism: "the intersection counts twice in the denominator",
			defect: fraction(func(f *shares) { f.b += f.both })},
		{Name: "tversky-exchanged", Museum: "O4", Mechanism: "α weighs false negatives, and β false positives",
			defect: fraction(func(f *shares) { f.alpha, f.beta = f.beta, f.alpha })},
		{Name: "tversky-of-the-sum", Museum: "B080", Issue: "kornia/kornia#850", Mechanism: "only α + β counts, as where the mistakes of all classes are summed first",
			defect: fraction(func(f *shares) { f.alpha, f.beta = (f.alpha+f.beta)/2, (f.alpha+f.beta)/2 })},
	},
})

// shares are the sums that the Tversky loss is made of, with its parameters.
type shares struct{ both, more, less, alpha, beta, a, b, exponent float64 }

func (f *shares) denominator() float64 { return f.both + f.alpha*f.more + f.beta*f.less + f.b }

func sharesOf(e *example) *shares {
	f := &shares{alpha: 1, beta: 1, a: e.Scalar("smooth_numerator"), b: e.Scalar("smooth_denominator")}
	if v := e.Vector("alpha"); len(v) > 0 {
		f.alpha, f.beta = v[0], e.Scalar("beta")
	}
	for k, p := range e.pred {
		t := e.target[k]
		if e.Convention("intersection") == "minimum" {
			f.both, f.more, f.less = f.both+min(p, t), f.more+max(p-t, 0), f.less+max(t-p, 0)
			continue
		}
		f.both, f.more, f.less = f.both+p*t, f.more+p*(1-t), f.less+t*(1-p)
	}
	return f
}

// fraction replaces the value by that of other sums.
func fraction(change func(f *shares)) Defect {
	return changing(func(e *example, out *outcome) {
		f := sharesOf(e)
		if f.denominator() == 0 {
			return
		}
		if change(f); f.denominator() != 0 {
			out.value[0] = 1 - (f.both+f.a)/f.denominator()
		}
	})
}
