package golden_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/golden/internal/lint"
	schemas "github.com/lossproof/lossproof/golden/internal/schema"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/full"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

func TestSuite_Lints(t *testing.T) {
	for _, problem := range lint.Lint(golden.FS) {
		t.Error(problem)
	}
}

func TestManifest_IsInStepWithDataAndSources(t *testing.T) {
	require.NoError(t, lint.CheckManifest(golden.FS, os.DirFS("..")))
	require.NoError(t, lint.CheckManifest(os.DirFS("."), nil), "the files beside what is embedded")
}

func TestManifest_NamesTheFileThatChanged(t *testing.T) {
	files := copyOf(t, golden.FS)
	files["cases/sigmoid.txt"].Data = append(files["cases/sigmoid.txt"].Data, '\n')
	require.ErrorContains(t, lint.CheckManifest(files, nil), "cases/sigmoid.txt is not what")
	files = copyOf(t, golden.FS)
	delete(files, "v1/sigmoid.f32.json")
	require.ErrorContains(t, lint.CheckManifest(files, nil), "v1/sigmoid.f32.json is in MANIFEST.json")
	files = copyOf(t, golden.FS)
	files["v1/another.f32.json"] = &fstest.MapFile{Data: []byte("{}")}
	require.ErrorContains(t, lint.CheckManifest(files, nil), "v1/another.f32.json is not in")
}

func TestManifest_DoesNotMindComments(t *testing.T) {
	module := fstest.MapFS{}
	for _, name := range []string{"golden/gen", "golden/internal", "impl/formula", "impl/oracle", "internal/draw", "internal/ieee", "impl/loss"} {
		copyInto(t, module, os.DirFS(".."), name)
	}
	for _, name := range []string{"encode", "id", "numbers"} {
		copyInto(t, module, os.DirFS(".."), "golden/"+name+".go")
	}
	before, err := lint.SourceDigests(module)
	require.NoError(t, err)
	source := module["internal/ieee/format.go"]
	source.Data = append([]byte("// Another comment.\n\n"), source.Data...)
	after, err := lint.SourceDigests(module)
	require.NoError(t, err)
	require.Equal(t, before, after)
	source.Data = bytes.Replace(source.Data, []byte("Precision: 24"), []byte("Precision: 25"), 1)
	after, err = lint.SourceDigests(module)
	require.NoError(t, err)
	require.NotEqual(t, before, after)
}

// A file system that holds what is packed is one, with any number of losses: TestFS reads every file many times.
func TestPacked_IsAFileSystem(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"MANIFEST.json", "packed/sigmoid.zip", "packed/squared_error.zip", "cases/sigmoid.txt", "v1/schema.json"} {
		data, err := golden.FS.ReadFile(name)
		require.NoError(t, err)
		files[name] = &fstest.MapFile{Data: data}
	}
	require.NoError(t, fstest.TestFS(golden.Packed(files), "MANIFEST.json", "v1/sigmoid.f32.json", "packed/sigmoid.zip", "cases/sigmoid.txt"))
}

func TestPacked_HasOneForm(t *testing.T) {
	files := fstest.MapFS{"v1/b.f32.json": {Data: []byte("b")}, "v1/b.f64.json": {Data: []byte("c")}, "v1/a.f32.json": {}, "flags.json": {}, "v1/schema.json": {}}
	first, err := lint.Pack(files)
	require.NoError(t, err)
	files["v1/b.f32.json"].ModTime = time.Unix(1e9, 0)
	again, err := lint.Pack(files)
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Equal(t, []string{"packed/a.zip", "packed/b.zip"}, slices.Sorted(maps.Keys(first)))
	data := first["packed/b.zip"]
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	require.Len(t, z.File, 2)
}

func TestLint_KnowsALimitOfSize(t *testing.T) {
	require.NoError(t, lint.CheckSize("x", 10, 10))
	require.ErrorContains(t, lint.CheckSize("x", 11, 10), "x has 11 bytes, of 10 at most: shorten")
	files := fstest.MapFS{"packed/a.zip": {Data: make([]byte, lint.MaxPackedBytes+1)}}
	require.ErrorContains(t, errors.Join(lint.Lint(files)...), "packed has")
}

// What is embedded is held against its manifest at each reading.
func TestFS_RefusesWhatTheManifestDoesNotSay(t *testing.T) {
	files := copyOf(t, golden.FS)
	manifest := files["MANIFEST.json"]
	name := []byte(`"v1/sigmoid.f32.json","sha256":"`)
	manifest.Data = bytes.Replace(manifest.Data, name, append(name, '0', '0'), 1)
	packed := golden.Packed(files)
	_, err := packed.ReadFile("v1/sigmoid.f64.json")
	require.NoError(t, err)
	_, err = packed.ReadFile("v1/sigmoid.f32.json")
	require.ErrorContains(t, err, "v1/sigmoid.f32.json: it is not what MANIFEST.json says")
}

