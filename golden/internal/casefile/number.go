package casefile

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
)

// errNotInFormat is a number, neither zero nor infinite, that the format would turn into
// zero or an infinity. Its line has no case in that format.
var errNotInFormat = errors.New("the number is beyond the format")

// symbols are the landmarks that have a name, rounded to the format: the neighbours of the
// result lie on both sides.
func symbol(name string) (number func(ieee.Format) float64, ok bool) {
	landmark, ok := draw.LandmarkNamed(name)
	return func(f ieee.Format) float64 { return f.Round(landmark.At(f)) }, ok
}

var neighbour = regexp.MustCompile(`^(.+)([+-][0-9]{1,9})ulp$`)

// parseNumber reads one number and rounds it to the format: a literal or a symbol,
// perhaps multiplied by a literal (0.5*max), perhaps moved by whole ulps (17+1ulp, which
// is the next number after 17 in the format).
func parseNumber(f ieee.Format, s string) (float64, error) {
	if m := neighbour.FindStringSubmatch(s); m != nil {
		x, err := parseNumber(f, m[1])
		if err != nil {
			return 0, err
		}
		steps, _ := strconv.ParseInt(m[2], 10, 64) // at most nine digits
		if math.IsNaN(x) {
			return 0, fmt.Errorf("%q: NaN has no neighbours", s)
		}
		return f.FromOrdinal(f.Ordinal(x) + steps), nil
	}
	factor, name, hasFactor := strings.Cut(s, "*")
	if !hasFactor {
		factor, name = "1", s
		if rest, negative := strings.CutPrefix(s, "-"); negative {
			if _, ok := symbol(rest); ok {
				factor, name = "-1", rest
			}
		}
	}
	number, ok := symbol(name)
	if !ok {
		if hasFactor {
			return 0, fmt.Errorf("%q: no symbol %q", s, name)
		}
		return parseLiteral(f, s)
	}
	k, err := parseLiteral(ieee.Float64, factor)
	if err != nil {
		return 0, err
	}
	x := number(f)
	return inFormat(f, float64(k*x), k == 0)
}

// literal keeps out what strconv reads besides numbers: infinity in other words and
// underscores. NaN and infinities have one spelling each.
var literal = regexp.MustCompile(`^-?(0x[0-9a-fA-F.]+p[+-]?[0-9]{1,5}|[0-9]*\.?[0-9]*(e[+-]?[0-9]{1,5})?)$`)

func parseLiteral(f ieee.Format, s string) (float64, error) {
	switch s {
	case "nan":
		return math.NaN(), nil
	case "inf":
		return math.Inf(1), nil
	case "-inf":
		return math.Inf(-1), nil
	}
	if !literal.MatchString(s) {
		return 0, fmt.Errorf("%q is not a number, nor a symbol", s)
	}
	x, err := f.Parse(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number, nor a symbol", s)
	}
	significand, _, _ := strings.Cut(strings.TrimPrefix(s, "-"), "e")
	if strings.HasPrefix(significand, "0x") {
		significand, _, _ = strings.Cut(significand[len("0x"):], "p")
	}
	return inFormat(f, x, !strings.ContainsAny(significand, "123456789abcdefABCDEF"))
}

// inFormat rounds, and refuses what becomes infinite, or zero without being zero.
func inFormat(f ieee.Format, x float64, isZero bool) (float64, error) {
	x = f.Round(x)
	if math.IsInf(x, 0) || x == 0 && !isZero {
		return 0, errNotInFormat
	}
	return x, nil
}

// maxNumbers bounds what a line can ask for: a typing mistake must not fill the memory.
const maxNumbers = 20_000

// parseNumbers reads a list: numbers separated by commas, each perhaps repeated (0@1000),
// or an evenly spaced range (-5..5/11, both ends included).
func parseNumbers(f ieee.Format, s string) ([]float64, error) {
	var xs []float64
	for _, item := range strings.Split(s, ",") {
		body, times, err := cutCount(item, "@", 1)
		if err != nil {
			return nil, err
		}
		if len(xs)+times > maxNumbers {
			return nil, fmt.Errorf("more than %d numbers", maxNumbers)
		}
		if lowText, rest, ok := strings.Cut(body, ".."); ok {
			part, err := parseRange(f, lowText, rest)
			if err != nil {
				return nil, err
			}
			if times != 1 || len(xs)+len(part) > maxNumbers {
				return nil, fmt.Errorf("%q: a range is not repeated, and not longer than %d", item, maxNumbers)
			}
			xs = append(xs, part...)
			continue
		}
		x, err := parseNumber(f, body)
		if err != nil {
			return nil, err
		}
		for range times {
			xs = append(xs, x)
		}
	}
	return xs, nil
}

// parseRange gives low + (high − low)·i/(n−1), computed in float64 with every operation
// rounded by itself, so that no machine fuses any, and then rounded to the format.
func parseRange(f ieee.Format, lowText, rest string) ([]float64, error) {
	highText, n, err := cutCount(rest, "/", 0)
	if err != nil {
		return nil, err
	}
	if n < 2 {
		return nil, fmt.Errorf("%s..%s: want low..high/count with a count of at least 2", lowText, rest)
	}
	low, err := parseNumber(f, lowText)
	if err != nil {
		return nil, err
	}
	high, err := parseNumber(f, highText)
	if err != nil {
		return nil, err
	}
	if math.IsInf(high-low, 0) || math.IsNaN(high-low) {
		return nil, fmt.Errorf("%s..%s: a range of finite width is wanted", lowText, rest)
	}
	xs := make([]float64, n)
	for i := range xs {
		step := float64(float64((high-low)*float64(i)) / float64(n-1))
		xs[i] = f.Round(float64(low + step))
	}
	xs[n-1] = high
	return xs, nil
}

func cutCount(s, separator string, absent int) (body string, count int, err error) {
	body, text, ok := strings.Cut(s, separator)
	if !ok {
		return s, absent, nil
	}
	count, err = strconv.Atoi(text)
	if err != nil || count < 1 || count > maxNumbers {
		return "", 0, fmt.Errorf("%q: want a count from 1 to %d after %s", s, maxNumbers, separator)
	}
	return body, count, nil
}
