package properties

import (
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// What parameters must not change.
var parameterLaws = []*Law{
	{
		Name:      "neutral_parameters",
		Statement: "Weights of 1 for every class, no smoothing, pos_weight 1: a parameter at its neutral or default value changes nothing of a value (the denominator of mean/weight counts Σ y_k with class weights of 1, and rows without any).",
		Source:    identities,
		applies: func(l *loss.Loss) bool {
			return slices.ContainsFunc(l.Params, func(p loss.Param) bool { return p.Name != loss.IgnoreIndex.Name })
		},
		draw: one(wish{plain: true}),
		check: func(t *trial, c *Case) {
			explicit := clone(&c.Call)
			set := 0
			for _, p := range t.loss.Params {
				if _, given := explicit.Params[p.Name]; given || p.Name == loss.IgnoreIndex.Name {
					continue
				}
				switch {
				case p.Kind == loss.PerClass:
					explicit.Params[p.Name] = make([]float64, c.Call.Cols)
					for k := range explicit.Params[p.Name] {
						explicit.Params[p.Name][k] = 1
						if len(p.Default) == 1 {
							explicit.Params[p.Name][k] = p.DefaultIn(c.Call.Format)[0]
						}
					}
				default:
					explicit.Params[p.Name] = p.DefaultIn(c.Call.Format)
				}
				set++
			}
			if set == 0 {
				panic(outcome{discarded: true, lacks: "every parameter is fixed"})
			}
			t.same(t.eval(explicit), t.eval(&c.Call), num(1))
		},
	},
	{
		Name:      "class_weight_is_a_factor",
		Statement: "The weight of the class of a label multiplies value and gradient, and no other weight counts.",
		catalogue: true,
		Source:    "torch.nn.functional.cross_entropy, weight",
		applies: func(l *loss.Loss) bool {
			return l.Takes(loss.Label) && perClass(l) != ""
		},
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{kind: "label"}))
			if c != nil && perClass(d.loss) != "" {
				w := make([]float64, c.Call.Cols)
				for k := range w {
					w[k] = float64(d.Intn(9)) / 4
				}
				c.Call.Params[perClass(d.loss)] = w
			}
			return c
		},
		check: func(t *trial, c *Case) {
			name := perClass(t.loss)
			w := c.Call.Params[name]
			t.need(len(w) == c.Call.Cols)
			plain := clone(&c.Call)
			delete(plain.Params, name)
			a := t.eval(&c.Call)
			if !unsmoothed(a.plan) {
				t.lacksPlain()
			}
			t.same(a, t.eval(plain), num(w[c.Call.Label[0]]))
		},
	},
	half(),
}

// half is the law of the convention squared_error_factor. Where ½d² is finite and d² is
// not, it shows whether the square comes first.
func half() *Law {
	const factor = "squared_error_factor"
	return &Law{
		Name:      "half_is_a_factor",
		Statement: "Under the convention of ½d² a squared error is half of what it is under that of d², value and gradient, and overflows no earlier than half of it does.",
		Source:    "the convention squared_error_factor of the catalogue",
		applies: func(l *loss.Loss) bool {
			_, ok := l.Convention(factor)
			return ok
		},
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{}))
			if c != nil && d.loss.Target == loss.Finite && d.Intn(4) == 0 {
				overflows := (d.Format.MaxExp + 1) / 2 // the least e with (2^e)² beyond the format
				c.Call.Pred[0] = d.Sign() * d.Size(overflows, overflows+1)
			}
			return c
		},
		check: func(t *trial, c *Case) {
			under := func(value string) *evaluation {
				call := clone(&c.Call)
				call.Conventions[factor] = value
				return t.eval(call)
			}
			t.same(under("1"), under("1/2"), num(2))
		},
	}
}

// perClass is the parameter of a loss that has a number for each class.
func perClass(l *loss.Loss) string {
	for _, p := range l.Params {
		if p.Kind == loss.PerClass {
			return p.Name
		}
	}
	return ""
}
