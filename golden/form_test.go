package golden

import (
	"math"
	"math/big"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

func TestTenthPowers_AreTheNumbers(t *testing.T) {
	for j, x := range tenthPowers { // x^10 = 2^j to within the rounding of x, tenfold
		power := big.NewFloat(1).SetPrec(1000)
		for range 10 {
			power.Mul(power, big.NewFloat(x))
		}
		relative, _ := power.Quo(power, big.NewFloat(math.Ldexp(1, j))).Float64()
		require.LessOrEqual(t, math.Abs(relative-1), 10*0x1p-52, "2^(%d/10)", j)
	}
}

func TestKappaText_RoundsUp(t *testing.T) {
	for _, c := range []struct {
		kappa float64
		want  string
	}{
		{1, "0.0"}, {1 + 0x1p-50, "0.0"}, {1 + 0x1p-49, "0.1"}, {2, "1.0"}, {8.5915, "3.2"}, {3, "1.6"}, {0.5, "-1.0"}, {0.6, "-0.7"}, {0x1p-1074, "-100.0"},
		{math.MaxFloat64, "1024.0"}, {math.Inf(1), "1024.0"},
	} {
		text := kappaText(c.kappa)
		require.Equal(t, c.want, text, "%v", c.kappa)
		back, err := parseKappa(text)
		require.NoError(t, err)
		require.GreaterOrEqual(t, back*(1+kappaSlack), c.kappa)
		require.Equal(t, c.want, kappaText(back), "reading gives the same text")
	}
	require.Equal(t, absent, kappaText(0))
}

func TestResidualText_HasFiveDigits(t *testing.T) {
	require.Equal(t, absent, residualText(0))
	require.Equal(t, "-0.45265", residualText(-0.452650731234))
	require.Equal(t, "0.5", residualText(0.5))
	require.Equal(t, "-0.49999", residualText(-0.4999999), "a residual of one half is a tie")
	require.Equal(t, "1.2346e-20", residualText(1.23456789e-20))
	for _, r := range []float64{0.5, -0.49999, 0.0123456789, 1e-300, -0x1p-60} {
		back, err := parseResidual(residualText(r))
		require.NoError(t, err)
		require.LessOrEqual(t, math.Abs(back-r), math.Abs(r)*0.5e-4, "half a unit of the fifth digit, at most")
	}
}

func TestHex_HasOneNaN(t *testing.T) {
	payload := math.Float64frombits(0xfff8000000000123)
	for f, want := range map[ieee.Format]string{
		ieee.Float64: "7ff8000000000000", ieee.Float32: "7fc00000", ieee.BFloat16: "7fc0", ieee.Float16: "7e00",
	} {
		require.Equal(t, []string{want}, f.Hexes([]float64{payload}))
		xs, err := parseHexList(f, words{want})
		require.NoError(t, err)
		require.True(t, math.IsNaN(xs[0]))
	}
	_, err := parseHexList(ieee.Float32, words{"7fc00001"})
	require.Error(t, err)
}

func exampleCall() loss.Call {
	return loss.Call{Loss: "sigmoid_focal", Format: ieee.Float32,
		Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{0}, Target: []float64{1}}}
}

func TestID_DependsOnTheQuestionOnly(t *testing.T) {
	plain := exampleCall()
	id := ID(&plain)
	require.Regexp(t, `^sigf\.f32\.[a-z2-7]{12}$`, id)

	defaults := exampleCall()
	defaults.Reduction = loss.None
	defaults.Params = loss.Params{"gamma": {2}, "alpha": {0.25}}
	defaults.Conventions = loss.Conventions{"empty_mean": "nan"}
	require.Equal(t, id, ID(&defaults), "defaults said aloud are the same question")

	for name, change := range map[string]func(*loss.Call){
		"pred":       func(c *loss.Call) { c.Pred = []float64{math.Copysign(0, -1)} },
		"target":     func(c *loss.Call) { c.Target = []float64{0} },
		"dtype":      func(c *loss.Call) { c.Format = ieee.Float64 },
		"gamma":      func(c *loss.Call) { c.Params = loss.Params{"gamma": {1}} },
		"alpha off":  func(c *loss.Call) { c.Params = loss.Params{"alpha": {}} },
		"reduction":  func(c *loss.Call) { c.Reduction = loss.Sum },
		"convention": func(c *loss.Call) { c.Conventions = loss.Conventions{"empty_mean": "zero"} },
		"weight":     func(c *loss.Call) { c.Weight = []float64{1} },
	} {
		c := exampleCall()
		change(&c)
		require.NotEqual(t, id, ID(&c), name)
	}
}

func TestID_IsTheHashThatTheReadmeDescribes(t *testing.T) {
	c := exampleCall()
	c.Params = loss.Params{"gamma": {1}}
	require.Equal(t, "loss=sigmoid_focal\ndtype=f32\nreduction=none\nparam.gamma=3f800000\nshape=1,1\npred=00000000\ntarget=3f800000\n",
		canonicalText(&c))
}

func TestShortNames_AreUniqueAndOfTheCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for name, short := range shortNames {
		_, err := loss.Named(name)
		require.NoError(t, err)
		require.False(t, seen[short], short)
		seen[short] = true
	}
	require.Equal(t, "new_loss", shortName("new_loss"))
}

func TestEncode_DoesNotHangOnOrder(t *testing.T) {
	var vectors []Vector
	for _, x := range []float64{1, 2, 3, 4, 5} {
		c := exampleCall()
		c.Pred = []float64{x}
		c.Params = loss.Params{"gamma": {float64(int(x) % 2)}}
		vectors = append(vectors, Vector{ID: ID(&c), Flags: []string{"B", "A"}, Call: c,
			Truth: oracle.Truth{Value: []oracle.Number{{Rounded: x}}, Grad: []oracle.Number{{Rounded: -x}}}})
	}
	forward := Encode("sigmoid_focal", ieee.Float32, vectors)
	backward := make([]Vector, len(vectors))
	for i, v := range vectors {
		backward[len(vectors)-1-i] = v
	}
	require.Equal(t, string(forward), string(Encode("sigmoid_focal", ieee.Float32, backward)))
	require.Contains(t, string(forward), `"flags":["A","B"]`)
	require.Panics(t, func() { Encode("sigmoid_focal", ieee.Float64, vectors) })
}
