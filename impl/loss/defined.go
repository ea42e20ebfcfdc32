package loss

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Losses that are not in the catalogue: declared while the program runs, and for as long. All does not list
// them, since whoever goes through the catalogue means the catalogue; Named finds them.

// An Evaluator answers a plan of a loss that has no float64 algorithm of its own. direction is that of
// EvalHessian, or nil.
type Evaluator func(p *Plan, direction []float64) (*Result, error)

var (
	definedLock sync.RWMutex
	defined     = map[string]*Loss{}
)

// Define enters a loss that is declared by its Text, and returns it. A name that is taken is an error, but for
// the same text again, which is the same loss. It is safe for concurrent use, and the loss must not be changed
// after it.
func Define(l *Loss, evaluate Evaluator) (*Loss, error) {
	definedLock.Lock()
	defer definedLock.Unlock()
	taken := defined[l.Name]
	switch {
	case l.Text == "" || evaluate == nil:
		panic("loss: " + l.Name + " is defined without a text or an evaluator")
	case taken != nil && taken.Text == l.Text:
		return taken, nil
	case taken != nil:
		return nil, fmt.Errorf("loss: the name %s is taken: it is defined already, by another text", l.Name)
	case catalogue[l.Name] != nil:
		return nil, fmt.Errorf("loss: the name %s is taken: it is one of the catalogue", l.Name)
	}
	l.answer = evaluate
	defined[l.Name] = l
	return l, nil
}

// Defined reports whether the loss is none of the catalogue.
func (l *Loss) Defined() bool { return l.Text != "" }

// Unknown reports whether the loss is declared without a formula, so that nobody knows its values.
func (l *Loss) Unknown() bool { return l.Defined() && l.Definition == "" }

// Ordered returns the losses with the given names, each once, in the order of the catalogue, and after it those
// that are defined, by name. Names that there are not are left out.
func Ordered(names []string) []*Loss {
	var losses []*Loss
	for _, name := range names {
		if l, err := Named(name); err == nil && !slices.Contains(losses, l) {
			losses = append(losses, l)
		}
	}
	slices.SortFunc(losses, func(a, b *Loss) int {
		if a.Defined() != b.Defined() {
			return map[bool]int{false: -1, true: 1}[a.Defined()]
		}
		return strings.Compare(a.Name, b.Name)
	})
	return losses
}

func definedNamed(name string) *Loss {
	definedLock.RLock()
	defer definedLock.RUnlock()
	return defined[name]
}
