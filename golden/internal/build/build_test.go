package build

import (
	"errors"
	"math"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

var errUndecided = errors.New("undecided")

// reference answers with the float64 reference in place of the oracle: these tests are
// about the builder.
func reference(c *loss.Call) (*oracle.Truth, error) {
	r, err := loss.Eval(c)
	if err != nil {
		return nil, err
	}
	numbers := func(xs []float64) []oracle.Number {
		ns := make([]oracle.Number, len(xs))
		for i, x := range xs {
			ns[i].Rounded = c.Format.Round(x)
			if finite(ns[i]) && ns[i].Rounded != 0 {
				ns[i].Residual = (x - ns[i].Rounded) / c.Format.Ulp(x)
				ns[i].Kappa = 1 / math.Abs(x)
			}
		}
		return ns
	}
	return &oracle.Truth{Value: numbers(r.Value), Grad: numbers(r.Grad)}, nil
}

func builder(lossName, cases string) *Builder {
	return &Builder{
		Cases: fstest.MapFS{lossName + ".txt": {Data: []byte(cases)}},
		Truth: reference, Undecided: errUndecided, Effort: 0.02,
	}
}

func TestFile_IsTheSameEachTimeAndDecodes(t *testing.T) {
	for _, name := range []string{"squared_error", "cross_entropy", "softmax"} {
		l, err := loss.Named(name)
		require.NoError(t, err)
		var first []byte
		for range 2 {
			vectors, err := builder(name, "").File(l, ieee.Float32)
			require.NoError(t, err)
			data := golden.Encode(name, ieee.Float32, vectors)
			decoded, err := golden.Decode(data)
			require.NoError(t, err)
			require.Len(t, decoded, len(vectors))
			if first == nil {
				first = data
			}
			require.Equal(t, string(first), string(data))
		}
	}
}

func TestAuthored_MustGiveTheErrorItAnnounces(t *testing.T) {
	l, err := loss.Named("squared_error")
	require.NoError(t, err)
	for _, cases := range []string{
		"\npred=1 target=inf flags=A",
		"\npred=1 target=1 error=target flags=A",
		"\npred=1 target=inf error=label flags=A",
	} {
		_, err = builder(l.Name, cases).File(l, ieee.Float32)
		require.ErrorContains(t, err, "cases/squared_error.txt:2")
	}
	vectors := set{}
	require.NoError(t, builder(l.Name, "pred=1 target=inf error=target flags=A").addAuthored(vectors, l, ieee.Float32))
	require.Len(t, vectors, 1)
}

func TestAuthored_IsNeverDroppedWhenUndecided(t *testing.T) {
	l, err := loss.Named("squared_error")
	require.NoError(t, err)
	b := builder(l.Name, "pred=1 target=0 flags=A")
	b.Truth = func(*loss.Call) (*oracle.Truth, error) { return nil, errUndecided }
	require.ErrorIs(t, b.addAuthored(set{}, l, ieee.Float32), errUndecided)
	_, ok, err := b.drawn(loss.Call{Loss: l.Name, Format: ieee.Float32})
	require.NoError(t, err, "a drawn case is")
	require.False(t, ok)
}

func TestAuthored_KeepsAwayFromOverflow(t *testing.T) {
	l, err := loss.Named("squared_error")
	require.NoError(t, err)
	require.Error(t, builder(l.Name, "pred=sqrt_max+1ulp target=0 flags=A").addAuthored(set{}, l, ieee.Float32))
}

func TestSet_JoinsTheFlagsOfOneCall(t *testing.T) {
	s := set{}
	s.add(golden.Vector{ID: "x", Flags: []string{"B"}})
	s.add(golden.Vector{ID: "x", Flags: []string{"B", "A"}})
	require.Len(t, s, 1)
	require.Equal(t, []string{"A", "B"}, s["x"].Flags)
}

func TestDraws_LieInTheirDomains(t *testing.T) {
	for _, l := range loss.All() {
		for _, f := range ieee.Formats() {
			d := newDrawer(l.Name, f, "test")
			for range 300 {
				for _, p := range []*draw.Profile{&draw.Vectors, &draw.VectorBoundaries} {
					c := d.Items(p, l, 1, d.Width(&draw.Vectors, l))
					d.Settings(p, l, &c)
					d.addReduction(l, &c)
					_, err := c.Plan()
					require.NoError(t, err)
					for _, xs := range [][]float64{c.Pred, c.Target, c.Weight, c.Upstream} {
						for _, x := range xs {
							require.True(t, f.Holds(x), "%s %v", f, x)
						}
					}
				}
			}
		}
	}
}

// What an authored case has the flag of is not searched for, and the rest is.
func TestSearch_LeavesToAuthoredCasesWhatTheyHave(t *testing.T) {
	l, err := loss.Named("squared_error")
	require.NoError(t, err)
	count := func(cases, flag string) (n int) {
		vectors, err := builder(l.Name, cases).File(l, ieee.Float32)
		require.NoError(t, err)
		for _, v := range vectors {
			if slices.Contains(v.Flags, flag) {
				n++
			}
		}
		return n
	}
	const authored = "pred=3 target=2 flags=WorstCondition"
	require.Greater(t, count("", "WorstCondition"), 1)
	require.Equal(t, 1, count(authored, "WorstCondition"))
	require.Equal(t, count("", "NearlyExact"), count(authored, "NearlyExact"))
}
