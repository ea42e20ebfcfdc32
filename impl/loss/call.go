package loss

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/lossproof/lossproof/internal/ieee"
)

// A Batch is the data of a call: Rows samples of Cols predicted numbers each, in row-major
// order, which are items of the shape of the loss one after the other. Of a point each
// number is an item; of a row or a set, Cols is the size of the one item of a sample.
type Batch struct {
	Rows, Cols int
	Pred       []float64 // Rows × Cols
	Target     []float64 // of each item as many as its kind has, for targets that are numbers
	Label      []int     // one of each item, for targets that are class indices
	Weight     []float64 // one for each value, that is for each item; nil: all 1
	Upstream   []float64 // Rows × Cols, for a vector-valued entry only: the gradient is that of Σ upstream·value
}

// A Call is one question: which loss, of what, reduced how. It is the input of the
// reference, of the oracle, and of every subject that is held against them.
type Call struct {
	Loss        string
	Format      Format // the dtype of every input; it decides where a clip lies, and nothing else
	Params      Params
	Reduction   Reduction // empty: none
	Conventions Conventions
	Batch
}

// A Plan is a call whose parameters, conventions and shapes have been resolved and
// whose data lies in the declared domains: what an evaluator of any kind starts from.
type Plan struct {
	*Call
	Decl        *Loss
	Reduction   Reduction
	Args        Args
	Kind        *TargetKind // of the target that the call has; nil without one
	Width       int         // predicted numbers of an item
	TargetWidth int         // target numbers of an item
}

// Plan resolves and checks a call. The error is an *Error whose Class says what is
// wrong, or the error of Named.
func (c *Call) Plan() (*Plan, error) {
	l, err := Named(c.Loss)
	if err != nil {
		return nil, err
	}
	p := &Plan{Call: c, Decl: l, Reduction: c.Reduction}
	if p.Reduction == "" {
		p.Reduction = None
	}
	if _, err := ReductionNamed(string(p.Reduction)); err != nil || l.VectorValued && p.Reduction != None {
		return nil, &Error{BadReduction, l.Name, "reduction", -1, string(p.Reduction), "a reduction that this loss has"}
	}
	if err := p.checkShape(); err != nil {
		return nil, err
	}
	classes := 0
	if l.Shape.Classes {
		classes = p.Width
	}
	if p.Args.params, err = l.resolveParams(c.Params, classes, c.Format); err != nil {
		return nil, err
	}
	if err := l.checkConventions(c.Conventions); err != nil {
		return nil, err
	}
	p.Args.decl, p.Args.conventions = l, c.Conventions
	format := c.Format
	if format.Width == 0 {
		format = ieee.Float64
	}
	p.Args.clip, p.Args.format = clipFor(p.Args.conventions, format), format
	if err := p.checkData(); err != nil {
		return nil, err
	}
	if p.Args.conventions[EmptyMeanConvention.Name] == "error" && p.EmptyMean() {
		return nil, &Error{EmptyMean, l.Name, "denominator", -1, "0", "a mean over something"}
	}
	return p, nil
}

// checkShape finds out what the items are, and whether every input has as many numbers as
// they need.
func (p *Plan) checkShape() error {
	bad := func(input string, got int, want string) error {
		return &Error{BadShape, p.Decl.Name, input, -1, fmt.Sprintf("%d numbers", got), want}
	}
	p.Width = p.Decl.Shape.Width(p.Cols)
	n := p.Rows * p.Cols
	if p.Rows < 0 || p.Cols < 1 || p.Cols%p.Width != 0 || p.Rows > math.MaxInt/p.Cols {
		return &Error{BadShape, p.Decl.Name, "shape", -1, fmt.Sprintf("%d×%d", p.Rows, p.Cols), "rows ≥ 0 and " + p.Decl.Shape.columns()}
	}
	switch {
	case len(p.Pred) != n:
		return bad("prediction", len(p.Pred), fmt.Sprint(n))
	case p.Weight != nil && len(p.Weight) != p.Values():
		return bad("weight", len(p.Weight), fmt.Sprint(p.Values()))
	case p.Decl.VectorValued && p.Weight != nil:
		return bad("weight", len(p.Weight), "none, since the value is a vector")
	case p.Upstream != nil && !p.Decl.VectorValued:
		return bad("upstream", len(p.Upstream), "none, since the value is one number")
	case p.Upstream != nil && len(p.Upstream) != n:
		return bad("upstream", len(p.Upstream), fmt.Sprint(n))
	}
	got := len(p.Target) + len(p.Label)
	switch hasTarget, hasLabel := p.Target != nil, p.Label != nil; {
	case hasTarget && hasLabel:
		return bad("target", len(p.Target), "numbers or class indices, not both")
	case !p.Decl.HasTarget() && (hasTarget || hasLabel):
		return bad("target", got, "none")
	case hasTarget:
		p.Kind = p.Decl.NumberTarget()
	case hasLabel:
		p.Kind = p.Decl.IndexTarget()
	}
	p.TargetWidth = p.Kind.Width(p.Width)
	switch want := p.Items() * p.TargetWidth; {
	case p.Kind == nil && p.Decl.HasTarget() && (p.Rows > 0 || got > 0 || p.Target != nil || p.Label != nil):
		return bad("target", got, "a "+p.Decl.Targets.String())
	case p.Label != nil && len(p.Label) != p.Items():
		return bad("target", len(p.Label), fmt.Sprint(p.Items()))
	case p.Target != nil && len(p.Target) != want:
		return bad("target", len(p.Target), fmt.Sprint(want))
	}
	return nil
}

