package reporting

import (
	"encoding/json"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
)

// both are two reports with a change of every kind.
func both(t *testing.T) (from, to *conformance.Report) {
	from = build(t, "lib").row("sigmoid", "f32", value).ran("broken", exact, 0.25).ran("mended", closely, 900).ran("more", accurate, -1).
		ran("less", accurate, 3).ran("same", accurate, 2).ran("graver", stable, 40).ran("gone", exact, 0).ran("gone_failure", closely, 70).
		ran("now_skipped", exact, 0).skipped("now_run", "no").known("mended_known", stable, 50).
		law("now_broken", conformance.Passed).law("now_obeyed", conformance.Failed).law("gone_law", conformance.Passed).done()
	to = build(t, "lib").row("sigmoid", "f32", value).ran("broken", stable, -60).ran("mended", exact, 0).ran("more", accurate, 4).
		ran("less", exact, 0.5).ran("same", accurate, 2).ran("graver", closely, math.Inf(1)).skipped("now_skipped", "no more").ran("now_run", closely, 80).
		ran("mended_known", exact, 0).ran("new", exact, 0.5).
		law("now_broken", conformance.Failed).law("now_obeyed", conformance.Passed).law("new_law", conformance.Passed).
		with(func(r *conformance.Report) { r.Subject.Version = "2" }).done()
	return from, to
}

func TestDiff(t *testing.T) {
	d := Diff(both(t))
	require.True(t, d.Regression)
	requireGolden(t, "diff.txt", shown(t, func(w io.Writer) error { return d.WriteText(w, 3) }))
	requireGolden(t, "diff.md", shown(t, func(w io.Writer) error { return d.WriteMarkdown(w, 3) }))
	requireGolden(t, "diff.json", shown(t, d.WriteJSON))
	var back Difference
	require.NoError(t, json.Unmarshal([]byte(shown(t, d.WriteJSON)), &back))
	require.Len(t, back.Broke, 3, "two checks and a law")
}

func TestDiff_AReportWithItself(t *testing.T) {
	from, to := both(t)
	for _, r := range []*conformance.Report{from, to, tinyReport(t)} {
		d := Diff(r, reread(t, r))
		require.False(t, d.Regression)
		require.Equal(t, "0 broke, 0 mended, 0 drifted (0 to more ulp, 0 to fewer), 0 appeared, 0 vanished (0 of them a regression): no regression", d.Verdict())
	}
}

