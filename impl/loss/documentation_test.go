package loss_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/stretchr/testify/require"
)

// squeeze removes white space, in which text and data may differ.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// TestDocumentation_SaysWhatTheDeclarationSays parses this package, and finds every side
// of every declared formula, and every special case, in the doc comment above it.
func TestDocumentation_SaysWhatTheDeclarationSays(t *testing.T) {
	docs := docComments(t)
	for _, l := range loss.All() {
		doc, ok := docs[l.Name]
		require.True(t, ok, "%s has no doc comment", l.Name)
		last := -1
		for _, heading := range []string{"# Formula", "# Gradient", "# Domain", "# Special cases", "# Accuracy", "# Method", "# References"} {
			at := strings.Index(doc, heading)
			require.Greater(t, at, last, "%s: %s is missing or out of order", l.Name, heading)
			last = at
		}
		flat := squeeze(doc)
		for _, formula := range []string{l.Formula, l.Gradient, l.Second, l.ByTarget} {
			for clause := range strings.SplitSeq(formula, ", ") {
				for side := range strings.SplitSeq(clause, " = ") {
					require.Contains(t, flat, squeeze(side), "%s: %s", l.Name, formula)
				}
			}
		}
		for _, line := range l.SpecialCases {
			require.Contains(t, flat, squeeze(line), "%s: special case", l.Name)
		}
		require.NotEmpty(t, l.SpecialCases, l.Name)
		require.NotEmpty(t, l.Traits, l.Name)
		require.Equal(t, l.ByTarget != "", l.NumberTarget() != nil, "%s: a derivative by the target where that is a number", l.Name)
	}
}

// docComments returns the doc comment of every declaration of a loss, by its name.
func docComments(t *testing.T) map[string]string {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	docs := map[string]string{}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, d := range file.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok || decl.Tok != token.VAR || decl.Doc == nil {
				continue
			}
			ast.Inspect(decl, func(n ast.Node) bool {
				pair, ok := n.(*ast.KeyValueExpr)
				if !ok {
					return true
				}
				key, isName := pair.Key.(*ast.Ident)
				name, isString := pair.Value.(*ast.BasicLit)
				if isName && key.Name == "Name" && isString {
					if name := strings.Trim(name.Value, `"`); docs[name] == "" {
						docs[name] = decl.Doc.Text()
					}
				}
				return true
			})
		}
	}
	return docs
}
