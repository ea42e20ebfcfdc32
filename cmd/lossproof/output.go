package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/lossproof/lossproof/internal/beside"
)

// A sticky is standard output, which may be a full disk or a closed pipe. It remembers the first error and goes on: a
// report is still written where it can be, and run says it at the end.
type sticky struct {
	io.Writer
	err error
}

func (s *sticky) Write(text []byte) (int, error) {
	if s.err == nil {
		_, s.err = s.Writer.Write(text)
	}
	return len(text), nil
}

// A jsonOutput is where --json writes to: nowhere, or stdout, which moves the table to stderr, or a file. That is begun before
// the run, which it would be a pity to lose; an older one is set aside, so that it is not mistaken for the new one
// when there is none.
type jsonOutput struct {
	table io.Writer
	to    io.Writer
	file  *beside.File
	done  func()
}

func newJSONOutput(name string, stdout, stderr io.Writer) (*jsonOutput, error) {
	switch name {
	case "":
		return &jsonOutput{table: stdout}, nil
	case "-":
		return &jsonOutput{table: stderr, to: stdout}, nil
	}
	file, err := beside.Create(name)
	if err == nil {
		var done func()
		if done, err = file.Aside(); err == nil {
			return &jsonOutput{stdout, file, file, done}, nil
		}
		file.Abort()
	}
	err = fmt.Errorf("--json: %w", err)
	if errors.Is(err, fs.ErrNotExist) { // the folder: a mistake in the command line
		return nil, err
	}
	return nil, wrote(err)
}

// write writes to it, and puts a file in its place.
func (o *jsonOutput) write(write func(io.Writer) error) error {
	if o.to == nil {
		return nil
	}
	err := write(o.to)
	if err == nil && o.file != nil {
		if err = o.file.Commit(); err == nil {
			o.done()
		}
	}
	return wrote(err)
}

// abort is for a run that has nothing to be written. After write it does nothing.
func (o *jsonOutput) abort() {
	if o.file != nil {
		o.file.Abort()
	}
}
