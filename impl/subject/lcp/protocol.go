package lcp

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/printable"
	"github.com/lossproof/lossproof/internal/strict"
)

// Version is the name and version of what the runner speaks; see PROTOCOL.md.
const Version = "LCP/1"

// Schema is the JSON Schema of every message; PROTOCOL.md says what they mean.
//
//go:embed protocol.schema.json
var Schema []byte

// The types of messages.
const (
	typeHello  = "hello"
	typeEcho   = "echo"
	typeEval   = "eval"
	typeAnswer = "answer"
	typeStop   = "stop"
)

// The messages; encoding/json sees nothing else. Those that both sides have differ in
// what they may hold: see protocol.schema.json.
type (
	helloForm struct {
		Type     string `json:"type"`
		Protocol string `json:"protocol"`
	}
	stopForm struct {
		Type string `json:"type"`
	}
	descriptionForm struct {
		helloForm
		subject.Description
	}
	echoForm struct {
		Type  string   `json:"type"`
		DType string   `json:"dtype"`
		Bits  []string `json:"bits"`
	}
	evalForm struct {
		Type        string           `json:"type"`
		Loss        string           `json:"loss"`
		DType       string           `json:"dtype"`
		Params      map[string]any   `json:"params"`
		Reduction   loss.Reduction   `json:"reduction"`
		Conventions loss.Conventions `json:"conventions"`
		Cases       []caseForm       `json:"cases"`
	}
	caseForm struct {
		ID string `json:"id"`
		In inForm `json:"in"`
	}
	inForm struct {
		Rows     int      `json:"rows"`
		Cols     int      `json:"cols"`
		Pred     []string `json:"pred"`
		Target   []string `json:"target,omitzero"`
		Label    []int    `json:"label,omitzero"`
		Weight   []string `json:"weight,omitzero"`
		Upstream []string `json:"upstream,omitzero"`
	}
	answerForm struct {
		Type        string     `json:"type"`
		ID          string     `json:"id"`
		Value       []string   `json:"value,omitzero"`
		Grad        []string   `json:"grad,omitzero"`
		TargetGrad  []string   `json:"targetGrad,omitzero"`
		Hess        []string   `json:"hess,omitzero"`
		Unsupported string     `json:"unsupported,omitempty"`
		Error       *errorForm `json:"error,omitempty"`
	}
	errorForm struct {
		Class   loss.Class `json:"class,omitempty"`
		Message string     `json:"message"`
	}
)

// line writes a message as a line.
func line(message any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(message); err != nil {
		panic("lcp: " + err.Error()) // the forms hold nothing that JSON lacks
	}
	return b.Bytes()
}

// readMessage reads one message strictly: an unknown field, a field twice or in other case, or anything after the
// object is an error.
func readMessage(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return inWords(text, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("something follows the object")
	}
	return strict.Check(text, into)
}

// inWords says in the words of the protocol what a decoder does not like about a message.
func inWords(text []byte, err error) error {
	var form *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax) && bytes.ContainsAny(text, "NI") && barePattern.Match(text):
		return fmt.Errorf("%s stands there as a number: a number is a string of hexadecimal digits, NaN and infinities too", barePattern.FindSubmatch(text)[1])
	case errors.As(err, &syntax):
		return fmt.Errorf("it is no JSON from byte %d on: %v", syntax.Offset, syntax)
	case errors.As(err, &form):
		return malformed(text, form)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the line ends within the object: an object is one line")
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: ")) // unknown field "x"
}

// barePattern finds a number that JSON does not have.
var barePattern = regexp.MustCompile(`[:\[,]\s*(-?(?:NaN|Infinity|inf))`)

// malformed names the first value of a message that is of another type than the protocol's.
func malformed(text []byte, form *json.UnmarshalTypeError) error {
	var fields map[string]any
	if json.Unmarshal(text, &fields) != nil {
		return fmt.Errorf("it is a JSON %s: want an object", form.Value)
	}
	for _, name := range []string{"value", "grad", "targetGrad", "hess", "bits"} {
		list, ok := fields[name].([]any)
		if fields[name] != nil && !ok {
			return fmt.Errorf("%s is a JSON %s: want an array of strings of hexadecimal digits", name, jsonType(fields[name]))
		}
		for i, x := range list {
			if _, ok := x.(string); !ok {
				return fmt.Errorf("%s[%d] is a JSON %s: want a string of hexadecimal digits", name, i, jsonType(x))
			}
		}
	}
	return fmt.Errorf("%s is a JSON %s, which is not its type", form.Field, form.Value)
}

func jsonType(x any) string {
	switch x.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}

