package main

import (
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
)

var alone = regexp.MustCompile(`<mrow>(<mi>.</mi>)</mrow>`)

func TestMathML_SetsWhatItReads(t *testing.T) {
	for formula, want := range map[string]string{
		"∂L/∂x1 = d/β":      "<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><msub><mi>x</mi><mn>1</mn></msub></mrow></mfrac><mo>=</mo><mfrac><mi>d</mi><mi>β</mi></mfrac>",
		"(a+b)/(c·d)":       "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mrow><mi>c</mi><mo>·</mo><mi>d</mi></mrow></mfrac>",
		"1/((1−a)·b)":       "<mfrac><mn>1</mn><mrow><mrow><mo>(</mo><mn>1</mn><mo>−</mo><mi>a</mi><mo>)</mo></mrow><mo>·</mo><mi>b</mi></mrow></mfrac>",
		"|u|^β":             "<msup><mrow><mo>|</mo><mi>u</mi><mo>|</mo></mrow><mi>β</mi></msup>",
		"e^(a−1)·p_k²":      "<msup><mi>e</mi><mrow><mi>a</mi><mo>−</mo><mn>1</mn></mrow></msup><mo>·</mo><msup><msub><mi>p</mi><mi>k</mi></msub><mn>2</mn></msup>",
		"e^z_k":             "<msup><mi>e</mi><msub><mi>z</mi><mi>k</mi></msub></msup>",
		"log p/p":           "<mfrac><mrow><mi>log</mi><mspace width='.2em'/><mi>p</mi></mrow><mi>p</mi></mfrac>",
		"c = pos_weight":    "<mi>c</mi><mo>=</mo><mspace width='.3em'/><mtext>pos_weight</mtext><mspace width='.3em'/>",
		"0 for y < 1":       "<mn>0</mn><mspace width='.3em'/><mtext>for</mtext><mspace width='.3em'/><mi>y</mi><mo>&lt;</mo><mn>1</mn>",
		"<script>(":         "",
		"0, a label, held)": "",
	} {
		got := alone.ReplaceAllString(string(mathML(formula)), "$1") // a row of one is that one
		if want != "" {
			require.Equal(t, `<math displaystyle="true">`+want+"</math>", got, formula)
		}
		require.Equal(t, signs(formula), signs(text(t, got)), formula)
	}
}

// No sign of a formula is lost or moved, and what is made of it is well-formed.
func TestMathML_HoldsEveryFormula(t *testing.T) {
	for _, l := range loss.All() {
		for _, formula := range []string{l.Formula, l.Gradient, l.Second, l.ByTarget} {
			require.Equal(t, signs(formula), signs(text(t, string(mathML(formula)))), formula)
		}
	}
}

// text is what a reader sees of markup.
func text(t *testing.T, markup string) string {
	var out strings.Builder
	d := xml.NewDecoder(strings.NewReader(markup))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return out.String()
		}
		require.NoError(t, err, markup)
		if c, ok := token.(xml.CharData); ok {
			out.Write(c)
		}
	}
}

// signs are the letters and digits, whatever their height, and the operators but those that layout replaces.
func signs(s string) string {
	s = strings.NewReplacer("²", "2", "³", "3", "⁴", "4", "ˣ", "x", "ᵀ", "T", "₊", "+", "₋", "−", "½", "12").Replace(s)
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("/^_()", r) {
			return -1
		}
		return r
	}, s)
}
