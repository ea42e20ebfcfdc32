package conformance

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/internal/ulp"
)

// A KnownFailure is one line of a file of known failures:
//
//	pattern  outcome  bound  reason
//
// Pattern is <loss>.<dtype>.<case>/<output>, each part a glob of path.Match. The case is
// given by its id, or as @<flag>: every case with this flag. Bound is the largest error in
// ulp for the outcomes inaccurate and unrepeatable, and - where there is none. What is left of
// the line is the reason. The outcome broken is about a law, <loss>.<dtype>.<law>/law. A #
// begins a comment line. Of several lines that match a check, the first one counts.
//
// A known failure still runs. It must fail, with this outcome and no larger an error:
// an unexpected pass, a worse error and a line that matches nothing each fail the run.
//
// The outcome unrepeatable is the exception, since what differs from call to call is now and
// then the same in both calls of a run: then the check may pass, or be inaccurate up to the
// bound. Where the bound is -, it may pass.
//
// An outcome with a count, as in inaccurate:79, is about the failures with this outcome among
// all checks that the pattern matches, for one loss and dtype by name. There must be as many:
// one more, one fewer and a worse error each fail the run. It is for what fails too often to be
// listed; package reporting says which checks they are, and which of them change.
type KnownFailure struct {
	Line    int // in its file
	Pattern string
	Outcome Outcome
	Count   int     // of the failures; 0: every check that the pattern matches is one
	Bound   float64 // in ulp; +Inf where the outcome has no error in ulp, and 0 where an unrepeatable check has none
	Reason  string
	hits    int
	seen    *Failure // the plainest, of an entry that is written
}

// ParseKnownFailures reads a file of known failures. An error names the line.
func ParseKnownFailures(r io.Reader) ([]KnownFailure, error) {
	var entries []KnownFailure
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		e, err := parseKnownFailure(text)
		if err != nil {
			return nil, fmt.Errorf("conformance: known failures, line %d: %w", n, err)
		}
		e.Line = n
		entries = append(entries, e)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("conformance: known failures: %w", err)
	}
	return entries, nil
}

func parseKnownFailure(text string) (KnownFailure, error) {
	fields := strings.Fields(text)
	if len(fields) < 4 {
		return KnownFailure{}, fmt.Errorf("%d fields, want pattern, outcome, bound in ulp (or -) and reason", len(fields))
	}
	outcome, count, counted := strings.Cut(fields[1], ":")
	e := KnownFailure{Pattern: fields[0], Outcome: Outcome(outcome), Bound: math.Inf(1), Reason: strings.Join(fields[3:], " ")}
	if _, _, ok := e.scope(); !ok || strings.Count(e.Pattern, "/") != 1 {
		return KnownFailure{}, fmt.Errorf("the pattern %q is not <loss>.<dtype>.<case>/<output>", e.Pattern)
	}
	if strings.HasSuffix(e.Pattern, lawOutput) != e.law() {
		return KnownFailure{}, fmt.Errorf("the pattern %q with the outcome %s: a law, <loss>.<dtype>.<law>%s, is %s, and nothing else is",
			e.Pattern, e.Outcome, lawOutput, Broken)
	}
	if _, err := path.Match(e.Pattern, ""); err != nil {
		return KnownFailure{}, fmt.Errorf("the pattern %q: %w", e.Pattern, err)
	}
	if possible := append(outcomes(), Broken); !slices.Contains(possible, e.Outcome) {
		return KnownFailure{}, fmt.Errorf("no outcome %q: want one of %v", e.Outcome, possible)
	}
	if counted {
		var err error
		if e.Count, err = strconv.Atoi(count); err != nil || e.Count < 1 {
			return KnownFailure{}, fmt.Errorf("the outcome %q: want a count of failures after the colon", fields[1])
		}
		if e.Outcome == Unrepeatable {
			return KnownFailure{}, fmt.Errorf("the outcome %q: how many checks do not repeat is chance, so name them without a count", fields[1])
		}
		if lossGlob, formatGlob, _ := e.scope(); strings.ContainsAny(lossGlob+formatGlob, `*?[\\`) {
			return KnownFailure{}, fmt.Errorf("the pattern %q with a count: it must name one loss and dtype", e.Pattern)
		}
	}
	switch bound := fields[2]; {
	case e.Outcome == Unrepeatable && bound == "-":
		e.Bound = 0
	case e.Outcome != Inaccurate && e.Outcome != Unrepeatable && bound != "-":
		return KnownFailure{}, fmt.Errorf("the outcome %s has no bound in ulp: want -, got %q", e.Outcome, bound)
	case e.Outcome == Inaccurate || e.Outcome == Unrepeatable:
		x, err := strconv.ParseFloat(bound, 64)
		if err != nil || ulp.Special(x) || x < 0 {
			return KnownFailure{}, fmt.Errorf("the bound %q is not a number of ulp", bound)
		}
		e.Bound = x
	}
	return e, nil
}

