package axis

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A Line is where a curve of a loss lies: the predictions Start + x·Along, with a target.
type Line struct {
	Says         string
	From, To     float64 // the x that a curve shows
	Start, Along []float64
	Target       []float64
	Label        []int // the same as a class, where the loss takes one
	samples      *Scale
}

// Batch is one item, on the line at x, in numbers of a dtype. Its target is a class where the loss takes one.
func (at *Line) Batch(f ieee.Format, x float64) loss.Batch {
	b := loss.Batch{Rows: 1, Cols: len(at.Start), Pred: make([]float64, len(at.Start)), Target: at.Target}
	for i := range b.Pred {
		b.Pred[i] = f.Round(at.Start[i] + float64(x*at.Along[i]))
	}
	if at.Label != nil {
		b.Target, b.Label = nil, at.Label
	}
	return b
}

// Sample is an x of the line so that equal steps from 0 to 1 are equal steps in bits within each piece of a scale.
func (at *Line) Sample(f ieee.Format, share float64) float64 { return at.samples.Number(f, share) }

// LineOf is the plainest line of a loss: of a point the prediction itself, of a row the score of the label beside equal others, of a
// keypoint its distance, of a box one that slides over its target, of a set the share of a mask that is right.
func LineOf(l *loss.Loss) Line {
	probability := isProbability(l)
	one := func(n int) []float64 { return append([]float64{1}, make([]float64, n-1)...) }
	at := Line{samples: reals}
	if probability {
		at.samples = unit
	}
	switch l.Shape {
	case loss.Point:
		at.Says, at.Start, at.Along = "prediction", make([]float64, 1), one(1)
	case loss.Row:
		at.Says, at.Start, at.Along = "score of the label, the others are 0", make([]float64, 3), one(3)
		if probability {
			at.Says, at.Start, at.Along = "probability of the label, that of the other is the rest", []float64{0, 1}, []float64{1, -1}
		}
	case loss.Keypoint:
		return Line{"distance of a keypoint from its target, along an axis", -4, 4, []float64{0, 0}, []float64{1, 0}, []float64{0, 0}, nil, reals}
	case loss.Box:
		return Line{"distance by which a box of size 1 lies to the right of its target", -2, 2, []float64{0, 0, 1, 1}, []float64{1, 0, 1, 0}, []float64{0, 0, 1, 1}, nil, unit}
	default:
		at.Says, at.Start, at.Along = "score of the half that is wanted; that of the others is its negative", make([]float64, 4), []float64{1, 1, -1, -1}
		if probability {
			at.Says, at.Start = "probability of the half that is wanted; that of the others is the rest", []float64{0, 0, 1, 1}
		}
	}
	far := 8.0
	if l.NumberTarget() == loss.Number && l.Target.High > 1 { // an error of any size, whose smallest are told apart
		far = 3
	}
	at.From, at.To = max(l.Prediction.Low, -far), min(l.Prediction.High, far)
	if l.IndexTarget() != nil {
		at.Label = []int{0}
	}
	switch kind := l.NumberTarget(); {
	case kind == nil:
	case l.Shape == loss.Set:
		at.Target = []float64{1, 1, 0, 0}
	case kind == loss.Number && l.Target.High <= 1:
		at.Target = one(1)
		at.Says += ", target 1"
	case kind == loss.Distribution:
		at.Target = one(len(at.Start))
	default:
		at.Target = make([]float64, kind.Width(len(at.Start)))
		if kind == loss.Number {
			at.Says += ", target 0"
		}
	}
	return at
}

// LinesOf are the lines along which a loss is looked at, the first of them that of LineOf.
func LinesOf(l *loss.Loss) []Line {
	at := LineOf(l)
	other := at
	switch {
	case l.Shape == loss.Box: // which also grows
		other.Says, other.From, other.To = "side of a box about the centre of its target, whose side is 1", 0.05, 3
		other.Start, other.Along = []float64{0.5, 0.5, 0.5, 0.5}, []float64{-0.5, -0.5, 0.5, 0.5}
	case l.Shape == loss.Row && at.Along[1] == 0: // and the score of another
		other.Says, other.Along = "score of another than the label, whose own is 0", []float64{0, 1, 0}
	case l.Shape == loss.Set && isProbability(l): // and a mask that fills
		other.Says, other.Start, other.Along = "probability of the half that is wanted; that of the others is 0", make([]float64, 4), []float64{1, 1, 0, 0}
	default:
		return []Line{at}
	}
	return []Line{at, other}
}

// A Plane is where a loss has a picture over two numbers: the predictions Start + x·X + y·Y, with a target.
type Plane struct {
	SaysX, SaysY string
	From, To     [2]float64 // of x and of y
	Start, X, Y  []float64
	of           Line // with its target
}

// PlaneOf is the plane of a loss whose items have several numbers; false where it has one.
func PlaneOf(l *loss.Loss) (p Plane, ok bool) {
	at := LineOf(l)
	p = Plane{From: [2]float64{at.From, at.From}, To: [2]float64{at.To, at.To}, Start: make([]float64, len(at.Start)), of: at}
	switch {
	case l.Shape == loss.Box:
		p.SaysX, p.SaysY = "distance by which a box lies to the right of its target", "side of the box; that of the target is 1"
		p.From, p.To = [2]float64{-1.5, 0.05}, [2]float64{1.5, 2.5}
		p.Start, p.X, p.Y = []float64{0.5, 0.5, 0.5, 0.5}, []float64{1, 0, 1, 0}, []float64{-0.5, -0.5, 0.5, 0.5}
	case l.Shape == loss.Set && isProbability(l):
		p.SaysX, p.SaysY = "probability of the half that is wanted", "probability of the half that is not"
		p.X, p.Y = []float64{1, 1, 0, 0}, []float64{0, 0, 1, 1}
	case l.Shape == loss.Set:
		p.SaysX, p.SaysY = "score of the half that is wanted", "score of the half that is not"
		p.X, p.Y = []float64{1, 1, 0, 0}, []float64{0, 0, 1, 1}
	case l.Shape == loss.Row && len(at.Start) == 3:
		p.SaysX, p.SaysY = "score of the label", "score of another; that of the third is 0"
		p.X, p.Y = []float64{1, 0, 0}, []float64{0, 1, 0}
	default:
		return p, false
	}
	return p, true
}

// Batch is one item, at a place of the plane.
func (p *Plane) Batch(f ieee.Format, x, y float64) loss.Batch {
	at := p.of
	at.Start, at.Along = make([]float64, len(p.Start)), p.Y
	for i := range at.Start {
		at.Start[i] = p.Start[i] + float64(x*p.X[i])
	}
	return at.Batch(f, y)
}
