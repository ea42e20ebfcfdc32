package properties_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/full"
	"github.com/lossproof/lossproof/properties"
	"github.com/stretchr/testify/require"
)

var (
	longChecks = flag.Int("long", 0, "checks per law, loss and dtype of the long runs; 0: a few")
	longSeed   = flag.Uint64("seed", properties.DefaultSeed, "seed of the long runs")
	longShard  = flag.String("shard", "1/1", "which part of the long runs, of how many: 3/8")
)

func checks(few int) int {
	if *longChecks > 0 {
		return *longChecks
	}
	return few
}

func TestReference_ObeysEveryLaw(t *testing.T) {
	obeys(t, newReference(), checks(5), *longShard)
}

// A short run holds the noisy subject, every number of which costs an oracle's, to every ninth law of a loss in a dtype.
func TestNoisy_RaisesNoFalseAlarm(t *testing.T) {
	shard := *longShard
	if *longChecks == 0 && !full.Run() {
		shard = "1/9"
	}
	obeys(t, properties.Noisy(*longSeed), checks(2), shard)
}

func TestNoisy_IsAsWrongAsItMayBe(t *testing.T) {
	check := func(level subject.Level) *properties.Report {
		r, err := properties.Config{Laws: []string{"value_is_true", "gradient_is_true"}, Losses: []string{"softplus", "squared_error"}, Level: level, Checks: 100}.Check(t.Context(), properties.Noisy(1))
		require.NoError(t, err)
		return r
	}
	require.Empty(t, check(subject.Accurate).Failures())
	require.Empty(t, check(subject.Stable).Failures())
	require.Len(t, check(subject.Faithful).Failures(), 16)
}

func obeys(t *testing.T, s subject.Subject, n int, part string) {
	start := time.Now()
	var shard, shards int
	_, err := fmt.Sscanf(part, "%d/%d", &shard, &shards)
	require.NoError(t, err, "-shard wants i/n")
	r, err := properties.Config{Checks: n, Seed: *longSeed, Shard: shard, Shards: shards}.Check(t.Context(), s)
	require.NoError(t, err)
	for _, f := range r.Failures() {
		t.Error(f)
	}
	require.Positive(t, r.Ran())
	inconclusive := 0
	for _, result := range r.Results {
		inconclusive += result.Inconclusive
	}
	t.Logf("part %s: %d laws held against %d cases, %d more were inconclusive, in %v", part, len(r.Results), r.Ran(), inconclusive,
		time.Since(start).Round(time.Millisecond))
}
