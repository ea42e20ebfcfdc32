package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
)

// A Manifest says of every file of the suite what is in it, and of everything that
// decided its bytes what that was.
type Manifest struct {
	Schema  string   `json:"schema"`
	Files   []Digest `json:"files"`   // the data, by path below golden/
	Sources []Digest `json:"sources"` // what decides the bytes of the data, by path below the module
}

// A Digest is the sha256 of one file.
type Digest struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Cases  int    `json:"cases,omitempty"` // of a vector file
}

const manifestName = "MANIFEST.json"

// ManifestSchema is the version of the manifest's own form.
const ManifestSchema = "lossproof/golden/manifest/v1"

// sourceDirs hold the programs that decide the bytes: the generator, the writer of files
// and ids, the oracle with the texts that it reads, and the number formats. sourceFiles are
// those parts of the catalogue that turn a call into a plan, and what vectors are drawn with.
// The evaluators of the float64 reference, its
// traits and its prose decide no byte, so that they can be worked on without generating
// again; the declarations do, and have a digest of their own (CatalogueDigest).
var (
	sourceDirs  = []string{"golden/gen", "golden/internal/build", "golden/internal/casefile", "impl/formula", "impl/oracle", "internal/ieee"}
	sourceFiles = []string{
		"golden/encode.go", "golden/id.go", "golden/numbers.go", "golden/internal/lint/overflow.go",
		"impl/loss/call.go", "impl/loss/convention.go", "impl/loss/defaults.go", "impl/loss/domain.go",
		"impl/loss/params.go", "impl/loss/reduction.go",
		"internal/draw/boxes.go", "internal/draw/calls.go", "internal/draw/drawer.go", "internal/draw/landmarks.go",
		"internal/draw/masks.go", "internal/draw/numbers.go", "internal/draw/profile.go", "internal/draw/rows.go", "internal/draw/vectors.go",
	}
)

// catalogueSource is the name under which CatalogueDigest stands among the sources.
const catalogueSource = "impl/loss (declarations)"

// WalkData calls with every file below golden/ that is data, in the order of their names: vectors
// and schemas, flags, authored cases, and the manifest.
func WalkData(fsys fs.FS, call func(name string, data []byte) error) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		top, _, _ := strings.Cut(name, "/")
		if top != "v1" && top != "cases" && name != "flags.json" && name != manifestName {
			return nil
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		return call(name, data)
	})
}

// DataDigests returns the digests of the data below golden/ but for the manifest.
func DataDigests(fsys fs.FS) ([]Digest, error) {
	var digests []Digest
	err := WalkData(fsys, func(name string, data []byte) error {
		if name != manifestName {
			digests = append(digests, Digest{Path: name, SHA256: digestOf(data), Cases: strings.Count(string(data), "\n{\"id\":")})
		}
		return nil
	})
	return digests, err
}

// SourceDigests returns the digests of the sources below the module's root. Go files are
// hashed token by token without comments and layout: a reworded comment decides no byte.
func SourceDigests(module fs.FS) ([]Digest, error) {
	names := slices.Clone(sourceFiles)
	for _, dir := range sourceDirs {
		err := fs.WalkDir(module, dir, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go") {
				names = append(names, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(names)
	var digests []Digest
	for _, name := range names {
		data, err := fs.ReadFile(module, name)
		if err != nil {
			return nil, err
		}
		tokens, err := tokensOf(name, data)
		if err != nil {
			return nil, err
		}
		digests = append(digests, Digest{Path: name, SHA256: digestOf(tokens)})
	}
	return append(digests, Digest{Path: catalogueSource, SHA256: CatalogueDigest()}), nil
}

// CatalogueDigest is the digest of what the catalogue declares and a case depends on:
// definitions, shapes, domains, parameters with their defaults, conventions.
func CatalogueDigest() string {
	var all []byte
	for _, l := range loss.All() {
		params := slices.Clone(l.Params)
		for i := range params {
			params[i].Meaning = "" // prose
		}
		conventions := slices.Clone(l.AllConventions())
		for i := range conventions {
			conventions[i].Meaning = ""
		}
		all = append(all, mustMarshal([]any{
			l.Name, l.Definition, l.Shape, l.Prediction, l.Targets, l.Target, l.VectorValued, params, conventions,
		})...)
	}
	return digestOf(all)
}

// tokensOf returns the tokens of a Go file, one to a line, without comments.
func tokensOf(name string, source []byte) ([]byte, error) {
	var s scanner.Scanner
	var firstError error
	files := token.NewFileSet()
	s.Init(files.AddFile(name, files.Base(), len(source)), source, func(at token.Position, msg string) {
		if firstError == nil {
			firstError = fmt.Errorf("%s: %s", at, msg)
		}
	}, 0)
	var b strings.Builder
	for {
		_, tok, text := s.Scan()
		if tok == token.EOF {
			return []byte(b.String()), firstError
		}
		if tok == token.SEMICOLON { // written or implied by the end of a line
			text = ";"
		}
		fmt.Fprintf(&b, "%s %s\n", tok, text)
	}
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// EncodeManifest writes a manifest with one digest to a line.
func EncodeManifest(m Manifest) []byte {
	var b strings.Builder
	lines := func(name string, digests []Digest) {
		fmt.Fprintf(&b, ",\n%q: [", name)
		for i, d := range digests {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "\n%s", mustMarshal(d))
		}
		b.WriteString("\n]")
	}
	fmt.Fprintf(&b, "{\n\"schema\": %q", m.Schema)
	lines("files", m.Files)
	lines("sources", m.Sources)
	b.WriteString("\n}\n")
	return []byte(b.String())
}

// ReadManifest reads the embedded manifest.
func ReadManifest(fsys fs.FS) (Manifest, error) {
	var m Manifest
	data, err := fs.ReadFile(fsys, manifestName)
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	return m, err
}

// CheckManifest compares the manifest with the data below golden/ and, where module is not
// nil, with the sources below the module's root. The error names the first file that is
// not what the manifest says.
func CheckManifest(data, module fs.FS) error {
	m, err := ReadManifest(data)
	if err != nil {
		return fmt.Errorf("golden: MANIFEST.json: %w", err)
	}
	if m.Schema != ManifestSchema {
		return fmt.Errorf("golden: MANIFEST.json: schema %q: want %q", m.Schema, ManifestSchema)
	}
	files, err := DataDigests(data)
	if err != nil {
		return err
	}
	if err := sameDigests(m.Files, files); err != nil || module == nil {
		return err
	}
	sources, err := SourceDigests(module)
	if err != nil {
		return err
	}
	return sameDigests(m.Sources, sources)
}

func sameDigests(want, got []Digest) error {
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(want) || i < len(got) && got[i].Path < want[i].Path:
			return fmt.Errorf("golden: %s is not in MANIFEST.json: run go generate ./golden", got[i].Path)
		case i >= len(got) || want[i].Path < got[i].Path:
			return fmt.Errorf("golden: %s is in MANIFEST.json and is not there: run go generate ./golden", want[i].Path)
		case want[i] != got[i]:
			return fmt.Errorf("golden: %s is not what MANIFEST.json says: run go generate ./golden", got[i].Path)
		}
	}
	return nil
}

// mustMarshal writes JSON without escaping < and >.
func mustMarshal(v any) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("lint: " + err.Error()) // what is written is strings and numbers
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}
