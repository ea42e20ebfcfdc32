package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
)

// detection is the demo of boxes and masks.
var detection = []chapter{
	{"Boxes that do not meet", tellDisjoint, nil},
	{"A box that is pulled", tellPulled, pullingCurves},
	{"What each adds", tellPenalties, nil},
	{"A hundred thousand easy boxes", tellBackground, nil},
	{"An object of one pixel", tellPixel, nil},
	{"An empty mask", tellEmptyMask, nil},
}

// of evaluates one item of an entry.
func of(name string, params loss.Params, pred, target []float64) (value float64, grad []float64) {
	r := must(loss.Eval(&loss.Call{Loss: name, Params: params, Reduction: loss.Sum,
		Batch: loss.Batch{Rows: 1, Cols: len(pred), Pred: pred, Target: target}}))
	return r.Value[0], r.Grad
}

var pulling = []string{"iou", "giou", "diou", "ciou"}

func tellDisjoint(w io.Writer) {
	target := []float64{6, 2, 10, 6}
	fmt.Fprint(w, `A detector predicts a box, and what counts is how far it covers the object: the intersection over the union, IoU. As a loss,
1 − IoU. A box of the right size comes from the left; here is the loss, and how strongly the whole box is pulled to the right, to
where the object is:

`)
	t := table{}
	head := []string{"left edge", "IoU"}
	for _, name := range pulling {
		head = append(head, name, "pull")
	}
	t.add(head...)
	for _, x := range []float64{-20, -4, 0, 3, 5} {
		box := []float64{x, 2, x + 4, 6}
		iou, _ := of("iou", nil, box, target)
		row := []string{fixed(x, 0), fixed(1-iou, 2)}
		for _, name := range pulling {
			value, grad := of(name, nil, box, target)
			row = append(row, fixed(value, 3), short(0-(grad[0]+grad[2])))
		}
		t.add(row...)
	}
	fmt.Fprint(w, t.String())
	fmt.Fprint(w, `
As long as the boxes do not meet, 1 − IoU is 1 wherever the box is, and its gradient is 0: a box that misses its object learns
nothing. GIoU adds the part of the smallest box around both that neither covers, DIoU the distance of the centres; both fall as the
box comes nearer, from any distance.
`)
}

// pull moves a box by gradient descent and returns it after each step, the start included.
func pull(name string, box, target []float64, rate float64, steps int) [][]float64 {
	path := [][]float64{box}
	for range steps {
		_, grad := of(name, nil, box, target)
		next := make([]float64, len(box))
		for i, x := range box {
			next[i] = x - float64(rate*grad[i]) // the conversion keeps the same bits on every machine
		}
		for i := range 2 { // an edge does not pass the opposite one
			if next[i] > next[i+2] {
				middle := (next[i] + next[i+2]) / 2
				next[i], next[i+2] = middle, middle
			}
		}
		box = next
		path = append(path, box)
	}
	return path
}

// scene draws boxes in characters: the target in #, the others in the letters that are given, the last on top.
func scene(target []float64, boxes map[rune][]float64, order string) string {
	const width, height, perColumn, perRow = 60, 12, 0.25, 0.75
	grid := make([][]rune, height)
	for r := range grid {
		grid[r] = []rune(strings.Repeat(" ", width))
	}
	draw := func(box []float64, with rune) {
		place := func(x, size float64, most int) int { return min(most-1, max(0, int(math.Round(x/size)))) }
		left, right := place(box[0], perColumn, width), place(box[2], perColumn, width)
		top, bottom := place(box[1], perRow, height), place(box[3], perRow, height)
		for c := left; c <= right; c++ {
			grid[top][c], grid[bottom][c] = with, with
		}
		for r := top; r <= bottom; r++ {
			grid[r][left], grid[r][right] = with, with
		}
	}
	draw(target, '#')
	for _, name := range order {
		draw(boxes[name], name)
	}
	var b strings.Builder
	for _, line := range grid {
		b.WriteString(strings.TrimRight("  "+string(line), " ") + "\n")
	}
	return b.String()
}

var (
	startBox  = []float64{0.5, 0.5, 3, 2.5}
	targetBox = []float64{8, 3.5, 13, 7.5}
)

const pullRate, pullSteps = 1.0, 400

// overlaps are the IoU of boxes with the target.
func overlaps(path [][]float64) (all []float64) {
	for _, box := range path {
		s, _ := of("iou", nil, box, targetBox)
		all = append(all, 1-s)
	}
	return all
}

func pullingCurves() (all []*curve, panels []panel) {
	for _, name := range pulling[:3] { // the last lies on the one before it
		all = append(all, bySteps(name, overlaps(pull(name, startBox, targetBox, pullRate, pullSteps))))
	}
	return all, []panel{{"IoU with the object", ofValue.of}}
}

func tellPulled(w io.Writer) {
	fmt.Fprintf(w, `The same box, started at %v, the object at %v. Gradient descent on the four edges, rate %v. The object is #, and the box
is s at the start, then a, b and c after 20, 60 and %d steps:

`, startBox, targetBox, pullRate, pullSteps)
	t := table{}
	t.add("", "IoU after 20", "after 60", fmt.Sprintf("after %d", pullSteps), "steps to IoU > 0.5", "to IoU > 0.9")
	for _, name := range pulling {
		path := pull(name, startBox, targetBox, pullRate, pullSteps)
		overlap := overlaps(path)
		if name != "ciou" {
			fmt.Fprintf(w, "%s\n%s\n", name, scene(targetBox, map[rune][]float64{'s': path[0], 'a': path[20], 'b': path[60], 'c': path[pullSteps]}, "sabc"))
		}
		t.add(name, fixed(overlap[20], 3), fixed(overlap[60], 3), fixed(overlap[pullSteps], 3), stepsTo(overlap, 0.5), stepsTo(overlap, 0.9))
	}
	fmt.Fprint(w, t.String())
	fmt.Fprint(w, `
IoU alone never moves the box. GIoU first stretches it until it meets the object, since the empty part of the box around both is what
it sees. DIoU pulls the centre. In the end a step of a fixed size overshoots: where edges meet the losses have a corner.
`)
}

