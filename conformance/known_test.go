package conformance

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance/known"
)

func TestKnownFailures(t *testing.T) {
	wrong := Pointwise(bce, wrongAbove17)
	r := checked(t, wrong)
	var file bytes.Buffer
	require.NoError(t, r.WriteKnownFailures(&file, KnownLines{Reason: "float32 sigmoid saturates", Most: math.MaxInt}))
	lines := strings.Split(strings.TrimSpace(file.String()), "\n")
	const head = 3 // lines of comment, and an empty one
	require.Len(t, lines, head+len(r.Failures), "fewer than all fail, so each has a line of its own")
	with := func(text string) *Report { return checked(t, wrong, Config{Known: parsed(t, text)}) }

	held := with(file.String())
	require.NoError(t, held.Err(), "what is known does not fail the run")
	require.Equal(t, len(r.Failures), held.Tally.Known)
	require.Len(t, held.Known, len(r.Failures))

	dead := with(file.String() + bce + ".f32.nosuch*/value inaccurate 3 gone\n")
	require.ErrorContains(t, dead.Err(), fmt.Sprintf("line %d: %s.f32.nosuch*/value matches no check", len(lines)+1, bce))
	elsewhere := checked(t, wrong, Config{Losses: []string{bce}, Dtypes: []string{"f32"}, Known: parsed(t, file.String()+"*.f64.*/value inaccurate 3 gone\n")})
	require.NoError(t, elsewhere.Err(), "a line for a dtype that was not asked for is not dead")

	fields := strings.Fields(lines[head])
	worse := with(strings.Replace(file.String(), fields[2], "17", 1))
	require.Len(t, worse.Failures, 1)
	require.Contains(t, failures(worse), "note     line 4 of the known failures (float32 sigmoid saturates) allows 17 ulp")

	other := with(strings.Replace(file.String(), "inaccurate  "+fields[2], "panicked  -", 1))
	require.Contains(t, failures(other), "expects the outcome panicked")

	passing := checked(t, Pointwise(bce, goodBCE), Config{Known: parsed(t, file.String())})
	require.Len(t, passing.Failures, len(r.Failures))
	require.Contains(t, failures(passing), "unexpected pass")
}

// knownOf is the file of known failures of a report, without its comments.
func knownOf(t *testing.T, r *Report) (file string, lines []string) {
	t.Helper()
	return knownIn(t, r, KnownLines{Reason: "to be written", Most: math.MaxInt})
}

func knownIn(t *testing.T, r *Report, how KnownLines) (file string, lines []string) {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, r.WriteKnownFailures(&text, how))
	for _, line := range strings.Split(text.String(), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
	}
	return text.String(), lines
}

// requireRoundTrip demands that a run with the file that its report gives has nothing
// unexpected, and finds the same failures.
func requireRoundTrip(t *testing.T, s Subject, configs ...Config) (lines []string) {
	t.Helper()
	var c Config
	if len(configs) > 0 {
		c = configs[0]
	}
	r := checked(t, s, c)
	require.Positive(t, r.Tally.Failed)
	file, lines := knownOf(t, r)
	c.Known = parsed(t, file)
	again := checked(t, s, c)
	require.NoError(t, again.Err(), "%s\n%s", file, failures(again))
	require.Equal(t, Tally{Passed: r.Tally.Passed, Known: r.Tally.Failed, Skipped: r.Tally.Skipped}, again.Tally)
	same, _ := knownOf(t, again)
	require.Equal(t, file, same, "a file is a fixed point")
	return lines
}

func TestWriteKnownFailures_OneLineWhereEveryCheckFails(t *testing.T) {
	nothing := func(z, y float32) (float32, float32) { return float32(math.NaN()), 0 }
	lines := requireRoundTrip(t, Pointwise(bce, nothing))
	require.Contains(t, lines, bce+".f32.@Everyday/value not_finite - to be written")
	all := func(z, y float32) (float32, float32) { panic("no") }
	require.Equal(t, []string{bce + ".f32.*/value panicked - to be written", bce + ".f32.*/grad panicked - to be written"},
		requireRoundTrip(t, Pointwise(bce, all)))
}

