package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// synthetic writes runs of benchmarks whose times are nanoseconds plus noise of a few
// percent, from a fixed seed.
func synthetic(seed uint64, runs int, nanoseconds map[string]float64) string {
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	b.WriteString("goos: linux\n")
	for range runs {
		for _, name := range []string{"one", "two", "three"} {
			if ns, ok := nanoseconds[name]; ok {
				fmt.Fprintf(&b, "BenchmarkLoss/loss=%s/n=64 100 %.3f ns/op\n", name, ns*(0.98+0.04*r.Float64()))
			}
		}
	}
	return b.String()
}

func judge(t *testing.T, base, head string) (*comparison, error) {
	t.Helper()
	folder := t.TempDir()
	old, now := filepath.Join(folder, "base"), filepath.Join(folder, "head")
	require.NoError(t, os.WriteFile(old, []byte(base), 0o600))
	require.NoError(t, os.WriteFile(now, []byte(head), 0o600))
	return compareFiles(old, now, 0.05)
}

func TestCompare_LetsNoisePass(t *testing.T) {
	same := map[string]float64{"one": 100, "two": 2000}
	for seed := range uint64(20) {
		c, err := judge(t, synthetic(2*seed, 10, same), synthetic(2*seed+1, 10, same))
		require.NoError(t, err)
		require.False(t, c.failed(), "%d: %s", seed, c)
		require.Contains(t, c.String(), "2 benchmarks compared: 0 significantly slower by more than 5%, 0 missing, 0 new")
	}
}

func TestCompare_FailsWhereOneIsSlower(t *testing.T) {
	c, err := judge(t, synthetic(1, 10, map[string]float64{"one": 100, "two": 2000}),
		synthetic(2, 10, map[string]float64{"one": 100, "two": 2200}))
	require.NoError(t, err)
	require.True(t, c.failed())
	require.Contains(t, c.String(), "SLOWER  Loss/loss=two/n=64: +")
	require.NotContains(t, c.String(), "loss=one")
}

// A slowdown within the threshold passes though it is significant, and so does one
// beyond it that is not.
func TestCompare_WantsBothSizeAndSignificance(t *testing.T) {
	c, err := judge(t, synthetic(1, 30, map[string]float64{"one": 100}), synthetic(2, 30, map[string]float64{"one": 103.5}))
	require.NoError(t, err)
	require.Less(t, c.changes[0].test.P, 0.05)
	require.False(t, c.failed())

	wide := "BenchmarkLoss/loss=one/n=64 100 %d ns/op\n"
	var base, head string
	for i := range 10 {
		base += fmt.Sprintf(wide, 60+10*i)
		head += fmt.Sprintf(wide, 70+10*i)
	}
	c, err = judge(t, base, head)
	require.NoError(t, err)
	require.Greater(t, c.changes[0].head.Center, 1.05*c.changes[0].base.Center)
	require.False(t, c.failed())
}

func TestCompare_LetsFasterPass(t *testing.T) {
	c, err := judge(t, synthetic(1, 10, map[string]float64{"one": 100}), synthetic(2, 10, map[string]float64{"one": 50}))
	require.NoError(t, err)
	require.False(t, c.failed())
}

func TestCompare_NamesWhatIsMissing(t *testing.T) {
	c, err := judge(t, synthetic(1, 10, map[string]float64{"one": 100, "two": 2000}),
		synthetic(2, 10, map[string]float64{"one": 100, "three": 5}))
	require.NoError(t, err)
	require.True(t, c.failed())
	require.Contains(t, c.String(), "MISSING Loss/loss=two/n=64")
	require.Contains(t, c.String(), "new     Loss/loss=three/n=64")
}

func TestCompare_CannotTellFromNothing(t *testing.T) {
	one := synthetic(1, 10, map[string]float64{"one": 100})
	_, err := judge(t, one, synthetic(2, 10, map[string]float64{"two": 100}))
	require.ErrorContains(t, err, "no benchmark in common")
	_, err = judge(t, one, "PASS\n")
	require.ErrorContains(t, err, "no benchmark results")
	_, err = judge(t, one, synthetic(2, 1, map[string]float64{"one": 500}))
	require.ErrorContains(t, err, "10 and 1 runs are too few")
	_, err = judge(t, "BenchmarkLoss/n=64 1 5 allocs/op\n", "BenchmarkLoss/n=64 1 5 allocs/op\n")
	require.ErrorContains(t, err, "no times")
	_, err = compareFiles("no such file", "nor this", 0.05)
	require.Error(t, err)
}

func TestPercentage(t *testing.T) {
	var p percentage
	require.NoError(t, p.Set("2.5%"))
	require.Equal(t, percentage(0.025), p)
	require.Equal(t, "2.5%", p.String())
	for _, bad := range []string{"", "5", "%", "-1%", "NaN%", "x%"} {
		require.Error(t, p.Set(bad), bad)
	}
}
