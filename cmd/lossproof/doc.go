// Command lossproof says whether loss functions are computed right, and how exactly.
//
//	lossproof verify [subject]   hold an implementation to the golden vectors and the laws
//	lossproof verify -- COMMAND  hold a program to them, in any language
//	lossproof requests           what such a program would be asked, as a file
//	lossproof judge              the verdict on its answers, as a file
//	lossproof report FILE        a report as text, a page of HTML, Markdown or JUnit XML
//	lossproof compare FILE...    reports beside each other
//	lossproof diff OLD NEW       what broke from one report to the next
//	lossproof known FILE         the failures of a report as a file of known failures
//	lossproof scoreboard FILE... a page of the reports of libraries
//	lossproof site DIR FILE...   pages of the catalogue, and of reports
//	lossproof eval LOSS          the true value and gradient of one input, to any number of digits
//	lossproof plot LOSS...       the value and the gradient of losses, drawn
//	lossproof list [LOSS]        the catalogue
//	lossproof demo               why cross-entropy: the worked example
//
// The exit code is 0 when the subject conforms, 1 when it does not, 2 for a mistake in the
// command line or its data, 3 when the run itself failed or was interrupted, 4 when the
// judge failed its own test, so that its verdict is worth nothing, and 5 when the subject conforms on what it answered
// and declined some of what it declares.
//
// It refuses to guess: data outside of a domain, a reduction that does not say what it divides
// by, and a parameter that a loss does not have are errors that name the loss, the input, the
// index and the value.
package main

//go:generate go run . plot binary_cross_entropy_with_logits sigmoid_focal squared_error_with_logits --out ../../impl/loss/binary.svg
//go:generate go run . plot absolute_error squared_error huber log_cosh --param delta=1 --out ../../impl/loss/regression.svg
//go:generate go run . plot dice jaccard tversky --param alpha=0.3 --out ../../impl/loss/overlap.svg
//go:generate go run . plot binary_cross_entropy_with_logits --error log(1+exp(z))-y*z --error kernel --sample 240 --out ../../conformance/reporting/errors.svg
//go:generate go run . plot squared_error huber squared_error_with_logits binary_cross_entropy_with_logits sigmoid_focal cross_entropy --bench ../../bench/ratios.txt --out ../../bench/ratios.svg
