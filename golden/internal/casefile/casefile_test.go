package casefile

import (
	"math"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

func expand(t *testing.T, lossName, text string, f ieee.Format) []Case {
	t.Helper()
	l, err := loss.Named(lossName)
	require.NoError(t, err)
	entries, err := Parse("test.txt", text, l, []ieee.Format{f})
	require.NoError(t, err)
	var cases []Case
	for _, e := range entries {
		part, err := e.Expand(l, f)
		require.NoError(t, err)
		cases = append(cases, part...)
	}
	return cases
}

func TestExpand_MakesEveryChoice(t *testing.T) {
	cases := expand(t, "sigmoid_focal", "set flags=A gamma=0|1\npred=1|2|3 target=0|1 alpha=off", ieee.Float32)
	require.Len(t, cases, 12)
	require.Equal(t, []float64{0}, cases[0].Call.Params["gamma"])
	require.Empty(t, cases[0].Call.Params["alpha"])
	require.Equal(t, []float64{1}, cases[1].Call.Target, "the last key varies fastest")
	require.Equal(t, 2, cases[0].Line)
}

func TestExpand_ReadsShapes(t *testing.T) {
	for _, c := range []struct {
		line       string
		rows, cols int
	}{
		{"pred=1 target=0", 1, 1},
		{"pred=1,2,3 target=0", 1, 3},
		{"pred=1;2;3 target=0,1,2", 3, 1},
		{"pred=1,2;3,4;5,6 target=1,2;3,4;5,6", 3, 2},
		{"pred=0@1000 cols=1 target=0", 1000, 1},
		{"pred=-5..5/12 cols=4 target=1,2,...", 3, 4},
		{"pred=empty:3 target=empty", 0, 3},
	} {
		cases := expand(t, "squared_error", c.line+" flags=A", ieee.Float64)
		require.Len(t, cases, 1, c.line)
		call := cases[0].Call
		require.Equal(t, c.rows, call.Rows, c.line)
		require.Equal(t, c.cols, call.Cols, c.line)
		require.Len(t, call.Pred, c.rows*c.cols, c.line)
		require.Len(t, call.Target, c.rows*c.cols, c.line)
	}
}

func TestParseNumber_KnowsTheFormat(t *testing.T) {
	for _, c := range []struct {
		text string
		f    ieee.Format
		want float64
	}{
		{"0.1", ieee.Float32, float64(float32(0.1))},
		{"17+1ulp", ieee.Float32, float64(math.Nextafter32(17, 18))},
		{"1-1ulp", ieee.Float64, math.Nextafter(1, 0)},
		{"-max", ieee.Float16, -65504},
		{"0.5*max", ieee.Float16, 32752},
		{"-2*eps", ieee.BFloat16, -0x1p-6},
		{"min_subnormal-1ulp", ieee.Float64, 0},
		{"exp_overflow", ieee.Float64, 709.782712893384},
		{"exp_zero", ieee.Float32, float64(float32(-103.97207708))},
		{"one_minus_sigmoid", ieee.Float32, float64(float32(16.635532333))},
		{"0x1.8p1", ieee.Float64, 3},
		{"-inf", ieee.Float32, math.Inf(-1)},
	} {
		x, err := parseNumber(c.f, c.text)
		require.NoError(t, err, c.text)
		require.Equal(t, c.f.Bits(c.want), c.f.Bits(x), "%s in %s: %v", c.text, c.f, x)
	}
	zero, err := parseNumber(ieee.Float32, "-0")
	require.NoError(t, err)
	require.True(t, math.Signbit(zero))
}

func TestThresholds_LieBetweenTheirNeighbours(t *testing.T) {
	for _, f := range ieee.Formats() {
		x, err := parseNumber(f, "sqrt_max+1ulp")
		require.NoError(t, err)
		require.Greater(t, float64(x*x), f.MaxFinite(), f.Name)
		x, err = parseNumber(f, "sqrt_max-1ulp")
		require.NoError(t, err)
		require.Less(t, float64(x*x), f.MaxFinite(), f.Name)
	}
}

func TestExpand_LeavesOutWhatTheFormatCannotHold(t *testing.T) {
	for _, line := range []string{"pred=1e8 target=0", "pred=1e-30 target=0", "pred=1 target=1e-400", "pred=2*max target=0"} {
		require.Empty(t, expand(t, "squared_error", line+" flags=A", ieee.Float16), line)
	}
	require.Len(t, expand(t, "squared_error", "pred=1e8|1 target=0|0e5 flags=A", ieee.Float16), 2)
}

func TestParse_NamesTheLine(t *testing.T) {
	l, err := loss.Named("cross_entropy")
	require.NoError(t, err)
	for _, c := range []struct{ text, want string }{
		{"\npred=1,2", "test.txt:2: no flags"},
		{"pred", `test.txt:1: "pred": want key=value`},
		{"pred=1 pred=2 flags=A", "stands twice"},
		{"prob=1 flags=A", "no parameter or convention"},
		{"pred=1 flags=A dtypes=f80", "f80"},
		{"pred=1 flags=A|B", "no alternatives"},
		{"label=1 flags=A", "no pred"},
		{"pred=1,2;3 label=0 flags=A", "rows of 2 and of 1"},
		{"pred=1,x label=0 flags=A", `"x" is not a number`},
		{"pred=1,2 label=1.5 flags=A", "not a class index"},
		{"pred=1,2 target=1,2,3 flags=A", "want 2"},
		{"pred=0@99999999 label=0 flags=A", "want a count"},
		{"pred=1..inf/3 label=0 flags=A", "finite width"},
		{"pred=1..2 label=0 flags=A", "count of at least 2"},
		{"pred=nan+1ulp label=0 flags=A", "no neighbours"},
		{"pred=1,2,3 cols=2 label=0 flags=A", "divisor"},
		{"pred=1,2 label=0 reduction=mean flags=A", "no reduction"},
	} {
		entries, err := Parse("test.txt", c.text, l, ieee.Formats())
		for i := 0; err == nil && i < len(entries); i++ {
			_, err = entries[i].Expand(l, ieee.Float64)
		}
		require.ErrorContains(t, err, c.want, c.text)
		require.ErrorContains(t, err, "test.txt:", c.text)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("set flags=A gamma=0|1\npred=1|2;3 target=0@2 alpha=off dtypes=f16")
	f.Add("pred=-5..5/11 target=1,... flags=B reduction=sum empty_mean=zero")
	f.Add("pred=empty:3 target=empty flags=C error=label sample_weight=1@3")
	f.Add("pred=-0.5*max+3ulp target=nan flags=D upstream=0x1p-3")
	l, err := loss.Named("sigmoid_focal")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := Parse("fuzz", text, l, []ieee.Format{ieee.Float16})
		if err != nil {
			require.ErrorAs(t, err, new(*SyntaxError))
			return
		}
		for _, e := range entries[:min(len(entries), 3)] {
			if len(e.Values) > 6 {
				continue // products of alternatives are bounded, and slow to walk
			}
			cases, err := e.Expand(l, ieee.Float16)
			if err != nil {
				require.ErrorAs(t, err, new(*SyntaxError))
			}
			for _, c := range cases {
				require.Len(t, c.Call.Pred, c.Call.Rows*c.Call.Cols)
				for _, x := range c.Call.Pred {
					require.True(t, ieee.Float16.Holds(x))
				}
			}
		}
	})
}
