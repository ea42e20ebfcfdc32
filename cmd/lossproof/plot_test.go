package main

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
)

// The area under the gradient is what the value has risen by. The trapezoidal rule is off by at most half a step times the variation of
// the gradient, of which the points show all but what lies between two of them: a whole step is allowed.
func TestPlot_TheGradientIsThatOfTheValue(t *testing.T) {
	compared := 0
	for _, l := range loss.All() {
		c, err := curveOf(l, nil, nil)
		require.NoError(t, err, l.Name)
		require.Len(t, c.value, len(c.x))
		if l.Name == "classification_error" || l.Detached != nil {
			continue // it jumps, or its gradient is not that of the value
		}
		first, last := 0, len(c.x)-1
		for finite := func(k int) bool { return !math.IsInf(c.value[k], 0) && !math.IsInf(c.gradient[k], 0) }; !finite(first); {
			first++
		}
		for math.IsInf(c.value[last], 0) || math.IsInf(c.gradient[last], 0) {
			last--
		}
		require.Greater(t, last-first, len(c.x)/2, l.Name)
		area, variation, step := 0.0, 0.0, c.x[1]-c.x[0]
		for k := first; k < last; k++ {
			area += (c.gradient[k] + c.gradient[k+1]) / 2 * step
			variation += math.Abs(c.gradient[k+1] - c.gradient[k])
		}
		require.InDelta(t, c.value[last]-c.value[first], area, step*variation+1e-12, l.Name)
		compared++
	}
	require.Greater(t, compared, 30)
}

func TestPlot_DrawsOnTheTerminalAndIntoAFile(t *testing.T) {
	out := lossproof("plot", "bce_with_logits", "--param", "pos_weight=2")
	require.Equal(t, conforms, out.code, out.stderr)
	require.Contains(t, out.stdout, "gradient of binary_cross_entropy_with_logits, pos_weight=2, over the prediction, target 1, from -8 to 8")
	png := filepath.Join(t.TempDir(), "x.png")
	require.Equal(t, outcome{code: conforms}, lossproof("plot", "iou", "--out", png))
	text, err := os.ReadFile(png)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(text), "\x89PNG"))
	for says, args := range map[string][]string{
		"want a name that ends in .svg or .png":       {"plot", "iou", "--out", "x.pdf"},
		"no loss \"nosuch\"":                          {"plot", "nosuch"},
		"has no such parameter or convention":         {"plot", "iou", "--param", "gamma=1"},
		"draw them apart":                             {"plot", "iou", "dice"},
		"bad parameter: loss: sigmoid_focal":          {"plot", "sigmoid_focal", "--param", "gamma=-1"},
		"a picture has room for 5":                    append([]string{"plot", "--out", "x.svg"}, strings.Fields(strings.Repeat("dice ", 6))...),
		"requires at least 1 arg(s), only received 0": {"plot"},
		"is no subject, and as a formula":             {"plot", "softplus", "--error", "nosuch("},
		"nosuch":                                      {"plot", "softplus", "--error", "nosuch"},
		"errors are drawn of one loss":                {"plot", "softplus", "sigmoid", "--error", "reference"},
		"a formula is drawn of losses of one number":  {"plot", "cross_entropy", "--error", "exp(z)"},
		"exp(z) has no grad of softplus in f32":       {"plot", "softplus", "--error", "exp(z)", "--output", "grad"},
		"no such file":                                {"plot", "softplus", "--bench", "nosuch.txt", "--out", "x.svg"},
		"--bench is drawn into --out":                 {"plot", "softplus", "--bench", "nosuch.txt"},
		"ratios.txt: no benchmark of dice":            {"plot", "dice", "--bench", filepath.Join("..", "..", "bench", "ratios.txt"), "--out", "x.svg"},
		"samples: want 0 to 2000":                     {"plot", "softplus", "--error", "reference", "--sample", "2001"},
	} {
		out := lossproof(args...)
		require.Equal(t, usage, out.code, "%v: %s", args, out.stderr)
		require.Contains(t, out.stderr, strings.Replace(says, "loss: ", "", 1))
	}
}

