// Package lint holds the golden vectors to what they must be, and writes their manifest: what only
// the generator and the tests of package golden use.
package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// How large the data may be. The text is what everyone clones who clones the repository, and the
// packed data what every program carries that imports package golden.
const (
	MaxBytes       = 30_000_000
	MaxPackedBytes = 6_000_000
)

// MinCases is how many cases a file must hold: the floor below which a loss is not
// covered, not what it has.
func MinCases(l *loss.Loss, f ieee.Format) int {
	switch {
	case !l.HasTarget() || f.Width < ieee.Float32.Width:
		return 60
	}
	return 200
}

// Lint checks the suite below a folder like golden/ and returns all that is wrong:
//
//   - every file decodes, and encoding it again gives the same bytes: sorted, one case to
//     a line, no second way to write a thing;
//   - ids are unique over all files (that each is the hash of its call is part of decoding);
//   - every flag in use is described, every description is used, and both are in order;
//   - no answer is a near miss of overflow;
//   - every file has its minimum of cases, and every loss the spread it needs (spread.go);
//   - every loss of the catalogue has vectors in every dtype;
//   - the whole is not larger than MaxBytes.
//
// The schema is checked by a test, since this package does not import a validator.
func Lint(fsys fs.FS) []error {
	l := &linter{fsys: fsys, ids: map[string]string{}, used: map[string]bool{}}
	l.size()
	paths, err := fs.Glob(fsys, "v1/*.*.json")
	if err != nil {
		return append(l.problems, err)
	}
	for _, name := range paths {
		l.file(name)
	}
	for _, entry := range loss.All() {
		for _, f := range ieee.Formats() {
			if name := golden.FileName(entry.Name, f); !slices.Contains(paths, name) {
				l.report("%s: missing", name)
			}
		}
	}
	l.flags()
	return l.problems
}

// A linter collects problems over all files.
type linter struct {
	fsys     fs.FS
	problems []error
	ids      map[string]string // the file of each id
	used     map[string]bool   // flags
}

func (l *linter) report(format string, args ...any) {
	l.problems = append(l.problems, fmt.Errorf("golden: "+format, args...))
}

func (l *linter) size() {
	total := 0
	if err := WalkData(l.fsys, func(_ string, data []byte) error { total += len(data); return nil }); err != nil {
		l.problems = append(l.problems, err)
	}
	packed := 0
	archives, err := fs.Glob(l.fsys, PackedDir+"/*.zip")
	for _, name := range archives {
		info, statErr := fs.Stat(l.fsys, name)
		if err = errors.Join(err, statErr); statErr == nil {
			packed += int(info.Size())
		}
	}
	err = errors.Join(err, CheckSize("the data", total, MaxBytes), CheckSize(PackedDir, packed, MaxPackedBytes))
	if err != nil {
		l.problems = append(l.problems, err)
	}
}

// CheckSize is an error where something is larger than it may be, which says how to make it smaller.
func CheckSize(what string, size, limit int) error {
	if size <= limit {
		return nil
	}
	return fmt.Errorf("golden: %s has %d bytes, of %d at most: shorten the authored cases that the largest files in v1 owe most of their bytes to "+
		"(long rows and batches: one size and dtype of each, by dtypes=), or draw fewer (wanted in internal/build); "+
		"an id that anybody may know already is not removed", what, size, limit)
}

func (l *linter) file(name string) {
	data, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		l.problems = append(l.problems, err)
		return
	}
	vectors, err := golden.Decode(data)
	if err != nil {
		l.report("%s: %w", name, err)
		return
	}
	if len(vectors) == 0 {
		l.report("%s: no cases", name)
		return
	}
	first := vectors[0].Call
	if golden.FileName(first.Loss, first.Format) != name {
		l.report("%s holds the vectors of %s", name, golden.FileName(first.Loss, first.Format))
		return
	}
	if !bytes.Equal(golden.Encode(first.Loss, first.Format, vectors), data) {
		l.report("%s is not in the form that golden.Encode gives", name)
	}
	for i := range vectors {
		v := &vectors[i]
		if other, ok := l.ids[v.ID]; ok {
			l.report("%s stands in %s and in %s", v.ID, other, name)
		}
		l.ids[v.ID] = name
		for _, flag := range v.Flags {
			l.used[flag] = true
		}
		if err := CheckOverflow(v); err != nil {
			l.report("%s: %w", v.ID, err)
		}
	}
	entry, _ := loss.Named(first.Loss) // golden.Decode knows it
	if least := MinCases(entry, first.Format); len(vectors) < least {
		l.report("%s: %d cases: want at least %d", name, len(vectors), least)
	}
	for _, missing := range missingSpread(entry, first.Format, vectors) {
		l.report("%s: no case with %s", name, missing)
	}
}

func (l *linter) flags() {
	flags, err := readFlags(l.fsys)
	if err != nil {
		l.problems = append(l.problems, err)
		return
	}
	described := map[string]bool{}
	for i, f := range flags {
		switch {
		case i > 0 && strings.Compare(flags[i-1].Name, f.Name) >= 0:
			l.report("flags.json: %s stands after %s", f.Name, flags[i-1].Name)
		case f.Meaning == "":
			l.report("flags.json: %s has no meaning", f.Name)
		case !l.used[f.Name]:
			l.report("flags.json: no case has the flag %s", f.Name)
		}
		for _, link := range f.Links {
			if ok, _ := path.Match("*/*[#@]*", link); !ok && !strings.HasPrefix(link, "arXiv:") {
				l.report("flags.json: %s: link %q: want owner/repo#number, owner/repo@commit or arXiv:id", f.Name, link)
			}
		}
		described[f.Name] = true
	}
	for flag := range l.used {
		if !described[flag] {
			l.report("flags.json does not describe %s", flag)
		}
	}
}

// readFlags reads flags.json strictly.
func readFlags(fsys fs.FS) ([]golden.Flag, error) {
	data, err := fs.ReadFile(fsys, "flags.json")
	if err != nil {
		return nil, err
	}
	var flags []golden.Flag
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&flags); err != nil {
		return nil, fmt.Errorf("golden: flags.json: %w", err)
	}
	return flags, nil
}
