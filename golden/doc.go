// Package golden holds the golden vectors: for every loss, inputs and their one right
// answer, as data that any language can read.
//
// A vector is a call and the truth about it: the correctly rounded bits of every output,
// the residual, which is how far and to which side the true value lies from them in ulps,
// and the condition number. From these the error of any result x is known without big
// numbers:
//
//	error in ulp = (x − bits)/ulp − residual
//
// The answers are the oracle's, and certified; none was computed by a loss function that
// somebody might want to test. The files are embedded, compressed.
//
// # What it refuses to do
//
// It has no tolerance and passes no judgement: that is package conformance. A file is
// read strictly: an unknown field, a number of another width, or an id that is not the
// hash of its call is an error. It holds no case whose answer depends on luck: no value
// next to overflow, no zero of uncertain sign.
//
// # Error model
//
// Bits are exact. A residual has 5 significant digits, and is half an ulp only where that is exact. A condition
// number is rounded up to a multiple of 2^0.1, so that a bound that grows with it is never too small.
//
// # Where things are
//
// v1/ has the files and their schemas, cases/ the authored cases with their grammar,
// flags.json the reasons why cases are here, and MANIFEST.json a digest of everything.
// The generator is gen/; go generate ./golden gives the same bytes on every machine.
package golden

//go:generate go run ./gen
