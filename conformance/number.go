package conformance

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// Ulps is an error in units in the last place. It may be infinite, where a NaN or an
// infinity stands against a number; in JSON that is the string "inf".
type Ulps float64

func (u Ulps) String() string { return formatUlps(float64(u)) }

// MarshalJSON writes a number, or "inf".
func (u Ulps) MarshalJSON() ([]byte, error) {
	if ulp.Special(float64(u)) {
		return []byte(`"inf"`), nil
	}
	return json.Marshal(float64(u))
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (u *Ulps) UnmarshalJSON(text []byte) error {
	if string(text) == `"inf"` {
		*u = Ulps(math.Inf(1))
		return nil
	}
	return json.Unmarshal(text, (*float64)(u))
}

func formatUlps(x float64) string {
	switch {
	case math.IsInf(x, 0) || math.IsNaN(x):
		return "infinitely many ulp"
	case math.Abs(x) >= math.MaxFloat64:
		return "more than 1e308 ulp"
	}
	return fmt.Sprintf("%.4g ulp", x)
}

// Short is String for a column of its own.
func (u Ulps) Short() string {
	if ulp.Special(float64(u)) {
		return "inf"
	}
	return fmt.Sprintf("%.3g", float64(u))
}

// decimal prints a number with as many digits as its format needs to read it back.
func decimal(f ieee.Format, x float64) string {
	width := 32
	if f == ieee.Float64 || !f.Holds(x) {
		width = 64
	}
	return strconv.FormatFloat(x, 'g', -1, width)
}

// number prints a number in decimal and hexadecimal.
func number(f ieee.Format, x float64) string {
	if !f.Holds(x) {
		f = ieee.Float64
	}
	return fmt.Sprintf("%s (%s)", decimal(f, x), f.Hex(x))
}

// numbers prints a row, abridged where it is long.
func numbers(f ieee.Format, xs []float64) string {
	const most = 12
	var parts []string
	for _, x := range xs[:min(len(xs), most)] {
		parts = append(parts, number(f, x))
	}
	if len(xs) > most {
		parts = append(parts, fmt.Sprintf("... %d numbers in all", len(xs)))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// inputOf prints the input that number i of an output comes from: its element or its
// row, or the whole batch (i < 0, or the value of a reduction) where it is a small one.
func inputOf(c *loss.Call, decl *loss.Loss, o Output, i int) string {
	f := c.Format
	if c.Rows < 1 || c.Cols < 1 || len(c.Pred) != c.Rows*c.Cols {
		return fmt.Sprintf("a batch of %d×%d: prediction %s", c.Rows, c.Cols, numbers(f, c.Pred))
	}
	whole := i < 0 || o == Value && c.Reduction != "" && c.Reduction != loss.None
	switch {
	case whole && c.Rows*c.Cols <= 8:
		return rowsOf(c, 0, c.Rows, 0, c.Cols)
	case whole:
		return fmt.Sprintf("a batch of %d×%d that begins with %s", c.Rows, c.Cols, rowsOf(c, 0, 1, 0, c.Cols))
	}
	width := decl.Shape.Width(c.Cols)
	at := i * width // where its item begins
	if o == Grad || o == Hess || o == TargetGrad && len(c.Target) == len(c.Pred) || decl.VectorValued {
		at = i - i%width
	}
	if at >= len(c.Pred) {
		return "none"
	}
	row, col := at/c.Cols, at%c.Cols
	return rowsOf(c, row, row+1, col, col+width)
}

// rowsOf prints rows [row, rowEnd) and, of each, columns [col, colEnd).
func rowsOf(c *loss.Call, row, rowEnd, col, colEnd int) string {
	f := c.Format
	var parts []string
	list := func(name string, xs []float64, cols, col, colEnd int) {
		if len(xs) != c.Rows*cols {
			if xs != nil {
				parts = append(parts, fmt.Sprintf("%s %s", name, numbers(f, xs)))
			}
			return
		}
		var picked []float64
		for r := row; r < rowEnd; r++ {
			picked = append(picked, xs[r*cols+col:r*cols+colEnd]...)
		}
		if len(picked) == 1 {
			parts = append(parts, name+" "+number(f, picked[0]))
			return
		}
		parts = append(parts, name+" "+numbers(f, picked))
	}
	list("prediction", c.Pred, c.Cols, col, colEnd)
	list("target", c.Target, c.Cols, col, colEnd)
	if len(c.Label) == c.Rows && c.Label != nil {
		labels := fmt.Sprint(c.Label[row:rowEnd])
		if rowEnd-row == 1 {
			labels = strings.Trim(labels, "[]")
		}
		parts = append(parts, "label "+labels)
	}
	if len(c.Weight) == c.Rows*c.Cols {
		list("weight", c.Weight, c.Cols, col, colEnd)
	} else {
		list("weight", c.Weight, 1, 0, 1)
	}
	list("upstream", c.Upstream, c.Cols, col, colEnd)
	return strings.Join(parts, ", ")
}