func TestSchemas_AreThoseOfTheCatalogue(t *testing.T) {
	written, err := fs.Glob(golden.FS, "v1/schema*.json")
	require.NoError(t, err)
	want := schemas.Files()
	require.ElementsMatch(t, slices.Collect(maps.Keys(want)), written)
	for name, text := range want {
		data, err := golden.FS.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, string(text), string(data), "%s: run go generate ./golden", name)
	}
}

// schema is the common one; the compiler finds the others beside it.
func schema(t *testing.T) *jsonschema.Schema {
	c := jsonschema.NewCompiler()
	names, err := fs.Glob(golden.FS, "v1/schema*.json")
	require.NoError(t, err)
	for _, name := range names {
		data, err := golden.FS.ReadFile(name)
		require.NoError(t, err)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		require.NoError(t, err)
		id := strings.TrimSuffix(golden.SchemaID, "v1/schema.json") + name
		require.Equal(t, id, doc.(map[string]any)["$id"])
		require.NoError(t, c.AddResource(id, doc))
	}
	s, err := c.Compile(golden.SchemaID)
	require.NoError(t, err)
	return s
}

func TestSchema_HoldsForEveryFile(t *testing.T) {
	s := schema(t)
	for i, name := range golden.Files() {
		if !full.Turn(i/4+i, 4) { // of each loss one dtype
			continue
		}
		data, err := golden.FS.ReadFile(name)
		require.NoError(t, err)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		require.NoError(t, err)
		require.NoError(t, s.Validate(doc), name)
	}
}

// oneCase is a file with one case, of which the tests below spoil one part at a time.
const oneCase = `{"schema": "https://github.com/lossproof/lossproof/golden/v1/schema.json", "loss": "squared_error", "dtype": "f32", "groups": [
{"params": {}, "reduction": "none", "conventions": {}, "cases": [
{"id":"ID","flags":["Everyday"],"in":{"pred":"40400000","target":"3f800000"},"out":{"value":{"bits":"40800000","log2kappa":"1.6"},"grad":{"bits":"40800000","log2kappa":"0.6"}}}
]}
]}`

func validCase() string {
	c := loss.Call{Loss: "squared_error", Format: ieee.Float32,
		Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{3}, Target: []float64{1}}}
	return strings.Replace(oneCase, "ID", golden.ID(&c), 1)
}

// spoiled pairs what a mistake replaces with what it says instead. Both the schema and the
// decoder refuse every one, but for those that only the decoder can see.
var spoiled = []struct {
	name, old, new string
	schemaToo      bool
}{
	{"an unknown field of a case", `"flags"`, `"comment":"x","flags"`, true},
	{"an unknown field of the inputs", `"pred"`, `"logits":"3f800000","pred"`, true},
	{"an unknown field of an output", `"log2kappa":"1.6"`, `"log2kappa":"1.6","ulp":"1"`, true},
	{"a number too short", `"pred":"40400000"`, `"pred":"4040"`, true},
	{"a number in capitals", `"target":"3f800000"`, `"target":"3F800000"`, true},
	{"a decimal number", `"target":"3f800000"`, `"target":1.0`, true},
	{"no inputs at all", `"pred":"40400000",`, ``, true},
	{"no outputs at all", `"value":{"bits":"40800000","log2kappa":"1.6"},`, ``, true},
	{"no flags", `["Everyday"]`, `[]`, true},
	{"an unknown parameter", `"params": {}`, `"params": {"nosuch": "3f800000"}`, true},
	{"an unknown reduction", `"none"`, `"mean"`, true},
	{"an unknown convention", `"conventions": {}`, `"conventions": {"tie": "first"}`, true},
	{"an unknown class of error", `{"value":{"bits":"40800000","log2kappa":"1.6"},"grad":{"bits":"40800000","log2kappa":"0.6"}}`, `{"error":"bad"}`, true},
	{"rows without cols", `"pred"`, `"rows":1,"pred"`, true},
	{"another dtype", `"f32"`, `"float32"`, true},
	{"another schema", `golden/v1/schema.json`, `golden/v2/schema.json`, true},
	{"a kappa with two decimals", `"1.6"`, `"1.60"`, true},
	{"a residual of six digits", `"bits":"40800000","log2kappa":"1.6"`, `"bits":"40800000","residual":"0.123456","log2kappa":"1.6"`, false},
	{"a residual above one half", `"bits":"40800000","log2kappa":"1.6"`, `"bits":"40800000","residual":"0.6","log2kappa":"1.6"`, false},
	{"two predictions for one sample", `"pred":"40400000"`, `"pred":"40400000 40400000"`, false},
	{"two values for one sample", `"bits":"40800000","log2kappa":"1.6"`, `"bits":"40800000 40800000"`, false},
	{"an array", `"pred":"40400000"`, `"pred":["40400000"]`, true},
	{"a space too many", `"pred":"40400000"`, `"pred":"40400000 "`, true},
	{"null in place of numbers", `"target":"3f800000"`, `"target":null`, true},
	{"an id of another call", `"pred":"40400000"`, `"pred":"40400001"`, false},
	{"an error that the call does not give", `{"value":{"bits":"40800000","log2kappa":"1.6"},"grad":{"bits":"40800000","log2kappa":"0.6"}}`, `{"error":"target"}`, false},
	{"an answer to a call that is refused", `"target":"3f800000"`, `"target":"7f800000"`, false},
	{"something after the end", "]}\n]}", "]}\n]} {}", false},
	{"a loss that there is not", `"squared_error"`, `"cubed_error"`, true},
	{"a parameter of another loss", `"params": {}`, `"params": {"beta": "3f800000"}`, true},
	{"a convention of another loss", `"conventions": {}`, `"conventions": {"argmax_tie": "last"}`, true},
	{"a class index of a loss that has none", `"target":"3f800000"`, `"label":"0"`, true},
	{"an upstream gradient of one value", `"target":"3f800000"`, `"target":"3f800000","upstream":"3f800000"`, true},
}

