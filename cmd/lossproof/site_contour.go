package main

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/axis"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A surface is the value of a loss at places of a plane.
type surface struct {
	plane axis.Plane
	value [][]float64 // by column and row
}

// places is how many there are in each direction.
const places = 31

func (g *surface) Dims() (c, r int)   { return places, places }
func (g *surface) Z(c, r int) float64 { return g.value[c][r] }
func (g *surface) X(c int) float64    { return g.at(0, c) }
func (g *surface) Y(r int) float64    { return g.at(1, r) }
func (g *surface) at(d, k int) float64 {
	return g.plane.From[d] + (g.plane.To[d]-g.plane.From[d])*float64(k)/(places-1)
}

// blues run from light to dark.
type blues []color.Color

func (b blues) Colors() []color.Color { return b }

var _ palette.Palette = blues(nil)

// contoursOf draws lines of equal value of a loss in its plane.
func contoursOf(l *loss.Loss, p axis.Plane) (picture, error) {
	g := &surface{plane: p, value: make([][]float64, places)}
	low, high := math.Inf(1), math.Inf(-1)
	for c := range places {
		for r := range places {
			call := &loss.Call{Loss: l.Name, Format: ieee.Float64, Batch: p.Batch(ieee.Float64, g.X(c), g.Y(r))}
			result, err := loss.Eval(call)
			if err != nil {
				return picture{}, err
			}
			v := result.Value[0]
			if g.value[c] = append(g.value[c], v); !math.IsInf(v, 0) && !math.IsNaN(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	const lines = 9
	var levels []float64
	var shades blues
	for k := range lines {
		levels = append(levels, low+(high-low)*float64(k+1)/(lines+1))
		dark := uint8(k * 255 / lines)
		shades = append(shades, color.RGBA{0x9c - dark/2, 0xc4 - dark/2, 0xe6 - dark/3, 255})
	}
	c := vgsvg.New(vg.Points(380), vg.Points(320))
	white := whole(c)
	plotted := plot.New()
	plotted.X.Label.Text, plotted.Y.Label.Text = p.SaysX, p.SaysY
	plotted.X.Label.TextStyle.Font.Size, plotted.Y.Label.TextStyle.Font.Size = vg.Points(9), vg.Points(9)
	contour := plotter.NewContour(g, slices.Clone(levels), shades)
	contour.LineStyles[0].Width = vg.Points(1.4)
	plotted.Add(plotter.NewGrid(), contour)
	plotted.Draw(draw.Crop(white, vg.Points(6), -vg.Points(10), vg.Points(4), -vg.Points(6)))
	var text bytes.Buffer
	if _, err := c.WriteTo(&text); err != nil {
		return picture{}, err
	}
	_, svg, _ := strings.Cut(text.String(), "<svg")
	says := "Lines of equal value, the larger the darker:"
	for _, v := range levels {
		says += fmt.Sprintf(" %.3g", v)
	}
	return picture{template.HTML(`<svg role="img"` + inOrder(svg)), says + "."}, nil
}

// inOrder sorts paths that follow each other: the contours of one level come in any order.
func inOrder(svg string) string {
	all := strings.SplitAfter(svg, "\n")
	isPath := func(line string) bool { return strings.HasPrefix(line, "<path ") }
	for k := 0; k < len(all); k++ {
		end := k
		for end < len(all) && isPath(all[end]) {
			end++
		}
		slices.Sort(all[k:end])
		k = max(k, end-1)
	}
	return strings.Join(all, "")
}