func TestDiff_WhatIsARegression(t *testing.T) {
	one := func(add func(b *builder) *builder) *conformance.Report {
		return add(build(t, "lib").row("sigmoid", "f32", value).ran("other", exact, 0)).done()
	}
	passed := one(func(b *builder) *builder { return b.ran("x", accurate, 1) })
	failed := one(func(b *builder) *builder { return b.ran("x", stable, 40) })
	known := one(func(b *builder) *builder { return b.known("x", stable, 40) })
	worseKnown := one(func(b *builder) *builder { return b.known("x", stable, 60) })
	beyondKnown := one(func(b *builder) *builder { return b.ran("x", stable, 60) })
	graver := one(func(b *builder) *builder { return b.ran("x", closely, 40) })
	skipped := one(func(b *builder) *builder { return b.skipped("x", "why") })
	gone := one(func(b *builder) *builder { return b })
	lax := one(func(b *builder) *builder {
		return b.with(func(r *conformance.Report) { r.Level = stable }).ran("x", stable, 40)
	})
	unexpected := one(func(b *builder) *builder {
		b.check(conformance.CheckResult{Case: "x", Status: conformance.Failed, Level: new(accurate), Max: new(conformance.Ulps(1))})
		b.r.Failures[0].Outcome = conformance.UnexpectedPass
		return b
	})
	obeyed := one(func(b *builder) *builder { return b.law("x", conformance.Passed) })
	broken := one(func(b *builder) *builder { return b.law("x", conformance.Failed) })
	knownLaw := one(func(b *builder) *builder { return b.law("x", conformance.Known) })
	strictly := one(func(b *builder) *builder {
		return b.law("x", conformance.Failed).with(func(r *conformance.Report) { r.Laws.Level = exact })
	})
	skippedLaw := one(func(b *builder) *builder { return b.law("x", conformance.Skipped) })
	other := func(r *conformance.Report) *conformance.Report {
		r = reread(t, r)
		r.Vectors = "1" + r.Vectors[1:]
		return r
	}
	for name, c := range map[string]struct {
		from, to   *conformance.Report
		regression bool
		verdict    string
	}{
		"fails":                               {passed, failed, true, "1 broke, 0 mended, 0 drifted"},
		"fails as known":                      {passed, known, true, "1 broke, 0 mended, 0 drifted"},
		"is mended":                           {failed, passed, false, "0 broke, 1 mended, 0 drifted"},
		"is known and mended":                 {known, passed, false, "0 broke, 1 mended, 0 drifted"},
		"passes unexpectedly":                 {known, unexpected, false, "0 broke, 1 mended, 0 drifted"},
		"becomes known":                       {failed, known, false, "0 broke, 0 mended, 0 drifted"},
		"is known no more, and the same":      {known, failed, false, "0 broke, 0 mended, 0 drifted"},
		"is known, and worse within bounds":   {known, worseKnown, false, "0 broke, 0 mended, 1 drifted (1 to more ulp, 0 to fewer)"},
		"is known, and worse beyond bounds":   {known, beyondKnown, true, "1 broke, 0 mended, 0 drifted"},
		"fails, with a larger error":          {failed, beyondKnown, false, "0 broke, 0 mended, 1 drifted (1 to more ulp, 0 to fewer)"},
		"fails, at a lower level":             {failed, graver, true, "1 broke, 0 mended, 0 drifted"},
		"fails, at a higher level":            {graver, failed, false, "0 broke, 0 mended, 1 drifted (0 to more ulp, 0 to fewer)"},
		"passed, and is gone":                 {passed, gone, true, "1 vanished (1 of them a regression): a regression"},
		"passed, and is skipped":              {passed, skipped, true, "1 vanished (1 of them a regression): a regression"},
		"passed, and is gone from the suite":  {passed, other(gone), false, "1 vanished (0 of them a regression): no regression"},
		"failed, and is gone":                 {failed, gone, false, "1 vanished (0 of them a regression): no regression"},
		"failed, and is skipped":              {failed, skipped, false, "0 broke, 0 mended, 0 drifted (0 to more ulp, 0 to fewer), 0 appeared, 1 vanished"},
		"was skipped, and is gone":            {skipped, gone, false, "0 appeared, 0 vanished"},
		"was skipped, and fails":              {skipped, failed, false, "1 appeared, 0 vanished"},
		"appears, and fails":                  {gone, failed, false, "1 appeared, 0 vanished"},
		"is held to a lower level":            {failed, lax, false, "0 broke, 0 mended, 0 drifted"},
		"is held to a higher level":           {lax, failed, false, "0 broke, 0 mended, 0 drifted"},
		"is a law that breaks":                {obeyed, broken, true, "1 broke"},
		"is a law that breaks as known":       {obeyed, knownLaw, true, "1 broke"},
		"is a law that is obeyed again":       {knownLaw, obeyed, false, "0 broke, 1 mended"},
		"is a broken law that is known":       {broken, knownLaw, false, "0 broke, 0 mended"},
		"is a law that is gone":               {obeyed, gone, true, "1 vanished (1 of them"},
		"is a law that is skipped":            {obeyed, skippedLaw, true, "1 vanished (1 of them"},
		"is a law that is held more strictly": {obeyed, strictly, false, "0 broke, 0 mended"},
		"is a law that is held more laxly":    {strictly, obeyed, false, "0 broke, 0 mended"},
		"is a broken law that is not checked": {broken, gone, false, "1 vanished (0 of them"},
	} {
		d := Diff(c.from, c.to)
		require.Equal(t, c.regression, d.Regression, "what %s: %s", name, d.Verdict())
		require.Contains(t, d.Verdict(), c.verdict, name)
	}
}

func TestDiff_TellsWhatIsHardToCompare(t *testing.T) {
	all := threeReports(t)
	d := Diff(all[0], all[2])
	text := shown(t, func(w io.Writer) error { return d.WriteText(w, 10) })
	for _, says := range []string{"note: new one is incomplete: stopped after 1 of 3", "note: the required levels differ (old one: 3 accurate, new one: 2 stable)",
		"note: the seeds differ", "note: the vectors differ (old one: 000000000000, new one: 111111111111)", "note: the platforms differ",
		"note: the numbers of checks of each law differ (old one: 100, new one: no laws)"} {
		require.Contains(t, text, says)
	}
}
