package strict

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type inner struct {
	Bits []string `json:"bits"`
}

type form struct {
	inner
	Name   string            `json:"name"`
	Free   map[string]string `json:"free"`
	Number float64           `json:"number"`
	Cases  []inner           `json:"cases"`
}

func TestUnmarshal_RefusesWithThePlace(t *testing.T) {
	for text, says := range map[string]string{
		`{"name":"a","name":"b"}`:                          `"name": the key stands there twice`,
		`{"name":"a","n\u0061me":"b"}`:                     `"name": the key stands there twice`,
		`{"Name":"a"}`:                                     `"Name": want the key name`,
		`{"cases":[{"bits":[]},{"BITS":[]}]}`:              `"cases[1].BITS": want the key bits`,
		`{"free":{"a":"1","a":"2"}}`:                       `"free.a": the key stands there twice`,
		`{"other":1}`:                                      `unknown field "other"`,
		`{"number":` + strings.Repeat("1", 3e6) + `}`:      "a number of 3000000 digits",
		strings.Repeat("[", 40) + strings.Repeat("]", 40):  "more than 32 lists",
		`{"name":"` + strings.Repeat("n", 2e6) + `"}`:      "a text of 2000002 bytes",
		`{"cases":[` + strings.Repeat("{},", 3e6) + `{}]}`: "more than 2097152 values",
		"{\n\"name\":}":                                    "no JSON: line 2, byte 10",
		`{} {}`:                                            "no JSON",
		``:                                                 "no JSON",
		`{"name":"a"`:                                      "no JSON",
	} {
		err := Unmarshal([]byte(text), &form{})
		require.ErrorContains(t, err, says)
		require.Less(t, len(err.Error()), 400)
	}
}

func TestUnmarshal_ReadsWhatIsRight(t *testing.T) {
	var f form
	require.NoError(t, Unmarshal([]byte(` { "name" : "a\"}", "bits": ["1"], "free":{"Name":"x","name":"y"}, "number": -1.5e3, "cases": [ {"bits":[]} , {} ] } `), &f))
	require.Equal(t, form{inner{[]string{"1"}}, `a"}`, map[string]string{"Name": "x", "name": "y"}, -1500, []inner{{[]string{}}, {}}}, f)
}

// FuzzCheck: what is JSON is read to its end or refused, and what passes has no key twice.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{`{"name":"a","cases":[{"bits":["1"]}],"free":{"a":"b"},"number":1e5}`, `[[],{},"\"",null,true,-1]`, `{"a":{"a":1}}`, `{"a":1,"a":2}`, `{"\u0061":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			if Unmarshal(text, &form{}) == nil {
				t.Error("it is no JSON")
			}
			return
		}
		c := &checker{text: text}
		if c.value(nil) == nil && (strings.TrimSpace(string(text[c.at:])) != "" || len(c.path) > 0) {
			t.Errorf("read up to %d, in %q", c.at, c.path)
		}
	})
}

func TestEachLine_IsBounded(t *testing.T) {
	count := 0
	each := func(int, []byte) error { count++; return nil }
	require.NoError(t, EachLine(strings.NewReader("a\n\r\n\nb"), 2, 4, each))
	require.Equal(t, 2, count)
	require.EqualError(t, EachLine(strings.NewReader("a\n\nb\n"), 9, 2, each), "line 3: more than 2 lines")
	require.EqualError(t, EachLine(strings.NewReader("a\nbcdefghijk\n"), 9, 9, each), "line 2: more than 9 bytes")
	require.EqualError(t, EachLine(strings.NewReader("\na"), 9, 9, func(int, []byte) error { return io.ErrNoProgress }), "line 2: "+io.ErrNoProgress.Error())
}