func tellPenalties(w io.Writer) {
	fmt.Fprint(w, `Three boxes in the middle of the object, of the same area, the first with its shape:

`)
	target := []float64{0, 0, 8, 4}
	t := table{}
	t.add(append([]string{"box"}, pulling...)...)
	for _, box := range [][]float64{{2, 1, 6, 3}, {3, 0, 5, 4}, {0, 1.5, 8, 2.5}} {
		row := []string{fmt.Sprintf("%v", box)}
		for _, name := range pulling {
			value, _ := of(name, nil, box, target)
			row = append(row, fixed(value, 4))
		}
		t.add(row...)
	}
	fmt.Fprint(w, t.String())
	fmt.Fprint(w, `
All lie inside of the object and have its centre: IoU, GIoU and DIoU cannot tell them apart. CIoU adds what the aspect differs by.
`)
}

func tellBackground(w io.Writer) {
	const easy, hard = 100_000, 100
	fmt.Fprintf(w, `An image has %d boxes of background that the model is sure of (p = 0.01), and %d objects that it misses (p = 0.1). Which part of
the loss is background?

`, easy, hard)
	logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
	t := table{}
	t.add("", "one easy box", "one object", "background, %")
	for _, l := range []struct {
		title, name string
		params      loss.Params
		quality     float64
	}{
		{"cross-entropy", entropy, nil, 1},
		{"focal, γ = 2", "sigmoid_focal", loss.Params{"alpha": nil}, 1},
		{"quality focal, β = 2", "quality_focal", nil, 0.8},
	} {
		e := at(l.name, l.params, logit(0.01), 0).value
		h := at(l.name, l.params, logit(0.1), l.quality).value
		t.add(l.title, short(e), short(h), fixed(100*easy*e/(easy*e+hard*h), 1))
	}
	fmt.Fprint(w, t.String())
	fmt.Fprint(w, `
Focal loss turns down what is easy. Quality focal does the same where the target is no 0 or 1 but how well the box lies, here an
IoU of 0.8: the score learns to say how good its box is.
`)
}

func tellPixel(w io.Writer) {
	const n = 65_536
	fmt.Fprintf(w, `A mask of %d pixels, one of which is the object. The model gives the object p = 0.1, and the background the probability in the
first column:

`, n)
	target := make([]float64, n)
	target[0] = 1
	t := table{}
	t.add("background", "cross-entropy", "without the object", "pull on it", "dice", "without the object", "pull on it")
	for _, p := range []float64{0.01, 0.0001, 0.000001} {
		logits := make([]float64, n)
		for i := range logits {
			logits[i] = math.Log(p / (1 - p))
		}
		row := []string{fmt.Sprint(p)}
		for _, name := range []string{entropy, "dice_with_logits"} {
			evaluate := func(object float64) (float64, float64) {
				logits[0] = math.Log(object / (1 - object))
				if name == entropy {
					r := must(loss.Eval(&loss.Call{Loss: name, Reduction: loss.MeanElements, Batch: loss.Batch{Rows: n, Cols: 1, Pred: logits, Target: target}}))
					return r.Value[0], r.Grad[0]
				}
				value, grad := of(name, nil, logits, target)
				return value, grad[0]
			}
			missed, _ := evaluate(p)
			value, slope := evaluate(0.1)
			row = append(row, short(value), short(missed), short(slope))
		}
		t.add(row...)
	}
	fmt.Fprint(w, t.String())
	fmt.Fprint(w, `
"Without the object": the object is taken for background, too. To the mean of cross-entropy that is nothing, one pixel of many, and its
pull stays a 65,536th. Dice is a share of the object: to miss it costs nearly everything, and the surer the background, the stronger
the one pixel is pulled.
`)
}

func tellEmptyMask(w io.Writer) {
	fmt.Fprint(w, `No object at all, 4 pixels. Dice is 1 − (2Σpy + a)/(Σp + Σy + b), and libraries differ in what they add where:

`)
	target := make([]float64, 4)
	t := table{}
	t.add("p of all pixels", "a = b = 1", "its gradient", "a = 0, b = 1", "its gradient")
	for _, p := range []float64{0, 0.01, 0.5, 1} {
		pred := []float64{p, p, p, p}
		row := []string{fmt.Sprint(p)}
		for _, a := range []float64{1, 0} {
			value, grad := of("dice", loss.Params{"smooth_numerator": {a}, "smooth_denominator": {1}}, pred, target)
			row = append(row, fixed(value, 4), fixed(grad[0], 4))
		}
		t.add(row...)
	}
	fmt.Fprint(w, t.String())
	fmt.Fprint(w, `
With both, an empty prediction of an empty mask is right, and what is predicted too much is pushed down. With the denominator alone
the loss is 1 whatever is predicted, and nothing is learnt from an image without an object.
`)
}
