package oracle

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

// byAll is the sensitivity of an output by the gradient by all inputs.
func byAll(s *state, out expr.Node) (total interval.Interval) {
	s.sensitivities(out, func(sum interval.Interval) bool {
		total = sum
		return narrow(sum, kappaBits)
	})
	return total
}

// A tally counts what a comparison has seen.
type tally struct{ outputs, separated, wide int }

// compare holds the sensitivities of the outputs of a kind against the gradients by all
// inputs: both are enclosures of the same number.
func (n *tally) compare(t *testing.T, s *state, kind int, name string) {
	t.Helper()
	outs := s.nodesOf(kind)
	n.outputs += len(outs)
	w := newSeparated(s, outs)
	if w == nil {
		return
	}
	for k, out := range outs {
		want := byAll(s, out)
		for step := range 2 {
			got, ok := w.sensitivity(k, step)
			if !ok {
				break
			}
			require.True(t, got.Overlaps(want), "%s, output %d, precision %d: %v, and by all inputs %v", name, k, step, got, want)
			if step == 0 {
				n.separated++
				if narrow(want, kappaBits) && want.Hi().Sign() != 0 && !narrow(got, kappaBits) { // a 0 that cancels is none for any precision
					n.wide++
				}
			}
		}
	}
}

// scores draws a row of k scores, with ties for the highest among them now and then.
func scores(r *rand.Rand, k int) []float64 {
	x := make([]float64, k)
	scale := math.Ldexp(1, r.IntN(8)-2)
	for i := range x {
		x[i] = math.Round(r.NormFloat64()*scale*16) / 16
	}
	for range r.IntN(3) {
		x[r.IntN(k)] = slices.Max(x)
	}
	return x
}

// rows are the row losses with what may be given with them.
func rows(r *rand.Rand, l *loss.Loss, k int) *loss.Call {
	c := &loss.Call{Loss: l.Name, Params: loss.Params{}, Batch: loss.Batch{Rows: 1, Cols: k, Pred: scores(r, k)}}
	share := func(xs []float64) []float64 { // a distribution with some zeros
		for i := range xs {
			if xs[i] = 0; r.IntN(4) > 0 {
				xs[i] = r.Float64()
			}
		}
		return xs
	}
	if l.Prediction.High == 1 {
		for i := range c.Pred {
			c.Pred[i] = 0.001 + 0.99*r.Float64()
		}
	}
	highest := slices.Index(c.Pred, slices.Max(c.Pred))
	switch name := l.Name; {
	case l.VectorValued:
		if r.IntN(3) > 0 {
			c.Upstream = make([]float64, k)
			for i := range c.Upstream {
				c.Upstream[i] = r.NormFloat64()
			}
		}
	case l.NumberTarget() == loss.Position:
		c.Target = []float64{float64(k-1) * r.Float64()}
	case name == "categorical_cross_entropy", name == "cross_entropy" && r.IntN(2) == 0, l.HasTarget() && l.IndexTarget() == nil:
		c.Target = share(make([]float64, k))
	case l.HasTarget():
		c.Label = []int{[]int{highest, r.IntN(k)}[r.IntN(2)]}
	}
	for _, p := range l.Params {
		if r.IntN(2) == 0 {
			continue
		}
		switch p.Name {
		case loss.ClassWeight.Name, "alpha":
			w := make([]float64, k)
			for i := range w {
				w[i] = float64(r.IntN(8)) / 4
			}
			w[highest] = 0.75
			c.Params[p.Name] = w
		case "label_smoothing":
			c.Params[p.Name] = []float64{0.125}
		case "gamma":
			c.Params[p.Name] = []float64{float64(r.IntN(7)) / 2}
		}
	}
	return c
}

// The sensitivities of every output of every row loss, by the cut graph and by the gradient
// by all inputs, with labels and soft targets, weights, smoothing, upstream, ties for the
// highest score, and the label at the highest score.
func TestSeparated_RowLosses(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 1))
	for _, l := range loss.All() {
		if l.Shape != loss.Row || l.Axes != nil { // κ over differences is measured by all inputs
			continue
		}
		var n tally
		for _, k := range []int{2, 3, 5, 8, 13, 24, 60} {
			for range 1 + 12/k {
				c := rows(r, l, k)
				name := fmt.Sprintf("%v", *c)
				for _, wantTarget := range []bool{false, c.Target != nil} {
					q, err := newQuestion(c, wantTarget, nil)
					require.NoError(t, err, name)
					s := q.examples[0]
					if s == nil {
						continue
					}
					if wantTarget {
						n.compare(t, s, byTarget, name)
						continue
					}
					n.compare(t, s, ofValue, name)
					n.compare(t, s, byPrediction, name)
					direction := make([]float64, k)
					for i := range direction {
						direction[i] = r.NormFloat64()
					}
					s.differentiateAlong(direction)
					n.compare(t, s, alongDirection, name)
				}
			}
		}
		require.Greater(t, n.separated, n.outputs*7/10, l.Name)
		share := 100
		if l.Name == "poly1_cross_entropy" { // q·(1−q) beside 1−q: far at the top both cancel from 1, which costs a step of precision
			share = 50
		}
		require.LessOrEqual(t, n.wide, n.separated/share, l.Name)
	}
}

