// Command typecheck finds what would not compile for another system, without compiling: it reads every package with
// its tests as the go command lists them for GOOS and GOARCH, and checks their types, ours with the bodies of functions.
// To compile for a system takes twenty times as long, most of it for what we import.
//
// Usage: GOOS=windows GOARCH=386 typecheck [packages]
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	patterns := os.Args[1:]
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	if err := run(".", patterns...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// A listed is a package as the go command lists it.
type listed struct {
	ImportPath, Dir string
	GoFiles         []string
	ImportMap       map[string]string
	DepOnly         bool
	Module          *struct{ GoVersion string }
	Error           *struct{ Err string }
}

// run checks the packages and all that they import, each after what it imports.
func run(dir string, patterns ...string) error {
	list := exec.Command("go", append([]string{"list", "-e", "-deps", "-test", "-json=ImportPath,Dir,GoFiles,ImportMap,DepOnly,Module,Error"}, patterns...)...)
	list.Dir, list.Env, list.Stderr = dir, append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	arch := os.Getenv("GOARCH")
	if arch == "" {
		arch = runtime.GOARCH
	}
	files, checked := token.NewFileSet(), map[string]*types.Package{"unsafe": types.Unsafe}
	var wrong []error
	ours := 0
	for packages := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		switch err := packages.Decode(&p); {
		case err == io.EOF && ours == 0:
			return errors.New("typecheck: no package")
		case err == io.EOF:
			return errors.Join(wrong...)
		case err != nil:
			return err
		case p.Error != nil:
			wrong = append(wrong, errors.New(p.Error.Err))
			continue
		case p.ImportPath == "unsafe" || strings.HasSuffix(p.ImportPath, ".test"): // the latter's main is generated
			continue
		}
		config := types.Config{Sizes: types.SizesFor("gc", arch), IgnoreFuncBodies: p.DepOnly, FakeImportC: true,
			Importer: importer{p.ImportMap, checked},
			Error: func(err error) {
				if !p.DepOnly {
					wrong = append(wrong, err)
				}
			}}
		if p.Module != nil && p.Module.GoVersion != "" {
			config.GoVersion = "go" + p.Module.GoVersion
		}
		if !p.DepOnly {
			ours++
		}
		var syntax []*ast.File
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				wrong = append(wrong, err)
				continue
			}
			syntax = append(syntax, f)
		}
		path, _, _ := strings.Cut(p.ImportPath, " ")                      // of a package with its tests
		checked[p.ImportPath], _ = config.Check(path, files, syntax, nil) // errors have been told
	}
}

// An importer finds what a package imports among what has been checked.
type importer struct {
	as      map[string]string
	checked map[string]*types.Package
}

func (i importer) Import(path string) (*types.Package, error) {
	if as, ok := i.as[path]; ok {
		path = as
	}
	if p := i.checked[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s has not been checked", path)
}
