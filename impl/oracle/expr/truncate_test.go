package expr

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A graph that has been truncated and grown again gives the values of a fresh one,
// constants, inputs and operands of sums included.
func TestTruncate_LeavesNoTrace(t *testing.T) {
	g := New()
	x := g.Input(0.75)
	base := g.Sum(x, g.Exp(x), g.Const(3))
	ev := g.Evaluate(100)
	before := ev.Value(base)
	mark := g.Len()
	for i := range 5 {
		extra := g.Sum(base, g.Const(float64(i)+7), g.Input(9), g.Log(base))
		slope := g.Grad(g.Mul(extra, extra), x)[0]
		got := ev.Value(slope)

		fresh := New()
		fx := fresh.Input(0.75)
		fbase := fresh.Sum(fx, fresh.Exp(fx), fresh.Const(3))
		fextra := fresh.Sum(fbase, fresh.Const(float64(i)+7), fresh.Input(9), fresh.Log(fbase))
		want := fresh.Eval(100, fresh.Grad(fresh.Mul(fextra, fextra), fx)[0])[0]
		require.Zero(t, want.Lo().Cmp(got.Lo()))
		require.Zero(t, want.Hi().Cmp(got.Hi()))

		ev.Forget(mark)
		g.Truncate(mark)
		require.Equal(t, mark, g.Len())
		require.Zero(t, before.Lo().Cmp(ev.Value(base).Lo()))
	}
	require.Panics(t, func() { g.Truncate(g.Len() + 1) })
}
