package oracle

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/choice"
)

// The head of a definition is its lines with a colon, which no formula has:
//
//	name: my_loss
//	prediction: z in [-inf, inf]
//	claims: convex, nonnegative, lipschitz 1

// A headLine is one of them, read from the left.
type headLine struct {
	line, column int
	rest         string
}

var (
	headStart = regexp.MustCompile(`^[ \t]*([\pL_][\pL\p{Nd}_]*)[ \t]*:`)
	headToken = regexp.MustCompile(`^(?:[\pL_][\pL\p{Nd}_]*′*|[-−+]?(?:inf\b|[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]{1,4})?|\.[0-9]+(?:[eE][+-]?[0-9]{1,4})?)|[][(){},=])`)
	headWord  = regexp.MustCompile(`^[\pL_]`)
	lossName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)
)

// headKeys are what a head line can say.
var headKeys = map[string]func(*definer, *headLine){
	"name": (*definer).readName, "title": (*definer).readTitle, "shape": (*definer).readShape, "prediction": (*definer).readPrediction,
	"target": (*definer).readTarget, "param": (*definer).readParam, "claims": (*definer).readClaims,
}

// fail ends the reading of a definition with a mistake at the next token.
func (h *headLine) fail(format string, args ...any) {
	panic(&formula.Error{Line: h.line, Column: h.column, Message: fmt.Sprintf(format, args...)})
}

// skip moves over text.
func (h *headLine) skip(s string) {
	h.rest = h.rest[len(s):]
	h.column += utf8.RuneCountInString(s)
}

// peek is the next token; empty at the end of the line.
func (h *headLine) peek() string {
	h.skip(h.rest[:len(h.rest)-len(strings.TrimLeft(h.rest, " \t\r"))])
	if h.rest == "" {
		return ""
	}
	token := headToken.FindString(h.rest)
	if token == "" {
		letter, _ := utf8.DecodeRuneInString(h.rest)
		h.fail("%q is not expected here", letter)
	}
	return token
}

func (h *headLine) accept(token string) bool {
	if h.peek() != token {
		return false
	}
	h.skip(token)
	return true
}

func (h *headLine) want(what string) {
	got := h.peek()
	if got == "" {
		got = "the end of the line"
	}
	h.fail("found %s: want %s", got, what)
}

// word reads a name; empty where the next token is none.
func (h *headLine) word() string {
	token := h.peek()
	if !headWord.MatchString(token) || token == "inf" {
		return ""
	}
	h.skip(token)
	return token
}

func (h *headLine) number(what string) float64 {
	token := h.peek()
	x, err := strconv.ParseFloat(strings.ReplaceAll(token, "−", "-"), 64)
	if token == "" || headWord.MatchString(token) && token != "inf" || err != nil {
		h.want(what)
	}
	h.skip(token)
	return x
}

// end demands that nothing follows.
func (h *headLine) end(want string) {
	if h.peek() != "" {
		h.want(want + ", or the end of the line")
	}
}

// chosen reads one word of a list.
func (h *headLine) chosen(what string, there []string) string {
	at := *h
	w := h.word()
	if !slices.Contains(there, w) {
		if w == "" {
			h.want(fmt.Sprintf("%s: %s", what, strings.Join(there, ", ")))
		}
		at.peek()
		at.fail("no %s %s: %s", what, w, choice.Among(w, there))
	}
	return w
}

