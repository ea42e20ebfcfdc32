package main

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/perf/benchmath"

	"github.com/lossproof/lossproof/internal/results"
)

// A change is what became of one benchmark.
type change struct {
	name       string
	base, head benchmath.Summary
	test       benchmath.Comparison
	slower     bool // significantly, and by more than the threshold
}

// A comparison is what became of all of them.
type comparison struct {
	threshold float64
	changes   []change
	missing   []string // that HEAD does not have
	added     []string // that BASE does not have
}

// compare judges the times of two sets. The error says why it cannot: no benchmark in
// common, or so few runs that no slowdown, however large, would be significant.
func compare(base, head *results.Set, threshold float64) (*comparison, error) {
	c := &comparison{threshold: threshold}
	for _, name := range base.Names {
		if head.Values[name] == nil {
			c.missing = append(c.missing, name)
			continue
		}
		old, now := sample(base, name), sample(head, name)
		if len(old.Values) == 0 || len(now.Values) == 0 {
			return nil, fmt.Errorf("%s: no times", name)
		}
		one := change{name: name, base: benchmath.AssumeNothing.Summary(old, confidence),
			head: benchmath.AssumeNothing.Summary(now, confidence), test: benchmath.AssumeNothing.Compare(old, now)}
		if err := tooFew(one.test, len(old.Values), len(now.Values)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		one.slower = one.test.P < one.test.Alpha && one.head.Center > one.base.Center*(1+threshold)
		c.changes = append(c.changes, one)
	}
	for _, name := range head.Names {
		if base.Values[name] == nil {
			c.added = append(c.added, name)
		}
	}
	if len(c.changes) == 0 {
		return nil, errors.New("the files have no benchmark in common, so that nothing is compared")
	}
	return c, nil
}

const confidence = 0.95 // of the intervals, as benchstat has it

func sample(s *results.Set, name string) *benchmath.Sample {
	return benchmath.NewSample(s.Values[name][results.Time], &benchmath.DefaultThresholds)
}

// tooFew is an error where even two sets of times without overlap would not differ
// significantly.
func tooFew(test benchmath.Comparison, n1, n2 int) error {
	apart := func(from, n int) *benchmath.Sample {
		values := make([]float64, n)
		for i := range values {
			values[i] = float64(from + i)
		}
		return benchmath.NewSample(values, &benchmath.DefaultThresholds)
	}
	best := benchmath.AssumeNothing.Compare(apart(0, n1), apart(n1, n2))
	if best.P < test.Alpha {
		return nil
	}
	return fmt.Errorf("%d and %d runs are too few: no slowdown could be significant", n1, n2)
}

// failed reports whether a benchmark is slower or has vanished.
func (c *comparison) failed() bool {
	for _, one := range c.changes {
		if one.slower {
			return true
		}
	}
	return len(c.missing) > 0
}

func (c *comparison) String() string {
	var b strings.Builder
	slower := 0
	for _, one := range c.changes {
		if one.slower {
			slower++
			fmt.Fprintf(&b, "SLOWER  %s: %s, from %.4g to %.4g ns/op (%s)\n", one.name,
				one.test.FormatDelta(one.base.Center, one.head.Center), 1e9*one.base.Center, 1e9*one.head.Center, one.test)
		}
	}
	for _, name := range c.missing {
		fmt.Fprintf(&b, "MISSING %s: in BASE and not in HEAD\n", name)
	}
	for _, name := range c.added {
		fmt.Fprintf(&b, "new     %s: not in BASE, not compared\n", name)
	}
	threshold := percentage(c.threshold)
	fmt.Fprintf(&b, "%d benchmarks compared: %d significantly slower by more than %s, %d missing, %d new\n",
		len(c.changes), slower, threshold.String(), len(c.missing), len(c.added))
	return b.String()
}
