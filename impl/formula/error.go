package formula

import (
	"fmt"
	"slices"
	"strings"
)

// An Error is a mistake in a text.
type Error struct {
	Line, Column int // from 1; a column is a character
	Message      string
}

func (e *Error) Error() string {
	return fmt.Sprintf("formula: line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// A place is where an expression begins.
type place struct{ line, column int }

// fail ends the reading of a text; caught turns it into an error.
func (p place) fail(format string, args ...any) {
	panic(&Error{max(p.line, 1), max(p.column, 1), fmt.Sprintf(format, args...)})
}

// Errorf returns a mistake at the place where an expression begins.
func (e *Expression) Errorf(format string, args ...any) *Error {
	return &Error{max(e.at.line, 1), max(e.at.column, 1), fmt.Sprintf(format, args...)}
}

func caught(err *error) {
	switch e := recover().(type) {
	case nil:
	case *Error:
		*err = e
	default:
		panic(e)
	}
}

// Choices lists what there is, after the name that was probably meant.
func Choices(name string, there []string) string {
	slices.Sort(there)
	there = slices.Compact(there)
	best, least := "", (len(name)+1)/3
	for _, t := range there {
		if d := distance(name, t); d <= least {
			best, least = t, d-1
		}
	}
	list := "there is " + strings.Join(there, ", ")
	if best != "" {
		list = "did you mean " + best + "? " + list
	}
	return list
}

// distance is how many letters are to be inserted, left out or replaced (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
