package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReference_ConformsToTheGoldenVectors holds the built-in reference against the real
// suite. In the narrow formats its answer is the float64 one, rounded.
func TestReference_ConformsToTheGoldenVectors(t *testing.T) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	r := checked(t, Reference(), Config{Live: -1})
	require.NoError(t, r.Err(), failures(r))
}
