package properties

import (
	"math"
	"slices"
	"strings"

	"github.com/leanovate/gopter"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// shrinks is the gopter shrinker of cases: fewer rows and columns first, then no weights
// and no parameters, then simpler numbers. Each step makes the case smaller in a measure
// that is bounded below, so that shrinking ends. A case that is no longer one for its law
// is discarded by the check, not here.
func shrinks(v any) gopter.Shrink {
	smaller := smallerCases(v.(probe).Case)
	next := 0
	return func() (any, bool) {
		if next == len(smaller) {
			return nil, false
		}
		next++
		return probe{smaller[next-1]()}, true
	}
}

func smallerCases(c *Case) []func() *Case {
	var all []func() *Case
	try := func(change func(c *Case)) {
		all = append(all, func() *Case {
			smaller := c.clone()
			change(smaller)
			return smaller
		})
	}
	if c.Call.Rows > 2 {
		try(func(c *Case) { keepRows(c, 0, c.Call.Rows/2) })
		try(func(c *Case) { keepRows(c, c.Call.Rows/2, c.Call.Rows) })
	}
	for cut := c.Call.Rows / 4; c.Call.Rows > 16 && cut > 0; cut /= 2 {
		try(func(c *Case) { keepRows(c, 0, c.Call.Rows-cut) })
	}
	for r := 0; c.Call.Rows > 1 && c.Call.Rows <= 16 && r < c.Call.Rows; r++ {
		try(func(c *Case) { dropRow(c, r) })
	}
	switch n := pieces(c); {
	case n > 32:
		for cut := n / 2; cut > 0; cut /= 2 {
			try(func(c *Case) {
				for range cut {
					dropPiece(c, 0)
				}
			})
		}
	case n > 1:
		for k := range n {
			try(func(c *Case) { dropPiece(c, k) })
		}
	}
	if c.Call.Weight != nil {
		try(func(c *Case) { c.Call.Weight = nil })
	}
	if c.Call.Upstream != nil {
		try(func(c *Case) { c.Call.Upstream = nil })
	}
	for _, name := range sortedNames(c.Call.Params) {
		try(func(c *Case) { delete(c.Call.Params, name) })
	}
	for _, name := range sortedNames(c.Call.Conventions) {
		try(func(c *Case) { delete(c.Call.Conventions, name) })
	}
	if c.Call.Label != nil {
		for i, t := range c.Call.Label {
			if t > 0 {
				try(func(c *Case) { c.Call.Label[i] = 0 })
			}
		}
	}
	for i, n := range c.Picks {
		for _, m := range []int{0, n / 2, n - 1} {
			if m >= 0 && m < n {
				try(func(c *Case) { c.Picks[i] = m })
			}
		}
	}
	for part, xs := range parts(c) {
		if len(xs) > manyNumbers {
			continue
		}
		for i, x := range xs {
			for _, y := range simpler(c.Call.Format, x) {
				try(func(c *Case) { parts(c)[part][i] = y })
			}
		}
	}
	return all
}

// manyNumbers are so many that nobody reads each of them: they stay as they are.
const manyNumbers = 64

// parts are the numbers of a case.
func parts(c *Case) [][]float64 {
	all := [][]float64{c.Call.Pred, c.Other, c.Call.Target, c.Call.Weight, c.Call.Upstream}
	for _, name := range sortedNames(c.Call.Params) {
		all = append(all, c.Call.Params[name])
	}
	return all
}

func keepRows(c *Case, from, to int) {
	for r := c.Call.Rows - 1; r >= 0; r-- {
		if r < from || r >= to {
			dropRow(c, r)
		}
	}
}

func dropRow(c *Case, r int) {
	call := &c.Call
	drop := func(xs []float64) []float64 {
		of := len(xs) / call.Rows // numbers of a row
		return slices.Delete(xs, r*of, (r+1)*of)
	}
	call.Pred, call.Target, call.Upstream, call.Weight = drop(call.Pred), drop(call.Target), drop(call.Upstream), drop(call.Weight)
	c.Other = drop(c.Other)
	if len(call.Label) == call.Rows {
		call.Label = slices.Delete(call.Label, r, r+1)
	}
	call.Rows--
}

// pieces is how many parts a row has of which one can be left out: its items, or the numbers of
// an item that can have any.
func pieces(c *Case) int {
	l, err := loss.Named(c.Call.Loss)
	if err != nil {
		panic("properties: " + err.Error()) // the case is one of a law for that loss
	}
	return c.Call.Cols / max(1, l.Shape.Numbers)
}

// dropPiece drops such a part of every row, with what else there is for each of them.
func dropPiece(c *Case, k int) {
	call, n := &c.Call, pieces(c)
	drop := func(xs []float64) []float64 {
		of := len(xs) / (call.Rows * n) // numbers of a piece
		if len(xs) != call.Rows*n*of {
			return xs
		}
		var left []float64
		for i, x := range xs {
			if of > 0 && i/of%n != k {
				left = append(left, x)
			}
		}
		return left
	}
	call.Pred, call.Target, call.Upstream, call.Weight = drop(call.Pred), drop(call.Target), drop(call.Upstream), drop(call.Weight)
	c.Other = drop(c.Other)
	for i, t := range call.Label {
		if t > k || t == call.Cols-1 && t > 0 {
			call.Label[i] = t - 1
		}
	}
	for name, v := range call.Params {
		if len(v) == call.Cols && len(v) > 1 {
			call.Params[name] = slices.Delete(v, k, k+1)
		}
	}
	call.Cols -= call.Cols / n
}

// simpler lists numbers of the format that are simpler than x, the simplest first.
func simpler(f ieee.Format, x float64) []float64 {
	candidates := []float64{0, 1, -1, 2, 0.5, 0.25, 0.75, 0.125, 3, 10, 100, -100, 1000, -1000}
	if !ulp.Special(x) {
		candidates = append(candidates, -x, math.Trunc(x), math.Round(x), math.RoundToEven(x/2))
		if x != 0 {
			_, e := math.Frexp(x)
			for bits := 1; bits < f.Precision; bits += 1 + bits/2 { // fewer digits, of the same size
				unit := math.Ldexp(1, e-bits)
				candidates = append(candidates, math.Trunc(x/unit)*unit)
			}
			candidates = append(candidates, x/2)
		}
	}
	var found []float64
	for _, y := range candidates {
		if y = f.Round(y); !ulp.Special(y) && complexity(f, y) < complexity(f, x) && !slices.Contains(found, y) {
			found = append(found, y)
		}
	}
	slices.SortStableFunc(found, func(a, b float64) int {
		switch ca, cb := complexity(f, a), complexity(f, b); {
		case ca < cb:
			return -1
		case ca > cb:
			return 1
		}
		return 0
	})
	return found
}

// complexity measures how hard a number is to take in: by its digits, then by its size
// and its sign.
func complexity(f ieee.Format, x float64) float64 {
	if ulp.Special(x) {
		return 1e6
	}
	text := shortest(f, math.Abs(x))
	score := float64(100 * len(strings.TrimLeft(text, "0.")))
	if _, exponent, found := strings.Cut(text, "e"); found {
		score += float64(10 * len(exponent))
	}
	if x != 0 {
		score += 1 + math.Abs(float64(math.Ilogb(x)))/8
	}
	if math.Signbit(x) {
		score++
	}
	return score
}