func TestDecode_ReadsAValidCase(t *testing.T) {
	vectors, err := golden.Decode([]byte(validCase()))
	require.NoError(t, err)
	require.Len(t, vectors, 1)
	v := vectors[0]
	require.Equal(t, []float64{3}, v.Call.Pred)
	require.Equal(t, []string{"Everyday"}, v.Flags)
	require.Greater(t, v.Truth.Value[0].Kappa, 3.0)
	require.Less(t, v.Truth.Value[0].Kappa, 3.1)
}

func TestDecodeAndSchema_RefuseWhatIsSpoiled(t *testing.T) {
	s := schema(t)
	for _, c := range spoiled {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(validCase(), c.old, c.new, 1)
			require.NotEqual(t, validCase(), text)
			_, err := golden.Decode([]byte(text))
			require.Error(t, err)
			if c.schemaToo {
				doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
				require.NoError(t, err)
				require.Error(t, s.Validate(doc))
			}
		})
	}
}

func TestLint_SeesWhatIsMissing(t *testing.T) {
	files := copyOf(t, golden.FS)
	for name := range files {
		if strings.HasPrefix(name, "v1/") && !strings.Contains(name, "squared_error.") && !strings.Contains(name, "sigmoid.") {
			delete(files, name)
		}
	}
	delete(files, "v1/sigmoid.f32.json")
	files["flags.json"].Data = bytes.Replace(files["flags.json"].Data, []byte(`"name": "Everyday"`), []byte(`"name": "Evening"`), 1)
	files["v1/squared_error.f32.json"].Data = []byte(validCase())
	text := fmt.Sprint(lint.Lint(files))
	for _, want := range []string{
		"v1/sigmoid.f32.json: missing", "no case has the flag Evening", "does not describe Everyday",
		"v1/squared_error.f32.json is not in the form", "v1/squared_error.f32.json: 1 cases",
		"no case with the reduction mean/weight", "no case with a prediction that is NaN",
		"no case with the convention squared_error_factor=1/2",
	} {
		require.Contains(t, text, want)
	}
}

func TestFlags_LinkAndNameMutants(t *testing.T) {
	for _, f := range golden.Flags() {
		for _, m := range f.Mutants {
			require.Regexp(t, `^B\d{3}$`, m, f.Name)
		}
		require.True(t, slices.IsSorted(f.Mutants), f.Name)
	}
}

func TestVectors_OfNoFileAreNone(t *testing.T) {
	vectors, err := golden.Vectors("cubed_error", ieee.Float32)
	require.NoError(t, err)
	require.Empty(t, vectors)
}

func copyOf(t *testing.T, from fs.FS) fstest.MapFS {
	files := fstest.MapFS{}
	copyInto(t, files, from, ".")
	return files
}

func copyInto(t *testing.T, files fstest.MapFS, from fs.FS, dir string) {
	require.NoError(t, fs.WalkDir(from, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(from, name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	}))
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(validCase()))
	for _, c := range spoiled {
		f.Add([]byte(strings.Replace(validCase(), c.old, c.new, 1)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		vectors, err := golden.Decode(data)
		if err != nil || len(vectors) == 0 {
			return
		}
		first := vectors[0].Call
		encoded := golden.Encode(first.Loss, first.Format, vectors)
		require.True(t, json.Valid(encoded))
		again, err := golden.Decode(encoded)
		require.NoError(t, err)
		require.Len(t, again, len(vectors))
		require.Equal(t, encoded, golden.Encode(first.Loss, first.Format, again))
	})
}

// The worked example: both models misclassify one of three samples, and only the
// cross-entropy tells which of them is the better one.
func ExampleVectors() {
	vectors, err := golden.Vectors("categorical_cross_entropy", ieee.Float64)
	if err != nil {
		fmt.Println(err)
		return
	}
	var means []string
	for _, v := range vectors {
		if slices.Contains(v.Flags, "WorkedExample") && v.Call.Reduction == loss.MeanSamples {
			means = append(means, fmt.Sprintf("%.4f", v.Truth.Value[0].Rounded))
		}
	}
	slices.Sort(means)
	fmt.Println(means)
	// Output: [0.6391 1.3784]
}
