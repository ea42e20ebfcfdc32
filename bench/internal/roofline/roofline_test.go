package roofline

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every loop gives what the Go code gives, at lengths around its block and its stride,
// and leaves what lies around an output alone.
func TestPass_IsTheExclusiveOr(t *testing.T) {
	if len(Tiers()) == 0 {
		t.Skip("no vector loops for this processor")
	}
	const guard = 64
	lengths := []int{0, 1, 7, block - 1, block, block + 1, 5*block + 13, stride - 4, stride, 3*stride + block + 20}
	r := rand.New(rand.NewPCG(1, 1))
	random := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	checks := 0
	for _, tier := range Tiers() {
		for s := range tier.loops {
			for _, n := range lengths {
				name := fmt.Sprintf("%s read %d write %d n=%d", tier.Name, s.reads, s.writes, n)
				var in, out, want, guarded [][]byte
				for range s.reads {
					in = append(in, random(n + 1)[1:]) // not aligned
				}
				for range s.writes {
					whole := random(n + 2*guard)
					guarded = append(guarded, whole)
					out = append(out, whole[guard:guard+n])
					want = append(want, slices.Clone(whole))
				}
				inside := make([][]byte, len(want))
				for i := range want {
					inside[i] = want[i][guard : guard+n]
				}
				before := slices.Clone(in[0])
				word := plain(in, inside, 0)
				require.Equal(t, word, tier.Pass(in, out), name)
				require.Equal(t, before, in[0], name)
				for i := range want {
					require.True(t, bytes.Equal(want[i], guarded[i]), name)
				}
				checks++
			}
		}
	}
	require.Equal(t, len(Tiers())*6*len(lengths), checks)
}

func TestPass_DoesNotAllocate(t *testing.T) {
	for _, tier := range Tiers() {
		in := [][]byte{make([]byte, 4*block), make([]byte, 4*block)}
		out := [][]byte{make([]byte, 4*block)}
		require.Zero(t, testing.AllocsPerRun(10, func() { tier.Pass(in, out) }), tier.Name)
	}
}

func TestPass_RefusesWhatItCannotDo(t *testing.T) {
	for _, tier := range Tiers() {
		a, b := make([]byte, 8), make([]byte, 9)
		require.PanicsWithValue(t, "roofline: lengths differ", func() { tier.Pass([][]byte{a, b}, nil) })
		require.False(t, tier.Has(3, 0))
		require.Panics(t, func() { tier.Pass([][]byte{a, a, a}, nil) })
	}
}
