package kernel

import (
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"hash"
	"math"
	"math/rand/v2"
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

// digestShapes reach every way of rows.go: tiles that are full and that are not, blocks that
// are, and chunks.
var digestShapes = func() (shapes [][2]int) { // rows, classes
	for classes := 1; classes <= 35; classes++ {
		shapes = append(shapes, [2]int{1 + classes*7%19, classes})
	}
	return append(shapes, [2]int{0, 5}, [2]int{mostRows + 1, 3}, [2]int{mostRows + 9, 33}, [2]int{3, 63}, [2]int{2, 64}, [2]int{5, 80}, [2]int{3, 257},
		[2]int{2, 1000}, [2]int{2, 2500}, [2]int{1, chunk + 1234})
}()

var digestOf = func() string {
	scores := 0
	for _, shape := range digestShapes {
		scores += shape[0] * shape[1]
	}
	return fmt.Sprintf("%d elements, of %d scores of rows, or of some pairs of boxes", digestInputs, scores)
}()

var digestFile = filepath.Join("testdata", "digests.txt")

func TestDigests_AreThoseOfEveryMachine(t *testing.T) {
	t.Parallel()
	if *update {
		text := fmt.Sprintf("# Digests of the results of %s, drawn with seeds: kernel, form, the start of a SHA-256.\n# go test ./impl/kernel -run TestDigests -update\n%s\n",
			digestOf, strings.Join(digests(Go), "\n"))
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
		t.Logf("%s: %d digests, each of %s", tier, len(got), digestOf)
	}
}

// digests has a line for each kernel and form.
func digests(tier Tier) []string {
	return slices.Concat(digestsOf[float32](tier), digestsOf[float64](tier), rowDigestsOf[float32](tier), rowDigestsOf[float64](tier), boxDigestsOf[float32](tier), boxDigestsOf[float64](tier))
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
			d := newDigest()
			for i := range value {
				d.write(oneNaN(value[i]))
				d.write(oneNaN(grad[i]))
			}
			d.write(oneNaN(sum))
			if form.sum { // and one that is no NaN
				d.write(oneNaN(form.run(k, value, grad, smallPred, smallTarget)))
			}
			lines = append(lines, d.line(c.name, form.name))
		}
	}
	return lines
}

func rowDigestsOf[T Float](tier Tier) (lines []string) {
	var b rowBatch[T]
	var got rowResults[T]
	for _, c := range rowwiseKernels[T]() {
		digests := make([]digest, len(c.forms))
		for i := range digests {
			digests[i] = newDigest()
		}
		for n, shape := range digestShapes {
			b.draw(rand.New(rand.NewPCG(uint64(n), 21)), shape[0], shape[1], c.ignore)
			b.over = Denominator(n % 3)
			for i, form := range c.forms {
				got.resize(c.values(&b), len(b.pred))
				got.sum = form.run(tier, &b, got.value, got.grad)
				for _, given := range [][]T{only(form.value, got.value), only(form.grad, got.grad)} {
					for _, x := range given {
						digests[i].write(oneNaN(x))
					}
				}
				digests[i].write(oneNaN(got.sum))
			}
		}
		for i, form := range c.forms {
			lines = append(lines, digests[i].line(c.name, form.name))
		}
	}
	return lines
}

// only is xs where the claim holds.
func only[T Float](claim bool, xs []T) []T {
	if !claim {
		return nil
	}
	return xs
}

type digest struct{ hash.Hash }

func newDigest() digest { return digest{sha256.New()} }

func (d digest) write(bits uint64) {
	var raw [8]byte
	binary.LittleEndian.PutUint64(raw[:], bits)
	d.Write(raw[:])
}

func (d digest) line(kernel, form string) string {
	return fmt.Sprintf("%s %s %x", kernel, form, d.Sum(nil)[:8])
}

// oneNaN is the bits of x, and the same for every NaN.
func oneNaN[T Float](x T) uint64 {
	if x != x {
		return math.Float64bits(math.NaN())
	}
	return bitsOf(x)
}
