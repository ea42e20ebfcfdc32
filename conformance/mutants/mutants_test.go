package mutants

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/full"
)

// failures holds a subject made by this package against the vectors of its loss.
func failures(t *testing.T, m Mutant, dtypes ...string) []*conformance.Failure {
	t.Helper()
	r, err := conformance.Config{Losses: []string{m.Loss}, Dtypes: dtypes, Only: conformance.Golden, Live: -1, Workers: 1, NoCauses: true}.Check(t.Context(), m.Subject())
	require.NoError(t, err)
	require.NotZero(t, r.Tally.Ran())
	return r.Failures
}

// turn are the dtypes that a frame is tried in: those of float64 and of one other, in turns, or all.
func turn(i int) []string {
	if full.Run() {
		return nil
	}
	return []string{"f64", []string{"f32", "bf16", "f16"}[i%3]}
}

// What kills a mutant is its defect only if the frame around it is right.
func TestFrame_WithoutADefectIsRight(t *testing.T) {
	for i, l := range loss.All() {
		for _, f := range failures(t, Mutant{Name: "no defect", Loss: l.Name}, turn(i)...) {
			t.Error(f)
		}
	}
}

// The formulas that are mutated by machine are right before, but where plain float64 cannot be: a power
// makes γ ulps of one.
func TestFormulas_AreAccurate(t *testing.T) {
	powers := map[string][]string{ // large exponents, and a root of what is next to 0
		"softmax_focal":       {"gamma=60", "gamma=120"},
		"focal_tversky":       {"exponent=5", "focal_tversky.f64.bslngwe4vn25"},
		"poly1_cross_entropy": {"epsilon=10"},                   // times a probability below the smallest number
		"lovasz_softmax":      {"(Boundary)", "(NearTie)"},      // 1 − p rounds where the order hangs on it
		"siou":                {"siou.f64.wdpbxjwuvard"},        // slopes by direction and by distance that cancel
		"bounded_iou":         {"bounded_iou.f64.ctshbe5l7q2z"}, // the sign of a width less twice an offset, all of whose digits cancel
	}
	for i, l := range loss.All() {
		require.Contains(t, texts, l.Name, "every loss has a formula")
		m := Mutant{Name: "no defect", Loss: l.Name, program: compiled(definitions(l.Name), l)}
		for _, f := range failures(t, m, turn(i)...) {
			text := f.String()
			if !slices.ContainsFunc(powers[l.Name], func(part string) bool { return strings.Contains(text, part) }) {
				t.Error(f)
			}
		}
	}
}

// The pieces that defects are made of are right too, each as a loss of its own.
func TestKit_PiecesAreStable(t *testing.T) {
	pieces := map[string]Defect{
		"binary_cross_entropy_with_logits": value(func(e *example) float64 { return binary(e, softplus) }),
		"sigmoid":                          value(func(e *example) float64 { return sigmoid(e.z) }),
		"softplus":                         value(func(e *example) float64 { return softplus(e.z) }),
		"binary_cross_entropy": value(func(e *example) float64 {
			p, _ := e.Clip(e.z)
			return probability(e, p)
		}),
		"cross_entropy": value(func(e *example) float64 { return weighed(classWeights(e), surprises(e.pred)) }),
		"softmax":       values(func(e *example) []float64 { return softmax(e.pred) }),
		"sigmoid_focal": value(func(e *example) float64 { return sigmoidFocal(e).value() }),
	}
	for name, d := range pieces {
		m := Mutant{Name: "no defect", Loss: name, defect: d}
		r, err := conformance.Config{Losses: []string{name}, Only: conformance.Golden, Live: -1, Level: conformance.Stable}.Check(t.Context(), m.Subject())
		require.NoError(t, err)
		for _, f := range r.Failures {
			if !strings.Contains(f.Input, "e-3") { // math.Log is wrong for subnormal numbers
				t.Error(f)
			}
		}
	}
}

// The museum has a row for whatever a mutant or a flag of the vectors names, and no other.
func TestMuseum_HasWhatIsNamed(t *testing.T) {
	page, err := os.ReadFile("MUSEUM.md")
	require.NoError(t, err)
	rows := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([BO]\d+) \|`).FindAllStringSubmatch(string(page), -1) {
		require.False(t, rows[row[1]], "%s is there twice", row[1])
		rows[row[1]] = true
	}
	named := map[string]bool{}
	for _, m := range slices.Concat(All(), Adversaries()) {
		for _, row := range strings.Split(m.Museum, ", ") {
			named[row] = true
		}
	}
	for _, f := range golden.Flags() {
		for _, row := range f.Mutants {
			named[row] = true
		}
	}
	require.Equal(t, named, rows)
}

func TestNamed_AreDocumented(t *testing.T) {
	issue := regexp.MustCompile(`^[\w.-]+/[\w.-]+( PR)?#\d+$`)
	museum := regexp.MustCompile(`^(B\d{3}|O\d+)(, (B\d{3}|O\d+))*$`)
	reported := 0
	names, losses := map[string]bool{}, map[string]bool{}
	for _, m := range All() {
		require.False(t, names[m.Name], "%s is there twice", m.Name)
		names[m.Name], losses[m.Loss] = true, true
		if m.Issue != "" || strings.HasPrefix(m.Museum, "B") {
			require.Regexp(t, issue, m.Issue, m.Name)
			reported++
		}
		require.Regexp(t, museum, m.Museum, m.Name)
		require.NotEmpty(t, m.Mechanism, m.Name)
		require.NotNil(t, m.defect, m.Name)
		require.False(t, m.OnlyGolden != "" && m.OnlyLaws != "", m.Name)
		require.NoError(t, m.Subject().Describe().Validate())
	}
	require.GreaterOrEqual(t, reported, 80)
	for _, l := range loss.All() {
		require.True(t, losses[l.Name], "no mutant of %s", l.Name)
	}
}

