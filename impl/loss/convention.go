package loss

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/internal/ieee"
)

// A Convention is a choice in which libraries rightly differ. Its list of values is
// closed, and under each value every input has one right answer.
type Convention struct {
	Name    string   `json:"name"`
	Values  []string `json:"values"` // the default first
	Meaning string   `json:"meaning"`
}

// Conventions gives values to conventions by name; an absent one has its default.
type Conventions map[string]string

// The conventions of the project.
var (
	// EmptyMeanConvention is the only one that belongs to a reduction, and so to
	// every loss.
	EmptyMeanConvention = Convention{"empty_mean", []string{"nan", "zero", "error"},
		"a mean whose denominator is 0 (an empty batch, every row ignored, all weights 0) is NaN, 0 or an error"}

	squaredErrorFactor = Convention{"squared_error_factor", []string{"1", "1/2"},
		"the squared error is d² or ½d²"}
	probabilityClip = Convention{"probability_clip", []string{"none", "1e-7"},
		"a predicted probability is used as it is, or first moved into [1e-7, 1 − 1e-7] (both ends rounded to the dtype), with gradient 0 where it was moved"}
	probabilityFloor = Convention{"probability_floor", []string{"none", "1e-7"},
		"predicted and true probabilities are used as they are, or first raised to 1e-7, rounded to the dtype, with gradient 0 by what was raised"}
	positionClamp = Convention{"position_clamp", []string{"none", "0.01"},
		"a position is used as it is, or first lowered to K − 1 − 0.01, rounded to the dtype, with gradient 0 where it was lowered"}
	argmaxTie = Convention{"argmax_tie", []string{"first", "last"},
		"of several equal highest scores the first or the last class is predicted"}
)

// Convention returns the declaration of a convention of the loss; empty_mean
// belongs to every loss that can be reduced.
func (l *Loss) Convention(name string) (Convention, bool) {
	for i := range l.Conventions {
		if l.Conventions[i].Name == name {
			return l.Conventions[i], true
		}
	}
	if name == EmptyMeanConvention.Name && !l.VectorValued {
		return EmptyMeanConvention, true
	}
	return Convention{}, false
}

// AllConventions returns the conventions of the loss and of its reductions.
func (l *Loss) AllConventions() []Convention {
	if l.VectorValued {
		return l.Conventions
	}
	return append(slices.Clip(l.Conventions), EmptyMeanConvention)
}

// byDefault is the value that the convention has where none is given; empty where there is no convention.
func (c *Convention) byDefault() string {
	if len(c.Values) == 0 {
		return ""
	}
	return c.Values[0]
}

// checkConventions returns an error where one that is given is none of the loss, or has a value that is not in its list.
func (l *Loss) checkConventions(given Conventions) error {
	for name, v := range given {
		if c, ok := l.Convention(name); !ok || !slices.Contains(c.Values, v) {
			return l.badConvention(given)
		}
	}
	return nil
}

// badConvention is the error of the first bad convention by name.
func (l *Loss) badConvention(given Conventions) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		c, ok := l.Convention(name)
		if !ok {
			return &Error{BadConvention, l.Name, name, -1, given[name], "a convention that this loss has" + others(name, l.AllConventions(), func(c Convention) string { return c.Name })}
		}
		if !slices.Contains(c.Values, given[name]) {
			return &Error{BadConvention, l.Name, name, -1, given[name], "one of " + strings.Join(c.Values, ", ")}
		}
	}
	return nil
}

// clip is the interval into which the convention probability_clip moves a
// predicted probability. Without the convention it is the line, and moves nothing.
type clip struct{ low, high float64 }

// clipFor returns the clip of a convention in a format. The ends are rounded to the
// format, as a library that computes in it does: in float32 the upper end is
// 0.99999988, and in float16 it is 1, where the clip protects nothing.
func clipFor(c Conventions, f ieee.Format) clip {
	if c[probabilityClip.Name] != "1e-7" {
		return clip{math.Inf(-1), math.Inf(1)}
	}
	const epsilon = 1e-7
	return clip{f.Round(epsilon), f.Round(1 - epsilon)}
}

// Clip returns p moved into the clip, and whether that changed it.
func (a Args) Clip(p float64) (clipped float64, moved bool) {
	clipped = min(max(p, a.clip.low), a.clip.high)
	return clipped, clipped != p
}

// floor is what the convention probability_floor raises a probability to.
func (a Args) floor() float64 {
	if a.conventions[probabilityFloor.Name] == "1e-7" {
		return a.format.Round(1e-7)
	}
	return 0
}

// Floor returns a probability as it is used, and whether the convention probability_floor has raised it.
func (a Args) Floor(p float64) (used float64, raised bool) {
	used = max(p, a.floor())
	return used, used != p
}

// Position returns a position between K classes as it is used, and whether the convention position_clamp has lowered it.
func (a Args) Position(y float64, classes int) (used float64, lowered bool) {
	const less = 0.01
	if most := max(0, a.format.Round(float64(classes-1)-less)); a.conventions[positionClamp.Name] == "0.01" && y > most {
		return most, true
	}
	return y, false
}

// ClipInterval returns the ends of the clip; they are infinite without one.
func (a Args) ClipInterval() (low, high float64) { return a.clip.low, a.clip.high }
