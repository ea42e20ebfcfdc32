package draw_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/ci/internal/draw"
	"github.com/lossproof/lossproof/impl/loss"
)

func TestCall_IsValidForEveryEntry(t *testing.T) {
	for _, l := range loss.All() {
		r := rand.New(rand.NewPCG(1, 2))
		for range 20_000 {
			c := draw.Call(l, r)
			_, err := c.Plan()
			require.NoError(t, err, "%+v", c)
		}
	}
}

func TestCall_DependsOnItsSourceOnly(t *testing.T) {
	for _, l := range loss.All() {
		a, b := rand.New(rand.NewPCG(7, 8)), rand.New(rand.NewPCG(7, 8))
		for range 100 {
			require.Equal(t, draw.Call(l, a), draw.Call(l, b))
		}
	}
}
