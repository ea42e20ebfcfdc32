package reporting

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// An ulp map has a dot for each check of a loss, dtype and output: the signed error in ulp over the input. It is drawn in whole
// pixels, so that dots that would cover each other are one, and the map of some hundred checks is a few kilobytes.
const (
	plotLeft, plotRight  = 34, 294
	laneOfNaN            = 311 // inputs that are NaN
	lotLeft, lotRight    = 323, 356
	laneOfInfinity       = 12 // errors that no number of ulps measures
	plotMiddle, plotHalf = 94, 70
)

// A scale is a kind of input axis: the floats of a dtype in equal steps of bits within each of its pieces, which end at the knots.
// The pieces of everyday numbers are the widest.
type scale struct {
	name          string
	knots, shares []float64 // from 0 up, and where on the axis from 0 to 1 they lie
	below         bool      // negative numbers mirror the positive ones
	toOne         bool      // above ½ the axis is that of 1 − x, mirrored
	labels        []float64
}

var (
	halfLine = []float64{0, 1e-6, 0.1, 1000, math.Inf(1)}
	reals    = &scale{"real", halfLine, []float64{0, 0.08, 0.22, 0.84, 1}, true, false, []float64{math.Inf(-1), -1000, -10, -1, -0.1, 0, 0.1, 1, 10, 1000, math.Inf(1)}}
	positive = &scale{"positive", halfLine, []float64{0, 0.08, 0.22, 0.84, 1}, false, false, []float64{0, 1e-6, 0.1, 1, 10, 100, 1000, math.Inf(1)}}
	unit     = &scale{"unit", []float64{0, 1e-6, 0.1, 0.5}, []float64{0, 0.12, 0.28, 0.5}, false, true, []float64{0, 1e-6, 0.1, 0.5, 0.9, 1 - 1e-6, 1}}
)

// at is where a number lies, from 0 to 1.
func (s *scale) at(f loss.Format, x float64) float64 {
	switch {
	case s.below:
		half := s.along(f, math.Abs(x)) / 2
		return 0.5 + math.Copysign(half, x)
	case s.toOne && x > 0.5:
		return 1 - s.along(f, 1-x)
	}
	return s.along(f, x)
}

func (s *scale) along(f loss.Format, x float64) float64 {
	steps := func(x float64) float64 { return float64(f.Ordinal(f.Round(x))) }
	last := len(s.knots) - 1
	x = min(max(x, 0), s.knots[last])
	k := 1
	for k < last && x > s.knots[k] {
		k++
	}
	low, high := steps(s.knots[k-1]), steps(s.knots[k])
	return s.shares[k-1] + (steps(x)-low)/(high-low)*(s.shares[k]-s.shares[k-1])
}

// pixel is the column of a number.
func (s *scale) pixel(f loss.Format, x float64) int {
	if math.IsNaN(x) {
		return laneOfNaN
	}
	return plotLeft + int(math.Round(s.at(f, x)*(plotRight-plotLeft)))
}

// errorRow is the row of an error. √log10(1+10|e|) shows 0.1, 1 and 10 ulp apart and still has room for 1e16.
func errorRow(e float64) int {
	if ulp.Special(e) {
		return laneOfInfinity
	}
	size := min(math.Sqrt(math.Log10(1+10*math.Abs(e)))/4, 1)
	return plotMiddle - int(math.Round(math.Copysign(size*plotHalf, e)))
}

// An abscissa says what of a case of a loss is its input on the map.
type abscissa struct {
	says string
	*scale
	of func(p *loss.Plan) (x float64, ok bool) // false: nowhere, as an ignored row
}

func abscissaOf(l *loss.Loss) abscissa {
	probability := l.Prediction.Low == 0 && l.Prediction.High == 1
	switch {
	case l.Shape == loss.Point && probability:
		return abscissa{"the prediction", unit, firstPrediction}
	case l.Shape == loss.Point:
		return abscissa{"the prediction", reals, firstPrediction}
	case l.Shape == loss.Row && l.IndexTarget() != nil:
		return abscissa{"the score of the label (of the likeliest class) less the best other score", reals, gap}
	case l.Shape == loss.Row:
		return abscissa{"the spread of the scores, the largest less the least", positive, spread}
	case l.Shape == loss.Box:
		return abscissa{"the IoU of the boxes", unit, boxOverlap}
	}
	return abscissa{"the overlap Σ min(p, t)/Σ max(p, t)", unit, func(p *loss.Plan) (float64, bool) { return setOverlap(p, probability) }}
}

func firstPrediction(p *loss.Plan) (float64, bool) { return p.Pred[0], true }

