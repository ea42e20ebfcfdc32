package oracle

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// lovasz is the Lovász extension of the Jaccard loss J(M) = |M|/|T∪M| of the wrong elements M, Σ e_i·(J({1…i}) − J({1…i−1})) in
// falling order of e, of the e that are not below 0. Each grows or falls with its prediction as wrong says. J is submodular: of
// several equal e the increment of one is the larger the fewer of the others come before it, and its slope is a set that ends
// where all of them do and where none does.
func (e *example) lovasz(wrong []expr.Node, order func(i, j int) int, sign func(i int) int) []expr.Node {
	indices := make([]int, len(wrong))
	wanted := 0 // |T|
	for i := range wrong {
		indices[i] = i
		wanted += int(e.want[i])
	}
	slices.SortFunc(indices, func(i, j int) int { return order(j, i) })
	jaccard := func(hits, misses int) *big.Rat { // of so many wrong elements of T, and of others
		return big.NewRat(int64(hits+misses), int64(max(1, wanted+misses)))
	}
	// One denominator, as long as it is short, so that a sum that lies midway between two numbers is exact.
	denominator := big.NewInt(1)
	for m := int64(1); m <= int64(len(wrong)+1) && denominator.BitLen() < 128; m++ {
		common := new(big.Int).GCD(nil, nil, denominator, big.NewInt(m))
		denominator.Mul(denominator, common.Quo(big.NewInt(m), common))
	}
	denominator.Mul(denominator, denominator)
	times := func(after, before *big.Rat, n expr.Node) expr.Node {
		step := new(big.Rat).Sub(after, before)
		step.Mul(step, new(big.Rat).SetInt(denominator))
		whole := func(x *big.Int) expr.Node { return e.ConstBig(new(big.Float).SetInt(x)) }
		if step.IsInt() {
			return e.Mul(whole(step.Num()), n)
		}
		return e.Mul(e.Quo(whole(step.Num()), whole(step.Denom())), n)
	}
	var terms []expr.Node
	hits, misses := 0, 0
	for len(indices) > 0 && sign(indices[0]) >= 0 {
		first, n, in := indices[0], 1, 0
		for n < len(indices) && order(first, indices[n]) == 0 {
			n++
		}
		for _, i := range indices[:n] {
			in += int(e.want[i])
		}
		before, after := jaccard(hits, misses), jaccard(hits+in, misses+n-in)
		if n > 1 && sign(first) > 0 {
			terms = append(terms, times(after, before, e.Stop(wrong[first])))
		}
		for _, i := range indices[:n] {
			hit := int(e.want[i])
			alone := jaccard(hits+hit, misses+1-hit)
			switch {
			case sign(i) == 0:
				terms = append(terms, e.Max(times(alone, before, wrong[i]), expr.Zero))
			case n == 1:
				terms = append(terms, times(alone, before, wrong[i]))
			default:
				others := jaccard(hits+in-hit, misses+n-in-1+hit)
				apart := e.Sub(e.x[i], e.Const(e.at[i]))
				if hit == 1 {
					apart = e.Neg(apart)
				}
				terms = append(terms, e.If(apart, times(alone, before, apart), times(after, others, apart)))
			}
		}
		hits, misses, indices = hits+in, misses+n-in, indices[n:]
	}
	return []expr.Node{e.Quo(e.Sum(terms...), e.ConstBig(new(big.Float).SetInt(denominator)))}
}

var _ = define(loss.LovaszHinge, func(e *example) []expr.Node {
	wrong, against := make([]expr.Node, len(e.x)), make([]float64, len(e.x)) // 1 + against
	for i, z := range e.x {
		wrong[i], against[i] = e.Add(expr.One, z), e.at[i]
		if e.want[i] == 1 {
			wrong[i], against[i] = e.Sub(expr.One, z), -e.at[i]
		}
	}
	return e.lovasz(wrong, func(i, j int) int { return cmp.Compare(against[i], against[j]) }, func(i int) int { return cmp.Compare(against[i], -1) })
})

var _ = define(loss.LovaszSoftmax, func(e *example) []expr.Node {
	wrong, size := make([]expr.Node, len(e.x)), make([]*big.Rat, len(e.x))
	for i, p := range e.x {
		wrong[i], size[i] = p, new(big.Rat).SetFloat64(e.at[i])
		if e.want[i] == 1 {
			wrong[i], size[i] = e.complement(p), size[i].Sub(big.NewRat(1, 1), size[i])
		}
	}
	return e.lovasz(wrong, func(i, j int) int { return size[i].Cmp(size[j]) }, func(int) int { return 1 })
})
