package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEval_PrintsTheTruthAndTheReference(t *testing.T) {
	out := lossproof("eval", "binary_cross_entropy_with_logits", "--pred", "3.5", "--target", "1")
	require.Equal(t, conforms, out.code, out.stderr)
	// log(1+e^-3.5) and -1/(1+e^3.5), computed with mpmath 1.3.0 at 60 digits
	require.Contains(t, out.stdout, "0.0297504182")
	require.Contains(t, out.stdout, "-0.029312230")
	require.NotContains(t, out.stdout, "not what they were written as")
	requireGolden(t, "eval.txt", out.stdout)
}

func TestEval_PrintsSecondDerivatives(t *testing.T) {
	out := lossproof("eval", "binary_cross_entropy_with_logits", "--pred", "3.5", "--target", "1", "--hess")
	require.Equal(t, conforms, out.code, out.stderr)
	// 1/((1+e^-3.5)·(1+e^3.5)), computed with mpmath 1.3.0 at 60 digits
	require.Contains(t, out.stdout, "second derivative[0]\n  rounded    0.028453023879735")
	kink := lossproof("eval", "huber", "--pred", "1", "--target", "0", "--hess")
	require.Contains(t, kink.stdout, "any number from 0 to 1: there is a kink")
	box := lossproof("eval", "iou", "--pred", "1,2,3,4", "--target", "1,2,3,5", "--hess")
	require.NotEqual(t, conforms, box.code)
	require.Contains(t, box.stderr, "--hess")
}

func TestEval_SaysWhatANumberBecame(t *testing.T) {
	out := lossproof("eval", "sigmoid", "--pred", "0.1", "--dtype", "f32")
	require.Equal(t, conforms, out.code, out.stderr)
	require.Contains(t, out.stdout, "is 0.1000000014901161193847656…")
}

func TestEval_NegativeNumbersAreNotFlags(t *testing.T) {
	loose := lossproof("eval", "sigmoid", "--pred", "-1,2")
	tight := lossproof("eval", "sigmoid", "--pred=-1,2")
	require.Equal(t, conforms, loose.code, loose.stderr)
	require.Equal(t, loose, tight)
	require.Contains(t, loose.stdout, "value[1]")
}

// decoded is what a caller of --json reads.
type decoded struct {
	Value, Grad json.RawMessage
	Params      map[string][]float64
	Rounded     []map[string]any
}

func TestEval_JSONHasTheDocumentedFields(t *testing.T) {
	out := lossproof("eval", "cross_entropy", "--pred", "1,2,3", "--target", "2", "--digits", "60", "--json")
	require.Equal(t, conforms, out.code, out.stderr)
	var d decoded
	require.NoError(t, json.Unmarshal([]byte(out.stdout), &d))
	var value map[string]any
	require.NoError(t, json.Unmarshal(d.Value, &value))
	// log(e^1+e^2+e^3) - 3, computed with mpmath 1.3.0 at 60 digits
	require.Equal(t, "0.407605964444380", value["digits"].(string)[:17])
	require.Contains(t, value, "bits")
	require.Contains(t, value, "reference")
	require.Contains(t, value, "ulp")
	require.Contains(t, value, "kappa")
	var grad []map[string]any
	require.NoError(t, json.Unmarshal(d.Grad, &grad))
	require.Len(t, grad, 3)
	require.Contains(t, grad[2], "digits")
}

func TestEval_JSONCarriesWhatIsNotANumberAsText(t *testing.T) {
	out := lossproof("eval", "binary_cross_entropy", "--pred", "0", "--target", "1", "--json")
	require.Equal(t, conforms, out.code, out.stderr)
	require.True(t, json.Valid([]byte(out.stdout)))
	require.Contains(t, out.stdout, `"reference": "+Inf"`)
	require.Contains(t, out.stdout, `"bits": "7ff0000000000000"`)
	nan := lossproof("eval", "sigmoid", "--pred", "NaN", "--json")
	require.Equal(t, conforms, nan.code, nan.stderr)
	require.Contains(t, nan.stdout, `"digits": "NaN"`)
}

func TestEval_TakesRowsParametersAndReductions(t *testing.T) {
	out := lossproof("eval", "cross_entropy", "--pred", "1,2,3;0,0,9", "--target", "2;0", "--reduction", "mean/weight",
		"--param", "weight=1,2,3", "--weight", "1;2", "--convention", "empty_mean=zero", "--json")
	require.Equal(t, conforms, out.code, out.stderr)
	var d decoded
	require.NoError(t, json.Unmarshal([]byte(out.stdout), &d))
	require.Equal(t, []float64{1, 2, 3}, d.Params["weight"])
	require.Equal(t, byte('{'), d.Value[0], "one value is an object")
	soft := lossproof("eval", "cross_entropy", "--pred", "1,2,3", "--target", "0.25,0.25,0.5")
	require.Equal(t, conforms, soft.code, soft.stderr)
	require.Contains(t, soft.stdout, "gradient by target[2]")
	off := lossproof("eval", "sigmoid_focal", "--pred", "1", "--target", "1", "--param", "alpha=none", "--param", "gamma=0.5")
	require.Equal(t, conforms, off.code, off.stderr)
	require.Contains(t, off.stdout, "alpha=none, gamma=0.5")
	upstream := lossproof("eval", "softmax", "--pred", "1,2,3", "--upstream", "1,0,0", "--json")
	require.Equal(t, conforms, upstream.code, upstream.stderr)
	require.NoError(t, json.Unmarshal([]byte(upstream.stdout), &d))
	require.Equal(t, byte('['), d.Value[0], "several values are an array")
}

