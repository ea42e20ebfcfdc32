package mutants

import "slices"

// A room holds what this package knows of one loss, in a file of its own.
type room struct {
	loss    string
	formula string // in the form of texts
	// equivalent holds the machine-made mutants that no input shows wrong, by the proof of that.
	equivalent map[string][]string
	mutants    []Mutant // the loss need not be named again
}

var rooms []room

// enter adds a loss.
func enter(r room) room {
	for i := range r.mutants {
		r.mutants[i].Loss = r.loss
	}
	rooms = append(rooms, r)
	texts[r.loss] = r.formula
	for name, reason := range proven(r.equivalent) {
		equivalents[name] = reason
	}
	return r
}

// byLoss lists the named mutants of the rooms, which were entered in the order of their files.
func byLoss() []Mutant {
	var all []Mutant
	for _, r := range rooms {
		all = append(all, r.mutants...)
	}
	return slices.Clip(all)
}
