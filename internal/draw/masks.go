package draw

import "github.com/lossproof/lossproof/impl/loss"

// masks are the targets of a set: empty, full, of one element, one run of elements, scattered
// ones, what is predicted but for a few elements, the probabilities that are predicted, and soft
// ones.
var masks = Mix[Target]{
	{1, func(d *Drawer, _ *Profile, _ *loss.Loss, pred []float64) []float64 { return run(len(pred), 0, 0) }},
	{1, func(d *Drawer, _ *Profile, _ *loss.Loss, pred []float64) []float64 {
		return run(len(pred), 0, len(pred))
	}},
	{1, sharp},
	{3, func(d *Drawer, _ *Profile, _ *loss.Loss, pred []float64) []float64 {
		from := d.IntN(len(pred))
		return run(len(pred), from, from+1+d.IntN(len(pred)-from))
	}},
	{3, scattered},
	{3, overlapping},
	{2, nearly},
	{2, free},
}

// hardMasks are those of zeros and ones.
var hardMasks = masks[:6]

// run is 1 from one element to before another.
func run(n, from, to int) []float64 {
	mask := make([]float64, n)
	for i := from; i < to; i++ {
		mask[i] = 1
	}
	return mask
}

// scattered is 1 at a share of the elements: half, or few, or all but few.
func scattered(d *Drawer, _ *Profile, _ *loss.Loss, pred []float64) []float64 {
	share := One(d, 0.5, 1./16, 15./16)
	return fill(len(pred), func() float64 {
		if d.Float64() < share {
			return 1
		}
		return 0
	})
}

// overlapping is what is predicted, rounded to 0 or 1; up to two elements are the other way.
func overlapping(d *Drawer, _ *Profile, l *loss.Loss, pred []float64) []float64 {
	middle := 0.5
	if predictsLogits(l) {
		middle = 0
	}
	mask := make([]float64, len(pred))
	for i, x := range pred {
		if x > middle {
			mask[i] = 1
		}
	}
	for range d.IntN(3) {
		i := d.IntN(len(mask))
		mask[i] = 1 - mask[i]
	}
	return mask
}
