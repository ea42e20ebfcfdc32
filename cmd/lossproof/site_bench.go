package main

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchunit"

	"github.com/lossproof/lossproof/internal/results"
)

// A timedLoss is what benchmarks measured of a loss.
type timedLoss struct {
	Loss string
	Rows []timing
}

// A timing is the time of an implementation as a ratio to that of the plainest loop over the same arrays or, where that
// was not measured, to the fastest. Two with the same work stand beside each other.
type timing struct {
	Work, Impl, Beside string
	First              bool   // of its work
	Time               string // of one call, the median
	Ratio, Low, High   float64
	Bar                template.CSS
}

const (
	roofline   = "roofline"
	confidence = 0.95
)

// timings reads what benchmarks have measured, without those that are of no loss.
func timings(file string) (losses []timedLoss, machine string, err error) {
	set, err := results.ReadFile(file)
	if err != nil {
		return nil, "", err
	}
	type work struct{ loss, rest string }
	type measured struct {
		impl string
		time benchmath.Summary
	}
	var order []work
	all := map[work][]measured{}
	for _, name := range set.Names {
		keys := results.Keys(name)
		seconds := set.Values[name][results.Time]
		if keys["loss"] == "" || keys["impl"] == "" || len(seconds) == 0 {
			continue
		}
		var rest []string
		for _, part := range strings.Split(name, "/")[1:] {
			if key, _, _ := strings.Cut(part, "="); key != "loss" && key != "impl" {
				rest = append(rest, part)
			}
		}
		w := work{keys["loss"], strings.Join(rest, " ")}
		if all[w] == nil {
			order = append(order, w)
		}
		sample := benchmath.NewSample(seconds, &benchmath.DefaultThresholds)
		all[w] = append(all[w], measured{keys["impl"], benchmath.AssumeNothing.Summary(sample, confidence)})
	}
	if len(order) == 0 {
		return nil, "", fmt.Errorf("%s: no benchmark of a loss, as BenchmarkLoss/loss=…/impl=…", file)
	}
	slices.SortStableFunc(order, func(a, b work) int { return cmp.Compare(a.loss, b.loss) })
	for _, w := range order {
		of := all[w]
		slices.SortStableFunc(of, func(a, b measured) int { return cmp.Compare(a.time.Center, b.time.Center) })
		base := of[0]
		if k := slices.IndexFunc(of, func(m measured) bool { return m.impl == roofline }); k >= 0 {
			base = of[k]
		}
		if len(losses) == 0 || losses[len(losses)-1].Loss != w.loss {
			losses = append(losses, timedLoss{Loss: w.loss})
		}
		into := &losses[len(losses)-1]
		for k, m := range of {
			t := timing{Work: w.rest, Impl: m.impl, Beside: base.impl, First: k == 0, Time: benchunit.Scale(m.time.Center, benchunit.Decimal) + "s", Ratio: m.time.Center / base.time.Center}
			t.Low, t.High = m.time.Lo/base.time.Hi, m.time.Hi/base.time.Lo
			if m.impl == base.impl {
				t.Low, t.High = 1, 1
			}
			const widest = 10 // binary digits of a ratio that fills the column
			t.Bar = template.CSS(fmt.Sprintf("width: %.1f%%", 100*min(max(math.Log2(t.Ratio), 0.05), widest)/widest))
			into.Rows = append(into.Rows, t)
		}
	}
	return losses, set.CPU, nil
}
