package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A ratio is a work, by its place from above, that an implementation was timed at.
type ratio struct {
	place int
	*timing
}

// A ratioPlot has the ratios of implementations to the plainest loop over the same arrays.
type ratioPlot struct {
	common string   // to the names of all works
	works  []string // and what is not
	impls  []string
	of     map[string][]ratio // by implementation
}

// ratiosOf takes from a file of benchmarks those of some losses, in the order of these.
func ratiosOf(file string, losses []string) (*ratioPlot, error) {
	all, _, err := timings(file)
	if err != nil {
		return nil, err
	}
	p := &ratioPlot{of: map[string][]ratio{}}
	var parts [][]string
	for _, name := range losses {
		k := slices.IndexFunc(all, func(l timedLoss) bool { return l.Loss == name })
		if k < 0 {
			return nil, fmt.Errorf("%s: no benchmark of %s", file, name)
		}
		for i := range all[k].Rows {
			t := &all[k].Rows[i]
			if t.Beside != roofline {
				return nil, fmt.Errorf("%s: %s %s was not timed beside impl=%s", file, name, t.Work, roofline)
			}
			if t.First {
				parts = append(parts, append([]string{name}, strings.Fields(t.Work)...))
			}
			if t.Impl == roofline {
				continue
			}
			if !slices.Contains(p.impls, t.Impl) {
				p.impls = append(p.impls, t.Impl)
			}
			p.of[t.Impl] = append(p.of[t.Impl], ratio{len(parts) - 1, t})
		}
	}
	inAll := func(part string) bool {
		return !slices.ContainsFunc(parts, func(of []string) bool { return !slices.Contains(of, part) })
	}
	p.common = strings.Join(slices.DeleteFunc(slices.Clone(parts[0]), func(part string) bool { return !inAll(part) }), " ")
	for _, of := range parts {
		p.works = append(p.works, strings.Join(slices.DeleteFunc(slices.Clone(of), inAll), " "))
	}
	if len(p.impls) > len(inks) {
		return nil, fmt.Errorf("%s: %d implementations: a picture has room for %d", file, len(p.impls), len(inks))
	}
	return p, nil
}

var glyphs = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.TriangleGlyph{}, draw.PyramidGlyph{}, draw.RingGlyph{}}

// XError is how far the interval of a ratio reaches below and above it.
func (r ratio) XError() (below, above float64) { return r.Ratio - r.Low, r.High - r.Ratio }

// points are ratios as a plot wants them, the first work above.
type points struct {
	ratios []ratio
	works  int
}

func (p points) Len() int { return len(p.ratios) }
func (p points) XY(i int) (x, y float64) {
	return p.ratios[i].Ratio, float64(p.works - 1 - p.ratios[i].place)
}
func (p points) XError(i int) (float64, float64) { return p.ratios[i].XError() }

// paint draws a row for each work, in which every implementation stands at its ratio with the interval of that.
func (r *ratioPlot) paint(c canvas) error {
	white := whole(c)
	p := plot.New()
	p.Title.Text, p.Title.TextStyle.Font.Size = r.common+": time beside the plainest loop over the same arrays", vg.Points(10)
	p.X.Label.Text, p.X.Label.TextStyle.Font.Size = "times as long (median, and its 95 % interval)", vg.Points(9)
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.ConstantTicks(binaryTicks())
	p.X.Tick.Label.Font.Size, p.Y.Tick.Label.Font.Size, p.Legend.TextStyle.Font.Size = vg.Points(8), vg.Points(8), vg.Points(8)
	p.Legend.Padding = vg.Points(2)
	p.Add(plotter.NewGrid())
	for k, impl := range r.impls {
		at := points{r.of[impl], len(r.works)}
		bars, err := plotter.NewXErrorBars(at)
		if err != nil {
			return err
		}
		dots, err := plotter.NewScatter(at)
		if err != nil {
			return err
		}
		bars.Color, bars.Width, bars.CapWidth = inks[k].color, vg.Points(1), vg.Points(4)
		dots.GlyphStyle = draw.GlyphStyle{Color: inks[k].color, Radius: vg.Points(2.5), Shape: glyphs[k]}
		p.Add(bars, dots)
		p.Legend.Add(impl, dots)
	}
	names := slices.Clone(r.works)
	slices.Reverse(names)
	p.NominalY(names...)
	p.Legend.Top = true
	p.X.Min, p.X.Max = min(p.X.Min, 0.8), p.X.Max*1.6 // the legend stands at the right
	p.Draw(draw.Crop(white, vg.Points(8), -vg.Points(12), vg.Points(4), -vg.Points(6)))
	return nil
}

// binaryTicks are powers of two.
func binaryTicks() (ticks []plot.Tick) {
	for e := -4; e <= 14; e++ {
		x := math.Ldexp(1, e)
		ticks = append(ticks, plot.Tick{Value: x, Label: strconv.FormatFloat(x, 'g', -1, 64)})
	}
	return ticks
}
