// Package draw draws the inputs that losses are tried on: numbers, items of every shape with
// their targets, parameters, and whole calls. Golden vectors, laws, live cases, sweeps and
// benchmarks all draw here, each by a profile of its own.
//
// A [Profile] is data: it says in which ways something is drawn, and how often in each. Numbers
// are drawn where implementations go wrong and not where a normal distribution has its mass:
// everyday ones, every magnitude, neighbours of landmarks, every pattern of leading bits,
// subnormals, the extremes of the format.
//
// What is drawn depends on the seed alone. No function of package math that has assembly on some
// machine is called, and no product is left to be fused with a sum, so that the same seed gives
// the same bits everywhere. Every number is one of the format, and every call lies in the domains
// that its loss declares.
//
// The package knows nothing of subjects: what one of them cannot be asked is left out by the
// caller, who says which targets, parameters and conventions there may be.
package draw
