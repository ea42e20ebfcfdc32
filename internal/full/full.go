// Package full says how much of its inputs a test runs at. `go test` takes a part, chosen by a
// seed or in turns, that every change can wait for; ci/full sets -full, and takes them all.
// Only tests import it, since it registers a flag.
package full

import "flag"

var full = flag.Bool("full", false, "run every test at all its inputs, as ci/full does, and not at a part of them")

// Run reports whether tests run at all their inputs.
func Run() bool { return *full }

// Count is n in a full run, and else one of so many parts of it.
func Count(n, parts int) int {
	if Run() {
		return n
	}
	return max(1, n/parts)
}

// Turn reports whether turn i of so many parts has come: every one in a full run, else each
// part's first. What is skipped in one turn comes in the turn of a neighbour.
func Turn(i, parts int) bool { return Run() || i%parts == 0 }
