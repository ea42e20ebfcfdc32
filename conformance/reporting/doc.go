// Package reporting reads reports, and shows them: one by itself (a page to look at, Markdown, JUnit
// XML), several beside each other (Compare), and two after each other (Diff).
//
//	report, err := reporting.Read(file)
//
// # What it refuses to do
//
// It judges nothing: every verdict is the report's. It believes no report: one whose counts,
// levels and failures are not those of its checks is an error. What was not run is said to be
// not run, and never counts as passed or as better than a failure.
//
// # Error model
//
// A report that cannot be read is an error that names the place in it. What reports say that
// makes them hard to compare (other vectors, another seed, an incomplete run) is a note, which
// is shown beside the numbers.
package reporting
