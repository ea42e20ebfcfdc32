// Package results reads files of Go benchmark results.
package results

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/perf/benchfmt"
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

// Read reads results. A line that begins as a result and is none is an error, and so is
// a file without any.
func Read(r io.Reader, name string) (*Set, error) {
	s := &Set{Values: map[string]map[string][]float64{}}
	reader := benchfmt.NewReader(r, name)
	for reader.Scan() {
		switch record := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, record
		case *benchfmt.Result:
			full := record.Name.String()
			if s.Values[full] == nil {
				s.Names = append(s.Names, full)
				s.Values[full] = map[string][]float64{}
			}
			for _, v := range record.Values {
				s.Values[full][v.Unit] = append(s.Values[full][v.Unit], v.Value)
			}
			s.CPU = record.GetConfig("cpu")
		}
	}
	if err := reader.Err(); err != nil {
		return nil, err
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
