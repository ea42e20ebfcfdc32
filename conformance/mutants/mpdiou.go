package mutants

import "math"

var _ = enter(room{
	loss: "mpdiou",
	formula: boxGeometry + `
larger = max(image_width, image_height)
size = (image_width / larger)^2 + (image_height / larger)^2
corner = (z - y) / larger
value = s + sum(corner * corner) / size
grad = out * slope / unit + 2 * corner / size / larger`,
	mutants: []Mutant{
		{Name: "mpdiou-area-of-the-image", Museum: "O6", Mechanism: "the distances are divided by width·height of the image",
			defect: cornersApart(func(sum, w, h float64) float64 { return sum / w / h })},
		{Name: "mpdiou-in-pixels", Museum: "O6", Mechanism: "the distances are not divided by the size of the image",
			defect: cornersApart(func(sum, _, _ float64) float64 { return sum })},
		{Name: "mpdiou-not-squared", Museum: "O5", Mechanism: "the root of the mean square of the distances, over the diagonal",
			defect: cornersApart(func(sum, w, h float64) float64 { return math.Sqrt(sum) / math.Hypot(w, h) })},
		{Name: "mpdiou-half", Museum: "O6", Mechanism: "the mean of the distances of both corners",
			defect: cornersApart(func(sum, w, h float64) float64 { return sum / 2 / (w*w + h*h) })},
		{Name: "mpdiou-square-image", Museum: "O4", Mechanism: "the width of the image is taken for its height, too",
			defect: cornersApart(func(sum, w, _ float64) float64 { return sum / (2 * w * w) })},
	},
})

// cornersApart replaces what is added to 1 − I/U, given the sum of the squares of the distances and the sides of the image.
func cornersApart(f func(sum, w, h float64) float64) Defect {
	return boxed(func(e *example, o *overlap) float64 {
		sum := 0.0
		for k, x := range e.pred {
			sum += (x - e.target[k]) * (x - e.target[k])
		}
		return 1 - o.both/o.union + f(sum, e.Scalar("image_width"), e.Scalar("image_height"))
	})
}
