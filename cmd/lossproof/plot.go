package main

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/guptarohit/asciigraph"
	"github.com/spf13/cobra"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/axis"
	"github.com/lossproof/lossproof/internal/beside"
	"github.com/lossproof/lossproof/internal/ieee"
)

func newPlot() *cobra.Command {
	var params, chosen []string
	var out, timed string
	var e errorFlags
	cmd := &cobra.Command{
		Use:   "plot LOSS... [-- command...]",
		Short: "Draws the value and the gradient of losses, or the errors of implementations, on the terminal or as a picture",
		Long: `Draws the value of a loss and its gradient along a line through its predictions: of a point the
prediction itself, of a row the score of the label beside equal others, of a box one that slides over
its target, of a set the share of a mask that is right. The picture says which line it is.

Without --out it draws on the terminal. --out FILE.svg or FILE.png writes a picture, of several losses
beside each other; the same losses give the same SVG. --param and --convention are for each loss that has them.

With --error, or a command that speaks LCP/1 after --, it draws what an implementation gets wrong: the signed error, in
units in the last place of the true value (ulp), at samples of one loss that lie in equal steps of bits on an axis of floats, and
what the levels accurate and stable allow there. A subject is reference, kernel, or a formula of a prediction z and a target y, which is
computed as it is written, each operation rounded to the dtype; --error is repeatable, and pictures stand beside each other.

With --bench it draws how long implementations took, from what benchmarks printed, as ratios to the roofline.`,
		Example: `  lossproof plot binary_cross_entropy_with_logits
  lossproof plot sigmoid_focal --param gamma=5 --out focal.svg
  lossproof plot absolute_error squared_error huber --out regression.svg
  lossproof plot softplus --error "log(1 + exp(z))" --error kernel --out softplus.svg
  lossproof plot cross_entropy --dtype f64 --output grad -- python3 adapter.py`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var command []string
			if at := cmd.ArgsLenAtDash(); at >= 0 {
				args, command = args[:at], args[at:]
			}
			var decls []*loss.Loss
			for _, name := range args {
				decl, err := loss.Named(loss.Aliased(name))
				if err != nil {
					return err
				}
				decls = append(decls, decl)
			}
			if timed != "" {
				if out == "" || len(e.subjects)+len(command)+len(params)+len(chosen) > 0 {
					return errors.New("--bench is drawn into --out, of losses alone")
				}
				p, err := ratiosOf(timed, args)
				if err != nil {
					return err
				}
				return writePicture(out, 620, 70+22*len(p.works), p.paint)
			}
			if len(e.subjects)+len(command) > 0 {
				if len(decls) != 1 || len(params)+len(chosen) > 0 {
					return errors.New("errors are drawn of one loss, with its default parameters")
				}
				maps, err := e.maps(cmd.Context(), decls[0], command)
				if err != nil {
					return err
				}
				if out == "" {
					for _, m := range maps {
						m.write(cmd.OutOrStdout())
					}
					return nil
				}
				return writePicture(out, 360*len(maps), 300, func(c canvas) error {
					return paintErrors(c, fmt.Sprintf("%s, %s %s", decls[0].Name, e.dtype, e.output), maps)
				})
			}
			for _, text := range slices.Concat(params, chosen) {
				if !slices.ContainsFunc(decls, func(l *loss.Loss) bool { return len(ofLoss(l, []string{text})) > 0 }) {
					return fmt.Errorf("%s: %s has no such parameter or convention", text, strings.Join(args, ", "))
				}
			}
			var curves []*curve
			for _, decl := range decls {
				c, err := curveOf(decl, params, chosen)
				if err != nil {
					return mistake(err)
				}
				if curves = append(curves, c); c.along != curves[0].along {
					return fmt.Errorf("%s is drawn over the %s, and %s over the %s: draw them apart", curves[0].name, curves[0].along, c.name, c.along)
				}
			}
			if out == "" {
				for _, c := range curves {
					c.write(cmd.OutOrStdout())
				}
				return nil
			}
			if len(curves) > len(inks) {
				return fmt.Errorf("%d losses: a picture has room for %d", len(curves), len(inks))
			}
			return writePicture(out, 620, 250, func(c canvas) error { return paint(c, curves, ofValue, ofGradient) })
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&params, "param", nil, "a parameter, as name=number, name=1,2,3 or name=none; repeatable")
	flags.StringArrayVar(&chosen, "convention", nil, "a convention, as name=value; repeatable")
	flags.StringVar(&out, "out", "", "a file to write, .svg or .png")
	flags.StringVar(&timed, "bench", "", "draw times: what go test -bench or lossproof bench printed")
	flags.StringArrayVar(&e.subjects, "error", nil, "draw errors: of reference, kernel or a formula of z and y; repeatable")
	flags.StringVar(&e.dtype, "dtype", ieee.Float32.Name, "of errors: f64, f32, bf16, f16")
	flags.StringVar(&e.output, "output", string(conformance.Value), "of errors: value or grad")
	flags.IntVar(&e.samples, "sample", 300, fmt.Sprintf("of errors: how many samples, at most %d", conformance.MostSamples))
	flags.Uint64Var(&e.seed, "seed", conformance.DefaultSeed, "of errors: seed of the samples")
	return cmd
}

