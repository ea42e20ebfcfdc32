package mutants

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
)

// A subject whose answers are those of a known defect is told which, and not only that they are wrong.
func TestSuspects_AreNamedWhereAnswersAreTheirs(t *testing.T) {
	for _, name := range []string{"focal-alpha-inverted", "focal-exponent-less-one", "sigmoid-focal-gradient-sign-of-term"} {
		m, err := Named(name)
		require.NoError(t, err)
		r, err := conformance.Config{Losses: []string{m.Loss}, Dtypes: []string{"f64"}, Only: conformance.Golden, Live: -1, Workers: 1}.Check(t.Context(), m.Subject())
		require.NoError(t, err)
		groups := r.Causes()
		require.NotEmpty(t, groups)
		require.Equal(t, conformance.Suspected+" "+conformance.Cause(name), groups[0].Cause)
		require.Equal(t, m.Mechanism, groups[0].Why)
	}
}
