package loss

import (
	"errors"
	"fmt"
	"math"
)

// A Domain is the set of what an input may be: numbers in an interval, and, where a rule says
// so, only those that fit with the others of their item. NaN lies in every domain of data,
// since it is passed through, and in no domain of parameters.
type Domain struct {
	Name string  `json:"name"`
	Low  float64 `json:"-"` // smallest member
	High float64 `json:"-"` // largest member
	rule *rule
}

// A rule narrows a domain beyond an interval; what is nil asks for nothing.
type rule struct {
	number func(x float64) bool   // of each number
	item   func(xs []float64) int // of an item: the index of a number that does not fit with the others, or −1
	labels bool                   // every number is one, exact by nature
}

var (
	// Extended is every number and both infinities, at which the limit is taken.
	Extended = Domain{Name: "a number or an infinity", Low: math.Inf(-1), High: math.Inf(1)}
	// Finite is every number.
	Finite = Domain{Name: "a finite number", Low: -math.MaxFloat64, High: math.MaxFloat64}
	// UnitInterval is [0, 1], the probabilities.
	UnitInterval = Domain{Name: "a number in [0, 1]", Low: 0, High: 1}
	// BelowOne is [0, 1).
	BelowOne = Domain{Name: "a number in [0, 1)", Low: 0, High: 1 - 0x1p-53}
	// InsideUnit is (0, 1).
	InsideUnit = Domain{Name: "a number in (0, 1)", Low: math.SmallestNonzeroFloat64, High: 1 - 0x1p-53}
	// NonNegative is every finite number from zero up.
	NonNegative = Domain{Name: "a finite number ≥ 0", Low: 0, High: math.MaxFloat64}
	// Positive is every finite number above zero.
	Positive = Domain{Name: "a finite number > 0", Low: math.SmallestNonzeroFloat64, High: math.MaxFloat64}
	// fromMinusOne is every finite number from −1 up.
	fromMinusOne = Domain{Name: "a finite number ≥ -1", Low: -1, High: math.MaxFloat64}
	// AtLeastOne is every finite number from one up.
	AtLeastOne = Domain{Name: "a finite number ≥ 1", Low: 1, High: math.MaxFloat64}
	// OrderedBox is four coordinates with x1 ≤ x2 and y1 ≤ y2.
	OrderedBox = Domain{Name: "a finite number, x1 ≤ x2, y1 ≤ y2", Low: -math.MaxFloat64, High: math.MaxFloat64,
		rule: &rule{item: func(xs []float64) int {
			for k := range 2 {
				if xs[k] > xs[k+2] {
					return k + 2
				}
			}
			return -1
		}}}
	// Signs is −1 and 1, the labels of a margin.
	Signs = Domain{Name: "-1 or 1", Low: -1, High: 1, rule: &rule{number: func(x float64) bool { return x == -1 || x == 1 }, labels: true}}
	// Binary is 0 and 1, the labels of no and yes.
	Binary = Domain{Name: "0 or 1", Low: 0, High: 1, rule: &rule{number: zeroOrOne, labels: true}}
)

// An End is one of an interval: a number that is a member of it or, where the end is Open, the limit of its members.
type End struct {
	At   float64
	Open bool
}

// Between returns the interval between two ends; an infinity that is not open is a member. The error says why there is
// none.
func Between(low, high End) (Domain, error) {
	d := Domain{Low: low.At, High: high.At}
	if low.Open {
		d.Low = math.Nextafter(low.At, math.Inf(1))
	}
	if high.Open {
		d.High = math.Nextafter(high.At, math.Inf(-1))
	}
	if !(d.Low <= d.High) || math.IsInf(d.Low, 1) || math.IsInf(d.High, -1) {
		return Domain{}, errors.New("no number lies in it")
	}
	for _, known := range []Domain{Extended, Finite, UnitInterval, NonNegative, Positive} {
		if known.Low == d.Low && known.High == d.High {
			return known, nil
		}
	}
	bracket := func(e End, closed, open string) string {
		if e.Open {
			return open
		}
		return closed
	}
	d.Name = fmt.Sprintf("a number in %s%g, %g%s", bracket(low, "[", "("), low.At, high.At, bracket(high, "]", ")"))
	return d, nil
}

// Either returns the domain of two numbers, a < b, which are labels.
func Either(a, b float64) Domain {
	for _, known := range []Domain{Signs, Binary} {
		if known.Low == a && known.High == b {
			return known
		}
	}
	return Domain{Name: fmt.Sprintf("%g or %g", a, b), Low: a, High: b,
		rule: &rule{number: func(x float64) bool { return x == a || x == b }, labels: true}}
}

// Bounded reports whether the domain is a whole interval with two finite ends, other than the largest numbers.
func (d Domain) Bounded() bool {
	return d.rule == nil && d.Low > -math.MaxFloat64 && d.High < math.MaxFloat64
}

// Holds reports whether x, by itself, lies in the domain. It is false for NaN.
func (d Domain) Holds(x float64) bool {
	return d.Low <= x && x <= d.High && (d.rule == nil || d.rule.number == nil || d.rule.number(x))
}

// HoldsItem returns the index of the first number of an item that does not lie in the domain,
// by itself or beside the others, and −1 where all do. NaN passes.
func (d Domain) HoldsItem(xs []float64) (bad int) {
	for i, x := range xs {
		if !d.Holds(x) && !math.IsNaN(x) {
			return i
		}
	}
	if d.rule != nil && d.rule.item != nil {
		return d.rule.item(xs)
	}
	return -1
}

func (d Domain) String() string { return d.Name }

// MarshalText makes the name stand in JSON.
func (d Domain) MarshalText() ([]byte, error) { return []byte(d.Name), nil }
