package formula

import (
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	point = []Input{{"z", false}, {"y", false}}
	line  = []Input{{"z", true}, {"y", true}, {"t", false}}
)

// computed returns the value of a text, in float64.
func computed(t *testing.T, text string, in []Input, args ...[]float64) []float64 {
	t.Helper()
	parsed, err := Parse(text)
	require.NoError(t, err)
	p, err := parsed.Compile(in)
	require.NoError(t, err)
	e, err := NewEvaluator(p, Float64)
	require.NoError(t, err)
	return e.Eval(args...)[0]
}

func TestText_OfNumbers(t *testing.T) {
	for text, want := range map[string]float64{
		"2 + 3*4":                         14,
		"-2^2":                            -4,
		"(-2)²":                           4,
		"2^3^2":                           512,
		"2^-1":                            0.5,
		"7 - 2 - 1":                       4,
		"8 / 2 / 2":                       2,
		"2·3 − 1":                         5,
		"0x1.8p1 + 1e1 + .5":              13.5,
		"1 <= 1":                          1,
		"1 ≠ 1":                           0,
		"1 < 2 and not 2 < 1 or 1/0 == 0": 1,
		"if(z > 1, 10, 20)":               10,
		"if(z > 1, 10, log(-1))":          10,
		"min(3, 1, 2) + max(1, 3, 2)":     4,
		"a = z + y; a * a":                9,
		"f(x) = x + 1\nf(f(z)) # twice":   4,
		"(z +\n y)":                       3,
		"z +\n y":                         3,
		"γ = 2\nγ^z":                      4,
		"y′ = y + 1\ny′":                  2,
		"sqrt(4) + abs(-1) + floor(1.5)":  4,
		"atan(1)*4 - pi":                  0,
		"weighed(0, inf) + clip(5, 0, 1)": 1,
		"exp(0) + log(1) + expm1(0)":      1,
		"stop(z)":                         2,
	} {
		require.Equal(t, []float64{want}, computed(t, text, point, []float64{2}, []float64{1}), text)
	}
	require.True(t, math.IsNaN(computed(t, "y * log(z - 2)", point, []float64{2}, []float64{0})[0]), "0·∞ is what IEEE 754 says")
}

func TestText_OfVectors(t *testing.T) {
	z, y, label := []float64{1, 3, 2}, []float64{0, 1, 0}, []float64{1}
	for text, want := range map[string][]float64{
		"z + 1":                       {2, 4, 3},
		"sum(z) + K":                  {9},
		"sum(z[k] * y[k])":            {3},
		"z[t] - z[0]":                 {2},
		"z[argmax(z)]":                {3},
		"max(z) - min(z)":             {2},
		"prod(z)":                     {6},
		"mean(z)":                     {2},
		"k == t":                      {0, 1, 0},
		"if(k == t, 0, z)":            {1, 0, 2},
		"sum(1)":                      {3},
		"others(z)":                   {5, 3, 4},
		"centred(y, z)":               {-2, 0, -1},
		"before(y, z)":                {3, 0, 4},
		"z[K - 1 - k]":                {2, 3, 1},
		"max(z, 2)":                   {2, 3, 2},
		"logsumexp(z * 0) - log(K)":   {0},
		"sum(softmax(0*z)*3) == K":    {1},
		"log_softmax(0*z) + log(K)":   {0, 0, 0},
		"if(t + 1 < K, z[t + 1], 99)": {2},
	} {
		require.Equal(t, want, computed(t, text, line, z, y, label), text)
	}
	require.True(t, math.IsNaN(computed(t, "z[K]", line, z, y, label)[0]), "no such element")
}

// A parameter may be called k, and comes before the vector of that name.
func TestCompile_InputsComeBeforeOtherNames(t *testing.T) {
	in := []Input{{"z", true}, {"k", false}, {"pi", false}}
	require.Equal(t, []float64{15}, computed(t, "sum(z)*k - pi", in, []float64{1, 2}, []float64{6}, []float64{3}))
}

