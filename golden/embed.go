package golden

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/lossproof/lossproof/impl/loss"
)

// FS holds everything that is data in this folder: the vectors and their schemas in v1/,
// MANIFEST.json, flags.json, and the authored cases. A vector file is unpacked, and held
// against its digest in the manifest, at each reading.
var FS fs.ReadFileFS = packedFS{plain}

// The vectors are embedded packed, a zip file for each loss, a fifth as large. They are made with the data.
//
//go:embed MANIFEST.json flags.json cases v1/schema*.json packed
var plain embed.FS

// packedFS shows a folder in which vectors are packed as if they lay in v1/.
type packedFS struct{ fs.ReadDirFS }

// archive returns the packed files of the loss that a file name in v1/ begins with.
func (p packedFS) archive(name string) (*zip.Reader, error) {
	lossName, _, _ := strings.Cut(strings.TrimPrefix(name, "v1/"), ".")
	data, err := fs.ReadFile(p.ReadDirFS, "packed/"+lossName+".zip")
	if err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(data), int64(len(data)))
}

func (p packedFS) Open(name string) (fs.File, error) {
	file, err := p.ReadDirFS.Open(name)
	if err == nil && name == "v1" {
		entries, err := p.ReadDir(name)
		return &folder{file, entries}, err
	}
	if !errors.Is(err, fs.ErrNotExist) || path.Dir(name) != "v1" {
		return file, err
	}
	archive, openErr := p.archive(name)
	if openErr != nil {
		return nil, err
	}
	return archive.Open(name)
}

func (p packedFS) ReadFile(name string) ([]byte, error) {
	data, err := fs.ReadFile(struct{ fs.FS }{p}, name)
	if err != nil || path.Dir(name) != "v1" {
		return data, err
	}
	manifest, err := fs.ReadFile(p.ReadDirFS, "MANIFEST.json")
	sum := sha256.Sum256(data)
	// A file is a line of its own.
	said := fmt.Sprintf(`{"path":%q,"sha256":"%x"`, name, sum)
	if err == nil && !bytes.Contains(manifest, []byte("\n"+said)) {
		err = &fs.PathError{Op: "read", Path: name, Err: errors.New("it is not what MANIFEST.json says")}
	}
	return data, err
}

func (p packedFS) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := p.ReadDirFS.ReadDir(name)
	if err != nil || name != "v1" {
		return entries, err
	}
	archives, err := p.ReadDirFS.ReadDir("packed")
	for _, a := range archives {
		archive, openErr := p.archive(strings.TrimSuffix(a.Name(), ".zip"))
		if openErr != nil {
			return nil, openErr
		}
		files, openErr := fs.ReadDir(archive, "v1")
		entries, err = append(entries, files...), errors.Join(err, openErr)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// A folder is the open v1/.
type folder struct {
	fs.File
	left []fs.DirEntry
}

func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 || n > len(f.left) {
		if n > 0 && len(f.left) == 0 {
			return nil, io.EOF
		}
		n = len(f.left)
	}
	entries := f.left[:n]
	f.left = f.left[n:]
	return entries, nil
}

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

// Digest stands for all vectors: the SHA-256 of the manifest, which has that of each file.
func Digest() string {
	manifest, err := plain.ReadFile("MANIFEST.json")
	if err != nil {
		panic("golden: " + err.Error()) // it is embedded
	}
	return fmt.Sprintf("%x", sha256.Sum256(manifest))
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
