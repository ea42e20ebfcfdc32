package mutants

import (
	"context"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
)

func init() { conformance.RegisterSuspects(suspects) }

// suspects are the named mutants of a loss, for a run to hold wrong answers against.
func suspects(lossName string) []conformance.Suspect {
	var all []conformance.Suspect
	for _, m := range All() {
		if m.Loss != lossName {
			continue
		}
		all = append(all, conformance.Suspect{Name: m.Name, Says: m.Mechanism, Eval: func(c *loss.Call) (a *conformance.Answer, err error) {
			return m.Subject().Eval(context.Background(), c)
		}})
	}
	return all
}
