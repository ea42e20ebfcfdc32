// Command crosscheck prints random calls, and random formulas of every operation, with the oracle's answers, one JSON
// object on a line, for crosscheck.py to compute again with mpmath. The script ci/crosscheck runs both.
//
// Numbers go in as hexadecimal floats, which are exact, and the answers come out as decimals.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"strconv"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A line is one call with its answer.
type line struct {
	Loss        string              `json:"loss"`
	Params      map[string][]string `json:"params"`
	Conventions loss.Conventions    `json:"conventions"`
	Clip        []string            `json:"clip,omitempty"` // the ends of probability_clip in this dtype
	Pred        []string            `json:"pred"`
	Target      []string            `json:"target,omitempty"`
	Label       []int               `json:"label,omitempty"`
	Upstream    []string            `json:"upstream,omitempty"`
	Value       []string            `json:"value"`
	Grad        []string            `json:"grad"`
}

func main() {
	n := flag.Int("n", 800, "calls for each loss, and a quarter of the formulas")
	seed := flag.Uint64("seed", 1, "seed of the calls")
	digits := flag.Int("digits", 55, "significant digits of the answers")
	flag.Parse()
	out := bufio.NewWriter(os.Stdout)
	for i, l := range loss.All() {
		d := draw.New(ieee.Float64, *seed, uint64(i))
		for drawn := 0; drawn < *n; {
			c := d.Call(&draw.Wide, l)
			if !tame(c) {
				continue
			}
			answer, err := answered(c, *digits)
			if errors.Is(err, oracle.ErrUndecided) { // a tie of decimals, as a sum of such squares over 5 can be
				continue
			}
			drawn++
			must(0, err)
			must(0, json.NewEncoder(out).Encode(answer))
		}
	}
	d := draw.New(ieee.Float64, *seed, draw.Seed("formulas"))
	for range 4 * *n {
		must(0, json.NewEncoder(out).Encode(drawExpression(d, *digits)))
	}
	must(0, out.Flush())
}

// tame reports whether both sides can compute the call in reasonable time. For mpmath, e^−x next to 1
// takes x digits and more, so x stays in the thousands; the common offset of a row may be larger. For
// the oracle, a number far below every format is slow to write in decimal, so exponents stay there too.
func tame(c *loss.Call) bool {
	const far, wild = 2_000, 1e12
	if gamma := c.Params["gamma"]; len(gamma) > 0 && gamma[0] > far {
		return false
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range c.Pred {
		low, high = min(low, x), max(high, x)
	}
	if math.IsInf(low, 0) || math.IsInf(high, 0) {
		return false
	}
	l := must(loss.Named(c.Loss))
	switch {
	case l.Prediction != loss.Extended: // no exponential is taken
		return true
	case l.Shape.Many():
		return high-low < far && max(-low, high) < wild
	}
	return max(-low, high) < far
}

func answered(c *loss.Call, digits int) (line, error) {
	plan := must(c.Plan())
	d, err := oracle.Digits(c, digits)
	if err != nil {
		return line{}, err
	}
	out := line{
		Loss: c.Loss, Params: map[string][]string{}, Conventions: loss.Conventions{},
		Pred: hex(c.Pred), Target: hex(c.Target), Label: c.Label, Upstream: hex(c.Upstream),
		Value: d.Value, Grad: d.Grad,
	}
	for _, p := range plan.Decl.Params {
		out.Params[p.Name] = hex(plan.Args.Vector(p.Name))
	}
	for _, convention := range plan.Decl.Conventions {
		out.Conventions[convention.Name] = plan.Args.Convention(convention.Name)
	}
	if low, high := plan.Args.ClipInterval(); !math.IsInf(low, 0) {
		out.Clip = hex([]float64{low, high})
	}
	return out, nil
}

func hex(xs []float64) []string {
	var texts []string
	for _, x := range xs {
		texts = append(texts, strconv.FormatFloat(x, 'x', -1, 64))
	}
	return texts
}

func must[T any](v T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, "crosscheck:", err)
		os.Exit(3)
	}
	return v
}
