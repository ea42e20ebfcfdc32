package draw

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// profiles are all that there are.
var profiles = map[string]*Profile{
	"Laws": &Laws, "Wide": &Wide, "Everyday": &Everyday, "Grid": &Grid, "Training": &Training,
	"Vectors": &Vectors, "VectorBoundaries": &VectorBoundaries, "VectorSearch": &VectorSearch,
}

// entries are the catalogue, and what it may have one day: a box, a set, a position in a row, and
// domains of two numbers.
func entries() []*loss.Loss {
	return append(loss.All(),
		&loss.Loss{Name: "a box", Shape: loss.Box, Prediction: loss.OrderedBox, Targets: loss.Targets{loss.Corners}, Target: loss.OrderedBox},
		&loss.Loss{Name: "a set", Shape: loss.Set, Prediction: loss.UnitInterval, Targets: loss.Targets{loss.Numbers}, Target: loss.UnitInterval},
		&loss.Loss{Name: "a set of logits", Shape: loss.Set, Prediction: loss.Extended, Targets: loss.Targets{loss.Numbers}, Target: loss.UnitInterval},
		&loss.Loss{Name: "a position", Shape: loss.Row, Prediction: loss.Extended, Targets: loss.Targets{loss.Position}, Target: loss.NonNegative},
		&loss.Loss{Name: "a margin", Shape: loss.Point, Prediction: loss.Extended, Targets: loss.Targets{loss.Number}, Target: loss.Signs},
		&loss.Loss{Name: "a count", Shape: loss.Point, Prediction: loss.Positive, Targets: loss.Targets{loss.Number}, Target: loss.NonNegative})
}

// every calls a test with many calls of every profile, entry and format.
func every(t *testing.T, n int, test func(d *Drawer, p *Profile, l *loss.Loss, c *loss.Call)) {
	for name, p := range profiles {
		for _, l := range entries() {
			for _, f := range ieee.Formats() {
				d := New(f, Seed(name), Seed(l.Name))
				for range n {
					c := d.Items(p, l, 1+d.IntN(3), d.Width(p, l))
					d.Settings(p, l, &c)
					if len(p.Weight) > 0 && !l.VectorValued {
						d.Weights(p, l, &c)
					}
					test(d, p, l, &c)
				}
			}
		}
	}
}

// valid reports a call that the catalogue would refuse, or that has numbers beyond its format.
func valid(t *testing.T, l *loss.Loss, c *loss.Call) {
	t.Helper()
	if declared, err := loss.Named(l.Name); err == nil && declared == l {
		_, err := c.Plan()
		if err != nil {
			t.Fatalf("%v: %+v", err, c)
		}
	}
	held := func(domain loss.Domain, xs []float64, width int) {
		for item := range slices.Chunk(xs, width) {
			if domain.HoldsItem(item) >= 0 {
				t.Fatalf("%s: %v", l.Name, item)
			}
		}
	}
	width := l.Shape.Width(c.Cols)
	held(l.Prediction, c.Pred, width)
	if c.Target != nil {
		held(l.Target, c.Target, l.NumberTarget().Width(width))
	}
	for _, x := range slices.Concat(c.Pred, c.Target, c.Weight, c.Upstream) {
		if math.IsNaN(x) || !c.Format.Holds(x) {
			t.Fatalf("%s: %v in %s", l.Name, x, c.Format)
		}
	}
}

func TestItems_LieInTheirDomains(t *testing.T) {
	every(t, 40, func(d *Drawer, p *Profile, l *loss.Loss, c *loss.Call) {
		valid(t, l, c)
		d.Alike(l, c)
		valid(t, l, c)
		if l.NumberTarget() == loss.Position {
			for i, y := range c.Target {
				if y > float64(c.Cols-1) {
					t.Fatalf("position %v of item %d is beyond the last of %d classes", y, i, c.Cols)
				}
			}
		}
	})
}

func TestCall_IsValidForEveryEntry(t *testing.T) {
	for _, l := range loss.All() {
		d := New(ieee.Float64, 1, 2)
		for range 2000 {
			valid(t, l, d.Call(&Wide, l))
		}
	}
}

func TestCall_DependsOnItsSeedAlone(t *testing.T) {
	for _, l := range loss.All() {
		a, b := New(ieee.Float32, 7, 8), New(ieee.Float32, 7, 8)
		for range 100 {
			require.Equal(t, a.Call(&Wide, l), b.Call(&Wide, l))
		}
	}
}

func TestHard_HasLabelsOnlyAndChangesNothingElse(t *testing.T) {
	hard := Laws.Hard()
	d := New(ieee.Float64, 1, 1)
	for _, l := range entries() {
		kind := l.NumberTarget()
		if kind == nil || l.Target != loss.UnitInterval {
			continue
		}
		soft := 0
		for range 200 {
			for _, y := range d.Items(&hard, l, 1, d.Width(&hard, l), kind.Name).Target {
				require.True(t, y == 0 || y == 1)
			}
			for _, y := range d.Items(&Laws, l, 1, d.Width(&Laws, l), kind.Name).Target {
				if y != 0 && y != 1 {
					soft++
				}
			}
		}
		require.Positive(t, soft, l.Name)
	}
}

// TestVectors_AreFrozen finds out in a moment what go generate finds out in minutes: another draw
// is another vector.
func TestVectors_AreFrozen(t *testing.T) {
	h := sha256.New()
	for _, p := range []*Profile{&Vectors, &VectorBoundaries, &VectorSearch} {
		for _, l := range []*loss.Loss{loss.SquaredError, loss.BinaryCrossEntropy, loss.CategoricalCrossEntropy, loss.CrossEntropy, loss.Softmax} {
			for _, f := range ieee.Formats() {
				d := New(f, Seed(l.Name), Seed(f.Name))
				for range 50 {
					c := d.Items(p, l, 2, d.Width(p, l))
					d.Settings(p, l, &c)
					if !l.VectorValued {
						d.Weights(p, l, &c)
						c.Weight[d.IntN(len(c.Weight))] = 1
					}
					fmt.Fprintf(h, "%x %x %v %x %x %x %v\n", c.Pred, c.Target, c.Label, c.Weight, c.Upstream, c.Params, c.Conventions)
				}
			}
		}
	}
	require.Equal(t, "d8253ea37302b25e", hex.EncodeToString(h.Sum(nil))[:16])
}

func TestMix_KeepsItsWeights(t *testing.T) {
	d := New(ieee.Float64, 1, 1)
	seen := map[string]int{}
	for range 10_000 {
		seen[Mix[string]{{1, "rare"}, {3, "common"}}.Pick(d)]++
	}
	require.InDelta(t, 2500, seen["rare"], 200) // four standard deviations are 173
}

func TestMix_OfOneWayDrawsNothing(t *testing.T) {
	a, b := New(ieee.Float64, 1, 1), New(ieee.Float64, 1, 1)
	just("way").Pick(a)
	require.Equal(t, b.Uint64(), a.Uint64())
}
