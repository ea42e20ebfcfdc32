package main

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/lossproof/lossproof/impl/kernel"
)

// A found is one result with its error.
type found struct {
	Error  ulps   `json:"error"` // of the true value, without sign; computed in float64
	Bits   uint32 `json:"bits"`  // of the prediction
	Result uint32 `json:"result"`
}

// ulps is an error in ulp, which may be infinite: a text in JSON.
type ulps float64

func (u ulps) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(u), 'g', -1, 64), nil
}

func (u *ulps) UnmarshalText(text []byte) error {
	x, err := strconv.ParseFloat(string(text), 64)
	*u = ulps(x)
	return err
}

// A row is what is known of one kernel, target and output.
type row struct {
	Kernel  string  `json:"kernel"`
	Target  string  `json:"target"` // 0, 1, or - where there is none
	Output  string  `json:"output"` // value or gradient
	Checked uint64  `json:"checked"`
	Worst   []found `json:"worst"` // the worst first; at most keep
}

// keep is how many of the worst are kept: so many that one which the oracle finds to be less
// than it seemed, next to a power of two, does not hide the worst.
const keep = 8

// add enters a result, and returns what another must exceed to be entered.
func (r *row) add(f found) ulps {
	at, _ := slices.BinarySearchFunc(r.Worst, f, before)
	r.Worst = slices.Insert(r.Worst, at, f)
	if len(r.Worst) > keep {
		r.Worst = r.Worst[:keep]
	}
	return r.threshold()
}

// before orders what was found: the same for any order of work.
func before(a, b found) int {
	if c := cmp.Compare(b.Error, a.Error); c != 0 {
		return c
	}
	return cmp.Compare(a.Bits, b.Bits)
}

func (r *row) threshold() ulps {
	if len(r.Worst) < keep {
		return 0
	}
	return r.Worst[keep-1].Error
}

func (r *row) merge(other *row) {
	r.Checked += other.Checked
	for _, f := range other.Worst {
		r.add(f)
	}
}

// A checker computes blocks of an entry.
type checker struct {
	entry
	rows         []*row // target by target, value then gradient
	pred, target []float32
	got          [2][]float32
	want         [2][]float64
}

func (e entry) targets() []float64 {
	if e.truth.noTarget {
		return []float64{0}
	}
	return []float64{0, 1}
}

func newChecker(e entry, tier kernel.Tier) *checker {
	c := &checker{entry: e, pred: make([]float32, blockSize), target: make([]float32, blockSize)}
	c.kernel = c.kernel.In(tier)
	for i := range c.got {
		c.got[i], c.want[i] = make([]float32, blockSize), make([]float64, blockSize)
	}
	c.rows = e.emptyRows()
	return c
}

func (e entry) emptyRows() (rows []*row) {
	for _, target := range e.targets() {
		name := map[float64]string{0: "0", 1: "1"}[target]
		if e.truth.noTarget {
			name = "-"
		}
		for _, output := range []string{"value", "gradient"} {
			rows = append(rows, &row{Kernel: e.name, Target: name, Output: output})
		}
	}
	return rows
}

const one32 = 0x3f800000 // pattern of 1

// inDomain is how many numbers of a block are checked: of probabilities −0, 0 to 1, and NaN.
func (e entry) inDomain(first uint32, negative bool) int {
	switch {
	case !e.truth.probabilities || first > 0x7f800000:
		return blockSize
	case negative:
		return min(blockSize, max(0, 1-int(first)))
	}
	return min(blockSize, max(0, one32+1-int(first)))
}

// check checks both signs of the magnitudes of a block, with each target.
func (c *checker) check(b *block) {
	for _, negative := range []bool{false, true} {
		n := c.inDomain(b.first, negative)
		sign := uint32(0)
		if negative {
			sign = 1 << 31
		}
		for i := range n {
			c.pred[i] = math.Float32frombits(b.first + uint32(i) | sign)
		}
		if n == 0 {
			continue
		}
		for k, target := range c.targets() {
			var y []float32
			if !c.truth.noTarget {
				y = c.target[:n]
				for i := range y {
					y[i] = float32(target)
				}
			}
			c.kernel.ValueGrad(c.got[0][:n], c.got[1][:n], c.pred[:n], y, 1)
			c.truth.fill(b, negative, target, c.want[0], c.want[1])
			for output := range 2 {
				c.compare(c.rows[2*k+output], c.got[output][:n], c.want[output][:n])
			}
		}
	}
}

const (
	exponentMask = 0x7ff << 52
	leastUlp     = 0x1p-149
	belowPower   = 1 - 0x1p-40 // see ulp
)

// compare enters the errors of a block. The ulp of a truth that may lie below a power of two
// is that of the binade below.
func (c *checker) compare(r *row, got []float32, want []float64) {
	r.Checked += uint64(len(got))
	threshold := r.threshold()
	for i, v := range want {
		ulp := math.Float64frombits(math.Float64bits(v*belowPower) & exponentMask)
		err := ulps(math.Abs(float64(got[i])-v) / max(ulp*0x1p-23, leastUlp))
		if err <= threshold {
			continue
		}
		if err = exceptional(got[i], v, err); err > threshold {
			threshold = r.add(found{err, math.Float32bits(c.pred[i]), math.Float32bits(got[i])})
		}
	}
}

// exceptional is the error where a result or its truth is no finite float32, and else err.
func exceptional(got float32, v float64, err ulps) ulps {
	rounded := float32(v)
	special := func(x float32) bool { return x-x != 0 }
	switch {
	case got != got && v != v, special(rounded) && got == rounded:
		return 0
	case special(got) || special(rounded):
		return ulps(math.Inf(1))
	}
	return err
}