// typeOf is the type of a message, and empty where the text is none.
func typeOf(text []byte) string {
	var m struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(text, &m) != nil {
		return ""
	}
	return m.Type
}

// parseHexes reads numbers, and names them in its error.
func parseHexes(f ieee.Format, name string, texts []string) ([]float64, error) {
	xs, err := f.ParseHexes(texts)
	if err != nil {
		return nil, fmt.Errorf("%s%w", name, err)
	}
	return xs, nil
}

// encodeHead is a call without its data, parameters and conventions resolved.
func encodeHead(c *loss.Call) evalForm {
	m := evalForm{Type: typeEval, Loss: c.Loss, DType: c.Format.Name, Params: map[string]any{}, Reduction: c.Reduction, Conventions: loss.Conventions{}}
	if m.Reduction == "" {
		m.Reduction = loss.None
	}
	for name, v := range c.AllParams() {
		switch {
		case len(v) == 0:
			m.Params[name] = nil
		case c.WholeParam(name):
			m.Params[name] = int(v[0])
		default:
			m.Params[name] = c.Format.Hexes(v)
		}
	}
	if decl, err := loss.Named(c.Loss); err == nil {
		for _, convention := range decl.AllConventions() {
			m.Conventions[convention.Name] = convention.Values[0]
		}
	}
	for name, value := range c.Conventions {
		m.Conventions[name] = value
	}
	return m
}

func encodeIn(c *loss.Call) inForm {
	in := inForm{Rows: c.Rows, Cols: c.Cols, Pred: c.Format.Hexes(c.Pred), Target: c.Format.Hexes(c.Target),
		Label: c.Label, Weight: c.Format.Hexes(c.Batch.Weight), Upstream: c.Format.Hexes(c.Upstream)}
	if in.Pred == nil { // an empty batch still has predictions: none
		in.Pred = []string{}
	}
	return in
}

// representable returns the call with its parameters rounded to the dtype, in which
// they are sent: a fixed parameter may have been declared in decimal.
func representable(c *loss.Call) *loss.Call {
	d := *c
	d.Params = loss.Params{}
	for name, v := range c.Params {
		v = slices.Clone(v)
		for i := range v {
			if !c.WholeParam(name) {
				v[i] = c.Format.Round(v[i])
			}
		}
		d.Params[name] = v
	}
	return &d
}

// decodeEval reads what encodeHead and encodeIn wrote, as calls and their ids.
func decodeEval(text []byte) (calls []loss.Call, ids []string, err error) {
	var m struct {
		evalForm
		Params map[string]json.RawMessage `json:"params"`
	}
	if err := readMessage(text, &m); err != nil {
		return nil, nil, err
	}
	f, err := ieee.FormatNamed(m.DType)
	if err != nil || f.Name != m.DType {
		return nil, nil, fmt.Errorf("no dtype %q", m.DType)
	}
	if _, err := loss.Named(m.Loss); err != nil {
		return nil, nil, err
	}
	head := loss.Call{Loss: m.Loss, Format: f, Params: loss.Params{}, Reduction: m.Reduction, Conventions: m.Conventions}
	for name, raw := range m.Params {
		if head.Params[name], err = decodeParam(f, name, raw); err != nil {
			return nil, nil, err
		}
	}
	for _, form := range m.Cases {
		c := head
		c.Rows, c.Cols, c.Label = form.In.Rows, form.In.Cols, form.In.Label
		for _, part := range []struct {
			name string
			into *[]float64
			from []string
		}{{"pred", &c.Pred, form.In.Pred}, {"target", &c.Target, form.In.Target}, {"weight", &c.Batch.Weight, form.In.Weight}, {"upstream", &c.Upstream, form.In.Upstream}} {
			if *part.into, err = parseHexes(f, part.name, part.from); err != nil {
				return nil, nil, fmt.Errorf("%s: %w", form.ID, err)
			}
		}
		calls, ids = append(calls, c), append(ids, form.ID)
	}
	return calls, ids, nil
}

func decodeParam(f ieee.Format, name string, raw json.RawMessage) ([]float64, error) {
	var whole *int
	if json.Unmarshal(raw, &whole) == nil {
		if whole == nil { // null: switched off
			return nil, nil
		}
		return []float64{float64(*whole)}, nil
	}
	var texts []string
	if err := json.Unmarshal(raw, &texts); err != nil {
		return nil, fmt.Errorf("parameter %s: %w", name, err)
	}
	return parseHexes(f, name, texts)
}

