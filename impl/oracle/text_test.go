package oracle

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// item builds a text over a row z and a distribution y.
func item(text string, z, y []float64) (*example, expr.Node) {
	l := &loss.Loss{Name: "test", Shape: loss.Row, Targets: loss.Targets{loss.Distribution}, Definition: text}
	e := newExample(loss.Args{}, z, y, nil, -1, func(y float64) bool { return y == 0 || y == 1 })
	return e, ofText(l)(e)[0]
}

func middleOf(e *example, n expr.Node) float64 {
	v := e.Eval(200, n)[0]
	x, _ := v.Lo().Float64()
	return x
}

// A text means the same in the graph as in floats, within the roundings of a dozen operations.
func TestText_GraphAgreesWithFloats(t *testing.T) {
	const roundings = 1e-13
	texts := []string{
		"sum(z*y) + K - mean(z)",
		"exp(z[0]) + log(z[2]) + log1p(z[1]) + expm1(z[0]) - pi",
		"sigmoid(z[1]) * softplus(-z[1]) + log_sigmoid(z[2])",
		"sqrt(z[2])/3 + atan(z[0]) + abs(-z[0]) + abs(z[1] - 3) + floor(z[2] + 0.5) + floor(-0.25)",
		"min(z) + max(z) + min(z[0], 2, z[1]) + max(z[0], 0.1)",
		"prod(z) + argmax(z) + z[argmax(z)] + argmax(-z*z)",
		"logsumexp(z) + logsumexp(2*z - 1) + sum(softmax(z)*z) + sum(softmax(-z)*y) - log_softmax(z)[1] - log_softmax(z*z)[2]",
		"sum(others(z)*z) + sum(centred(y, z)*z) + sum(before(z, y)*z)",
		"z[1]^2 + z[1]^-3 + z[1]^0.5 + z[2]^2.7 + 2^z[0] + z[0]^z[1] + z[0]^0 + (0*z[0])^1.5",
		"if(z[0] < z[1], 10, 20) + if(z[0] >= z[1], 1, 2) + (z[0] <= 0.5) + 3*(z[2] > 5) + if(z[0] == 0.5, 4, 8) + if(z[0] != 0.5, 16, 32)",
		"if(z[0] < 1 and not z[1] < 1, z[0], log(-1)) + if(z[2] or log(-1), z[2], 0)",
		"if(k == 0, 0, z)[2] + z[K - 1] + sum(z[K - 1 - k] * k)",
		"weighed(y, log(z - 0.5))[0] + clip(z[2], 0, 1) + relu(-z[1]) + stop(z[1]) + 0.1 + 1e-3/3",
		"f(a, b) = a*b - b; f(z[0], f(z[1], z[2]))",
	}
	z, y := []float64{0.5, 1.25, 3}, []float64{0, 0.375, 1}
	vars := []formula.Input{{Name: "z", Vector: true}, {Name: "y", Vector: true}}
	for _, text := range texts {
		e, n := item(text, z, y)
		evaluator, err := formula.NewEvaluator(formula.MustParse(text).MustCompile(vars), formula.Float64)
		require.NoError(t, err)
		want := evaluator.Eval(z, y)[0][0]
		require.InEpsilon(t, want, middleOf(e, n), roundings, text)
	}
	all := strings.Join(texts, " ")
	for _, name := range formula.Functions() {
		require.Contains(t, all, name+"(", "no text tests it")
	}
}

// The gradient is that of the text.
func TestText_Gradients(t *testing.T) {
	third := 1.0 / 3
	for text, want := range map[string][]float64{
		"z[1]^3":                               {0, 12, 0},
		"stop(z[0])*z[1]":                      {0, 1, 0},
		"if(z[0] > 0, z[0]*z[1], log(-1))":     {2, 1, 0},
		"max(z) + min(z)":                      {1, 0, 1},
		"logsumexp(0*z + z - z)":               {0, 0, 0},
		"logsumexp(z - stop(z))":               {third, third, third},
		"y[2]*z[2] + y[0]*log(0*z[1])":         {0, 0, 1},
		"weighed(z[0] - 1, z[2])":              {4, 0, 0},
		"weighed(y[0], log(0*z[1])) + z[2]":    {0, 0, 1},
		"(z[0] - 1)^1.5":                       {0, 0, 0},
		"z[floor(z[1])]":                       {0, 0, 1},
		"-abs(z[2])":                           {0, 0, -1},
		"a = z[0] - z[1]; if(a < 0, a^2, a^3)": {-2, 2, 0},
	} {
		e, n := item(text, []float64{1, 2, 4}, []float64{0, 0.5, 1})
		for k, slope := range e.Grad(n, e.x...) {
			require.InDelta(t, want[k], middleOf(e, slope), 1e-15, "%s by z[%d]", text, k)
		}
	}
}

// What has no value is an error where it is needed, and only there.
func TestText_WithoutAValue(t *testing.T) {
	for _, text := range []string{"log(z[0] - 5)", "z[K]", "z[0.5]", "1/0", "(-2)^0.5", "sqrt(-z[0])", "argmax(log(-z))"} {
		e, n := item(text, []float64{1, 2}, []float64{0, 1})
		require.Panics(t, func() { e.Eval(64, n) }, text)
		e, n = item("if(z[0] > 0, z[1], "+text+")", []float64{1, 2}, []float64{0, 1})
		require.InDelta(t, 2, middleOf(e, n), 0, text)
	}
}
