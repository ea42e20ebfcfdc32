package properties

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// The truth along each dimension that is finite: these laws go through it, turn by turn, so that
// what is wrong at one size, one parameter or one leading bit only is not found by luck.
var sweepLaws = []*Law{
	{
		Name:      "every_size_is_true",
		Statement: "Value and gradient are true for items of every size: 1 to 130, and beyond 1024, 2048 and 4096, with the last label and others.",
		Source:    "impl/oracle; the remainders of vector loops, as in nntrainer/nntrainer PR#3494",
		applies:   func(l *loss.Loss) bool { return l.Shape.Many() },
		known:     true,
		anywhere:  true,
		tour:      func(*loss.Loss) int { return draw.Sizes },
		draw:      everySize,
		check: func(t *trial, c *Case) {
			e := t.eval(&c.Call)
			t.areTrue(e, func(i, n int) bool { return t.turnToAsk(c) && (i < 4 || i >= n-4) }, nil)
		},
	},
	{
		Name:      "every_parameter_is_true",
		Statement: "Value and gradient are true for every parameter: 64ths or sixteenths, the ends of number formats, and free ones, each by itself.",
		Source:    "impl/oracle: the definition of the loss, evaluated with certified intervals",
		applies:   func(l *loss.Loss) bool { return len(l.Params) > 0 },
		known:     true,
		anywhere:  true,
		tour:      func(l *loss.Loss) int { return draw.Parameters * len(l.Params) },
		draw:      everyParameter,
		check: func(t *trial, c *Case) {
			e := t.eval(&c.Call)
			t.areTrue(e, func(i, n int) bool { return t.turnToAsk(c) && (i == 0 || i == n-1) }, nil)
		},
	},
	{
		Name: "every_place_is_true",
		Statement: "Value and gradient are true in every binade of 2^−20 … 2^10, for each of the 2^8 patterns of leading bits in it, and beside each number at which implementations change their branch: " +
			"they lie within half of the bound around the reference, or the oracle decides; it decides about two of each batch in any case.",
		Source:    "Tang, Table-driven implementation of the exponential function, 1989: a table has an entry for each pattern of leading bits",
		catalogue: true, // the reference of a definition is the oracle, of which so much is not asked
		anywhere:  true,
		tour:      few(DefaultChecks),
		draw:      everyPlace,
		check:     checkPlaces,
	},
}

func everySize(d *drawer) *Case {
	n := d.SizeAt(d.turn)
	w := wish{cols: n, rows: 1, fresh: d.turn%2 == 0, calm: true, anywhere: true, reduced: true, plain: n > 1<<9}
	if n <= 32 {
		w.rows = 2
	}
	c := d.call(w)
	if c == nil {
		return nil
	}
	turn := d.turn + slices.Index(ieee.Formats(), d.Format)
	for i := range c.Label {
		c.Label[i] = n - 1
		if (turn+i)%2 == 1 {
			c.Label[i] = []int{0, n / 2, d.Intn(n)}[d.Intn(3)]
		}
	}
	return &Case{Call: *c, Picks: []int{d.turn}}
}

func everyParameter(d *drawer) *Case {
	stop := draw.Stop(d.turn, draw.Parameters*len(d.loss.Params))
	param := d.loss.Params[stop/draw.Parameters]
	c := d.call(wish{rows: 1, calm: true, anywhere: true, reduced: true})
	if c == nil {
		return nil
	}
	x := d.ParameterAt(param, stop%draw.Parameters)
	v := c.Params[param.Name]
	switch {
	case param.Kind != loss.PerClass:
		c.Params[param.Name] = []float64{x}
	case len(v) <= 1:
		c.Params[param.Name] = []float64{x}
	default:
		v[d.Intn(len(v))] = x
	}
	if param.Name == loss.IgnoreIndex.Name && len(c.Label) > 0 {
		c.Label[d.Intn(len(c.Label))] = int(x)
	}
	return &Case{Call: *c, Picks: []int{d.turn}}
}

// turnToAsk reports whether a stop of a tour is one at which the oracle is asked, whatever the reference says: that is so
// in one dtype after the other.
func (t *trial) turnToAsk(c *Case) bool {
	t.need(len(c.Picks) == 1)
	formats := ieee.Formats()
	return (c.Picks[0]+slices.Index(formats, t.format))%len(formats) == 0
}

// everyPlace has so many places in a case that DefaultChecks cases are the tour.
func everyPlace(d *drawer) *Case {
	places := d.Places()
	placesOfCase := (places + DefaultChecks - 1) / DefaultChecks
	c := d.call(wish{rows: placesOfCase, cols: 2, fresh: true, calm: true, anywhere: true, plain: d.turn%4 != 0})
	if c == nil {
		return nil
	}
	width := d.loss.Shape.Width(c.Cols)
	for i := range placesOfCase {
		at := draw.Stop(d.turn*placesOfCase+i, places)
		d.Put(d.loss, c.Pred[i*width:(i+1)*width], d.PlaceAt(d.loss.Prediction, at))
	}
	return d.wrap(c)
}

// checkPlaces asks the oracle about the items alone: about so many at once it could not be asked.
func checkPlaces(t *trial, c *Case) {
	e := t.eval(&c.Call)
	width := func(n int) int { return max(1, n/c.Call.Rows) }
	t.areTrue(e, func(i, n int) bool { row := i / width(n); return row == 0 || row == c.Call.Rows-1 }, func(n number) number {
		each := width(len(e.answer.Value))
		if n.of == subject.Grad {
			each = width(len(e.answer.Grad))
		}
		return e.alone(n.i/each).at(n.of, n.i%each)
	})
}

// areTrue holds an answer against the truth. What lies within half of its bound around the reference is true where the reference
// is, which laws of their own are about; the rest is asked of the oracle, and so is what is not to rest on the reference: number
// i of n of an output. Of a definition the reference is the oracle. alone is a number as the oracle is asked about it, nil: as it is.
func (t *trial) areTrue(e *evaluation, ask func(i, n int) bool, alone func(number) number) {
	reference := &loss.Result{}
	if !e.plan.Decl.Defined() && t.level <= subject.Accurate {
		var err error
		reference, err = loss.Eval(e.call)
		t.need(err == nil)
	}
	for _, output := range []struct {
		numbers []number
		want    []float64
	}{{e.values(), reference.Value}, {e.grads(), reference.Grad}} {
		for i, n := range output.numbers {
			if output.want != nil && !ask(i, len(output.numbers)) && n.near(output.want[i]) {
				t.decide(&form{terms: []term{{n: n}}})
				continue
			}
			if alone != nil {
				n = alone(n)
			}
			t.isTrue(n)
		}
	}
}

// near reports whether an answer lies within half of its bound around a number.
func (n number) near(want float64) bool {
	x := n.x()
	return !ulp.Special(x) && !ulp.Special(want) && math.Abs(x-want) <= n.floor()
}
