package formula

import (
	"fmt"
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
