//go:build !purego

package kernel

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestAvailable_ATierNeedsItsFeatures(t *testing.T) {
	for _, c := range []struct {
		avx2, avx512 bool
		want         []Tier
	}{
		{false, false, []Tier{Go}},
		{true, false, []Tier{AVX2, Go}},
		{true, true, []Tier{AVX512, AVX2, Go}},
	} {
		if got := available(c.avx2, c.avx512); !slices.Equal(got, c.want) {
			t.Errorf("available(%v, %v) is %v, want %v", c.avx2, c.avx512, got, c.want)
		}
	}
}

// TestTables_HoldTheFunctionsOfTheirTier: what the built program calls in a tier has the name
// of that tier, dtype and form; each kernel has all of them; and each function in the tables
// belongs to a kernel that pointwiseKernels lists.
func TestTables_HoldTheFunctionsOfTheirTier(t *testing.T) {
	called := map[string]bool{}
	testTables[float32](t, "32", called)
	testTables[float64](t, "64", called)

	files, err := filepath.Glob("*_tables_amd64.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no tables", err)
	}
	for _, file := range files {
		ast.Inspect(parseGo(t, file), func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if of, ok := literal.Type.(*ast.IndexExpr); !ok || fmt.Sprint(of.X) != "forms" {
				return true
			}
			for _, e := range literal.Elts {
				if name := fmt.Sprint(e.(*ast.KeyValueExpr).Value); !called[name] {
					t.Errorf("%s: no kernel of pointwiseKernels calls %s", file, name)
				}
			}
			return true
		})
	}
}

func testTables[T Float](t *testing.T, dtype string, called map[string]bool) {
	for _, c := range pointwiseKernels[T]() {
		for tier, suffix := range map[Tier]string{AVX2: "AVX2", AVX512: "AVX512"} {
			f, raised := c.kernel.vector[tier], c.kernel.raisedVector[tier]
			for form, function := range map[string]vectorFunc[T]{"Value": f.value, "Grad": f.grad, "ValueGrad": f.valueGrad,
				"ValueRaised": raised.value, "GradRaised": raised.grad, "ValueGradRaised": raised.valueGrad} {
				if function == nil {
					if !strings.HasSuffix(form, "Raised") {
						t.Errorf("%s has no %s in %s", c.name, form, tier)
					}
					continue
				}
				name := runtime.FuncForPC(reflect.ValueOf(function).Pointer()).Name()
				name = strings.TrimSuffix(name[strings.LastIndex(name, ".")+1:], ".abi0")
				called[name] = true
				suffix := suffix
				if tier == AVX512 && strings.HasSuffix(name, "AVX2") {
					suffix = "AVX2" // which does for it where a kernel says so
				}
				if !strings.HasPrefix(strings.ToLower(name), strings.ReplaceAll(c.kernel.name, "_", "")) || !strings.HasSuffix(name, form+dtype+suffix) ||
					strings.HasPrefix(form, "Grad") && strings.HasSuffix(name, "Value"+form+dtype+suffix) {
					t.Errorf("%s calls %s for %s in %s", c.name, name, form, tier)
				}
			}
		}
	}
}
