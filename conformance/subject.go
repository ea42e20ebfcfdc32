package conformance

import "github.com/lossproof/lossproof/impl/subject"

// The contract of a subject; see package subject.
type (
	Subject     = subject.Subject
	Answer      = subject.Answer
	Description = subject.Description
	Capability  = subject.Capability
	Output      = subject.Output
)

// The outputs that are judged.
const (
	Value   = subject.Value
	Grad    = subject.Grad
	Refusal = subject.Refusal
)

// ErrUnsupported, wrapped with a reason, skips a case that the subject cannot be
// asked. The skip is listed, and is not a pass.
var ErrUnsupported = subject.ErrUnsupported