func TestWriteKnownFailures_OtherOutcomesStandAboveThePattern(t *testing.T) {
	lines := requireRoundTrip(t, Pointwise(bce, func(z, y float32) (float32, float32) {
		if z == 5 {
			panic("five")
		}
		value, grad := goodBCE(z, y)
		return float32(math.NaN()), grad + 0*value
	}), Config{Cases: []string{"bcel.f32.00[0-9]", "bcel.f32.01[0-3]"}})
	require.Equal(t, []string{
		bce + ".f32.bcel.f32.010/value panicked - to be written",
		bce + ".f32.*/value not_finite - to be written",
		bce + ".f32.bcel.f32.010/grad panicked - to be written",
	}, lines)
}

func TestWriteKnownFailures_Laws(t *testing.T) {
	lines := requireRoundTrip(t, Pointwise(bce, wrongAbove17), Config{Only: both, Checks: 20})
	require.Contains(t, lines, bce+".f32.value_is_true/law broken - to be written")
}

// What differs from call to call may be the same twice: then it is a pass or inaccurate, and no
// surprise either way.
func TestKnownFailures_ThatDoNotRepeat(t *testing.T) {
	const at5 = bce + ".f32.bcel.f32.030" // prediction 5, target 1
	var calls atomic.Int64
	// subject is wrong above 17, and its value at 5 is off by so many ulp, and one more with each call.
	subject := func(ulps, more float32) Subject {
		return Pointwise(bce, func(z, y float32) (float32, float32) {
			value, grad := wrongAbove17(z, y)
			if z == 5 && y == 1 {
				value += (ulps + more*float32(calls.Add(1))) * (math.Nextafter32(value, 1) - value)
			}
			return value, grad
		})
	}
	steady, differs, off := subject(0, 0), subject(0, 1), subject(1000, 0)
	other := Pointwise(bce, func(z, y float32) (float32, float32) {
		if z == 5 && y == 1 {
			panic("five")
		}
		return wrongAbove17(z, y)
	})
	with := func(s Subject, text string) *Report { return checked(t, s, Config{Known: parsed(t, text)}) }

	for _, most := range []int{0, math.MaxInt} {
		how := KnownLines{Reason: "threads", Most: most}
		seen := checked(t, differs)
		require.Len(t, slices.DeleteFunc(slices.Clone(seen.Failures), func(f *Failure) bool { return f.Outcome != Unrepeatable }), 2, "value and gradient of one case")
		file, lines := knownIn(t, seen, how)
		require.Equal(t, at5+"/value unrepeatable - threads", lines[0])
		require.Contains(t, lines, at5+"/grad unrepeatable - threads")
		require.NoError(t, with(differs, file).Err())
		require.NoError(t, with(steady, file).Err(), "a pass by chance")
		require.Contains(t, failures(with(off, file)), "(threads) allows 0 ulp")
		require.Contains(t, failures(with(other, file)), "expects the outcome unrepeatable")

		how = KnownLines{Reason: "another", Most: most, From: parsed(t, file)}
		same, _ := knownIn(t, checked(t, steady), how)
		require.Equal(t, strings.ReplaceAll(file, "threads", "."), strings.ReplaceAll(strings.ReplaceAll(same, "another", "."), "threads", "."), "kept, though it passed")
		wider, lines := knownIn(t, checked(t, off), how)
		require.Equal(t, at5+"/value unrepeatable 1000 threads", lines[0])
		require.Contains(t, lines, at5+"/grad unrepeatable - threads")
		for _, s := range []Subject{steady, differs, off} {
			require.NoError(t, with(s, wider).Err())
		}
		require.Contains(t, failures(with(subject(1001, 0), wider)), "(threads) allows 1000 ulp")
		again, lines := knownIn(t, checked(t, other), how)
		require.Regexp(t, `/value panicked\S* - another`, strings.Join(lines, "\n"), "what fails otherwise has another line")
		require.NotContains(t, again, "unrepeatable")
	}
}

