package conformance

import _ "embed"

// ProtocolSchema is the JSON Schema of every message of LCP/1; PROTOCOL.md says what
// they mean.
//
//go:embed protocol.schema.json
var ProtocolSchema []byte

// ReportSchema is the JSON Schema of a report.
//
//go:embed report.schema.json
var ReportSchema []byte
