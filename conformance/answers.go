package conformance

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject/lcp"
	"github.com/lossproof/lossproof/internal/strict"
)

// everything describes a subject that has all that golden cases ask for: before its
// hello is known, an adapter is asked everything.
func everything() Subject {
	d := Reference().Describe()
	d.Name = "everything"
	return described{nil, d}
}

// A requestsForm is the last line of a file of requests, which no adapter reads: what the requests are about, and
// what they are. CheckAnswers makes them anew from it, so that nothing that has been taken out goes unasked.
type requestsForm struct {
	Type        string           `json:"type"` // requests
	Vectors     string           `json:"vectors"`
	Losses      []string         `json:"losses,omitempty"`
	Dtypes      []string         `json:"dtypes,omitempty"`
	Cases       []string         `json:"cases,omitempty"`
	Conventions loss.Conventions `json:"conventions,omitempty"`
	Count       int              `json:"count"`  // of cases
	Digest      string           `json:"digest"` // the sha256 of the lines before
}

const typeRequests = "requests"

// A requested is what a file asks.
type requested struct {
	form     requestsForm
	formats  []loss.Format
	requests []lcp.Request
	warnings []string // what the verdict is not about
}

// WriteRequests writes the golden cases, as far as the configuration selects them, as what a
// runner would send to a program: hello, echo, eval, stop. Whatever reads them and speaks
// LCP/1 writes the answers, anywhere; CheckAnswers judges them. True values are not in
// it. Live cases and laws need a conversation and are left out. A last line says what was asked.
func (config Config) WriteRequests(w io.Writer) error {
	_, err := config.writeRequests(w)
	return err
}

func (config Config) writeRequests(w io.Writer) (asked requested, err error) {
	config.Only, config.Live, config.Sample = cmp.Or(config.Only, Golden), -1, 0
	r, err := config.newRun(everything())
	if err != nil {
		return asked, err
	}
	if len(r.cases) == 0 {
		return asked, errors.New("conformance: no golden case is left to be asked")
	}
	for _, i := range r.cases {
		asked.requests = append(asked.requests, lcp.Request{ID: golden.ID(&i.call), Call: &i.call})
	}
	asked.formats = slices.DeleteFunc(r.description.Dtypes(), func(f loss.Format) bool { return !r.wants(f) })
	sum := sha256.New()
	if err := lcp.WriteRequests(io.MultiWriter(w, sum), asked.formats, asked.requests); err != nil {
		return asked, err
	}
	asked.form = requestsForm{typeRequests, golden.Digest(), config.Losses, config.Dtypes, config.Cases, config.Conventions,
		len(asked.requests), hex.EncodeToString(sum.Sum(nil))}
	return asked, json.NewEncoder(w).Encode(asked.form)
}

// requestsAnew makes the requests of a file from its last line.
func requestsAnew(file io.Reader) (asked requested, err error) {
	sum, last := sha256.New(), []byte(nil)
	if err := strict.EachLine(file, strict.MaxLine, strict.MaxLines, func(_ int, text []byte) error {
		if last != nil {
			sum.Write(append(last, '\n'))
		}
		last = text
		return nil
	}); err != nil {
		return asked, err
	}
	var form requestsForm
	if err = strict.Unmarshal(last, &form); err == nil && form.Type != typeRequests {
		err = fmt.Errorf("the type %q", form.Type)
	}
	if err != nil {
		return asked, fmt.Errorf("the last line does not say what was asked, so that it is no file of lossproof requests, or not all of it: %w", err)
	}
	if form.Vectors != golden.Digest() {
		return asked, fmt.Errorf("they are of the vectors %.12q, and here are %.12q: write them anew", form.Vectors, golden.Digest())
	}
	asked, err = Config{Losses: form.Losses, Dtypes: form.Dtypes, Cases: form.Cases, Conventions: form.Conventions}.writeRequests(io.Discard)
	switch {
	case err != nil:
		return asked, err
	case asked.form.Digest != form.Digest || asked.form.Count != form.Count:
		return asked, fmt.Errorf("they are said to be %d cases with the digest %.12q, and are %d with %.12q here: write them anew", form.Count, form.Digest, asked.form.Count, asked.form.Digest)
	case hex.EncodeToString(sum.Sum(nil)) != form.Digest:
		asked.warnings = append(asked.warnings, "the file of requests is not as it was written: the answers are judged as those to what it held")
	}
	if len(form.Cases) > 0 {
		asked.warnings = append(asked.warnings, fmt.Sprintf("only the cases %s were asked: nothing is said of others", strings.Join(form.Cases, ", ")))
	}
	return asked, nil
}

// CheckAnswers judges the answers to what WriteRequests wrote, like Check. Each case was
// asked once, so that nothing is said about repetition. A case without an answer, with
// two, or with one that is malformed fails, and so does one that was taken out of the requests; an answer to
// no case is a warning. An error is that of the configuration or of a file: requests that are none, or answers that
// do not say what has answered.
func (config Config) CheckAnswers(ctx context.Context, requests, answers io.Reader) (*Report, error) {
	asked, err := requestsAnew(requests)
	if err != nil {
		return nil, fmt.Errorf("conformance: the requests: %w", err)
	}
	s, err := lcp.ReadRecording(asked.formats, asked.requests, answers, golden.ID)
	if err != nil {
		return nil, err
	}
	config.Only, config.Live, config.Sample, config.asked = Golden, -1, 0, s.Asked()
	config.narrow(s)
	if config.Repeat == nil {
		config.Repeat = func(flags string) string {
			flags, _, _ = strings.Cut(flags, " --level ") // which is judge's
			return "lossproof requests " + flags
		}
	}
	report, err := config.Check(ctx, s)
	if report != nil {
		report.Warnings = append(asked.warnings, s.Warnings()...)
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
