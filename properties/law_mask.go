package properties

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ulp"
)

const masks = "package loss: a row that is ignored, and a value of weight 0, is not evaluated; pytorch/pytorch#67505"

// Items that do not count.
var maskLaws = []*Law{
	{
		Name:      "masked_items_are_zero",
		Statement: "An ignored row, or a value of weight 0, has value 0 and gradient 0 even when it holds NaN, and changes no bit of the others.",
		Source:    masks,
		applies:   reducible,
		draw:      maskedCase(false),
		check: func(t *trial, c *Case) {
			masked, clean := t.masked(c)
			a, b := t.eval(masked), t.eval(clean)
			each := func(x, y []number, what string) {
				width := len(x) / c.Call.Rows
				for i := range min(len(x), len(y)) {
					switch row := i / max(1, width); {
					case row == c.Picks[0]:
						t.claim(what+" of a masked item is 0", side().plus(1, x[i]), equal, side())
					case !ulp.SameBits(x[i].x(), y[i].x()):
						t.violated(what+" of another item does not depend on it", x[i].name()+" = "+t.show(x[i].x()), t.show(y[i].x()), "none: the same bits", "", masked)
					}
				}
			}
			each(a.values(), b.values(), "the value")
			each(a.grads(), b.grads(), "the gradient")
			t.decided++
		},
	},
	{
		Name:      "masked_items_leave_reductions",
		Statement: "A masked item that holds NaN changes no reduction: it is the one with a number in its place.",
		Source:    masks,
		applies:   reducible,
		draw:      maskedCase(true),
		check: func(t *trial, c *Case) {
			masked, clean := t.masked(c)
			e := t.eval(clean)
			t.need(denominator(e.plan).Sign() > 0)
			t.same(t.eval(masked), e, num(1))
		},
	},
	{
		Name:      "masked_items_are_not_counted",
		Statement: "A batch with a masked item, times its denominator, is the batch without it, times its own.",
		Source:    masks,
		applies:   reducible,
		draw:      maskedCase(true),
		check: func(t *trial, c *Case) {
			masked, _ := t.masked(c)
			t.need(c.Call.Rows > 1)
			rest := &Case{Call: *clone(masked)}
			dropRow(rest, c.Picks[0])
			a, b := t.eval(masked), t.eval(&rest.Call)
			da, db := denominator(a.plan), denominator(b.plan)
			t.need(da.Sign() > 0 && db.Sign() > 0)
			t.claim("with·denominator = without·denominator", side().plusBig(da, a.value(0)), equal, side().plusBig(db, b.value(0)))
		},
	},
}

// maskedCase draws a batch with one item that does not count.
func maskedCase(reduce bool) func(d *drawer) *Case {
	return func(d *drawer) *Case {
		of := []loss.Reduction{loss.None}
		if reduce {
			of = loss.Reductions()[1:]
		}
		c := reducedCase(of...)(d)
		if c == nil {
			return nil
		}
		row := d.Intn(c.Call.Rows)
		c.Picks = []int{row}
		ignored := c.Call.Params[loss.IgnoreIndex.Name]
		switch {
		case len(ignored) == 1 && c.Call.Label != nil:
			c.Call.Label[row] = int(ignored[0])
		case c.Call.Weight != nil:
			each := len(c.Call.Weight) / c.Call.Rows
			clear(c.Call.Weight[row*each : (row+1)*each])
		default:
			d.lacks = "neither sample weights nor an ignored label"
			if d.canMask() {
				d.lacks = "" // this draw has neither
			}
			return nil
		}
		return c
	}
}

// canMask reports whether the subject takes weights or an ignored label.
func (d *drawer) canMask() bool {
	for _, c := range d.capabilities {
		if c.Weights || contains(c.Params, loss.IgnoreIndex.Name) {
			return true
		}
	}
	return false
}

// masked returns the batch with NaN in the masked row, and with a number there.
func (t *trial) masked(c *Case) (masked, clean *loss.Call) {
	t.need(len(c.Picks) == 1 && c.Picks[0] < c.Call.Rows)
	row := c.Picks[0]
	plan, err := c.Call.Plan()
	t.need(err == nil)
	each := plan.Values() / c.Call.Rows
	for i := row * each; i < (row+1)*each; i++ {
		t.need(plan.Ignored(row) || plan.Weighting(i) == 0)
	}
	fill := func(x float64) *loss.Call {
		call := clone(&c.Call)
		for k := range call.Cols {
			call.Pred[row*call.Cols+k] = x
		}
		return call
	}
	return fill(math.NaN()), fill(0.5)
}
