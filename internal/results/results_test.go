package results

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRead_KeepsRepeatedRunsTogether(t *testing.T) {
	s, err := Read(strings.NewReader(`goos: linux
cpu: a processor
BenchmarkLoss/loss=a/n=8-2  10  100 ns/op  12.5 ns/elem  0 allocs/op
BenchmarkLoss/loss=b/n=8-2  10  50 ns/op
BenchmarkLoss/loss=a/n=8-2  10  200 ns/op  25 ns/elem  0 allocs/op
PASS
`), "file")
	require.NoError(t, err)
	require.Equal(t, []string{"Loss/loss=a/n=8-2", "Loss/loss=b/n=8-2"}, s.Names)
	nano := 1e-9 // no constant: the reader multiplies too
	require.Equal(t, []float64{100 * nano, 200 * nano}, s.Values["Loss/loss=a/n=8-2"][Time])
	require.Equal(t, []float64{0, 0}, s.Values["Loss/loss=a/n=8-2"]["allocs/op"])
	require.Equal(t, "a processor", s.CPU)
}

func TestRead_RefusesWhatSaysNothing(t *testing.T) {
	_, err := Read(strings.NewReader("PASS\n"), "file")
	require.ErrorContains(t, err, "file: no benchmark results")
	_, err = Read(strings.NewReader("BenchmarkLoss/n=8 10 fast ns/op\n"), "file")
	require.ErrorContains(t, err, "file:1")
	for text, says := range map[string]string{
		"BenchmarkLoss/n=8 10 1 ns/op\nBenchmarkLoss/n=8 10 NaN ns/op\n": "want a number that can have been measured",
		"BenchmarkLoss/n=8 10 -1 ns/elem\n":                              "file:1: -1e-09 sec/elem: want",
		"BenchmarkLoss/n=8 10 Inf ns/op\n":                               "file:1: +Inf ns/op: want",
		"BenchmarkLoss/n=8 10 0 ns/op\n":                                 "file:1: 0 ns/op: want",
		strings.Repeat("\n", most+1):                                     "file: more than 33554432 bytes",
	} {
		_, err := Read(strings.NewReader(text), "file")
		require.ErrorContains(t, err, says, "%.40q", text)
	}
	s, err := Read(strings.NewReader("cpu: \x1b[2J\nBenchmarkLoss/loss=\x1b[2J::error::\u202e 10 1 ns/op\n"), "file")
	require.NoError(t, err)
	require.NotRegexp(t, `[\x00-\x1f]|\x{202e}`, s.CPU+s.Names[0])
	_, err = ReadFile("no such file")
	require.Error(t, err)
}

func TestKeys(t *testing.T) {
	require.Equal(t, map[string]string{"": "Loss", "loss": "a", "impl": "avx2", "gamma": "1.5", "n": "64"},
		Keys("Loss/loss=a/impl=avx2/gamma=1.5/n=64-2"))
}