func gap(p *loss.Plan) (float64, bool) {
	label := 0
	switch {
	case p.Label != nil:
		label = p.Label[0]
	default:
		for k, y := range p.Target {
			if y > p.Target[label] {
				label = k
			}
		}
	}
	if len(p.Pred) < 2 || label < 0 || label >= len(p.Pred) {
		return 0, false
	}
	others := slices.Delete(slices.Clone(p.Pred), label, label+1)
	return p.Pred[label] - slices.Max(others), true
}

func spread(p *loss.Plan) (float64, bool) { return slices.Max(p.Pred) - slices.Min(p.Pred), true }

func boxOverlap(p *loss.Plan) (float64, bool) {
	a, b := p.Pred, p.Target
	if len(a) != 4 || len(b) != 4 {
		return 0, false
	}
	area := func(x1, y1, x2, y2 float64) float64 { return max(x2-x1, 0) * max(y2-y1, 0) }
	both := area(max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))
	return both / (area(a[0], a[1], a[2], a[3]) + area(b[0], b[1], b[2], b[3]) - both), true
}

func setOverlap(p *loss.Plan, probability bool) (float64, bool) {
	predicted := p.Pred
	if !probability {
		r, err := loss.Eval(&loss.Call{Loss: "sigmoid", Format: p.Format, Batch: loss.Batch{Rows: 1, Cols: len(p.Pred), Pred: p.Pred}})
		if err != nil {
			return 0, false
		}
		predicted = r.Value
	}
	if len(p.Target) != len(predicted) {
		return 0, false
	}
	var both, either float64
	for k, t := range p.Target {
		both, either = both+min(predicted[k], t), either+max(predicted[k], t)
	}
	return both / either, true
}

// allowedUlps is the error that a level allows the numbers of an answer, the widest of them; infinite where it sets no limit in ulp.
func allowedUlps(l conformance.Level, f loss.Format, numbers []oracle.Number) float64 {
	most := 0.0
	for _, n := range numbers {
		kappa := n.Kappa
		if n.Hull != nil {
			kappa = max(n.Hull.Low.Kappa, n.Hull.High.Kappa)
		}
		allowed := l.Ulps(kappa, 1)
		if l == conformance.Close && !ulp.Special(n.Rounded) {
			atol, rtol := subject.CloseTolerance(f)
			allowed = max((atol+rtol*math.Abs(n.Rounded))/ulp.Of(f, n.Rounded, n.Residual), conformance.Stable.Ulps(kappa, 1))
		}
		most = max(most, allowed)
	}
	return most
}

// A figure has the maps of a loss in a dtype, and what is told of their cases.
type figure struct {
	Loss, Format string
	Abscissa     string
	Maps         []*ulpMap
	Told         int // of how many of its cases the page has the input
	Cases        []*mapCase
	format       loss.Format
}

// An ulpMap is the paths of an SVG.
type ulpMap struct {
	ID, Output, Text              string
	Axis                          string // the id of its input axis
	Passed, Failed, Known, Bounds string // Bounds: above 0, mirrored below
	Broke, Mended, Drifted        string // arrows from the error in the report that this one is compared with
	scale                         *scale
	level                         conformance.Level
	worst                         conformance.Ulps
	tally                         conformance.Tally
}

// A dot is a check on a map.
type dot struct {
	Map    int // among those of the figure
	X, Y   int
	Status conformance.Status
	Error  conformance.Ulps
	Old    *conformance.Ulps // in the report that this one is compared with, where it was another
}

// A mapCase is what the page says of the dots of a case when one is pointed at.
type mapCase struct {
	id, input string
	flags     []string
	dots      []dot
}

