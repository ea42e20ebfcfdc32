package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/lossproof/lossproof/conformance/mutants"
)

// newMatrix runs mutants; a test puts one that lives in its place.
var newMatrix = mutants.Config.NewMatrix

// mutantsFlags are the flags of mutants, as they were given.
type mutantsFlags struct {
	losses, names, families []string
	json                    string
	checks, of              int
	seed                    uint64
}

func newMutants() *cobra.Command {
	var f mutantsFlags
	cmd := &cobra.Command{
		Use:   "mutants",
		Short: "Shows that the suite bites: runs it against known defects",
		Long: `Runs the golden vectors and the laws against known defects of real loss functions, each written as a
small wrong implementation, and prints which flags of the vectors and which laws kill each, with the
first counterexample. All of them take minutes.

There are four families: known defects; every small change of a formula, made by machine; hidden ones, which act in
few places only, such as items of one size or the end of a long batch; and changes of a formula that are confined to
a range of sizes, items, parameters or inputs. Of the last two, what kills each first is enough, and live cases
stand beside the laws.

The exit code is 0 when every mutant is killed, by both sides of the suite or with the reason why
only one can see it; 1 when one lives; 2 for a mistake in the command line; and 3 when the run failed
or was interrupted.`,
		Example: `  lossproof mutants --loss softplus
  lossproof mutants --mutant softplus-naive
  lossproof mutants --family known,machine --json mutants.json
  lossproof mutants --family hidden --of 10`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.mutants(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), cmd.Flags().Changed("checks"))
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&f.losses, "loss", nil, "mutants of these losses only; repeatable, or with commas (default all)")
	flags.StringSliceVar(&f.names, "mutant", nil, "these mutants only, of any family; repeatable, or with commas")
	flags.StringSliceVar(&f.families, "family", []string{string(mutants.Known)}, "known, machine, hidden or confined; repeatable, or with commas")
	cmd.MarkFlagsMutuallyExclusive("mutant", "family")
	flags.IntVar(&f.of, "of", 1, "one in so many of hidden and confined ones, others for each seed")
	flags.IntVar(&f.checks, "checks", 0, fmt.Sprintf("cases that each law is held against (default %d, and as many as verify for hidden and confined mutants)", mutants.DefaultChecks))
	flags.Uint64Var(&f.seed, "seed", 1, "seed of the laws' cases")
	flags.StringVar(&f.json, "json", "", "write the matrix as JSON to a file; - is stdout, and moves the table to stderr")
	return cmd
}

// mutants runs the matrix and prints it. Its errors are mistakes in the flags, or carry an exit code.
func (f mutantsFlags) mutants(ctx context.Context, stdout, stderr io.Writer, checks bool) error {
	families := make([]mutants.Family, len(f.families))
	for i, name := range f.families {
		family, err := mutants.FamilyNamed(name)
		if err != nil {
			return err
		}
		families[i] = family
	}
	if err := allAliased(f.losses); err != nil {
		return err
	}
	for _, name := range f.names {
		if _, err := mutants.Named(name); err != nil {
			return err
		}
	}
	if f.of < 1 {
		return fmt.Errorf("--of %d: want at least 1", f.of)
	}
	if checks && f.checks < 1 {
		return fmt.Errorf("--checks %d: want at least 1", f.checks)
	}
	out, err := newJSONOutput(f.json, stdout, stderr)
	if err != nil {
		return err
	}
	defer out.abort()
	step, end := progress(stderr, "mutants")
	matrix, err := newMatrix(mutants.Config{Losses: f.losses, Mutants: f.names, Families: families, Of: f.of, Checks: f.checks,
		Seed: f.seed, Progress: step}, ctx)
	end()
	switch {
	case errors.Is(err, mutants.ErrNoMutant):
		return err
	case err != nil:
		return &exit{harnessFailed, err}
	}
	failed := out.write(matrix.WriteJSON)
	if err := matrix.WriteTable(out.table); err != nil || failed != nil {
		return cmp.Or(failed, wrote(err))
	}
	if err := matrix.Err(); err != nil {
		return &exit{doesNotConform, err}
	}
	return nil
}
