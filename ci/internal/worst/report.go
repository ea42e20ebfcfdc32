package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
)

// String is where the error was seen, with the one item alone where it is of one.
func (w *worst) String() string {
	call := w.call
	if plan, err := call.Plan(); err == nil && len(call.Pred) > 1 && (plan.Reduction == loss.None || w.output == conformance.Grad) {
		call, _ = itemOf(plan, w.output, w.index)
	}
	return fmt.Sprintf("got %v, truth %v, κ %.3g: %s", w.got, w.truth.Rounded, w.truth.Kappa, command(call))
}

// command shows a call as the command that repeats it. The gradient from upstream is a weight.
func command(c *loss.Call) string {
	var b strings.Builder
	fmt.Fprintf(&b, "lossproof eval %s --dtype=%s --pred=%s", c.Loss, c.Format, joined(c.Pred))
	switch {
	case c.Target != nil:
		fmt.Fprintf(&b, " --target=%s", joined(c.Target))
	case c.Label != nil:
		fmt.Fprintf(&b, " --target=%d", c.Label)
	}
	if c.Weight != nil {
		fmt.Fprintf(&b, " --weight=%s", joined(c.Weight))
	}
	if c.Upstream != nil {
		fmt.Fprintf(&b, " --upstream=%s", joined(c.Upstream))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Params)) {
		v := joined(c.Params[name])
		if v == "" {
			v = "none"
		}
		fmt.Fprintf(&b, " --param %s=%s", name, v)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Conventions)) {
		fmt.Fprintf(&b, " --convention %s=%s", name, c.Conventions[name])
	}
	if c.Reduction != "" {
		fmt.Fprintf(&b, " --reduction %s", c.Reduction)
	}
	return b.String()
}

// joined prints numbers, and of many the first.
func joined(xs []float64) string {
	const most = 40
	texts := make([]string, min(len(xs), most))
	for i := range texts {
		texts[i] = strconv.FormatFloat(xs[i], 'g', -1, 64)
	}
	if len(xs) > most {
		texts = append(texts, fmt.Sprintf("… (%d)", len(xs)))
	}
	return strings.Join(texts, ",")
}