func TestKnownFailures_OfLaws(t *testing.T) {
	wrong := Pointwise(bce, wrongAbove17)
	with := func(s Subject, text string, laws ...string) *Report {
		return checked(t, s, Config{Only: Properties, Checks: 20, Laws: laws, Known: parsed(t, text)})
	}
	line := bce + ".f32.value_is_true/law broken - saturates\n"
	held := with(wrong, line, "value_is_true")
	require.NoError(t, held.Err())
	require.Equal(t, Tally{Known: 1}, held.Tally)
	require.Equal(t, Known, held.Laws.Results[0].Status)
	require.Equal(t, "saturates", held.Laws.Results[0].Note)
	passing := with(Pointwise(bce, goodBCE), line, "value_is_true")
	require.Equal(t, Tally{Failed: 1}, passing.Tally)
	require.Contains(t, failures(passing), "a known failure that holds is no longer one: delete line 1 of the known failures (saturates)")
	dead := with(Pointwise(bce, goodBCE), bce+".f32.nosuch/law broken - gone\n"+bce+".f32.nosuch/value inaccurate 1 of the other part\n")
	require.Equal(t, []string{"line 1: " + bce + ".f32.nosuch/law matches no check that ran: delete it"}, dead.DeadEntries)
}

func TestKnownFailures_TheFirstLineThatMatchesCounts(t *testing.T) {
	r := checked(t, Pointwise(bce, wrongAbove17))
	first, all := r.Failures[0].Case, bce+".f32.@Everyday/value inaccurate 1e9 all\n"
	held := checked(t, Pointwise(bce, wrongAbove17), Config{Cases: []string{first}, Known: parsed(t, bce+".f32."+first+"/value inaccurate 1e9 one\n"+all)})
	require.Equal(t, "one", held.Known[0].Note)
	held = checked(t, Pointwise(bce, wrongAbove17), Config{Cases: []string{first}, Known: parsed(t, all)})
	require.Equal(t, "all", held.Known[0].Note, "a flag of the case")
}

// Where there would be too many lines, there are counts: they hold a subject, in both directions,
// and are a fixed point too.
func TestWriteKnownFailures_CountsWhatIsTooMuch(t *testing.T) {
	mixed := func(z, y float32) (float32, float32) {
		if value, grad := wrongAbove17(z, y); z < 40 {
			return value, grad
		}
		panic("too large")
	}
	s, config := Pointwise(bce, mixed), Config{Only: both, Checks: 20}
	r := checked(t, s, config)
	file, lines := knownIn(t, r, KnownLines{Reason: "saturates; or so"})
	require.Less(t, len(lines), 8, file)
	require.Regexp(t, `(?m)^`+bce+`\.f32\.\*/value +inaccurate:[1-9]\d* +\S+ +saturates; or so$`, file)
	require.Regexp(t, `(?m)^`+bce+`\.f32\.\*/law +broken:[1-9]\d* +- +saturates; or so$`, file)
	with := func(text string, cases ...string) *Report {
		return checked(t, s, Config{Only: both, Checks: 20, Cases: cases, Known: parsed(t, text)})
	}
	again := with(file)
	require.NoError(t, again.Err())
	require.Equal(t, Tally{Passed: r.Tally.Passed, Known: r.Tally.Failed, Skipped: r.Tally.Skipped}, again.Tally)
	same, _ := knownIn(t, again, KnownLines{})
	require.Equal(t, file, same)
	renewed, _ := knownIn(t, r, KnownLines{Reason: "to be written", From: parsed(t, file)})
	require.Equal(t, file, renewed, "reasons of an older file")

	for k, line := range lines {
		fields := strings.Fields(line)
		outcome, n, ok := strings.Cut(fields[1], ":")
		require.True(t, ok, line)
		count, err := strconv.Atoi(n)
		require.NoError(t, err)
		for _, other := range []int{count + 1, count - 1} {
			if other == 0 {
				continue
			}
			fields[1] = fmt.Sprintf("%s:%d", outcome, other)
			changed := slices.Clone(lines)
			changed[k] = strings.Join(fields, " ")
			r := with(strings.Join(changed, "\n"))
			require.ErrorContains(t, r.Err(), fmt.Sprintf("line %d: %d checks of %s are %s, and the line counts %d", k+1, count, fields[0], outcome, other))
			require.Len(t, r.DeadEntries, 1)
		}
	}
	require.NoError(t, with(file, r.Failures[0].Case).Err(), "of a part of the cases there is no count")
	worse := with(regexp.MustCompile(`(inaccurate:\d+ +)\S+`).ReplaceAllString(file, "${1}0.5"))
	require.NotEmpty(t, worse.Failures)
	require.Empty(t, worse.DeadEntries)
	require.Contains(t, failures(worse), "(saturates; or so) allows 0.5 ulp")
}

