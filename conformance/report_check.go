package conformance

// A CheckResult is what became of one output of one case. Its loss, dtype and output are those of
// the Row that it stands in.
type CheckResult struct {
	Case   string `json:"case"`
	Status Status `json:"status"`
	Inputs Inputs `json:"inputs,omitempty"` // what its numbers are like; empty where it was skipped or bad input was to be refused
	Level  *Level `json:"level,omitempty"`  // nil where the check was skipped
	Max    *Ulps  `json:"maxUlp,omitempty"` // signed: the error of the largest magnitude; nil where there is no number to measure
	Reason string `json:"reason,omitempty"` // why it was skipped
	// At is where a sample lies on the axis of its loss, and Kappa the largest condition number of what is true of it; nil of other cases.
	At    *float64 `json:"at,omitempty"`
	Kappa *float64 `json:"kappa,omitempty"`
}

// record is the check as a report keeps it.
func (c *check) record(i *instance) CheckResult {
	if c.status == Skipped {
		return CheckResult{Case: i.id, Status: Skipped, Reason: c.failure.Got}
	}
	kept := CheckResult{Case: i.id, Status: c.status, Inputs: c.inputs, Level: new(c.level), At: i.at, Kappa: c.kappa}
	if c.errors.count > 0 {
		kept.Max = new(Ulps(c.errors.largest))
	}
	return kept
}

// Ran reports whether the check was run.
func (c *CheckResult) Ran() bool { return c.Status != Skipped }
