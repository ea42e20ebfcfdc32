package main

import (
	"html"
	"html/template"
	"slices"
	"strings"
	"unicode"
)

// mathML sets a formula of a declaration as mathematics: a quotient as a fraction, x_k and x^2 as scripts, |d| as one thing.
// Whatever is no formula, as "for y = 1", stays text.
func mathML(formula string) template.HTML {
	m := &mathReader{rest: []rune(formula)}
	return template.HTML(`<math displaystyle="true">` + m.row(0) + "</math>")
}

// A mathReader reads the notation of Loss.Formula, whose spaces are all beside operators and words.
type mathReader struct{ rest []rune }

// What follows these names at once, or after a space, is what they are applied to.
var mathFunctions = []string{"log", "sgn", "tanh", "cosh", "max", "min", "lse", "sp", "nll", "softmax", "argmax", "diag"}

// scripts are the characters that stand above or below a line.
var scripts = map[rune]struct {
	tag  string
	text string
}{
	'²': {"msup", "<mn>2</mn>"}, '³': {"msup", "<mn>3</mn>"}, '⁴': {"msup", "<mn>4</mn>"}, 'ˣ': {"msup", "<mi>x</mi>"}, 'ᵀ': {"msup", "<mi>T</mi>"},
	'₊': {"msub", "<mo>+</mo>"}, '₋': {"msub", "<mo>−</mo>"}, '′': {"msup", "<mo>′</mo>"}, '″': {"msup", "<mo>″</mo>"},
}

var closing = map[rune]rune{'(': ')', '[': ']', '{': '}', '⌊': '⌋', '|': '|'}

func (m *mathReader) next() rune {
	if len(m.rest) == 0 {
		return 0
	}
	return m.rest[0]
}

func (m *mathReader) take() rune {
	r := m.next()
	m.rest = m.rest[min(1, len(m.rest)):]
	return r
}

// row reads up to the end, or to what closes it, which it leaves.
func (m *mathReader) row(end rune) string {
	var out strings.Builder
	for m.next() != 0 && m.next() != end {
		if m.next() == ' ' {
			m.take()
			continue
		}
		out.WriteString(m.quotient())
	}
	return out.String()
}

// quotient reads factors that are divided.
func (m *mathReader) quotient() string {
	over := m.product()
	for m.next() == '/' {
		m.take()
		over = "<mfrac>" + bare(over) + bare(m.product()) + "</mfrac>"
	}
	return over
}

