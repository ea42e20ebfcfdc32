// Package formula reads a loss that is written as text, and computes it with numbers of any kind.
// The README of this directory is the page for those who write such texts.
//
// A text is parsed once (Parse), gets its inputs (Text.Compile), and is then computed as often as
// wanted by an Evaluator: in plain float64 or float32 arithmetic (Float64, Float32), or in any
// other Algebra, such as the nodes of a graph that is differentiated and evaluated with a proven
// bound on its error.
//
// # What it refuses to do
//
// It computes what is written and nothing else: it does not simplify, reorder, or replace a
// formula by a stable one. It has no loop, no recursion and no input or output, and what a text
// may cost is bounded.
//
// # Error model
//
// A mistake in a text is an *Error with line and column. Numbers are never an error: what float64
// arithmetic makes an infinity or a NaN is one.
package formula
