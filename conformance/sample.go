package conformance

import (
	"fmt"
	"slices"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/axis"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// MostSamples is how many samples a run may have for each loss and dtype, so that the largest report can be read.
const MostSamples = 2000

// samplePrefix begins the ids of samples.
const samplePrefix = "sample."

// samples draws single items along the lines on which a loss is looked at, one from each of so many equal pieces of an axis of
// floats. They show the error between the golden cases, and are judged like them. A sample depends on the seed, the number of samples
// and the case alone; those that the subject does not take are left out.
func (r *run) samples(decl *loss.Loss, f ieee.Format, capabilities []Capability) (cases []*instance) {
	at := slices.IndexFunc(capabilities, func(c Capability) bool { return slices.Contains(c.Formats, f.Name) })
	if r.Sample == 0 || decl.Unknown() || at < 0 {
		return nil
	}
	has, over, lines := capabilities[at], axis.Of(decl), axis.LinesOf(decl)
	d := draw.New(f, r.Seed, draw.Seed(fmt.Sprint(samplePrefix, decl.Name, f.Name, r.Sample)))
	for k := range r.Sample {
		line := lines[k%len(lines)]
		piece, pieces := k/len(lines), (r.Sample-k%len(lines)+len(lines)-1)/len(lines)
		if len(has.Targets) > 0 && !slices.Contains(has.Targets, loss.Label.Name) {
			line.Label = nil
		}
		if decl.Shape == loss.Point && decl.NumberTarget() != nil && decl.Target.High <= 1 {
			line.Target = []float64{[]float64{decl.Target.High, decl.Target.Low}[piece%2]}
		}
		v := golden.Vector{ID: fmt.Sprintf(samplePrefix+"%s.%s.%d", decl.Name, f.Name, k), Flags: []string{"Sample"}}
		v.Call = loss.Call{Loss: decl.Name, Format: f, Batch: line.Batch(f, line.Sample(f, (float64(piece)+d.Float64())/float64(pieces)))}
		settle(&v.Call, decl, has)
		p, err := v.Call.Plan()
		if err != nil {
			continue
		}
		i := &instance{id: v.ID, flags: v.Flags, kind: fmt.Sprintf("samples n=%d seed=%d", r.Sample, r.Seed), call: v.Call, decl: decl}
		if x, ok := over.Of(p); ok && r.place(i, &v, capabilities) && i.skip == "" {
			i.at = &x
			cases = append(cases, i)
		}
	}
	return cases
}

// settle gives a call the first reduction and conventions of the subject, and what it has fixed.
func settle(c *loss.Call, decl *loss.Loss, has Capability) {
	c.Reduction, c.Conventions, c.Params = loss.None, firstConventions(has), loss.Params{}
	if len(has.Reductions) > 0 && !slices.Contains(has.Reductions, loss.None) {
		c.Reduction = has.Reductions[0]
	}
	for name, fixed := range has.Fixed {
		c.Params[name] = fixed
	}
	if decl.VectorValued {
		c.Upstream = make([]float64, len(c.Pred))
		c.Upstream[0] = 1
	}
}

// largestKappa is that of the numbers of an answer, of a kink the larger of its ends; nil where it is no finite number.
func largestKappa(numbers []oracle.Number) *float64 {
	most := 0.0
	for _, n := range numbers {
		kappa := n.Kappa
		if n.Hull != nil {
			kappa = max(n.Hull.Low.Kappa, n.Hull.High.Kappa)
		}
		most = max(most, kappa)
	}
	if ulp.Special(most) {
		return nil
	}
	return &most
}
