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

// Columns of live cases: the classes of a row or the elements of a set, and the items of a sample
// where an item is one number. DefaultLive is a multiple of it.
const (
	liveClasses = 5
	livePoints  = 7
)

// liveVectors draws batches larger than vectors can hold, for a loss and a format: one under every
// reduction that the subject has, with weights, ignored items and parameters where it takes
// them. In which of two formats of the same width, if the subject has both, goes round from reduction to
// reduction and from loss to loss: the summation is the same code, and each of them is long in
// both widths. A batch depends on the seed and on the case alone; the truth is asked of the
// oracle when the case is judged.
func (r *run) liveVectors(decl *loss.Loss, f ieee.Format, capabilities []Capability) []golden.Vector {
	if r.Live == 0 || decl.Unknown() {
		return nil
	}
	var vectors []golden.Vector
	turn := max(0, slices.Index(loss.All(), decl))
	for k, reduction := range loss.Reductions() {
		for _, c := range capabilities {
			formats := slices.DeleteFunc(slices.Clone(c.Formats), func(name string) bool {
				other, _ := ieee.FormatNamed(name) // the description has been checked
				return !r.wants(other) || (other.Width < 32) != (f.Width < 32)
			})
			reduces := slices.Contains(c.Reductions, reduction) || len(c.Reductions) == 0 && reduction == loss.None
			if at := slices.Index(formats, f.Name); reduces && at >= 0 {
				if at == (turn+k)%len(formats) {
					vectors = append(vectors, r.liveVector(decl, f, c, reduction))
				}
				break
			}
		}
	}
	return vectors
}

func (r *run) liveVector(decl *loss.Loss, f ieee.Format, has Capability, reduction loss.Reduction) golden.Vector {
	id := fmt.Sprintf(livePrefix+"%s.%s.%s", decl.Name, f.Name, strings.ReplaceAll(string(reduction), "/", "_"))
	d := draw.New(f, r.Seed, draw.Seed(id))
	var kinds []string // those that the subject takes
	for _, k := range decl.Targets {
		if len(has.Targets) == 0 || slices.Contains(has.Targets, k.Name) {
			kinds = append(kinds, k.Name)
		}
	}
	p, cols, rows := &draw.Training, decl.Shape.Width(liveClasses), r.Live
	if has.HardTargets {
		hard := p.Hard()
		p = &hard
	}
	if decl.Shape == loss.Point {
		cols, rows = livePoints, (r.Live+livePoints-1)/livePoints
	}
	c := d.Long(p, decl, rows, cols, kinds...)
	c.Reduction, c.Conventions = reduction, firstConventions(has)
	for _, param := range decl.Params {
		fixed, ok := has.Fixed[param.Name]
		takes := slices.Contains(has.Params, param.Name)
		switch {
		case ok:
			c.Params[param.Name] = fixed
		case takes && param.Name == loss.IgnoreIndex.Name:
			at := d.IgnoreIndex(decl.Shape.Width(cols))
			c.Params[param.Name] = []float64{float64(at)}
			d.Ignore(&c, at)
		case takes && param.Kind != loss.Integer:
			c.Params[param.Name] = d.Param(p, param, decl.Shape.Width(cols))
		}
	}
	draw.Settle(decl, c.Params, has.Fixed)
	if has.Weights && !decl.VectorValued {
		d.Uneven(p, decl, &c)
	}
	return golden.Vector{ID: id, Flags: []string{"LiveReduction"}, Call: c}
}

// firstConventions are the conventions of a subject, each with the first value that it has.
func firstConventions(has Capability) loss.Conventions {
	all := loss.Conventions{}
	for name, values := range has.Conventions {
		all[name] = values[0]
	}
	return all
}
