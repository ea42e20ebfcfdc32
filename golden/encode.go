package golden

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
)

// SchemaID is what every vector file names as its schema, v1/schema.json.
const SchemaID = "https://github.com/lossproof/lossproof/golden/v1/schema.json"

// The shape of a file; encoding/json sees nothing else.
type (
	fileForm struct {
		Schema string      `json:"schema"`
		Loss   string      `json:"loss"`
		DType  string      `json:"dtype"`
		Groups []groupForm `json:"groups"`
	}
	groupForm struct {
		Params      map[string]json.RawMessage `json:"params"`
		Reduction   loss.Reduction             `json:"reduction"`
		Conventions loss.Conventions           `json:"conventions"`
		Cases       []caseForm                 `json:"cases"`
	}
	caseForm struct {
		ID    string   `json:"id"`
		Flags []string `json:"flags"`
		In    inForm   `json:"in"`
		Out   outForm  `json:"out"`
	}
	inForm struct {
		Rows     *int  `json:"rows,omitempty"`
		Cols     *int  `json:"cols,omitempty"`
		Pred     words `json:"pred"`
		Target   words `json:"target,omitzero"`
		Label    words `json:"label,omitzero"`
		Weight   words `json:"weight,omitzero"`
		Upstream words `json:"upstream,omitzero"`
	}
	outForm struct {
		Value      *outputs   `json:"value,omitempty"`
		Grad       *outputs   `json:"grad,omitempty"`
		TargetGrad *outputs   `json:"targetGrad,omitempty"`
		Hess       *outputs   `json:"hess,omitempty"`
		Error      loss.Class `json:"error,omitempty"`
	}
)

// FileName is the path of the vectors of a loss in a format, below golden/.
func FileName(lossName string, f loss.Format) string {
	return fmt.Sprintf("v1/%s.%s.json", lossName, f.Name)
}

// Encode writes the file of one loss in one format. It sorts: groups by reduction,
// parameters and conventions, the cases of a group by id, the flags of a case by name;
// so the bytes depend on the set of vectors and not on their order. There is one case to
// a line. A vector of another loss or format, or one whose numbers the format does not
// hold, is a mistake of the caller and panics.
func Encode(lossName string, f loss.Format, vectors []Vector) []byte {
	groups := map[string][]Vector{}
	heads := map[string]string{}
	for _, v := range vectors {
		if v.Call.Loss != lossName || v.Call.Format != f {
			panic(fmt.Sprintf("golden: %s in the file of %s.%s", v.ID, lossName, f))
		}
		head, key := groupHead(v.Call)
		groups[key] = append(groups[key], v)
		heads[key] = head
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n\"schema\": %q,\n\"loss\": %q,\n\"dtype\": %q,\n\"groups\": [", SchemaID, lossName, f.Name)
	for i, key := range slices.Sorted(maps.Keys(groups)) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n{%s, \"cases\": [", heads[key])
		group := groups[key]
		slices.SortFunc(group, func(a, b Vector) int { return cmp.Compare(a.ID, b.ID) })
		for j, v := range group {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('\n')
			b.Write(mustMarshal(caseOf(v)))
		}
		b.WriteString("\n]}")
	}
	b.WriteString("\n]\n}\n")
	return b.Bytes()
}

// groupHead returns the start of the group that a call belongs to, as it is written,
// and a key that sorts groups: plain ones first.
func groupHead(c loss.Call) (head, key string) {
	c = c.Canonical()
	params := map[string]any{}
	for name := range c.Params {
		params[name] = paramValue(&c, name)
	}
	paramsText, conventionsText := string(mustMarshal(params)), string(mustMarshal(c.Conventions))
	head = fmt.Sprintf("\"params\": %s, \"reduction\": %s, \"conventions\": %s",
		paramsText, mustMarshal(c.Reduction), conventionsText)
	key = fmt.Sprintf("%d %d %s %d %s", slices.Index(loss.Reductions(), c.Reduction),
		len(c.Params), paramsText, len(c.Conventions), conventionsText)
	return head, key
}

// paramValue is a parameter as JSON: null when it is off, whole numbers as numbers, bits
// otherwise.
func paramValue(c *loss.Call, name string) any {
	texts := paramTexts(c, name)
	switch {
	case len(texts) == 0:
		return nil
	case c.WholeParam(name):
		return json.RawMessage(texts[0])
	}
	return words(texts)
}

func caseOf(v Vector) caseForm {
	c := v.Call
	form := caseForm{ID: v.ID, Flags: slices.Sorted(slices.Values(v.Flags)), In: inForm{
		Pred: c.Format.Hexes(c.Pred), Target: c.Format.Hexes(c.Target), Label: labelTexts(c.Label),
		Weight: c.Format.Hexes(c.Weight), Upstream: c.Format.Hexes(c.Upstream),
	}}
	if c.Rows != 1 || c.Cols != 1 {
		form.In.Rows, form.In.Cols = &c.Rows, &c.Cols
	}
	if v.Error != "" {
		form.Out.Error = v.Error
		return form
	}
	form.Out.Value, form.Out.Grad = outputsOf(c.Format, v.Truth.Value), outputsOf(c.Format, v.Truth.Grad)
	if v.Truth.TargetGrad != nil {
		form.Out.TargetGrad = outputsOf(c.Format, v.Truth.TargetGrad)
	}
	if v.Truth.Hess != nil {
		form.Out.Hess = outputsOf(c.Format, v.Truth.Hess)
	}
	return form
}

// mustMarshal writes JSON without escaping < and >, which no browser will see.
func mustMarshal(v any) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("golden: " + err.Error())
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}
