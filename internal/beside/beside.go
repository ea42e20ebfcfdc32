// Package beside writes files so that each is either as it was or whole: they are written beside their place, and renamed.
package beside

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// A File is written under another name in the same folder until it is committed.
type File struct {
	*os.File
	path string // where it belongs; empty: it is written in place
}

// Create begins a file, and fails where it could not be committed. What is no regular file, such as a device or a pipe, is
// written in place.
func Create(path string) (*File, error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		return &File{f, ""}, err
	}
	f, err := os.OpenFile(path+"."+rand.Text()[:8]+".part", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		e.Path = path // which says more
	}
	return &File{f, path}, err
}

// Commit puts the file in its place.
func (f *File) Commit() error {
	if f.path == "" {
		return f.Close()
	}
	err := errors.Join(f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		os.Remove(f.Name()) // the error that counts is the other
	}
	return err
}

// Abort takes away what was written.
func (f *File) Abort() {
	f.Close()
	if f.path != "" {
		os.Remove(f.Name()) // unless it has been committed
	}
}

// Aside renames the file that stands in the place, so that it is not mistaken for the new one as long as that is not committed. Done
// removes it.
func (f *File) Aside() (done func(), err error) {
	if f.path == "" {
		return func() {}, nil
	}
	old := f.path + ".old"
	if err := os.Rename(f.path, old); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return func() {}, err
	}
	return func() { os.Remove(old) }, nil
}

// WriteFile writes a whole file.
func WriteFile(path string, text []byte) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		f.Abort()
		return err
	}
	return f.Commit()
}
