package lcp

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// FuzzDecodeAnswer: whatever an adapter writes is an answer that says one thing, or an error
// that quotes a bounded part of it.
func FuzzDecodeAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"type":"answer","id":"a/1","value":["3f800000"],"grad":["00000000","80000000"]}`,
		`{"type":"answer","id":"a/1","unsupported":"no"}`,
		`{"type":"answer","id":"a/1","error":{"class":"label","message":"no"}}`,
		`{"type":"answer","id":"a/1","error":{"class":"bad","message":"no"}}`,
		`{"type":"answer","id":"a/1","value":[NaN]}`,
		`{"type":"answer","id":"a/1","value":["nan"]}`,
		`{"type":"answer","id":"a/1","value":["7FC00000"]}`,
		`{"type":"answer","id":"a/1","value":null,"unsupported":"x"}`,
		`{"type":"answer","id":"","value":[]}`, `{"type":"answer","id":"a/1","value":[]}x`, `{}`, `[]`, `null`, ``, `"id":"`, "\x00\xff",
		`{"type":"answer","ID":"a/1","VALUE":["00000000"]}`,
		`{"type":"answer","id":"a/1","id":"b/2","value":["00000000"]}`,
	} {
		f.Add([]byte(seed))
	}
	call := &loss.Call{Loss: "binary_cross_entropy_with_logits", Format: ieee.Float32}
	f.Fuzz(func(t *testing.T, text []byte) {
		id := idIn(text)
		require.NotContains(t, id, `"`)
		require.LessOrEqual(t, len(id), 200)
		m, err := decodeAnswer(text)
		if err != nil {
			require.LessOrEqual(t, len(quoted(text)), 4*160+100)
			return
		}
		require.NotEmpty(t, m.ID)
		answer, err := m.result(call)
		require.Equal(t, err == nil, answer != nil)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.Len(t, answer.Value, len(m.Value))
		for i, x := range answer.Value {
			require.True(t, ieee.Float32.Holds(x))
			if !math.IsNaN(x) {
				require.Equal(t, m.Value[i], ieee.Float32.Hex(x), "what is read is what was written")
			}
		}
	})
}

// FuzzDecodeDescription: a hello that is accepted describes what the catalogue has, and can be
// written and read again.
func FuzzDecodeDescription(f *testing.F) {
	for _, seed := range []string{
		`{"type":"hello","protocol":"LCP/1","name":"a","capabilities":[{"loss":"sigmoid","formats":["f32"],"outputs":["value"]}]}`,
		`{"type":"hello","protocol":"LCP/1","name":"a","version":"1","environment":{"device":"cpu"},"capabilities":[{"loss":"cross_entropy","formats":["f64"],"outputs":["value","grad"],"reductions":["sum"],"targets":["label"],"weights":true,"refuses":true,"params":["weight"],"fixed":{"label_smoothing":[0.1]},"conventions":{"empty_mean":["nan"]}}]}`,
		`{"type":"hello","protocol":"LCP/2","name":"a","capabilities":[]}`,
		`{"type":"hello","protocol":"LCP/1","name":"a","capabilities":[{"loss":"hinge","formats":["f32"],"outputs":["value"]}]}`,
		`{"type":"hello","protocol":"LCP/1","name":"a","capabilities":[{"loss":"sigmoid","formats":["f32"],"outputs":["value"],"fixed":{"x":[1]}}]}`,
		`{"type":"hello","protocol":"LCP/1","name":"a","capabilities":null}`, `{"type":"echo"}`, `{}`, ``, `null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := decodeDescription(text)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.NoError(t, d.Validate())
		require.NotEmpty(t, d.Dtypes())
		written := line(descriptionForm{helloForm{typeHello, Version}, d})
		again, err := decodeDescription(written)
		require.NoError(t, err)
		require.Equal(t, written, line(descriptionForm{helloForm{typeHello, Version}, again}))
	})
}

// calls are of every kind that a message can hold.
func calls() []loss.Call {
	one := loss.Batch{Rows: 1, Cols: 1, Pred: []float64{0.5}, Target: []float64{1}}
	row := loss.Batch{Rows: 2, Cols: 2, Pred: []float64{0, math.Inf(1), math.NaN(), -1}, Label: []int{1, -100}, Weight: []float64{1, 0}}
	return []loss.Call{
		{Loss: "squared_error", Format: ieee.Float64, Batch: one},
		{Loss: "binary_cross_entropy_with_logits", Format: ieee.Float32, Batch: one, Params: loss.Params{"pos_weight": {0.125}}},
		{Loss: "sigmoid_focal", Format: ieee.BFloat16, Batch: one, Params: loss.Params{"alpha": nil, "gamma": {2}}, Reduction: loss.Sum},
		{Loss: "cross_entropy", Format: ieee.Float16, Batch: row, Params: loss.Params{"weight": {1, 2}, "ignore_index": {-100}},
			Reduction: loss.MeanCounted, Conventions: loss.Conventions{"empty_mean": "zero"}},
		{Loss: "softmax", Format: ieee.Float32, Batch: loss.Batch{Rows: 1, Cols: 2, Pred: []float64{1, 2}, Upstream: []float64{1, -1}}},
		{Loss: "squared_error", Format: ieee.Float32, Batch: loss.Batch{Cols: 1, Pred: []float64{}, Target: []float64{}}},
	}
}

// FuzzDecodeEval: requests come from files too. What is read can be written, and is read again
// as the same calls.
func FuzzDecodeEval(f *testing.F) {
	var asked bytes.Buffer
	var requests []Request
	for _, c := range calls() {
		requests = append(requests, Request{"a", &c})
	}
	require.NoError(f, WriteRequests(&asked, ieee.Formats(), requests))
	for text := range strings.Lines(asked.String()) {
		if typeOf([]byte(text)) == typeEval {
			f.Add([]byte(text))
		}
	}
	f.Add([]byte(`{"type":"eval","loss":"cross_entropy","dtype":"f32","params":{"weight":null,"ignore_index":-100,"label_smoothing":["00000000"]},"reduction":"none","conventions":{},"cases":[{"id":"a","in":{"rows":1,"cols":2,"pred":["00000000","3f800000"],"label":[1]}}]}`))
	f.Add([]byte(`{"type":"eval","loss":"sigmoid","dtype":"f8"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		calls, ids, err := decodeEval(text)
		if err != nil {
			return
		}
		require.Len(t, ids, len(calls))
		for i := range calls {
			m := encodeHead(&calls[i])
			m.Cases = []caseForm{{"a", encodeIn(&calls[i])}}
			again, _, err := decodeEval(line(m))
			require.NoError(t, err)
			require.Equal(t, Name(&calls[i]), Name(&again[0]))
		}
	})
}