// decodeDescription reads the answer to hello.
func decodeDescription(text []byte) (subject.Description, error) {
	var m descriptionForm
	if typeOf(text) != typeHello {
		return subject.Description{}, fmt.Errorf("%s is no answer to %s", quoted(text), typeHello)
	}
	var version helloForm
	if json.Unmarshal(text, &version) == nil && version.Protocol != Version { // before its form: another version may have another
		return subject.Description{}, fmt.Errorf("it speaks the protocol %s: want %q", quoted([]byte(version.Protocol)), Version)
	}
	if err := readMessage(text, &m); err != nil {
		return subject.Description{}, fmt.Errorf("its hello is malformed: %w", err)
	}
	if err := m.Description.Validate(); err != nil {
		return subject.Description{}, fmt.Errorf("its hello: %w", err)
	}
	return m.Description, nil
}

// nullPattern finds a field of an answer that is null. Inside a string the quote before the colon would be escaped.
var nullPattern = regexp.MustCompile(`[{,]\s*"(value|grad|targetGrad|hess|unsupported|error)"\s*:\s*null`)

// decodeAnswer reads an answer whose numbers are still text: their format depends on the
// case.
func decodeAnswer(text []byte) (answerForm, error) {
	var m answerForm
	if err := readMessage(text, &m); err != nil {
		return m, err
	}
	if name := nullPattern.FindSubmatch(text); name != nil {
		return m, fmt.Errorf("%s is null: what there is not is left out", name[1])
	}
	switch said := count(m.Value != nil, m.Unsupported != "", m.Error != nil); {
	case m.Type != typeAnswer:
		return m, fmt.Errorf("a message of type %q: want %q", m.Type, typeAnswer)
	case m.ID == "":
		return m, fmt.Errorf("an answer without an id")
	case said != 1:
		return m, fmt.Errorf("%d of value, unsupported and error: want exactly one", said)
	case m.Value == nil && (m.Grad != nil || m.TargetGrad != nil || m.Hess != nil):
		return m, fmt.Errorf("derivatives without a value")
	case m.Error != nil && m.Error.Class != "" && !slices.Contains(loss.Classes(), m.Error.Class):
		return m, fmt.Errorf("no class of errors %q", m.Error.Class)
	}
	return m, nil
}

func count(claims ...bool) (n int) {
	for _, c := range claims {
		if c {
			n++
		}
	}
	return n
}

// result turns an answer to a call into what Eval returns.
func (m *answerForm) result(c *loss.Call) (*subject.Answer, error) {
	switch {
	case m.Unsupported != "":
		return nil, fmt.Errorf("%w: %s", subject.ErrUnsupported, clipped(m.Unsupported))
	case m.Error != nil:
		return nil, &refusal{m.Error.Class, c.Loss, clipped(m.Error.Message)}
	}
	answer := &subject.Answer{}
	for _, o := range subject.Outputs() {
		numbers, err := parseHexes(c.Format, string(o), *m.part(o))
		if err != nil {
			return nil, &subject.Fault{Outcome: subject.Malformed, Text: err.Error()}
		}
		*answer.Part(o) = numbers
	}
	return answer, nil
}

// part is the bits of an output.
func (m *answerForm) part(o subject.Output) *[]string {
	return map[subject.Output]*[]string{subject.Value: &m.Value, subject.Grad: &m.Grad, subject.TargetGrad: &m.TargetGrad, subject.Hess: &m.Hess}[o]
}

// A refusal is an error that an adapter reports.
type refusal struct {
	class   loss.Class // empty: the adapter does not say
	loss    string
	message string
}

func (r *refusal) Error() string {
	if r.message == "" {
		return "an error without a message"
	}
	return r.message
}

// Unwrap makes the class known, where the adapter says it.
func (r *refusal) Unwrap() error {
	if r.class == "" {
		return nil
	}
	return &loss.Error{Class: r.class, Loss: r.loss, Input: string(r.class), Index: -1, Got: "refused", Want: "what the adapter accepts"}
}

var idPattern = regexp.MustCompile(`"id"\s*:\s*"([!#-~]{1,200})"`)

// idIn finds the id in a line that is no JSON: Python writes NaN where it should not.
func idIn(text []byte) string {
	if found := idPattern.FindSubmatch(text); found != nil {
		return string(found[1])
	}
	return ""
}

// quoted is text of an adapter as a message may hold it.
func quoted(text []byte) string {
	const most = 160 // bytes that tell what it is
	if len(text) > most {
		return fmt.Sprintf("%q... (%d bytes)", text[:most], len(text))
	}
	return fmt.Sprintf("%q", text)
}

// clipped is a sentence of an adapter, bounded.
func clipped(text string) string { return printable.Line(text, 500) }
