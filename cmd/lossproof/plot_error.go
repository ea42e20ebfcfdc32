package main

import (
	"cmp"
	"context"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/guptarohit/asciigraph"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject/lcp"
	"github.com/lossproof/lossproof/internal/axis"
	"github.com/lossproof/lossproof/internal/ieee"
)

// errorFlags are the flags of plot that are about errors.
type errorFlags struct {
	subjects      []string
	dtype, output string
	samples       int
	seed          uint64
}

// An errorMap is the error of a subject over the inputs of a loss.
type errorMap struct {
	subject string
	over    axis.Axis
	format  loss.Format
	output  string
	checks  []conformance.CheckResult // of samples
}

// maps asks each subject, and the command if there is one, at the same samples.
func (f *errorFlags) maps(ctx context.Context, decl *loss.Loss, command []string) ([]*errorMap, error) {
	format, err := ieee.FormatNamed(f.dtype)
	if err != nil {
		return nil, err
	}
	if f.samples < 1 {
		return nil, fmt.Errorf("--sample %d: want 1 or more", f.samples)
	}
	var all []*errorMap
	ask := func(name string, s conformance.Subject) error {
		m := &errorMap{subject: name, over: axis.Of(decl), format: format, output: f.output}
		r, err := conformance.Config{Losses: []string{decl.Name}, Dtypes: []string{format.Name}, Cases: []string{"sample.*"}, Sample: f.samples, Seed: f.seed, NoCauses: true}.Check(ctx, s)
		if err != nil {
			return err
		}
		for _, row := range r.Rows {
			if string(row.Output) == f.output {
				m.checks = append(m.checks, row.Checks...)
			}
		}
		m.checks = slices.DeleteFunc(m.checks, func(c conformance.CheckResult) bool { return c.At == nil || c.Max == nil })
		if len(m.checks) == 0 {
			return fmt.Errorf("%s has no %s of %s in %s", name, f.output, decl.Name, format.Name)
		}
		slices.SortStableFunc(m.checks, func(a, b conformance.CheckResult) int { return cmp.Compare(*a.At, *b.At) })
		all = append(all, m)
		return nil
	}
	for _, name := range f.subjects {
		s, err := subjectOf(name, decl, format)
		if err != nil {
			return nil, err
		}
		if err := ask(name, s); err != nil {
			return nil, err
		}
	}
	if len(command) > 0 {
		p, err := lcp.Config{Timeout: lcp.DefaultTimeout, StartTimeout: lcp.DefaultStartTimeout, Adopt: true}.Exec(ctx, command)
		if err != nil {
			return nil, &exit{harnessFailed, err}
		}
		defer p.Close()
		if err := ask(strings.TrimSpace(p.Describe().Name+" "+p.Describe().Version), p); err != nil {
			return nil, &exit{harnessFailed, err}
		}
	}
	return all, nil
}

// subjectOf is a built-in one, or a formula of a prediction z and a target y that is computed as it is written, each operation
// rounded to the dtype.
func subjectOf(text string, decl *loss.Loss, f loss.Format) (conformance.Subject, error) {
	if s := subjects[text]; s != nil {
		return s(kernel.Best()), nil
	}
	parsed, err := formula.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("--error %q is no subject, and as a formula: %w", text, err)
	}
	if decl.Shape != loss.Point || f.Width < ieee.Float32.Width {
		return nil, fmt.Errorf("--error %q: a formula is drawn of losses of one number, in f32 and f64", text)
	}
	program, err := parsed.Compile([]formula.Input{{Name: "z"}, {Name: "y"}})
	if err != nil {
		return nil, fmt.Errorf("--error %q: %w", text, err)
	}
	algebra := formula.Float64
	if f.Width == ieee.Float32.Width {
		algebra = formula.Float32
	}
	value := func(z, y float64) float64 {
		e, err := formula.NewEvaluator(program, algebra.Clone()) // each call may be made beside others
		if err != nil {
			panic(err)
		}
		return e.Eval([]float64{z}, []float64{y})[0][0]
	}
	switch {
	case f.Width == ieee.Float32.Width && decl.HasTarget():
		return conformance.Pointwise(decl.Name, func(z, y float32) float32 { return float32(value(float64(z), float64(y))) }), nil
	case f.Width == ieee.Float32.Width:
		return conformance.Pointwise(decl.Name, func(z float32) float32 { return float32(value(float64(z), 0)) }), nil
	case decl.HasTarget():
		return conformance.Pointwise(decl.Name, value), nil
	}
	return conformance.Pointwise(decl.Name, func(z float64) float64 { return value(z, 0) }), nil
}

// columns is how many places of the input axis are told apart.
const columns = 64

// column is the place of a check.
func (m *errorMap) column(c *conformance.CheckResult) int {
	return min(int(m.over.At(m.format, *c.At)*columns), columns-1)
}

// allowed is what a level allows in each column, in ulp, by the largest condition number there; NaN where there is no sample.
func (m *errorMap) allowed(level conformance.Level) []float64 {
	all := slices.Repeat([]float64{math.NaN()}, columns)
	for k := range m.checks {
		c := &m.checks[k]
		if to := &all[m.column(c)]; c.Kappa != nil && !(*to >= level.Ulps(*c.Kappa, 1)) {
			*to = level.Ulps(*c.Kappa, 1)
		}
	}
	return all
}

// text says what the map shows.
func (m *errorMap) text() string {
	failed := 0
	for _, c := range m.checks {
		if c.Status == conformance.Failed {
			failed++
		}
	}
	return fmt.Sprintf("%s: %d of %d samples below accurate", m.subject, failed, len(m.checks))
}

