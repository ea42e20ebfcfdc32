package conformance

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// CheckAnswers judges the answers to what WriteRequests wrote, like Check. Each case was
// asked once, so that nothing is said about repetition. A case without an answer, with
// two, or with one that is malformed fails; an answer to no case is a warning. An error is
// that of an option or of a file: requests that are none, or answers that do not say what
// has answered.
func CheckAnswers(ctx context.Context, requests, answers io.Reader, opts ...Option) (*Report, error) {
	s := &recorded{asked: map[string]bool{}, echoes: map[string][]string{}, answers: map[string]*entry{}}
	if err := s.readRequests(requests); err != nil {
		return nil, fmt.Errorf("conformance: requests: %w", err)
	}
	if err := s.readAnswers(answers); err != nil {
		return nil, fmt.Errorf("conformance: answers: %w", err)
	}
	repeat := Repeat(func(id string) string { return "lossproof requests --case " + id })
	report, err := Check(ctx, s, append(append([]Option{repeat}, opts...), Only(Golden), Live(0), askedOnly(s.asked))...)
	if report != nil {
		report.Warnings = s.warnings
		report.lacks(s.lost)
	}
	return report, err
}

// askedOnly leaves out the cases that were not asked.
func askedOnly(ids map[string]bool) Option { return func(c *config) { c.asked = ids } }

// recorded is a subject made of a file of answers.
type recorded struct {
	description Description
	asked       map[string]bool
	echoes      map[string][]string // what was sent, by dtype
	answers     map[string]*entry
	warnings    []string
	lost        []string
}

// An entry is the answer to a case.
type entry struct {
	line   int
	answer answerForm
	fault  *fault // what is wrong with it
}

func (s *recorded) Describe() Description { return s.description }

func (s *recorded) Eval(_ context.Context, c *loss.Call) (*Answer, error) {
	c = representable(c)
	id := s.idOf(c)
	e := s.answers[id]
	switch {
	case e == nil:
		return nil, &fault{Malformed, "no answer to " + id}
	case e.fault != nil:
		return nil, e.fault
	}
	return e.answer.result(c)
}

// idOf finds the request that a call was. A case that holds under any value of
// empty_mean is stated under one, and given to a subject under its own.
func (s *recorded) idOf(c *loss.Call) string {
	id := golden.ID(c)
	for _, value := range loss.EmptyMeanConvention.Values {
		if s.asked[id] {
			break
		}
		stated := *copyCall(c)
		if stated.Conventions == nil {
			stated.Conventions = loss.Conventions{}
		}
		stated.Conventions[loss.EmptyMeanConvention.Name] = value
		id = golden.ID(&stated)
	}
	return id
}

func (s *recorded) readRequests(r io.Reader) error {
	err := eachLine(r, func(n int, text []byte) error {
		switch typeOf(text) {
		case typeHello, typeStop:
			return nil
		case typeEcho:
			var m echoForm
			if err := readMessage(text, &m); err != nil {
				return err
			}
			s.echoes[m.DType] = m.Bits
			return nil
		case typeEval:
			calls, ids, err := decodeEval(text)
			if err != nil {
				return err
			}
			for k, id := range ids {
				switch is := golden.ID(representable(&calls[k])); {
				case is != id:
					return fmt.Errorf("the case %s has been changed: its id would be %s", id, is)
				case s.asked[id]:
					return fmt.Errorf("the case %s is asked twice", id)
				}
				s.asked[id] = true
			}
			return nil
		}
		return fmt.Errorf("%s is no message of %s", quoted(text), Protocol)
	})
	if err == nil && len(s.asked) == 0 {
		err = errors.New("no case is asked")
	}
	return err
}

func (s *recorded) readAnswers(r io.Reader) error {
	var described bool
	echoed := map[string]error{}
	err := eachLine(r, func(n int, text []byte) error {
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
	for _, f := range formatsOf(s.description) {
		err, came := echoed[f.Name]
		if s.echoes[f.Name] == nil {
			continue // nothing was asked in it
		}
		if !came {
			err = errors.New("no answer to its echo")
		}
		if err != nil {
			s.lost = append(s.lost, notJudged(f, err))
			s.description = without(s.description, f)
		}
	}
	if len(s.description.Capabilities) == 0 {
		return fmt.Errorf("%w: %v", errGone, s.lost)
	}
	return nil
}

// readAnswer enters one line that should be an answer.
func (s *recorded) readAnswer(n int, text []byte) {
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
		e.fault = &fault{Malformed, fmt.Sprintf("two answers, in lines %d and %d", e.line, n)}
	case err != nil:
		s.answers[id] = &entry{line: n, fault: &fault{Malformed, fmt.Sprintf("line %d: the answer %s: %v", n, quoted(text), err)}}
	default:
		s.answers[id] = &entry{line: n, answer: m}
	}
}

func (s *recorded) warn(format string, args ...any) {
	switch len(s.warnings) {
	case mostWarnings:
		s.warnings = append(s.warnings, "and more of the kind")
	case mostWarnings + 1:
	default:
		s.warnings = append(s.warnings, fmt.Sprintf(format, args...))
	}
}

// eachLine calls f with every line that is not blank; its error ends the reading and
// gets the number of the line. A line of more than 64 MiB is an error: no message is.
func eachLine(r io.Reader, f func(n int, text []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	n := 0
	for lines.Scan() {
		n++
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := f(n, slices.Clone(lines.Bytes())); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n+1, err)
	}
	return nil
}
