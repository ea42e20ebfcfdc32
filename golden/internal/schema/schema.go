// Package schema writes the schemas of vector files from the declarations of the catalogue: a
// common one, which every vector file names, and one for each shape that has a loss, to which the
// common one refers and which closes the lists of parameters, conventions and kinds of target.
package schema

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"text/template"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
)

//go:embed *.tmpl
var texts embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"json": marshal,
	"hex":  func(width int) string { return fmt.Sprintf("[0-9a-f]{%d}", width/4) },
	// pattern is that of a list of words.
	"pattern": func(word string) (string, error) { return marshal("^(" + word + "( " + word + ")*)?$") },
	"form":    form,
	"input":   input,
}).ParseFS(texts, "*.tmpl"))

// A shape is a shape of the catalogue with its losses.
type shape struct {
	loss.Shape
	ID     string
	Losses []*loss.Loss
}

// Names lists the losses.
func (s shape) Names() (names []string) {
	for _, l := range s.Losses {
		names = append(names, l.Name)
	}
	return names
}

// Files returns the schemas by their paths below golden/.
func Files() map[string][]byte {
	folder, common := path.Split(golden.SchemaID)
	files := map[string][]byte{}
	var shapes []shape
	for _, s := range loss.Shapes() {
		name := "schema_" + s.Name + ".json"
		one := shape{Shape: s, ID: folder + name}
		for _, l := range loss.All() {
			if l.Shape == s {
				one.Losses = append(one.Losses, l)
			}
		}
		if len(one.Losses) > 0 {
			shapes = append(shapes, one)
			files["v1/"+name] = execute("shape.tmpl", one)
		}
	}
	files["v1/"+common] = execute("common.tmpl", map[string]any{"ID": golden.SchemaID, "Shapes": shapes,
		"Formats": loss.Formats(), "Widths": []int{64, 32, 16}, "Outputs": []string{"value", "grad", "targetGrad", "hess"}, "Reductions": loss.Reductions(), "Classes": loss.Classes()})
	return files
}

// form is the schema of a parameter.
func form(p loss.Param) string {
	value, null := `"$ref": "schema.json#/$defs/hexes"`, `{"type": "null"}`
	if p.Kind == loss.Integer {
		value = `"type": "integer"`
	}
	if p.Optional {
		return `{"anyOf": [{` + value + `}, ` + null + `]}`
	}
	return `{` + value + `}`
}

// input is the schema of an input that has an answer: which of the parts that some loss has are
// there, and which are not.
func input(l *loss.Loss) (string, error) {
	var ways []any // to give a target
	properties := map[string]any{"target": false, "label": false, "weight": !l.VectorValued, "upstream": l.VectorValued}
	for _, k := range l.Targets {
		field := "target"
		if k.Index {
			field = "label"
		}
		properties[field] = true
		ways = append(ways, map[string]any{"required": []string{field}})
	}
	schema := map[string]any{"properties": properties}
	if len(ways) > 0 {
		schema["oneOf"] = ways
	}
	if n := l.Shape.Numbers; n > 1 { // where cols is absent it is 1
		properties["cols"], schema["required"] = map[string]any{"multipleOf": n}, []string{"cols"}
	}
	return marshal(schema)
}

func marshal(v any) (string, error) {
	text, err := json.Marshal(v)
	return string(text), err
}

func execute(name string, data any) []byte {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		panic("schema: " + err.Error()) // a mistake in a template, which the tests execute
	}
	return b.Bytes()
}
