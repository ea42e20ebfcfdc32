package properties

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A Case is what a law is held against: a call, and what more the law needs.
type Case struct {
	Call  loss.Call
	Other []float64 // numbers of the dtype: a second prediction, a step, a direction
	Picks []int     // a place in a batch, a permutation, a number of parts
}

func (c *Case) clone() *Case {
	return &Case{*clone(&c.Call), slices.Clone(c.Other), slices.Clone(c.Picks)}
}

// describe prints a case, each number in decimal and in the bits of its format.
func (c *Case) describe() string {
	parts := inputs(&c.Call, func(x float64) string { return show(c.Call.Format, x) })
	if len(c.Other) > 0 {
		parts = append(parts, "other "+list(c.Other, func(x float64) string { return show(c.Call.Format, x) }))
	}
	if len(c.Picks) > 0 {
		parts = append(parts, fmt.Sprintf("picks %v", c.Picks))
	}
	return strings.Join(parts, ", ")
}

// inputs lists what a call is made of, its defaults left out.
func inputs(c *loss.Call, number func(float64) string) []string {
	var parts []string
	if c.Rows != 1 {
		parts = append(parts, fmt.Sprintf("%d×%d", c.Rows, c.Cols))
	}
	parts = append(parts, "prediction "+list(c.Pred, number))
	if c.Target != nil {
		parts = append(parts, "target "+list(c.Target, number))
	}
	if c.Label != nil {
		parts = append(parts, "label "+strings.Trim(fmt.Sprint(c.Label), "[]"))
	}
	if c.Weight != nil {
		parts = append(parts, "weight "+list(c.Weight, number))
	}
	if c.Upstream != nil {
		parts = append(parts, "upstream "+list(c.Upstream, number))
	}
	if c.Reduction != "" && c.Reduction != loss.None {
		parts = append(parts, "reduction "+string(c.Reduction))
	}
	for _, name := range sortedNames(c.Params) {
		value := "none"
		if v := c.Params[name]; len(v) > 0 {
			value = list(v, number)
		}
		parts = append(parts, name+"="+value)
	}
	for _, name := range sortedNames(c.Conventions) {
		parts = append(parts, name+"="+c.Conventions[name])
	}
	return parts
}

func sortedNames[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// list prints numbers, abridged where they are many.
func list(xs []float64, number func(float64) string) string {
	const most = 12
	var parts []string
	for _, x := range xs[:min(most, len(xs))] {
		parts = append(parts, number(x))
	}
	if len(xs) > most {
		parts = append(parts, fmt.Sprintf("... %d in all", len(xs)))
	}
	if len(xs) == 1 {
		return parts[0]
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// shortest is x in the fewest digits that read back as x.
func shortest(f ieee.Format, x float64) string {
	width := 64
	if f.Width == 32 && f.Holds(x) {
		width = 32
	}
	return strconv.FormatFloat(x, 'g', -1, width)
}

// show prints a number in decimal and hexadecimal.
func show(f ieee.Format, x float64) string {
	if !f.Holds(x) {
		f = ieee.Float64
	}
	return fmt.Sprintf("%s (%s)", shortest(f, x), f.Hex(x))
}
