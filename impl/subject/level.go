package subject

import (
	"fmt"
	"math"
	"strconv"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/choice"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A Level says how right a number is. Levels are nested: what meets one meets every
// lower one. A subject's level for a loss, dtype and output is the highest that every
// number of every case meets.
type Level int

const (
	// NotCallable is the lack of a level, and what a Level is that nobody has set: a wrong shape,
	// dtype or error class, a NaN or an infinity that the truth does not have (or the other way
	// round), answers that change when the call is repeated, changed inputs, a panic.
	NotCallable Level = iota
	// Callable: NaN or Inf exactly where the truth has it.
	Callable
	// Close: |x − V| ≤ atol + rtol·|V| with the defaults of torch.testing.assert_close.
	Close
	// Stable: an error of at most 32·(1+κ) ulp.
	Stable
	// Accurate: an error of at most 4·(1+κ) ulp.
	Accurate
	// Faithful: an error below 1 ulp, whatever κ.
	Faithful
	// Exact: the correctly rounded bits.
	Exact
)

var levels = map[Level]struct{ name, rule string }{
	NotCallable: {"not callable", "below every level"},
	Callable:    {"callable", "shape, dtype and error class are right; NaN or Inf only where the truth has it; same bits when repeated"},
	Close:       {"close", "|x − V| ≤ atol + rtol·|V| with the defaults of torch.testing.assert_close, or level 2"},
	Stable:      {"stable", "error ≤ 32·(1+κ) ulp: digits are lost only where the problem itself loses them"},
	Accurate:    {"accurate", "error ≤ 4·(1+κ) ulp"},
	Faithful:    {"faithful", "error < 1 ulp, whatever κ"},
	Exact:       {"exact", "the correctly rounded bits"},
}

// Levels lists the levels, the lowest first.
func Levels() []Level { return []Level{Callable, Close, Stable, Accurate, Faithful, Exact} }

// LevelNamed returns the level with the given name or number.
func LevelNamed(name string) (Level, error) {
	var names []string
	for _, l := range Levels() {
		if name == l.String() || name == strconv.Itoa(l.Number()) {
			return l, nil
		}
		names = append(names, fmt.Sprintf("%d %s", l.Number(), l))
	}
	return 0, fmt.Errorf("subject: no level %q: %s", name, choice.Among(name, names))
}

func (l Level) String() string {
	if level, ok := levels[l]; ok {
		return level.name
	}
	return fmt.Sprintf("Level(%d)", int(l))
}

// Number is the number that a level goes by: 0 for Callable to 5 for Exact.
func (l Level) Number() int { return int(l - Callable) }

// Rule is the sentence that a number must satisfy to meet the level.
func (l Level) Rule() string { return levels[l].rule }

// MarshalText makes the name stand in JSON.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (l *Level) UnmarshalText(text []byte) error {
	if string(text) == NotCallable.String() {
		*l = NotCallable
		return nil
	}
	named, err := LevelNamed(string(text))
	*l = named
	return err
}

// Ulps is the error that the levels from Stable on allow a number with
// condition number kappa that is a sum of n terms (n = 1: no sum), in the unit of Terms.Unit.
// Faithful allows less than the result, the others up to it. What is the nearest number is within the ½ ulp of Exact, which is
// not all that Exact demands. Below Stable there is no limit in ulp.
func (l Level) Ulps(kappa float64, n int) float64 {
	if l.Conditioned() {
		return l.factor() * (1 + kappa) * (1 + math.Log2(float64(max(n, 1))))
	}
	return l.factor()
}

// CloseTolerance is what Close allows: the defaults of torch.testing.assert_close for a dtype.
func CloseTolerance(f loss.Format) (atol, rtol float64) {
	t := assertClose[f.Name]
	return t.atol, t.rtol
}

var assertClose = map[string]struct{ atol, rtol float64 }{
	ieee.Float64.Name:  {1e-7, 1e-7},
	ieee.Float32.Name:  {1e-5, 1.3e-6},
	ieee.BFloat16.Name: {1e-5, 1.6e-2},
	ieee.Float16.Name:  {1e-5, 1e-3},
}

// Conditioned reports whether what the level allows grows with the condition number.
func (l Level) Conditioned() bool { return l == Stable || l == Accurate }

// factor is what Ulps is of a number with κ = 0 that is no sum.
func (l Level) factor() float64 {
	switch l {
	case Stable:
		return 32
	case Accurate:
		return 4
	case Faithful:
		return 1
	case Exact:
		return 0.5
	}
	return math.Inf(1)
}

// Formula says how Ulps comes about, for people to read.
func (l Level) Formula(n int) string {
	switch {
	case l == Close:
		return "atol + rtol·|V|, or " + Stable.Formula(n)
	case !l.Conditioned():
		return fmt.Sprint(l.factor())
	case n > 1:
		return fmt.Sprintf("%g·(1+κ)·(1+log2 n)", l.factor())
	}
	return fmt.Sprintf("%g·(1+κ)", l.factor())
}
