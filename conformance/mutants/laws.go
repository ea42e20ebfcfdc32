package mutants

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/properties"
)

// underLaws holds a mutant against the laws of its loss. One that has a class is held against the live cases, too, and
// what kills it first is enough.
func (c *Config) underLaws(ctx context.Context, m Mutant) (Side, error) {
	if m.Class != "" {
		return c.untilKilled(ctx, m)
	}
	report, err := properties.Config{Losses: []string{m.Loss}, Dtypes: m.Formats(),
		Checks: c.Checks, Seed: c.Seed, Workers: 1}.Check(ctx, m.Subject())
	if err != nil {
		return Side{}, err
	}
	side := Side{Ran: true}
	var laws []string
	for _, f := range report.Failures() {
		if side.First == "" {
			side.First = lawFailure(f)
		}
		laws = append(laws, f.Law)
	}
	side.By = tally(laws)
	return side, nil
}

// untilKilled asks law by law and dtype by dtype, then the live cases.
func (c *Config) untilKilled(ctx context.Context, m Mutant) (Side, error) {
	side, s := Side{Ran: true}, m.Subject()
	for _, applied := range properties.LawsFor(declared(m.Loss)) {
		for _, dtype := range m.Formats() {
			report, err := properties.Config{Losses: []string{m.Loss}, Dtypes: []string{dtype}, Laws: []string{applied.Law.Name},
				Checks: c.Checks, Seed: c.Seed, Workers: atOnce}.Check(ctx, s)
			switch {
			case errors.Is(err, properties.ErrNoLaw): // it is none for the dtype
				continue
			case err != nil:
				return Side{}, err
			}
			for _, f := range report.Failures() {
				side.By, side.First = []Kill{{f.Law, 1}}, lawFailure(f)
				return side, nil
			}
		}
	}
	report, err := conformance.Config{Losses: []string{m.Loss}, Dtypes: m.Formats(), Only: conformance.Golden, Seed: c.Seed, Workers: 1}.Check(ctx, s)
	if err != nil {
		return Side{}, err
	}
	for _, f := range report.Failures {
		if strings.HasPrefix(f.Case, Live+".") {
			side.By, side.First = []Kill{{Live, 1}}, caseFailure(f)
			break
		}
	}
	return side, nil
}

// atOnce says that a subject may be asked several calls at once. Of one law in one dtype there is one unit of work, so
// that what remembers is asked the same calls in the same order again, but where a law is about calls side by side.
const atOnce = 2

// Live is what kills a mutant that a live case sees.
const Live = "live"

func lawFailure(f *properties.Failure) string {
	return f.Format + " " + f.Law + ": " + f.Counterexample + ": " + f.What + ": " + f.Left + " against " + f.Right
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