func TestEval_BadDataNamesLossInputIndexAndValue(t *testing.T) {
	for _, c := range []struct {
		says string
		args []string
	}{
		{`binary_cross_entropy: prediction[0] = 1.5: want a number in [0, 1]`, []string{"binary_cross_entropy", "--pred", "1.5", "--target", "1"}},
		{`sigmoid: prediction[1] = "x": want a number`, []string{"sigmoid", "--pred", "1,x"}},
		{`cross_entropy: target[0] = 3: want a class index in [0, 3)`, []string{"cross_entropy", "--pred", "1,2,3", "--target", "3"}},
		{`cross_entropy: target[0] = "1.5": want a class index in [0, 3)`, []string{"cross_entropy", "--pred", "1,2,3", "--target", "1.5"}},
		{`cross_entropy: target = 2 numbers: want 3 numbers, as the prediction`, []string{"cross_entropy", "--pred", "1,2,3", "--target", "0.5,0.5"}},
		{`cross_entropy: target = 0 numbers: want a`, []string{"cross_entropy", "--pred", "1,2,3"}},
		{`cross_entropy: prediction = "4" with 1 numbers: want 3 in each row`, []string{"cross_entropy", "--pred", "1,2,3;4", "--target", "1;1"}},
		{`sigmoid_focal: gamma = -1: want`, []string{"sigmoid_focal", "--pred", "1", "--target", "1", "--param", "gamma=-1"}},
		{`sigmoid_focal: gamma[0] = "x": want a number`, []string{"sigmoid_focal", "--pred", "1", "--target", "1", "--param", "gamma=x"}},
		{`sigmoid: gamma = set: want a parameter that this loss has`, []string{"sigmoid", "--pred", "1", "--param", "gamma=1"}},
		{`--param "gamma": want name=number`, []string{"sigmoid", "--pred", "1", "--param", "gamma"}},
		{`--convention "x": want name=value`, []string{"sigmoid", "--pred", "1", "--convention", "x"}},
		{`squared_error: squared_error_factor = 2: want one of 1, 1/2`, []string{"squared_error", "--pred", "1", "--target", "1", "--convention", "squared_error_factor=2"}},
		{`reduction = mean: want a reduction`, []string{"squared_error", "--pred", "1", "--target", "1", "--reduction", "mean"}},
		{`no format "f8"`, []string{"sigmoid", "--pred", "1", "--dtype", "f8"}},
		{`--digits 0: want 1 to`, []string{"sigmoid", "--pred", "1", "--digits", "0"}},
	} {
		out := lossproof(append([]string{"eval"}, c.args...)...)
		require.Equal(t, usage, out.code, "%v: %s", c.args, out.stdout)
		require.Contains(t, out.stderr, c.says)
	}
}

func TestEval_ReadsFilesAndStandardInput(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return "@" + path
	}
	want := lossproof("eval", "cross_entropy", "--pred", "1,2,3;0,-inf,9", "--target", "2;0", "--reduction", "sum")
	require.Equal(t, conforms, want.code, want.stderr)
	for what, args := range map[string][]string{
		"CSV":   {"--pred", write("scores.csv", "1,2,3\n0,-inf,9\n"), "--target", write("labels.csv", "2\n0\n")},
		"JSON":  {"--pred", write("scores.json", `[[1, 2, 3], [0, "-inf", 9]]`), "--target", "2;0"},
		"alias": {"--pred", "1,2,3;0,-inf,9", "--target", write("labels.json", "[[2], [0]]")},
	} {
		name := map[bool]string{true: "ce", false: "cross_entropy"}[what == "alias"]
		got := lossproof(append([]string{"eval", name, "--reduction", "sum"}, args...)...)
		require.Equal(t, want.stdout, got.stdout, "%s: %s", what, got.stderr)
	}

	var stdout, stderr strings.Builder
	code := run(t.Context(), []string{"eval", "ce", "--pred", "@-", "--target", "2;0", "--reduction", "sum"}, strings.NewReader("1,2,3\n0,-inf,9"), &stdout, &stderr)
	require.Equal(t, conforms, code, stderr.String())
	require.Equal(t, want.stdout, stdout.String())

	for says, text := range map[string]string{
		"no such file":         "@" + filepath.Join(dir, "none.csv"),
		`bare " in non-quoted`: write("bad.csv", "1,2\"3"),
		"cannot unmarshal":     write("bad.json", `[[1, {}]]`),
		`[1] = "2x": want a n`: write("word.csv", "1,2x"),
		"with 1 numbers":       write("ragged.csv", "1,2\n3\n"),
	} {
		got := lossproof("eval", "softmax", "--pred", text)
		require.Equal(t, usage, got.code, text)
		require.Contains(t, got.stderr, says)
	}
}