// domain reads [low, high], with ( and ) for an end that is not a member, or {a, b}.
func (h *headLine) domain() loss.Domain {
	h.peek()
	start := *h
	if h.accept("{") {
		a := h.number("a number")
		if !h.accept(",") {
			h.want("a comma and another number")
		}
		b := h.number("a number")
		if !h.accept("}") {
			h.want("}: two numbers, as in {-1, 1}")
		}
		if !(math.Max(math.Abs(a), math.Abs(b)) <= math.MaxFloat64) || a == b {
			start.fail("a domain of two numbers wants two that are finite and different")
		}
		return loss.Either(min(a, b), max(a, b))
	}
	var low, high loss.End
	low.Open = h.accept("(")
	if !low.Open && !h.accept("[") {
		h.want("a domain, as [0, 1], (0, inf), [-inf, inf] or {-1, 1}")
	}
	low.At = h.number("a number or inf")
	if !h.accept(",") {
		h.want("a comma and the other end")
	}
	high.At = h.number("a number or inf")
	high.Open = h.accept(")")
	if !high.Open && !h.accept("]") {
		h.want("] or )")
	}
	d, err := loss.Between(low, high)
	if err != nil {
		start.fail("%v", err)
	}
	return d
}

func (d *definer) readName(h *headLine) {
	name := h.word()
	if !lossName.MatchString(name) {
		h.want("a name of letters, digits and _, as my_loss")
	}
	h.end("nothing")
	if d.Name != "" && d.Name != name {
		h.fail("the text calls the loss %s, and it is defined as %s", name, d.Name)
	}
	d.Name = name
}

func (d *definer) readTitle(h *headLine) { d.Title = strings.TrimSpace(h.rest) }

func (d *definer) readShape(h *headLine) {
	var names []string
	for _, s := range loss.Shapes() {
		names = append(names, s.Name)
	}
	d.Shape = loss.Shapes()[slices.Index(names, h.chosen("shape", names))]
	h.end("nothing")
}

// readPrediction reads a name and a domain, either of which may be left out.
func (d *definer) readPrediction(h *headLine) {
	d.predictionName = d.renamed(h, "x")
	if h.accept("in") {
		d.Prediction = h.domain()
	}
	h.end("in and a domain")
}

// readTarget reads a kind, a name and a domain, each of which may be left out.
func (d *definer) readTarget(h *headLine) {
	d.target = true
	kinds := map[string]*loss.TargetKind{}
	for _, k := range loss.TargetKinds() {
		kinds[k.Name] = k
	}
	if kind := kinds[h.peek()]; kind != nil {
		h.skip(kind.Name)
		d.Targets = loss.Targets{kind}
	}
	stands := "y"
	if d.Targets != nil && d.Targets[0].Index {
		stands = "t"
	}
	d.renamed(h, stands)
	if h.accept("in") {
		d.Target = h.domain()
		d.targetDomain = true
	}
	h.end("in and a domain")
}

// renamed reads a name for what is called otherwise by default, if there is one, and defines it. The definition takes the
// place of the head line, so that the lines of a text keep their numbers.
func (d *definer) renamed(h *headLine, stands string) string {
	if h.peek() == "in" {
		return ""
	}
	at := *h
	name := h.word()
	if name == "" || slices.Contains(standing, name) {
		return name
	}
	if slices.Contains(reserved, name) {
		at.fail("%s is taken", name)
	}
	d.lines[h.line-1], d.renames[h.line-1] = name+" = "+stands, true
	return name
}

// readParam reads name = default, a domain that may be left out, and “per class”.
func (d *definer) readParam(h *headLine) {
	h.peek()
	at := *h
	p := loss.Param{Name: h.word(), Kind: loss.Scalar, Domain: loss.Finite}
	switch _, twice := d.Param(p.Name); {
	case p.Name == "":
		h.want("the name of a parameter")
	case twice:
		at.fail("the parameter %s is there already", p.Name)
	case slices.Contains(slices.Concat(reserved, standing), p.Name) || p.Name == loss.IgnoreIndex.Name:
		at.fail("%s is taken: give the parameter another name", p.Name)
	}
	if !h.accept("=") {
		h.want("= and the default")
	}
	h.peek()
	value := *h
	p.Default = []float64{h.number("the default, a number")}
	if h.accept("in") {
		p.Domain = h.domain()
	}
	if h.accept("per") {
		if !h.accept("class") {
			h.want("class")
		}
		p.Kind = loss.PerClass
	}
	h.end("in and a domain, per class")
	switch {
	case !p.Domain.Holds(p.Default[0]):
		value.fail("the default of %s is %g: want %s", p.Name, p.Default[0], p.Domain)
	case p.Name == loss.ClassWeight.Name && p.Kind != loss.PerClass:
		at.fail("a parameter weight is one of the classes: say per class, or give it another name")
	}
	d.Params = append(d.Params, p)
}

