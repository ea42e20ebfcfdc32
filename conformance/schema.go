package conformance

import _ "embed"

// ProtocolSchema is the JSON Schema of every message of LCP/1; PROTOCOL.md says what
// they mean.
//
//go:embed protocol.schema.json
var ProtocolSchema []byte
