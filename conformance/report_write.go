package conformance

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// WriteJSON writes the report in the form of ReportSchema.
func (r *Report) WriteJSON(w io.Writer) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return err
	}
	_, err := w.Write(layOut(bytes.TrimSpace(text.Bytes())))
	return err
}

// layOut indents JSON that has no white space between its tokens. A list or an object stands
// on one line where it holds no other and is short, so that a report of many checks has one
// to a line.
func layOut(text []byte) []byte {
	const short = 160 // bytes
	var out bytes.Buffer
	newLine := func(depth int) { out.WriteString("\n" + strings.Repeat("  ", depth)) }
	depth := 0
	for i := 0; i < len(text); {
		n := 1
		switch c := text[i]; c {
		case '"':
			n = stringLength(text[i:])
			out.Write(text[i : i+n])
		case '{', '[':
			if end, flat := span(text[i:]); flat && end <= short {
				n = end
				out.Write(text[i : i+n])
				break
			}
			depth++
			out.WriteByte(c)
			newLine(depth)
		case '}', ']':
			depth--
			newLine(depth)
			out.WriteByte(c)
		case ',':
			out.WriteByte(c)
			newLine(depth)
		case ':':
			out.WriteString(": ")
		default:
			out.WriteByte(c)
		}
		i += n
	}
	out.WriteByte('\n')
	return out.Bytes()
}

// stringLength is the length of the JSON string that text begins with.
func stringLength(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// span is the length of the list or object that text begins with, up to the first one
// inside it: flat says that there is none.
func span(text []byte) (length int, flat bool) {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += stringLength(text[i:]) - 1
		case '{', '[':
			return i, false
		case '}', ']':
			return i + 1, true
		}
	}
	return len(text), false
}
