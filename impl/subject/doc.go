// Package subject says what a subject is: whatever computes a loss and can be asked for
// it, with a description of what it computes and what it lacks.
//
// It holds the contract only. Constructors for Go functions are in package conformance,
// which judges subjects against the truth; package properties holds them to laws.
//
// A description that names what the catalogue does not have is an error: a misspelt
// name would otherwise be a case that is silently never run.
package subject
