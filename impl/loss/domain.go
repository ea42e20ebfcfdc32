package loss

import "math"

// A Domain is the set of numbers that an input may be. NaN lies in every domain of
// data, since it is passed through, and in no domain of parameters.
type Domain struct {
	Name string  `json:"name"`
	Low  float64 `json:"-"` // smallest member
	High float64 `json:"-"` // largest member
}

var (
	// Extended is every number and both infinities, at which the limit is taken.
	Extended = Domain{"a number or an infinity", math.Inf(-1), math.Inf(1)}
	// Finite is every number.
	Finite = Domain{"a finite number", -math.MaxFloat64, math.MaxFloat64}
	// UnitInterval is [0, 1], the probabilities.
	UnitInterval = Domain{"a number in [0, 1]", 0, 1}
	// NonNegative is every finite number from zero up.
	NonNegative = Domain{"a finite number ≥ 0", 0, math.MaxFloat64}
)

// Holds reports whether x lies in the domain. It is false for NaN.
func (d Domain) Holds(x float64) bool { return d.Low <= x && x <= d.High }

func (d Domain) String() string { return d.Name }

// MarshalText makes the name stand in JSON.
func (d Domain) MarshalText() ([]byte, error) { return []byte(d.Name), nil }
