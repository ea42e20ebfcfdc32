package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/properties"
)

func TestList_HasEveryEntry(t *testing.T) {
	out := lossproof("list")
	require.Equal(t, conforms, out.code)
	lines := strings.Split(strings.TrimSpace(out.stdout), "\n")
	require.Len(t, lines, 1+len(loss.All()))
	for i, l := range loss.All() {
		require.Contains(t, lines[i+1], l.Name)
		require.Contains(t, lines[i+1], l.Title)
	}
}

func TestList_OneEntryHasAllThatIsDeclared(t *testing.T) {
	for _, l := range loss.All() {
		out := lossproof("list", l.Name)
		require.Equal(t, conforms, out.code)
		wanted := []string{l.Name, l.Title, l.Formula, l.Gradient, l.Second, l.ByTarget, l.Prediction.Name, l.Accuracy.How}
		wanted = append(wanted, l.SpecialCases...)
		for _, p := range l.Params {
			wanted = append(wanted, p.Name, p.Meaning, p.Domain.Name)
		}
		for _, c := range l.AllConventions() {
			wanted = append(wanted, c.Name, c.Meaning)
		}
		for _, trait := range l.Traits {
			wanted = append(wanted, string(trait.Property), trait.Statement)
			if trait.Witness != nil {
				wanted = append(wanted, trait.Witness.Note)
			}
		}
		for _, a := range properties.LawsFor(l) {
			wanted = append(wanted, a.Law.Name, a.Law.Statement, a.Status)
		}
		for _, s := range l.Sources {
			wanted = append(wanted, s.Title, s.Ref)
		}
		for _, text := range wanted {
			require.Contains(t, out.stdout, text)
		}
		require.NotContains(t, out.stdout, "%!")
	}
}

func TestList_JSONIsValid(t *testing.T) {
	var all []map[string]any
	out := lossproof("list", "--json")
	require.NoError(t, json.Unmarshal([]byte(out.stdout), &all))
	require.Len(t, all, len(loss.All()))
	for i, l := range loss.All() {
		var one map[string]any
		out := lossproof("list", l.Name, "--json")
		require.Equal(t, conforms, out.code, out.stderr)
		require.NoError(t, json.Unmarshal([]byte(out.stdout), &one))
		require.Equal(t, all[i], one)
		for _, key := range []string{"name", "formula", "gradient", "prediction", "traits", "laws", "sources", "accuracy"} {
			require.Contains(t, one, key)
		}
	}
}
