package conformance

import (
	"errors"

	"github.com/lossproof/lossproof/impl/subject"
)

// The contract of a subject; see package subject.
type (
	Subject     = subject.Subject
	Answer      = subject.Answer
	Description = subject.Description
	Capability  = subject.Capability
	Output      = subject.Output
)

// Join makes one subject of several, for a library with many losses, or of a loss whose
// reductions are functions of their own; see subject.Join.
func Join(name, version string, subjects ...Subject) Subject {
	var misused []error
	for _, s := range subjects {
		misused = append(misused, misuse(s))
	}
	return together{subject.Join(name, version, subjects...), errors.Join(misused...)}
}

// The outputs that are judged.
const (
	Value      = subject.Value
	Grad       = subject.Grad
	TargetGrad = subject.TargetGrad
	Hess       = subject.Hess
	Refusal    = subject.Refusal
)

// ErrUnsupported, wrapped with a reason, skips a case that the subject cannot be
// asked. The skip is listed, and is not a pass.
var ErrUnsupported = subject.ErrUnsupported