// The errors of a formula that overflows are told and drawn, and those of the reference are within a half.
func TestPlot_DrawsErrors(t *testing.T) {
	out := lossproof("plot", "softplus", "--error", "log(1 + exp(z))", "--error", "reference", "--sample", "40", "--dtype", "f64")
	require.Equal(t, conforms, out.code, out.stderr)
	require.Regexp(t, `log\(1 \+ exp\(z\)\): [1-9]\d* of 40 samples below accurate`, out.stdout)
	require.Contains(t, out.stdout, "reference: 0 of 40 samples below accurate")
	require.Contains(t, out.stdout, "over the prediction, from −∞ to ∞")
	program := filepath.Join("..", "..", "impl", "adapters", "minimal", "adapter.py")
	if python, err := exec.LookPath("python3"); err == nil {
		svg := filepath.Join(t.TempDir(), "x.svg")
		require.Equal(t, outcome{code: conforms}, lossproof("plot", "binary_cross_entropy_with_logits", "--dtype", "f64", "--sample", "20", "--out", svg, "--", python, program))
		text, err := os.ReadFile(svg)
		require.NoError(t, err)
		require.Contains(t, string(text), "of 20 samples below accurate")
	} else {
		t.Log("NOT RUN: an adapter, for there is no Python")
	}
}

// A row for each work, named by what is not common to all; an implementation without the roofline beside it has no ratio.
func TestPlot_DrawsRatios(t *testing.T) {
	folder := t.TempDir()
	file, svg := filepath.Join(folder, "bench.txt"), filepath.Join(folder, "x.svg")
	var lines strings.Builder
	for range 6 {
		lines.WriteString("BenchmarkLoss/loss=sigmoid/op=grad/impl=avx2/n=64 1 300 ns/op\nBenchmarkLoss/loss=sigmoid/op=grad/impl=roofline/n=64 1 100 ns/op\n" +
			"BenchmarkLoss/loss=sigmoid/op=grad/impl=avx2/n=8 1 20 ns/op\nBenchmarkLoss/loss=sigmoid/op=grad/impl=roofline/n=8 1 10 ns/op\nBenchmarkLoss/loss=dice/op=grad/impl=mine/n=8 1 10 ns/op\n")
	}
	require.NoError(t, os.WriteFile(file, []byte(lines.String()), 0o600))
	p, err := ratiosOf(file, []string{"sigmoid"})
	require.NoError(t, err)
	require.Equal(t, "sigmoid op=grad", p.common)
	require.Equal(t, []string{"n=64", "n=8"}, p.works)
	x, y := points{p.of["avx2"], 2}.XY(0)
	require.Equal(t, []float64{3, 1}, []float64{x, y})
	require.Equal(t, outcome{code: conforms}, lossproof("plot", "sigmoid", "--bench", file, "--out", svg))
	require.Contains(t, contents(t, svg), ">avx2</text>")
	require.Contains(t, lossproof("plot", "dice", "--bench", file, "--out", svg).stderr, "not timed beside impl=roofline")
}

// The pictures of the READMEs are those that go generate makes.
func TestPlot_PicturesAreCurrent(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	lines := regexp.MustCompile(`(?m)^//go:generate go run \. (plot .*) --out (\S+)$`).FindAllStringSubmatch(string(source), -1)
	require.NotEmpty(t, lines)
	for _, line := range lines {
		made := filepath.Join(t.TempDir(), "made.svg")
		require.Equal(t, outcome{code: conforms}, lossproof(append(strings.Fields(line[1]), "--out", made)...))
		want, err := os.ReadFile(line[2])
		require.NoError(t, err)
		got, err := os.ReadFile(made)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "go generate ./cmd/lossproof makes %s anew", line[2])
	}
}
