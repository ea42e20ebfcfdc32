package golden

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/lossproof/lossproof/internal/ieee"
)

// FS holds everything that is data in this folder: the vectors and their schema in v1/,
// MANIFEST.json, flags.json, and the authored cases.
//
//go:embed v1 cases MANIFEST.json flags.json
var FS embed.FS

// Vectors returns the vectors of a loss in a format, in the order of their file. There
// are none, and no error, where the suite has no such file: not every loss has vectors
// in the 16-bit formats. It reads the file anew at each call, and the caller may change
// what it gets.
func Vectors(lossName string, f ieee.Format) ([]Vector, error) {
	data, err := FS.ReadFile(FileName(lossName, f))
	if err != nil {
		return nil, nil // embed.FS has no error but that there is no such file
	}
	return Decode(data)
}

// Files lists the vector files, as paths in FS, sorted.
func Files() []string {
	paths, err := vectorFiles(FS)
	if err != nil {
		panic("golden: " + err.Error()) // the embedded folder is always there
	}
	return paths
}

func vectorFiles(fsys fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(fsys, "v1")
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".json") && e.Name() != "schema.json" {
			paths = append(paths, path.Join("v1", e.Name()))
		}
	}
	return paths, nil
}

// Flags returns the description of every flag, in the order of flags.json.
func Flags() []Flag {
	flags, err := embeddedFlags()
	if err != nil {
		panic("golden: flags.json: " + err.Error()) // a test reads it before anyone else does
	}
	return append([]Flag(nil), flags...)
}

var embeddedFlags = sync.OnceValues(func() ([]Flag, error) { return readFlags(FS) })

func readFlags(fsys fs.FS) ([]Flag, error) {
	data, err := fs.ReadFile(fsys, "flags.json")
	if err != nil {
		return nil, err
	}
	var flags []Flag
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&flags); err != nil {
		return nil, fmt.Errorf("flags.json: %w", err)
	}
	return flags, nil
}
