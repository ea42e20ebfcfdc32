package reporting

import (
	"io"
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
			Known: "../impl/adapters/two/known/2.1.txt", Remarks: Remarks{Apart: "the formulas of a book", Composed: []string{"sigmoid: 1 − the other"}},
			Findings: []Finding{{File: "../impl/adapters/two/findings/a.py", Output: "a sigmoid\ngot  1\nwant 2\n"}}}},
		NotRun: []NotRun{{"three", "NOT INSTALLED"}}}
}

func TestScoreboard(t *testing.T) {
	requireGolden(t, "scoreboard.md", scoreboardOf(t, board(t)))
}

func TestScoreboard_SameReportsGiveTheSamePage(t *testing.T) {
	require.Equal(t, scoreboardOf(t, board(t)), scoreboardOf(t, board(t)))
}

// A table keeps its columns, and every library has the command that repeats what is wrong.
func TestScoreboard_EveryLineHasItsColumns(t *testing.T) {
	r := checked(t, conformance.Pointwise(bce, naive))
	page := scoreboardOf(t, &Scoreboard{Libraries: []Library{{Report: r, Command: "./naive"}}})
	columns := 0
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
	}
	require.Regexp(t, "For example: "+bce+" f64 value: .* `go run ./cmd/lossproof verify --case [\\w.]+ -- ./naive` asks for it again", page)
}

// inputs gives the last check of the report's last row a kind.
func (b *builder) inputs(of conformance.Inputs) *builder {
	checks := b.r.Rows[len(b.r.Rows)-1].Checks
	checks[len(checks)-1].Inputs = of
	return b
}

func TestScoreboard_InputsOfEachKindCountByThemselves(t *testing.T) {
	r := build(t, "one").row("sigmoid", "f32", value).ran("a", exact, 0).ran("b", closely, 900).
		ran("c", conformance.Callable, 1e9).inputs(conformance.Large).
		row("sigmoid", "f64", value).ran("d", exact, 0).ran("e", exact, 0).done()
	l := Library{Report: r}
	of := shares(r)
	require.Equal(t, share{ran: 4, wrong: 1, level: closely}, *of[bin{"sigmoid", conformance.Value, conformance.Everyday}])
	require.Equal(t, share{ran: 1, wrong: 1, far: 1, level: conformance.Callable}, *of[bin{"sigmoid", conformance.Value, conformance.Large}])
	require.Equal(t, 4, l.total(of, conformance.Everyday).ran)
	require.Zero(t, l.total(of, conformance.Extreme).ran)
	require.Equal(t, "b", l.example().Case, "an everyday input rather than a large one")
	l.Remarks.Borrowed = map[string][]string{"two": {"sigmoid"}}
	require.Zero(t, l.total(of, conformance.Everyday).ran, "it counts for two")
	require.Nil(t, l.example())
}

// Where every vector is right and the law against the truth is broken at inputs of the kind, the level is no higher than the law allows.
func TestScoreboard_ALawAgainstTheTruthLowersTheLevel(t *testing.T) {
	everyday := bin{"sigmoid", conformance.Value, conformance.Everyday}
	b := build(t, "one").row("sigmoid", "f32", value).ran("a", exact, 0).law("value_is_true", conformance.Failed)
	r := b.done()
	require.Equal(t, "5", shares(r)[everyday].String(), "what breaks the law is not known")
	law := &r.Laws.Results[0]
	law.Failure = &properties.Failure{}
	require.Equal(t, "5", shares(r)[everyday].String())
	law.Inputs = conformance.Large
	require.Equal(t, "5", shares(r)[everyday].String())
	law.Inputs = conformance.Everyday
	require.Equal(t, "**≤ 2**", shares(r)[everyday].String())
	law.Law = "gradient_is_true"
	require.Equal(t, "5", shares(r)[everyday].String())
}

func TestFinding_OnOneLine(t *testing.T) {
	f := Finding{Output: "a sigmoid of 1\ngot  0.5\nwant 0.7\nmended 0.7\n"}
	require.Equal(t, "a sigmoid of 1 → **0.5**, true: 0.7", f.line())
}

func TestPercent_SomethingIsNotNothing(t *testing.T) {
	for want, of := range map[string][2]int{"0": {0, 7}, "< 1 %": {1, 1000}, "1 %": {1, 100}, "100 %": {3, 3}} {
		require.Equal(t, want, percent(of[0], of[1]))
	}
}

func TestScoreboard_OfNoReportsIsAnError(t *testing.T) {
	require.ErrorContains(t, WriteScoreboard(io.Discard, &Scoreboard{}), "no reports")
}
