package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/internal/results"
)

func read(t *testing.T, text string) *results.Set {
	t.Helper()
	s, err := results.Read(strings.NewReader(text), "synthetic")
	require.NoError(t, err)
	return s
}

const line = "BenchmarkLoss/loss=a/op=sum/dtype=f32/impl=%s/n=64 1 %g ns/op %d allocs/op\n"

var oneTarget = []target{{"a over scalar Go", pointwise("a", "sum", 64), pointwise("a", "sum", 64).with(over("scalar")), 10}}

// The ratio is the median of the ratios of rounds, so that a machine that was slow for a
// while does not move it.
func TestMeasure_TakesRatiosRoundByRound(t *testing.T) {
	text := "cpu: some processor\n"
	for _, slowness := range []float64{1, 7, 1.5, 30, 1} {
		text += fmt.Sprintf(line, "scalar", 120*slowness, 0) + fmt.Sprintf(line, "avx2", 10*slowness, 0) + fmt.Sprintf(line, "generic", 100*slowness, 0)
	}
	o := measure(read(t, text), oneTarget[0])
	require.Equal(t, "", o.missing)
	const rounding = 1e-12 // of a few operations in float64
	require.InEpsilon(t, 12, o.ratio, rounding)
	require.Equal(t, 5, o.rounds)
	require.Equal(t, "met", o.verdict())
	got, allMet := table(read(t, text), oneTarget)
	require.True(t, allMet)
	require.Contains(t, got, "Speed on some processor: times as fast, float32, medians of 5 rounds of one run")
	require.Contains(t, got, "kernel benchmarks that allocate: 0 of 2")
}

func TestTable_SaysWhatIsNotMet(t *testing.T) {
	scalar := fmt.Sprintf(line, "scalar", 120.0, 0)
	for name, c := range map[string]struct{ text, want string }{
		"too slow":     {scalar + fmt.Sprintf(line, "avx512", 13.0, 0), "NOT MET"},
		"no kernel":    {scalar, "NOT MEASURED: no kernel for"},
		"no scalar":    {fmt.Sprintf(line, "avx512", 1.0, 0), "NOT MEASURED: no benchmark dtype=f32/impl=scalar/loss=a/n=64/op=sum"},
		"rounds":       {scalar + strings.Repeat(fmt.Sprintf(line, "avx512", 1.0, 0), 2), "NOT MEASURED: 2 and 1 rounds"},
		"allocates":    {scalar + fmt.Sprintf(line, "avx512", 1.0, 3), "kernel benchmarks that allocate: 1 of 1 Loss/loss=a"},
		"says nothing": {scalar + "BenchmarkLoss/loss=a/op=sum/dtype=f32/impl=avx2/n=64 1 1 ns/op\n", "kernel benchmarks that allocate: 0 of 0"},
	} {
		got, allMet := table(read(t, c.text), oneTarget)
		require.False(t, allMet, name)
		require.Contains(t, got, c.want, name)
	}
}

// A target without a bound is for information, and hinders nothing.
func TestTable_InformationIsNoTarget(t *testing.T) {
	text := fmt.Sprintf(line, "scalar", 120.0, 0) + fmt.Sprintf(line, "avx512", 1.0, 0)
	list := append(oneTarget, target{what: "for information", fast: pointwise("a", "sum", 64), slow: pointwise("b", "sum", 64)})
	got, allMet := table(read(t, text), list)
	require.True(t, allMet)
	require.Contains(t, got, "NOT MEASURED: no kernel for dtype=f32/impl=best/loss=b")
}

func TestTimes_WantsExactlyTheKeys(t *testing.T) {
	s := read(t, "BenchmarkLoss/loss=a/op=sum/dtype=f32/impl=avx2/gamma=1.5/n=64-2 1 5 ns/op\n")
	_, err := times(s, pointwise("a", "sum", 64))
	require.Error(t, err)
	found, err := times(s, pointwise("a", "sum", 64).with(keys{"gamma": "1.5"}))
	require.NoError(t, err)
	require.Len(t, found, 1)
}

// Two targets with one name, or one that compares a benchmark with itself, would say
// nothing.
func TestTargets_AreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, one := range targets() {
		require.False(t, seen[one.what], one.what)
		seen[one.what] = true
		require.NotEqual(t, one.fast, one.slow, one.what)
	}
	require.GreaterOrEqual(t, len(seen), 20)
}
