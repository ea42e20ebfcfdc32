package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/draw"
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
	if r.Live == 0 || decl.VectorValued || f.Width < 32 { // a half format cannot hold a long sum
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

	id := fmt.Sprintf(livePrefix+"%s.%s.%s", decl.Name, f.Name, strings.ReplaceAll(string(chosen.reduction), "/", "_"))
	call := loss.Call{Loss: decl.Name, Format: f, Params: chosen.capability.Fixed, Reduction: chosen.reduction, Conventions: loss.Conventions{}}
	for name, values := range chosen.capability.Conventions {
		call.Conventions[name] = values[0]
	}
	drawBatch(&call, decl, chosen.capability, r.Live, draw.New(f, r.Seed, draw.Seed(id)))
	return []golden.Vector{{ID: id, Flags: []string{"LiveReduction"}, Call: call}}
}

// drawBatch fills a call with everyday numbers: what a long reduction tests is the
// summation, and the extremes of a single term are the vectors'.
func drawBatch(c *loss.Call, decl *loss.Loss, has Capability, n int, d *draw.Drawer) {
	var kinds []string // one of those that the subject takes
	for _, k := range decl.Targets {
		if len(has.Targets) == 0 || slices.Contains(has.Targets, k.Name) {
			kinds = append(kinds, k.Name)
		}
	}
	p := draw.Training
	if has.HardTargets {
		p = p.Hard()
	}
	c.Batch = d.Items(&p, decl, n, decl.Shape.Width(liveClasses), kinds...).Batch
	if c.Reduction == loss.MeanWeight && has.Weights {
		d.Weights(&draw.Training, decl, c)
	}
}
