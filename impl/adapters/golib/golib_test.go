package golib

import (
	"context"
	"go/parser"
	"go/token"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

// fromScores is a library that has the reference's cross-entropy, a row at a time, and the mean of it.
func fromScores() *Library {
	l := New("scores", "example.org/scores")
	reference := func(c *loss.Call) (*subject.Answer, error) {
		return conformance.Reference().Eval(context.Background(), c)
	}
	c := subject.Capability{Loss: "cross_entropy", Formats: []string{"f64"}, Params: []string{"weight"},
		Outputs: []subject.Output{subject.Value, subject.Grad}, Reductions: []loss.Reduction{loss.None}}
	l.Add(c, Rows(reference))
	c.Reductions = []loss.Reduction{loss.MeanSamples}
	l.Add(c, reference)
	c = subject.Capability{Loss: "squared_error", Formats: []string{"f64"},
		Outputs: []subject.Output{subject.Value, subject.Grad}, Reductions: []loss.Reduction{loss.None}}
	l.Add(c, Elements(reference))
	return l
}

func TestLibrary_ConformsWhenItsFunctionsDo(t *testing.T) {
	conformance.Config{Cases: []string{"ce.f64.*", "se.f64.*"}}.Run(t, fromScores().Subject())
}

// A function is given one row, or one number, of what the runner asks, in order.
func TestRowsAndElements_AskForEachInOrder(t *testing.T) {
	c := &loss.Call{Loss: "cross_entropy", Format: ieee.Float64, Batch: loss.Batch{Rows: 2, Cols: 3,
		Pred: []float64{1, 2, 3, 4, 5, 6}, Label: []int{2, 0}, Weight: []float64{10, 20}}}
	sums := func(c *loss.Call) (*subject.Answer, error) {
		sum := 0.0
		for _, x := range c.Pred {
			sum += x
		}
		return &subject.Answer{Value: []float64{sum + c.Weight[0] + 100*float64(c.Label[0])}, Grad: c.Pred}, nil
	}
	a, err := Rows(sums)(c)
	require.NoError(t, err)
	require.Equal(t, &subject.Answer{Value: []float64{216, 35}, Grad: []float64{1, 2, 3, 4, 5, 6}}, a)

	c = &loss.Call{Loss: "squared_error", Format: ieee.Float64, Batch: loss.Batch{Rows: 2, Cols: 2,
		Pred: []float64{1, 2, 3, 4}, Target: []float64{5, 6, 7, 8}}}
	a, err = Elements(func(c *loss.Call) (*subject.Answer, error) {
		require.Equal(t, []int{1, 1}, []int{c.Rows, c.Cols})
		return &subject.Answer{Value: []float64{10*c.Pred[0] + c.Target[0]}}, nil
	})(c)
	require.NoError(t, err)
	require.Equal(t, &subject.Answer{Value: []float64{15, 26, 37, 48}}, a)
}

// A panic is a refusal, and one of a row refuses the whole call.
func TestLibrary_TakesAPanicAsARefusal(t *testing.T) {
	l := New("panics", "example.org/panics")
	l.Add(subject.Capability{Loss: "sigmoid", Formats: []string{"f64"}, Outputs: []subject.Output{subject.Value}},
		Elements(func(c *loss.Call) (*subject.Answer, error) {
			if c.Pred[0] == 2 {
				panic("no twos")
			}
			return &subject.Answer{Value: c.Pred}, nil
		}))
	ask := func(xs ...float64) (*subject.Answer, error) {
		return l.Subject().Eval(context.Background(), &loss.Call{Loss: "sigmoid", Format: ieee.Float64,
			Batch: loss.Batch{Rows: len(xs), Cols: 1, Pred: xs}})
	}
	a, err := ask(1, 2, 3)
	require.Nil(t, a)
	require.EqualError(t, err, "panic: no twos")
	a, err = ask(1, 3)
	require.NoError(t, err)
	require.Equal(t, []float64{1, 3}, a.Value)
}

// A version that is not known is not made up.
func TestLibrary_SaysWhatItIs(t *testing.T) {
	d := fromScores().Subject().Describe()
	require.NoError(t, d.Validate())
	require.Equal(t, "scores", d.Name)
	require.Empty(t, d.Version)
	require.Equal(t, "cpu", d.Environment["device"])
}

func TestPerClass_RepeatsOneNumber(t *testing.T) {
	c := &loss.Call{Params: loss.Params{"all": {2}, "each": {1, 2, 3}, "off": nil}, Batch: loss.Batch{Cols: 3}}
	require.Equal(t, []float64{2, 2, 2}, PerClass(c, "all"))
	require.Equal(t, []float64{1, 2, 3}, PerClass(c, "each"))
	require.Nil(t, PerClass(c, "off"))
}

func TestNarrow_LosesNothing(t *testing.T) {
	xs := []float64{math.Copysign(0, -1), 1e-45, math.MaxFloat32, math.Inf(-1), 0.1}
	xs[1], xs[4] = float64(float32(xs[1])), float64(float32(xs[4]))
	back := Widen(Narrow[float32](xs))
	require.True(t, slices.EqualFunc(xs, back, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) }), back)
}

// An adapter is a module of its own, and its go.mod must name every module that it links. What it
// imports of this one needs no other, and lies below the rooms that judge.
func TestGolib_NeedsNoOtherModuleAndNoRoomAboveImpl(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", `{{with .Module}}{{.Path}} {{$.ImportPath}}{{end}}`, ".").Output()
	require.NoError(t, err)
	const module = "github.com/lossproof/lossproof"
	ours := 0
	for line := range strings.Lines(string(out)) {
		of, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		require.Equal(t, module, of, "%s is of another module", path)
		room := strings.TrimPrefix(path, module+"/")
		require.True(t, strings.HasPrefix(room, "impl/") || strings.HasPrefix(room, "internal/"), room)
		ours++
	}
	require.Greater(t, ours, 3)
}

// Adapters import of this module what golib is made of, and nothing of the rooms above.
func TestAdapters_ImportNoRoomAboveImpl(t *testing.T) {
	files, err := filepath.Glob("../*/*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range f.Imports {
			room, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), "github.com/lossproof/lossproof/")
			require.True(t, !ours || strings.HasPrefix(room, "impl/") || strings.HasPrefix(room, "internal/"), "%s imports %s", file, room)
		}
	}
}
