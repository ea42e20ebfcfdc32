// Package expr builds a formula as a graph of operations over exact numbers, differentiates the graph, and evaluates it with
// a proven error bound at any precision.
//
// A loss is written down once, as its textbook definition. Its gradient, its Hessian-vector products and its rows of second
// derivatives are further nodes of the same graph, so they need no formula of their own that could be mistyped, and no
// evaluator of their own either. Ziv's strategy evaluates the same graph again with more bits until the answer is certain.
//
// # What it refuses to do
//
// This package is opinionated.
//
//   - It rounds nothing while it builds: inputs and constants are exact numbers. A float32 0.1 is the number it is.
//   - It simplifies nothing but the exact constants 0 and 1 (fold.go says why those). An identity that is true of real
//     numbers and false of a definition as written is a decision, and decisions belong to the caller.
//   - It has no convention for the derivative at a kink. Max, Min, Abs and If have exact values; where they choose between
//     equal numbers the derivative is a set, and Evaluation.Hull gives its ends (select.go).
//   - It has no derivative rule but those of its primitives.
//
// # Error model
//
// An evaluated node is an interval.Interval that contains the exact value of the expression. Differentiation is exact: a
// gradient is an expression, with no step size and no truncation error. An operation that has no real value at the given
// inputs (the logarithm of 0) panics with an *interval.DomainError when a node that needs it is evaluated, and not before.
// A domain that is left in the limit only, as by log(exp(−10^10)), does not panic, and the sign survives.
//
// # Cost
//
// A node is 12 bytes. Grad visits the nodes between out and the inputs, and adds a few for each of their operands. An
// Evaluation computes each node that is needed once, and keeps it, also for nodes that are built later.
//
// Building a graph is for one goroutine at a time. Once built, any number of Evaluations may read it at the same time.
package expr