// A set loss is a function of sums over the elements of a set.
type setLoss struct {
	name string
	cuts int // at most, of its gradient
	of   func(e *example) expr.Node
}

var setLosses = []setLoss{
	{"dice", 2, func(e *example) expr.Node {
		smooth := e.Const(1)
		n := e.Add(e.Mul(e.Const(2), e.sumOf(xy)), smooth)
		return e.Sub(expr.One, e.Quo(n, e.Add(e.Add(e.sumOf(x), e.sumOf(y)), smooth)))
	}},
	{"dice of squares", 2, func(e *example) expr.Node {
		return e.Sub(expr.One, e.Quo(e.Mul(e.Const(2), e.sumOf(xy)), e.Add(e.sumOf(xx), e.sumOf(yy))))
	}},
	{"jaccard", 2, func(e *example) expr.Node {
		n := e.sumOf(xy)
		return e.Sub(expr.One, e.Quo(n, e.Sub(e.Add(e.sumOf(x), e.sumOf(y)), n)))
	}},
	{"tversky", 2, func(e *example) expr.Node {
		n := e.sumOf(xy)
		fp := e.sumOf(func(e *example, k int) expr.Node { return e.Mul(e.x[k], e.complement(e.y[k])) })
		fn := e.sumOf(func(e *example, k int) expr.Node { return e.Mul(e.complement(e.x[k]), e.y[k]) })
		return e.Sub(expr.One, e.Quo(n, e.Add(n, e.Add(e.Mul(e.Const(0.25), fp), e.Mul(e.Const(0.75), fn)))))
	}},
	{"cosine", 3, func(e *example) expr.Node {
		n := e.sumOf(xy)
		return e.Sub(expr.One, e.Quo(e.Mul(n, n), e.Mul(e.sumOf(xx), e.sumOf(yy))))
	}},
	{"dissimilarity", 2, func(e *example) expr.Node { // of Bray and Curtis
		apart := e.sumOf(func(e *example, k int) expr.Node { return e.Abs(e.Sub(e.x[k], e.y[k])) })
		return e.Quo(apart, e.Add(e.sumOf(x), e.sumOf(y)))
	}},
	{"correlation", 5, func(e *example) expr.Node {
		size := e.Const(float64(len(e.x)))
		covariance := func(ab, a, b expr.Node) expr.Node { return e.Sub(e.Mul(size, ab), e.Mul(a, b)) }
		sx, sy := e.sumOf(x), e.sumOf(y)
		c := covariance(e.sumOf(xy), sx, sy)
		variance := func(aa, a expr.Node) expr.Node { return e.Add(expr.One, covariance(aa, a, a)) }
		return e.Quo(e.Mul(c, c), e.Mul(variance(e.sumOf(xx), sx), variance(e.sumOf(yy), sy)))
	}},
}

func x(e *example, k int) expr.Node  { return e.x[k] }
func y(e *example, k int) expr.Node  { return e.y[k] }
func xy(e *example, k int) expr.Node { return e.Mul(e.x[k], e.y[k]) }
func xx(e *example, k int) expr.Node { return e.Mul(e.x[k], e.x[k]) }
func yy(e *example, k int) expr.Node { return e.Mul(e.y[k], e.y[k]) }

func (e *example) sumOf(term func(*example, int) expr.Node) expr.Node {
	terms := make([]expr.Node, len(e.x))
	for k := range terms {
		terms[k] = term(e, k)
	}
	return e.Sum(terms...)
}

// newSet is a set of n elements; hard of them, on average, have a label of 0 or 1.
func newSet(r *rand.Rand, l setLoss, n int, hard float64, change ...func(pred, target []float64)) *state {
	pred, target := make([]float64, n), make([]float64, n)
	for i := range pred {
		pred[i], target[i] = r.Float64(), r.Float64()
		if r.Float64() < hard {
			target[i] = math.Round(target[i])
		}
	}
	for _, f := range change {
		f(pred, target)
	}
	s := newState(newExample(loss.Args{}, pred, target, nil, -1, func(y float64) bool { return y == 0 || y == 1 }))
	s.outputs = []expr.Node{l.of(s.example)}
	s.measured = slices.Clone(s.x)
	for k, v := range target {
		if v != 0 && v != 1 {
			s.measured = append(s.measured, s.y[k])
		}
	}
	return s
}