// figureOf draws the rows of a loss in a dtype. It tells of at most so many cases: those that fail, then those of the largest errors.
func figureOf(r *conformance.Report, rows []*conformance.Row, most int) (*figure, error) {
	l, err := loss.Named(rows[0].Loss)
	if err != nil {
		return nil, nil // a loss that was defined for the run: its vectors are gone
	}
	format := rows[0].Format
	f, err := ieee.FormatNamed(format)
	if err != nil {
		return nil, err
	}
	all, err := golden.Vectors(l.Name, f)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	vectors := map[string]*golden.Vector{}
	for k := range all {
		vectors[all[k].ID] = &all[k]
	}
	axis := abscissaOf(l)
	fig := &figure{Loss: l.Name, Format: format, Abscissa: axis.says, format: f}
	byCase := map[string]*mapCase{}
	var order []string
	points, others := map[*ulpMap]map[string][]pixel{}, map[*ulpMap]int{}
	for _, row := range rows {
		at := slices.IndexFunc(fig.Maps, func(m *ulpMap) bool { return m.Output == string(row.Output) })
		if at < 0 {
			at = len(fig.Maps)
			m := &ulpMap{ID: mapID(l.Name, format, string(row.Output)), Output: string(row.Output), Axis: "axis-" + axis.name + "-" + format, scale: axis.scale, level: conformance.Exact}
			fig.Maps, points[m] = append(fig.Maps, m), map[string][]pixel{}
		}
		m := fig.Maps[at]
		m.add(row)
		for k := range row.Checks {
			check := &row.Checks[k]
			if check.Max == nil {
				continue
			}
			told := byCase[check.Case]
			v := vectors[check.Case]
			if told == nil {
				told = &mapCase{id: check.Case, input: "drawn by the run"}
				if v != nil {
					told.input, told.flags = inputText(&v.Call), v.Flags
				}
				byCase[check.Case], order = told, append(order, check.Case)
			}
			x, alone := 0, false
			if v != nil {
				if p, err := v.Call.Plan(); err == nil && p.Items() == 1 {
					var place float64
					if place, alone = axis.of(p); alone {
						x = axis.pixel(f, place)
					}
				}
			}
			if !alone { // in columns of their own, one after the other
				const apart = 3
				x, others[m] = lotLeft+apart*others[m]%(lotRight-lotLeft), others[m]+1
			}
			d := dot{at, x, errorRow(float64(*check.Max)), check.Status, *check.Max, nil}
			told.dots = append(told.dots, d)
			points[m][string(d.Status)] = append(points[m][string(d.Status)], pixel{d.X, d.Y})
			if !alone {
				continue
			}
			truth := v.Truth.Part(string(row.Output))
			if b := allowedUlps(r.Level, f, truth); !ulp.Special(b) {
				points[m]["bounds"] = append(points[m]["bounds"], pixel{x, errorRow(b)})
			}
		}
	}
	for _, m := range fig.Maps {
		m.Passed, m.Failed = runs(points[m]["passed"], 0), runs(points[m]["failed"], 0)
		m.Known, m.Bounds = runs(points[m]["known"], 2), runs(points[m]["bounds"], 1)
		m.Text = m.text()
	}
	slices.SortStableFunc(order, func(a, b string) int { return byCase[a].before(byCase[b]) })
	for _, id := range order {
		fig.Cases = append(fig.Cases, byCase[id])
	}
	fig.Told = min(len(order), most)
	return fig, nil
}

func (m *ulpMap) add(row *conformance.Row) {
	for _, check := range row.Checks {
		count(&m.tally, check.Status)
	}
	if row.Cases > 0 {
		m.level = min(m.level, row.Level)
		if math.Abs(float64(row.Max)) > math.Abs(float64(m.worst)) {
			m.worst = row.Max
		}
	}
}

// text says what the map shows, for its title and for who does not see it.
func (m *ulpMap) text() string {
	text := fmt.Sprintf("%s, worst %s ulp, %d passed", levelText(m.level), strings.Replace(m.worst.Short(), "inf", "∞", 1), m.tally.Passed)
	if m.tally.Failed > 0 {
		text += fmt.Sprintf(", ✗ %d failed", m.tally.Failed)
	}
	if m.tally.Known > 0 {
		text += fmt.Sprintf(", %d failed as known", m.tally.Known)
	}
	return text
}

// before orders the cases that a page tells of: what fails first, then by the largest error.
func (c *mapCase) before(d *mapCase) int {
	rank := func(c *mapCase) (failed int, size float64) {
		for _, d := range c.dots {
			size = max(size, math.Abs(float64(d.Error)))
			if d.Status == conformance.Failed {
				failed = -1
			}
		}
		return failed, -size
	}
	failedC, sizeC := rank(c)
	failedD, sizeD := rank(d)
	return cmp.Or(cmp.Compare(failedC, failedD), cmp.Compare(sizeC, sizeD))
}

// compare draws what has changed.
func (f *figure) compare(d *Difference) {
	arrows := func(changes []Change, output string) string {
		var path strings.Builder
		for _, c := range changes {
			if c.Loss != f.Loss || c.Format != f.Format || c.Output != output || c.Old == nil || c.Old.Max == nil {
				continue
			}
			for _, told := range f.Cases {
				for k := range told.dots {
					dot := &told.dots[k]
					if told.id != c.Case || f.Maps[dot.Map].Output != output {
						continue
					}
					dot.Old = c.Old.Max
					from, head := errorRow(float64(*c.Old.Max)), 3
					if from < dot.Y {
						head = -head
					}
					if seen := 3; max(from-dot.Y, dot.Y-from) >= seen {
						fmt.Fprintf(&path, "M%d %dV%dm-2 %dl2 %dl2 %d", dot.X, from, dot.Y, head, -head, head)
					}
				}
			}
		}
		return path.String()
	}
	for _, m := range f.Maps {
		m.Broke, m.Mended, m.Drifted = arrows(d.Broke, m.Output), arrows(d.Mended, m.Output), arrows(d.Drifted, m.Output)
	}
}

