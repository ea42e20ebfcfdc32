package mutants

import "math"

var _ = enter(room{
	loss: "bounded_iou",
	formula: `
bent(t) = if(t < beta, t * t / (2 * beta), t - beta / 2)
rising(t) = if(t < beta, t / beta, 1)
ax = (z[0] - y[0]) + (z[2] - y[2])
ay = (z[1] - y[1]) + (z[3] - y[3])
w = z[2] - z[0]
h = z[3] - z[1]
v = y[2] - y[0]
u = y[3] - y[1]
lessened(low, high, own, other) = if(abs(low) + abs(high) < own + other, high - low, own - other)
dw = lessened(z[0] - y[0], z[2] - y[2], w, v)
dh = lessened(z[1] - y[1], z[3] - y[3], h, u)
px = if(v == 0, 2, abs(ax) / v)
py = if(u == 0, 2, abs(ay) / u)
tx = if(px < 1, 2 * px / (1 + px), 1)
ty = if(py < 1, 2 * py / (1 + py), 1)
tw = if(v == 0, 1, abs(dw) / max(w, v))
th = if(u == 0, 1, abs(dh) / max(h, u))
value = bent(tx) + bent(ty) + bent(tw) + bent(th)
t = if(k == 0 or k == 2, tx, ty)
r = if(k == 0 or k == 2, px, py)
a = if(k == 0 or k == 2, ax, ay)
d = if(k == 0 or k == 2, dw, dh)
own = if(k == 0 or k == 2, w, h)
other = if(k == 0 or k == 2, v, u)
toward = if(a > 0, 1, if(a < 0, -1, 0))
centre = if(r < 1, rising(t) * toward * 2 / other / (1 + r) / (1 + r), 0)
change = if(d > 0, other / own / own, if(d < 0, -1 / other, 0))
out = if(k < 2, -1, 1)
grad = centre + if(other == 0, 0, out * rising(if(k == 0 or k == 2, tw, th)) * change)`,
	mutants: []Mutant{
		{Name: "bounded-iou-centres-halved", Museum: "O6", Mechanism: "|d_x| in place of 2|d_x|",
			defect: bounding(func(apart, _, v float64) float64 { return kept(apart/2, v) }, sidesKept)},
		{Name: "bounded-iou-not-clamped", Museum: "O7", Mechanism: "W − 2|d_x| is allowed below 0, and the loss of far boxes above 4",
			defect: bounding(func(apart, _, v float64) float64 { return (v - apart) / (v + apart) }, sidesKept)},
		{Name: "bounded-iou-side-of-the-prediction", Museum: "O4", Mechanism: "w in place of W: the other box measures the distance",
			defect: bounding(func(apart, w, _ float64) float64 { return kept(apart, w) }, sidesKept)},
		{Name: "bounded-iou-one-way", Museum: "O7", Mechanism: "w/W where min(w/W, W/w) is to be: larger boxes are rewarded",
			defect: bounding(centresKept, func(_, w, v float64) float64 { return w / v })},
		{Name: "bounded-iou-epsilon", Museum: "O3", Mechanism: "10⁻³ in the denominators, which boxes in shares of an image show",
			defect: bounding(func(apart, _, v float64) float64 { return max(v-apart, 0) / (v + apart + 1e-3) },
				func(_, w, v float64) float64 { return min(w/(v+1e-3), v/(w+1e-3)) })},
		{Name: "bounded-iou-mean", Museum: "O6", Mechanism: "the mean of the four parts in place of their sum",
			defect: changing(func(_ *example, out *outcome) { scale(out.value, 0.25); scale(out.grad, 0.25) })},
		{Name: "bounded-iou-beta-beside", Museum: "O5", Mechanism: "½·t² below β, without 1/β",
			defect: changing(func(e *example, out *outcome) {
				beta := e.Scalar("beta")
				out.value[0] = parts(e, centresKept, sidesKept, func(t float64) float64 {
					if t < beta {
						return t * t / 2
					}
					return t - beta/2
				})
			})},
	},
})

// A share is what one number leaves of I/U, given 2|d|, w and W along its axis.
type share func(apart, w, v float64) float64

func kept(apart, side float64) float64 { return max(side-apart, 0) / (side + apart) }

var (
	centresKept share = func(apart, _, v float64) float64 { return kept(apart, v) }
	sidesKept   share = func(_, w, v float64) float64 { return min(w/v, v/w) }
)

// bounding replaces what is left by the centres and by the sides, of targets with an area.
func bounding(centres, sides share) Defect {
	return changing(func(e *example, out *outcome) {
		beta := e.Scalar("beta")
		x := parts(e, centres, sides, func(t float64) float64 {
			if t < beta {
				return t * t / (2 * beta)
			}
			return t - beta/2
		})
		if !math.IsNaN(x) {
			out.value[0] = x
		}
	})
}

func parts(e *example, centres, sides share, bent func(t float64) float64) (sum float64) {
	p, q := e.pred, e.target
	for t := range 2 {
		apart, w, v := math.Abs(p[t]-q[t]+p[t+2]-q[t+2]), p[t+2]-p[t], q[t+2]-q[t]
		if v == 0 {
			sum += 2 * bent(1)
			continue
		}
		sum += bent(1-centres(apart, w, v)) + bent(1-sides(apart, w, v))
	}
	return sum
}
