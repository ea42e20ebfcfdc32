// Package properties holds the laws that a loss must obey, as checks that run against
// any subject.
//
// A law is a sentence that needs no table of values: a loss is not negative, a tangent of
// a convex one lies below it, a batch is nothing but its items, focal loss without
// focusing is cross-entropy. Check draws cases from a fixed seed, asks the subject, and
// compares two sides. What breaks a law is shrunk to simple numbers.
//
// This package is opinionated. It has no tolerance: the slack of a law is derived, and a
// violation exceeds it or is none. It draws nothing from the clock. It does not pass a case
// that says nothing: that is inconclusive, and counted. A law that applies and ran no
// check fails.
//
// # Error model
//
// A subject declares how wrong a number may be: at the level Accurate by 4·(1+κ) ulp of the
// true value, with κ its condition number, and 1+log2 n times that for a sum of n terms. A
// law is a relation between two sides that are linear in the numbers of the subject, with
// exact coefficients. Its slack is Σ |coefficient|·bound over those numbers; the two sides
// are computed exactly, in math/big, so that comparing adds nothing. Where a law has a
// constant of its own (σ of a logit, a constant of the catalogue) its enclosure is
// certified, and what it leaves open is added to the slack.
//
// The bound needs the truth, which is costly. So a law is first tried with a slack that is
// certainly smaller, half the factor and no κ; only where that does not do is the oracle
// asked.
//
// Finite differences are extrapolated, and their error is estimated. Where a gradient
// differs from them by more than the estimate, the oracle gives the true error of the
// extrapolation, so that a poor estimate raises no alarm.
//
// Noisy is a subject as wrong as it may be. Every law must pass it, at any seed.
package properties