func (p *Plan) checkData() error {
	check := func(class Class, input string, d Domain, xs []float64, from, width int) error {
		for lo := 0; lo < len(xs); lo += width {
			if i := d.HoldsItem(xs[lo : lo+width]); i >= 0 {
				return &Error{class, p.Decl.Name, input, from + lo + i, formatFloat(xs[lo+i]), d.Name}
			}
		}
		return nil
	}
	for i := range p.Label {
		if t := p.Label[i]; (t < 0 || t >= p.Width) && !p.Ignored(i) {
			want := fmt.Sprintf("a class index in [0, %d)", p.Width)
			return &Error{BadLabel, p.Decl.Name, "target", i, fmt.Sprint(t), want}
		}
	}
	for i := range p.Items() {
		if p.Ignored(i) {
			continue
		}
		lo, hi := i*p.Width, (i+1)*p.Width
		if err := check(BadPrediction, "prediction", p.Decl.Prediction, p.Pred[lo:hi], lo, p.Width); err != nil {
			return err
		}
	}
	for i, w := range p.Weight { // a NaN weight is a mistake, not data
		if !NonNegative.Holds(w) {
			return &Error{BadWeight, p.Decl.Name, "weight", i, formatFloat(w), NonNegative.Name}
		}
	}
	if p.Decl.VectorValued {
		if err := check(BadTarget, "upstream", Finite, p.Upstream, 0, p.Width); err != nil {
			return err
		}
	}
	if p.TargetWidth == 0 {
		return nil
	}
	if err := check(BadTarget, "target", p.Decl.Target, p.Target, 0, p.TargetWidth); err != nil {
		return err
	}
	last := float64(p.Width - 1)
	for i, y := range p.Target {
		if p.Kind == Position && y > last {
			return &Error{BadTarget, p.Decl.Name, "target", i, formatFloat(y), fmt.Sprintf("a number in [0, %v], from the first class to the last", last)}
		}
	}
	return nil
}

// Items is how many items the batch has.
func (p *Plan) Items() int { return p.Rows * (p.Cols / p.Width) }

// Values is the number of values before any reduction: one for each item, and Rows × Cols
// for a vector-valued entry.
func (p *Plan) Values() int {
	if p.Decl.VectorValued {
		return p.Rows * p.Cols
	}
	return p.Items()
}

// Ignored reports whether item i carries the ignored label: then its value and its
// gradient are 0 whatever it holds, NaN and infinities included.
func (p *Plan) Ignored(i int) bool {
	if p.Label == nil {
		return false
	}
	ignored := p.Args.Vector(IgnoreIndex.Name)
	return len(ignored) == 1 && float64(p.Label[i]) == ignored[0]
}

// AppendInputs appends to key all that the answer for item i depends on, but for its weight: items that have it in common have
// their answers in common.
func (p *Plan) AppendInputs(key []byte, i int) []byte {
	n := p.Items()
	for _, xs := range [...][]float64{p.Pred, p.Target, p.Upstream} {
		each := len(xs) / n
		for _, x := range xs[i*each : (i+1)*each] {
			key = binary.LittleEndian.AppendUint64(key, math.Float64bits(x))
		}
	}
	if p.Label != nil {
		key = binary.LittleEndian.AppendUint64(key, uint64(p.Label[i]))
	}
	return key
}

// Weighting returns the sample weight of value i. A value of weight 0 is not
// evaluated: its value and its gradient are 0 whatever it holds.
func (p *Plan) Weighting(i int) float64 {
	if p.Batch.Weight == nil {
		return 1
	}
	return p.Batch.Weight[i]
}

// Denominator returns what the reduction divides by, and 1 where it does not divide. It is
// rounded, and so can be 0 or infinite where what the reference divides by is not.
func (p *Plan) Denominator() float64 { return p.denominator().float() }

// EmptyMean reports whether the reduction is a mean over nothing: its denominator is
// exactly 0, and what it gives is a convention.
func (p *Plan) EmptyMean() bool { return p.Reduction.Mean() && p.denominator().zero() }

func (p *Plan) denominator() wide {
	switch p.Reduction {
	case MeanElements:
		return num(float64(p.Values()))
	case MeanSamples:
		return num(float64(p.Rows))
	case MeanCounted, MeanWeight:
		var sum wide
		for i := range p.Values() {
			switch {
			case p.Ignored(i):
			case p.Reduction == MeanCounted:
				sum = plus(sum, num(1))
			default:
				sum = plus(sum, mul(num(p.Weighting(i)), p.classShare(i)))
			}
		}
		return sum
	}
	return num(1)
}

// classShare is the factor that class weights w give value i in the denominator: w_t for a
// label, Σ w_k·y_k for a distribution, and 1 without class weights.
func (p *Plan) classShare(i int) wide {
	if !p.Args.On(ClassWeight.Name) {
		return num(1)
	}
	if p.Label != nil {
		return num(p.Args.Class(ClassWeight.Name, p.Label[i]))
	}
	var sum wide
	for k, y := range p.Target[i*p.TargetWidth : (i+1)*p.TargetWidth] {
		sum = plus(sum, mul(num(p.Args.Class(ClassWeight.Name, k)), num(y)))
	}
	return sum
}