// Without a reason a line has one of its failures, the plainest, which is not taken for a reason
// that a person wrote.
func TestWriteKnownFailures_SaysWhatWasSeen(t *testing.T) {
	s, config := Pointwise(bce, wrongAbove17), Config{Only: both, Checks: 20}
	r := checked(t, s, config)
	file, lines := knownIn(t, r, KnownLines{})
	require.Contains(t, strings.Join(lines, "\n"), " seen: prediction 17, target 1 gives 0, true: 4.1399375e-08")
	require.Regexp(t, bce+`\.f32\.\*/law broken:\d+ - seen: \w+ at prediction \d+, target 1: `, strings.Join(lines, "\n"))
	config.Known = parsed(t, file)
	again := checked(t, s, config)
	require.NoError(t, again.Err())
	_, after := knownIn(t, again, KnownLines{Reason: "new", From: parsed(t, file)})
	require.Equal(t, len(lines), strings.Count(strings.Join(after, "\n"), " new"))
}

func parsed(t *testing.T, file string) []known.Failure {
	t.Helper()
	entries, err := known.Parse(strings.NewReader(file))
	require.NoError(t, err)
	return entries
}

// A law that is broken in every dtype has one line.
func TestWriteKnownFailures_OneLineForAllDtypes(t *testing.T) {
	s := Join("both", "1", Pointwise(bce, wrongAbove17), Pointwise(bce, func(z, y float64) (float64, float64) {
		value, grad := wrongAbove17(float32(z), float32(y))
		return float64(value), float64(grad)
	}))
	r := checked(t, s, Config{Only: Properties, Checks: 20})
	file, lines := knownOf(t, r)
	require.Contains(t, lines, bce+".*.value_is_true/law broken - to be written")
	require.NoError(t, checked(t, s, Config{Only: Properties, Checks: 20, Known: parsed(t, file)}).Err(), file)
}

func TestWriteKnownFailures_KeepsReasonsAndDropsWhatPasses(t *testing.T) {
	r := checked(t, Pointwise(bce, wrongAbove17))
	_, lines := knownOf(t, r)
	kept := strings.Replace(lines[0], "to be written", "log of 1", 1)
	again := checked(t, Pointwise(bce, wrongAbove17), Config{Known: parsed(t, kept)})
	_, after := knownOf(t, again)
	require.Equal(t, append([]string{kept}, lines[1:]...), after)
	mended := checked(t, Pointwise(bce, goodBCE), Config{Known: parsed(t, kept)})
	require.Equal(t, UnexpectedPass, mended.Failures[0].Outcome)
	_, none := knownOf(t, mended)
	require.Empty(t, none)
}

func TestWriteKnownFailures_RefusesWhatItCannotTell(t *testing.T) {
	r := checked(t, Pointwise(bce, wrongAbove17))
	r.Incomplete = "stopped"
	require.ErrorContains(t, r.WriteKnownFailures(&bytes.Buffer{}, KnownLines{}), "an incomplete report (stopped)")
	r.Incomplete, r.Vectors = "", "0"
	require.ErrorContains(t, r.WriteKnownFailures(&bytes.Buffer{}, KnownLines{}), "other vectors")
}

func TestRoundedUp(t *testing.T) {
	for x, want := range map[float64]float64{0: 0, 1: 1, 9.991: 10, 12.34: 12.4, 999: 999, 1000: 1000, 1001: 1010, 0.00012345: 0.000124,
		math.MaxFloat64: math.MaxFloat64, 1.7e308: 1.7e308, 5e-324: 5e-324, math.Inf(1): math.Inf(1)} {
		require.Equal(t, want, roundedUp(x), x)
	}
	for _, x := range []float64{0.1, 0.7, 1.005, 3.14159, 99.9999, 1e15 + 1, math.Nextafter(1000, 0), math.Nextafter(1000, 2000)} {
		up := roundedUp(x)
		require.True(t, up >= x && up <= x*1.01, "%g to %g", x, up) // three digits: at most 1 in 100 more
	}
}
