package properties

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ulp"
)

// exactPrec holds every sum of a few hundred products of differences of float64 exactly:
// such products lie between 2^-2200 and 2^2100 and have at most 2200 bits.
const exactPrec = 8192

func newBig() *big.Float             { return new(big.Float).SetPrec(exactPrec) }
func num(x float64) *big.Float       { return newBig().SetFloat64(x) }
func add(x, y *big.Float) *big.Float { return newBig().Add(x, y) }
func sub(x, y *big.Float) *big.Float { return newBig().Sub(x, y) }
func mul(x, y *big.Float) *big.Float { return newBig().Mul(x, y) }

// A form is one side of a law: a linear combination, with exact coefficients, of numbers
// that the subject answered, and a constant.
type form struct {
	terms    []term
	constant *big.Float
	doubt    *big.Float // a bound on the error of the constant and of what inexact coefficients make
}

type term struct {
	coef *big.Float
	n    number
	of   *function // nil: the number itself
}

// A function of a number, where a law is not linear: its value, and its slope where the
// number is known to within b.
type function struct {
	name  string
	value *big.Float
	slope func(b float64) *big.Float
}

func side() *form { return &form{constant: newBig(), doubt: newBig()} }

// Most coefficients are 1 and −1. They are shared, never written to, and spare a product.
var plusOne, minusOne = num(1), num(-1)

// plus adds coef·n.
func (s *form) plus(coef float64, n number) *form {
	switch coef {
	case 1:
		return s.plusBig(plusOne, n)
	case -1:
		return s.plusBig(minusOne, n)
	}
	return s.plusBig(num(coef), n)
}

func (s *form) plusBig(coef *big.Float, n number) *form {
	if coef.Sign() != 0 {
		s.terms = append(s.terms, term{coef, n, nil})
	}
	return s
}

// plusFunction adds a function of n.
func (s *form) plusFunction(f *function, n number) *form {
	s.terms = append(s.terms, term{plusOne, n, f})
	return s
}

// plusNear adds coef·n for a coefficient that is known to within doubt.
func (s *form) plusNear(coef *big.Float, doubt *big.Float, n number) *form {
	if !ulp.Special(n.x()) {
		s.doubt.Add(s.doubt, newBig().Abs(mul(doubt, num(n.x()))))
		s.doubt.Add(s.doubt, newBig().Abs(mul(doubt, num(n.floor()))))
	}
	return s.plusBig(coef, n)
}

// add adds a constant, and near one that is known to within doubt.
func (s *form) add(x float64) *form { return s.addBig(num(x)) }

func (s *form) addBig(x *big.Float) *form {
	s.constant.Add(s.constant, x)
	return s
}

func (s *form) near(x, doubt float64) *form {
	s.doubt.Add(s.doubt, num(math.Abs(doubt)))
	return s.add(x)
}

// constant64 is the relative error that a constant of the catalogue may have, none of which is the
// result of more than a dozen float64 operations, each right to 1 ulp; and constantLeast the error of
// one so small that it has lost digits in each.
const (
	constant64    = 0x1p-48
	constantLeast = 0x1p-1070
)

// doubtful is the error that a constant of the catalogue may have.
func doubtful(x float64) float64 {
	if x = math.Abs(x); x > 0 && x < 0x1p-960 {
		return x*constant64 + constantLeast
	}
	return x * constant64
}

// upper is what a constant of the catalogue is at most.
func upper(x float64) float64 { return x + doubtful(x) }

// catalogued adds a constant of the catalogue.
func (s *form) catalogued(x float64) *form { return s.near(x, doubtful(x)) }

// finite reports whether every number is.
func (s *form) finite() bool {
	return !slices.ContainsFunc(s.terms, func(x term) bool { return ulp.Special(x.n.x()) })
}

// value is the side as the subject has it; its numbers must be finite.
func (s *form) value() *big.Float {
	v := newBig().Set(s.constant)
	for _, term := range s.terms {
		switch x := term.n.x(); {
		case term.of != nil:
			v.Add(v, mul(term.coef, term.of.value))
		case term.coef == plusOne:
			v.Add(v, num(x))
		case term.coef == minusOne:
			v.Sub(v, num(x))
		default:
			v.Add(v, mul(term.coef, num(x)))
		}
	}
	return v
}

// slack is Σ|coef|·bound, the error that the side may have.
func (s *form) slack(bound func(number) float64) *big.Float {
	total := newBig().Set(s.doubt)
	for _, term := range s.terms {
		b := bound(term.n)
		if math.IsInf(b, 0) || math.IsNaN(b) {
			return newBig().SetInf(false)
		}
		if term.of == nil && (term.coef == plusOne || term.coef == minusOne) {
			total.Add(total, num(b))
			continue
		}
		factor := newBig().Abs(term.coef)
		if term.of != nil {
			factor.Mul(factor, term.of.slope(b))
		}
		total.Add(total, factor.Mul(factor, num(b)))
	}
	return total
}

