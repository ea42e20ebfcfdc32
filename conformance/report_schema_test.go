package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"

	"github.com/lossproof/lossproof/properties"
)

var compiledReportSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(ReportSchema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.schema.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("report.schema.json")
})

func reportText(t *testing.T, r *Report) string {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, r.WriteJSON(&text))
	return text.String()
}

// requireValid holds a report to the schema; every report of these tests comes by.
func requireValid(t *testing.T, r *Report) {
	t.Helper()
	schema, err := compiledReportSchema()
	require.NoError(t, err)
	text := reportText(t, r)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	require.NoError(t, schema.Validate(doc))
	var back Report
	require.NoError(t, json.Unmarshal([]byte(text), &back))
	require.Equal(t, text, reportText(t, &back), "what is read is what was written")
	require.Equal(t, fmt.Sprint(r.Err()), fmt.Sprint(back.Err()), "with the same verdict")
}

// The schema names what the package names.
func TestReportSchema_KnowsEveryName(t *testing.T) {
	var schema struct {
		Properties struct {
			Schema struct{ Const string } `json:"schema"`
		}
		Defs map[string]struct {
			Enum       []string
			Properties map[string]struct {
				Enum  []string
				Items struct{ Enum []string }
			}
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(ReportSchema, &schema))
	require.Equal(t, ReportVersion, schema.Properties.Schema.Const)
	var names []string
	for _, l := range append([]Level{NotCallable}, subject.Levels()...) {
		names = append(names, l.String())
	}
	require.Equal(t, names, schema.Defs["level"].Enum)
	possible := schema.Defs["failure"].Properties["outcome"].Enum
	for _, o := range append(subject.Outcomes(), UnexpectedPass) {
		require.Contains(t, possible, string(o))
	}
	require.Len(t, possible, len(subject.Outcomes())+1)
	require.Equal(t, []string{"passed", "failed", "known", "skipped"}, schema.Defs["status"].Enum)
	kinds := []string{loss.Targets{}.String()}
	for _, k := range loss.TargetKinds() {
		kinds = append(kinds, k.Name)
	}
	require.Equal(t, kinds, schema.Defs["capability"].Properties["targets"].Items.Enum)
	var formats []string
	for _, f := range loss.Formats() {
		formats = append(formats, f.Name)
	}
	require.Equal(t, formats, schema.Defs["dtype"].Enum)
}

// A field that the schema does not know, and one that it asks for and misses, is an error
// anywhere in a report.
func TestReportSchema_IsClosed(t *testing.T) {
	r := checked(t, Pointwise(bce, wrongAbove17), Config{Only: both, Checks: 20})
	r.Foreign, r.Incomplete, r.Warnings, r.DeadEntries = 1, "why", []string{"w"}, []string{"d"}
	r.Unchecked = []Unchecked{{bce, "f32", Value, "why"}}
	r.Known = slices.Clone(r.Failures[:1])
	schema, err := compiledReportSchema()
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(reportText(t, r)))
	require.NoError(t, err)
	require.NoError(t, schema.Validate(doc))
	open := []string{"fixed", "environment", "conventions"} // whose fields are names of anything
	objects := 0
	var walk func(name string, v any)
	walk = func(name string, v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v[:min(len(v), 2)] {
				walk(name, x)
			}
		case map[string]any:
			if !slices.Contains(open, name) {
				objects++
				v["surplus"] = 1
				require.Error(t, schema.Validate(doc), name)
				delete(v, "surplus")
			}
			for field, x := range v {
				walk(field, x)
			}
		}
	}
	walk("", doc)
	require.Greater(t, objects, 15)
	object := doc.(map[string]any)
	for _, field := range []string{"schema", "subject", "vectors", "platform", "level", "seed", "tally", "foreign", "rows"} {
		kept := object[field]
		delete(object, field)
		require.Error(t, schema.Validate(doc), field)
		object[field] = kept
	}
	require.NoError(t, schema.Validate(doc))
}

func TestReport_EveryCheckHasARecord(t *testing.T) {
	r := checked(t, Pointwise(bce, wrongAbove17))
	for _, row := range r.Rows {
		require.Len(t, row.Checks, row.Tally.Ran()+row.Tally.Skipped)
		largest := 0.0
		for _, c := range row.Checks {
			require.Equal(t, c.Status == Skipped, c.Level == nil)
			require.Equal(t, c.Status == Skipped, c.Reason != "")
			if c.Max != nil {
				largest = max(largest, math.Abs(float64(*c.Max)))
			}
		}
		require.Equal(t, math.Abs(float64(row.Max)), largest)
	}
	require.Len(t, r.Vectors, 64)
	require.Contains(t, r.Platform, "go1.")
}

// Any text of a failure keeps the report valid JSON of the same meaning.
func TestLayOut(t *testing.T) {
	for from, want := range map[string]string{
		`{}`:                             "{}\n",
		`{"a":[1,2],"b":{"c":"}]\"{["}}`: "{\n  \"a\": [1,2],\n  \"b\": {\"c\":\"}]\\\"{[\"}\n}\n",
		`[[],{"a":[{}]}]`:                "[\n  [],\n  {\n    \"a\": [\n      {}\n    ]\n  }\n]\n",
		`"\\"`:                           "\"\\\\\"\n",
	} {
		require.Equal(t, want, string(layOut([]byte(from))))
	}
	long := `["` + strings.Repeat("x", 200) + `"]`
	require.Equal(t, 3, strings.Count(string(layOut([]byte(long))), "\n"), "a long one is broken")
}

func FuzzLayOut(f *testing.F) {
	f.Add(`{"a":[1,{"b":"\"}"}],"c":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		var compact bytes.Buffer
		if json.Compact(&compact, []byte(text)) != nil {
			return
		}
		var again bytes.Buffer
		if err := json.Compact(&again, layOut(compact.Bytes())); err != nil || again.String() != compact.String() {
			t.Errorf("%s became %s: %v", compact.String(), again.String(), err)
		}
	})
}

func TestReport_LawsOfEveryStatusAreOfTheSchema(t *testing.T) {
	r := checked(t, Pointwise(bce, goodBCE))
	r.addLaws(&properties.Report{Level: 3, Results: []properties.Result{
		{Law: "a", Loss: bce, Format: "f32", Checks: 1}, {Law: "b", Loss: bce, Format: "f32", Skipped: "why"},
		{Law: "c", Loss: bce, Format: "f32"}, {Law: "d", Loss: bce, Format: "f32", Checks: 1, Failure: &properties.Failure{Law: "d", Loss: bce, Format: "f32"}},
	}}, nil)
	requireValid(t, r)
}
