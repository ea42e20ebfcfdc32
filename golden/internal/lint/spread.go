package lint

import (
	"fmt"
	"math"
	"slices"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A need is a kind of case that a file must have. Which needs a loss has follows from
// its declaration, so that a new loss is asked for them without a line here.
type need struct {
	name string
	met  func(*golden.Vector) bool
}

// many is how many terms and classes there are where naive sums and naive softmaxes have
// lost digits that a test can see: in float32, to which few bytes do it, and for items of one number in float64 too.
const many = 1000

// missingSpread names the needs that no vector meets.
func missingSpread(l *loss.Loss, f ieee.Format, vectors []golden.Vector) []string {
	needs := dataNeeds(l, f)
	needs = append(needs, paramNeeds(l)...)
	if f.Width >= ieee.Float32.Width {
		needs = append(needs, reductionNeeds(l, f)...)
		needs = append(needs, classNeeds(l, f)...)
	}
	var missing []string
	for _, n := range needs {
		if !slices.ContainsFunc(vectors, func(v golden.Vector) bool { return n.met(&v) }) {
			missing = append(missing, n.name)
		}
	}
	return missing
}

// predicts makes a need for a prediction in an answered case.
func predicts(name string, is func(float64) bool) need {
	return need{"a prediction that is " + name, func(v *golden.Vector) bool {
		return v.Error == "" && slices.ContainsFunc(v.Call.Pred, is)
	}}
}

func dataNeeds(l *loss.Loss, f ieee.Format) []need {
	needs := []need{
		predicts("NaN", math.IsNaN),
		predicts("+0", func(x float64) bool { return x == 0 && !math.Signbit(x) }),
		predicts("-0", func(x float64) bool { return x == 0 && math.Signbit(x) }),
		predicts("subnormal", func(x float64) bool { return x != 0 && math.Abs(x) < f.MinNormal() }),
	}
	if math.IsInf(l.Prediction.High, 1) {
		needs = append(needs, predicts("+Inf", func(x float64) bool { return math.IsInf(x, 1) }))
	}
	if math.IsInf(l.Prediction.Low, -1) {
		needs = append(needs, predicts("-Inf", func(x float64) bool { return math.IsInf(x, -1) }))
	}
	if l.Prediction != loss.Extended {
		needs = append(needs, outcome(loss.BadPrediction))
	}
	return needs
}

func outcome(class loss.Class) need {
	return need{fmt.Sprintf("the outcome error %q", class), func(v *golden.Vector) bool { return v.Error == class }}
}

// paramNeeds asks for every parameter set, off where it can be, and refused; and for
// every value of every convention.
func paramNeeds(l *loss.Loss) []need {
	var needs []need
	for _, p := range l.Params {
		set := func(on bool) func(*golden.Vector) bool {
			return func(v *golden.Vector) bool {
				x, ok := v.Call.Params[p.Name]
				if !ok {
					x = p.Default
				}
				return (len(x) > 0) == on && v.Error == ""
			}
		}
		needs = append(needs, need{"the parameter " + p.Name + " on", set(true)})
		if p.Optional {
			needs = append(needs, need{"the parameter " + p.Name + " off", set(false)})
		}
		if p.Kind != loss.Integer {
			needs = append(needs, outcome(loss.BadParameter))
		}
	}
	for _, k := range l.Conventions {
		for _, value := range k.Values[1:] {
			needs = append(needs, need{"the convention " + k.Name + "=" + value, func(v *golden.Vector) bool {
				return v.Call.Conventions[k.Name] == value
			}})
		}
	}
	return needs
}

// reductionNeeds concern losses; a link is an intermediate value that nobody reduces.
func reductionNeeds(l *loss.Loss, f ieee.Format) []need {
	if l.VectorValued {
		return []need{{"an upstream gradient that is not all ones", func(v *golden.Vector) bool {
			return slices.ContainsFunc(v.Call.Upstream, func(x float64) bool { return x != 1 })
		}}}
	}
	if !l.HasTarget() {
		return nil
	}
	needs := []need{
		{"the outcome error of an empty mean", func(v *golden.Vector) bool { return v.Error == loss.EmptyMean }},
		{"an empty mean that is 0", func(v *golden.Vector) bool {
			return v.Call.Rows == 0 && v.Call.Conventions["empty_mean"] == "zero" && v.Call.Reduction.Mean()
		}},
		{"an empty mean that is NaN", func(v *golden.Vector) bool {
			return v.Error == "" && v.Call.Rows == 0 && v.Call.Conventions["empty_mean"] == "" && v.Call.Reduction.Mean()
		}},
		{"a sample weight of 0 and another", func(v *golden.Vector) bool {
			w := v.Call.Weight
			return slices.Contains(w, 0) && slices.ContainsFunc(w, func(x float64) bool { return x > 0 })
		}},
		outcome(loss.BadWeight),
	}
	for _, r := range loss.Reductions() {
		needs = append(needs, need{"the reduction " + string(r) + " of several terms", func(v *golden.Vector) bool {
			return v.Call.Reduction == r && v.Call.Rows > 1 && v.Error == ""
		}})
	}
	if l.Shape != loss.Point && f.Width > ieee.Float32.Width {
		return needs
	}
	terms := many
	if l.Shape.Several() {
		terms /= 16 // of eight numbers and four slopes each
	}
	return append(needs, need{fmt.Sprintf("a reduction of %d terms", terms), func(v *golden.Vector) bool {
		return v.Call.Reduction != loss.None && v.Call.Rows >= terms
	}})
}

// classNeeds concern losses of items of any size.
func classNeeds(l *loss.Loss, f ieee.Format) []need {
	if !l.Shape.Many() {
		return nil
	}
	var needs []need
	sizes := []int{1, 2}
	if f.Width == ieee.Float32.Width {
		sizes = append(sizes, many)
	}
	for _, k := range sizes {
		needs = append(needs, need{fmt.Sprintf("%d numbers in an item", k), func(v *golden.Vector) bool {
			return v.Error == "" && v.Call.Rows > 0 && v.Call.Cols == k
		}})
	}
	if !l.Takes(loss.Label) {
		return needs
	}
	refused := func(name string, is func(t, k int) bool) need {
		return need{"the refused label " + name, func(v *golden.Vector) bool {
			return v.Error == loss.BadLabel && slices.ContainsFunc(v.Call.Label, func(t int) bool { return is(t, v.Call.Cols) })
		}}
	}
	needs = append(needs,
		refused("-1", func(t, k int) bool { return t == -1 }),
		refused("K", func(t, k int) bool { return t == k }),
		refused("2^31-1", func(t, k int) bool { return t == math.MaxInt32 }))
	if _, ok := l.Param(loss.IgnoreIndex.Name); ok {
		needs = append(needs, ignoreNeeds()...)
	}
	return needs
}

func ignoreNeeds() []need {
	ignored := func(name string, is func(c *loss.Call, ignored, row int) bool) need {
		return need{"an ignored row " + name, func(v *golden.Vector) bool {
			index := v.Call.Params[loss.IgnoreIndex.Name]
			return v.Error == "" && len(index) == 1 && slices.ContainsFunc(rowsOf(&v.Call), func(row int) bool {
				return v.Call.Label != nil && v.Call.Label[row] == int(index[0]) && is(&v.Call, int(index[0]), row)
			})
		}}
	}
	return []need{
		ignored("whose label is a class", func(c *loss.Call, t, _ int) bool { return t >= 0 && t < c.Cols }),
		ignored("whose label is no class", func(c *loss.Call, t, _ int) bool { return t < 0 || t >= c.Cols }),
		ignored("with a NaN in it", func(c *loss.Call, _, row int) bool {
			return slices.ContainsFunc(c.Pred[row*c.Cols:(row+1)*c.Cols], math.IsNaN)
		}),
		ignored("and no other", func(c *loss.Call, t, _ int) bool {
			return !slices.ContainsFunc(c.Label, func(other int) bool { return other != t })
		}),
	}
}

func rowsOf(c *loss.Call) []int {
	rows := make([]int, c.Rows)
	for i := range rows {
		rows[i] = i
	}
	return rows
}
