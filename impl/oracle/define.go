package oracle

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/choice"
	"github.com/lossproof/lossproof/internal/ieee"
)

// Losses that are defined by a text while the program runs. The page for those who write one is the README of
// package formula.

// ErrNoDefinition says that a loss is declared without a formula, so that nobody knows its values.
var ErrNoDefinition = errors.New("oracle: the loss has no formula, and so no known value")

// DefaultName is that of a loss which nobody has given one.
const DefaultName = "defined"

// Define declares a loss by a text, for as long as the program runs: a formula, with a head that says what its text
// does not. An empty name is that of the head, and else DefaultName. The reference of the loss is the oracle itself, rounded.
//
// The error names the loss, and wraps a *formula.Error with line and column, or says that the name is taken. The same
// name with the same text is the same loss. It is safe for concurrent use.
func Define(name, text string) (*loss.Loss, error) {
	l, err := ParseDefinition(name, text)
	if err != nil {
		return nil, err
	}
	return loss.Define(l, evaluate)
}

// ParseDefinition reads what Define declares, and declares nothing. A text of a head alone declares a loss whose formula
// nobody knows.
func ParseDefinition(name, text string) (l *loss.Loss, err error) {
	d := &definer{Loss: &loss.Loss{Name: name, Text: text}, lines: strings.Split(text, "\n"), renames: map[int]bool{}}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *formula.Error:
			l, err = nil, fmt.Errorf("%s: %w", d.called(), e)
		default:
			panic(e)
		}
	}()
	if name != "" {
		if err := ValidName(name); err != nil {
			return nil, err
		}
	}
	if len(text) > formula.MaxLength {
		return nil, fmt.Errorf("%s: the text has %d bytes: at most %d are read", d.called(), len(text), formula.MaxLength)
	}
	d.readHead()
	d.Name = d.called()
	if text == "" {
		d.Text = "name: " + d.Name // a text is what tells a defined loss from one of the catalogue
	}
	body := strings.Join(d.lines, "\n")
	for i, line := range d.lines {
		line, _, _ = strings.Cut(line, "#")
		d.known = d.known || !d.renames[i] && strings.TrimSpace(line) != ""
	}
	if d.known {
		d.text = must(formula.Parse(body))
		d.Definition = body
	}
	d.derive()
	d.document()
	return d.Loss, nil
}

// ValidName is nil for what a loss can be called.
func ValidName(name string) error {
	if !lossName.MatchString(name) {
		return fmt.Errorf("oracle: no loss can have the name %q: want at most 64 letters, digits and _, a letter first", name)
	}
	return nil
}

// must ends the reading of a definition with a mistake.
func must[T any](x T, err error) T {
	if mistake := (*formula.Error)(nil); errors.As(err, &mistake) {
		panic(mistake)
	}
	return x
}

// Names that a text may use without defining them: the prediction by three names, the target by two, and the coordinates
// of boxes.
var (
	coordinates = slices.Concat(loss.Box.Names())
	predictions = []string{"z", "x", "p"}
	standing    = append([]string{"z", "x", "p", "y", "t"}, coordinates...)
	reserved    = []string{"K", "k", "inf", "pi", "value", "in", "and", "or", "not"}
)

// A definer makes a declaration of a text.
type definer struct {
	*loss.Loss
	lines          []string     // what is left of them for the formula
	renames        map[int]bool // those that give an input another name
	text           formula.Text
	known          bool   // there is a formula
	predictionName string // empty: the text says
	target         bool   // the head says that there is one
	targetDomain   bool
	claims         []claimed
}

// called is the name of the loss.
func (d *definer) called() string {
	if d.Name == "" {
		return DefaultName
	}
	return d.Name
}

// readHead reads the lines of the head, and takes them out of the formula.
func (d *definer) readHead() {
	seen := map[string]bool{}
	for i, line := range d.lines {
		found := headStart.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		h := &headLine{line: i + 1, column: 1, rest: line}
		key, read := found[1], headKeys[found[1]]
		h.skip(line[:strings.Index(line, key)])
		switch {
		case read == nil:
			var keys []string
			for k := range headKeys {
				keys = append(keys, k)
			}
			h.fail("no head line %s: %s", key, choice.Among(key, keys))
		case seen[key] && key != "param":
			h.fail("%s is there already", key)
		}
		seen[key] = true
		h.skip(h.rest[:strings.Index(h.rest, ":")+1])
		h.rest, _, _ = strings.Cut(h.rest, "#")
		d.lines[i] = ""
		read(d, h)
	}
}

