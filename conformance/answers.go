package conformance

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject/lcp"
)

// everything describes a subject that has all that golden cases ask for: before its
// hello is known, an adapter is asked everything.
func everything() Subject {
	d := Reference().Describe()
	d.Name = "everything"
	return described{nil, d}
}

// WriteRequests writes the golden cases, as far as the configuration selects them, as what a
// runner would send to a program: hello, echo, eval, stop. Whatever reads them and speaks
// LCP/1 writes the answers, anywhere; CheckAnswers judges them. True values are not in
// it. Live cases and laws need a conversation and are left out.
func (config Config) WriteRequests(w io.Writer) error {
	config.Only, config.Live = cmp.Or(config.Only, Golden), -1
	r, err := config.newRun(everything())
	if err != nil {
		return err
	}
	if len(r.cases) == 0 {
		return errors.New("conformance: no golden case is left to be asked")
	}
	var requests []lcp.Request
	for _, i := range r.cases {
		requests = append(requests, lcp.Request{ID: golden.ID(&i.call), Call: &i.call})
	}
	asked := slices.DeleteFunc(r.description.Dtypes(), func(f loss.Format) bool { return !r.wants(f) })
	return lcp.WriteRequests(w, asked, requests)
}

// CheckAnswers judges the answers to what WriteRequests wrote, like Check. Each case was
// asked once, so that nothing is said about repetition. A case without an answer, with
// two, or with one that is malformed fails; an answer to no case is a warning. An error is
// that of the configuration or of a file: requests that are none, or answers that do not say what
// has answered.
func (config Config) CheckAnswers(ctx context.Context, requests, answers io.Reader) (*Report, error) {
	s, err := lcp.ReadRecording(requests, answers, golden.ID)
	if err != nil {
		return nil, err
	}
	config.Only, config.Live, config.asked = Golden, -1, s.Asked()
	config.narrow(s)
	if config.Repeat == nil {
		config.Repeat = func(flags string) string {
			flags, _, _ = strings.Cut(flags, " --level ") // which is judge's
			return "lossproof requests " + flags
		}
	}
	report, err := config.Check(ctx, s)
	if report != nil {
		report.Warnings = s.Warnings()
		report.lacks(s.Lost())
	}
	return report, err
}

// narrow makes the losses and dtypes that the requests are about those of the run, as far as the
// subject has them and the configuration does not say others.
func (config *Config) narrow(s *lcp.Recording) {
	d := s.Describe()
	losses, dtypes := s.Scope()
	if config.Losses == nil {
		config.Losses = slices.DeleteFunc(losses, func(name string) bool {
			return !slices.ContainsFunc(d.Capabilities, func(c Capability) bool { return c.Loss == name })
		})
	}
	if config.Dtypes == nil {
		config.Dtypes = dtypes
	}
}
