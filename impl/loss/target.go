package loss

import (
	"math"
	"slices"
	"strings"
)

// A TargetKind says what the target of one item is made of.
type TargetKind struct {
	Name  string
	Index bool // one class index, 0 ≤ t < K, and no numbers
	Count int  // target numbers of an item; 0: one for each predicted number

	// label reports whether a target number is exact by nature: it has no digits to lose, and
	// does not count in a condition number.
	label func(y float64) bool
}

var (
	// Number is one number for each predicted number.
	Number = &TargetKind{Name: "number", label: zeroOrOne}
	// Label is one class index.
	Label = &TargetKind{Name: "label", Index: true}
	// Distribution is one non-negative weight for each class.
	Distribution = &TargetKind{Name: "distribution", label: zeroOrOne}
	// Position is one number between the first class, at 0, and the last, at K−1. A class is a label.
	Position = &TargetKind{Name: "position", Count: 1, label: func(y float64) bool { return y == math.Trunc(y) }}
	// Numbers is one number in [0, 1] for each element of a set; they need not sum to anything.
	Numbers = &TargetKind{Name: "numbers", label: zeroOrOne}
	// Corners is the four coordinates of a box.
	Corners = &TargetKind{Name: "box", Count: 4, label: never}
	// Place is the two coordinates of a keypoint.
	Place = &TargetKind{Name: "keypoint", Count: 2, label: never}
)

func never(float64) bool { return false }

func zeroOrOne(y float64) bool { return y == 0 || y == 1 }

// TargetKinds lists them all.
func TargetKinds() []*TargetKind {
	return []*TargetKind{Number, Label, Distribution, Position, Numbers, Corners, Place}
}

// Width is how many target numbers an item has that predicts so many numbers.
func (k *TargetKind) Width(predicted int) int {
	switch {
	case k == nil || k.Index:
		return 0
	case k.Count > 0:
		return k.Count
	}
	return predicted
}

func (k *TargetKind) String() string {
	if k == nil {
		return "none"
	}
	return k.Name
}

// Targets lists the kinds of target that a loss can be given: at most one of a class index
// and one of numbers. A link of the chain has none.
type Targets []*TargetKind

func (t Targets) String() string {
	if len(t) == 0 {
		return "none"
	}
	names := make([]string, len(t))
	for i, k := range t {
		names[i] = k.Name
	}
	return strings.Join(names, " or ")
}

// MarshalText makes the names stand in JSON.
func (t Targets) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// HasTarget reports whether the loss compares its prediction with something. What does not is
// a link of the chain that leads to a loss.
func (l *Loss) HasTarget() bool { return len(l.Targets) > 0 }

// Takes reports whether a target can be of a kind.
func (l *Loss) Takes(k *TargetKind) bool { return slices.Contains(l.Targets, k) }

// IndexTarget is the kind of target that is a class index; nil where there is none.
func (l *Loss) IndexTarget() *TargetKind { return l.kind(true) }

// NumberTarget is the kind of target that is made of numbers; nil where there is none.
func (l *Loss) NumberTarget() *TargetKind { return l.kind(false) }

// IsLabel reports whether a target number is exact by nature, such as a 0 or a 1 that stands
// for no or yes: it does not count in a condition number.
func (l *Loss) IsLabel(y float64) bool {
	return l.Target.rule != nil && l.Target.rule.labels || l.NumberTarget().label(y)
}

func (l *Loss) kind(index bool) *TargetKind {
	for _, k := range l.Targets {
		if k.Index == index {
			return k
		}
	}
	return nil
}
