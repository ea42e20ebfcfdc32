package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/perf/benchmath"

	"github.com/lossproof/lossproof/internal/results"
)

// tiers of the kernels, the widest first.
var tiers = []string{"avx512", "avx2", "generic"}

// An outcome is what was measured of a target.
type outcome struct {
	target
	ratio, low, high float64 // median, least and largest over the rounds
	rounds           int
	missing          string // why nothing was measured
}

func (o outcome) verdict() string {
	switch {
	case o.missing != "":
		return "NOT MEASURED: " + o.missing
	case o.atLeast == 0:
		return ""
	case o.ratio >= o.atLeast:
		return "met"
	}
	return "NOT MET"
}

// measure compares the two benchmarks of a target, round by round: the i-th runs of both
// were made one shortly after the other, so that their ratio is that of the same state
// of the machine.
func measure(s *results.Set, t target) outcome {
	o := outcome{target: t}
	fast, err := times(s, t.fast)
	if err != nil {
		o.missing = err.Error()
		return o
	}
	slow, err := times(s, t.slow)
	if err != nil {
		o.missing = err.Error()
		return o
	}
	if len(fast) != len(slow) {
		o.missing = fmt.Sprintf("%d and %d rounds", len(fast), len(slow))
		return o
	}
	ratios := make([]float64, len(fast))
	for i := range fast {
		ratios[i] = slow[i] / fast[i]
	}
	o.rounds = len(ratios)
	o.low, o.high = slices.Min(ratios), slices.Max(ratios)
	o.ratio = benchmath.AssumeNothing.Summary(benchmath.NewSample(ratios, &benchmath.DefaultThresholds), 0.95).Center
	return o
}

// times are those of the one benchmark with exactly these keys.
func times(s *results.Set, k keys) ([]float64, error) {
	if k["impl"] == best {
		for _, tier := range tiers {
			if found, err := times(s, k.with(over(tier))); err == nil {
				return found, nil
			}
		}
		return nil, fmt.Errorf("no kernel for %s", k)
	}
	for _, name := range s.Names {
		named := results.Keys(name)
		if delete(named, ""); maps.Equal(named, k) {
			return s.Values[name][results.Time], nil
		}
	}
	return nil, fmt.Errorf("no benchmark %s", k)
}

func (k keys) String() string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(k)) {
		parts = append(parts, key+"="+k[key])
	}
	return strings.Join(parts, "/")
}

// allocating names the benchmarks of kernels that allocate, of those that say.
func allocating(s *results.Set) (names []string, kernels int) {
	for _, name := range s.Names {
		allocations := s.Values[name]["allocs/op"]
		if !slices.Contains(tiers, results.Keys(name)["impl"]) || len(allocations) == 0 {
			continue
		}
		kernels++
		if slices.Max(allocations) > 0 {
			names = append(names, name)
		}
	}
	return names, kernels
}

// table is the whole answer, and whether every target was measured and met.
func table(s *results.Set, list []target) (text string, allMet bool) {
	var b strings.Builder
	rounds := math.MaxInt
	allMet = true
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "target\tat least\tmeasured\trange\t")
	for _, t := range list {
		o := measure(s, t)
		atLeast, measured, span := fmt.Sprintf("%.3g", o.atLeast), "-", "-"
		if o.atLeast == 0 {
			atLeast = "-"
		}
		if o.missing == "" {
			measured, span = fmt.Sprintf("%.3g", o.ratio), fmt.Sprintf("%.3g-%.3g", o.low, o.high)
			rounds = min(rounds, o.rounds)
		}
		if o.atLeast > 0 && o.verdict() != "met" {
			allMet = false
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", o.what, atLeast, measured, span, o.verdict())
	}
	w.Flush()
	names, kernels := allocating(s)
	fmt.Fprintf(&b, "kernel benchmarks that allocate: %d of %d %s\n", len(names), kernels, strings.Join(names, " "))
	if len(names) > 0 || kernels == 0 {
		allMet = false
	}
	head := fmt.Sprintf("Speed on %s: times as fast, float32, medians", s.CPU)
	if rounds < math.MaxInt {
		head += fmt.Sprintf(" of %d rounds of one run", rounds)
	}
	return head + "\n\n" + b.String(), allMet
}
