package expr

import (
	"math/rand/v2"
	"testing"

	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/stretchr/testify/require"
)

// A crowd is a random graph of many classes of inputs: steps within a class, sums over all classes, steps between sums, steps
// between a class and a sum, and a class that others take from.
type crowd struct {
	*Graph
	ev      *Evaluation
	inputs  []Node
	classes []int
	own     [][]Node // by class
	common  []Node
}

func newCrowd(r *rand.Rand, n int) *crowd {
	c := &crowd{Graph: New(), own: make([][]Node, n)}
	c.ev = c.Evaluate(64)
	for k := range n {
		for range 1 + r.IntN(2) {
			x := c.Input(r.Float64()*4 - 2)
			c.inputs, c.classes, c.own[k] = append(c.inputs, x), append(c.classes, k), append(c.own[k], x)
		}
	}
	c.common = []Node{c.Const(0.75), c.Const(-1.25)}
	pick := func(from []Node) Node { return from[r.IntN(len(from))] }
	for range 3 {
		for k := range n {
			for range r.IntN(4) {
				c.own[k] = c.grow(r, c.own[k], pick(c.own[k]), pick(append(c.common, c.own[k]...)))
			}
			if r.IntN(3) == 0 {
				c.own[k] = c.grow(r, c.own[k], pick(c.own[k]), c.own[0][0])
			}
		}
		for range r.IntN(3) {
			terms := make([]Node, n)
			for k := range terms {
				terms[k] = pick(c.own[k])
			}
			sum := c.Mul(c.Const(1/float64(n)), c.Sum(terms...))
			if r.IntN(2) == 0 {
				sum = Zero
				for _, x := range terms {
					sum = c.Add(sum, c.Mul(c.Const(1/float64(n)), x))
				}
			}
			c.common = append(c.common, sum)
			c.common = c.grow(r, c.common, pick(c.common), sum)
		}
	}
	return c
}

// grow adds a random step of a and b to nodes, if one is in its domain.
func (c *crowd) grow(r *rand.Rand, nodes []Node, a, b Node) []Node {
	values := make([]float64, 2)
	for i, n := range []Node{a, b} {
		values[i], _ = c.ev.Value(n).Lo().Float64()
	}
	for range 20 {
		s := step{kind(r.IntN(int(sum) + 1)), 0, 1}
		if s.kind != input && s.kind != constant && s.sane(values) {
			n := s.apply(c.Graph, []Node{a, b})
			if v, _ := c.ev.Value(n).Hi().Float64(); v < 100 && v > -100 {
				return append(nodes, n)
			}
		}
	}
	return nodes
}

// The derivatives of an output, put together from those by its class, the cuts and the hubs, are those of an ordinary gradient.
func TestSeparate_IsTheChainRule(t *testing.T) {
	const prec = 300
	r := rand.New(rand.NewPCG(seed, 7))
	separated, withCuts, withHubs := 0, 0, 0
	for range 80 {
		c := newCrowd(r, 40)
		var outs []Node
		for _, own := range c.own {
			outs = append(outs, own[len(own)-1])
		}
		outs = append(outs, c.common[len(c.common)-1])
		s := c.Separate(outs, c.inputs, c.classes)
		if s == nil {
			continue
		}
		ctx := interval.Context{Prec: prec}
		byCut := make([][]interval.Interval, len(s.Cuts))
		for i, cut := range s.Cuts {
			byCut[i] = c.Eval(prec, c.Grad(cut, c.inputs...)...)
		}
		withCuts += min(1, len(s.Cuts))
		withHubs += min(1, len(s.Hubs))
		base := c.Len()
		for _, out := range outs {
			class, ok := s.Class(out)
			if !ok {
				continue
			}
			separated++
			want := c.Eval(prec, c.Grad(out, c.inputs...)...)
			total := make(map[Node]interval.Interval)
			addTo := func(x Node, v interval.Interval) {
				if old, ok := total[x]; ok {
					v = ctx.Add(old, v)
				}
				total[x] = v
			}
			by, partials := s.Partials(out)
			for i, slope := range c.Eval(prec, partials...) {
				j := indexOf(c.inputs, by[i])
				if j >= 0 && indexOf(s.Hubs, by[i]) < 0 {
					require.Equal(t, class, c.classes[j], "an input of another class")
					addTo(by[i], slope)
					continue
				}
				for k, v := range c.Eval(prec, s.ByCuts(by[i])...) {
					if v = ctx.Mul(slope, v); k >= len(s.Cuts) {
						addTo(s.Hubs[k-len(s.Cuts)], v)
						continue
					}
					for j, x := range c.inputs {
						addTo(x, ctx.Mul(v, byCut[k][j]))
					}
				}
			}
			for j, x := range c.inputs {
				got, ok := total[x]
				if !ok {
					got = interval.FromInt(0)
				}
				require.True(t, got.Overlaps(want[j]), "by input %d: %v, and at once %v", j, got, want[j])
			}
			c.Truncate(base)
		}
	}
	require.Greater(t, separated, 1000)
	require.Greater(t, withCuts, 50)
	require.Greater(t, withHubs, 10)
}

func indexOf(nodes []Node, x Node) int {
	for i, n := range nodes {
		if n == x {
			return i
		}
	}
	return -1
}

// What an output is separated into has the size of its own part of the graph, whatever the size of the rest.
func TestSeparate_AnOutputCostsItsOwnPart(t *testing.T) {
	for _, n := range []int{100, 5000} {
		g := New()
		var inputs, exps []Node
		var classes []int
		for k := range n {
			inputs, classes = append(inputs, g.Input(float64(k%7)/4)), append(classes, k)
			exps = append(exps, g.Exp(g.Sub(inputs[k], inputs[0])))
		}
		outs := g.Grad(g.Log(g.Sum(exps...)), inputs...)
		s := g.Separate(outs, inputs, classes)
		require.NotNil(t, s)
		require.Len(t, s.Cuts, 1)
		require.Equal(t, inputs[:1], s.Hubs, "all others are taken from it")
		base := g.Len()
		for k, out := range outs {
			class, ok := s.Class(out)
			require.Equal(t, k != 0, ok, "output 0 depends on all")
			if ok {
				require.Equal(t, k, class)
				s.Partials(out)
				require.LessOrEqual(t, g.Len()-base, 10, "nodes of the derivatives of one output")
				g.Truncate(base)
			}
		}
	}
}
