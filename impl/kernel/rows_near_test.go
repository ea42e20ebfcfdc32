package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lossproof/lossproof/internal/full"
)

// Exponentials of scores near 0 are within 0.85 ulp of a multiple of e^z, at every 4099th number.
func TestRows_ExponentialNearZero(t *testing.T) {
	const (
		step = 4099
		most = 0.85
		unit = (8395991 - 0.14) / (1 << 23) * (1 << nearSpare)
	)
	worst, at := 0.0, float32(0)
	check := func(z float32) {
		got, want := float64(rowExponential32(z, nearShift)), unit*math.Exp(float64(z))
		_, exponent := math.Frexp(want)
		if e := math.Abs(got-want) / math.Ldexp(1, exponent-24); e > worst {
			worst, at = e, z
		}
	}
	for b := uint32(0); math.Float32frombits(b) <= -nearFloor; b += step {
		z := math.Float32frombits(b)
		check(-z)
		if z <= nearHigh {
			check(z)
		}
	}
	t.Logf("at most %.3f ulp, at %v", worst, at)
	if worst > most {
		t.Errorf("%.3f ulp at %v (%#x)", worst, at, math.Float32bits(at))
	}
}

// nearRows draws rows that reach every way that rows near 0 may take: largest scores around the
// ends of the window, one score far above the others, infinities and NaN.
func nearRows(r *rand.Rand, rows, classes int) []float32 {
	pred := make([]float32, rows*classes)
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 50, 300, -300, 1e30, -1e30, nearHigh, nearLow, nearFloor, -math.MaxFloat32}
	for i := range rows {
		row := pred[i*classes : (i+1)*classes]
		size, offset := []float64{0.1, 1, 3, 10, 30}[r.IntN(5)], []float64{0, 0, 0, nearLow, nearHigh, 100, -1e6}[r.IntN(7)]
		for k := range row {
			row[k] = float32(size*r.NormFloat64() + offset)
		}
		switch r.IntN(8) {
		case 0: // nobody is sure of the others' sum
			top := float64(slices.Max(row))
			row[r.IntN(classes)] = float32(top + 20*math.Ln2 + math.Log(float64(classes)) + 2*r.NormFloat64() - 1)
		case 1:
			top := r.IntN(classes)
			row[top], row[r.IntN(classes)] = slices.Max(row), slices.Max(row)
		case 2:
			for range 1 + r.IntN(3) {
				row[r.IntN(classes)] = float32(odd[r.IntN(len(odd))])
			}
		case 3:
			for k := range row {
				row[k] = float32(math.Inf(-1))
			}
			for range r.IntN(3) {
				row[r.IntN(classes)] = float32(r.NormFloat64())
			}
		}
	}
	return pred
}

// The same sums and exponentials in every tier, and where these are written over the scores.
func TestRows_NearZeroTheSameEverywhere(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 1))
	for batch := range full.Count(300, 5) {
		classes := fewClasses + r.IntN(200)
		if batch%20 == 0 {
			classes = mostNear - r.IntN(1000)
		}
		rows := min(1+r.IntN(mostRows), max(1, (1<<15)/classes))
		pred := nearRows(r, rows, classes)
		var want rowBlock[float32]
		wantExps := make([]float32, len(pred))
		exponentials(Go, rows, classes, pred, wantExps, &want)
		for _, tier := range Tiers() {
			compare := func(how string, s *rowBlock[float32], exps []float32) {
				at := fmt.Sprintf("batch %d, %d rows of %d, %v, %s", batch, rows, classes, tier, how)
				for i := range rows {
					if !same(s.top[i], want.top[i]) || !same(s.rest[i], want.rest[i]) || !same(s.ties[i], want.ties[i]) {
						t.Fatalf("%s: row %d: top %v, rest %v, ties %v, want %v, %v, %v", at, i, s.top[i], s.rest[i], s.ties[i], want.top[i], want.rest[i], want.ties[i])
					}
				}
				if i := firstDifference(exps, wantExps); exps != nil && i >= 0 {
					t.Fatalf("%s: exponential %d of %v is %v, want %v", at, i, pred[i], exps[i], wantExps[i])
				}
			}
			var s rowBlock[float32]
			exps := make([]float32, len(pred))
			exponentials(tier, rows, classes, pred, exps, &s)
			compare("aside", &s, exps)
			s = rowBlock[float32]{}
			exponentials(tier, rows, classes, pred, nil, &s)
			compare("sums", &s, nil)
			s = rowBlock[float32]{}
			copy(exps, pred)
			exponentials(tier, rows, classes, exps, exps, &s)
			compare("in place", &s, exps)
		}
	}
}

// The one pass finds what the two passes find, as far as it says that it can: a share of the
// largest exponential, right to 2^-24.9 and what the exponentials themselves may differ by.
func TestRows_NearZeroAsTwoPasses(t *testing.T) {
	const most = 0x1p-24 + 4*0.85*0x1p-23
	r := rand.New(rand.NewPCG(21, 2))
	once, failed := 0, 0
	for range 400 {
		classes := fewClasses + r.IntN(400)
		row := nearRows(r, 1, classes)
		var s [2]rowBlock[float32]
		s[0].top[0], s[0].rest[0] = nearRow(row, nil)
		if others(1, &s[0]) != 0 {
			failed++
			continue
		}
		once++
		relativeExponentials(Go, 0, 1, classes, row, nil, &s[1])
		share := func(s *rowBlock[float32]) float64 {
			ref := newReference(s.top[0])
			top := float64(exponentialAt(ref.top, &ref))
			return s.others(0, top) / top
		}
		got, want := share(&s[0]), share(&s[1])
		if !(math.Abs(got-want) <= most*want) {
			t.Errorf("the others of %v are %v of the largest, and in two passes %v: %.3g ulp", row, got, want, (got-want)/want*0x1p23)
		}
	}
	t.Logf("%d rows in one pass, %d in two", once, failed)
	if once < 100 || failed < 50 {
		t.Error("too few rows of a kind")
	}
}
