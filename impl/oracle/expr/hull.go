package expr

import (
	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// maxTies is how many comparisons are settled in every combination: 256 of them.
const maxTies = 8

// A Hull holds what a node can be while comparisons that it hangs on are not decided: the least and the greatest of its values
// over all their outcomes, a number each. At a kink these are the componentwise hull of the limiting gradients if the node is a
// partial derivative.
//
// The outcomes are taken as independent. Where one comparison implies another the hull may be larger than that of the limits,
// never smaller.
type Hull struct {
	Low, High interval.Interval

	// Outer is set where there are too many combinations to try. Both ends are then an interval that holds every value, so that
	// its bounds are bounds of the hull.
	Outer bool

	// Undecided is set where this precision does not tell whether some of the comparisons are ties. The truth, the hull of the
	// ties or one of the values that it holds, lies within.
	Undecided bool

	// Partial is set where some outcome has no real value, or may have none at this precision. It is left out.
	Partial bool
}

// Hull returns the hull of n. Where every comparison is decided, both ends are the value of n; so they are where the interval
// that holds all that n can be is narrow enough for the caller. It panics with an *interval.DomainError if n has no real value
// for any outcome.
func (ev *Evaluation) Hull(n Node, enough func(all interval.Interval) bool) Hull {
	if v, err := ev.attempt(n); err == nil && (!ev.hangs[n] || enough(v)) {
		return Hull{Low: v, High: v}
	}
	equal, unknown := ev.Ties(n)
	open := append(equal, unknown...)
	h := Hull{Undecided: len(unknown) > 0}
	if len(open) == 0 || len(open) > maxTies {
		v := ev.Value(n)
		h.Low, h.High, h.Outer = v, v, len(open) > 0
		return h
	}
	var nowhere *interval.DomainError
	found := false
	for answers := range uint(1) << len(open) {
		v, err := ev.Assuming(open, answers).attempt(n)
		switch {
		case err != nil:
			nowhere, h.Partial = err, true
		case v.Uncertain():
			h.Partial = true
			if !found {
				h.Low, h.High = v, v
			}
		case found:
			h.Low, h.High = ev.context.Min(h.Low, v), ev.context.Max(h.High, v)
		default:
			h.Low, h.High, found = v, v, true
		}
	}
	if h.Low == (interval.Interval{}) {
		panic(nowhere)
	}
	return h
}

// Map returns the hull of f of what h is the hull of, for an f that does not decrease.
func (h Hull) Map(f func(interval.Interval) interval.Interval) Hull {
	same := h.Low == h.High
	if h.Low = f(h.Low); same {
		h.High = h.Low
	} else {
		h.High = f(h.High)
	}
	return h
}

// attempt returns the value of n, or why it has none.
func (ev *Evaluation) attempt(n Node) (v interval.Interval, err *interval.DomainError) {
	defer func() {
		if r := recover(); r != nil {
			var ok bool
			if err, ok = r.(*interval.DomainError); !ok {
				panic(r)
			}
		}
	}()
	return ev.Value(n), nil
}
