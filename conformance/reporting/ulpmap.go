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
	"github.com/lossproof/lossproof/internal/axis"
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

// column is that of a number on an axis of inputs.
func column(s *axis.Scale, f loss.Format, x float64) int {
	if math.IsNaN(x) {
		return laneOfNaN
	}
	return plotLeft + int(math.Round(s.At(f, x)*(plotRight-plotLeft)))
}

// errorRow is the row of an error.
func errorRow(e float64) int {
	if ulp.Special(e) {
		return laneOfInfinity
	}
	return plotMiddle - int(math.Round(axis.Error(e)*plotHalf))
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
	Foreign      int // cases that this version of Lossproof does not have
	Cases        []*mapCase
	format       loss.Format
}

// An ulpMap is the paths of an SVG.
type ulpMap struct {
	ID, Output, Text               string
	Axis                           string // the id of its input axis
	Passed, Failed, Known, Sampled string // Sampled: the samples that passed
	Bounds                         []bound
	Broke, Mended, Drifted         string // arrows from the error in the report that this one is compared with
	scale                          *axis.Scale
	level                          conformance.Level
	worst                          conformance.Ulps
	tally                          conformance.Tally
}

// A bound is what a level allows the cases of a map, by their condition numbers: above 0, and mirrored below.
type bound struct {
	Level    conformance.Level
	Required bool
	Path     string
	At, Row  int // of its label
}

// drawn are the levels that set a limit in ulp, and constant says which allow every number the same.
var drawn = subject.Levels()[conformance.Close-conformance.Callable:]

func constant(l conformance.Level) bool { return l > conformance.Close && !l.Conditioned() }

// labelColumn is one for each level, so that no label covers another.
func labelColumn(l conformance.Level) int { return plotLeft + 5 + 8*(int(conformance.Exact)-int(l)) }

// constants are the bounds that are the same on every map.
func constants(required conformance.Level) (all []bound) {
	for _, l := range drawn {
		if row := errorRow(l.Ulps(0, 1)); constant(l) {
			all = append(all, bound{l, l == required, fmt.Sprintf("M%d %dH%d", plotLeft, row, plotRight), labelColumn(l), row})
		}
	}
	return all
}

// boundsOf are the others: what the required level allows each case, and the most that another allows one in each piece of the axis. A
// label is where the nearest case is.
func boundsOf(required conformance.Level, at map[conformance.Level][]pixel) (all []bound) {
	for _, l := range drawn {
		if len(at[l]) == 0 {
			continue
		}
		b := bound{Level: l, Required: l == required, At: labelColumn(l)}
		curve, reach := at[l], 1
		if !b.Required {
			curve, reach = widest(at[l]), piece/2
		}
		far := func(p pixel) int { return max(p.x-b.At, b.At-p.x) }
		b.Row = slices.MinFunc(curve, func(p, q pixel) int { return cmp.Or(far(p)-far(q), p.y-q.y) }).y
		b.Path = runs(curve, reach)
		all = append(all, b)
	}
	return all
}

const piece = 4 // pixels of an axis that one stroke of a bound stands for

