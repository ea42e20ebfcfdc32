package conformance

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/lossproof/lossproof/conformance/known"
	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/printable"
	"github.com/lossproof/lossproof/internal/ulp"
)

// KnownLines says how known failures are written.
type KnownLines struct {
	// Reason of what was not known when the report was made, and is not in From; empty: each line
	// has one of its failures for a reason, seen anew when the file is written anew.
	Reason string
	// From has entries of an older file: of the same pattern and outcome, the reason is kept.
	From []known.Failure
	// Most lines for one output of a loss in a dtype, and for the laws of a loss: where it would
	// be more, a line counts the failures of each outcome. 0: there are counts only.
	Most int
}

// DefaultKnownLines is the most lines for one output where nothing else is asked for.
const DefaultKnownLines = 20

// WriteKnownFailures writes what a report found wrong as a file of known failures, for a
// subject that is to be held where it is: a run with the file conforms. Where every check of
// an output fails, or every one with a flag, one line stands for them, and where too many
// lines are left, lines with counts do. Bounds are rounded up to three digits. A failure that
// was known keeps its reason. Checks that do not repeat are never counted, and an entry of an
// older file for them is kept where they repeat by chance, with the larger bound of the two.
func (r *Report) WriteKnownFailures(w io.Writer, how KnownLines) error {
	switch {
	case r.Incomplete != "":
		return fmt.Errorf("conformance: known failures of an incomplete report (%s) would not be all", r.Incomplete)
	case r.Vectors != golden.Digest():
		return errors.New("conformance: known failures of a report on other vectors than this suite has: run it again")
	}
	name := strings.TrimSpace(r.Subject.Name + " " + r.Subject.Version)
	fmt.Fprintf(w, "# Known failures of %s, required level %s, seed %d, vectors %.12s.\n", oneLine(name), r.Level, r.Seed, r.Vectors)
	if r.Laws != nil {
		fmt.Fprintf(w, "# Laws were held against %d cases each. They are drawn: another number or seed may find other laws broken.\n", r.Laws.Checks)
	}
	fmt.Fprint(w, "# Each line: pattern, outcome, largest error in ulp (or -), reason.\n\n")
	table := tabwriter.NewWriter(w, 0, 1, 2, ' ', 0)
	entries, err := r.knownEntries(how)
	if err != nil {
		return err
	}
	for _, e := range entries {
		bound := "-"
		if e.Outcome == Inaccurate || e.Outcome == Unrepeatable && e.Bound > 0 {
			bound = strconv.FormatFloat(e.Bound, 'g', -1, 64)
		}
		outcome := string(e.Outcome)
		if e.Count > 0 {
			outcome += fmt.Sprintf(":%d", e.Count)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", e.Pattern, outcome, bound, oneLine(e.Reason))
	}
	return table.Flush()
}

// oneLine is a text as it can stand in a line.
func oneLine(text string) string {
	return printable.Line(strings.Join(strings.Fields(text), " "), printable.Most)
}

// A knownLine is an entry that is written.
type knownLine struct {
	known.Failure
	seen *Failure // the plainest of what it is about
}

// knownEntries lists the entries that make a run like that of the report conform.
func (r *Report) knownEntries(how KnownLines) ([]knownLine, error) {
	var entries []knownLine
	type output struct {
		loss, format string
		output       Output
	}
	var order []output
	failing := map[output]*failingOutput{}
	for k := range r.Rows {
		row := &r.Rows[k]
		at := output{row.Loss, row.Format, row.Output}
		if failing[at] == nil {
			order = append(order, at)
			failing[at] = &failingOutput{prefix: row.Loss + "." + row.Format + ".", suffix: "/" + string(row.Output), failures: map[string]*Failure{}}
		}
		for _, c := range row.Checks {
			if c.Ran() {
				failing[at].cases = append(failing[at].cases, c.Case)
			}
		}
	}
	for _, f := range slices.Concat(r.Failures, r.Known) {
		if f.Outcome == UnexpectedPass {
			continue
		}
		told := *f
		if slices.Contains(r.Failures, f) {
			told.Note = how.Reason // a note of a failure that is not known says what is wrong with its entry
		}
		if strings.HasPrefix(told.Note, seen) {
			told.Note = how.Reason
		}
		failing[output{f.Loss, f.Format, f.Output}].failures[f.Case] = &told
	}
	for _, at := range order {
		flags, err := flagsOf(at.loss, at.format)
		if err != nil {
			return nil, err
		}
		entries = append(entries, failing[at].unrepeatable(how.From, flags)...)
		lines := failing[at].entries(flags)
		if len(lines) > how.Most {
			lines = failing[at].counts()
		}
		entries = append(entries, lines...)
	}
	entries = append(entries, r.knownLaws(how)...)
	for k := range entries {
		e := &entries[k]
		older := slices.IndexFunc(how.From, func(o known.Failure) bool {
			return o.Pattern == e.Pattern && o.Outcome == e.Outcome && !strings.HasPrefix(o.Reason, seen)
		})
		if e.Reason == how.Reason && older >= 0 {
			e.Reason = how.From[older].Reason
		}
		if e.Reason == "" {
			e.Reason = seen + e.seen.Brief()
		}
	}
	return entries, nil
}

// seen begins a reason that is a failure, and not one that a person wrote.
const seen = "seen: "

// knownLaws lists the entries for broken laws: one for each, for all dtypes in one where it is
// broken in each; and counts for a loss of which too many are.
func (r *Report) knownLaws(how KnownLines) []knownLine {
	if r.Laws == nil {
		return nil
	}
	type law struct{ loss, law string }
	var losses []string
	laws := map[string][]string{}       // that are broken, of each loss
	broken := map[law][]knownLine{}     // one for each dtype
	counted := map[string][]knownLine{} // one for each dtype of a loss
	ran := map[law]int{}
	for _, l := range r.Laws.Results {
		at := law{l.Loss, l.Law}
		if l.Status != Skipped {
			ran[at]++
		}
		if l.Failure == nil {
			continue
		}
		e := knownLine{Failure: known.Failure{Pattern: known.LawKey(l.Loss, l.Format, l.Law), Outcome: Broken, Reason: how.Reason},
			seen: &Failure{Outcome: Broken, Case: l.Law, Input: l.Failure.Counterexample, Got: l.Failure.Left}}
		if l.Status == Known && !strings.HasPrefix(l.Note, seen) {
			e.Reason = l.Note
		}
		if laws[l.Loss] == nil {
			losses = append(losses, l.Loss)
		}
		if broken[at] == nil {
			laws[l.Loss] = append(laws[l.Loss], l.Law)
		}
		broken[at] = append(broken[at], e)
		counted[l.Loss] = counting(counted[l.Loss], known.LawKey(l.Loss, l.Format, "*"), e)
	}
	var entries []knownLine
	for _, name := range losses {
		var lines []knownLine
		for _, l := range laws[name] {
			found := broken[law{name, l}]
			if len(found) > 1 && len(found) == ran[law{name, l}] && !slices.ContainsFunc(found, func(e knownLine) bool { return e.Reason != found[0].Reason }) {
				found[0].Pattern = known.LawKey(name, "*", l)
				found = found[:1]
			}
			lines = append(lines, found...)
		}
		if len(lines) > how.Most {
			lines = counted[name]
		}
		entries = append(entries, lines...)
	}
	return entries
}

// counting adds a failure to the entry that counts those of its outcome under a pattern.
func counting(entries []knownLine, pattern string, one knownLine) []knownLine {
	k := slices.IndexFunc(entries, func(e knownLine) bool { return e.Pattern == pattern && e.Outcome == one.Outcome })
	if k < 0 {
		one.Pattern, one.Count = pattern, 1
		return append(entries, one)
	}
	e := &entries[k]
	e.Count++
	if ByPlainness(one.seen, e.seen) < 0 {
		e.seen = one.seen
	}
	e.Bound = max(e.Bound, one.Bound)
	switch {
	case e.Reason == "":
		e.Reason = one.Reason
	case one.Reason != "" && e.Reason != one.Reason && !slices.Contains(strings.Split(e.Reason, "; "), one.Reason):
		e.Reason += "; " + one.Reason
	}
	return entries
}

// flagsOf returns the flags of every case of a loss and dtype.
func flagsOf(lossName, format string) (map[string][]string, error) {
	f, err := ieee.FormatNamed(format)
	if err != nil {
		return nil, err
	}
	vectors, err := suite.vectors(lossName, f)
	if err != nil {
		return nil, err
	}
	flags := map[string][]string{}
	for _, v := range vectors {
		flags[v.ID] = v.Flags
	}
	return flags, nil
}

// A failingOutput has the failures of one loss, dtype and output.
type failingOutput struct {
	prefix, suffix string
	cases          []string            // that were run
	failures       map[string]*Failure // by case
}

// unrepeatable takes the checks that do not repeat out of the output, and lists them: what an
// older file has of them, then those that are new.
func (o *failingOutput) unrepeatable(older []known.Failure, flags map[string][]string) []knownLine {
	var entries []knownLine
	for _, old := range older {
		e := knownLine{Failure: old}
		var members []string
		for _, id := range o.cases {
			keys := []string{o.prefix + id + o.suffix}
			for _, flag := range flags[id] {
				keys = append(keys, o.prefix+"@"+flag+o.suffix)
			}
			if slices.ContainsFunc(keys, e.Matches) {
				members = append(members, id)
			}
		}
		failsOtherwise := func(id string) bool {
			f := o.failures[id]
			return f != nil && f.Outcome != Inaccurate && f.Outcome != Unrepeatable
		}
		if e.Outcome != Unrepeatable || len(members) == 0 || slices.ContainsFunc(members, failsOtherwise) {
			continue
		}
		for _, id := range members {
			if f := o.failures[id]; f != nil && f.Outcome == Inaccurate {
				e.Bound = max(e.Bound, roundedUp(math.Abs(float64(f.Error))))
			}
		}
		entries = append(entries, e)
		o.remove(members)
	}
	for _, id := range slices.Clone(o.cases) {
		if f := o.failures[id]; f != nil && f.Outcome == Unrepeatable {
			e := o.entry(id, []string{id})
			e.Bound = 0
			entries = append(entries, e)
			o.remove([]string{id})
		}
	}
	return entries
}

func (o *failingOutput) remove(cases []string) {
	o.cases = slices.DeleteFunc(o.cases, func(id string) bool { return slices.Contains(cases, id) })
	for _, id := range cases {
		delete(o.failures, id)
	}
}

// fewest is how many failures a pattern must stand for: fewer are listed by their ids.
const fewest = 3

// entries lists the failures: single cases first, since the first line that matches counts,
// then patterns, each for those failures of one outcome and reason that no line before it
// has.
func (o *failingOutput) entries(flags map[string][]string) []knownLine {
	left := map[string]bool{}
	for id := range o.failures {
		left[id] = true
	}
	var patterns, single []knownLine
	for _, g := range o.groups(flags) {
		members := slices.DeleteFunc(slices.Clone(g.cases), func(id string) bool { return !left[id] })
		like, rest := o.majority(members)
		if len(like) < fewest {
			continue // rather by their ids, or by a later pattern
		}
		patterns = append(patterns, o.entry(g.name, like))
		for _, id := range rest { // the pattern matches them, so that they must stand above it
			single = append(single, o.entry(id, []string{id}))
		}
		for _, id := range members {
			delete(left, id)
		}
	}
	for _, id := range o.cases {
		if left[id] {
			single = append(single, o.entry(id, []string{id}))
		}
	}
	return append(single, patterns...)
}

// counts lists a counting entry for each outcome.
func (o *failingOutput) counts() []knownLine {
	var entries []knownLine
	for _, id := range o.cases {
		if o.failures[id] != nil {
			entries = counting(entries, o.prefix+"*"+o.suffix, o.entry(id, []string{id}))
		}
	}
	return entries
}

// A failingGroup is a pattern for a part of an output of which every check fails.
type failingGroup struct {
	name  string
	cases []string
}

// groups lists the patterns that match failures only, the one that matches most first.
func (o *failingOutput) groups(flags map[string][]string) []failingGroup {
	byName := map[string][]string{}
	var names []string
	enter := func(name, id string) {
		if byName[name] == nil {
			names = append(names, name)
		}
		byName[name] = append(byName[name], id)
	}
	for _, id := range o.cases {
		enter("*", id)
		for _, flag := range flags[id] {
			enter("@"+flag, id)
		}
	}
	var groups []failingGroup
	for _, name := range names {
		passes := func(id string) bool { return o.failures[id] == nil }
		if !slices.ContainsFunc(byName[name], passes) {
			groups = append(groups, failingGroup{name, byName[name]})
		}
	}
	slices.SortStableFunc(groups, func(a, b failingGroup) int { return len(b.cases) - len(a.cases) })
	return groups
}

// majority picks the cases with the most frequent outcome and reason.
func (o *failingOutput) majority(cases []string) (like, rest []string) {
	type kind struct {
		outcome Outcome
		reason  string
	}
	of := func(id string) kind { return kind{o.failures[id].Outcome, o.failures[id].Note} }
	counts := map[kind]int{}
	var most kind
	for _, id := range cases { // of several, the first to get there
		if counts[of(id)]++; counts[of(id)] > counts[most] {
			most = of(id)
		}
	}
	for _, id := range cases {
		if of(id) == most {
			like = append(like, id)
		} else {
			rest = append(rest, id)
		}
	}
	return like, rest
}

// entry is a line for cases with one outcome and reason.
func (o *failingOutput) entry(name string, cases []string) knownLine {
	first := o.failures[cases[0]]
	e := knownLine{Failure: known.Failure{Pattern: o.prefix + name + o.suffix, Outcome: first.Outcome, Reason: first.Note}, seen: first}
	for _, id := range cases {
		f := o.failures[id]
		e.Bound = max(e.Bound, math.Abs(float64(f.Error)))
		if ByPlainness(f, e.seen) < 0 {
			e.seen = f
		}
	}
	e.Bound = roundedUp(e.Bound)
	return e
}

// roundedUp is the smallest number of three digits that is not below x.
func roundedUp(x float64) float64 {
	if ulp.Special(x) {
		return x
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', 2, 64), "e") // three digits, the nearest
	digits, err := strconv.Atoi(strings.Replace(mantissa, ".", "", 1))
	power, err2 := strconv.Atoi(exponent)
	if err != nil || err2 != nil {
		panic(fmt.Sprintf("conformance: %v is %se%s", x, mantissa, exponent))
	}
	for ; ; digits++ {
		up, err := strconv.ParseFloat(fmt.Sprintf("%de%d", digits, power-2), 64)
		switch {
		case err != nil: // beyond the largest number
			return math.MaxFloat64
		case up >= x:
			return up
		}
	}
}
