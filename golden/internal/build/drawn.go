package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
)

// An amount is how much of a kind is drawn for a loss.
type amount struct {
	terms      int   // items of a long reduction
	batches    int   // small batches
	rows       []int // of one of them: a tail in any vector register
	candidates int   // of a search; a row costs the oracle several times what a number does
	climb      int   // steps of a search from each of its best
	cases      int   // of a file, at least
	narrow     int   // of a file of 16 bits
	boundary   int   // cases next to edges
}

// amountOf is for later entries as much as fills a register's tail many times over, since answers do not compress; the first files
// are out in the world.
func amountOf(l *loss.Loss) amount {
	first := amount{1000, 20, []int{2, 3, 5, 7, 9, 15, 17}, 1500, 250, wantedLossCases, wantedLinkCases, 24}
	if l.Shape.Many() {
		first.candidates = 400
	}
	switch {
	case slices.Contains(strings.Fields(`binary_cross_entropy binary_cross_entropy_with_logits categorical_cross_entropy classification_error
		cross_entropy log_sigmoid log_softmax log_sum_exp sigmoid sigmoid_focal smooth_l1 softmax softmax_focal softplus
		squared_error squared_error_with_logits`), l.Name):
		return first
	case l.Shape.Several():
		return amount{6, 3, []int{2, 3}, 150, 60, 255, 70, 10}
	case l.Shape.Many():
		return amount{20, 5, []int{2, 3, 5}, 150, 60, 205, wantedLinkCases, 24}
	}
	return amount{40, 6, []int{2, 3, 5, 9}, 1500, 250, 205, wantedLinkCases, 24}
}

// later are settings that came after the vectors of their losses. Authored cases alone have them, so that what is drawn stays.
var later = []string{"box_eps", "box_epsilon", "ciou_aspect_gradient", "siou_gamma"}

// settings draws parameters and conventions.
func (d drawer) settings(l *loss.Loss, c *loss.Call) {
	first := *l
	first.Params = slices.DeleteFunc(slices.Clone(l.Params), func(p loss.Param) bool { return slices.Contains(later, p.Name) })
	first.Conventions = slices.DeleteFunc(slices.Clone(l.Conventions), func(v loss.Convention) bool { return slices.Contains(later, v.Name) })
	d.Settings(&draw.Vectors, &first, c)
}

// added counts the cases that later settings brought.
func (s set) added() (n int) {
	for _, v := range s {
		if slices.ContainsFunc(later, func(name string) bool { return v.Call.Conventions[name] != "" }) {
			n++
		}
	}
	return n
}

// addDrawn adds what the generator draws: boundary cases, batches, long sums, searched cases; and then everyday ones until the file is full.
func (b *Builder) addDrawn(vectors set, l *loss.Loss, f ieee.Format) error {
	d := newDrawer(l.Name, f, "drawn")
	add := func(c loss.Call, flags ...string) error {
		v, ok, err := b.drawn(c, flags...)
		if ok {
			vectors.add(*v)
		}
		return err
	}
	for i := range amountOf(l).boundary {
		c := d.Items(&draw.VectorBoundaries, l, 1, d.Width(&draw.Vectors, l))
		if i%2 == 1 {
			d.settings(l, &c)
		}
		if err := add(c, "Boundary"); err != nil {
			return err
		}
	}
	wide := f.Width >= ieee.Float32.Width
	if wide || !l.VectorValued {
		for range amountOf(l).batches {
			if err := add(d.batch(l), "RandomBatch"); err != nil {
				return err
			}
		}
	}
	if wide {
		for _, c := range d.long(l) {
			if err := add(c, "LongReduction"); err != nil {
				return err
			}
		}
	}
	if err := b.search(vectors, l, f); err != nil {
		return err
	}
	return b.fill(vectors, l, f, d)
}

// batch draws a batch whose length leaves a tail in any vector register.
func (d drawer) batch(l *loss.Loss) loss.Call {
	cols := d.Width(&draw.Vectors, l)
	if !l.Shape.Many() { // several items in a sample
		cols *= draw.One(d.Drawer, 1, 1, 2, 3)
	}
	c := d.Items(&draw.Vectors, l, draw.One(d.Drawer, amountOf(l).rows...), cols)
	d.settings(l, &c)
	d.addReduction(l, &c)
	return c
}

// long draws reductions of many terms: a plain sum, and a weighted mean.
func (d drawer) long(l *loss.Loss) []loss.Call {
	if l.VectorValued || !l.HasTarget() {
		return nil
	}
	cols := l.Shape.Width(2)
	terms := amountOf(l).terms
	sum := d.Items(&draw.Vectors, l, terms, cols)
	sum.Reduction = loss.Sum
	mean := d.Items(&draw.Vectors, l, terms, cols)
	mean.Reduction = loss.MeanWeight
	mean.Weight = make([]float64, terms)
	for i := range mean.Weight {
		mean.Weight[i] = d.Fit(d.Float64())
	}
	return []loss.Call{sum, mean}
}

// fill adds everyday cases until the file has what it should.
func (b *Builder) fill(vectors set, l *loss.Loss, f ieee.Format, d drawer) error {
	want := amountOf(l).narrow
	if l.HasTarget() && f.Width >= ieee.Float32.Width {
		want = amountOf(l).cases
	}
	if b.Want > 0 {
		want = b.Want
	}
	want += vectors.added()
	// Draws that repeat a case or give none are few: every draw has a continuous part.
	for tries := 0; len(vectors) < want; tries++ {
		switch {
		case tries > 3*want && b.Lost != nil:
			return nil
		case tries > 10*want:
			return fmt.Errorf("build: %s.%s: %d draws make no %d cases", l.Name, f, tries, want)
		}
		c := d.Items(&draw.Vectors, l, 1, d.Width(&draw.Vectors, l))
		if tries%3 == 2 {
			d.settings(l, &c)
		}
		v, ok, err := b.drawn(c, "Random")
		if err != nil {
			return err
		}
		if ok {
			vectors.add(*v)
		}
	}
	return nil
}
