package casefile

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A Case is one expanded line: a call, and the error it must give, if any.
type Case struct {
	Line  int
	Call  loss.Call
	Flags []string
	Error loss.Class
}

// maxProduct bounds the cases of one line in one format.
const maxProduct = 4096

// Expand returns the cases of an entry in one format: one for each choice of
// alternatives, the last key varying fastest. A choice with a number that the format
// would turn into zero or an infinity is left out, because it would be another case than
// the one that was meant.
func (e *Entry) Expand(l *loss.Loss, f ieee.Format) ([]Case, error) {
	total := 1
	for _, a := range e.Values {
		if total *= len(a.Alternatives); total > maxProduct {
			return nil, &SyntaxError{e.File, e.Line, fmt.Sprintf("more than %d cases in one line", maxProduct)}
		}
	}
	var cases []Case
	for n := range total {
		choice := map[string]string{}
		for i, rest := len(e.Values)-1, n; i >= 0; i-- {
			a := e.Values[i]
			choice[a.Key] = a.Alternatives[rest%len(a.Alternatives)]
			rest /= len(a.Alternatives)
		}
		c, err := build(l, f, choice)
		if errors.Is(err, errNotInFormat) {
			continue
		}
		if err != nil {
			return nil, &SyntaxError{e.File, e.Line, err.Error()}
		}
		c.Line, c.Flags = e.Line, e.Flags
		cases = append(cases, *c)
	}
	return cases, nil
}

// build makes the call of one choice of alternatives.
func build(l *loss.Loss, f ieee.Format, choice map[string]string) (*Case, error) {
	c := &Case{Call: loss.Call{Loss: l.Name, Format: f, Params: loss.Params{}, Conventions: loss.Conventions{}}}
	predText, ok := choice["pred"]
	if !ok {
		return nil, fmt.Errorf("no pred")
	}
	var err error
	if c.Call.Pred, c.Call.Rows, c.Call.Cols, err = parseMatrix(f, predText, choice["cols"]); err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(choice)) { // in order, so that of two mistakes the same one is named
		value := choice[key]
		switch key {
		case "pred", "cols":
		case "target":
			width := l.Shape.Width(c.Call.Cols)
			c.Call.Target, err = parseData(f, value, len(c.Call.Pred)/width*l.NumberTarget().Width(width))
		case "upstream":
			c.Call.Upstream, err = parseData(f, value, len(c.Call.Pred))
		case "label":
			c.Call.Label, err = parseLabels(value)
		case "sample_weight":
			c.Call.Weight, err = parseNumbers(f, strings.ReplaceAll(value, ";", ","))
		case "reduction":
			c.Call.Reduction, err = loss.ReductionNamed(value)
		case "error":
			c.Error = loss.Class(value)
		default:
			if _, isConvention := l.Convention(key); isConvention {
				c.Call.Conventions[key] = value
				continue
			}
			c.Call.Params[key], err = parseParam(l, f, key, value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return c, nil
}

// parseMatrix reads rows separated by semicolons, all of one length. cols cuts one long
// list into rows instead; empty:3 is no rows of 3 columns.
func parseMatrix(f ieee.Format, text, colsText string) (xs []float64, rows, cols int, err error) {
	if k, ok := strings.CutPrefix(text, "empty:"); ok {
		cols, err = strconv.Atoi(k)
		if err != nil || cols < 1 || cols > maxNumbers || colsText != "" {
			return nil, 0, 0, fmt.Errorf("%q: want empty:K and no cols", text)
		}
		return []float64{}, 0, cols, nil
	}
	for _, rowText := range strings.Split(text, ";") {
		row, err := parseNumbers(f, rowText)
		if err != nil {
			return nil, 0, 0, err
		}
		if rows > 0 && len(row) != cols {
			return nil, 0, 0, fmt.Errorf("rows of %d and of %d numbers", cols, len(row))
		}
		xs, cols = append(xs, row...), len(row)
		if rows++; len(xs) > maxNumbers {
			return nil, 0, 0, fmt.Errorf("more than %d numbers", maxNumbers)
		}
	}
	if colsText == "" {
		return xs, rows, cols, nil
	}
	cols, err = strconv.Atoi(colsText)
	if err != nil || cols < 1 || len(xs)%cols != 0 || rows != 1 {
		return nil, 0, 0, fmt.Errorf("cols=%s: want a divisor of the %d numbers, which stand in one list", colsText, len(xs))
	}
	return xs, len(xs) / cols, cols, nil
}

// parseData reads so many numbers. One number serves for all of them, a list that ends in
// "..." is repeated from its start, and empty is none.
func parseData(f ieee.Format, text string, want int) ([]float64, error) {
	if text == "empty" {
		return []float64{}, nil
	}
	body, repeated := strings.CutSuffix(strings.ReplaceAll(text, ";", ","), ",...")
	xs, err := parseNumbers(f, body)
	if err != nil {
		return nil, err
	}
	if repeated || len(xs) == 1 {
		period := len(xs)
		for len(xs) < want {
			xs = append(xs, xs[len(xs)-period])
		}
		xs = xs[:want]
	}
	if len(xs) != want {
		return nil, fmt.Errorf("%d numbers: want %d, or one for all", len(xs), want)
	}
	return xs, nil
}

// parseLabels reads class indices, each perhaps repeated (0@500).
func parseLabels(text string) ([]int, error) {
	labels := []int{}
	if text == "empty" {
		return labels, nil
	}
	for _, item := range strings.Split(text, ",") {
		body, times, err := cutCount(item, "@", 1)
		if err != nil {
			return nil, err
		}
		t, err := strconv.ParseInt(body, 10, 33) // a little more than an int32, which libraries use
		if err != nil || len(labels)+times > maxNumbers {
			return nil, fmt.Errorf("%q is not a class index", item)
		}
		for range times {
			labels = append(labels, int(t))
		}
	}
	return labels, nil
}

func parseParam(l *loss.Loss, f ieee.Format, name, text string) ([]float64, error) {
	if text == "off" {
		return []float64{}, nil
	}
	if p, _ := l.Param(name); p.Kind == loss.Integer {
		f = ieee.Float64 // an integer parameter is no number of the dtype
	}
	return parseNumbers(f, text)
}
