// Package casefile reads authored cases: short text lines that are expanded to every
// format. The grammar, with examples, is golden/cases/README.md.
//
// A line that is not understood is an error with its file and line; nothing is guessed,
// and nothing is skipped but what the grammar says is skipped.
package casefile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A SyntaxError is a line that is not understood.
type SyntaxError struct {
	File string
	Line int
	Msg  string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg) }

// An Entry is a line that states cases, with the settings that stood above it. Each
// assignment has one value or several alternatives.
type Entry struct {
	File    string
	Line    int
	Formats []ieee.Format
	Flags   []string
	Values  []Assignment // everything but dtypes and flags, in the order of first appearance
}

// An Assignment is one key with its alternatives.
type Assignment struct {
	Key          string
	Alternatives []string
}

// Keys that are neither a parameter nor a convention. sample_weight is not called weight,
// as it is in the vectors, because that is the name of a parameter.
var dataKeys = []string{"pred", "target", "label", "sample_weight", "upstream", "cols", "reduction", "error"}

// Parse reads the authored cases of one loss. formats are those that a line expands to
// when it does not name its own.
func Parse(file, text string, l *loss.Loss, formats []ieee.Format) ([]Entry, error) {
	var entries []Entry
	var standing []Assignment
	for i, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		fail := func(err error) error { return &SyntaxError{file, i + 1, err.Error()} }
		setting := fields[0] == "set"
		if setting {
			fields = fields[1:]
		}
		assignments, err := parseAssignments(l, fields)
		if err != nil {
			return nil, fail(err)
		}
		if setting {
			standing = assignments
			continue
		}
		entry, err := newEntry(override(standing, assignments), formats)
		if err != nil {
			return nil, fail(err)
		}
		entry.File, entry.Line = file, i+1
		entries = append(entries, *entry)
	}
	return entries, nil
}

func parseAssignments(l *loss.Loss, fields []string) ([]Assignment, error) {
	var assignments []Assignment
	for _, field := range fields {
		key, value, ok := strings.Cut(field, "=")
		if !ok || value == "" {
			return nil, fmt.Errorf("%q: want key=value", field)
		}
		_, isParam := l.Param(key)
		_, isConvention := l.Convention(key)
		if !isParam && !isConvention && key != "dtypes" && key != "flags" && !slices.Contains(dataKeys, key) {
			return nil, fmt.Errorf("%q: %s has no parameter or convention of that name, and no key is called so", key, l.Name)
		}
		if slices.ContainsFunc(assignments, func(a Assignment) bool { return a.Key == key }) {
			return nil, fmt.Errorf("%q stands twice", key)
		}
		assignments = append(assignments, Assignment{key, strings.Split(value, "|")})
	}
	return assignments, nil
}

// override returns the standing assignments with those of a line in their place.
func override(standing, line []Assignment) []Assignment {
	merged := slices.Clone(standing)
	for _, a := range line {
		i := slices.IndexFunc(merged, func(s Assignment) bool { return s.Key == a.Key })
		if i < 0 {
			merged = append(merged, a)
		} else {
			merged[i] = a
		}
	}
	return merged
}

// newEntry takes out flags and dtypes, which hold for every alternative alike.
func newEntry(assignments []Assignment, formats []ieee.Format) (*Entry, error) {
	entry := &Entry{Formats: formats}
	for _, a := range assignments {
		if a.Key != "flags" && a.Key != "dtypes" {
			entry.Values = append(entry.Values, a)
			continue
		}
		if len(a.Alternatives) != 1 {
			return nil, fmt.Errorf("%s has no alternatives: separate names by commas", a.Key)
		}
		names := strings.Split(a.Alternatives[0], ",")
		if a.Key == "flags" {
			entry.Flags = names
			continue
		}
		entry.Formats = nil
		for _, name := range names {
			f, err := ieee.FormatNamed(name)
			if err != nil {
				return nil, err
			}
			entry.Formats = append(entry.Formats, f)
		}
	}
	if len(entry.Flags) == 0 {
		return nil, fmt.Errorf("no flags say why the case is here")
	}
	return entry, nil
}
