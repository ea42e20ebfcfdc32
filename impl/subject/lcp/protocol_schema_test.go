package lcp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

const schemaID = "https://github.com/lossproof/lossproof/impl/subject/lcp/protocol.schema.json"

// compiledSchema is a part of the schema: what the runner or what an adapter writes.
func compiledSchema(t *testing.T, part string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource(schemaID, doc))
	s, err := c.Compile(schemaID + "#/$defs/" + part)
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

// What the schema lists the catalogue declares; names of losses, parameters and conventions it does not list.
func TestProtocol_TheSchemaListsWhatIsDeclared(t *testing.T) {
	var schema struct {
		Defs map[string]struct {
			Enum       []string
			Properties map[string]struct {
				Items      struct{ Enum []string }
				Properties map[string]struct{ Enum []string }
			}
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(Schema, &schema))
	kinds := []string{loss.Targets{}.String()}
	for _, k := range loss.TargetKinds() {
		kinds = append(kinds, k.Name)
	}
	require.Equal(t, kinds, schema.Defs["capability"].Properties["targets"].Items.Enum)
	require.Equal(t, texts(loss.Formats()), schema.Defs["dtype"].Enum)
	require.Equal(t, texts(loss.Reductions()), schema.Defs["reduction"].Enum)
	require.Equal(t, texts(loss.Classes()), schema.Defs["answer"].Properties["error"].Properties["class"].Enum)
}

func texts[T any](xs []T) (all []string) {
	for _, x := range xs {
		all = append(all, fmt.Sprint(x))
	}
	return all
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

// The numbers of the page's table of denominators are those of the catalogue.
func TestPage_TheDenominatorsAreTheCatalogues(t *testing.T) {
	page, err := os.ReadFile("PROTOCOL.md")
	require.NoError(t, err)
	shown := regexp.MustCompile(`(?m)^\| of 2 × 3 points.* \| ([\d, ]+) \| ([\d, ]+) \| ([\d, ]+) \|$`).FindStringSubmatch(string(page))
	require.NotNil(t, shown)
	filled := func(n int) []float64 { return slices.Repeat([]float64{0.25}, n) }
	weights := []float64{1, 2, 4}
	for k, call := range []loss.Call{
		{Loss: "binary_cross_entropy_with_logits", Batch: loss.Batch{Rows: 2, Cols: 3, Pred: filled(6), Target: filled(6), Weight: []float64{1, 2, 3, 4, 5, 6}}},
		{Loss: "cross_entropy", Params: loss.Params{"ignore_index": {-100}, "weight": {2, 3, 1, 1}},
			Batch: loss.Batch{Rows: 3, Cols: 4, Pred: filled(12), Label: []int{0, 1, -100}, Weight: weights}},
		{Loss: "cross_entropy", Batch: loss.Batch{Rows: 3, Cols: 4, Pred: filled(12), Target: filled(12), Weight: weights}},
	} {
		var got []string
		for _, r := range loss.Reductions()[1:] {
			call.Reduction = r
			plan, err := call.Plan()
			require.NoError(t, err)
			got = append(got, fmt.Sprint(plan.Denominator()))
		}
		require.Equal(t, shown[k+1], strings.Join(got, ", "))
	}
}
