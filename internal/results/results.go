// Package results reads files of Go benchmark results.
package results

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/lossproof/lossproof/internal/printable"
)

// Time is the unit of a benchmark's time.
const Time = "sec/op"

// A Set holds what benchmarks measured, repeated runs of one together.
type Set struct {
	Names  []string                        // in the order in which they came
	Values map[string]map[string][]float64 // by name, then by unit
	CPU    string                          // the processor, as the file names it
}

// ReadFile reads a file; see Read.
func ReadFile(path string) (*Set, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f, path)
}

// most is the size in bytes that results may have.
const most = 32 << 20

// Read reads results. A line that begins as a result and is none is an error, and so are a number that nothing can have measured, and
// a file without any or of more than 32 MiB.
func Read(r io.Reader, name string) (*Set, error) {
	s := &Set{Values: map[string]map[string][]float64{}}
	limited := &io.LimitedReader{R: r, N: most + 1}
	reader := benchfmt.NewReader(limited, name)
	for reader.Scan() {
		switch record := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, record
		case *benchfmt.Result:
			full := printable.Line(record.Name.String(), printable.Most)
			if s.Values[full] == nil {
				s.Names = append(s.Names, full)
				s.Values[full] = map[string][]float64{}
			}
			for _, v := range record.Values {
				if !(v.Value >= 0) || math.IsInf(v.Value, 1) || v.Value == 0 && (v.Unit == Time || v.Unit == "ns/op") { // which it leaves as it is
					_, line := record.Pos()
					return nil, fmt.Errorf("%s:%d: %v %s: want a number that can have been measured", name, line, v.Value, v.Unit)
				}
				s.Values[full][v.Unit] = append(s.Values[full][v.Unit], v.Value)
			}
			s.CPU = printable.Line(record.GetConfig("cpu"), printable.Most)
		}
	}
	if err := reader.Err(); err != nil {
		return nil, err
	}
	if limited.N == 0 {
		return nil, fmt.Errorf("%s: more than %d bytes", name, most)
	}
	if len(s.Names) == 0 {
		return nil, fmt.Errorf("%s: no benchmark results, so that nothing can be said", name)
	}
	return s, nil
}

// Keys are the key=value parts of a benchmark's name. The number of processors that go
// test appends is no part of the last.
func Keys(name string) map[string]string {
	base, parts := benchfmt.Name(name).Parts()
	keys := map[string]string{"": string(base)}
	for _, p := range parts {
		if key, value, ok := strings.Cut(strings.TrimPrefix(string(p), "/"), "="); ok {
			keys[key] = value
		}
	}
	return keys
}
