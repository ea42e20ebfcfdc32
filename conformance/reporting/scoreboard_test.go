package reporting

import (
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/properties"
)

func scoreboardOf(t *testing.T, s *Scoreboard) string {
	t.Helper()
	return shown(t, func(w io.Writer) error { return WriteScoreboard(w, s) })
}

// board has everything that a scoreboard can show.
func board(t *testing.T) *Scoreboard {
	all := threeReports(t)[:2]
	all[0].Subject.Environment = map[string]string{"language": "Python | 3.12", "device": "cpu"}
	all[0].Subject.Capabilities = []conformance.Capability{
		{Loss: "sigmoid", Conventions: map[string][]string{"empty_mean": {"nan"}}}, {Loss: "softplus", Conventions: map[string][]string{"empty_mean": {"nan"}}},
		{Loss: "softplus", Conventions: map[string][]string{"empty_mean": {"nan"}, "one_half": {"yes", "no"}}}}
	all[1].Warnings = []string{"it wrote to its end", "at 0xdeadbeef", "at 0xfeedbeef"}
	all[1].Failures[0].Input, all[1].Failures[0].Outcome = "prediction +Inf", conformance.NotFinite
	return &Scoreboard{Machine: "a machine, two cores",
		Libraries: []Library{{Report: all[0], Command: "impl/adapters/one/run"}, {Report: all[1], Command: "impl/adapters/two/run",
			Findings: []Finding{{File: "../impl/adapters/two/findings/a.py", Command: "ci/findings two/a.py", About: "sigmoid.f*/value", Output: "got  1\nwant 2\n"}}}},
		NotRun: []NotRun{{"three", "NOT INSTALLED"}}}
}

func TestScoreboard(t *testing.T) {
	requireGolden(t, "scoreboard.md", scoreboardOf(t, board(t)))
}

func TestScoreboard_SameReportsGiveTheSamePage(t *testing.T) {
	require.Equal(t, scoreboardOf(t, board(t)), scoreboardOf(t, board(t)))
}

// Every line of a library can be repeated, the cells of a table stay in it, and what was not run
// has no line.
func TestScoreboard_EveryLineHasItsCommand(t *testing.T) {
	r := checked(t, conformance.Pointwise(bce, naive))
	page := scoreboardOf(t, &Scoreboard{Libraries: []Library{{Report: r, Command: "./naive"}}})
	columns, lines := 0, 0
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if columns == 0 {
			columns = n
		}
		require.Equal(t, columns, n, line)
		if strings.HasPrefix(line, "| "+bce+" | f") && columns > 4 {
			lines++
			require.Regexp(t, "`go run ./cmd/lossproof verify --(case|only) .* -- ./naive` \\|(  \\|)?$", strings.TrimSpace(line))
		}
	}
	ran := slices.DeleteFunc(Compare([]*conformance.Report{r}).Rows, func(row ComparedRow) bool { return row.Output == laws || !row.Cells[0].Ran })
	require.Len(t, ran, lines)
	require.Positive(t, lines)
}

// Of what fails, the lowest level comes first, then the largest error.
func TestScoreboard_TheWorstFailureIsOfTheLowestLevel(t *testing.T) {
	r := build(t, "one").row("sigmoid", "f32", value).ran("a", closely, 900).ran("b", conformance.NotCallable, 3).ran("c", conformance.NotCallable, -7).
		row("sigmoid", "f64", value).ran("d", conformance.NotCallable, math.Inf(1)).row("sigmoid", "f32", grad).ran("e", exact, 0).done()
	rows := Compare([]*conformance.Report{r}).Rows
	for k, want := range []string{"c", "", "d"} {
		row := rows[slices.IndexFunc(rows, func(row ComparedRow) bool {
			return row.Format == []string{"f32", "f32", "f64"}[k] && row.Output == []string{"value", "grad", "value"}[k]
		})]
		w := wrongOf(r, &row)
		if want == "" {
			require.Empty(t, w.failures)
			continue
		}
		require.Equal(t, want, w.worst().Case)
	}
}

// Of equally bad ones, one with a finite input is shown, and the shortest.
func TestScoreboard_TheWorstFailureIsUnderstood(t *testing.T) {
	b := build(t, "one").row("sigmoid", "f32", value)
	for _, id := range []string{"a", "b", "c", "d"} {
		b.ran(id, conformance.NotCallable, math.Inf(1))
	}
	for k, input := range []string{"prediction NaN", "prediction 1 and 2", "prediction 1", "prediction 2"} {
		b.r.Failures[k].Input = input
	}
	r := b.done()
	w := wrongOf(r, &Compare([]*conformance.Report{r}).Rows[0])
	require.Equal(t, "c", w.worst().Case)
	require.Len(t, w.plain().failures, 3)
}

func TestScoreboard_OfNoReportsIsAnError(t *testing.T) {
	require.ErrorContains(t, WriteScoreboard(io.Discard, &Scoreboard{}), "no reports")
}

// Values of a parameter are one reason; other reasons with an equals sign stay apart.
func TestSkipReasons(t *testing.T) {
	b := build(t, "one").row("sigmoid", "f32", value)
	for id, reason := range map[string]string{"a": "no gamma = 1 (it has 0)", "b": "no gamma = 2 (it has 0)", "c": "no f16", "d": "no x if y = 3", "e": "no f16", "f": "no f16"} {
		b.skipped(id, reason)
	}
	require.Equal(t, []string{"no f16 (3)", "no gamma (2)", "no x if y = 3 (1)"}, skipReasons(b.done()))
}

// Of a law that no case could be checked against nobody can say that it is broken.
func TestScoreboard_ALawThatWasNotCheckedSaysSo(t *testing.T) {
	r := build(t, "one").row("sigmoid", "f32", value).ran("a", exact, 0).law("value_is_true", conformance.Failed).done()
	names := func() string { return lawRows(r)[0].names() }
	require.Equal(t, "value_is_true", names())
	r.Laws.Results[0].Failure = &properties.Failure{What: properties.Unproven}
	require.Equal(t, "value_is_true (f32 not checked)", names())
}
