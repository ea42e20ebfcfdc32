// Package conformance says whether a subject, a loss function in Go or a program in any
// language, conforms to the suite: how exactly it computes, and where it does not.
//
//	func TestMyLoss(t *testing.T) {
//		conformance.Run(t, conformance.Pointwise("binary_cross_entropy_with_logits", mylib.BCE))
//	}
//
// Run checks inside a test and Check outside one. Pointwise, Rowwise and Reduced make
// subjects of functions over float32 and float64, Join makes one of several, and
// Reference is the one that is built in. Exec makes a subject of a program in any language
// that speaks LCP/1; see package lcp.
//
// A run has two parts: golden cases, each judged against its true value, and the laws of
// package properties, which need no vector. A Config says which of them, and how.
//
// # Levels
//
// The error of a number is measured in ulp of the true value, and against its condition
// number κ. Levels are nested: callable, close, stable, accurate, faithful, exact (see
// Level). A run requires Accurate unless its Config says another.
//
// # What it refuses to do
//
// It has no tolerance of its own: what a number is allowed is a pure function of level,
// condition number, terms of the sum, and dtype. It holds no two answers for acceptable;
// where libraries rightly differ, a subject declares which convention it follows
// (About), and cases of another are not its cases. It counts no skip as a pass, and a
// run without a check fails, as does one that leaves an output unjudged which the subject declares
// (Unchecked). It believes no one about itself: the judge is held against
// a table of right verdicts before every run (SelfTest).
//
// # Errors
//
// Check returns an error for what is wrong with the suite, with a Config, or with a
// description; what is wrong with the subject is data in the Report, and Report.Err is
// its verdict. A panic of the subject is a failure of the case. A subject that never
// returns is not stopped: in the same process nothing can. A program is: whatever it does
// is a failure of the case that caused it, and the run goes on (Exec).
package conformance
