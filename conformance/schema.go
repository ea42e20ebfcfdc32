package conformance

import _ "embed"

// ReportSchema is the JSON Schema of a report.
//
//go:embed report.schema.json
var ReportSchema []byte
