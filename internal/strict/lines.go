package strict

import (
	"bufio"
	"fmt"
	"io"
	"slices"
)

// MaxLine is the most bytes of a line: no message of the protocol is as long.
const MaxLine = 64 << 20

// EachLine calls f with every line that is not blank, without its end; an error of f ends the reading and gets the number of the
// line, and so does a line that is too long.
func EachLine(r io.Reader, f func(n int, text []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, MaxLine)
	n := 0
	for lines.Scan() {
		n++
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := f(n, slices.Clone(lines.Bytes())); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n+1, err)
	}
	return nil
}
