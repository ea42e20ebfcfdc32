package conformance

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// A Level says how right a number is. Levels are nested: what meets one meets every
// lower one. A subject's level for a loss, dtype and output is the highest that every
// number of every case meets.
type Level int

const (
	// NotCallable is the lack of a level: a wrong shape, dtype or error class, a NaN or
	// an infinity that the truth does not have (or the other way round), answers that
	// change when the call is repeated, changed inputs, a panic.
	NotCallable Level = iota - 1
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
		if name == l.String() || name == strconv.Itoa(int(l)) {
			return l, nil
		}
		names = append(names, fmt.Sprintf("%d %s", int(l), l))
	}
	return 0, fmt.Errorf("conformance: no level %q: want one of %s", name, strings.Join(names, ", "))
}

func (l Level) String() string {
	if level, ok := levels[l]; ok {
		return level.name
	}
	return fmt.Sprintf("Level(%d)", int(l))
}

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

// Ulps is the error that the levels from Stable to Faithful allow a number with
// condition number kappa that is a sum of n terms (n = 1: no sum), in ulp of the true
// value. Faithful allows less than the result, the others up to it. Exact allows no
// bit, which is not a number of ulps; below Stable there is no limit in ulp.
//
// A sum of n terms may be wrong by 1 + log2 n times as much, in ulps of Σ|terms|. Every
// loss of the catalogue is non-negative, so Σ|terms| is |V| itself and no second
// unit is needed. A gradient is no sum, and has n = 1 under every reduction.
func (l Level) Ulps(kappa float64, n int) float64 {
	growth := 1 + math.Log2(float64(max(n, 1)))
	switch l {
	case Stable:
		return 32 * (1 + kappa) * growth
	case Accurate:
		return 4 * (1 + kappa) * growth
	case Faithful:
		return 1
	case Exact:
		return 0
	}
	return math.Inf(1)
}

// assertClose holds the defaults of torch.testing.assert_close for each format.
var assertClose = map[string]struct{ atol, rtol float64 }{
	ieee.Float64.Name:  {1e-7, 1e-7},
	ieee.Float32.Name:  {1e-5, 1.3e-6},
	ieee.BFloat16.Name: {1e-5, 1.6e-2},
	ieee.Float16.Name:  {1e-5, 1e-3},
}

// allowance says what a level allows a number, and why, for people to read.
func (l Level) allowance(f ieee.Format, v oracle.Number, n int) string {
	factor := map[Level]string{Stable: "32", Accurate: "4"}[l]
	switch {
	case ulp.Special(v.Rounded):
		return "nothing else: NaN equals only NaN, and an infinity only itself"
	case l == Callable:
		return "any number that is not NaN or infinite"
	case l == Close:
		tolerance := assertClose[f.Name]
		return fmt.Sprintf("%g + %g·|V| = %.3g, or %s", tolerance.atol, tolerance.rtol,
			tolerance.atol+tolerance.rtol*math.Abs(v.Rounded), Stable.allowance(f, v, n))
	case l == Faithful:
		return "less than 1 ulp, and the sign of zero"
	case l == Exact:
		return "the correctly rounded bits only"
	case n > 1:
		return fmt.Sprintf("%s·(1+κ)·(1+log2 n) = %s, κ = %.3g, n = %d terms", factor, formatUlps(l.Ulps(v.Kappa, n)), v.Kappa, n)
	}
	return fmt.Sprintf("%s·(1+κ) = %s, κ = %.3g", factor, formatUlps(l.Ulps(v.Kappa, n)), v.Kappa)
}