// A curve is a loss along a line through its predictions.
type curve struct {
	name, along                   string
	x, value, gradient, curvature []float64
}

// A panel is a part of a picture: what of a curve it shows.
type panel struct {
	title string
	of    func(*curve) []float64
}

var (
	ofValue     = panel{"value", func(c *curve) []float64 { return c.value }}
	ofGradient  = panel{"gradient", func(c *curve) []float64 { return c.gradient }}
	ofCurvature = panel{"curvature", func(c *curve) []float64 { return c.curvature }}
)

// ofLoss are the settings, as name=value, that a loss has.
func ofLoss(decl *loss.Loss, given []string) (mine []string) {
	for _, text := range given {
		name, _, _ := strings.Cut(text, "=")
		_, isParam := decl.Param(name)
		_, isConvention := decl.Convention(name)
		if isParam || isConvention {
			mine = append(mine, text)
		}
	}
	return mine
}

// curveOf computes a curve, with the parameters and conventions that the loss has.
func curveOf(decl *loss.Loss, params, chosen []string) (c *curve, err error) {
	params, chosen = ofLoss(decl, params), ofLoss(decl, chosen)
	r := &reader{loss: decl.Name, format: ieee.Float64}
	call := &loss.Call{Loss: decl.Name, Format: ieee.Float64}
	if call.Params, err = r.params(decl, params); err != nil {
		return nil, err
	}
	if call.Conventions, err = conventions(chosen); err != nil {
		return nil, err
	}
	return alongLine(axis.LineOf(decl), decl, call, strings.Join(slices.Concat([]string{decl.Name}, params, chosen), ", "))
}

// alongLine computes a loss along a line, with the parameters and conventions of a call.
func alongLine(at axis.Line, decl *loss.Loss, call *loss.Call, name string) (*curve, error) {
	c := &curve{name: name, along: at.Says}
	const steps = 160
	for k := range steps + 1 {
		x := at.From + (at.To-at.From)*float64(k)/steps
		call.Batch = at.Batch(ieee.Float64, x)
		if decl.VectorValued {
			call.Upstream = append([]float64{1}, make([]float64, len(call.Pred)-1)...)
		}
		result, err := loss.EvalHessian(call, at.Along)
		if err != nil {
			return nil, err
		}
		slope, bend := 0.0, 0.0
		for i, d := range at.Along {
			if d != 0 {
				slope += float64(result.Grad[i] * d)
				bend += float64(result.Product[i] * d)
			}
		}
		c.x, c.value = append(c.x, x), append(c.value, result.Value[0])
		c.gradient, c.curvature = append(c.gradient, slope), append(c.curvature, bend)
	}
	return c, nil
}

// write draws the curve on a terminal.
func (c *curve) write(w io.Writer) {
	const height, width = 10, 64
	for _, p := range []panel{ofValue, ofGradient} {
		all, numbers := p.of(c), make([]float64, width)
		for k := range numbers {
			numbers[k] = all[k*(len(all)-1)/(width-1)]
			if math.IsInf(numbers[k], 0) {
				numbers[k] = math.NaN() // which is left out
			}
		}
		fmt.Fprintf(w, "%s of %s, over the %s, from %g to %g\n", p.title, c.name, c.along, c.x[0], c.x[len(c.x)-1])
		fmt.Fprintf(w, "%s\n\n", asciigraph.Plot(numbers, asciigraph.Height(height), asciigraph.Precision(2)))
	}
}

// An ink tells a curve apart by color and by dashes.
type ink struct {
	color  color.RGBA
	dashes []vg.Length
}

var inks = []ink{
	{color.RGBA{0x21, 0x66, 0xac, 255}, nil}, {color.RGBA{0xc2, 0x41, 0x0c, 255}, []vg.Length{6, 3}}, {color.RGBA{0x1b, 0x78, 0x37, 255}, []vg.Length{2, 2}},
	{color.RGBA{0x6f, 0x42, 0xc1, 255}, []vg.Length{8, 2, 2, 2}}, {color.RGBA{0x57, 0x60, 0x6a, 255}, []vg.Length{1, 3}},
}