// FuzzCheckEcho: no text passes for an echo of numbers but their bits, in order.
func FuzzCheckEcho(f *testing.F) {
	sent := ieee.Float16.Hexes([]float64{math.Copysign(0, -1), ieee.Float16.MinSubnormal(), math.NaN(), 1})
	f.Add([]byte(line(echoForm{typeEcho, "f16", sent})))
	f.Add([]byte(`{"type":"echo","dtype":"f16","bits":["0000","0001","7e00","3c00"]}`))
	f.Add([]byte(`{"type":"echo","dtype":"f16","bits":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if checkEcho(ieee.Float16, sent, text) != nil {
			return
		}
		var m echoForm
		require.NoError(t, readMessage(text, &m))
		require.Equal(t, []string{"8000", "0001"}, m.Bits[:2])
		require.Equal(t, "3c00", m.Bits[3])
	})
}

// What an adapter says is data: it is refused or printed as text, whatever a terminal or a CI system would make of it.
func TestAnswers_AreText(t *testing.T) {
	hello := `{"type":"hello","protocol":"LCP/1","name":"a","capabilities":[{"loss":"sigmoid","formats":["f32"],"outputs":["value"]}]}`
	_, err := decodeDescription([]byte(hello))
	require.NoError(t, err)
	for _, name := range []string{`\u001b[2J`, `a\n::error::b`, `::stop-commands::a`, `a\u202eb`, `\u0000`, strings.Repeat("n", 201)} {
		for _, field := range []string{`"name":"` + name + `"`, `"name":"a","version":"` + name + `"`, `"name":"a","environment":{"` + name + `":"b"}`} {
			_, err := decodeDescription([]byte(strings.Replace(hello, `"name":"a"`, field, 1)))
			require.ErrorContains(t, err, "printable text on one line")
			require.Less(t, len(err.Error()), 400)
		}
	}
	for _, twice := range []string{`"name":"a","name":"b"`, `"Name":"a"`, `"name":"a","Version":"b"`} {
		_, err := decodeDescription([]byte(strings.Replace(hello, `"name":"a"`, twice, 1)))
		require.Error(t, err, twice)
	}
	for _, text := range []string{`{"type":"answer","id":"a","unsupported":"::error::\u001b[2J\nb"}`, `{"type":"answer","id":"a","error":{"message":"::error::\u001b[2J\nb"}}`} {
		m, err := decodeAnswer([]byte(text))
		require.NoError(t, err)
		_, err = m.result(&loss.Call{Loss: "sigmoid", Format: ieee.Float32})
		require.ErrorContains(t, err, `\x3a:error::\x1b[2J b`)
	}
}
