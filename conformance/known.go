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
)

// A KnownFailure is one line of a file of known failures:
//
//	pattern  outcome  bound  reason
//
// Pattern is <loss>.<dtype>.<case>/<output>, each part a glob of path.Match. Bound is
// the largest error in ulp for the outcome inaccurate, and - for the others. What is
// left of the line is the reason. A # begins a comment line.
//
// A known failure still runs. It must fail, with this outcome and no larger an error:
// an unexpected pass, a worse error and a line that matches nothing each fail the run.
type KnownFailure struct {
	Line    int // in its file
	Pattern string
	Outcome Outcome
	Bound   float64 // in ulp; +Inf where the outcome has no error in ulp
	Reason  string
	hits    int
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
	e := KnownFailure{Pattern: fields[0], Outcome: Outcome(fields[1]), Bound: math.Inf(1), Reason: strings.Join(fields[3:], " ")}
	if _, _, ok := e.scope(); !ok || strings.Count(e.Pattern, "/") != 1 {
		return KnownFailure{}, fmt.Errorf("the pattern %q is not <loss>.<dtype>.<case>/<output>", e.Pattern)
	}
	if _, err := path.Match(e.Pattern, ""); err != nil {
		return KnownFailure{}, fmt.Errorf("the pattern %q: %w", e.Pattern, err)
	}
	if !slices.Contains(outcomes(), e.Outcome) {
		return KnownFailure{}, fmt.Errorf("no outcome %q: want one of %v", e.Outcome, outcomes())
	}
	switch bound := fields[2]; {
	case e.Outcome != Inaccurate && bound != "-":
		return KnownFailure{}, fmt.Errorf("the outcome %s has no bound in ulp: want -, got %q", e.Outcome, bound)
	case e.Outcome == Inaccurate:
		x, err := strconv.ParseFloat(bound, 64)
		if err != nil || special(x) || x < 0 {
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

func (e *KnownFailure) matches(key string) bool {
	ok, _ := path.Match(e.Pattern, key) // the parser has checked the pattern
	return ok
}

// knownKey is what patterns are matched with.
func knownKey(i *instance, o Output) string {
	return i.call.Loss + "." + i.call.Format.Name + "." + i.id + "/" + string(o)
}

// applyKnown changes the status of a check to what the known failures make of it.
func applyKnown(known []KnownFailure, i *instance, c *check) {
	if c.status == Skipped {
		return
	}
	at := slices.IndexFunc(known, func(e KnownFailure) bool { return e.matches(knownKey(i, c.output)) })
	if at < 0 {
		return
	}
	e := &known[at]
	e.hits++
	where := fmt.Sprintf("line %d of the known failures (%s)", e.Line, e.Reason)
	switch {
	case c.status == Passed:
		c.status = Failed
		c.failure = i.failure(c.output, UnexpectedPass)
		c.failure.Got = "a pass"
		c.failure.Want = "the outcome " + string(e.Outcome)
		c.failure.Rule = "a known failure that passes is no longer one: delete " + where
	case c.failure.Outcome != e.Outcome:
		c.failure.Note = fmt.Sprintf("%s expects the outcome %s", where, e.Outcome)
	case math.Abs(float64(c.failure.Error)) > e.Bound:
		c.failure.Note = fmt.Sprintf("%s allows %s", where, formatUlps(e.Bound))
	default:
		c.status = Known
	}
}

// deadEntries describes the lines that matched no check though their losses and dtypes
// were run in full.
func deadEntries(known []KnownFailure, cases []*instance) []string {
	var dead []string
	for _, e := range known {
		lossGlob, formatGlob, _ := e.scope()
		inScope := slices.ContainsFunc(cases, func(i *instance) bool {
			l, _ := path.Match(lossGlob, i.call.Loss)
			f, _ := path.Match(formatGlob, i.call.Format.Name)
			return l && f
		})
		if e.hits == 0 && inScope {
			dead = append(dead, fmt.Sprintf("line %d: %s matches no check that ran: delete it", e.Line, e.Pattern))
		}
	}
	return dead
}

// WriteKnownFailures writes the failures of a report as a file of known failures, one
// line each, for a subject that is to be held where it is.
func (r *Report) WriteKnownFailures(w io.Writer, reason string) error {
	for _, f := range r.Failures {
		bound := "-"
		if f.Outcome == Inaccurate {
			bound = strconv.FormatFloat(math.Abs(float64(f.Error)), 'g', -1, 64)
		}
		if f.Outcome == UnexpectedPass {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s.%s.%s/%s  %s  %s  %s\n", f.Loss, f.Format, f.Case, f.Output, f.Outcome, bound, reason); err != nil {
			return err
		}
	}
	return nil
}