// true is the side with the truth in place of the answers. ok is false where a number
// has no finite truth.
func (s *form) truth() (v, doubt *big.Float, ok bool) {
	v, doubt = newBig().Set(s.constant), newBig().Set(s.doubt)
	for _, term := range s.terms {
		if ulp.Special(term.n.truth().Rounded) {
			return nil, nil, false
		}
		x, err := term.n.exact()
		v.Add(v, mul(term.coef, x))
		doubt.Add(doubt, newBig().Abs(mul(term.coef, num(err))))
	}
	return v, doubt, true
}

// minus is the side less another.
func (s *form) minus(other *form) *form {
	d := side()
	d.terms = append(d.terms, s.terms...)
	for _, term := range other.terms {
		d.terms = append(d.terms, negated(term))
	}
	d.constant.Sub(s.constant, other.constant)
	d.doubt.Add(s.doubt, other.doubt)
	return d
}

func negated(x term) term {
	switch x.coef {
	case plusOne:
		x.coef = minusOne
	case minusOne:
		x.coef = plusOne
	default:
		x.coef = newBig().Neg(x.coef)
	}
	return x
}

// times is the side multiplied.
func (s *form) times(by *big.Float) *form {
	d := side()
	for _, term := range s.terms {
		term.coef = mul(term.coef, by)
		d.terms = append(d.terms, term)
	}
	d.constant.Mul(s.constant, by)
	d.doubt.Mul(s.doubt, newBig().Abs(by))
	return d
}

// A relation between two sides.
type relation string

const (
	equal   relation = "="
	atMost  relation = "≤"
	atLeast relation = "≥"
	below   relation = "<"
)

// excess is by how much the difference of two sides breaks the relation.
func (r relation) excess(difference *big.Float) *big.Float {
	switch r {
	case equal:
		return newBig().Abs(difference)
	case atLeast:
		difference = newBig().Neg(difference)
	}
	if difference.Sign() < 0 {
		return newBig()
	}
	return difference
}

// claim checks left ∘ right. It passes where the excess is within the floors of the
// bounds, and otherwise asks the oracle for the bounds themselves. Numbers that are NaN or
// infinite, as their truth is, decide nothing; where the truth is not, they are violations.
func (t *trial) claim(what string, left *form, r relation, right *form) {
	d := left.minus(right)
	if !t.finite(d) {
		return
	}
	excess := r.excess(d.value())
	if excess.Cmp(d.slack(number.floor)) <= 0 {
		t.decide(d)
		return
	}
	for _, term := range d.terms { // a finite answer where the truth is infinite
		t.matches(term.n)
	}
	slack := d.slack(number.bound)
	switch {
	case slack.IsInf() || d.comparesAtKink():
		t.inconclusive = true
	case excess.Cmp(slack) <= 0:
		t.decide(d)
	default:
		t.broken(what, left, r, right, slack, d)
	}
}

// comparesAtKink reports whether slopes are compared one of which lies at a kink: there each of
// them may be another element of the set.
func (s *form) comparesAtKink() bool {
	slopes, kink := 0, false
	for _, term := range s.terms {
		if term.n.of != subject.Value {
			slopes++
			kink = kink || term.n.atKink()
		}
	}
	return slopes > 1 && kink
}

// strictly checks left < right, which a subject can be held to only where the true
// difference is larger than the slack; elsewhere the case is inconclusive.
func (t *trial) strictly(what string, left, right *form) {
	d := left.minus(right)
	if !t.finite(d) {
		return
	}
	v, doubt, ok := d.truth()
	if !ok {
		t.inconclusive = true
		return
	}
	slack := d.slack(number.bound)
	if slack.IsInf() || newBig().Abs(v).Cmp(add(slack, doubt)) <= 0 {
		t.inconclusive = true
		return
	}
	if v.Sign() > 0 || d.value().Sign() >= 0 {
		t.broken(what, left, below, right, slack, d)
	}
	t.decide(d)
}

// decide counts a claim that holds.
func (t *trial) decide(d *form) {
	t.decided++
	t.judge(d.terms...)
}

// judge remembers which outputs of the loss a claim has been decided about.
func (t *trial) judge(terms ...term) {
	for _, term := range terms {
		if term.n.e.call.Loss == t.loss.Name {
			t.judged[term.n.of] = true
		}
	}
}

// asTruth checks that the side differs from what it is in truth by no more than the
// bounds.
func (t *trial) asTruth(what string, left *form) {
	if !t.finite(left) {
		return
	}
	v, doubt, ok := left.truth()
	if !ok {
		for _, term := range left.terms {
			t.matches(term.n)
		}
		return
	}
	right := side().addBig(v)
	right.doubt.Add(right.doubt, doubt)
	t.claim(what, left, equal, right)
}

