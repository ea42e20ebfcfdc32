package subject_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

// termsOf are those of a sum, and its true value.
func termsOf(t *testing.T, c loss.Call) (subject.Terms, float64) {
	t.Helper()
	c.Format, c.Reduction = ieee.Float32, loss.Sum
	plan, err := c.Plan()
	require.NoError(t, err)
	r, err := loss.Eval(&c)
	require.NoError(t, err)
	return subject.TermsOf(plan, subject.Value), r.Value[0]
}

// A sum whose terms cancel is measured in ulps of Σ|terms|, at the levels that grow with it.
func TestTerms_OfALossThatCanBeNegative(t *testing.T) {
	// log(e^x+e^x) = x + log 2: about 100.7 and −99.3, whose sum is about 1.4.
	cancels, v := termsOf(t, loss.Call{Loss: "log_sum_exp", Batch: loss.Batch{Rows: 2, Cols: 2, Pred: []float64{100, 100, -100, -100}}})
	require.Equal(t, 2, cancels.N)
	require.InEpsilon(t, 200, cancels.Size, 1e-6)
	require.InEpsilon(t, 2*math.Ln2, v, 1e-6)
	f := ieee.Float32
	for l, want := range map[subject.Level]float64{subject.Stable: f.Ulp(200), subject.Accurate: f.Ulp(200), subject.Faithful: f.Ulp(v), subject.Exact: f.Ulp(v)} {
		require.Equal(t, want, cancels.Unit(l, f, f.Round(v), 0), l)
	}
	// Of terms that are all negative, Σ|terms| is the sum itself.
	negative, v := termsOf(t, loss.Call{Loss: "log_sigmoid", Batch: loss.Batch{Rows: 3, Cols: 1, Pred: []float64{-1, 0, 2}}})
	require.Equal(t, 3, negative.N)
	require.InEpsilon(t, -v, negative.Size, 1e-6)
	require.Equal(t, f.Ulp(v), negative.Unit(subject.Accurate, f, f.Round(v), 0))
	positive, _ := termsOf(t, loss.Call{Loss: "softplus", Batch: loss.Batch{Rows: 3, Cols: 1, Pred: []float64{-1, 0, 2}}})
	require.Equal(t, subject.Terms{N: 3}, positive)
}
