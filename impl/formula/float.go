package formula

import (
	"cmp"
	"maps"
	"math"
	"math/big"
	"slices"
)

// Float64 computes as a plain program in float64 does: every operation is rounded, and nothing is
// fused. Functions are those of package math.
var Float64 = Floats(func(x float64) float64 { return x })

// Float32 computes as a plain program in float32 does. Sums, differences, products, quotients and
// square roots are correctly rounded: float64 has more than twice the digits, so that rounding
// twice rounds as once (Figueroa 1995).
var Float32 = Floats(func(x float64) float64 { return float64(float32(x)) })

// Floats returns the algebra whose every operation is one of float64, rounded once more by round.
func Floats(round func(float64) float64) Algebra[float64] {
	a := Algebra[float64]{
		Number:   func(x *big.Rat) float64 { f, _ := x.Float64(); return round(f) },
		Infinity: func() float64 { return math.Inf(1) },
		If: func(condition, x, y float64) float64 {
			if condition != 0 {
				return x
			}
			return y
		},
		At:     at,
		Unary:  map[string]func(float64) float64{},
		Binary: map[string]func(x, y float64) float64{},
	}
	for name, f := range unary {
		a.Unary[name] = func(x float64) float64 { return round(f(x)) }
	}
	for name, f := range binary {
		a.Binary[name] = func(x, y float64) float64 { return round(f(x, y)) }
	}
	exp, log := a.Unary["exp"], a.Unary["log"]
	shifted := func(dst, xs []float64) (top float64) {
		top = highest(xs)
		for k, x := range xs {
			dst[k] = round(x - top)
		}
		return top
	}
	// total adds the exponentials in the order of the row, without memory of its own.
	total := func(xs []float64, top float64) float64 {
		var s sum
		for _, x := range xs {
			s.add(exp(round(x - top)))
		}
		return round(s.total())
	}
	a.Reduce = map[string]func([]float64) float64{
		"sum": func(xs []float64) float64 {
			var s sum
			for _, x := range xs {
				s.add(x)
			}
			return round(s.total())
		},
		"prod": func(xs []float64) float64 {
			p := 1.0
			for _, x := range xs {
				p = round(p * x)
			}
			return p
		},
		"max": highest,
		"min": func(xs []float64) float64 {
			least := math.Inf(1)
			for _, x := range xs {
				least = min(least, x)
			}
			return least
		},
		"argmax": func(xs []float64) float64 {
			best := 0
			for k, x := range xs {
				if x > xs[best] {
					best = k
				}
			}
			return float64(best)
		},
		"logsumexp": func(xs []float64) float64 { top := highest(xs); return round(top + log(total(xs, top))) },
	}
	a.Row = map[string]func(dst []float64, args ...[]float64){
		"softmax": func(dst []float64, args ...[]float64) {
			all := total(args[0], shifted(dst, args[0]))
			for k, x := range dst {
				dst[k] = round(exp(x) / all)
			}
		},
		"log_softmax": func(dst []float64, args ...[]float64) {
			all := log(total(args[0], shifted(dst, args[0])))
			for k, x := range dst {
				dst[k] = round(x - all)
			}
		},
		"others": func(dst []float64, args ...[]float64) {
			others(dst, args[0])
			for k, x := range dst {
				dst[k] = round(x)
			}
		},
		"centred": func(dst []float64, args ...[]float64) {
			p, u := args[0], args[1]
			for k := range u {
				var s sum
				for i := range u {
					if u[i] != u[k] {
						s.add(round(p[i] * round(u[k]-u[i])))
					}
				}
				dst[k] = round(s.total())
			}
		},
		"before": func(dst []float64, args ...[]float64) {
			order, v := make([]int, len(dst)), args[0]
			for k := range order {
				order[k] = k
			}
			slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(v[j], v[i]) })
			var s sum
			for _, k := range order {
				dst[k] = round(s.total())
				s.add(args[1][k])
			}
		},
	}
	return a
}

// Clone copies an algebra, so that an operation can be replaced.
func (a Algebra[N]) Clone() Algebra[N] {
	a.Unary, a.Binary, a.Reduce, a.Row = maps.Clone(a.Unary), maps.Clone(a.Binary), maps.Clone(a.Reduce), maps.Clone(a.Row)
	return a
}

var unary = map[string]func(float64) float64{
	Negative: func(x float64) float64 { return -x },
	"exp":    math.Exp, "expm1": math.Expm1, "log1p": math.Log1p, "abs": math.Abs, "sqrt": math.Sqrt, "atan": math.Atan, "floor": math.Floor,
	"log": func(x float64) float64 {
		if 0 < x && x < 0x1p-1022 { // math.Log is wrong for subnormal numbers on amd64
			return math.Log(x*0x1p64) - 64*math.Ln2
		}
		return math.Log(x)
	},
	"sigmoid": func(x float64) float64 {
		e := math.Exp(-math.Abs(x))
		if x < 0 {
			return e / (1 + e)
		}
		return 1 / (1 + e)
	},
	"softplus": func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) },
	"stop":     func(x float64) float64 { return x },
}

var binary = map[string]func(x, y float64) float64{
	"+":       func(x, y float64) float64 { return x + y },
	"-":       func(x, y float64) float64 { return x - y },
	"*":       func(x, y float64) float64 { return x * y },
	"/":       func(x, y float64) float64 { return x / y },
	"^":       power,
	"weighed": weighed,
	"<":       func(x, y float64) float64 { return truth(x < y) },
	"<=":      func(x, y float64) float64 { return truth(x <= y) },
	">":       func(x, y float64) float64 { return truth(x > y) },
	">=":      func(x, y float64) float64 { return truth(x >= y) },
	"==":      func(x, y float64) float64 { return truth(x == y) },
	"!=":      func(x, y float64) float64 { return truth(x != y) },
	"min":     func(x, y float64) float64 { return min(x, y) },
	"max":     func(x, y float64) float64 { return max(x, y) },
}

// weighed is w·x, in which a weight of 0 wins over an infinity.
func weighed(w, x float64) float64 {
	if w == 0 {
		return 0
	}
	return w * x
}

// power is math.Pow, and a square is a product.
func power(x, y float64) float64 {
	if y == 2 {
		return x * x
	}
	return math.Pow(x, y)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func at(xs []float64, i float64) float64 {
	if i >= 0 && i < float64(len(xs)) && i == math.Floor(i) {
		return xs[int(i)]
	}
	return math.NaN()
}

func highest(xs []float64) float64 {
	top := math.Inf(-1)
	for _, x := range xs {
		top = max(top, x)
	}
	return top
}

// A sum is compensated (Neumaier 1974): the error of each addition is exact, and added apart.
type sum struct{ high, low float64 }

func (s *sum) add(x float64) {
	t := s.high + x
	if math.Abs(s.high) >= math.Abs(x) {
		s.low += (s.high - t) + x
	} else {
		s.low += (x - t) + s.high
	}
	s.high = t
}

func (s *sum) total() float64 {
	if math.IsInf(s.high, 0) || math.IsNaN(s.high) {
		return s.high
	}
	return s.high + s.low
}

// others gives each element the sum of all others, without a subtraction.
func others(dst, xs []float64) {
	var before, after sum
	for k, x := range xs {
		dst[k] = before.total()
		before.add(x)
	}
	for k := len(xs) - 1; k >= 0; k-- {
		dst[k] += after.total()
		after.add(xs[k])
	}
}