// Parts of a float32 program are rounded one by one.
func TestFloat32_RoundsEveryOperation(t *testing.T) {
	z, y := float32(0.1), float32(16777216)
	e, err := NewEvaluator(MustParse("z*z + y - y").MustCompile(point), Float32)
	require.NoError(t, err)
	got := e.Eval([]float64{float64(z)}, []float64{float64(y)})[0][0]
	require.Equal(t, float64(float32(float32(z*z)+y)-y), got)
	require.Zero(t, got)
}

func TestEvaluator_AllocatesOnce(t *testing.T) {
	e, err := NewEvaluator(MustParse("e = exp(z - max(z))\nvalue = -log(e[t] / sum(e))\ngrad = e / sum(e) - (k == t)").MustCompile(line, "value", "grad"), Float64)
	require.NoError(t, err)
	z, y, label := []float64{1, 2, 3}, []float64{0, 0, 1}, []float64{2}
	e.Eval(z, y, label)
	require.Zero(t, testing.AllocsPerRun(100, func() { e.Eval(z, y, label) }))
}

// The same expression is computed once.
func TestCompile_SharesAndLeavesOut(t *testing.T) {
	p := MustParse("unused = atan(y)\nvalue = exp(-abs(z)) / (1 + exp(-abs(z)))").MustCompile(point)
	needed := 0
	for _, s := range p.steps {
		if s.needed && builtin[s.op].kind != 0 {
			needed++
		}
	}
	require.Equal(t, 5, needed, "abs, -, exp, +, /")
}

func TestMistakes_HaveTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "line 1, column 1: the text defines nothing",
		"z + ":                            "line 1, column 5: found the end of the text: want a number, a name, a function or (",
		"z +* y":                          `line 1, column 4: found "*"`,
		"a = 1\nb = sofplus(z)":           "line 2, column 5: no function sofplus: did you mean softplus? there is abs, argmax",
		"z + yy":                          "column 5: no name yy: did you mean y? there is inf, pi, y, z",
		"exp z":                           `column 5: found "z": want an operator`,
		"exp":                             "exp is a function",
		"exp(z, y)":                       "exp has 2 arguments: want 1",
		"f(x) = x\nf(1, 2)":               "want 1, as in f(x) = x",
		"f(x) = f(x)\nf(1)":               "column 8: f calls itself",
		"f(x) = g(x)\nvalue = 1":          "",
		"(z + y":                          "want an operator, a comma or )",
		"z y":                             "want an operator, or the end of the line",
		"z = 1":                           "z is defined already",
		"1 = z":                           "what is defined is a name",
		"f(1) = z":                        "1 is a parameter of f: want a name",
		"a < b < c":                       "comparisons are joined by and",
		"z $ y":                           "no formula has the character '$'",
		"1e999":                           "beyond the range of float64",
		"1e99999":                         "1e99999 is beyond the range",
		"z[0]":                            "z is one number: only a vector has an index",
		"sum(z)":                          "sum is of a vector, and no input is one",
		"K":                               "no name K",
		"a = z":                           "does not define value",
		"if(z = 1, 0, 1)":                 "want an operator, a comma or ) (== compares)",
		"(z, y)":                          "2 expressions in parentheses",
		"z, y":                            `found ","`,
		"and(z, y)":                       `found "and"`,
		"\xff":                            "not UTF-8",
		strings.Repeat("(", 300):          "nested more than 200 deep",
		strings.Repeat("-", 300) + "z":    "nested more than 200 deep",
		strings.Repeat("z+", 40000) + "z": "at most 65536 are read",
		strings.Repeat("z+", 9000) + "z":  "more than 8192 operations",
		"a(x)=x+x;b(x)=a(x)+a(x*2);c(x)=b(x)+b(x*3);" + explosive: "more than 8192 operations",
	} {
		parsed, err := Parse(text)
		if err == nil {
			_, err = parsed.Compile(point)
		}
		if want == "" {
			require.NoError(t, err, text)
			continue
		}
		var mistake *Error
		require.ErrorAs(t, err, &mistake, text)
		require.ErrorContains(t, err, want, text)
	}
}

