package conformance

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/subject/lcp"
)

// compiledSchema is a part of the protocol's schema: what the runner or what an adapter writes.
func compiledSchema(t *testing.T, part string) *jsonschema.Schema {
	t.Helper()
	const url = "https://example.org/protocol.schema.json"
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(lcp.Schema))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource(url, doc))
	s, err := c.Compile(url + "#/$defs/" + part)
	require.NoError(t, err)
	return s
}

func requireOfSchema(t *testing.T, s *jsonschema.Schema, line string) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
	require.NoError(t, err, line)
	require.NoError(t, s.Validate(doc), line)
}

// A message is what the tests read of one.
type message struct {
	Type  string
	ID    string
	Cases []message
}

func messageOf(text string) message {
	var m message
	json.Unmarshal([]byte(text), &m) // what is none has no type
	return m
}

func TestProtocol_TheRunnerWritesNeitherSpacesNorEscapes(t *testing.T) {
	var asked bytes.Buffer
	require.NoError(t, Config{}.WriteRequests(&asked))
	require.NotContains(t, asked.String(), " ")
	require.NotContains(t, asked.String(), `\`)
}

// minimalAdapters are the commands of impl/adapters/minimal, built where that is needed.
var minimalAdapters = map[string]func(t *testing.T) *exec.Cmd{
	"python": func(t *testing.T) *exec.Cmd {
		python, err := exec.LookPath("python3")
		if err != nil {
			t.Skip("NOT RUN: there is no python3")
		}
		return exec.Command(python, "../impl/adapters/minimal/adapter.py")
	},
	"c": func(t *testing.T) *exec.Cmd {
		gcc, err := exec.LookPath("gcc")
		if err != nil {
			t.Skip("NOT RUN: there is no gcc")
		}
		program := filepath.Join(t.TempDir(), "adapter")
		out, err := exec.Command(gcc, "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O2", "-o", program, "../impl/adapters/minimal/adapter.c", "-lm").CombinedOutput()
		require.NoError(t, err, "%s", out)
		return exec.Command(program)
	},
}

// Whatever they are asked, theirs to answer or not, what they write is of the schema, and they
// end as they should.
func TestMinimalAdapters_WriteMessagesOfTheSchema(t *testing.T) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	var asked bytes.Buffer
	require.NoError(t, Config{Losses: []string{"squared_error", bce, "cross_entropy", "softmax"}}.WriteRequests(&asked))
	cases := strings.Count(asked.String(), `"id":`)
	schema := compiledSchema(t, "adapter")
	for name, command := range minimalAdapters {
		t.Run(name, func(t *testing.T) {
			adapter := command(t)
			adapter.Stdin = bytes.NewReader(asked.Bytes())
			out, err := adapter.Output()
			require.NoError(t, err)
			answers := 0
			for text := range strings.Lines(string(out)) {
				requireOfSchema(t, schema, text)
				if messageOf(text).Type == "answer" {
					answers++
				}
			}
			require.Equal(t, cases, answers)
			r, err := Config{}.CheckAnswers(t.Context(), bytes.NewReader(asked.Bytes()), bytes.NewReader(out))
			require.NoError(t, err)
			require.NoError(t, r.Err(), failures(r))
			require.Empty(t, r.Warnings)
		})
	}
}
