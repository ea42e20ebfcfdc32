package reporting

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/internal/printable"
)

func shown(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, write(&text))
	return text.String()
}

// threeReports differ in everything that a comparison has to say.
func threeReports(t *testing.T) []*conformance.Report {
	one := build(t, "one").row("sigmoid", "f32", value).ran("a", exact, 0.25).ran("b", accurate, -1.5).
		row("sigmoid", "f32", refusal).ran("e", exact, 0).row("softplus", "f64", grad).ran("c", exact, 0).
		law("inputs_unchanged", conformance.Passed).law("value_is_true", conformance.Passed)
	two := build(t, "two | wrong").row("sigmoid", "f32", value).ran("a", closely, math.Inf(1)).known("b", stable, -50).skipped("d", "no d").
		row("sigmoid", "bf16", value).skipped("f", "no bf16").row("nosuch", "f32", value).ran("n", exact, 0.5).
		law("inputs_unchanged", conformance.Failed).law("value_is_true", conformance.Known).law("convex", conformance.Skipped).
		with(func(r *conformance.Report) { r.Subject.Version = "2.1" })
	three := build(t, "one").row("sigmoid", "f32", value).ran("a", accurate, 2).with(func(r *conformance.Report) {
		r.Incomplete, r.Level, r.Seed, r.Vectors, r.Platform = "stopped after 1 of 3", stable, 7, strings.Repeat("1", 64), "go1.27 linux/arm64"
	})
	return []*conformance.Report{one.done(), two.done(), three.done()}
}

func TestCompare(t *testing.T) {
	c := Compare(threeReports(t))
	requireGolden(t, "compare.txt", shown(t, c.WriteText))
	requireGolden(t, "compare.md", shown(t, c.WriteMarkdown))
	requireGolden(t, "compare.json", shown(t, c.WriteJSON))
}

func TestCompare_WhatWasNotRunIsNeverPassed(t *testing.T) {
	c := Compare(threeReports(t))
	cell := func(lossName, format, output string, k int) *Cell {
		for i := range c.Rows {
			if row := &c.Rows[i]; row.Loss == lossName && row.Format == format && row.Output == output {
				return &row.Cells[k]
			}
		}
		t.Fatal("no row")
		return nil
	}
	for _, there := range []*Cell{cell("softplus", "f64", "grad", 1), cell("sigmoid", "bf16", "value", 1), cell("sigmoid", "f32", laws, 2)} {
		require.False(t, there.Ran)
		require.Nil(t, there.Level)
		require.Zero(t, there.Tally.Passed)
		require.True(t, strings.HasPrefix(there.text("right", "failed"), "not run"))
	}
	require.Equal(t, "not run, 1 skipped", cell("sigmoid", "bf16", "value", 1).text("right", "failed"))
}

// A row for vectors and one for live cases are one row here: the lower level, the larger error.
func TestCompare_JoinsTheEvidence(t *testing.T) {
	b := build(t, "one").row("sigmoid", "f32", value).ran("a", accurate, 1).row("sigmoid", "f32", value).ran("b", exact, -2)
	b.r.Rows[1].Bound = "sampled n=3 seed=1"
	c := Compare([]*conformance.Report{b.done()})
	require.Len(t, c.Rows, 1)
	cell := c.Rows[0].Cells[0]
	require.Equal(t, accurate, *cell.Level)
	require.Equal(t, conformance.Ulps(-2), *cell.Max)
	require.Equal(t, "b", cell.Case)
	require.Equal(t, 2, cell.Tally.Passed)
}

func TestCompare_SameReportsHaveNoNotes(t *testing.T) {
	r := threeReports(t)[0]
	c := Compare([]*conformance.Report{r, reread(t, r)})
	require.Empty(t, c.Notes)
	require.Equal(t, "one", c.Subjects[0].Name)
	require.Equal(t, "one (2)", c.Subjects[1].Name)
	require.True(t, c.Subjects[0].Conforms)
}

func TestCompare_JSONCanBeRead(t *testing.T) {
	c := Compare(threeReports(t))
	var back Comparison
	require.NoError(t, json.Unmarshal([]byte(shown(t, c.WriteJSON)), &back))
	require.Equal(t, *c, back)
}

func TestPrintable(t *testing.T) {
	for from, want := range map[string]string{
		"κ ≤ 3 → ulp\n\t": "κ ≤ 3 → ulp\n\t", "\x00\x1b[31m\r": `\x00\x1b[31m\r`, "a\xffb\xc3": `a\xffb\xc3`,
		"\ufffe\uffff": `\ufffe\uffff`, "\ufffd": "\ufffd", "\u202e\u0085": `\u202e\u0085`, "é😀": "é😀",
	} {
		require.Equal(t, want, printable.Text(from, mostBlock))
	}
	require.Equal(t, `a \| b \<c\> \*d\* e_f`, escaped("a | b\n<c> *d* e_f"))
}
