package conformance

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// liveClasses is K in live cases of rowwise losses.
const liveClasses = 5

// liveVectors draws one batch, larger than vectors can hold, for a loss and a format.
// Its reduction goes round those that the subject has, from loss to loss and from format
// to format: the summation is the same code, and a run that takes seconds meets each of
// them. The batch depends on the seed and on the case alone; the truth is asked of the
// oracle when the case is judged.
func (r *run) liveVectors(decl *loss.Loss, f ieee.Format, capabilities []Capability) []golden.Vector {
	if r.live == 0 || decl.VectorValued || f.Width < 32 { // a half format cannot hold a long sum
		return nil
	}
	type candidate struct {
		reduction  loss.Reduction
		capability Capability
	}
	var candidates []candidate
	for _, c := range capabilities {
		if !slices.Contains(c.Formats, f.Name) {
			continue // the vectors list this skip
		}
		for _, reduction := range c.Reductions {
			if reduction != loss.None {
				candidates = append(candidates, candidate{reduction, c})
			}
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	turn := slices.IndexFunc(loss.All(), func(l *loss.Loss) bool { return l == decl }) +
		slices.IndexFunc(ieee.Formats(), func(g ieee.Format) bool { return g == f })
	chosen := candidates[turn%len(candidates)]

	id := fmt.Sprintf("live.%s.%s.%s", decl.Name, f.Name, strings.ReplaceAll(string(chosen.reduction), "/", "_"))
	call := loss.Call{Loss: decl.Name, Format: f, Params: chosen.capability.Fixed, Reduction: chosen.reduction, Conventions: loss.Conventions{}}
	for name, values := range chosen.capability.Conventions {
		call.Conventions[name] = values[0]
	}
	hash := fnv.New64a()
	hash.Write([]byte(id)) // a hash cannot fail
	drawBatch(&call, decl, chosen.capability, r.live, rand.New(rand.NewPCG(r.seed, hash.Sum64())))
	return []golden.Vector{{ID: id, Flags: []string{"LiveReduction"}, Call: call}}
}

// drawBatch fills a call with everyday numbers: what a long reduction tests is the
// summation, and the extremes of a single term are the vectors'.
func drawBatch(c *loss.Call, decl *loss.Loss, has Capability, n int, random *rand.Rand) {
	c.Rows, c.Cols = n, decl.Shape.Width(liveClasses)
	c.Pred = draw(decl.Prediction, c.Rows*c.Cols, c.Format, random)
	takes := func(kind string) bool { return len(has.Targets) == 0 || slices.Contains(has.Targets, kind) }
	switch {
	case !decl.HasTarget():
	case decl.Takes(loss.Label) && takes("label"):
		c.Label = make([]int, c.Rows)
		for i := range c.Label {
			c.Label[i] = random.IntN(c.Cols)
		}
	case decl.Takes(loss.Distribution):
		c.Target = draw(loss.UnitInterval, c.Rows*c.Cols, c.Format, random)
		for i := range c.Rows {
			row, sum := c.Target[i*c.Cols:(i+1)*c.Cols], 0.0
			for _, y := range row {
				sum += y
			}
			for k := range row {
				row[k] = c.Format.Round(row[k] / sum)
			}
		}
	default:
		c.Target = draw(decl.Target, c.Rows*c.Cols, c.Format, random)
	}
	if c.Reduction == loss.MeanWeight && has.Weights {
		c.Weight = draw(loss.UnitInterval, c.Rows, c.Format, random)
	}
}

// draw returns numbers of a domain: uniform in a bounded one, of a few units size in
// one that is not.
func draw(d loss.Domain, n int, f ieee.Format, random *rand.Rand) []float64 {
	const spread = 4
	xs := make([]float64, n)
	for i := range xs {
		x := random.NormFloat64() * spread
		switch {
		case d.High-d.Low <= math.MaxFloat32:
			x = d.Low + (d.High-d.Low)*random.Float64()
		case d.Low == 0:
			x = math.Abs(x)
		}
		xs[i] = min(max(f.Round(x), d.Low), d.High)
	}
	return xs
}