// A canvas is a picture of some format.
type canvas interface {
	vg.CanvasSizer
	io.WriterTo
}

// writePicture writes what is painted, in the form that the name of the file asks for.
func writePicture(file string, points, high int, paint func(c canvas) error) error {
	width, height := vg.Points(float64(points)), vg.Points(float64(high))
	var c canvas
	switch filepath.Ext(file) {
	case ".svg":
		c = vgsvg.New(width, height)
	case ".png":
		c = vgimg.PngCanvas{Canvas: vgimg.New(width, height)}
	default:
		return fmt.Errorf("--out %s: want a name that ends in .svg or .png", file)
	}
	if err := paint(c); err != nil {
		return err
	}
	return wrote(writeFile(file, c))
}

// whole is a canvas that has been painted white.
func whole(c canvas) draw.Canvas {
	plot.DefaultFont.Variant = "Sans"
	white := draw.New(c)
	white.SetColor(color.White)
	white.Fill(white.Rectangle.Path())
	return white
}

// paint draws panels beside each other.
func paint(c canvas, curves []*curve, panels ...panel) error {
	white := whole(c)
	tiles := draw.Tiles{Rows: 1, Cols: len(panels), PadX: vg.Points(14), PadLeft: vg.Points(10), PadRight: vg.Points(10), PadTop: vg.Points(6), PadBottom: vg.Points(4)}
	for k, of := range panels {
		p := plot.New()
		p.Title.Text, p.X.Label.Text = of.title, curves[0].along
		p.Legend.Padding, p.Legend.TextStyle.Font.Size, p.X.Label.TextStyle.Font.Size = vg.Points(2), vg.Points(8), vg.Points(9)
		p.Add(plotter.NewGrid())
		for i, c := range curves {
			if err := c.addTo(p, of.of(c), inks[i], k == 0 && c.name != ""); err != nil {
				return err
			}
		}
		p.Legend.Top, p.Legend.Left = clearest(p, curves, of)
		if middle := (p.Y.Min + p.Y.Max) / 2; p.Y.Max-p.Y.Min < 1e-9*math.Abs(middle) { // roundings are no picture
			p.Y.Min, p.Y.Max = middle-1, middle+1
		}
		p.Draw(tiles.At(white, k, 0))
	}
	return nil
}

// clearest is the corner of a plot in which the fewest points of curves lie.
func clearest(p *plot.Plot, curves []*curve, of panel) (top, left bool) {
	const wide, high = 0.35, 0.25 // of the plot, that a legend may cover
	fewest := math.MaxInt
	for _, corner := range [][2]bool{{true, false}, {true, true}, {false, false}, {false, true}} {
		n := 0
		for _, c := range curves {
			for k, y := range of.of(c) {
				x, y := (c.x[k]-p.X.Min)/(p.X.Max-p.X.Min), (y-p.Y.Min)/(p.Y.Max-p.Y.Min)
				if corner[0] {
					y = 1 - y
				}
				if !corner[1] {
					x = 1 - x
				}
				if x < wide && y < high {
					n++
				}
			}
		}
		if n < fewest {
			fewest, top, left = n, corner[0], corner[1]
		}
	}
	return top, left
}

// addTo adds the pieces of a curve that are finite, and where it is asked for a line of the legend.
func (c *curve) addTo(p *plot.Plot, numbers []float64, with ink, legend bool) error {
	var piece plotter.XYs
	flush := func() error {
		if len(piece) > 1 {
			l, err := plotter.NewLine(piece)
			if err != nil {
				return err
			}
			l.Color, l.Dashes, l.Width = with.color, with.dashes, vg.Points(1.6)
			p.Add(l)
			if legend {
				p.Legend.Add(c.name, l)
				legend = false
			}
		}
		piece = nil
		return nil
	}
	for i, y := range numbers {
		if math.IsInf(y, 0) || math.IsNaN(y) {
			if err := flush(); err != nil {
				return err
			}
			continue
		}
		piece = append(piece, plotter.XY{X: c.x[i], Y: y})
	}
	return flush()
}

func writeFile(name string, from io.WriterTo) error {
	file, err := beside.Create(name)
	if err != nil {
		return err
	}
	defer file.Abort() // after Commit it does nothing
	if _, err := from.WriteTo(file); err != nil {
		return err
	}
	return file.Commit()
}