// product reads factors that nothing stands between, as 2γ, or what a function is applied to.
func (m *mathReader) product() string {
	var parts []string
	for {
		atom, name := m.atom()
		parts = append(parts, m.scripted(atom))
		if slices.Contains(mathFunctions, name) && m.next() == ' ' && len(m.rest) > 1 && isOperand(m.rest[1]) {
			m.take()
			parts = append(parts, "<mspace width='.2em'/>")
			continue
		}
		if name == wordName || !isOperand(m.next()) || strings.HasPrefix(atom, "<mo>") && atom != "<mo>∂</mo>" && atom != "<mo>Σ</mo>" {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "<mrow>" + strings.Join(parts, "") + "</mrow>"
}

// bare takes off the parentheses of what a fraction's line holds together.
func bare(s string) string {
	inner, opens := strings.CutPrefix(s, "<mrow><mo>(</mo>")
	if inner, closes := strings.CutSuffix(inner, "<mo>)</mo></mrow>"); opens && closes {
		return "<mrow>" + inner + "</mrow>"
	}
	return s
}

func isOperand(r rune) bool {
	return unicode.IsLetter(r) && scripts[r].tag == "" || unicode.IsDigit(r) && scripts[r].tag == "" || strings.ContainsRune("(⌊∂½", r)
}

// scripted reads what stands above and below an atom.
func (m *mathReader) scripted(atom string) string { return m.with(atom, "msup", "msub") }

// with reads what stands beside an atom, of the given kinds.
func (m *mathReader) with(atom string, kinds ...string) string {
	for {
		s := scripts[m.next()]
		switch {
		case s.tag != "" && !slices.Contains(kinds, s.tag), m.next() == '^' && !slices.Contains(kinds, "msup"):
			return atom
		case s.tag != "":
			m.take()
		case m.next() == '_':
			m.take()
			s.tag, s.text = "msub", m.script()
		case m.next() == '^':
			m.take()
			s.tag, s.text = "msup", m.script()
		default:
			return atom
		}
		atom = "<" + s.tag + ">" + atom + s.text + "</" + s.tag + ">"
	}
}

// script reads one thing: a name, which may have an index, a number, or what is in parentheses, which it takes off.
func (m *mathReader) script() string {
	if m.next() == '−' {
		m.take()
		return "<mrow><mo>−</mo>" + m.script() + "</mrow>"
	}
	if letters := m.while(unicode.IsLetter); len(letters) > 0 { // indices side by side, as in δ_ki
		var out strings.Builder
		for _, r := range letters {
			out.WriteString("<mi>" + string(r) + "</mi>")
		}
		return m.with("<mrow>"+out.String()+"</mrow>", "msub")
	}
	atom, _ := m.atom()
	return bare(atom)
}

func (m *mathReader) while(holds func(rune) bool) string {
	k := 0
	for k < len(m.rest) && holds(m.rest[k]) && scripts[m.rest[k]].tag == "" {
		k++
	}
	text := string(m.rest[:k])
	m.rest = m.rest[k:]
	return text
}

const wordName = "word"

// atom reads one name, number, operator or thing in brackets. Its name is that of a letter, of a function, or wordName.
func (m *mathReader) atom() (text, name string) {
	r := m.next()
	switch {
	case r == 'Σ', r == '∂':
		m.take()
		return "<mo>" + string(r) + "</mo>", ""
	case r == '½':
		m.take()
		return "<mfrac><mn>1</mn><mn>2</mn></mfrac>", ""
	case unicode.IsDigit(r):
		return "<mn>" + m.while(unicode.IsDigit) + "</mn>", ""
	case r < unicode.MaxASCII && unicode.IsLetter(r):
		before := m.rest
		word := m.while(func(r rune) bool { return r < unicode.MaxASCII && unicode.IsLetter(r) })
		switch {
		case slices.Contains(mathFunctions, word):
			return "<mi>" + word + "</mi>", word
		case len(word) > 1 || word == "a" && m.isWord(): // a parameter, whose name may have several parts, or prose
			m.rest = before
			return "<mspace width='.3em'/><mtext>" + m.while(func(r rune) bool { return r < unicode.MaxASCII && (unicode.IsLetter(r) || r == '_') }) + "</mtext><mspace width='.3em'/>", wordName
		}
		atom := "<mi>" + word + "</mi>"
		if digits := m.while(unicode.IsDigit); digits != "" { // the edge x1
			atom = "<msub>" + atom + "<mn>" + digits + "</mn></msub>"
		}
		return atom, word
	case unicode.IsLetter(r):
		m.take()
		return "<mi>" + string(r) + "</mi>", ""
	case closing[r] != 0:
		m.take()
		inner := m.row(closing[r])
		end := m.take()
		return "<mrow><mo>" + string(r) + "</mo>" + inner + "<mo>" + string(max(end, ' ')) + "</mo></mrow>", ""
	}
	m.take()
	return "<mo>" + html.EscapeString(string(r)) + "</mo>", ""
}

// isWord reports whether what follows is a space and a word that is no function.
func (m *mathReader) isWord() bool {
	if m.next() != ' ' {
		return false
	}
	ahead := &mathReader{m.rest[1:]}
	word := ahead.while(unicode.IsLetter)
	return len(word) > 1 && !slices.Contains(mathFunctions, word)
}
