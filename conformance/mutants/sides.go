package mutants

import (
	"context"
	"fmt"
	"strings"

	"github.com/lossproof/lossproof/conformance"
)

// underGolden holds a mutant against the vectors of its loss. Live cases are left out:
// what they find has no flag.
func underGolden(ctx context.Context, m Mutant) (Side, error) {
	report, err := conformance.Config{Losses: []string{m.Loss}, Dtypes: m.Formats(), Only: conformance.Golden, Live: -1, Workers: 1, NoCauses: true}.Check(ctx, m.Subject())
	if err != nil {
		return Side{}, err
	}
	if report.Tally.Ran() == 0 {
		return Side{}, fmt.Errorf("no vector was run: %w", report.Err())
	}
	side := Side{Ran: true}
	var flags []string
	cases := map[string]bool{}
	for _, f := range report.Failures {
		if side.First == "" {
			side.First = caseFailure(f)
		}
		if !cases[f.Case] {
			cases[f.Case] = true
			flags = append(flags, f.Flags...)
		}
	}
	side.By = tally(flags)
	return side, nil
}

func caseFailure(f *conformance.Failure) string {
	return fmt.Sprintf("%s %s: %s: got %s, want %s (%s)", f.Format, f.Output, f.Input, brief(f.Got), brief(f.Want), f.Case)
}

// brief leaves out the bits of a number and what follows.
func brief(text string) string {
	text, _, _ = strings.Cut(text, ", correctly")
	text, _, _ = strings.Cut(text, " (")
	return text
}