// explosive doubles the work with every function.
var explosive = func() string {
	text, last := "", "c"
	for _, name := range strings.Fields("d e f g h i j l m n o p q r s t u v w") {
		text += name + "(x)=" + last + "(x)+" + last + "(x+" + name + "(1));"
		text = strings.Replace(text, name+"(1)", "7", 1)
		last = name
	}
	return text + "w(z)"
}()

func TestNewEvaluator_NamesWhatIsMissing(t *testing.T) {
	a := Float64.Clone()
	delete(a.Unary, "atan")
	_, err := NewEvaluator(MustParse("atan(z)").MustCompile(point), a)
	require.ErrorContains(t, err, "atan")
	_, err = NewEvaluator(MustParse("unused = atan(z); exp(z)").MustCompile(point), a)
	require.NoError(t, err)
}

// Every function has a value in float64, and a word in the README.
func TestFunctions_AreComputedAndDocumented(t *testing.T) {
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for _, name := range Functions() {
		require.Regexp(t, "(?s)## Functions.*`"+name+"[`(].*## Zeros", string(page), name)
	}
	for name, f := range builtin {
		for n := f.least; n <= min(f.most, f.least+1); n++ {
			e := Apply(name, []*Expression{{Op: Name, Text: "z"}, {Op: Name, Text: "y"}, {Op: Name, Text: "z"}}[:n]...)
			p := Text{{Name: "value", Body: e}}.MustCompile(line)
			_, err := NewEvaluator(p, Float64)
			require.NoError(t, err, name)
		}
	}
}

// The texts of the README are texts.
func TestReadme_ItsTextsAreRead(t *testing.T) {
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	before, _, _ := strings.Cut(string(page), "## A loss of your own") // whose files have heads, and are tried by the command
	texts := regexp.MustCompile("(?s)```\n(\\S.*?)```").FindAllStringSubmatch(before, -1)
	require.Len(t, texts, 2)
	for _, text := range texts {
		parsed, err := Parse(text[1])
		require.NoError(t, err)
		_, err = parsed.Compile([]Input{{"z", false}, {"y", false}, {"gamma", false}})
		require.NoError(t, err)
	}
}

// What is printed is read as the same text, and nothing that is read makes a panic.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"softplus(z) - y*z", "-(-2)^2^-z", "a(x) = x²; value = a(z)[t]", "not (z < 1 and y >= 2) or not z", "-z[0]·(y − z)³", "1 - (2 - 3) / (4 / 5)", "(not z) + 1", "(-z)[k]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := Parse(text)
		if err != nil {
			require.ErrorAs(t, err, new(*Error))
			return
		}
		again, err := Parse(parsed.String())
		require.NoError(t, err, parsed.String())
		require.Equal(t, parsed.String(), again.String())
		p, err := parsed.Compile(line)
		if err != nil {
			require.ErrorAs(t, err, new(*Error))
			return
		}
		q, err := again.Compile(line)
		require.NoError(t, err)
		inputs := [][]float64{{1, -2, 0.5}, {0, 1, 0}, {2}}
		for _, a := range []Algebra[float64]{Float64, Float32} {
			e, err := NewEvaluator(p, a)
			require.NoError(t, err)
			other, err := NewEvaluator(q, a)
			require.NoError(t, err)
			want, got := e.Eval(inputs...)[0], other.Eval(inputs...)[0]
			require.Len(t, got, len(want))
			for k := range want {
				require.Equal(t, math.Float64bits(want[k]), math.Float64bits(got[k]), parsed.String())
			}
		}
	})
}
