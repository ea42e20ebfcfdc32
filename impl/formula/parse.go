package formula

import (
	"regexp"
	"strconv"
	"unicode/utf8"
)

// Limits of a text, far above what a loss needs: MaxLength is in bytes.
const (
	MaxLength = 1 << 16
	deepest   = 200 // parentheses in parentheses
)

var (
	blank        = regexp.MustCompile(`^(?:[ \t\r]+|#[^\n]*)+`)
	number       = regexp.MustCompile(`^(?:0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)`)
	word         = regexp.MustCompile(`^[\pL_][\pL\p{Nd}_]*′*`)
	longExponent = regexp.MustCompile(`[eEpP][+-]?[0-9]{5}`)
	symbol       = regexp.MustCompile(`^(?:<=|>=|==|!=|[-+*/^()\[\],<>=;\n·×−≤≥≠²³])`)
)

// spelled is the plain spelling of a symbol.
var spelled = map[string]string{"·": "*", "×": "*", "−": "-", "≤": "<=", "≥": ">=", "≠": "!=", ";": "\n"}

// levels says how closely an operator of two operands binds.
var levels = map[string]int{"or": 1, "and": 2, "<": 4, "<=": 4, ">": 4, ">=": 4, "==": 4, "!=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "^": 8}

const (
	negation  = 3 // not
	compared  = 4
	negative  = 7 // −x
	exponents = 8
)

// Parse reads a text: lines of the form
//
//	name = expression
//	name(parameters) = expression
//	expression
//
// of which the last kind defines the name value. The error is an *Error.
func Parse(text string) (t Text, err error) {
	defer caught(&err)
	p := &parser{rest: text, here: place{1, 1}}
	if len(text) > MaxLength {
		p.here.fail("the text has %d bytes: at most %d are read", len(text), MaxLength)
	}
	if !utf8.ValidString(text) {
		p.here.fail("the text is not UTF-8")
	}
	p.next()
	for {
		for p.token == "\n" {
			p.next()
		}
		if p.token == "" {
			break
		}
		t = append(t, p.definition())
		if p.token != "" && p.token != "\n" {
			p.unexpected("an operator, or the end of the line")
		}
	}
	if len(t) == 0 {
		p.at.fail("the text defines nothing: it wants an expression")
	}
	return t, nil
}

// MustParse is Parse for a text that stands in a program. It panics on a mistake.
func MustParse(text string) Text {
	t, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return t
}

// A parser holds the token that is read next. The end is the empty token.
type parser struct {
	rest  string
	here  place // of rest
	token string
	kind  string // number, name, or empty for a symbol
	at    place  // of token
	open  int    // parentheses and brackets
	depth int
}

// skip moves over what a token is made of.
func (p *parser) skip(s string) {
	p.rest = p.rest[len(s):]
	if s == "\n" {
		p.here = place{p.here.line + 1, 1}
		return
	}
	p.here.column += utf8.RuneCountInString(s)
}

func (p *parser) next() {
	before := p.token
	for {
		p.skip(blank.FindString(p.rest))
		p.at, p.kind = p.here, ""
		if p.rest == "" {
			p.token = ""
			return
		}
		if p.token = number.FindString(p.rest); p.token != "" {
			p.kind = Number
		} else if p.token = word.FindString(p.rest); p.token != "" {
			if levels[p.token] == 0 && p.token != "not" {
				p.kind = Name
			}
		} else if p.token = symbol.FindString(p.rest); p.token == "" {
			letter, _ := utf8.DecodeRuneInString(p.rest)
			p.at.fail("no formula has the character %q", letter)
		}
		p.skip(p.token)
		if plain := spelled[p.token]; plain != "" {
			p.token = plain
		}
		// A line goes on inside of parentheses, and after an operator.
		if p.token != "\n" || p.open == 0 && (levels[before] == 0 && before != "=") {
			return
		}
	}
}

func (p *parser) unexpected(want string) {
	got := strconv.Quote(p.token)
	switch p.token {
	case "":
		got = "the end of the text"
	case "\n":
		got = "the end of the line"
	case "=":
		want += " (== compares)"
	}
	p.at.fail("found %s: want %s", got, want)
}

func (p *parser) accept(token string) bool {
	if p.token != token || p.kind != "" {
		return false
	}
	p.next()
	return true
}

func (p *parser) definition() Definition {
	at := p.at
	e := p.expression(0)
	if p.token != "=" {
		return Definition{Name: "value", Body: e, at: at}
	}
	d := Definition{at: at}
	switch {
	case e.Op == Name:
		d.Name = e.Text
	case word.MatchString(e.Op) && levels[e.Op] == 0 && e.Op != "not":
		d.Name, d.Params = e.Op, []string{}
		for _, arg := range e.Args {
			if arg.Op != Name {
				arg.at.fail("%s is a parameter of %s: want a name", arg, e.Op)
			}
			d.Params = append(d.Params, arg.Text)
		}
	default:
		at.fail("%s = …: what is defined is a name, or a function of names", e)
	}
	p.next()
	d.Body = p.expression(0)
	return d
}

// expression reads what binds at least as closely as a level.
func (p *parser) expression(level int) *Expression {
	if p.depth++; p.depth > deepest {
		p.at.fail("parentheses, signs and powers are nested more than %d deep", deepest)
	}
	defer func() { p.depth-- }()
	left := p.operand()
	for {
		op, binds := p.token, levels[p.token]
		if binds == 0 || binds < level || p.kind != "" {
			return left
		}
		p.next()
		right := binds + 1
		if op == "^" {
			right = negative // the exponent has a sign and powers of its own
		}
		left = &Expression{Op: op, Args: []*Expression{left, p.expression(right)}, at: left.at}
		if binds == compared && levels[p.token] == compared {
			p.at.fail("%s %s …: comparisons are joined by and", left, p.token)
		}
	}
}

func (p *parser) operand() *Expression {
	at, text, kind := p.at, p.token, p.kind
	var e *Expression
	switch {
	case kind == Number:
		if _, err := strconv.ParseFloat(text, 64); err != nil || longExponent.MatchString(text) {
			at.fail("%s is beyond the range of float64, from 5e-324 to 1.8e308", text)
		}
		p.next()
		e = &Expression{Op: Number, Text: text, at: at}
	case kind == Name:
		p.next()
		e = &Expression{Op: Name, Text: text, at: at}
		if p.token == "(" {
			e = &Expression{Op: text, Args: p.list("(", ")"), at: at}
		}
	case p.accept("-"):
		return &Expression{Op: Negative, Args: []*Expression{p.expression(negative)}, at: at}
	case p.accept("not"):
		return &Expression{Op: "not", Args: []*Expression{p.expression(negation)}, at: at}
	case text == "(":
		inside := p.list("(", ")")
		if len(inside) != 1 {
			at.fail("%d expressions in parentheses: want one, or the name of a function before them", len(inside))
		}
		e = inside[0]
	default:
		p.unexpected("a number, a name, a function or (")
	}
	for {
		switch {
		case p.token == "[":
			index := p.list("[", "]")
			if len(index) != 1 {
				at.fail("%s[…] has %d indices: want one", e, len(index))
			}
			e = &Expression{Op: "[]", Args: []*Expression{e, index[0]}, at: at}
		case p.accept("²"):
			e = &Expression{Op: "^", Args: []*Expression{e, {Op: Number, Text: "2", at: at}}, at: at}
		case p.accept("³"):
			e = &Expression{Op: "^", Args: []*Expression{e, {Op: Number, Text: "3", at: at}}, at: at}
		default:
			return e
		}
	}
}

// list reads expressions between parentheses or brackets.
func (p *parser) list(left, right string) []*Expression {
	p.open++
	p.next()
	var list []*Expression
	for {
		if p.token == right && len(list) == 0 {
			break
		}
		list = append(list, p.expression(0))
		if p.token == right {
			break
		}
		if !p.accept(",") {
			p.unexpected("an operator, a comma or " + right)
		}
	}
	p.open--
	p.next()
	return list
}
