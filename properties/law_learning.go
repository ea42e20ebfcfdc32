package properties

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
)

const nielsen = "Nielsen, Neural Networks and Deep Learning, 2015, chapter 3"

// What a loss does to learning: the worked example of the project.
var learningLaws = []*Law{
	{
		Name:      "squared_error_stops_learning",
		Statement: "At a saturated wrong score the gradient of the squared error of a sigmoid vanishes: at distance d it is at most 2·e^−d.",
		Source:    nielsen,
		applies:   named(squaredLogits),
		gradient:  true,
		draw:      wrongScore,
		check: func(t *trial, c *Case) {
			t.saturated(c)
			// |∂L/∂z| = 2f·|d|·σ(z)·σ(−z) ≤ 2·e^−|z| < 2·2^−|z|, and 2^−⌊|z|⌋ is exact.
			bound := num(2)
			bound.SetMantExp(bound, -int(math.Abs(c.Call.Pred[0])))
			g := t.eval(&c.Call).grad(0)
			t.claim("∂L/∂z ≤ 2·2^−d", side().plus(1, g), atMost, side().addBig(bound))
			t.claim("∂L/∂z ≥ −2·2^−d", side().plus(1, g), atLeast, side().addBig(newBig().Neg(bound)))
		},
	},
	{
		Name:      "cross_entropy_keeps_learning",
		Statement: "At a wrong score the gradient of the cross-entropy is at least ½, however saturated it is.",
		Source:    nielsen,
		applies:   named(bceLogits),
		gradient:  true,
		draw:      wrongScore,
		check: func(t *trial, c *Case) {
			t.saturated(c)
			e := t.eval(&c.Call)
			t.needPlain(e.plan)
			t.claim("|∂L/∂z| ≥ ½", side().plus(1-2*c.Call.Target[0], e.grad(0)), atLeast, side().add(0.5))
		},
	},
	{
		Name:      "gradient_grows_with_error",
		Statement: "The further a score is on the wrong side, the larger the gradient of the cross-entropy.",
		Source:    nielsen,
		applies:   named(bceLogits, crossEntropy),
		gradient:  true,
		draw: func(d *drawer) *Case {
			w := wish{plain: true, hard: true, calm: true}
			if d.loss.Shape.Classes {
				w.kind = "label"
			}
			c := d.wrap(d.call(w))
			if c != nil {
				c.Other = []float64{d.Everyday()}
			}
			return c
		},
		check: func(t *trial, c *Case) {
			t.need(len(c.Other) == 1)
			k, wrong := 0, -1.0
			if c.Call.Label != nil {
				k = c.Call.Label[0]
			} else {
				t.need(c.Call.Target[0] == 0 || c.Call.Target[0] == 1)
				wrong = 1 - 2*c.Call.Target[0]
			}
			moved := append([]float64(nil), c.Call.Pred...)
			moved[k] = c.Other[0]
			a, b := t.eval(&c.Call), t.eval(at(&c.Call, moved))
			t.needPlain(a.plan)
			if (moved[k]-c.Call.Pred[k])*wrong < 0 {
				a, b = b, a // b is the more wrong
			}
			t.claim("|∂L/∂s| of the worse ≥ |∂L/∂s|", side().plus(wrong, b.grad(k)), atLeast, side().plus(wrong, a.grad(k)))
		},
	},
	{
		Name:      "gradient_of_squared_error_falls",
		Statement: "The gradient of the squared error of a sigmoid does not grow with the error: four steps further on the wrong side it is smaller.",
		Source:    nielsen,
		applies:   named(squaredLogits),
		gradient:  true,
		draw:      wrongScore,
		check: func(t *trial, c *Case) {
			t.saturated(c)
			z := c.Call.Pred[0]
			further, ok := exactly(t.format, z, 1, math.Copysign(4, z))
			t.need(ok && math.Abs(z) < 60)
			a, b := t.eval(&c.Call), t.eval(at(&c.Call, []float64{further}))
			s := math.Copysign(1, z)
			t.strictly("|∂L/∂z| of the worse < |∂L/∂z|", side().plus(s, b.grad(0)), side().plus(s, a.grad(0)))
		},
	},
	{
		Name:      "ranks_the_models",
		Statement: "Of two models that are right about the same two of three people the loss prefers the second, which is surer where right and less sure where wrong.",
		Source:    "McCaffrey, Why you should use cross-entropy error instead of classification error or mean squared error, 2013; lossproof demo",
		applies:   named(onProbability, squared),
		once:      true,
		draw:      twoModels,
		check: func(t *trial, c *Case) {
			first, second := t.models(c)
			t.strictly("Σ L of model 2 < Σ L of model 1", sum(second.values()), sum(first.values()))
		},
	},
	{
		Name:      "cannot_rank_the_models",
		Statement: "The classification error of the two models is the same, one person of three.",
		Source:    "McCaffrey, Why you should use cross-entropy error instead of classification error or mean squared error, 2013; lossproof demo",
		applies:   named(classError),
		once:      true,
		draw:      twoModels,
		check: func(t *trial, c *Case) {
			first, second := t.models(c)
			t.claim("Σ L of model 1 = 1", sum(first.values()), equal, side().add(1))
			t.claim("Σ L of model 2 = 1", sum(second.values()), equal, side().add(1))
		},
	},
}

// wrongScore draws a score of 8 to 60 on the wrong side of a hard target.
func wrongScore(d *drawer) *Case {
	c := d.wrap(d.call(wish{plain: true, hard: true}))
	if c == nil {
		return nil
	}
	z := d.Fit(float64(64+d.Intn(417)) / 8)
	if c.Call.Target[0] == 1 {
		z = -z
	}
	c.Call.Pred[0] = z
	return c
}

// saturated keeps the cases of wrongScore.
func (t *trial) saturated(c *Case) {
	z, y := c.Call.Pred[0], c.Call.Target[0]
	t.need(y == 0 && z >= 8 || y == 1 && z <= -8)
	t.need(math.Abs(z) <= 1000)
}

// The worked example: three people, three parties, two models.
var (
	people    = []int{2, 1, 0}
	modelPred = [2][]float64{
		{.3, .3, .4, .3, .4, .3, .1, .2, .7},
		{.1, .2, .7, .1, .7, .2, .3, .4, .3},
	}
)

// twoModels asks for the first model; Other is the second.
func twoModels(d *drawer) *Case {
	kind := "distribution"
	if d.loss.Takes(loss.Label) {
		kind = "label"
	}
	w := wish{plain: true, rows: 3, cols: 3, kind: kind}
	if !d.loss.Shape.Classes {
		w.kind, w.rows = "", 9
	}
	c := d.wrap(d.call(w))
	if c == nil {
		return nil
	}
	c.Call.Upstream, c.Call.Weight = nil, nil
	for i := range modelPred[0] {
		c.Call.Pred[i] = d.Format.Round(modelPred[0][i])
		c.Other = append(c.Other, d.Format.Round(modelPred[1][i]))
	}
	for i, person := range people {
		if c.Call.Label != nil {
			c.Call.Label[i] = person
			continue
		}
		for k := range 3 {
			c.Call.Target[3*i+k] = 0
		}
		c.Call.Target[3*i+person] = 1
	}
	return c
}

func (t *trial) models(c *Case) (first, second *evaluation) {
	return t.eval(&c.Call), t.eval(at(&c.Call, c.Other))
}
