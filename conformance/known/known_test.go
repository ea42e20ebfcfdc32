package known

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/subject"
)

func TestParse_NamesTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"a.b.c/value inaccurate 3":        "line 1: 3 fields",
		"\n# x\na.b/value panicked - why": `line 3: the pattern "a.b/value"`,
		"a.b.c panicked - why":            "is not <loss>.<dtype>.<case>/<output>",
		"a.b.[/value panicked - why":      "syntax error in pattern",
		"a.b.c/value slow - why":          `no outcome "slow"`,
		"a.b.c/value panicked 3 why":      "has no bound in ulp",
		"a.b.c/value inaccurate - why":    `the bound "-" is not a number of ulp`,
		"a.b.c/value inaccurate NaN why":  `the bound "NaN"`,
		"a.b.c/value inaccurate -1 why":   `the bound "-1"`,
		"a.b.c/law panicked - why":        "is broken, and nothing else is",
		"a.b.c/value broken - why":        "is broken, and nothing else is",
		"a.b.c/law broken 3 why":          "has no bound in ulp",
		"a.b.c/value inaccurate:0 1 why":  `the outcome "inaccurate:0": want a count of failures after the colon`,
		"a.b.c/value unrepeatable:2 - x":  "name them without a count",
		"a.b.c/value unrepeatable x why":  `the bound "x" is not a number of ulp`,
		"a.b.c/value inaccurate: 1 why":   "want a count of failures",
		"*.b.c/value inaccurate:3 1 why":  "it must name one loss and dtype",
		"a.[b].c/law broken:3 - why":      "it must name one loss and dtype",
	} {
		_, err := Parse(strings.NewReader(text))
		require.ErrorContains(t, err, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("a.b.*/value inaccurate 3.5 a reason\n# comment\n\n*.f32.x/grad panicked - why")
	f.Add("a.[.c/value inaccurate 1 x")
	f.Add("a.b.*/value inaccurate:3 1 x\na.b.*/law broken:12 - x")
	f.Add("a.b.c/grad unrepeatable - x\na.b.@Flag/grad unrepeatable 3 x")
	f.Add("a.b.@Flag/grad inaccurate 1e308 x\na.b.*/law broken - x")
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, e := range entries {
			if e.Line < 1 || e.Reason == "" || math.IsNaN(e.Bound) || e.Bound < 0 || e.Count < 0 ||
				(e.Outcome == subject.Inaccurate || e.Outcome == subject.Unrepeatable) == math.IsInf(e.Bound, 1) {
				t.Errorf("%+v", e)
			}
			e.Matches("a.b.c/value")
		}
	})
}