// finite reports whether every number is; where one is not, and its truth is, that is a
// violation.
func (t *trial) finite(s *form) bool {
	ok := true
	for _, term := range s.terms {
		if ulp.Special(term.n.x()) {
			t.matches(term.n)
			ok = false
		}
	}
	return ok
}

// matches checks that a number is NaN or infinite where its truth is, and only there.
func (t *trial) matches(n number) {
	if x, v := n.x(), n.truth().Rounded; (ulp.Special(x) || ulp.Special(v)) && !ulp.SameSpecial(x, v) {
		t.judge(term{n: n})
		t.violated("a number is NaN or infinite where the truth is, and only there", n.name()+" = "+t.show(x),
			"the truth "+t.show(v), "none: no number of ulps leads from one to the other", "", n.e.call)
	}
}

func (t *trial) broken(what string, left *form, r relation, right *form, slack *big.Float, d *form) {
	t.judge(d.terms...)
	difference := left.minus(right).value()
	digits := apart(left.value(), right.value())
	v := &Violation{What: what, Left: t.describe(left, digits), Right: string(r) + " " + t.describe(right, digits),
		Slack: decimal(slack) + ", broken by " + decimal(r.excess(difference)), From: t.sources(d)}
	v.sides = t.sides(left, r, right, slack)
	for _, term := range d.terms {
		if !slices.Contains(v.calls, term.n.e.call) {
			v.calls = append(v.calls, term.n.e.call)
		}
	}
	panic(outcome{violation: v})
}

// sides are both sides in numbers; nil where float64 cannot hold them.
func (t *trial) sides(left *form, r relation, right *form, slack *big.Float) *Sides {
	s := &Sides{Relation: string(r)}
	for to, x := range map[*float64]*big.Float{&s.Left: left.value(), &s.Right: right.value(), &s.Slack: slack} {
		if *to, _ = x.Float64(); math.IsInf(*to, 0) {
			return nil
		}
	}
	for k, side := range []*form{left, right} {
		const most = 4 // of a side, which find room beside each other
		for _, term := range side.terms[:min(most, len(side.terms))] {
			s.Numbers = append(s.Numbers, SideNumber{[]string{"left", "right"}[k], t.taken(term, term.n.name()), t.point(term.n.e.call), term.n.x()})
		}
	}
	return s
}

// taken says of a number how a side has it.
func (t *trial) taken(x term, text string) string {
	if x.of != nil {
		text = x.of.name + "(" + text + ")"
	}
	if c, _ := x.coef.Float64(); c != 1 {
		text = decimal(x.coef) + "·" + text
	}
	return text
}

// apart is how many digits tell two numbers apart.
func apart(x, y *big.Float) int {
	const least, most = 8, 60
	for digits := least; digits < most; digits++ {
		if x.Text('g', digits) != y.Text('g', digits) {
			return digits
		}
	}
	return most
}

// describe prints a side: its value to so many digits, and how it is made of the numbers of the
// subject. One that is a number alone comes with the bits of the nearest of the dtype.
func (t *trial) describe(s *form, digits int) string {
	if len(s.terms) == 0 {
		x, _ := s.constant.Float64()
		return fmt.Sprintf("%s (%s)", s.constant.Text('g', digits), t.format.Hex(t.format.Round(x)))
	}
	const most = 6
	var parts []string
	for _, term := range s.terms[:min(most, len(s.terms))] {
		parts = append(parts, t.taken(term, term.n.name()+" "+t.show(term.n.x())))
	}
	if len(s.terms) > most {
		parts = append(parts, fmt.Sprintf("%d terms more", len(s.terms)-most))
	}
	if s.constant.Sign() != 0 {
		parts = append(parts, decimal(s.constant))
	}
	return s.value().Text('g', digits) + " = " + strings.Join(parts, " + ")
}

// sources says where the slack came from.
func (t *trial) sources(d *form) string {
	const most = 6
	var parts []string
	for _, term := range d.terms[:min(most, len(d.terms))] {
		parts = append(parts, fmt.Sprintf("%s at %s ± %.3g (%s)", term.n.name(), t.point(term.n.e.call), term.n.bound(),
			formula(t.level, term.n.conditioned().Kappa, term.n.terms().N)))
	}
	if len(d.terms) > most {
		parts = append(parts, fmt.Sprintf("%d numbers more", len(d.terms)-most))
	}
	if d.doubt.Sign() != 0 {
		parts = append(parts, decimal(d.doubt)+" for constants")
	}
	return strings.Join(parts, "; ")
}

func decimal(x *big.Float) string { return x.Text('g', 8) }
