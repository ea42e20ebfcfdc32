package strict

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Limits of files of messages: none is as long, and the requests and answers of every case of the suite are some 100 MB.
const (
	MaxLine  = 64 << 20
	MaxLines = 1 << 22
)

// EachLine calls f with every line that is not blank, without its end; an error of f ends the reading and gets the number of the
// line, and so does a line of too many bytes, or too many lines.
func EachLine(r io.Reader, mostBytes, mostLines int, f func(n int, text []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, mostBytes)
	n := 0
	for lines.Scan() {
		if n++; n > mostLines {
			return fmt.Errorf("line %d: more than %d lines", n, mostLines)
		}
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := f(n, slices.Clone(lines.Bytes())); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("line %d: more than %d bytes", n+1, mostBytes)
	} else if err != nil {
		return fmt.Errorf("line %d: %w", n+1, err)
	}
	return nil
}
