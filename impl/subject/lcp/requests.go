package lcp

import (
	"crypto/sha256"
	"encoding/base32"
	"io"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
)

// Name names a call by its loss, its dtype and a digest of what is sent of it. It is the same
// whenever the call is sent.
func Name(c *loss.Call) string {
	c = representable(c)
	sum := sha256.Sum256(append(line(encodeHead(c)), line(encodeIn(c))...))
	digits := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))
	return c.Loss + "." + c.Format.Name + "." + digits[:12]
}

// A Request is a call with the id that it is asked under.
type Request struct {
	ID   string
	Call *loss.Call
}

// WriteRequests writes what a runner would send to a program that has these dtypes: hello, echo,
// eval, stop. Requests in a row that differ in their data only share a message.
func WriteRequests(w io.Writer, formats []loss.Format, requests []Request) (err error) {
	write := func(message any) {
		if err == nil {
			_, err = w.Write(line(message))
		}
	}
	write(helloForm{typeHello, Version})
	for _, f := range formats {
		write(echoForm{typeEcho, f.Name, f.Hexes(echoNumbers(f))})
	}
	const most = 256 // cases in a message: more would make long lines and save nothing
	var m evalForm
	var key string
	for _, r := range requests {
		head := encodeHead(r.Call)
		if k := string(line(head)); k != key || len(m.Cases) == most {
			if key != "" {
				write(m)
			}
			m, key = head, k
		}
		m.Cases = append(m.Cases, caseForm{r.ID, encodeIn(r.Call)})
	}
	if key != "" {
		write(m)
	}
	write(stopForm{typeStop})
	return err
}
