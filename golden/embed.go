package golden

import (
	"archive/zip"
	_ "embed"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"sync"

	"github.com/lossproof/lossproof/impl/loss"
)

// FS holds everything that is data in this folder: the vectors and their schemas in v1/,
// MANIFEST.json, flags.json, and the authored cases. A file is unpacked at each reading.
var FS fs.ReadFileFS = packed{}

// archive is a zip file of the data, a fifth as large. It is made with the data.
//
//go:embed data.zip
var archive string

var unpacked = sync.OnceValue(func() *zip.Reader {
	r, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		panic("golden: data.zip: " + err.Error()) // a test compares it with the files
	}
	return r
})

type packed struct{}

func (packed) Open(name string) (fs.File, error)    { return unpacked().Open(name) }
func (packed) ReadFile(name string) ([]byte, error) { return fs.ReadFile(unpacked(), name) }

// Vectors returns the vectors of a loss in a format, in the order of their file. There
// are none, and no error, where the suite has no such file. It reads the file anew at
// each call, and the caller may change what it gets.
func Vectors(lossName string, f loss.Format) ([]Vector, error) {
	data, err := FS.ReadFile(FileName(lossName, f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
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
