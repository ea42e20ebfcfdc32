package reporting

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/internal/strict"
)

// mostReport is the size in bytes that a report may have. All checks of the suite are
// 2.5 MB, and a failure of each of them with its input is some 40 MB.
const mostReport = 128 << 20

// Read reads a report that Report.WriteJSON wrote. It believes nothing: the report must be
// of conformance.ReportSchema, and its counts, levels and failures must be those of its checks.
func Read(r io.Reader) (*conformance.Report, error) {
	text, err := io.ReadAll(io.LimitReader(r, mostReport+1))
	if err != nil {
		return nil, fmt.Errorf("a report: %w", err)
	}
	report, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("a report: %w", err)
	}
	return report, nil
}

func parse(text []byte) (*conformance.Report, error) {
	if len(text) > mostReport {
		return nil, fmt.Errorf("longer than %d bytes", mostReport)
	}
	if err := strict.Check(text, nil); err != nil { // before a number of millions of digits is looked at
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	object, _ := doc.(map[string]any)
	if version, _ := object["schema"].(string); version != conformance.ReportVersion {
		return nil, fmt.Errorf("schema %q, want %q", version, conformance.ReportVersion)
	}
	schema, err := reportSchema()
	if err != nil {
		return nil, err
	}
	if err := schema.Validate(doc); err != nil {
		return nil, firstComplaint(err)
	}
	report := new(conformance.Report)
	if err := json.Unmarshal(text, report); err != nil {
		return nil, err
	}
	return report, consistent(report)
}

// reportSchema is the compiled conformance.ReportSchema.
var reportSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	const name = "report.schema.json"
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(conformance.ReportSchema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		return nil, err
	}
	return c.Compile(name)
})

// firstComplaint makes one line of what a schema says: where it is, and what is wrong there.
func firstComplaint(err error) error {
	invalid, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return err
	}
	for len(invalid.Causes) > 0 {
		invalid = invalid.Causes[0]
	}
	return fmt.Errorf("at /%s: %s", strings.Join(invalid.InstanceLocation, "/"), invalid.BasicOutput().Error)
}
