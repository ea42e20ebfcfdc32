package oracle

import (
	"cmp"
	"slices"

	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// Condition numbers in near-linear time
//
// The sensitivity of one output is a gradient by all inputs, and of K outputs it would be K gradients, of time K each. Where
// the graph separates (expr.Separation), output i depends on the inputs of other classes through r cuts alone, and the row of
// derivatives that its sensitivity is the sum of is
//
//	x_j·∂out_i/∂x_j = x_j·D_ij + Σ_c A_ic·v_cj     v_cj = x_j·∂cut_c/∂x_j
//
// in which D_ij is not 0 only for inputs of the class of i and for hubs. These few are added one by one, and the rest is
// Σ_j |A_i·v_j|, for which the v are prepared once (absDot). A and D cost as much as that part of the graph that belongs to
// output i alone.
//
// Every piece is an enclosure, and so is the sum. Where it is not narrow enough, the next precision is tried, and in the end
// the gradient by all inputs.

// fewestMeasured is how many inputs an example has where this is the faster way.
const fewestMeasured = 48

// separatedSteps is at how many precisions it is tried, from kappaPrec on.
const separatedSteps = 4

// A separated is the way of one kind of outputs of one example.
type separated struct {
	s       *state
	outs    []expr.Node
	split   *expr.Separation
	inputs  []expr.Node // measured inputs that are no hubs, class by class
	first   []int       // of the inputs of class k among them; the next class begins at first[k+1]
	columns []*columns  // by precision
}

// columns is what outputs have in common at one precision.
type columns struct {
	interval.Context
	ev   *expr.Evaluation
	ends map[expr.Node][]interval.Interval // derivatives of ends by the cuts and the hubs
	v    [][]interval.Interval             // v_cj of inputs, by cut
	hubs [][]interval.Interval             // v_ch of hubs, by cut
	dot  absDot

	uncertain bool // some of it may have no value
}

// separated returns the way of the outputs of a kind, nil where there is none.
func (s *state) separated(kind int) *separated {
	if way, ok := s.ways[kind]; ok {
		return way
	}
	var way *separated
	if outs := s.nodesOf(kind); len(s.measured) >= fewestMeasured && len(outs) > 1 {
		way = newSeparated(s, outs)
	}
	s.ways[kind] = way
	return way
}

func newSeparated(s *state, outs []expr.Node) *separated {
	class := make(map[expr.Node]int, len(s.measured))
	for _, items := range [][]expr.Node{s.x, s.y} {
		for k, x := range items {
			class[x] = k
		}
	}
	classes := make([]int, len(s.measured))
	for j, x := range s.measured {
		classes[j] = class[x]
	}
	split := s.Separate(outs, s.measured, classes)
	if split == nil {
		return nil
	}
	w := &separated{s: s, outs: outs, split: split, columns: make([]*columns, separatedSteps)}
	order := make([]int, 0, len(s.measured))
	for j, x := range s.measured {
		if !slices.Contains(split.Hubs, x) {
			order = append(order, j)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(classes[a], classes[b]) })
	for _, j := range order {
		for len(w.first) <= classes[j] {
			w.first = append(w.first, len(w.inputs))
		}
		w.inputs = append(w.inputs, s.measured[j])
	}
	return w
}

// own returns the range of the inputs of a class, which is empty for −1.
func (w *separated) own(class int) (low, high int) {
	if class < 0 || class >= len(w.first) {
		return 0, 0
	}
	if high = len(w.inputs); class+1 < len(w.first) {
		high = w.first[class+1]
	}
	return w.first[class], high
}

// scratch calls f, and forgets the nodes that f has added and their values. It reports false where one has no real value.
func (s *state) scratch(ev *expr.Evaluation, f func()) (ok bool) {
	mark := s.Len()
	defer func() {
		ev.Forget(mark)
		s.Truncate(mark)
		if r := recover(); r != nil {
			if _, domain := r.(*interval.DomainError); !domain {
				panic(r)
			}
			ok = false
		}
	}()
	f()
	return true
}

// at prepares a precision.
func (w *separated) at(step int) *columns {
	if w.columns[step] != nil {
		return w.columns[step]
	}
	s, prec := w.s, uint(kappaPrec)<<step
	c := &columns{Context: interval.Context{Prec: prec}, ev: s.evaluation(prec), ends: make(map[expr.Node][]interval.Interval)}
	w.columns[step] = c
	values := func(nodes []expr.Node) []interval.Interval {
		vs := make([]interval.Interval, len(nodes))
		for i, n := range nodes {
			vs[i] = c.ev.Value(n)
			c.uncertain = c.uncertain || vs[i].Uncertain()
		}
		return vs
	}
	for _, n := range w.split.Ends {
		c.uncertain = !s.scratch(c.ev, func() { c.ends[n] = values(w.split.ByCuts(n)) }) || c.uncertain
	}
	all := slices.Concat(w.inputs, w.split.Hubs)
	for _, cut := range w.split.Cuts {
		var v []interval.Interval
		if !s.scratch(c.ev, func() { v = values(s.GradThroughStops(cut, all...)) }) {
			c.uncertain = true
			return c
		}
		for j, x := range all {
			v[j] = c.Mul(v[j], c.ev.Value(x))
		}
		c.v, c.hubs = append(c.v, v[:len(w.inputs)]), append(c.hubs, v[len(w.inputs):])
	}
	c.dot = newAbsDot(c.Context, c.v)
	return c
}

// sensitivity returns Σ |x·∂out/∂x| for output i at a precision. It reports false where the output is not separated, and
// where a derivative may have no value: there the gradient by all inputs may do without it.
func (w *separated) sensitivity(i, step int) (total interval.Interval, ok bool) {
	class, ok := w.split.Class(w.outs[i])
	if !ok {
		return nothing, false
	}
	c, r := w.at(step), len(w.split.Cuts)
	if c.uncertain {
		return nothing, false
	}
	low, high := w.own(class)
	through := make([]interval.Interval, r+len(w.split.Hubs)) // derivatives by cuts and hubs
	direct := make([]interval.Interval, high-low)             // by inputs of the class
	for _, slopes := range [][]interval.Interval{through, direct} {
		for k := range slopes {
			slopes[k] = nothing
		}
	}
	ok = w.s.scratch(c.ev, func() {
		by, partials := w.split.Partials(w.outs[i])
		for k, n := range by {
			slope := c.ev.Value(partials[k])
			if end, ok := c.ends[n]; ok {
				for m := range through {
					through[m] = c.Add(through[m], c.Mul(slope, end[m]))
				}
			} else {
				direct[slices.Index(w.inputs[low:high], n)] = slope
			}
		}
	})
	if !ok || slices.ContainsFunc(through, interval.Interval.Uncertain) {
		return nothing, false
	}

	a := through[:r]
	total = c.dot.sum(a, low, high)
	one := func(x expr.Node, slope interval.Interval, v [][]interval.Interval, j int) {
		sum := c.Mul(c.ev.Value(x), slope)
		for k := range a {
			sum = c.Add(sum, c.Mul(a[k], v[k][j]))
		}
		total = c.Add(total, c.Abs(sum))
	}
	for k, slope := range direct {
		one(w.inputs[low+k], slope, c.v, low+k)
	}
	for k, x := range w.split.Hubs {
		one(x, through[r+k], c.hubs, k)
	}
	return total, true
}
