package kernel

import (
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The results of seeded inputs, as digests, stand in a file: every machine, tier and build
// must have the same. ci/portability runs this test on other processors.
//
//	go test ./impl/kernel -run TestDigests -update
var update = flag.Bool("update", false, "write testdata/digests.txt")

const digestInputs = stride + 4321

var digestFile = filepath.Join("testdata", "digests.txt")

func TestDigests_AreThoseOfEveryMachine(t *testing.T) {
	if *update {
		text := fmt.Sprintf("# Digests of the results of %d seeded inputs: kernel, form, the start of a SHA-256.\n# go test ./impl/kernel -run TestDigests -update\n%s\n",
			digestInputs, strings.Join(digests(Go), "\n"))
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(digestFile, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, tier := range Tiers() {
		got := digests(tier)
		text, err := os.ReadFile(digestFile)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "#") {
				want = append(want, strings.TrimSpace(line))
			}
		}
		if len(want) != len(got) {
			t.Errorf("%s: %d digests, the file has %d: run with -update where a kernel is new", tier, len(got), len(want))
		}
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Errorf("%s: %s, the file has %s", tier, got[i], want[i])
			}
		}
		t.Logf("%s: %d digests of %d inputs each", tier, len(got), digestInputs)
	}
}

// digests has a line for each kernel and form.
func digests(tier Tier) []string {
	return append(digestsOf[float32](tier), digestsOf[float64](tier)...)
}

func digestsOf[T Float](tier Tier) (lines []string) {
	for _, c := range pointwiseKernels[T]() {
		k := c.kernel.In(tier)
		pred, target := inputs(k, digestInputs, 8)
		smallPred, smallTarget := slices.Clone(pred), slices.Clone(target)
		moderateAll(smallPred)
		moderateAll(smallTarget)
		for _, form := range pointwiseForms[T]() {
			value, grad := make([]T, digestInputs), make([]T, digestInputs)
			sum := form.run(k, value, grad, pred, target)
			hash := sha256.New()
			write := func(bits uint64) {
				var raw [8]byte
				binary.LittleEndian.PutUint64(raw[:], bits)
				hash.Write(raw[:])
			}
			for i := range value {
				write(oneNaN(value[i]))
				write(oneNaN(grad[i]))
			}
			write(oneNaN(sum))
			if form.sum { // and one that is no NaN
				write(oneNaN(form.run(k, value, grad, smallPred, smallTarget)))
			}
			lines = append(lines, fmt.Sprintf("%s %s %x", c.name, form.name, hash.Sum(nil)[:8]))
		}
	}
	return lines
}

// oneNaN is the bits of x, and the same for every NaN.
func oneNaN[T Float](x T) uint64 {
	if x != x {
		return math.Float64bits(math.NaN())
	}
	return bitsOf(x)
}
