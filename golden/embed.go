package golden

import (
	"embed"
	"encoding/json"
	"io/fs"
	"sync"

	"github.com/lossproof/lossproof/impl/loss"
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
func Vectors(lossName string, f loss.Format) ([]Vector, error) {
	data, err := FS.ReadFile(FileName(lossName, f))
	if err != nil {
		return nil, nil // embed.FS has no error but that there is no such file
	}
	return Decode(data)
}

// Files lists the vector files, as paths in FS, sorted.
func Files() []string {
	paths, err := fs.Glob(FS, "v1/*.*.json")
	if err != nil {
		panic("golden: " + err.Error()) // the pattern is well formed
	}
	return paths
}

// Flags returns the description of every flag, in the order of flags.json.
func Flags() []Flag {
	flags, err := embeddedFlags()
	if err != nil {
		panic("golden: flags.json: " + err.Error()) // a test reads it before anyone else does
	}
	return append([]Flag(nil), flags...)
}

var embeddedFlags = sync.OnceValues(func() (flags []Flag, err error) {
	data, err := FS.ReadFile("flags.json")
	if err == nil {
		err = json.Unmarshal(data, &flags)
	}
	return flags, err
})