func TestSeparated_SetLosses(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 2))
	for _, l := range setLosses {
		var n tally
		for _, size := range []int{2, 5, 17, 60} {
			for _, hard := range []float64{0, 0.5, 1} {
				s := newSet(r, l, size, hard)
				n.compare(t, s, byPrediction, l.name)
				if size == 60 {
					split := newSeparated(s, s.slopes(byPrediction)).split
					require.LessOrEqual(t, len(split.Cuts), l.cuts, l.name)
				}
			}
		}
		require.Greater(t, n.separated, n.outputs*9/10, l.name)
		require.LessOrEqual(t, n.wide, n.separated/100, l.name)
	}
}

// In a row of a vocabulary an output is conditioned by its own few nodes, at the first
// precision or the next: what is counted is the work, and not the time.
func TestSeparated_LongRowsCostTheirLength(t *testing.T) {
	const k = 5000
	r := rand.New(rand.NewPCG(31, 3))
	states := map[string]*state{"dice": newSet(r, setLosses[0], k, 0.5), "jaccard": newSet(r, setLosses[2], k, 1)}
	for _, name := range []string{"cross_entropy", "softmax", "softmax_focal"} {
		c := &loss.Call{Loss: name, Batch: loss.Batch{Rows: 1, Cols: k, Pred: scores(r, k)}}
		switch name {
		case "cross_entropy":
			weights := make([]float64, k)
			for i := range k {
				c.Target, weights[i] = append(c.Target, r.Float64()/k), float64(1+r.IntN(4))
			}
			c.Params, c.Reduction = loss.Params{loss.ClassWeight.Name: weights}, loss.MeanWeight
		case "softmax":
			for range k {
				c.Upstream = append(c.Upstream, r.NormFloat64())
			}
		default:
			c.Label = []int{k / 2}
		}
		q, err := newQuestion(c, false, nil)
		require.NoError(t, err)
		states[name] = q.examples[0]
	}
	for name, s := range states {
		outs := s.nodesOf(byPrediction)
		w := newSeparated(s, outs)
		require.NotNil(t, w, name)
		wide := 0
		for i, out := range outs {
			mark := s.Len()
			if _, ok := w.split.Class(out); ok {
				w.split.Partials(out)
				require.LessOrEqual(t, s.Len()-mark, 60, "%s: nodes of the derivatives of output %d", name, i)
				s.Truncate(mark)
			}
			if sum, ok := w.sensitivity(i, 0); !ok || !narrow(sum, kappaBits) {
				if sum, ok := w.sensitivity(i, 1); !ok || !narrow(sum, kappaBits) {
					wide++
				}
			}
		}
		require.LessOrEqual(t, wide, 2, "%s: outputs that need the gradient by all inputs", name)
	}
}

// At a tie a slope is a set, and no precision makes it narrower: two are tried, for all
// outputs, and not the gradients by all inputs.
func TestSensitivity_StopsAtATie(t *testing.T) {
	const k = 200
	r := rand.New(rand.NewPCG(31, 4))
	dissimilarity := setLosses[slices.IndexFunc(setLosses, func(l setLoss) bool { return l.name == "dissimilarity" })]
	s := newSet(r, dissimilarity, k, 0.5, func(pred, target []float64) { pred[7] = target[7] })
	q := &question{Plan: &loss.Plan{Call: &loss.Call{}}, format: ieee.Float64, examples: []*state{s}}
	for i := range k {
		sum := q.sensitivity(s, byPrediction, i, 0, big.NewFloat(1))
		require.False(t, sum.Hi().IsInf())
		require.True(t, i == 7 || sum.Hi().Cmp(big.NewFloat(1)) < 0, "output %d: %v", i, sum)
	}
	require.Len(t, s.evaluations, 2)
}

// The slope of √s has no value at s = 0, and outputs that take the other branch have no need
// of it.
func TestSensitivity_WhereACutHasNoSlope(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 5))
	s := newSet(r, setLosses[0], 2*fewestMeasured, 0)
	root := s.Sqrt(s.Mul(s.Sub(s.x[0], s.x[0]), s.sumOf(xy)))
	s.outputs = nil
	for k, x := range s.x {
		s.outputs = append(s.outputs, s.If(x, s.Mul(x, s.y[k]), s.Mul(x, root)))
	}
	q := &question{Plan: &loss.Plan{Call: &loss.Call{}}, format: ieee.Float64, examples: []*state{s}}
	for i := range s.outputs {
		sum := q.sensitivity(s, ofValue, i, 0, big.NewFloat(1))
		require.True(t, sum.Overlaps(byAll(s, s.outputs[i])), "output %d", i)
		require.True(t, narrow(sum, kappaBits), "output %d: %v", i, sum)
	}
	require.True(t, s.ways[ofValue].columns[0].uncertain)
}