// Every named mutant is killed by the vectors of its loss, unless only a law can see it.
func TestNamed_GoldenKillsEach(t *testing.T) {
	for _, m := range All() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			killed := false
			for _, dtype := range m.Formats() { // most die in the first, and ci/mutants counts what kills them in the others
				killed = killed || len(failures(t, m, dtype)) > 0
			}
			require.Equal(t, m.OnlyLaws == "", killed, "OnlyLaws is %q", m.OnlyLaws)
		})
	}
}

// Every adversary is killed: here a few of them, drawn by the seed, and all of them by ci/mutants.
func TestAdversaries_SomeAreKilled(t *testing.T) {
	m, err := Config{Families: []Family{Hidden, Confined}, Of: 1000, Seed: 4}.NewMatrix(t.Context())
	require.NoError(t, err)
	require.NoError(t, m.Err())
}

// A proof about a mutant that there is none of proves nothing.
func TestEquivalents_Exist(t *testing.T) {
	var names []string
	for _, m := range machineMade() {
		names = append(names, m.Name)
	}
	for name := range equivalents {
		require.Contains(t, names, name)
	}
	require.Len(t, Machine(), len(names)-len(equivalents))
}

func TestMatrix_IsTheSameAgain(t *testing.T) {
	run := func(workers int) string {
		m, err := Config{Mutants: []string{"softplus-naive", "gradient-accumulates", "sum-for-mean"}, Checks: 5, Workers: workers}.NewMatrix(t.Context())
		require.NoError(t, err)
		return fmt.Sprint(m)
	}
	require.Equal(t, run(1), run(2))
}

func TestMatrix_LivingAndStaleAreErrors(t *testing.T) {
	killed, blind := Side{Ran: true, By: []Kill{{"x", 1}}}, Side{Ran: true}
	for _, c := range []struct {
		row  Row
		want string
	}{
		{Row{Golden: killed, Laws: killed}, ""},
		{Row{Golden: blind, Laws: blind}, "it lives"},
		{Row{Golden: blind}, "it lives"},
		{Row{Golden: killed, Laws: blind}, "no law sees it"},
		{Row{Golden: blind, Laws: killed}, "no vector sees it"},
		{Row{Mutant: Mutant{OnlyGolden: "why"}, Golden: killed, Laws: blind}, ""},
		{Row{Mutant: Mutant{OnlyGolden: "why"}, Golden: killed, Laws: killed}, "stale"},
		{Row{Mutant: Mutant{OnlyLaws: "why"}, Golden: blind, Laws: killed}, ""},
		{Row{Mutant: Mutant{OnlyLaws: "why"}, Golden: killed, Laws: killed}, "stale"},
		{Row{Machine: true, Golden: killed, Laws: blind}, ""},
		{Row{Machine: true, Golden: blind, Laws: blind}, "it lives"},
	} {
		err := (&Matrix{Rows: []Row{c.row}}).Err()
		if c.want == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, c.want)
		}
	}
	require.Error(t, (&Matrix{}).Err(), "a matrix of nothing shows nothing")
}

func TestNewMatrix_RefusesUnknownNames(t *testing.T) {
	_, err := Config{Mutants: []string{"softplus-naiv"}}.NewMatrix(t.Context())
	require.ErrorContains(t, err, "near it are [softplus-naive]")
	_, err = Config{Losses: []string{"hinges"}}.NewMatrix(t.Context())
	require.Error(t, err)
}

func TestEdits_AreWhatTheyAreCalled(t *testing.T) {
	var got []string
	body := formula.MustParse("if(x < 0, 1 - sigmoid(-x), log1p(x))")[0].Body
	for _, e := range edits(body) {
		got = append(got, e.kind+" "+replaced(body, e.from, e.to).String())
	}
	slices.Sort(got)
	for _, want := range []string{
		"bound if(x <= 0, 1 - sigmoid(-x), log1p(x))",
		"constant if(x < 9.5367431640625e-07, 1 - sigmoid(-x), log1p(x))",
		"sign if(x < 0, 1 + sigmoid(-x), log1p(x))",
		"sign if(x < 0, 1 - sigmoid(x), log1p(x))",
		"term if(x < 0, 1, log1p(x))",
		"naive if(x < 0, 1 - (1 - sigmoid(x)), log1p(x))",
		"naive if(x < 0, 1 - sigmoid(-x), log(1 + x))",
		"constant if(x < 0, 1.0000009536743164 - sigmoid(-x), log1p(x))",
	} {
		require.Contains(t, got, want)
	}
}
