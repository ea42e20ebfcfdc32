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
	_, err = ReadFile("no such file")
	require.Error(t, err)
}

func TestKeys(t *testing.T) {
	require.Equal(t, map[string]string{"": "Loss", "loss": "a", "impl": "avx2", "gamma": "1.5", "n": "64"},
		Keys("Loss/loss=a/impl=avx2/gamma=1.5/n=64-2"))
}
