// Package mutants shows that the suite bites: it holds known defects of real loss
// functions, each written as a small wrong implementation, and runs the golden vectors
// and the laws against every one of them.
//
// A Mutant computes one loss, and is right but for one thing. So what kills it is its
// defect and nothing else. Named mutants (All) come from the museum of defects,
// MUSEUM.md, and say which issue reported theirs; machine-made ones (Machine) are every
// small change of the formulas in formulas.go.
//
// Matrix runs them, and tells which flags of the vectors and which laws kill each. It
// is read in both directions: a mutant that lives is a hole in the suite, and a flag or
// a law that kills none has never been seen to fail.
//
//	matrix, err := mutants.Config{Mutants: []string{"softplus-naive"}}.NewMatrix(ctx)
//	matrix.WriteTable(os.Stdout)
//
// # What it refuses to do
//
// It calls no mutant equivalent without a proof (equivalent.go). It says of no library
// what its issue does not say, and nothing about what the library does today.
package mutants