// scope returns the globs of the loss and of the dtype.
func (e *KnownFailure) scope() (lossGlob, formatGlob string, ok bool) {
	parts := strings.SplitN(e.Pattern, ".", 3)
	if len(parts) < 3 {
		return "", "", false
	}
	return parts[0], parts[1], true
}

// law reports whether the entry is about laws.
func (e *KnownFailure) law() bool { return e.Outcome == Broken }

// where is how a message names the entry.
func (e *KnownFailure) where() string {
	return fmt.Sprintf("line %d of the known failures (%s)", e.Line, e.Reason)
}

func (e *KnownFailure) matches(key string) bool {
	ok, _ := path.Match(e.Pattern, key) // the parser has checked the pattern
	return ok
}

// lawOutput is what stands in the place of an output in a pattern about laws.
const lawOutput = "/law"

// knownKeys are what patterns are matched with: the id of the case, and each of its flags.
func knownKeys(lossName, format, caseID string, flags []string, o Output) []string {
	keys := []string{lossName + "." + format + "." + caseID + "/" + string(o)}
	for _, flag := range flags {
		keys = append(keys, lossName+"."+format+".@"+flag+"/"+string(o))
	}
	return keys
}

func lawKey(lossName, format, law string) string {
	return lossName + "." + format + "." + law + lawOutput
}

// entryFor returns the first entry that is about a check with one of the keys, and nil where
// none is. The outcome is that of its failure, and empty where it passed.
func entryFor(known []KnownFailure, law bool, outcome Outcome, keys ...string) *KnownFailure {
	for k := range known {
		if e := &known[k]; e.law() == law && (e.Count == 0 || e.Outcome == outcome) && slices.ContainsFunc(keys, e.matches) {
			return e
		}
	}
	return nil
}

// applyKnown changes the status of a check to what the known failures make of it.
func applyKnown(known []KnownFailure, i *instance, c *check) {
	if c.status == Skipped {
		return
	}
	var outcome Outcome
	if c.status == Failed {
		outcome = c.failure.Outcome
	}
	e := entryFor(known, false, outcome, knownKeys(i.call.Loss, i.call.Format.Name, i.id, i.flags, c.output)...)
	if e == nil {
		return
	}
	e.hits++
	switch {
	case c.status == Passed && e.Outcome == Unrepeatable: // by chance
	case c.status == Passed:
		c.status = Failed
		c.failure = i.failure(c.output, UnexpectedPass)
		c.failure.Got = "a pass"
		c.failure.Want = "the outcome " + string(e.Outcome)
		c.failure.Rule = "a known failure that passes is no longer one: delete " + e.where()
	case c.failure.Outcome != e.Outcome && !(e.Outcome == Unrepeatable && c.failure.Outcome == Inaccurate):
		c.failure.Note = fmt.Sprintf("%s expects the outcome %s", e.where(), e.Outcome)
	case c.failure.Outcome != Unrepeatable && math.Abs(float64(c.failure.Error)) > e.Bound:
		c.failure.Note = fmt.Sprintf("%s allows %s", e.where(), formatUlps(e.Bound))
	default:
		c.status, c.failure.Note = Known, e.Reason
	}
}

// deadEntries describes the lines that matched no check, or fewer or more failures than they
// count, though all checks of their losses and dtypes were run.
func (r *run) deadEntries(laws *LawReport) []string {
	allCases := r.runs(Golden) && len(r.config.cases) == 0
	allLaws := r.runs(Properties) && len(r.laws) == 0 && laws != nil && len(laws.Results) == r.toCheck
	var dead []string
	for k := range r.known {
		e := &r.known[k]
		lossGlob, formatGlob, _ := e.scope()
		inScope := func(lossName, format string) bool {
			l, _ := path.Match(lossGlob, lossName)
			f, _ := path.Match(formatGlob, format)
			return l && f
		}
		var ran bool
		if e.law() {
			ran = allLaws && slices.ContainsFunc(laws.Results, func(l LawResult) bool { return inScope(l.Loss, l.Format) })
		} else {
			ran = allCases && slices.ContainsFunc(r.cases, func(i *instance) bool { return inScope(i.call.Loss, i.call.Format.Name) })
		}
		switch {
		case !ran || e.hits > 0 && e.Count == 0 || e.Count > 0 && e.hits == e.Count:
		case e.Count > 0:
			dead = append(dead, fmt.Sprintf("line %d: %d checks of %s are %s, and the line counts %d", e.Line, e.hits, e.Pattern, e.Outcome, e.Count))
		default:
			dead = append(dead, fmt.Sprintf("line %d: %s matches no check that ran: delete it", e.Line, e.Pattern))
		}
	}
	return dead
}
