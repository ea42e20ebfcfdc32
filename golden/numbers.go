package golden

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// Words are a list as a file holds it: one string, with a space between two of them.
type words []string

// absent is the word for what is not there.
const absent = "-"

func (w words) MarshalText() ([]byte, error) { return []byte(strings.Join(w, " ")), nil }

func (w *words) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil || data[0] != '"' {
		return fmt.Errorf("%.40s: want a string, with a space between two words", data)
	}
	*w = words{}
	if text != "" {
		*w = strings.Split(text, " ")
	}
	return nil
}

func parseHexList(f ieee.Format, hex words) ([]float64, error) {
	xs, err := f.ParseHexes(hex)
	if err == nil && !slices.Equal(f.Hexes(xs), hex) {
		err = fmt.Errorf("%q: want the one quiet NaN, %s", hex, f.Hexes([]float64{math.NaN()})[0])
	}
	return xs, err
}

// residualDigits is what a residual r keeps. An error is |k − r| ulp, with k a whole number, or half of one where V is
// just below a power of two.
//
//   - The level exact looks at bits alone.
//   - Faithful, |k − r| < 1, asks for the sign of r, and at half an ulp for whether |r| is less than one half: both are
//     kept, see residualText.
//   - Stable and accurate, |k − r| ≤ 4(1+κ) or more, see r move by 5·10^-6 ulp at most. A whole bound, as where κ is
//     0, asks for the sign only; the others have a κ that is written up to 7 % too large, and certified
//     to 2^-15 of itself, which is 10^-4 ulp for κ = 1.
//   - Close adds to stable what a tolerance allows, which matters where that is more than 32 ulp.
//
// Reports print four digits of an error, which five give.
const (
	residualDigits = 5
	belowHalf      = 0.49999 // the last number below one half with so many digits
)

// residualText writes a residual; absent when the result is exact. One half stands for itself alone: what is less and
// would be rounded to it is written as the number below.
func residualText(r float64) string {
	if r == 0 {
		return absent
	}
	if math.Abs(r) < 0.5 {
		r = math.Copysign(min(math.Abs(r), belowHalf), r)
	}
	return strconv.FormatFloat(r, 'g', residualDigits, 64)
}

func parseResidual(s string) (float64, error) {
	if s == absent {
		return 0, nil
	}
	r, err := strconv.ParseFloat(s, 64)
	if err != nil || r == 0 || math.Abs(r) > 0.5 || residualText(r) != s {
		return 0, fmt.Errorf("residual %q: want at most %d significant digits, between -0.5 and 0.5, and not 0", s, residualDigits)
	}
	return r, nil
}

// hullText writes a hull by the bits of its ends. An element that is correctly
// rounded lies between ends that are, so that nothing else of them is needed.
func hullText(f ieee.Format, h *oracle.Hull) string {
	return f.Hex(h.Low.Rounded) + ".." + f.Hex(h.High.Rounded)
}

func parseHull(f ieee.Format, s string) (*oracle.Hull, error) {
	if s == absent {
		return nil, nil
	}
	low, high, _ := strings.Cut(s, "..")
	ends, err := parseHexList(f, words{low, high})
	if err != nil {
		return nil, err
	}
	if !(ends[0] <= ends[1]) {
		return nil, fmt.Errorf("hull %q: want two numbers, the lesser first", s)
	}
	return &oracle.Hull{Low: oracle.Number{Rounded: ends[0]}, High: oracle.Number{Rounded: ends[1]}}, nil
}

// tenthPowers is 2^(j/10). The table, and not math.Log2, decides how a condition
// number is written: math has assembly that differs between machines, and the files
// must not.
var tenthPowers = [10]float64{
	1, 1.0717734625362931, 1.148698354997035, 1.2311444133449163, 1.3195079107728942,
	1.4142135623730951, 1.515716566510398, 1.624504792712471, 1.7411011265922482, 1.8660659830736148,
}

// smallestKappa is what a smaller κ is written as. Bounds grow with 1+κ, which is 1 long
// before.
const smallestKappa = 0x1p-100

// kappaSlack is by how much a κ may exceed a tenth, relative to it, that it is still
// written as: the table is rounded, and the κ of a square, which is 2, comes as an upper
// bound that is a few roundings of 2^-64 above.
const kappaSlack = 0x1p-50

