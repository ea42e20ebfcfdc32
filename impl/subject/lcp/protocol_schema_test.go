package conformance

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

const protocolSchemaID = "https://github.com/lossproof/lossproof/conformance/protocol.schema.json"

// compiledSchema is a part of the schema: what the runner or what an adapter writes.
func compiledSchema(t *testing.T, part string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(ProtocolSchema))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource(protocolSchemaID, doc))
	s, err := c.Compile(protocolSchemaID + "#/$defs/" + part)
	require.NoError(t, err)
	return s
}

func requireOfSchema(t *testing.T, s *jsonschema.Schema, line string) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
	require.NoError(t, err, line)
	require.NoError(t, s.Validate(doc), line)
}

// messagesOfThePage are the messages that PROTOCOL.md shows, one to a line.
func messagesOfThePage(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("PROTOCOL.md")
	require.NoError(t, err)
	messages := regexp.MustCompile(`(?m)^\{"type":.*\}$`).FindAllString(string(page), -1)
	require.GreaterOrEqual(t, len(messages), 7)
	return messages
}

func TestProtocol_TheMessagesOfThePageAreOfTheSchema(t *testing.T) {
	runner, adapter := compiledSchema(t, "runner"), compiledSchema(t, "adapter")
	for _, m := range messagesOfThePage(t) {
		ofAdapter := strings.Contains(m, `"type":"answer"`) || strings.Contains(m, "capabilities")
		requireOfSchema(t, map[bool]*jsonschema.Schema{true: adapter, false: runner}[ofAdapter], m)
	}
}

func TestProtocol_TheSchemaIsClosed(t *testing.T) {
	any := compiledSchema(t, "runner")
	adapter := compiledSchema(t, "adapter")
	for _, m := range messagesOfThePage(t) {
		spoilt := strings.Replace(m, "{", `{"surplus":1,`, 1)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(spoilt))
		require.NoError(t, err)
		require.Error(t, any.Validate(doc), spoilt)
		require.Error(t, adapter.Validate(doc), spoilt)
	}
	for _, m := range []string{
		`{"type":"answer","id":"a/1"}`,
		`{"type":"answer","id":"a/1","grad":[]}`,
		`{"type":"answer","id":"a/1","value":["3f800000"],"unsupported":"both"}`,
		`{"type":"answer","id":"a/1","value":"3f800000"}`,
		`{"type":"answer","id":"a/1","value":[1]}`,
		`{"type":"answer","id":"a/1","value":["nan"]}`,
		`{"type":"answer","id":"a/1","value":["3F800000"]}`,
		`{"type":"answer","id":"","value":[]}`,
		`{"type":"answer","id":"a/1","error":{"class":"bad","message":""}}`,
		`{"type":"echo","dtype":"f32","bits":["3ff0000000000000"]}`,
		`{"type":"hello","protocol":"LCP/2","name":"a","capabilities":[{"loss":"sigmoid","formats":["f32"],"outputs":["value"]}]}`,
	} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(m))
		require.NoError(t, err)
		require.Error(t, adapter.Validate(doc), m)
	}
	for _, m := range []string{
		`{"type":"eval","loss":"sigmoid","dtype":"f32","params":{},"reduction":"none","conventions":{},"cases":[{"id":"a","in":{"rows":1,"cols":1,"pred":["3c00"]}}]}`,
		`{"type":"eval","loss":"sigmoid","dtype":"f16","params":{"p":["3f800000"]},"reduction":"none","conventions":{},"cases":[{"id":"a","in":{"rows":1,"cols":1,"pred":["3c00"]}}]}`,
	} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(m))
		require.NoError(t, err)
		require.Error(t, any.Validate(doc), m)
	}
}

func TestProtocol_TheRunnerWritesNeitherSpacesNorEscapes(t *testing.T) {
	var asked bytes.Buffer
	require.NoError(t, WriteRequests(&asked))
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
	require.NoError(t, WriteRequests(&asked, Losses("squared_error", bce, "cross_entropy", "softmax")))
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
				if typeOf([]byte(text)) == typeAnswer {
					answers++
				}
			}
			require.Equal(t, cases, answers)
			r, err := CheckAnswers(t.Context(), bytes.NewReader(asked.Bytes()), bytes.NewReader(out))
			require.NoError(t, err)
			require.NoError(t, r.Err(), failures(r))
			require.Empty(t, r.Warnings)
		})
	}
}
