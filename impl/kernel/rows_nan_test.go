package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Rows with NaN, with no number above the lowest, and with several at the top are those
// whose NaN a sum by bits does not see.
func TestRowsOfFewNumbersAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	nan, inf, low := float32(math.NaN()), float32(math.Inf(1)), float32(-math.MaxFloat32)
	pools := [][]float32{{-inf, nan}, {-inf, -inf, -inf, low, nan}, {0, 1, nan}, {0, 1}, {low, -inf}, {inf, 0, nan}, {300, 200, nan, -inf}}
	for n := range 3000 {
		classes := 32 + rng.IntN(70)
		pool := pools[n%len(pools)]
		row := make([]float32, classes)
		for k := range row {
			row[k] = pool[0]
		}
		for range rng.IntN(1 + []int{2, classes}[n/7%2]) {
			row[rng.IntN(classes)] = pool[rng.IntN(len(pool))]
		}
		label := []int{rng.IntN(classes)}
		grads := map[Tier][]float32{}
		values := map[Tier]float64{}
		for _, tier := range []Tier{Go, best} {
			grads[tier] = make([]float32, classes)
			var err error
			values[tier], err = CrossEntropy[float32](classes, RowOptions{}).In(tier).SumGrad(grads[tier], row, label, 1)
			require.NoError(t, err)
		}
		same := func(a, b float64, what string) {
			require.True(t, math.Float64bits(a) == math.Float64bits(b) || a != a && b != b, "%s: %v, in Go %v: row %v, label %v", what, a, b, row, label)
		}
		same(values[best], values[Go], "value")
		for k, g := range grads[Go] {
			same(float64(grads[best][k]), float64(g), fmt.Sprint("gradient ", k))
		}
	}
}
