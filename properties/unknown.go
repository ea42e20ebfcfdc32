package properties

import (
	"math"
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// Of a loss whose formula nobody knows the answer stands for the truth, with a condition number that is measured on the
// subject: by how much the answer changes when an input changes by half of its digits. That is the slope to about as many
// digits, which is more than a bound needs. Laws that compare with a truth are left out.

// mostMeasured is how many inputs a condition number is measured over.
const mostMeasured = 1 << 12

// measured is κ of a number, Σ |x·∂V/∂x|/max(|V|, smallest normal number) over the inputs of its item, and of all items
// where there is a reduction.
func (n number) measured() float64 {
	e := n.e
	if k, ok := e.measured[n.key()]; ok {
		return k
	}
	f, c := e.t.format, e.call
	lo, hi := 0, e.plan.Items()
	if e.plan.Reduction == loss.None || n.of != subject.Value {
		each := 1
		if n.of != subject.Value {
			each = e.plan.Width
		}
		lo = n.i / each
		hi = lo + 1
	}
	width, targets := e.plan.Width, e.plan.TargetWidth
	if (hi-lo)*(width+targets) > mostMeasured {
		panic(outcome{inconclusive: true})
	}
	total := 0.0
	change := func(xs []float64, i int, put func(c *loss.Call, xs []float64)) {
		x := xs[i]
		if x == 0 || ulp.Special(x) {
			return
		}
		for _, sign := range []float64{1, -1} { // the other way where the first leaves the domain
			moved := slices.Clone(xs)
			moved[i] = f.Round(x * (1 + math.Copysign(math.Ldexp(1, -f.Precision/2), sign)))
			near := clone(c)
			put(near, moved)
			if _, err := near.Plan(); err != nil || moved[i] == x {
				continue
			}
			answer, err := e.t.ask(near)
			if err != nil {
				return
			}
			ys := *answer.Part(n.of)
			if n.i >= len(ys) || ulp.Special(ys[n.i]) {
				total = math.Inf(1)
				return
			}
			total += math.Abs(float64(ys[n.i]-n.x()) * float64(x/(moved[i]-x)))
			return
		}
	}
	for i := lo * width; i < hi*width; i++ {
		change(c.Pred, i, func(c *loss.Call, xs []float64) { c.Pred = xs })
	}
	for i := lo * targets; i < hi*targets; i++ {
		if y := c.Target[i]; y != 0 && y != 1 {
			change(c.Target, i, func(c *loss.Call, xs []float64) { c.Target = xs })
		}
	}
	const margin = 1 + 1./16 // for the curve between the two points
	k := margin * total / max(math.Abs(n.x()), f.MinNormal())
	if e.measured == nil {
		e.measured = map[numberKey]float64{}
	}
	e.measured[n.key()] = k
	return k
}

// A numberKey tells the numbers of an evaluation apart.
type numberKey struct {
	of subject.Output
	i  int
}

func (n number) key() numberKey { return numberKey{n.of, n.i} }

// measureTerms finds Σ|terms| of a reduction of an unknown loss: those that the subject answers one by one. Without them
// nothing can be said about a sum that may cancel.
func (e *evaluation) measureTerms() {
	trait, ok := e.plan.Decl.Trait(loss.NonNegativeValue)
	if !e.plan.Decl.Unknown() || e.terms.N == 1 || ok && trait.Holds {
		return
	}
	each := *e.call
	each.Reduction = loss.None
	asked, _, fits := e.t.fit(e.plan.Decl, &each, "")
	if !fits {
		panic(outcome{inconclusive: true})
	}
	answer, err := e.t.ask(clone(&asked))
	if err != nil {
		panic(outcome{inconclusive: true})
	}
	size := 0.0
	for _, v := range answer.Value {
		size += math.Abs(v)
	}
	if d := e.plan.Denominator(); d != 0 {
		e.terms.Size = size / d * (1 + 0x1p-30)
	}
}

// moderatelyLarge is up to where a loss is to be finite.
func moderatelyLarge(f ieee.Format) float64 { return min(1000, math.Sqrt(f.MaxFinite())) }

// unknownLaws are about losses whose formula nobody knows.
var unknownLaws = []*Law{{
	Name:      "finite",
	Statement: "Finite input that is nowhere beyond 1000, nor beyond the root of the largest number, has a finite value and gradient; no finite input gives NaN.",
	Source:    "what a trainer can do with a number",
	applies:   (*loss.Loss).Unknown,
	anywhere:  true,
	draw: func(d *drawer) *Case {
		c := d.wrap(d.call(wish{calm: d.Intn(2) == 0, reduced: true}))
		if c != nil { // the ends, 0, and what is drawn, in turn
			far, most := slices.Clone(c.Call.Pred), d.Fit(moderatelyLarge(d.Format)-1)
			i := d.Intn(len(far))
			far[i] = []float64{most, -most, 0, far[i]}[d.turn%4]
			if d.loss.Prediction.HoldsItem(far) < 0 {
				c.Call.Pred = far
			}
		}
		return c
	},
	check: func(t *trial, c *Case) {
		e := t.eval(&c.Call)
		most := 0.0
		for _, x := range slices.Concat(c.Call.Pred, c.Call.Target) {
			most = max(most, math.Abs(x))
		}
		t.need(!math.IsNaN(most) && !math.IsInf(most, 0))
		small := most <= moderatelyLarge(t.format)
		for _, n := range slices.Concat(e.values(), e.grads()) {
			if x := n.x(); math.IsNaN(x) || small && math.IsInf(x, 0) {
				t.judge(term{n: n})
				t.violated("a finite number", n.name()+" = "+t.show(x), "a finite number", "none", "", nil)
			}
			t.decide(side().plus(1, n))
		}
	},
}}

// checkOwnDifferences holds a gradient to the subject's own differences alone. How far the extrapolation is off is
// estimated by its last correction, and doubted tenfold.
func (t *trial) checkOwnDifferences(quotient, slope, change *form, says func(uncertainty *big.Float) bool) {
	const doubt = 10
	right := slope.minus(side())
	right.doubt.Add(right.doubt, mul(num(doubt), newBig().Abs(change.value())))
	if slack := quotient.minus(right).slack(number.bound); slack.IsInf() || !says(slack) {
		t.inconclusive = true
		return
	}
	t.claim("360·(the extrapolated difference) = 360·(step·∇L), to within ten times the last correction of the extrapolation", quotient, equal, right)
}
