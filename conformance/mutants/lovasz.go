package mutants

import (
	"cmp"
	"math"
	"slices"
)

// increments is how a Lovász loss goes through its elements, in falling order of how wrong they are.
const increments = `
hits = before(rank, y)
misses = before(rank, 1 - y)
union = sum(y) + misses
ofMiss = if(union == 0, 1, (sum(y) - hits) / (union * (union + 1)))
g = if(y == 1, 1 / union, ofMiss)`

var _ = enter(room{
	loss: "lovasz_hinge",
	formula: `
s = 2*y - 1
rank = -s * z` + increments + `
e = 1 + rank
value = sum(max(e, 0) * g)
grad = if(0 < e, -s * g, 0)`,
	equivalent: map[string][]string{"both slopes are of the kink": {"lovasz_hinge/bound/grad: 0 < e ⇒ 0 <= e"}},
	mutants: append(lovaszDefects("lovasz-hinge", hingeOf), []Mutant{
		{Name: "lovasz-hinge-below-zero", Museum: "O7", Mechanism: "what is right by more than the margin counts, negatively", defect: lovasz(hingeOf, func(l *ladder) { l.least = math.Inf(-1) })},
		{Name: "lovasz-hinge-elu", Museum: "O7", Mechanism: "elu(e) + 1 in place of max(e, 0)",
			defect: lovasz(hingeOf, func(l *ladder) {
				for k, e := range l.size {
					l.size[k] = max(e, 0) + math.Exp(min(e, 0))
				}
			})},
		{Name: "lovasz-hinge-labels-of-zero-and-one", Museum: "O4", Mechanism: "1 − t·z, with labels that are 0 and 1",
			defect: lovasz(func(e *example) []float64 {
				size := make([]float64, len(e.pred))
				for k, z := range e.pred {
					size[k] = 1 - e.target[k]*z
				}
				return size
			}, func(*ladder) {})},
	}...),
})

var _ = enter(room{
	loss: "lovasz_softmax",
	formula: `
rank = if(y == 1, 1 - z, z)` + increments + `
value = sum(rank * g)
grad = if(y == 1, -g, g)`,
	mutants: append(lovaszDefects("lovasz-softmax", shortfallOf), []Mutant{
		{Name: "lovasz-softmax-squares", Museum: "O5", Mechanism: "(t − p)² in place of |t − p|",
			defect: lovasz(shortfallOf, func(l *ladder) {
				for k, e := range l.size {
					l.size[k] = e * e
				}
			})},
		{Name: "lovasz-softmax-absent-class", Museum: "O7", Mechanism: "a class that the target has not costs nothing",
			defect: changing(func(e *example, out *outcome) {
				if highest(e.target) == 0 {
					out.value[0] = 0
					clear(out.grad)
				}
			})},
	}...),
})

func hingeOf(e *example) []float64 {
	size := make([]float64, len(e.pred))
	for k, z := range e.pred {
		size[k] = 1 - (2*e.target[k]-1)*z
	}
	return size
}

func shortfallOf(e *example) []float64 {
	size := make([]float64, len(e.pred))
	for k, p := range e.pred {
		size[k] = math.Abs(e.target[k] - p)
	}
	return size
}

// A ladder is the way through the elements of a Lovász loss: how wrong they are, those above which count, their order, and the set function.
type ladder struct {
	size    []float64
	least   float64
	order   func(a, b float64) int
	jaccard func(wrong, union, all float64) float64
	first   float64 // 0: the first increment is left out
}

// lovasz is a loss that goes another way.
func lovasz(size func(e *example) []float64, change func(l *ladder)) Defect {
	return changing(func(e *example, out *outcome) {
		l := &ladder{size(e), 0, func(a, b float64) int { return cmp.Compare(b, a) }, func(wrong, union, _ float64) float64 { return wrong / union }, 1}
		order := make([]int, len(e.pred))
		for k := range order {
			order[k] = k
		}
		change(l)
		slices.SortStableFunc(order, func(i, j int) int { return l.order(l.size[i], l.size[j]) })
		wrong, union, before := 0.0, compensated(e.target), 0.0
		out.value[0] = 0
		for at, k := range order {
			wrong++
			union += 1 - e.target[k]
			now := l.jaccard(wrong, union, float64(len(order)))
			g := now - before
			if at == 0 {
				g *= l.first
			}
			before, out.grad[k] = now, 0
			if l.size[k] > l.least {
				out.value[0] += l.size[k] * g
				out.grad[k] = (1 - 2*e.target[k]) * g
			}
		}
	})
}

// lovaszDefects are those of both losses.
func lovaszDefects(prefix string, size func(e *example) []float64) []Mutant {
	narrow := func(x float64) float64 { return float64(float32(x)) }
	return []Mutant{
		{Name: prefix + "-increments-rounded", Museum: "O10", Mechanism: "the increments are differences of Jaccard losses in float32",
			defect: lovasz(size, func(l *ladder) {
				l.jaccard = func(wrong, union, _ float64) float64 { return narrow(wrong / union) }
			})},
		{Name: prefix + "-rising-order", Museum: "O4", Mechanism: "the least wrong come first", defect: lovasz(size, func(l *ladder) { l.order = cmp.Compare[float64] })},
		{Name: prefix + "-not-sorted", Museum: "O7", Mechanism: "the elements are taken as they stand", defect: lovasz(size, func(l *ladder) { l.order = func(_, _ float64) int { return 0 } })},
		{Name: prefix + "-mean", Museum: "O4", Mechanism: "a share of all elements in place of the union: the mean of the mistakes",
			defect: lovasz(size, func(l *ladder) { l.jaccard = func(wrong, _, all float64) float64 { return wrong / all } })},
		{Name: prefix + "-first-increment-lost", Museum: "B161", Issue: "nntrainer/nntrainer PR#3494", Mechanism: "the first increment is left out", defect: lovasz(size, func(l *ladder) { l.first = 0 })},
		{Name: prefix + "-dice", Museum: "O4", Mechanism: "the increments of the dice loss",
			defect: lovasz(size, func(l *ladder) {
				l.jaccard = func(wrong, union, _ float64) float64 { return wrong / (2*union - wrong) }
			})},
		{Name: prefix + "-gradient-sign", Museum: "O6", Mechanism: "the gradient has the other sign", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: prefix + "-gradient-unordered", Museum: "B104", Issue: "gorgonia/gorgonia#371", Mechanism: "the slopes are not put back into the order of the elements",
			defect: changing(func(_ *example, out *outcome) {
				slices.SortFunc(out.grad, func(a, b float64) int { return cmp.Compare(math.Abs(b), math.Abs(a)) })
			})},
	}
}
