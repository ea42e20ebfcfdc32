package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/internal/ieee"
)

// TestReference_ConformsToTheGoldenVectors holds the built-in reference against the real
// suite. In the narrow formats its answer is the float64 one, rounded.
func TestReference_ConformsToTheGoldenVectors(t *testing.T) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	r := checked(t, Reference(), Config{Live: -1})
	for _, u := range r.Unchecked {
		f, err := ieee.FormatNamed(u.Format)
		require.NoError(t, err)
		vectors, err := wired.vectors(u.Loss, f)
		require.NoError(t, err)
		require.Empty(t, vectors, "%s: there are vectors", u)
	}
	r.Unchecked = nil
	require.NoError(t, r.Err(), failures(r))
}
