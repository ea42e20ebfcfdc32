package lcp

import (
	"fmt"
	"math"
	"strings"

	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// echoNumbers are those that a transport must not change: zeros, ends of ranges,
// infinities, NaN, and for every exponent a number that needs all its digits.
func echoNumbers(f ieee.Format) []float64 {
	var xs []float64
	for _, x := range []float64{0, 1, f.MinSubnormal(), f.Prev(f.MinNormal()), f.MinNormal(), f.MaxFinite(), math.Inf(1)} {
		xs = append(xs, x, math.Copysign(x, -1))
	}
	xs = append(xs, ieee.QuietNaN)
	fraction := f.Precision - 1
	const golden = 0x9e3779b97f4a7c15 // digits of the golden ratio: no pattern
	for exponent := range uint64(2*f.MaxExp + 1) {
		digits := (exponent + 1) * golden >> (64 - fraction)
		xs = append(xs, f.FromBits(exponent<<fraction|digits|1), f.FromBits(exponent<<fraction|1<<(f.Width-1)|digits))
	}
	return xs
}

// notJudged says what a failed echo means.
func notJudged(f ieee.Format, err error) string {
	return fmt.Sprintf("%s is not judged, since numbers change on their way: %v", f.Name, err)
}

// checkEcho reports the first number that did not come back.
func checkEcho(f ieee.Format, sent []string, text []byte) error {
	var m echoForm
	if err := readMessage(text, &m); err != nil || m.Type != typeEcho {
		return fmt.Errorf("%s is no %s", quoted(text), typeEcho)
	}
	if m.DType != f.Name || len(m.Bits) != len(sent) {
		return fmt.Errorf("of %d numbers of %s came back %d of %q", len(sent), f.Name, len(m.Bits), m.DType)
	}
	for i, want := range sent {
		got, err := parseHexes(f, "bits", m.Bits[i:i+1])
		if err != nil {
			return fmt.Errorf("%s came back as %s", want, quoted([]byte(m.Bits[i])))
		}
		x, _ := f.ParseHex(want) // which we wrote
		if turned, _ := f.ParseHex(reversed(want)); !ulp.SameBits(x, got[0]) && ulp.SameBits(turned, got[0]) {
			return fmt.Errorf("%s came back as %s: its bytes in the other order, where the most significant is to be first", want, m.Bits[i])
		}
		if !ulp.SameBits(x, got[0]) {
			return fmt.Errorf("%s came back as %s", told(f, x), told(f, got[0]))
		}
	}
	return nil
}

// reversed is a number with its bytes in the other order.
func reversed(hex string) string {
	var b strings.Builder
	for i := len(hex) - 2; i >= 0; i -= 2 {
		b.WriteString(hex[i : i+2])
	}
	return b.String()
}

// told is a number in decimal and in bits.
func told(f ieee.Format, x float64) string { return fmt.Sprintf("%v (%s)", x, f.Hex(x)) }
