package conformance

import (
	"errors"
	"io"

	"github.com/lossproof/lossproof/golden"
)

// everything describes a subject that has all that golden cases ask for: before its
// hello is known, an adapter is asked everything.
func everything() Subject {
	d := Reference().Describe()
	d.Name = "everything"
	return described{nil, d}
}

// WriteRequests writes the golden cases, as far as the options select them, as what a
// runner would send to a program: hello, echo, eval, stop. Whatever reads them and speaks
// LCP/1 writes the answers, anywhere; CheckAnswers judges them. True values are not in
// it. Live cases and laws need a conversation and are left out.
func WriteRequests(w io.Writer, opts ...Option) error {
	r, err := newRun(everything(), append(append([]Option{Only(Golden)}, opts...), Live(0)))
	if err != nil {
		return err
	}
	if len(r.cases) == 0 {
		return errors.New("conformance: no golden case is left to be asked")
	}
	write := func(message any) {
		if err == nil {
			_, err = w.Write(line(message))
		}
	}
	write(helloForm{typeHello, Protocol})
	for _, f := range formatsOf(r.description) {
		write(echoForm{typeEcho, f.Name, hexes(f, echoNumbers(f))})
	}
	const most = 256 // cases in a message: more would make long lines and save nothing
	var m evalForm
	var key string
	for _, i := range r.cases {
		head := encodeHead(&i.call)
		if k := string(line(head)); k != key || len(m.Cases) == most {
			if key != "" {
				write(m)
			}
			m, key = head, k
		}
		m.Cases = append(m.Cases, caseForm{golden.ID(&i.call), encodeIn(&i.call)})
	}
	write(m)
	write(stopForm{typeStop})
	return err
}
