package lint

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io"
	"io/fs"
)

// ArchiveName is the file below golden/ that is embedded.
const ArchiveName = "data.zip"

// Pack writes the data below golden/ and its manifest as one zip file: it is
// made once and carried by everyone. It has no times, so that the same data gives the same bytes.
func Pack(fsys fs.FS) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	err := WalkData(fsys, func(name string, data []byte) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	err = z.Close()
	return b.Bytes(), err
}