// uses returns where the text first uses a name that it does not define; nil where it does not.
func (d *definer) uses(name string) (at *formula.Expression) {
	if slices.ContainsFunc(d.text, func(def formula.Definition) bool { return def.Name == name && def.Params == nil }) {
		return nil
	}
	for _, def := range d.text {
		if slices.Contains(def.Params, name) {
			continue
		}
		def.Body.Walk(func(e *formula.Expression) {
			if at == nil && e.Op == formula.Name && e.Text == name {
				at = e
			}
		})
	}
	return at
}

func (d *definer) usesAny(names []string) *formula.Expression {
	for _, name := range names {
		if at := d.uses(name); at != nil {
			return at
		}
	}
	return nil
}

// derive fills in what the head leaves open, and compiles.
func (d *definer) derive() {
	if d.Shape == (loss.Shape{}) {
		d.Shape = d.shape()
	}
	d.setTargets()
	d.setPrediction()
	d.setTargetDomain()
	if d.known {
		program := d.compile()
		if value := d.value(); program.Vector(0) {
			panic(value.Errorf("the value has a number for each element: want one, such as their sum or mean"))
		}
		d.Kinks = d.kinks(program)
		if d.isOfDifferences(program) { // κ is over these
			axes := lines[d.Shape]
			d.Axes = func(int) [][]int { return axes }
		}
	}
	if !d.known {
		d.Kinks = func(loss.Args, []float64, []float64) []float64 { return nil }
	}
	for _, c := range d.claims {
		if !c.claim.can(d.Loss) {
			c.at.fail("%s is claimed of %s", c.Property, c.claim.of)
		}
		if c.Property == loss.Lipschitz || c.Property == loss.Smooth {
			if c.Norm = loss.Euclidean; d.Shape == loss.Point {
				c.Norm = loss.AbsoluteValue
			}
		}
		d.Traits = append(d.Traits, c.Trait)
	}
}

// shape is that which the text has a meaning in: a box where it uses coordinates, a row where it uses a class or
// functions of vectors, else a point. Of two mistakes the one that is further on is told.
func (d *definer) shape() loss.Shape {
	if d.usesAny(coordinates) != nil {
		return loss.Box
	}
	if !d.known {
		return loss.Point
	}
	try := func(s loss.Shape) *formula.Error {
		l := *d.Loss
		trial := *d
		trial.Loss, l.Shape = &l, s
		trial.setTargets()
		_, err := trial.text.Compile(trial.inputs())
		mistake, _ := errors.AsType[*formula.Error](err)
		return mistake
	}
	point := try(loss.Point)
	if point == nil {
		return loss.Point
	}
	row := try(loss.Row)
	if row != nil && (row.Line < point.Line || row.Line == point.Line && row.Column <= point.Column) {
		panic(point)
	}
	return loss.Row // whose mistake, if it has one, is told by whoever compiles it
}

// setTargets sets the kind of target, where the head does not say it.
func (d *definer) setTargets() {
	if d.Targets != nil {
		return
	}
	kind, used := d.Shape.Target, d.uses("y")
	_, names := d.Shape.Names()
	switch {
	case d.Shape.Several():
		used = d.usesAny(names)
	case d.Shape == loss.Row && d.uses("t") != nil:
		kind, used = loss.Label, d.uses("t")
	}
	if used != nil || !d.known && d.target {
		d.Targets = loss.Targets{kind}
	}
}

// setPrediction demands that one name stands for the prediction, and sets its domain.
func (d *definer) setPrediction() {
	if d.Shape.Several() {
		if d.Prediction == (loss.Domain{}) {
			d.Prediction = d.Shape.Domain
		}
		return
	}
	name := d.predictionName
	for _, other := range predictions {
		at := d.uses(other)
		if at == nil || other == name || name != "" && !slices.Contains(standing, name) && other == "x" {
			continue
		}
		if name != "" {
			panic(at.Errorf("%s and %s would both be the prediction: want one name", name, other))
		}
		name = other
	}
	if d.known && name == "" {
		panic(d.value().Errorf("the text uses no prediction: call it z, x or p, or give it a name in a line prediction:"))
	}
	d.predictionName = name
	switch {
	case d.Prediction != (loss.Domain{}):
	case name == "p":
		d.Prediction = loss.UnitInterval
	default:
		d.Prediction = loss.Finite
	}
}