// kappaText writes log2 κ with one decimal, rounded up, so that a bound that is
// computed from it does not fall below the true one, to within kappaSlack; absent when κ is
// 0. What lies beyond 2^1024 is written as 1024.0, and is infinite when it is read.
func kappaText(kappa float64) string {
	if kappa == 0 {
		return absent
	}
	kappa = max(kappa, smallestKappa)
	tenths := 10240
	if !math.IsInf(kappa, 1) {
		fraction, e := math.Frexp(kappa)
		tenths = 10 * (e - 1)
		for j := 0; j < 10 && 2*fraction > tenthPowers[j]*(1+kappaSlack); j++ {
			tenths++
		}
	}
	return strconv.FormatFloat(float64(tenths)/10, 'f', 1, 64)
}

func parseKappa(s string) (float64, error) {
	if s == absent {
		return 0, nil
	}
	x, err := strconv.ParseFloat(s, 64)
	tenths := int(math.Round(x * 10))
	if err != nil || !(-100 <= x && x <= 1024) || strconv.FormatFloat(float64(tenths)/10, 'f', 1, 64) != s {
		return 0, fmt.Errorf("log2kappa %q: want a number with one decimal, from -100.0 to 1024.0", s)
	}
	e := tenths / 10
	if tenths < 0 {
		e = -((-tenths + 9) / 10)
	}
	return math.Ldexp(tenthPowers[tenths-10*e], e), nil
}

// outputs is a list of results: parallel lists, so that a long result costs one
// name each. Where a whole list says nothing (every number exact, or every κ zero) it is
// left out.
type outputs struct {
	Bits      words `json:"bits"`
	Residual  words `json:"residual,omitzero"`
	Log2Kappa words `json:"log2kappa,omitzero"`
	Hull      words `json:"hull,omitzero"` // at a kink: the bits of both ends, low..high; the bits beside are NaN
}

func outputsOf(f ieee.Format, ns []oracle.Number) *outputs {
	o := &outputs{}
	for _, n := range ns {
		residual, kappa, hull := absent, absent, absent
		switch h := n.Hull; {
		case h != nil:
			hull, kappa = hullText(f, h), kappaText(max(h.Low.Kappa, h.High.Kappa))
		case !math.IsNaN(n.Rounded) && !math.IsInf(n.Rounded, 0): // neither means anything there
			residual, kappa = residualText(n.Residual), kappaText(n.Kappa)
		}
		o.Bits, o.Residual = append(o.Bits, f.Hexes([]float64{n.Rounded})...), append(o.Residual, residual)
		o.Log2Kappa, o.Hull = append(o.Log2Kappa, kappa), append(o.Hull, hull)
	}
	for _, l := range []*words{&o.Residual, &o.Log2Kappa, &o.Hull} {
		if !slices.ContainsFunc(*l, func(word string) bool { return word != absent }) {
			*l = nil
		}
	}
	return o
}

func (o *outputs) numbers(f ieee.Format, want int) ([]oracle.Number, error) {
	if o == nil {
		return nil, fmt.Errorf("no output")
	}
	if len(o.Bits) != want {
		return nil, fmt.Errorf("%d outputs: want %d", len(o.Bits), want)
	}
	for _, l := range []words{o.Residual, o.Log2Kappa, o.Hull} {
		if l != nil && len(l) != want {
			return nil, fmt.Errorf("%d entries beside %d outputs", len(l), want)
		}
	}
	xs, err := parseHexList(f, o.Bits)
	if err != nil {
		return nil, err
	}
	ns := make([]oracle.Number, want)
	for i, x := range xs {
		ns[i].Rounded = x
		if o.Hull != nil {
			if ns[i].Hull, err = parseHull(f, o.Hull[i]); err != nil {
				return nil, err
			}
		}
		if o.Residual != nil {
			if ns[i].Residual, err = parseResidual(o.Residual[i]); err != nil {
				return nil, err
			}
		}
		if o.Log2Kappa != nil {
			if ns[i].Kappa, err = parseKappa(o.Log2Kappa[i]); err != nil {
				return nil, err
			}
		}
		if h := ns[i].Hull; h != nil {
			if !math.IsNaN(x) || ns[i].Residual != 0 {
				return nil, fmt.Errorf("%s beside a hull: want NaN, and no residual", o.Bits[i])
			}
			h.Low.Kappa, h.High.Kappa, ns[i].Kappa = ns[i].Kappa, ns[i].Kappa, 0
		}
	}
	return ns, nil
}
