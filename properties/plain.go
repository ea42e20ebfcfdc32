package properties

import (
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// Laws that hold of a loss with its plain parameters only.

// plain reports whether every parameter is one that changes nothing.
func plain(p *loss.Plan) bool {
	return !slices.ContainsFunc(p.Decl.Params, func(param loss.Param) bool {
		v := p.Args.Vector(param.Name)
		switch {
		case param.Name == loss.IgnoreIndex.Name || len(v) == 0:
			return false
		case param.Kind == loss.PerClass:
			return slices.ContainsFunc(v, func(x float64) bool { return x != 1 })
		}
		return !slices.Equal(v, param.DefaultIn(p.Format))
	})
}

// unsmoothed reports whether no target is smoothed.
func unsmoothed(p *loss.Plan) bool {
	v := p.Args.Vector("label_smoothing")
	return len(v) == 0 || v[0] == 0
}

// needPlain discards the case unless every parameter is one that changes nothing.
func (t *trial) needPlain(p *loss.Plan) {
	if !plain(p) {
		t.lacksPlain()
	}
}

// lacksPlain discards a case. Where the subject has no other parameters it is not held to
// the law, rather than failed for a law that ran no check.
func (t *trial) lacksPlain() {
	panic(outcome{discarded: true, lacks: "its parameters are not those that the law is about"})
}
