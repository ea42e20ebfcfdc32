package reporting

import (
	"fmt"
	"strings"

	"github.com/lossproof/lossproof/conformance"
)

// A Summary is what a table says of a whole report.
type Summary struct {
	Name       string            `json:"name"` // with the version, and unlike that of any other
	Conforms   bool              `json:"conforms"`
	Incomplete string            `json:"incomplete,omitempty"`
	Level      conformance.Level `json:"level"`
	Seed       uint64            `json:"seed"`
	Vectors    string            `json:"vectors"`
	Platform   string            `json:"platform"`
	Tally      conformance.Tally `json:"tally"`
}

// summaries gives every report a name of its own.
func summaries(reports []*conformance.Report) []Summary {
	var all []Summary
	times := map[string]int{}
	for _, r := range reports {
		name := nameOf(r)
		if times[name]++; times[name] > 1 {
			name += fmt.Sprintf(" (%d)", times[name])
		}
		all = append(all, Summary{Name: name, Conforms: r.Conforms(), Incomplete: r.Incomplete, Level: r.Level, Seed: r.Seed,
			Vectors: r.Vectors, Platform: r.Platform, Tally: r.Tally})
	}
	return all
}

// nameOf is the name and the version of a subject, on one line.
func nameOf(r *conformance.Report) string {
	return oneLine(r.Subject.Name + " " + r.Subject.Version)
}

// Verdict says whether the subject conforms.
func (s *Summary) Verdict() string {
	switch {
	case s.Incomplete != "":
		return "incomplete"
	case s.Conforms:
		return "conforms"
	}
	return "does not conform"
}

// notesOn says what makes reports hard to compare.
func notesOn(all []Summary, reports []*conformance.Report) []string {
	var notes []string
	for _, s := range all {
		if s.Incomplete != "" {
			notes = append(notes, fmt.Sprintf("%s is incomplete: %s", s.Name, s.Incomplete))
		}
	}
	for _, aspect := range []struct {
		of     func(k int) string
		says   string
		differ string
	}{
		{func(k int) string { return fmt.Sprintf("%d %s", all[k].Level.Number(), all[k].Level) }, "the required levels differ",
			"what fails in one need not fail in another"},
		{func(k int) string { return fmt.Sprint(all[k].Seed) }, "the seeds differ", "live cases and laws were held against other inputs"},
		{func(k int) string { return fmt.Sprintf("%.12s", all[k].Vectors) }, "the vectors differ",
			"checks of one report only may be new or withdrawn; those with the same id are the same"},
		{func(k int) string { return lawChecks(reports[k]) }, "the numbers of checks of each law differ", "the more, the more is found"},
		{func(k int) string { return all[k].Platform }, "the platforms differ", "the same Go code may give other bits"},
	} {
		var values []string
		same := true
		for k := range all {
			values = append(values, all[k].Name+": "+aspect.of(k))
			same = same && aspect.of(k) == aspect.of(0)
		}
		if !same {
			notes = append(notes, fmt.Sprintf("%s (%s): %s", aspect.says, strings.Join(values, ", "), aspect.differ))
		}
	}
	return notes
}

func lawChecks(r *conformance.Report) string {
	if r.Laws == nil {
		return "no laws"
	}
	return fmt.Sprint(r.Laws.Checks)
}
