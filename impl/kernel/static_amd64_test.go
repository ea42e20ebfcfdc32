//go:build !purego

package kernel

import (
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
// of that tier, dtype and form; and each kernel has all of them.
func TestTables_HoldTheFunctionsOfTheirTier(t *testing.T) {
	testTables[float32](t, "32")
	testTables[float64](t, "64")
}

func testTables[T Float](t *testing.T, dtype string) {
	for _, c := range pointwiseKernels[T]() {
		for tier, suffix := range map[Tier]string{AVX2: "AVX2", AVX512: "AVX512"} {
			f := c.kernel.vector[tier]
			for form, function := range map[string]vectorFunc[T]{"Value": f.value, "Grad": f.grad, "ValueGrad": f.valueGrad} {
				if function == nil {
					t.Errorf("%s has no %s in %s", c.name, form, tier)
					continue
				}
				name := runtime.FuncForPC(reflect.ValueOf(function).Pointer()).Name()
				name = strings.TrimSuffix(name[strings.LastIndex(name, ".")+1:], ".abi0")
				want := strings.ReplaceAll(c.kernel.name, "_", "") + strings.ToLower(form+dtype+suffix)
				if strings.ToLower(name) != want {
					t.Errorf("%s calls %s for %s in %s", c.name, name, form, tier)
				}
			}
		}
	}
}
