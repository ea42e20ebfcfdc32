package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
)

// String is where the error was seen.
func (w worst) String() string {
	return fmt.Sprintf("[%d] got %v, truth %v, κ %.3g: %s", w.index, w.got, w.truth.Rounded, w.truth.Kappa, command(w.call))
}

// command shows a call as the command that repeats it.
func command(c *loss.Call) string {
	var b strings.Builder
	fmt.Fprintf(&b, "lossproof eval %s --pred=%s", c.Loss, joined(c.Pred))
	switch {
	case c.Target != nil:
		fmt.Fprintf(&b, " --target=%s", joined(c.Target))
	case c.Label != nil:
		fmt.Fprintf(&b, " --target=%d", c.Label[0])
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
	return b.String()
}

func joined(xs []float64) string {
	texts := make([]string, len(xs))
	for i, x := range xs {
		texts[i] = strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strings.Join(texts, ",")
}
