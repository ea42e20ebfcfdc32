package mutants

import "math"

var _ = enter(room{
	loss: "wing",
	formula: `
size = abs(z - y)
bent(x) = if(x < 1e-300, width * x / epsilon, width * log1p(x / epsilon))
value = if(size < width, bent(size), size - width + bent(width))
grad = if(size < width, width / (epsilon + size), 1) * if(z < y, -1, 1)`,
	equivalent: map[string][]string{
		"the point where two algorithms meet": {"wing/bound/bent: x < 1e-300 ⇒ x <= 1e-300"},
		// They differ for |z − y| = w only. There both branches of the value hold the same bits, and the slope
		// is a set of which both slopes are ends.
		"the branches meet there": {
			"wing/bound/value: size < width ⇒ size <= width",
			"wing/bound/grad: size < width ⇒ size <= width",
		},
		// They differ for z = y only: the corner, where any slope from −w/ε to w/ε is right.
		"both slopes are of the corner": {"wing/bound/grad: z < y ⇒ z <= y"},
	},
	mutants: []Mutant{
		{Name: "wing-no-constant", Museum: "O6", Mechanism: "|d| in place of |d| − C: the value jumps at w",
			defect: wing(func(d, w, epsilon float64) (value, slope float64) {
				if d < w {
					return w * math.Log1p(d/epsilon), w / (epsilon + d)
				}
				return d, 1
			})},
		{Name: "wing-constant-added", Museum: "O6", Mechanism: "|d| + C in place of |d| − C",
			defect: wing(func(d, w, epsilon float64) (value, slope float64) {
				if d < w {
					return w * math.Log1p(d/epsilon), w / (epsilon + d)
				}
				return d + w - w*math.Log1p(w/epsilon), 1
			})},
		{Name: "wing-constant-of-the-defaults", Museum: "O3", Mechanism: "C is that of w = 10 and ε = 2 whatever they are",
			defect: wing(func(d, w, epsilon float64) (value, slope float64) {
				if d < w {
					return w * math.Log1p(d/epsilon), w / (epsilon + d)
				}
				return d + 7.91759469228055, 1
			})},
		{Name: "wing-log-of-one-plus", Museum: "O2", Mechanism: "log(1 + |d|/ε), which is 0 for small d",
			defect: changing(func(e *example, out *outcome) {
				if d, w := math.Abs(e.z-e.y), e.Scalar("width"); d < w {
					out.value[0] = w * math.Log(1+d/e.Scalar("epsilon"))
				}
			})},
		{Name: "wing-parameters-exchanged", Museum: "O4", Mechanism: "w and ε are exchanged",
			defect: wing(func(d, w, epsilon float64) (value, slope float64) {
				w, epsilon = epsilon, w
				if d < w {
					return w * math.Log1p(d/epsilon), w / (epsilon + d)
				}
				return d - w + w*math.Log1p(w/epsilon), 1
			})},
		{Name: "wing-slope-of-log", Museum: "O6", Mechanism: "the slope 1/(ε + |d|), without its factor w",
			defect: changing(func(e *example, out *outcome) {
				if math.Abs(e.z-e.y) < e.Scalar("width") {
					scale(out.grad, 1/e.Scalar("width"))
				}
			})},
		{Name: "wing-slope-of-inside", Museum: "O6", Mechanism: "the slope w/ε·1/(1 + |d|), where the factor of the inner derivative is wrong",
			defect: changing(func(e *example, out *outcome) {
				if d, w := e.z-e.y, e.Scalar("width"); d != 0 && math.Abs(d) < w {
					out.grad[0] = math.Copysign(w/e.Scalar("epsilon")/(1+math.Abs(d)), d)
				}
			})},
		{Name: "wing-slope-sign", Museum: "O6", Mechanism: "the slope is that by the target", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "wing-signed-threshold", Museum: "B098", Issue: "BobMcDear/attorch#13", Mechanism: "d < w in place of |d| < w: negative differences keep the logarithm",
			defect: changing(func(e *example, out *outcome) {
				if d, w, epsilon := e.z-e.y, e.Scalar("width"), e.Scalar("epsilon"); d < -w && !math.IsInf(d, 0) {
					out.value[0], out.grad[0] = w*math.Log1p(-d/epsilon), -w/(epsilon-d)
				}
			})},
	},
})

// wing replaces value and slope as functions of |d|, where that is not 0.
func wing(f func(d, w, epsilon float64) (value, slope float64)) Defect {
	return changing(func(e *example, out *outcome) {
		if d := e.z - e.y; d != 0 && !math.IsInf(d, 0) {
			value, slope := f(math.Abs(d), e.Scalar("width"), e.Scalar("epsilon"))
			out.value[0], out.grad[0] = value, math.Copysign(slope, d)
		}
	})
}
