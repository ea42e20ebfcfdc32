package lcp_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/impl/subject/lcp"
)

// squared is the square of the difference, and its derivative.
type squared struct{}

func (squared) Describe() subject.Description {
	return subject.Description{Name: "squared", Capabilities: []subject.Capability{
		{Loss: "squared_error", Formats: []string{"f64"}, Outputs: []subject.Output{subject.Value, subject.Grad}}}}
}

func (squared) Eval(_ context.Context, c *loss.Call) (*subject.Answer, error) {
	a := &subject.Answer{}
	for i, x := range c.Pred {
		d := x - c.Target[i]
		a.Value, a.Grad = append(a.Value, d*d), append(a.Grad, 2*d)
	}
	return a, nil
}

func TestServe_RefusesWhatIsNoMessage(t *testing.T) {
	for _, text := range []string{"nonsense", `{"type":"answer"}`, `{"type":"eval"}`, `{"type":"echo","dtype":"f8","bits":[]}`, `{"type":"echo","dtype":"f32","bits":["0"]}`} {
		require.Error(t, lcp.Serve(t.Context(), squared{}, strings.NewReader(text+"\n"), new(bytes.Buffer)), text)
	}
	require.NoError(t, lcp.Serve(t.Context(), squared{}, strings.NewReader(""), new(bytes.Buffer)))
	require.NoError(t, lcp.Serve(t.Context(), squared{}, strings.NewReader(`{"type":"stop"}`), new(bytes.Buffer)))
}

func ExampleServe() {
	requests := strings.NewReader(`{"type":"eval","loss":"squared_error","dtype":"f32","params":{},"reduction":"none","conventions":{},` +
		`"cases":[{"id":"a","in":{"rows":1,"cols":1,"pred":["40a00000"],"target":["3f800000"]}}]}` + "\n")
	err := lcp.Serve(context.Background(), squared{}, requests, os.Stdout)
	fmt.Println(err)
	// Output:
	// {"type":"answer","id":"a","value":["41800000"],"grad":["41000000"]}
	// <nil>
}
