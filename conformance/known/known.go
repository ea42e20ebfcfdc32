// Package known reads what is known to be wrong with a subject, and may not get worse.
package known

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/printable"
	"github.com/lossproof/lossproof/internal/strict"
	"github.com/lossproof/lossproof/internal/ulp"
)

// A Failure is one line of a file of known failures:
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
type Failure struct {
	Line    int // in its file
	Pattern string
	Outcome subject.Outcome
	Count   int     // of the failures; 0: every check that the pattern matches is one
	Bound   float64 // in ulp; +Inf where the outcome has no error in ulp, and 0 where an unrepeatable check has none
	Reason  string
	Hits    int // how many checks of a run it was about
}

// Limits of a file: known failures of everything, one by one, are a few thousand lines.
const (
	mostLine  = 64 << 10
	mostLines = 1 << 18
)

// Parse reads a file of known failures. An error names the line.
func Parse(r io.Reader) ([]Failure, error) {
	var entries []Failure
	err := strict.EachLine(r, mostLine, mostLines, func(n int, line []byte) error {
		text := strings.TrimSpace(string(line))
		if text == "" || strings.HasPrefix(text, "#") {
			return nil
		}
		e, err := parse(text)
		e.Line = n
		entries = append(entries, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("known failures, %w", err)
	}
	return entries, nil
}

// Read reads the file of known failures at a path.
func Read(path string) ([]Failure, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := Parse(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return entries, nil
}

func parse(text string) (Failure, error) {
	fields := strings.Fields(printable.Line(text, mostLine))
	if len(fields) < 4 {
		return Failure{}, fmt.Errorf("%d fields, want pattern, outcome, bound in ulp (or -) and reason", len(fields))
	}
	outcome, count, counted := strings.Cut(fields[1], ":")
	e := Failure{Pattern: fields[0], Outcome: subject.Outcome(outcome), Bound: math.Inf(1), Reason: strings.Join(fields[3:], " ")}
	if _, _, ok := e.Scope(); !ok || strings.Count(e.Pattern, "/") != 1 {
		return Failure{}, fmt.Errorf("the pattern %q is not <loss>.<dtype>.<case>/<output>", e.Pattern)
	}
	if strings.HasSuffix(e.Pattern, lawOutput) != e.Law() {
		return Failure{}, fmt.Errorf("the pattern %q with the outcome %s: a law, <loss>.<dtype>.<law>%s, is %s, and nothing else is",
			e.Pattern, e.Outcome, lawOutput, subject.Broken)
	}
	const longest = 600 // bytes: two ids of reports and more
	if _, err := path.Match(e.Pattern, ""); err != nil || len(e.Pattern) > longest {
		err = cmp.Or(err, errors.New("it is too long"))
		return Failure{}, fmt.Errorf("the pattern %q: %w", e.Pattern, err)
	}
	if possible := append(subject.Outcomes(), subject.Broken); !slices.Contains(possible, e.Outcome) {
		return Failure{}, fmt.Errorf("no outcome %q: want one of %v", e.Outcome, possible)
	}
	if counted {
		var err error
		if e.Count, err = strconv.Atoi(count); err != nil || e.Count < 1 {
			return Failure{}, fmt.Errorf("the outcome %q: want a count of failures after the colon", fields[1])
		}
		if e.Outcome == subject.Unrepeatable {
			return Failure{}, fmt.Errorf("the outcome %q: how many checks do not repeat is chance, so name them without a count", fields[1])
		}
		if lossGlob, formatGlob, _ := e.Scope(); strings.ContainsAny(lossGlob+formatGlob, `*?[\\`) {
			return Failure{}, fmt.Errorf("the pattern %q with a count: it must name one loss and dtype", e.Pattern)
		}
	}
	switch bound := fields[2]; {
	case e.Outcome == subject.Unrepeatable && bound == "-":
		e.Bound = 0
	case e.Outcome != subject.Inaccurate && e.Outcome != subject.Unrepeatable && bound != "-":
		return Failure{}, fmt.Errorf("the outcome %s has no bound in ulp: want -, got %q", e.Outcome, bound)
	case e.Outcome == subject.Inaccurate || e.Outcome == subject.Unrepeatable:
		x, err := strconv.ParseFloat(bound, 64)
		if err != nil || ulp.Special(x) || x < 0 {
			return Failure{}, fmt.Errorf("the bound %q is not a number of ulp", bound)
		}
		e.Bound = x
	}
	return e, nil
}

// Scope returns the globs of the loss and of the dtype.
func (e *Failure) Scope() (lossGlob, formatGlob string, ok bool) {
	parts := strings.SplitN(e.Pattern, ".", 3)
	if len(parts) < 3 {
		return "", "", false
	}
	return parts[0], parts[1], true
}

// Law reports whether the entry is about laws.
func (e *Failure) Law() bool { return e.Outcome == subject.Broken }

// Where is how a message names the entry.
func (e *Failure) Where() string {
	return fmt.Sprintf("line %d of the known failures (%s)", e.Line, e.Reason)
}

// Matches reports whether the entry is about a check with this key.
func (e *Failure) Matches(key string) bool {
	ok, _ := path.Match(e.Pattern, key) // the parser has checked the pattern
	return ok
}

// lawOutput is what stands in the place of an output in a pattern about laws.
const lawOutput = "/law"

// Keys are what patterns are matched with: the id of the case, and each of its flags.
func Keys(lossName, format, caseID string, flags []string, o subject.Output) []string {
	keys := []string{lossName + "." + format + "." + caseID + "/" + string(o)}
	for _, flag := range flags {
		keys = append(keys, lossName+"."+format+".@"+flag+"/"+string(o))
	}
	return keys
}

// LawKey is what patterns about a law are matched with.
func LawKey(lossName, format, law string) string {
	return lossName + "." + format + "." + law + lawOutput
}

// Find returns the first entry that is about a check with one of the keys, and nil where
// none is. The outcome is that of its failure, and empty where it passed.
func Find(known []Failure, law bool, outcome subject.Outcome, keys ...string) *Failure {
	for k := range known {
		if e := &known[k]; e.Law() == law && (e.Count == 0 || e.Outcome == outcome) && slices.ContainsFunc(keys, e.Matches) {
			return e
		}
	}
	return nil
}
