// Package outside holds the rooms that people import to what another module can use of them.
package outside

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	module = "github.com/lossproof/lossproof/"
	root   = "../../.."
)

// rooms are those that people import.
var rooms = []string{"bench", "conformance", "conformance/known", "golden", "impl/kernel", "impl/loss", "impl/subject", "impl/subject/lcp", "properties"}

// The module in testdata builds and passes, with nothing but this repository and the modules that it
// has already.
func TestOutside_AnotherModuleCallsEveryFunction(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/module")))
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o644))
	here, err := filepath.Abs(root)
	require.NoError(t, err)
	for _, args := range [][]string{{"mod", "edit", "-replace", strings.TrimSuffix(module, "/") + "=" + here}, {"test", "-mod=mod", "-bench", ".", "-benchtime", "1x", "./..."}} {
		c := exec.Command("go", args...)
		c.Dir = dir
		c.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
		out, err := c.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	after, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	require.NoError(t, err)
	require.Equal(t, string(sums), string(after), "it needs a module that this one has not")
}

// The module calls every exported function of the rooms.
func TestOutside_NoFunctionIsMissed(t *testing.T) {
	called := map[string]bool{}
	f, err := parser.ParseFile(token.NewFileSet(), "testdata/module/outside_test.go", nil, 0)
	require.NoError(t, err)
	imports := importsOf(t, f)
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				called[imports[x.Name]+"."+s.Sel.Name] = true
			}
		}
		return true
	})
	for _, room := range rooms {
		functions := 0
		eachFile(t, room, func(f *ast.File) {
			for _, d := range f.Decls {
				if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && d.Name.IsExported() {
					require.True(t, called[module+room+"."+d.Name.Name], "%s.%s is not called", room, d.Name.Name)
					functions++
				}
			}
		})
		require.Positive(t, functions, room)
	}
}

// No exported function, method, field or variable has a type of an internal room, which nobody
// outside can name.
func TestOutside_NoSignatureHasAnInternalType(t *testing.T) {
	for _, room := range rooms {
		eachFile(t, room, func(f *ast.File) {
			imports := importsOf(t, f)
			hold := func(name string, typ ast.Node) {
				ast.Inspect(typ, func(n ast.Node) bool {
					switch n := n.(type) {
					case *ast.Field:
						if len(n.Names) > 0 && !n.Names[0].IsExported() && strings.HasPrefix(name, "type ") {
							return false
						}
					case *ast.SelectorExpr:
						if x, ok := n.X.(*ast.Ident); ok {
							require.NotContains(t, imports[x.Name], "/internal/", "%s: %s has the type %s.%s", room, name, x.Name, n.Sel.Name)
						}
					}
					return true
				})
			}
			for _, d := range f.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if d.Name.IsExported() && exportedReceiver(d) {
						hold("func "+d.Name.Name, d.Type)
					}
				case *ast.GenDecl:
					for _, s := range d.Specs {
						switch s := s.(type) {
						case *ast.TypeSpec:
							if s.Name.IsExported() && !s.Assign.IsValid() { // an alias names what it stands for
								hold("type "+s.Name.Name, s.Type)
							}
						case *ast.ValueSpec:
							if s.Names[0].IsExported() && s.Type != nil {
								hold(s.Names[0].Name, s.Type)
							}
						}
					}
				}
			}
		})
	}
}

// exportedReceiver reports whether a function has no receiver, or one that is exported.
func exportedReceiver(d *ast.FuncDecl) bool {
	exported := true
	if d.Recv != nil {
		ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
			if x, ok := n.(*ast.Ident); ok && !x.IsExported() {
				exported = false
			}
			return true
		})
	}
	return exported
}

// eachFile calls do with the files of a room that are no tests.
func eachFile(t *testing.T, room string, do func(*ast.File)) {
	t.Helper()
	names, err := fs.Glob(os.DirFS(root), room+"/*.go")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, 0)
		require.NoError(t, err)
		do(f)
	}
}

// importsOf maps the names of a file's imports to their paths.
func importsOf(t *testing.T, f *ast.File) map[string]string {
	t.Helper()
	paths := map[string]string{}
	for _, i := range f.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		require.NoError(t, err)
		name := path[strings.LastIndex(path, "/")+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		paths[name] = path
	}
	return paths
}