// widest is the highest pixel in each piece of the axis, in its middle.
func widest(pixels []pixel) []pixel {
	rows := map[int]int{}
	for _, p := range pixels {
		x := p.x - p.x%piece + piece/2
		if y, ok := rows[x]; !ok || p.y < y {
			rows[x] = p.y
		}
	}
	var all []pixel
	for x, y := range rows {
		all = append(all, pixel{x, y})
	}
	return all
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
	over := axis.Of(l)
	fig := &figure{Loss: l.Name, Format: format, Abscissa: over.Says, format: f}
	byCase := map[string]*mapCase{}
	var order []string
	points, bounds, others := map[*ulpMap]map[string][]pixel{}, map[*ulpMap]map[conformance.Level][]pixel{}, map[*ulpMap]int{}
	for _, row := range rows {
		at := slices.IndexFunc(fig.Maps, func(m *ulpMap) bool { return m.Output == string(row.Output) })
		if at < 0 {
			at = len(fig.Maps)
			m := &ulpMap{ID: mapID(l.Name, format, string(row.Output)), Output: string(row.Output), Axis: "axis-" + over.Name + "-" + format, scale: over.Scale, level: conformance.Exact}
			fig.Maps, points[m], bounds[m] = append(fig.Maps, m), map[string][]pixel{}, map[conformance.Level][]pixel{}
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
				switch {
				case v != nil:
					told.input, told.flags = inputText(&v.Call), v.Flags
				case check.At != nil:
					told.input = fmt.Sprintf("a sample: %s is %v", over.Says, *check.At)
				case row.Bound == conformance.BoundVectors:
					told.input = "a case of other vectors"
					fig.Foreign++
				}
				byCase[check.Case], order = told, append(order, check.Case)
			}
			place, alone := 0.0, false
			if check.At != nil {
				place, alone = *check.At, true
			} else if v != nil {
				if p, err := v.Call.Plan(); err == nil && p.Items() == 1 {
					place, alone = over.Of(p)
				}
			}
			x := column(over.Scale, f, place)
			if !alone { // in columns of their own, one after the other
				const apart = 3
				x, others[m] = lotLeft+apart*others[m]%(lotRight-lotLeft), others[m]+1
			}
			d := dot{at, x, errorRow(float64(*check.Max)), check.Status, *check.Max, nil}
			told.dots = append(told.dots, d)
			kind := string(d.Status)
			if check.At != nil && check.Status == conformance.Passed {
				kind = "sampled"
			}
			points[m][kind] = append(points[m][kind], pixel{d.X, d.Y})
			if !alone {
				continue
			}
			for _, level := range drawn {
				allowed := math.Inf(1)
				switch {
				case constant(level):
				case v != nil:
					allowed = allowedUlps(level, f, v.Truth.Part(string(row.Output)))
				case check.Kappa != nil && level != conformance.Close: // which a size says, and not κ alone
					allowed = level.Ulps(*check.Kappa, 1)
				}
				if !ulp.Special(allowed) {
					bounds[m][level] = append(bounds[m][level], pixel{x, errorRow(allowed)})
				}
			}
		}
	}
	for _, m := range fig.Maps {
		m.Passed, m.Failed = runs(points[m]["passed"], 0), runs(points[m]["failed"], 0)
		m.Known, m.Sampled = runs(points[m]["known"], 2), runs(points[m]["sampled"], 0)
		m.Bounds = boundsOf(r.Level, bounds[m])
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
// nothing, it is a stroke of no length, which a round or a square end makes a dot. It moves from stroke to stroke, which is shorter than places.
func runs(pixels []pixel, reach int) string {
	slices.SortFunc(pixels, func(a, b pixel) int { return cmp.Or(a.y-b.y, a.x-b.x) })
	pixels = slices.Compact(pixels)
	var path strings.Builder
	var at pixel
	for k := 0; k < len(pixels); {
		last := k
		for last+1 < len(pixels) && pixels[last+1].y == pixels[k].y && pixels[last+1].x <= pixels[last].x+2*reach+1 {
			last++
		}
		fmt.Fprintf(&path, "m%d %dh%d", pixels[k].x-reach-at.x, pixels[k].y-at.y, pixels[last].x-pixels[k].x+2*reach)
		at, k = pixel{pixels[last].x + reach, pixels[last].y}, last+1
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
			for _, x := range m.scale.Labels {
				a.Labels = append(a.Labels, label{column(m.scale, fig.format, x), axis.Text(x)})
			}
			for _, share := range m.scale.Knots() {
				a.Knots = append(a.Knots, plotLeft+int(math.Round(share*(plotRight-plotLeft))))
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
		all = append(all, label{errorRow(e), axis.Text(e)})
	}
	return all
}
