package conformance

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
)

// Samples lie along the axis of a loss, the same for a seed, and are judged like the cases: what is wrong between these is seen.
func TestSamples_SeeWhatLiesBetweenTheCases(t *testing.T) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	s := spoilt{Reference(bce), func(c *loss.Call, a *Answer) {
		if z := c.Pred[0]; len(c.Pred) == 1 && z > 2.001 && z < 2.999 {
			a.Value[0] *= 2
		}
	}}
	config := Config{Losses: []string{bce}, Dtypes: []string{"f32"}, Only: Golden, Live: -1, Sample: 300, NoCauses: true}
	r := checked(t, s, config)
	require.NotEmpty(t, r.Failures)
	seen := 0
	for _, row := range r.Rows {
		if row.Bound != "samples n=300 seed=1" {
			for _, c := range row.Checks {
				require.Nil(t, c.At)
			}
			continue
		}
		require.Equal(t, 300, row.Cases)
		last := math.Inf(-1)
		for _, c := range row.Checks {
			require.Greater(t, *c.At, last, "one of each piece")
			last = *c.At
			require.NotNil(t, c.Kappa)
			wrong := row.Output == Value && *c.At > 2.001 && *c.At < 2.999
			require.Equal(t, wrong, c.Status == Failed, "%s at %v", row.Output, *c.At)
			if wrong {
				seen++
			}
		}
	}
	require.Greater(t, seen, 1)
	for _, f := range r.Failures {
		if strings.HasPrefix(f.Case, samplePrefix) {
			again := checked(t, s, Config{Cases: []string{f.Case}, Sample: 300})
			require.Len(t, again.Failures, 1, "a sample is asked again by its id")
			require.Equal(t, f.Input, again.Failures[0].Input)
			require.Contains(t, f.Repeat, "Sample: 300")
			break
		}
	}
	require.Equal(t, reportText(t, r), reportText(t, checked(t, s, config)))
	config.Seed = 2
	other := checked(t, s, config)
	require.NotEqual(t, r.Rows[len(r.Rows)-1].Checks[7].At, other.Rows[len(other.Rows)-1].Checks[7].At)
	_, err := Config{Sample: MostSamples + 1}.Check(t.Context(), s)
	require.ErrorContains(t, err, "samples: want 0 to 2000")
}

// Every loss has samples, in numbers of the dtype.
func TestSamples_OfEveryLoss(t *testing.T) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	r := checked(t, Reference(), Config{Dtypes: []string{"f16"}, Cases: []string{samplePrefix + "*"}, Sample: 4, NoCauses: true})
	require.NoError(t, r.Err(), failures(r))
	sampled := map[string]bool{}
	for _, row := range r.Rows {
		sampled[row.Loss] = row.Cases == 4
	}
	for _, l := range loss.All() {
		require.True(t, sampled[l.Name], l.Name)
	}
}
