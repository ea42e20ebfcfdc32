package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBench_PrintsWhatBenchstatReads(t *testing.T) {
	out := lossproof("bench", "--bench", "loss=sigmoid/op=value/dtype=f64/impl=(generic|scalar)/n=1024$", "--count", "2", "--time", "1us")
	require.Equal(t, conforms, out.code, out.stderr)
	require.Regexp(t, `^Unit ns/elem .*\n(BenchmarkLoss/loss=sigmoid/op=value/dtype=f64/impl=generic/n=1024\s+\d+\s.* ns/op.* ns/elem.* 0 allocs/op\n){2}(BenchmarkLoss/.*/impl=scalar/n=1024\s.*\n){2}$`, out.stdout)
}

func TestBench_MistakesExitWith2(t *testing.T) {
	for says, args := range map[string][]string{
		"no benchmark has a name": {"--bench", "loss=hinge2"},
		"missing closing":         {"--bench", "("},
		"want at least 1":         {"--count", "0"},
		"want more than 0":        {"--time", "0s"},
	} {
		out := lossproof(append([]string{"bench"}, args...)...)
		require.Equal(t, usage, out.code, args)
		require.Contains(t, out.stderr, says)
	}
}
