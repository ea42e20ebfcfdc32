package lcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/printable"
	"github.com/lossproof/lossproof/internal/strict"
)

// A Recording is a subject made of requests and a file of answers. A call that was not
// asked, or that has no answer, two, or one that is malformed, has a Fault.
type Recording struct {
	description subject.Description
	id          func(*loss.Call) string
	asked       map[string]bool
	losses      []string            // that were asked
	echoes      map[string][]string // what was sent, by dtype
	answers     map[string]*entry
	warnings    []string
	lost        []string
}

// ReadRecording reads the answers to what WriteRequests wrote. The id of a request is that of its call. An error is that of
// the file: answers that do not say what has answered.
func ReadRecording(formats []loss.Format, requests []Request, answers io.Reader, id func(*loss.Call) string) (*Recording, error) {
	s := &Recording{id: id, asked: map[string]bool{}, echoes: map[string][]string{}, answers: map[string]*entry{}}
	for _, r := range requests {
		s.asked[r.ID] = true
		if !slices.Contains(s.losses, r.Call.Loss) {
			s.losses = append(s.losses, r.Call.Loss)
		}
	}
	for _, f := range formats {
		s.echoes[f.Name] = f.Hexes(echoNumbers(f))
	}
	if err := s.readAnswers(answers); err != nil {
		return nil, fmt.Errorf("lcp: answers: %w", err)
	}
	return s, nil
}

// Asked holds the ids of the requests.
func (s *Recording) Asked() map[string]bool { return s.asked }

// Scope is what the requests are about: losses that have cases there, and dtypes that have an echo,
// in which there may be none.
func (s *Recording) Scope() (losses, dtypes []string) {
	return s.losses, slices.Sorted(maps.Keys(s.echoes))
}

// Lost says which dtypes are not judged, since their numbers changed on their way, and why.
func (s *Recording) Lost() []string { return s.lost }

// Warnings tells what stands in the answers that is the failure of no case.
func (s *Recording) Warnings() []string { return s.warnings }

// An entry is the answer to a case.
type entry struct {
	line   int
	answer answerForm
	fault  *subject.Fault // what is wrong with it
}

func (s *Recording) Describe() subject.Description { return s.description }

func (s *Recording) Eval(_ context.Context, c *loss.Call) (*subject.Answer, error) {
	c = representable(c)
	id := s.idOf(c)
	e := s.answers[id]
	switch {
	case e == nil:
		return nil, &subject.Fault{Outcome: subject.Malformed, Text: "no answer to " + id}
	case e.fault != nil:
		return nil, e.fault
	}
	return e.answer.result(c)
}

// idOf finds the request that a call was. A case that holds under any value of
// empty_mean is stated under one, and given to a subject under its own.
func (s *Recording) idOf(c *loss.Call) string {
	id := s.id(c)
	for _, value := range loss.EmptyMeanConvention.Values {
		if s.asked[id] {
			break
		}
		stated := *c
		stated.Conventions = loss.Conventions{}
		maps.Copy(stated.Conventions, c.Conventions)
		stated.Conventions[loss.EmptyMeanConvention.Name] = value
		id = s.id(&stated)
	}
	return id
}

func (s *Recording) readAnswers(r io.Reader) error {
	var described bool
	echoed := map[string]error{}
	err := strict.EachLine(r, strict.MaxLine, strict.MaxLines, func(n int, text []byte) error {
		switch kind := typeOf(text); {
		case kind == typeHello && !described:
			var err error
			s.description, err = decodeDescription(text)
			described = true
			return err
		case kind == typeEcho:
			var m echoForm
			if err := readMessage(text, &m); err != nil {
				s.warn("line %d: %v: %s", n, err, quoted(text))
				return nil
			}
			if f, err := ieee.FormatNamed(m.DType); err == nil {
				echoed[f.Name] = checkEcho(f, s.echoes[f.Name], text)
			}
			return nil
		}
		s.readAnswer(n, text)
		return nil
	})
	if err != nil {
		return err
	}
	if !described {
		return errors.New("no answer to hello says what has answered")
	}
	for _, f := range s.description.Dtypes() {
		err, came := echoed[f.Name]
		if s.echoes[f.Name] == nil {
			continue // nothing was asked in it
		}
		if !came {
			err = errors.New("no answer to its echo")
		}
		if err != nil {
			s.lost = append(s.lost, notJudged(f, err))
			s.description = s.description.Without(f)
		}
	}
	if len(s.description.Capabilities) == 0 {
		return fmt.Errorf("%w: %v", ErrGone, s.lost)
	}
	return nil
}

// readAnswer enters one line that should be an answer.
func (s *Recording) readAnswer(n int, text []byte) {
	m, err := decodeAnswer(text)
	id := m.ID
	if err != nil {
		id = idIn(text)
	}
	switch e := s.answers[id]; {
	case !s.asked[id] && err == nil:
		s.warn("line %d: an answer to what was not asked: %s", n, quoted(text))
	case !s.asked[id]:
		s.warn("line %d: %s is no answer: %v", n, quoted(text), err)
	case e != nil:
		e.fault = &subject.Fault{Outcome: subject.Malformed, Text: fmt.Sprintf("two answers, in lines %d and %d", e.line, n)}
	case err != nil:
		s.answers[id] = &entry{line: n, fault: &subject.Fault{Outcome: subject.Malformed, Text: fmt.Sprintf("line %d: %v: the answer %s", n, err, quoted(text))}}
	default:
		s.answers[id] = &entry{line: n, answer: m}
	}
}

func (s *Recording) warn(format string, args ...any) {
	switch len(s.warnings) {
	case mostWarnings:
		s.warnings = append(s.warnings, "and more of the kind")
	case mostWarnings + 1:
	default:
		s.warnings = append(s.warnings, printable.Line(fmt.Sprintf(format, args...), printable.Most))
	}
}
