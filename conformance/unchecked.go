package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

// An Unchecked is an output that the subject declares, of a loss in a dtype, and that no check
// of the run has judged. It fails the run, since nothing is known of it.
type Unchecked struct {
	Loss   string `json:"loss"`
	Format string `json:"format"`
	Output Output `json:"output"`
	Reason string `json:"reason"` // why not, and what to do
}

// String is the output without the reason.
func (u Unchecked) String() string { return fmt.Sprintf("%s, %s, %s", u.Loss, u.Format, u.Output) }

// unchecked lists what the subject declares, of the losses and dtypes of the run, and no case or
// law has judged. One that was run has judged an output, whatever came of it, where numbers of the
// output were held against others, or bad input had to be refused. A skip has judged nothing, and
// neither has a law that wants the same bits again. A run of single cases or laws repeats them,
// and is no verdict on the rest.
func (r *run) unchecked(report *Report) []Unchecked {
	if len(r.Cases) > 0 || len(r.Laws) > 0 || r.leftOut > 0 {
		return nil
	}
	judged := map[Unchecked]bool{}
	for _, row := range report.Rows {
		if row.Cases > 0 {
			judged[Unchecked{Loss: row.Loss, Format: row.Format, Output: row.Output}] = true
		}
	}
	laws := 0
	if report.Laws != nil {
		laws = len(report.Laws.Results)
		for _, l := range report.Laws.Results {
			for o := range l.Judged {
				judged[Unchecked{Loss: l.Loss, Format: l.Format, Output: o}] = true
			}
		}
	}
	if laws < r.toCheck { // go test -run has selected some
		return nil
	}
	var left []Unchecked
	for _, decl := range r.description.Losses() {
		for _, f := range ieee.Formats() {
			for _, o := range append(subject.Outputs(), Refusal) {
				u := Unchecked{Loss: decl.Name, Format: f.Name, Output: o}
				if o == Refusal && r.toCheck == 0 { // only laws have bad input for every loss and reduction
					continue
				}
				if r.declares(u, f) && !judged[u] {
					u.Reason = r.whyUnchecked(report, u)
					left = append(left, u)
				}
			}
		}
	}
	return left
}

// declares reports whether an output is one that the subject declares and the run is about.
func (r *run) declares(u Unchecked, f ieee.Format) bool {
	if !r.wants(f) || len(r.Losses) > 0 && !slices.Contains(r.Losses, u.Loss) {
		return false
	}
	return slices.ContainsFunc(r.description.Capabilities, func(c Capability) bool {
		has := slices.Contains(c.Outputs, u.Output) || u.Output == Refusal && c.Refuses
		return c.Loss == u.Loss && slices.Contains(c.Formats, u.Format) && has
	})
}

// whyUnchecked says why nothing has judged an output, and what to do.
func (r *run) whyUnchecked(report *Report, u Unchecked) string {
	for _, s := range report.Skips {
		if s.Loss == u.Loss && s.Format == u.Format && s.Output == u.Output {
			return fmt.Sprintf("every case was skipped, the first, %s, because: %s", s.First, s.Reason)
		}
	}
	switch {
	case r.asked != nil:
		return "no golden case asks for it: verify has laws about it, or choose losses and dtypes without it"
	case r.toCheck == 0:
		return "no golden case asks for it: check the laws too, or choose losses and dtypes without it"
	case !r.runs(Golden):
		return "no law judges it: run the golden cases too"
	}
	return "no case asks for it, and no law judges it: it is not to be declared"
}

// errUnchecked names what has not been judged.
func (r *Report) errUnchecked() error {
	const most = 12
	var names []string
	for _, u := range r.Unchecked[:min(len(r.Unchecked), most)] {
		names = append(names, u.String())
	}
	text := strings.Join(names, "; ")
	if more := len(r.Unchecked) - most; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return fmt.Errorf("declared, and not checked: %s", text)
}
