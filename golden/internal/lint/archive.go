package lint

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io"
	"io/fs"
	"path"
	"strings"
)

// PackedDir is the folder below golden/ of what is embedded of the vectors.
const PackedDir = "packed"

// Pack packs the vectors below golden/, and returns for each loss its zip file by its name below golden/. They
// are made once and carried by everyone. They have no times, so that the same data gives the same bytes.
func Pack(fsys fs.FS) (map[string][]byte, error) {
	names, err := fs.Glob(fsys, "v1/*.*.json")
	if err != nil {
		return nil, err
	}
	packed := map[string][]byte{}
	var b bytes.Buffer
	var z *zip.Writer
	for i, name := range names {
		if z == nil {
			z = zip.NewWriter(&b)
			z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
				return flate.NewWriter(w, flate.BestCompression)
			})
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(data); err != nil {
			return nil, err
		}
		if i+1 == len(names) || lossOf(names[i+1]) != lossOf(name) {
			if err := z.Close(); err != nil {
				return nil, err
			}
			packed[PackedDir+"/"+lossOf(name)+".zip"] = bytes.Clone(b.Bytes())
			b.Reset()
			z = nil
		}
	}
	return packed, nil
}

func lossOf(name string) string {
	lossName, _, _ := strings.Cut(path.Base(name), ".")
	return lossName
}
