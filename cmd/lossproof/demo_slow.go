package main

import (
	"fmt"
	"io"
	"math"

	"github.com/guptarohit/asciigraph"
)

const (
	squared = "squared_error_with_logits"
	entropy = "binary_cross_entropy_with_logits"
)

func tellChain(w io.Writer) {
	const x, weight, y = 2.0, 1.5, 0.0
	score := weight * x
	p := at("sigmoid", nil, score)
	fmt.Fprintf(w, `Then why not squared error? Take one neuron: weight w = %v, input x = %v, score s = w·x = %v, probability
p = σ(s) = %s, and the target y = %v. Learning follows ∂L/∂w, a product of three factors:

`, weight, x, score, fixed(p.value, 4), y)
	t := table{}
	t.add("", "∂L/∂p", "∂p/∂s", "∂s/∂w", "product", "in one formula")
	for _, l := range []struct{ title, name, logits, formula string }{
		{"squared error", "squared_error", squared, "2(p−y)·p(1−p)·x"},
		{"cross-entropy", "binary_cross_entropy", entropy, "(p−y)·x"},
	} {
		byProbability := at(l.name, nil, p.value, y).slope
		t.add(l.title, fixed(byProbability, 4), fixed(p.slope, 4), fixed(x, 4), fixed(byProbability*p.slope*x, 4),
			fmt.Sprintf("%s = %s", l.formula, fixed(at(l.logits, nil, score, y).slope*x, 4)))
	}
	fmt.Fprint(w, t.String())
	fmt.Fprint(w, `
The middle factor σ'(s) = p(1−p) is small wherever the neuron is sure. Under cross-entropy the first
factor is (p−y)/(p(1−p)), which cancels it: what remains is (σ(s)−y)·x, large exactly when the
neuron is wrong.
`)
}

func tellSaturation(w io.Writer) {
	const y = 1.0
	fmt.Fprint(w, `The target is 1, so a negative score is wrong, and the more so the farther it is from 0:

`)
	t := table{}
	t.add("score", "p", "squared error", "its gradient", "cross-entropy", "its gradient")
	for _, s := range []float64{-20, -10, -5, -2, 0, 2, 5} {
		se, ce := at(squared, nil, s, y), at(entropy, nil, s, y)
		t.add(fixed(s, 0), short(at("sigmoid", nil, s).value), fixed(se.value, 6), short(se.slope), fixed(ce.value, 6), short(ce.slope))
	}
	fmt.Fprint(w, t.String())
	far, near := at(squared, nil, -20, y), at(squared, nil, 0, y)
	fmt.Fprintf(w, `
At -20 squared error pulls %s times more weakly than at 0, though nothing could be more wrong. It has
given up. Cross-entropy pulls with its full strength.
`, short(near.slope/far.slope))
}

func tellConvexity(w io.Writer) {
	const y = 1.0
	fmt.Fprint(w, `The second derivative by the score says where a loss bends up (+) and where it bends down (-):

`)
	t := table{}
	t.add("score", "squared error", "", "cross-entropy", "")
	for _, s := range []float64{-8, -4, -2, -1, 0, 1, 2, 4} {
		se, ce := at(squared, nil, s, y).curvature, at(entropy, nil, s, y).curvature
		t.add(fixed(s, 0), fixed(se, 5), sign(se), fixed(ce, 5), sign(ce))
	}
	fmt.Fprint(w, t.String())
	const a, b = -8.0, 0.0
	fmt.Fprintf(w, `
Cross-entropy bends up everywhere: it is convex in the score, has one valley, and the way down leads
there. Squared error through a sigmoid is not convex. Halfway between the scores %v and %v a convex
loss is at most the mean of both ends:

`, a, b)
	t = table{}
	t.add("", "at the middle", "mean of the ends", "convex here")
	for _, l := range []struct{ title, name string }{{"squared error", squared}, {"cross-entropy", entropy}} {
		middle := at(l.name, nil, (a+b)/2, y).value
		mean := (at(l.name, nil, a, y).value + at(l.name, nil, b, y).value) / 2
		t.add(l.title, fixed(middle, 4), fixed(mean, 4), map[bool]string{true: "yes", false: "no"}[middle <= mean])
	}
	fmt.Fprint(w, t.String())
}

func sign(x float64) string {
	if x < 0 {
		return "-"
	}
	return "+"
}

// learn trains one neuron with gradient descent and returns p after each step, the start
// included. The input is 1, so the weight is the score.
func learn(name string, weight, y, rate float64, steps int) []float64 {
	ps := []float64{at("sigmoid", nil, weight).value}
	for range steps {
		weight -= float64(rate * at(name, nil, weight, y).slope) // the conversion keeps the same bits on every machine
		ps = append(ps, at("sigmoid", nil, weight).value)
	}
	return ps
}

// drawn is a learning curve with the numbers rounded, so that every machine draws the same line.
func drawn(ps []float64, caption string) string {
	const width, height, thousandths = 72, 8, 1000
	line := make([]float64, width)
	for i := range line {
		line[i] = math.Round(ps[i*(len(ps)-1)/(width-1)]*thousandths) / thousandths
	}
	return asciigraph.Plot(line, asciigraph.Height(height), asciigraph.LowerBound(0), asciigraph.UpperBound(1),
		asciigraph.Precision(2), asciigraph.Caption(caption))
}

// One neuron learns from a bad start.
const learnStart, learnTarget, learnRate, learnSteps = -6.0, 1.0, 0.5, 568

var learners = []struct{ title, name string }{{"squared error", squared}, {"cross-entropy", entropy}}

func learningCurves() (all []*curve, panels []panel) {
	for _, l := range learners {
		all = append(all, bySteps(l.title, learn(l.name, learnStart, learnTarget, learnRate, learnSteps)))
	}
	return all, []panel{{"probability p", ofValue.of}}
}

// bySteps is a curve of numbers, one after each step.
func bySteps(name string, ys []float64) *curve {
	c := &curve{name: name, along: "steps", value: ys}
	for i := range ys {
		c.x = append(c.x, float64(i))
	}
	return c
}

func tellLearning(w io.Writer) {
	fmt.Fprintf(w, `One neuron, input 1, target %v, started at the saturated and wrong weight %v. Gradient descent at the rate
%v, %d steps. Only the loss differs. The curves are its probability p, which should become 1:

`, learnTarget, learnStart, learnRate, learnSteps)
	t := table{}
	t.add("", "p after 10", "after 100", "after 500", "steps to p > 0.5", "to p > 0.9")
	for _, l := range learners {
		ps := learn(l.name, learnStart, learnTarget, learnRate, learnSteps)
		fmt.Fprintf(w, "%s\n\n", drawn(ps, "learning with "+l.title))
		t.add(l.title, fixed(ps[10], 3), fixed(ps[100], 3), fixed(ps[500], 3), stepsTo(ps, 0.5), stepsTo(ps, 0.9))
	}
	fmt.Fprint(w, t.String())
}

// stepsTo is the first step after which p is above the threshold.
func stepsTo(ps []float64, threshold float64) string {
	for i, p := range ps {
		if p > threshold {
			return fmt.Sprint(i)
		}
	}
	return "never"
}
