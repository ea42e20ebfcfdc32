package reporting

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/properties"
)

// A lawPicture draws both sides of a claim that does not hold, and the numbers of the subject that they are made of.
type lawPicture struct {
	Left, Right     label // where each side lies, and what it is
	Relation        string
	Top, Height     int // of the band that the slack allows about the right side
	Slack           string
	Points          []lawPoint
	Beside          bool // there is a number far from both sides, which is not drawn
	LeftAt, RightAt int  // where the labels stand, which keep clear of each other
}

// A lawPoint is a number of the subject.
type lawPoint struct {
	X, Y     int
	Side     string
	Of, Call string
}

const (
	lawLeft, lawRight = 90, 330
	lawTop, lawBottom = 14, 92
	// A number that would press the two sides into less than this part of the height is left out.
	leastApart = 0.15
)

// pictureOf is nil where there are no two numbers to draw.
func pictureOf(f *properties.Failure) *lawPicture {
	s := f.Sides
	if s == nil || s.Left == s.Right {
		return nil
	}
	low, high := min(s.Left, s.Right), max(s.Left, s.Right)
	gap := high - low
	within := func(x float64) (float64, float64, bool) {
		l, h := min(low, x), max(high, x)
		return l, h, gap >= leastApart*(h-l)
	}
	p := &lawPicture{Relation: s.Relation}
	for _, edge := range []float64{s.Right - s.Slack, s.Right + s.Slack} {
		if l, h, ok := within(edge); ok {
			low, high = l, h
		}
	}
	drawn := make([]bool, len(s.Numbers))
	for k, n := range s.Numbers {
		if l, h, ok := within(n.Value); ok {
			low, high, drawn[k] = l, h, true
		} else {
			p.Beside = true
		}
	}
	row := func(x float64) int {
		at := float64(lawBottom) - (x-low)/(high-low)*(lawBottom-lawTop)
		return int(math.Round(min(max(at, lawTop-4), lawBottom+4)))
	}
	left, right := apart(s.Left, s.Right)
	p.Left, p.Right = label{row(s.Left), left}, label{row(s.Right), right}
	p.Top, p.Slack = row(s.Right+s.Slack), digits(s.Slack, 4)
	p.Height = max(row(s.Right-s.Slack)-p.Top, 1)
	p.LeftAt, p.RightAt = p.Left.At, p.Right.At
	const line = 11 // pixels that a label needs
	if apart := p.RightAt - p.LeftAt; apart < line && -apart < line {
		move := (line - max(apart, -apart) + 1) / 2 * cmp.Compare(apart, 0)
		p.LeftAt, p.RightAt = p.LeftAt-move, p.RightAt+move
	}
	step := (lawRight - lawLeft) / (len(s.Numbers) + 1)
	for k, n := range s.Numbers {
		if drawn[k] {
			p.Points = append(p.Points, lawPoint{lawLeft + step*(k+1), row(n.Value), n.Side, n.Of, at(n.At, step)})
		}
	}
	return p
}

// apart are two numbers in so many digits that they differ.
func apart(x, y float64) (string, string) {
	const least, most = 4, 17
	for n := least; n < most; n++ {
		if digits(x, n) != digits(y, n) {
			return digits(x, n), digits(y, n)
		}
	}
	return digits(x, most), digits(y, most)
}

func digits(x float64, n int) string { return strconv.FormatFloat(x, 'g', n, 64) }

// at is the part of a call that finds room under a point.
func at(call string, pixels int) string {
	const wide = 4 // pixels of a character
	text := []rune(strings.TrimPrefix(call, "prediction "))
	if most := pixels / wide; len(text) > most {
		return string(text[:most-1]) + "…"
	}
	return string(text)
}
