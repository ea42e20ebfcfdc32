package lcp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

// Serve makes an adapter of a subject: it answers what the runner writes to in, until
// stop or the end. A Go library that cannot be linked into a test here is checked from a
// program of its own, whose main is
//
//	err := lcp.Serve(ctx, mySubject, os.Stdin, os.Stdout)
//
// An error is that of the input: a message that is none.
func Serve(ctx context.Context, s subject.Subject, in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	for {
		text, err := lines.ReadBytes('\n')
		if err == io.EOF && len(text) == 0 {
			return nil
		}
		if err != nil && err != io.EOF {
			return err
		}
		replies, stop, err := serveLine(ctx, s, text)
		if err != nil || stop {
			return err
		}
		for _, r := range replies {
			if _, err := out.Write(r); err != nil {
				return err
			}
		}
	}
}

// serveLine answers one message, with a line for each case.
func serveLine(ctx context.Context, s subject.Subject, text []byte) (replies [][]byte, stop bool, err error) {
	switch kind := typeOf(text); kind {
	case typeHello:
		return [][]byte{line(descriptionForm{helloForm{typeHello, Version}, s.Describe()})}, false, nil
	case typeEcho:
		reply, err := serveEcho(text)
		return [][]byte{reply}, false, err
	case typeStop:
		return nil, true, nil
	case typeEval:
		calls, ids, err := decodeEval(text)
		if err != nil {
			return nil, false, fmt.Errorf("lcp: %s: %w", quoted(text), err)
		}
		for i := range calls {
			replies = append(replies, line(serveCase(ctx, s, &calls[i], ids[i])))
		}
		return replies, false, nil
	default:
		return nil, false, fmt.Errorf("lcp: %s is no message of %s", quoted(text), Version)
	}
}

func serveEcho(text []byte) ([]byte, error) {
	var m echoForm
	if err := readMessage(text, &m); err != nil {
		return nil, fmt.Errorf("lcp: %s: %w", quoted(text), err)
	}
	f, err := ieee.FormatNamed(m.DType)
	if err != nil {
		return nil, err
	}
	xs, err := parseHexes(f, "bits", m.Bits)
	if err != nil {
		return nil, err
	}
	m.Bits = f.Hexes(xs)
	return line(m), nil
}

func serveCase(ctx context.Context, s subject.Subject, c *loss.Call, id string) answerForm {
	m := answerForm{Type: typeAnswer, ID: id}
	answer, err := s.Eval(ctx, c)
	var bad *loss.Error
	switch {
	case errors.Is(err, subject.ErrUnsupported):
		m.Unsupported = err.Error()
	case errors.As(err, &bad):
		m.Error = &errorForm{bad.Class, err.Error()}
	case err != nil:
		m.Error = &errorForm{Message: err.Error()}
	case answer == nil:
		m.Error = &errorForm{Message: "neither an answer nor an error"}
	case slices.ContainsFunc(slices.Concat(answer.Value, answer.Grad, answer.TargetGrad, answer.Hess), func(x float64) bool { return !c.Format.Holds(x) }):
		m.Error = &errorForm{Message: "a number that is none of " + c.Format.Title}
	default:
		for _, o := range subject.Outputs() {
			*m.part(o) = c.Format.Hexes(*answer.Part(o))
		}
		if m.Value == nil {
			m.Value = []string{}
		}
	}
	return m
}
