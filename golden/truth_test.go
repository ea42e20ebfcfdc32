package golden_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/golden/internal/lint"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

// The reference and the oracle share no code, and neither shares any with the files. That
// they agree on every vector shows that nothing was lost on the way: no layout, no
// default, no convention.
func TestVectors_AgreeWithTheReference(t *testing.T) {
	cases := 0
	const few = 8 // vectors that have a further output, at least
	for _, l := range loss.All() {
		for _, f := range ieee.Formats() {
			vectors, err := golden.Vectors(l.Name, f)
			require.NoError(t, err)
			cases += len(vectors)
			further := map[subject.Output]int{}
			for _, v := range vectors {
				if v.Error != "" {
					continue // Decode has compared the errors
				}
				r, err := loss.EvalDiagonal(&v.Call)
				require.NoError(t, err, v.ID)
				n := max(1, len(v.Call.Pred))
				checkAll(t, v, "value", v.Truth.Value, r.Value, n)
				checkAll(t, v, "grad", v.Truth.Grad, r.Grad, n)
				if v.Truth.TargetGrad != nil {
					further[subject.TargetGrad]++
					checkAll(t, v, "targetGrad", v.Truth.TargetGrad, r.TargetGrad, n)
				}
				if v.Truth.Hess != nil {
					further[subject.Hess]++
					checkAll(t, v, "hess", v.Truth.Hess, r.Hess, n)
				}
			}
			for _, o := range []subject.Output{subject.TargetGrad, subject.Hess} {
				if f.Width >= 32 && o.Of(l) {
					require.GreaterOrEqual(t, further[o], few, "%s %s %s", l.Name, f, o)
				}
			}
		}
	}
	m, err := lint.ReadManifest(golden.FS)
	require.NoError(t, err)
	for _, d := range m.Files {
		cases -= d.Cases
	}
	require.Zero(t, cases, "the manifest counts others")
}

func checkAll(t *testing.T, v golden.Vector, name string, want []oracle.Number, got []float64, n int) {
	require.Len(t, got, len(want), v.ID)
	for i, w := range want {
		// Level 2 of the judge: any correct computation that rounds its inputs passes, and
		// a wrong formula does not.
		const stable = 32
		bound := stable * (1 + w.Kappa) * (1 + math.Log2(float64(n)))
		x := v.Call.Format.Round(got[i])
		w = w.Nearest(x)
		switch {
		case math.IsNaN(w.Rounded) || math.IsInf(w.Rounded, 0):
			require.Equal(t, fmt.Sprint(w.Rounded), fmt.Sprint(x), "%s %s[%d]", v.ID, name, i)
		default:
			err := (x-w.Rounded)/v.Call.Format.Ulp(w.Rounded) - w.Residual
			require.LessOrEqual(t, math.Abs(err), bound, "%s %s[%d] = %v: want %v", v.ID, name, i, x, w.Rounded)
		}
	}
}

// Values that are elementary, or that issues name (pytorch/pytorch#11752 and #13773,
// huggingface/candle#2561), by their inputs.
func TestVectors_HoldKnownNumbers(t *testing.T) {
	for _, k := range []struct {
		loss   string
		f      ieee.Format
		pred   []float64
		target []float64
		label  []int
		params loss.Params
		want   string // to the digits given
	}{
		{"cross_entropy", ieee.Float32, []float64{1e8, 1e8}, nil, []int{0}, nil, "0.6931472"},
		{"cross_entropy", ieee.Float32, []float64{10002, 9999}, nil, []int{0}, nil, "0.04858735"},
		{"cross_entropy", ieee.Float32, []float64{0, 200}, nil, []int{0}, nil, "200.0000000"},
		{"cross_entropy", ieee.Float64, []float64{1, 2, 3}, nil, []int{2}, loss.Params{"label_smoothing": {0.1}}, "0.50760596"},
		{"binary_cross_entropy_with_logits", ieee.Float64, []float64{-120}, []float64{1}, nil, loss.Params{"pos_weight": {2}}, "240.0000000"},
		{"binary_cross_entropy_with_logits", ieee.Float64, []float64{17}, []float64{0}, nil, nil, "17.0000000414"},
		{"sigmoid_focal", ieee.Float64, []float64{0}, []float64{1}, nil, nil, "0.0433216988"}, // α·log 2/2^γ
	} {
		vectors, err := golden.Vectors(k.loss, k.f)
		require.NoError(t, err)
		c := loss.Call{Loss: k.loss, Format: k.f, Params: k.params, Batch: loss.Batch{
			Rows: 1, Cols: len(k.pred), Pred: k.pred, Target: k.target, Label: k.label}}
		id, found := golden.ID(&c), false
		for _, v := range vectors {
			if v.ID != id {
				continue
			}
			found = true
			digits := len(k.want) - strings.IndexByte(k.want, '.') - 1
			require.Equal(t, k.want, fmt.Sprintf("%.*f", digits, v.Truth.Value[0].Rounded))
		}
		require.True(t, found, "%s %v", k.loss, k.pred)
	}
}

func TestReadme_ShowsACaseThatIsThere(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	data, err := golden.FS.ReadFile("v1/squared_error.f32.json")
	require.NoError(t, err)
	shown := 0
	for line := range strings.Lines(string(readme)) {
		if strings.HasPrefix(line, `{"id"`) {
			shown++
			require.Contains(t, string(data), line)
		}
	}
	require.Equal(t, 1, shown)
}