// A claim is a property that a definition can claim: how many constants it has, and what it is claimed of.
type claim struct {
	property  loss.Property
	constants int
	of        string
	can       func(l *loss.Loss) bool
}

func isPoint(l *loss.Loss) bool { return l.Shape == loss.Point }
func anyLoss(*loss.Loss) bool   { return true }

var claims = map[string]claim{
	"nonnegative":             {loss.NonNegativeValue, 0, "", anyLoss},
	"bounded":                 {loss.Bounded, 2, "", anyLoss},
	"minimum":                 {loss.Minimum, 1, "", anyLoss},
	"convex":                  {loss.Convex, 0, "", anyLoss},
	"strictly_convex":         {loss.StrictlyConvex, 0, "", anyLoss},
	"strongly_convex":         {loss.StronglyConvex, 1, "a point", isPoint},
	"lipschitz":               {loss.Lipschitz, 1, "", anyLoss},
	"smooth":                  {loss.Smooth, 1, "", anyLoss},
	"differentiable":          {loss.Differentiable, 0, "", anyLoss},
	"increasing":              {loss.Increasing, 0, "a point", isPoint},
	"symmetric":               {loss.Symmetric, 0, "a point whose target is a finite number, or one in [0, 1]", isMirrored},
	"proper":                  {loss.Proper, 0, "a probability in [0, 1], or a score in [-inf, inf], with a target in [0, 1]", isForecast},
	"shift_invariant":         {loss.ShiftInvariant, 0, "a row", func(l *loss.Loss) bool { return l.Shape == loss.Row }},
	"gradient_sums_to_zero":   {loss.GradientSumsToZero, 0, "a row", func(l *loss.Loss) bool { return l.Shape == loss.Row }},
	"permutation_equivariant": {loss.Equivariant, 0, "a row", func(l *loss.Loss) bool { return l.Shape == loss.Row }},
}

func isMirrored(l *loss.Loss) bool {
	return l.Shape == loss.Point && l.Takes(loss.Number) && (l.Target == loss.Finite || l.Target == loss.UnitInterval)
}

func isForecast(l *loss.Loss) bool {
	return (l.Prediction == loss.UnitInterval || l.Prediction == loss.Extended) &&
		(isPoint(l) && l.Takes(loss.Number) && l.Target == loss.UnitInterval || l.Takes(loss.Label))
}

// readClaims reads claims with commas between them. Whether the loss can have them is seen when all of the head is known.
func (d *definer) readClaims(h *headLine) {
	names := slices.Sorted(maps.Keys(claims))
	for {
		h.peek()
		at := *h
		c := claims[h.chosen("claim", names)]
		t := loss.Trait{Property: c.property, Holds: true}
		switch c.constants {
		case 1:
			if t.Constant = h.number("its constant"); math.IsInf(t.Constant, 0) {
				at.fail("the constant is infinite, and claims nothing")
			}
		case 2:
			if !h.accept("[") {
				h.want("[low, high]")
			}
			t.Low = h.number("the lower bound")
			if !h.accept(",") {
				h.want("a comma and the upper bound")
			}
			t.High = h.number("the upper bound")
			if !h.accept("]") {
				h.want("]")
			}
			if !(t.Low <= t.High) || math.IsInf(t.Low, 0) || math.IsInf(t.High, 0) {
				at.fail("want [low, high] of finite numbers")
			}
		}
		d.claims = append(d.claims, claimed{t, c, at})
		if !h.accept(",") {
			break
		}
	}
	h.end("a comma and another claim")
}

// A claimed is a claim with its place.
type claimed struct {
	loss.Trait
	claim claim
	at    headLine
}