type pixel struct{ x, y int }

// runs is a path of horizontal strokes, one for each row of pixels that touch. Each pixel reaches so far to both sides; where that is
// nothing, it is a stroke of no length, which a round or a square end makes a dot.
func runs(pixels []pixel, reach int) string {
	slices.SortFunc(pixels, func(a, b pixel) int { return cmp.Or(a.y-b.y, a.x-b.x) })
	pixels = slices.Compact(pixels)
	var path strings.Builder
	for k := 0; k < len(pixels); {
		last := k
		for last+1 < len(pixels) && pixels[last+1].y == pixels[k].y && pixels[last+1].x <= pixels[last].x+2*reach+1 {
			last++
		}
		fmt.Fprintf(&path, "M%d %dh%d", pixels[k].x-reach, pixels[k].y, pixels[last].x-pixels[k].x+2*reach)
		k = last + 1
	}
	return path.String()
}

// inputText is a call in a line.
func inputText(c *loss.Call) string {
	var parts []string
	list := func(name string, xs []float64) {
		const most = 5 // numbers that find room
		if xs == nil {
			return
		}
		text, width := name, 32
		if c.Format == ieee.Float64 {
			width = 64
		}
		for _, x := range xs[:min(most, len(xs))] {
			text += " " + strconv.FormatFloat(x, 'g', -1, width)
		}
		if len(xs) > most {
			text += fmt.Sprintf(" … (%d numbers)", len(xs))
		}
		parts = append(parts, text)
	}
	list("prediction", c.Pred)
	list("target", c.Target)
	if n := len(c.Label); n > 0 {
		parts = append(parts, "label "+strings.Trim(fmt.Sprint(c.Label[:min(n, 5)]), "[]"))
	}
	list("weight", c.Weight)
	list("upstream", c.Upstream)
	for _, name := range slices.Sorted(maps.Keys(c.Params)) {
		parts = append(parts, name+" "+subject.FormatParam(c.Params[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Conventions)) {
		parts = append(parts, name+" "+c.Conventions[name])
	}
	if c.Reduction != "" && c.Reduction != loss.None {
		parts = append(parts, string(c.Reduction))
	}
	return strings.Join(parts, ", ")
}

// ID is that of the figure in the page.
func (f *figure) ID() string { return "figure-" + f.Loss + "-" + f.Format }

func mapID(lossName, format, output string) string {
	return "map-" + lossName + "-" + format + "-" + output
}

// A label stands at a pixel of an axis.
type label struct {
	At   int
	Text string
}

// A labelled is an axis of inputs, drawn once for all maps that have it.
type labelled struct {
	ID     string
	Labels []label
	Knots  []int // where a step changes its width
}

// axes are those that the figures have.
func axes(figures []*figure) []labelled {
	var all []labelled
	for _, fig := range figures {
		for _, m := range fig.Maps {
			if slices.ContainsFunc(all, func(a labelled) bool { return a.ID == m.Axis }) {
				continue
			}
			a := labelled{ID: m.Axis}
			for _, x := range m.scale.labels {
				a.Labels = append(a.Labels, label{m.scale.pixel(fig.format, x), axisText(x)})
			}
			for _, share := range m.scale.shares[1 : len(m.scale.shares)-1] {
				if m.scale.below {
					share = 0.5 + share/2
				}
				x := plotLeft + int(math.Round(share*(plotRight-plotLeft)))
				a.Knots = append(a.Knots, x)
				if m.scale.below || m.scale.toOne {
					a.Knots = append(a.Knots, plotLeft+plotRight-x)
				}
			}
			all = append(all, a)
		}
	}
	return all
}

// errorLabels are those of the axis of errors.
func errorLabels() []label {
	all := []label{{laneOfInfinity, "∞"}}
	for _, e := range []float64{1e15, 1e6, 1000, 10, 1, 0, -1, -10, -1000, -1e6, -1e15} {
		all = append(all, label{errorRow(e), axisText(e)})
	}
	return all
}

// axisText writes a number of an axis in few characters.
func axisText(x float64) string {
	switch size := math.Abs(x); {
	case math.IsInf(size, 0):
		return map[bool]string{true: "−∞", false: "∞"}[x < 0]
	case x == 1-1e-6:
		return "1−10⁻⁶"
	case x < 0:
		return "−" + axisText(-x)
	case size == 1e15:
		return "10¹⁵"
	case size == 1e6:
		return "10⁶"
	case size == 1e-6:
		return "10⁻⁶"
	case size == 1000:
		return "10³"
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
