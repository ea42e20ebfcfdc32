package properties

import (
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ulp"
)

// A batch is nothing but its items.
var batchLaws = []*Law{
	{
		Name:      "batch_independent",
		Statement: "The answer for an item does not depend on its place, its neighbours or the length of the batch: the same bits, for every length from 1 to 67, next to multiples of 8, and beyond 1024, 2048 and 4096, and for items that are all of one kind.",
		Source:    "the definition of a loss, which is one of an item; the remainders of vector loops, as in nntrainer/nntrainer PR#3494",
		anywhere:  true,
		tour:      few(draw.Batches),
		draw: func(d *drawer) *Case {
			n := d.BatchAt(d.turn)
			w := wish{rows: n, columns: n <= 1<<4, plain: d.Intn(2) == 0, calm: d.Intn(2) == 0, anywhere: true}
			if d.loss.Shape.Many() && d.Intn(6) == 0 && n < 1<<9 {
				w.cols, w.rows = n, 1+d.Intn(2)
			}
			c := d.call(w)
			if c == nil {
				return nil
			}
			if d.turn%3 == 0 {
				d.Alike(d.loss, c)
			}
			return &Case{Call: *c, Picks: []int{d.Intn(c.Rows), 1 + d.Intn(min(c.Rows, 67))}}
		},
		check: func(t *trial, c *Case) {
			t.need(len(c.Picks) == 2 && c.Picks[0] < c.Call.Rows)
			whole, shift := t.eval(&c.Call), c.Picks[1]
			for _, row := range []int{c.Picks[0], 0, c.Call.Rows - 1} {
				t.sameRow(whole, row, t.eval(rows(&c.Call, row, row+1)), 0)
			}
			if shift == 0 || shift >= c.Call.Rows {
				return
			}
			rest := t.eval(rows(&c.Call, shift, c.Call.Rows))
			for row := range rest.call.Rows { // every item, at another place
				t.sameRow(whole, shift+row, rest, row)
			}
		},
	},
	{
		Name:      "order_independent",
		Statement: "A batch in reverse order has the answers in reverse order: the same bits.",
		Source:    "the definition of a loss, which is one of an item",
		anywhere:  true,
		tour:      few(30),
		draw: func(d *drawer) *Case {
			return d.wrap(d.call(wish{rows: 2 + d.Intn(30), columns: true, anywhere: true}))
		},
		check: func(t *trial, c *Case) {
			t.need(c.Call.Rows > 1)
			back := clone(&c.Call)
			n := c.Call.Rows
			for r := range n {
				from := n - 1 - r
				for k := range c.Call.Cols {
					i, j := r*c.Call.Cols+k, from*c.Call.Cols+k
					back.Pred[i] = c.Call.Pred[j]
					if back.Upstream != nil {
						back.Upstream[i] = c.Call.Upstream[j]
					}
				}
				each := len(back.Target) / n
				copy(back.Target[r*each:(r+1)*each], c.Call.Target[from*each:])
				if back.Label != nil {
					back.Label[r] = c.Call.Label[from]
				}
			}
			a, b := t.eval(&c.Call), t.eval(back)
			for r := range n {
				t.sameRow(a, r, b, n-1-r)
			}
		},
	},
}

// sameRow checks that row i of one answer has the bits of row j of another.
func (t *trial) sameRow(a *evaluation, i int, b *evaluation, j int) {
	for _, o := range subject.Outputs() {
		x, y := *a.answer.Part(o), *b.answer.Part(o)
		nx, ny := len(x)/a.call.Rows, len(y)/b.call.Rows
		for k := range min(nx, ny) {
			if u, v := x[i*nx+k], y[j*ny+k]; !ulp.SameBits(u, v) {
				t.violated("an item has the same bits in another batch", a.at(o, i*nx+k).name()+" = "+t.show(u),
					b.at(o, j*ny+k).name()+" = "+t.show(v)+", in a batch of "+shortest(t.format, float64(b.call.Rows)), "none: the same bits", "", rows(a.call, i, i+1))
			}
		}
	}
	t.decided++
}
