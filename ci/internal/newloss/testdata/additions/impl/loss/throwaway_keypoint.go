package loss

// The squared distance of two keypoints.
//
// # Formula
//
//	L = (x − X)² + (y − Y)²
//
// # Gradient
//
//	∂L/∂x   = 2·(x − X)
//	∂²L/∂x² = 2
//	∂L/∂X   = −2·(x − X)
//
// # Domain
//
// Keypoints of finite coordinates.
//
// # Special cases
//
//	x = X, y = Y: L = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, with κ over the differences of coordinates.
//
// # Method
//
// As above.
//
// # References
//
// None: it is made to be thrown away.
var ThrowawayKeypoint = declare(Loss{
	Name:       "throwaway_keypoint",
	Title:      "squared distance of keypoints",
	Shape:      Keypoint,
	Formula:    "L = (x − X)² + (y − Y)²",
	Gradient:   "∂L/∂x = 2·(x − X)",
	Second:     "∂²L/∂x² = 2",
	ByTarget:   "∂L/∂X = −2·(x − X)",
	Definition: "(x - X)^2 + (y - Y)^2",

	Prediction:   Finite,
	Targets:      Targets{Place},
	Target:       Finite,
	Axes:         func(int) [][]int { return [][]int{{0, 2}, {1, 3}} },
	SpecialCases: []string{"x = X, y = Y: L = +0, gradient 0"},
	Accuracy:     Accuracy{Value: 1, Grad: 1, How: "a sum of squares of differences"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true},
		{Property: Convex, Holds: true},
		{Property: Symmetric, Holds: true},
		{Property: Isometric, Holds: true},
	},
	Sources: []Source{{"none", "made to be thrown away"}},

	evaluate: func(_ Args, r *Item) {
		for k := range r.Pred {
			d := sub(num(r.Pred[k]), num(r.Target[k]))
			r.Value[0] = plus(r.Value[0], times(d, d))
			r.Grad[k] = times(num(2), d)
			if r.TargetGrad != nil {
				r.TargetGrad[k] = neg(r.Grad[k])
			}
			if r.Product != nil {
				r.Product[k] = times(num(2), num(r.Direction[k]))
			}
		}
	},
})
