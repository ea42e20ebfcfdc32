package properties_test

import (
	"flag"
	"testing"
	"time"

	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/properties"
	"github.com/stretchr/testify/require"
)

var (
	longChecks = flag.Int("long", 0, "checks per law, loss and dtype of the long runs; 0: a few")
	longSeed   = flag.Uint64("seed", properties.DefaultSeed, "seed of the long runs")
)

func checks(few int) int {
	if *longChecks > 0 {
		return *longChecks
	}
	return few
}

func TestReference_ObeysEveryLaw(t *testing.T) {
	obeys(t, newReference(), checks(10))
}

func TestNoisy_RaisesNoFalseAlarm(t *testing.T) {
	obeys(t, properties.Noisy(*longSeed), checks(2))
}

func TestNoisy_IsAsWrongAsItMayBe(t *testing.T) {
	check := func(level properties.Level) *properties.Report {
		r, err := properties.Check(t.Context(), properties.Noisy(1), properties.OnlyLaws("value_is_true", "gradient_is_true"),
			properties.Losses("softplus", "squared_error"), properties.AtLevel(level), properties.Checks(100))
		require.NoError(t, err)
		return r
	}
	require.Empty(t, check(properties.Accurate).Failures())
	require.Empty(t, check(properties.Stable).Failures())
	require.Len(t, check(properties.Faithful).Failures(), 8)
}

func obeys(t *testing.T, s subject.Subject, n int) {
	start := time.Now()
	r, err := properties.Check(t.Context(), s, properties.Checks(n), properties.Seed(*longSeed))
	require.NoError(t, err)
	for _, f := range r.Failures() {
		t.Error(f)
	}
	require.Positive(t, r.Ran())
	t.Logf("%d checks in %v", r.Ran(), time.Since(start).Round(time.Millisecond))
}