// write draws the largest error of each column on a terminal.
func (m *errorMap) write(w io.Writer) {
	digits := func(ulps float64) float64 { return math.Log10(1 + min(math.Abs(ulps), 1e16)) }
	errors, bounds := slices.Repeat([]float64{math.NaN()}, columns), m.allowed(conformance.Accurate)
	for k := range m.checks {
		c := &m.checks[k]
		if to := &errors[m.column(c)]; !(*to >= digits(float64(*c.Max))) {
			*to = digits(float64(*c.Max))
		}
	}
	for k, b := range bounds {
		bounds[k] = digits(b)
	}
	labels := m.over.Labels
	fmt.Fprintf(w, "%s\nlog10(1 + error in ulp) of the %s in %s, up to 16, and ┄ what level accurate allows; over %s, from %s to %s on an axis of floats\n",
		m.text(), m.output, m.format, m.over.Says, axis.Text(labels[0]), axis.Text(labels[len(labels)-1]))
	plotted := asciigraph.PlotMany([][]float64{bounds, errors}, asciigraph.Height(10), asciigraph.Precision(1), asciigraph.LowerBound(0),
		asciigraph.SeriesChars(asciigraph.CreateCharSet("┄"), asciigraph.DefaultCharSet))
	fmt.Fprintf(w, "%s\n\n", plotted)
}

// paintErrors draws maps beside each other.
func paintErrors(c canvas, title string, maps []*errorMap) error {
	white := whole(c)
	tiles := draw.Tiles{Rows: 1, Cols: len(maps), PadX: vg.Points(14), PadLeft: vg.Points(10), PadRight: vg.Points(10), PadTop: vg.Points(6), PadBottom: vg.Points(4)}
	for k, m := range maps {
		p := plot.New()
		p.Title.Text, p.X.Label.Text = m.text(), m.over.Says
		p.Title.TextStyle.Font.Size, p.X.Label.TextStyle.Font.Size, p.Legend.TextStyle.Font.Size = vg.Points(10), vg.Points(9), vg.Points(8)
		p.Y.Label.Text, p.Y.Label.TextStyle.Font.Size = title+", error in ulp", vg.Points(9)
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, -1, 1.15
		p.X.Tick.Marker, p.Y.Tick.Marker = plot.ConstantTicks(m.inputTicks()), plot.ConstantTicks(errorTicks())
		p.X.Tick.Label.Font.Size, p.Y.Tick.Label.Font.Size = vg.Points(8), vg.Points(8)
		p.Add(plotter.NewGrid())
		for i, level := range []conformance.Level{conformance.Accurate, conformance.Stable} {
			lines, err := m.boundLines(level, inks[4-2*i])
			if err != nil {
				return err
			}
			for _, l := range lines {
				p.Add(l)
			}
			if len(lines) > 0 {
				p.Legend.Add(fmt.Sprintf("%s allows", level), lines[0])
			}
		}
		for _, status := range []conformance.Status{conformance.Passed, conformance.Failed} {
			if err := m.addDots(p, status); err != nil {
				return err
			}
		}
		p.Draw(tiles.At(white, k, 0))
	}
	return nil
}

// laneOfInfinity is where errors lie that no number of ulps measures.
const laneOfInfinity = 1.1

func (m *errorMap) addDots(p *plot.Plot, status conformance.Status) error {
	var at plotter.XYs
	for _, c := range m.checks {
		if c.Status == status {
			y := axis.Error(float64(*c.Max))
			if math.IsInf(float64(*c.Max), 0) {
				y = laneOfInfinity
			}
			at = append(at, plotter.XY{X: m.over.At(m.format, *c.At), Y: y})
		}
	}
	if at == nil {
		return nil
	}
	dots, err := plotter.NewScatter(at)
	if err != nil {
		return err
	}
	dots.GlyphStyle = draw.GlyphStyle{Color: inks[0].color, Radius: vg.Points(1.2), Shape: draw.CircleGlyph{}}
	name := "meets accurate"
	if status == conformance.Failed {
		dots.GlyphStyle = draw.GlyphStyle{Color: inks[1].color, Radius: vg.Points(1.6), Shape: draw.BoxGlyph{}}
		name = "does not"
	}
	p.Add(dots)
	p.Legend.Add(name, dots)
	return nil
}

// boundLines are what a level allows, above and below, in pieces where there are samples.
func (m *errorMap) boundLines(level conformance.Level, with ink) (lines []*plotter.Line, err error) {
	for _, sign := range []float64{1, -1} {
		var piece plotter.XYs
		for k, b := range append(m.allowed(level), math.NaN()) {
			if !math.IsNaN(b) {
				piece = append(piece, plotter.XY{X: (float64(k) + 0.5) / columns, Y: sign * axis.Error(b)})
				continue
			}
			if len(piece) > 1 {
				l, err := plotter.NewLine(piece)
				if err != nil {
					return nil, err
				}
				l.Color, l.Dashes, l.Width = color.Gray{0x70}, with.dashes, vg.Points(1)
				lines = append(lines, l)
			}
			piece = nil
		}
	}
	return lines, nil
}

func (m *errorMap) inputTicks() (ticks []plot.Tick) {
	for _, x := range m.over.Labels {
		label := strings.ReplaceAll(axis.Text(x), "10⁻⁶", "1e−6") // the font has no raised minus
		ticks = append(ticks, plot.Tick{Value: m.over.At(m.format, x), Label: label})
	}
	return ticks
}

func errorTicks() []plot.Tick {
	ticks := []plot.Tick{{Value: laneOfInfinity, Label: "∞, NaN"}}
	for _, e := range []float64{1e15, 1e6, 1000, 10, 1, 0, -1, -10, -1000, -1e6, -1e15} {
		ticks = append(ticks, plot.Tick{Value: axis.Error(e), Label: axis.Text(e)})
	}
	return ticks
}
