// Package axis says over what a loss is drawn: what of a case is its input on a picture of errors, an axis on which floats lie, and
// the lines through the predictions along which a loss has a curve and is sampled.
package axis

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// An Axis says what of a case of a loss is its input.
type Axis struct {
	Says string
	*Scale
	Of func(p *loss.Plan) (x float64, ok bool) // of a case of one item; false: it has none, as an ignored row
}

// Of is the axis of a loss.
func Of(l *loss.Loss) Axis {
	probability := isProbability(l)
	switch {
	case l.Shape == loss.Point && probability:
		return Axis{"the prediction", unit, firstPrediction}
	case l.Shape == loss.Point:
		return Axis{"the prediction", reals, firstPrediction}
	case l.Shape == loss.Row && l.IndexTarget() != nil:
		return Axis{"the score of the label (of the likeliest class) less the best other score", reals, gap}
	case l.Shape == loss.Row:
		return Axis{"the spread of the scores, the largest less the least", positive, spread}
	case l.Shape == loss.Box:
		return Axis{"the IoU of the boxes", unit, boxOverlap}
	case l.Shape == loss.Keypoint:
		return Axis{"the distance of the keypoints", positive, distance}
	}
	return Axis{"the overlap Σ min(p, t)/Σ max(p, t)", unit, func(p *loss.Plan) (float64, bool) { return setOverlap(p, probability) }}
}

func isProbability(l *loss.Loss) bool { return l.Prediction.Low == 0 && l.Prediction.High == 1 }

func firstPrediction(p *loss.Plan) (float64, bool) { return p.Pred[0], true }

func gap(p *loss.Plan) (float64, bool) {
	label := 0
	switch {
	case p.Label != nil:
		label = p.Label[0]
	default:
		for k, y := range p.Target {
			if y > p.Target[label] {
				label = k
			}
		}
	}
	if len(p.Pred) < 2 || label < 0 || label >= len(p.Pred) {
		return 0, false
	}
	others := slices.Delete(slices.Clone(p.Pred), label, label+1)
	return p.Pred[label] - slices.Max(others), true
}

func spread(p *loss.Plan) (float64, bool) { return slices.Max(p.Pred) - slices.Min(p.Pred), true }

func boxOverlap(p *loss.Plan) (float64, bool) {
	a, b := p.Pred, p.Target
	if len(a) != 4 || len(b) != 4 {
		return 0, false
	}
	area := func(x1, y1, x2, y2 float64) float64 { return max(x2-x1, 0) * max(y2-y1, 0) }
	both := area(max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))
	return both / (area(a[0], a[1], a[2], a[3]) + area(b[0], b[1], b[2], b[3]) - both), true
}

func distance(p *loss.Plan) (float64, bool) {
	if len(p.Pred) != 2 || len(p.Target) != 2 {
		return 0, false
	}
	return math.Hypot(p.Pred[0]-p.Target[0], p.Pred[1]-p.Target[1]), true
}

func setOverlap(p *loss.Plan, probability bool) (float64, bool) {
	predicted := p.Pred
	if !probability {
		r, err := loss.Eval(&loss.Call{Loss: "sigmoid", Format: p.Format, Batch: loss.Batch{Rows: 1, Cols: len(p.Pred), Pred: p.Pred}})
		if err != nil {
			return 0, false
		}
		predicted = r.Value
	}
	if len(p.Target) != len(predicted) {
		return 0, false
	}
	var both, either float64
	for k, t := range p.Target {
		both, either = both+min(predicted[k], t), either+max(predicted[k], t)
	}
	return both / either, true
}
