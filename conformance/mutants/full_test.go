package mutants

import (
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
)

// TestFull_EveryMutantUnderBothSides is the matrix that ci/mutants runs: it takes minutes.
// LOSSPROOF_MUTANTS=named leaves all but the named mutants out, and LOSSPROOF_MUTANTS_OF=n all but one in n of those that
// hide.
func TestFull_EveryMutantUnderBothSides(t *testing.T) {
	scope := os.Getenv("LOSSPROOF_MUTANTS")
	if scope == "" {
		t.Skip("LOSSPROOF_MUTANTS=all (or named) runs it")
	}
	config := Config{Progress: func(done, total int) {
		if done%50 == 0 {
			t.Logf("%d of %d mutants", done, total)
		}
	}}
	named, err := config.NewMatrix(t.Context())
	require.NoError(t, err)
	require.NoError(t, named.WriteTable(os.Stdout))
	if file := os.Getenv("LOSSPROOF_MUTANTS_JSON"); file != "" {
		f, err := os.Create(file)
		require.NoError(t, err)
		defer f.Close()
		require.NoError(t, named.WriteJSON(f))
	}
	if err := named.Err(); err != nil {
		t.Error(err)
	}
	flags, laws := named.Unproven()
	if len(flags) > 0 {
		t.Errorf("no named mutant is killed by the flags %v", flags)
	}
	if scope == "named" {
		if len(laws) > 0 {
			t.Errorf("no named mutant is killed by the laws %v", laws)
		}
		return
	}
	hidden, err := Config{Families: []Family{Hidden, Confined}, Of: of(t), Progress: config.Progress}.NewMatrix(t.Context())
	require.NoError(t, err)
	require.NoError(t, hidden.WriteTable(os.Stdout))
	if err := hidden.Err(); err != nil {
		t.Error(err)
	}
	laws = slices.DeleteFunc(laws, func(law string) bool {
		return slices.ContainsFunc(hidden.Laws, func(k Killer) bool { return k.Name == law && k.Kills > 0 })
	})
	if len(laws) > 0 {
		t.Errorf("no named mutant is killed by the laws %v, and no hidden one is killed by them first", laws)
	}
	for _, r := range Rare() {
		t.Logf("not looked for: %s: found with probability one half in %.1e checks", r.Name, r.Checks)
	}
	// Most machine-made mutants die of a vector at once; the laws are asked about the rest.
	config.Families, config.Only = []Family{Made}, conformance.Golden
	machine, err := config.NewMatrix(t.Context())
	require.NoError(t, err)
	living := machine.Survivors()
	t.Logf("%d machine-made mutants, %d without a vector that kills them", len(machine.Rows), len(living))
	for _, r := range living {
		m, err := Config{Mutants: []string{r.Name}, Only: conformance.Properties}.NewMatrix(t.Context())
		require.NoError(t, err)
		if !m.Rows[0].Laws.Killed() {
			t.Errorf("lives: %s: %s", r.Name, r.Mechanism)
			continue
		}
		t.Logf("only a law sees it: %s: %s", r.Name, m.Rows[0].Laws.cell())
	}
}

// of is what LOSSPROOF_MUTANTS_OF says, or 1.
func of(t *testing.T) int {
	text := os.Getenv("LOSSPROOF_MUTANTS_OF")
	if text == "" {
		return 1
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}