// setTargetDomain sets the domain of target numbers.
func (d *definer) setTargetDomain() {
	kind := d.NumberTarget()
	if kind == nil || d.targetDomain {
		return
	}
	switch {
	case d.Shape.Several():
		d.Target = d.Shape.Domain
	case kind == loss.Position:
		d.Target = loss.NonNegative
	case kind == loss.Number && d.predictionName != "z" && d.predictionName != "p":
		d.Target = loss.Finite
	default:
		d.Target = loss.UnitInterval
	}
}

// inputs are what the text can be a function of.
func (d *definer) inputs() []formula.Input {
	var in []formula.Input
	for _, v := range variables(d.Loss) {
		in = append(in, v.Input)
	}
	return in
}

// compile gives the text its inputs, and sees to it that the oracle can compute it.
func (d *definer) compile() *formula.Program {
	if at := d.uses("inf"); at != nil {
		panic(at.Errorf("inf has no value that can be certified: leave the domain's end to the head, as in prediction: z in [-inf, inf]"))
	}
	program := must(d.text.Compile(d.inputs()))
	if _, err := formula.NewEvaluator(program, (&writer{}).algebra()); err != nil {
		panic(d.value().Errorf("%v", err))
	}
	return program
}

// value is the expression that defines the value.
func (d *definer) value() *formula.Expression {
	for _, def := range d.text {
		if def.Name == "value" {
			return def.Body
		}
	}
	return d.text[len(d.text)-1].Body
}

// document fills in what people read.
func (d *definer) document() {
	if d.Title == "" {
		d.Title = "defined for this run"
	}
	d.Formula = strings.ReplaceAll(d.text.String(), "\n", "; ")
	var lines []string
	for i, line := range d.lines {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" && !d.renames[i] {
			lines = append(lines, line)
		}
	}
	if len(lines)+len(d.renames) == len(d.text) { // each definition on a line of its own: as it was written
		d.Formula = strings.Join(lines, "; ")
	}
	d.Gradient, d.Second = "that of the definition, by differentiation", "that of the definition, by differentiation"
	d.Accuracy = loss.Accuracy{Value: 0.5, Grad: 0.5, How: "certified by the oracle, and correctly rounded"}
	if d.NumberTarget() != nil {
		d.ByTarget = d.Gradient
	}
	if !d.known {
		d.Formula, d.Gradient, d.Second, d.ByTarget = "unknown", "unknown", "unknown", ""
		d.Accuracy = loss.Accuracy{How: "nothing is known of its values"}
	}
	d.Sources = []loss.Source{{Title: "a definition", Ref: "given to this run"}}
}

// definitionsOfTexts are those of losses that have been defined, by the loss.
var definitionsOfTexts sync.Map

// definitionOf returns the definition of a loss.
func definitionOf(l *loss.Loss) definition {
	if !l.Defined() {
		return mustDefinition(l.Name)
	}
	d, ok := definitionsOfTexts.Load(l)
	if !ok {
		d, _ = definitionsOfTexts.LoadOrStore(l, ofText(l))
	}
	return d.(definition)
}

// evaluate is the reference of a loss that is defined: the truth, rounded to float64. At a kink it chooses the number of
// the set that is next to 0.
func evaluate(p *loss.Plan, direction []float64) (*loss.Result, error) {
	call := *p.Call
	call.Format = ieee.Float64
	rounded := func(numbers []Number, err error) ([]float64, error) {
		xs := make([]float64, len(numbers))
		for i, n := range numbers {
			xs[i] = n.Rounded
			if n.Hull != nil {
				xs[i] = min(max(0, n.Hull.Low.Rounded), n.Hull.High.Rounded)
			}
		}
		return xs, err
	}
	q, err := Ask(&call)
	if err != nil {
		return nil, err
	}
	r := &loss.Result{}
	if r.Value, err = rounded(q.Value()); err != nil {
		return nil, err
	}
	if r.Grad, err = rounded(q.Grad()); err != nil {
		return nil, err
	}
	if call.Target != nil {
		if r.TargetGrad, err = rounded(EvalTarget(&call)); err != nil {
			return nil, err
		}
	}
	if direction != nil {
		r.Product, err = rounded(EvalProduct(&call, direction))
	}
	return r, err
}
