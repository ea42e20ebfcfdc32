package ieee

import (
	"fmt"
	"math"
	"strings"
)

// QuietNaN is the one NaN that is written: the payload of a NaN has no meaning here, and Go's own
// NaN is not the one that other languages write.
var QuietNaN = math.Float64frombits(0x7ff8 << 48)

// Hexes is Hex of each number, with one quiet NaN for all. It gives nil of nil.
func (f Format) Hexes(xs []float64) []string {
	if xs == nil {
		return nil
	}
	texts := make([]string, len(xs))
	for i, x := range xs {
		if math.IsNaN(x) {
			x = QuietNaN
		}
		texts[i] = f.Hex(x)
	}
	return texts
}

// ParseHexes is the inverse of Hexes. It demands lower case, and takes any NaN. An error names the
// place in the list.
func (f Format) ParseHexes(texts []string) ([]float64, error) {
	if texts == nil {
		return nil, nil
	}
	xs := make([]float64, len(texts))
	for i, text := range texts {
		x, err := f.ParseHex(text)
		if err != nil || strings.ContainsAny(text, "ABCDEF") {
			return nil, fmt.Errorf("[%d] is %q: want %d hexadecimal digits in lower case, the bits of a %s",
				i, text[:min(len(text), 40)], f.Width/4, f.Title)
		}
		xs[i] = x
	}
	return xs, nil
}
