package mutants

import (
	"context"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/properties"
)

// underLaws holds a mutant against the laws of its loss.
func (c *Config) underLaws(ctx context.Context, m Mutant) (Side, error) {
	report, err := properties.Config{Losses: []string{m.Loss}, Dtypes: m.Formats(),
		Checks: c.Checks, Seed: c.Seed, Workers: 1}.Check(ctx, m.Subject())
	if err != nil {
		return Side{}, err
	}
	side := Side{Ran: true}
	var laws []string
	for _, f := range report.Failures() {
		if side.First == "" {
			side.First = f.Format + " " + f.Law + ": " + f.Counterexample + ": " + f.What + ": " + f.Left + " against " + f.Right
		}
		laws = append(laws, f.Law)
	}
	side.By = tally(laws)
	return side, nil
}

// lawsOf lists the laws that apply to the losses of rows.
func lawsOf(rows []Row) []string {
	var losses, laws []string
	for _, r := range rows {
		if slices.Contains(losses, r.Loss) {
			continue
		}
		losses = append(losses, r.Loss)
		decl, err := loss.Named(r.Loss)
		if err != nil {
			panic("mutants: " + err.Error()) // the mutant has a subject, and so its loss exists
		}
		for _, applied := range properties.LawsFor(decl) {
			laws = append(laws, applied.Law.Name)
		}
	}
	slices.Sort(laws)
	return slices.Compact(laws)
}
