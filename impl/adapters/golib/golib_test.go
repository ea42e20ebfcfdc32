package golib

import (
	"context"
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// fromScores is a library that has the reference's cross-entropy, a row at a time, and the mean of it.
func fromScores() *Library {
	l := New("scores", "example.org/scores")
	reference := func(c *loss.Call) (*conformance.Answer, error) {
		return conformance.Reference().Eval(context.Background(), c)
	}
	c := conformance.Capability{Loss: "cross_entropy", Formats: []string{"f64"}, Params: []string{"weight"},
		Outputs: []conformance.Output{conformance.Value, conformance.Grad}, Reductions: []loss.Reduction{loss.None}}
	l.Add(c, Rows(reference))
	c.Reductions = []loss.Reduction{loss.MeanSamples}
	l.Add(c, reference)
	c = conformance.Capability{Loss: "squared_error", Formats: []string{"f64"},
		Outputs: []conformance.Output{conformance.Value, conformance.Grad}, Reductions: []loss.Reduction{loss.None}}
	l.Add(c, Elements(reference))
	return l
}

func TestLibrary_ConformsWhenItsFunctionsDo(t *testing.T) {
	conformance.Run(t, fromScores().Subject(), conformance.Cases("ce.f64.*", "se.f64.*"))
}

// A function is given one row, or one number, of what the runner asks, in order.
func TestRowsAndElements_AskForEachInOrder(t *testing.T) {
	c := &loss.Call{Loss: "cross_entropy", Format: ieee.Float64, Batch: loss.Batch{Rows: 2, Cols: 3,
		Pred: []float64{1, 2, 3, 4, 5, 6}, Label: []int{2, 0}, Weight: []float64{10, 20}}}
	sums := func(c *loss.Call) (*conformance.Answer, error) {
		sum := 0.0
		for _, x := range c.Pred {
			sum += x
		}
		return &conformance.Answer{Value: []float64{sum + c.Weight[0] + 100*float64(c.Label[0])}, Grad: c.Pred}, nil
	}
	a, err := Rows(sums)(c)
	require.NoError(t, err)
	require.Equal(t, &conformance.Answer{Value: []float64{216, 35}, Grad: []float64{1, 2, 3, 4, 5, 6}}, a)

	c = &loss.Call{Loss: "squared_error", Format: ieee.Float64, Batch: loss.Batch{Rows: 2, Cols: 2,
		Pred: []float64{1, 2, 3, 4}, Target: []float64{5, 6, 7, 8}}}
	a, err = Elements(func(c *loss.Call) (*conformance.Answer, error) {
		require.Equal(t, []int{1, 1}, []int{c.Rows, c.Cols})
		return &conformance.Answer{Value: []float64{10*c.Pred[0] + c.Target[0]}}, nil
	})(c)
	require.NoError(t, err)
	require.Equal(t, &conformance.Answer{Value: []float64{15, 26, 37, 48}}, a)
}

// A panic is a refusal, and one of a row refuses the whole call.
func TestLibrary_TakesAPanicAsARefusal(t *testing.T) {
	l := New("panics", "example.org/panics")
	l.Add(conformance.Capability{Loss: "sigmoid", Formats: []string{"f64"}, Outputs: []conformance.Output{conformance.Value}},
		Elements(func(c *loss.Call) (*conformance.Answer, error) {
			if c.Pred[0] == 2 {
				panic("no twos")
			}
			return &conformance.Answer{Value: c.Pred}, nil
		}))
	ask := func(xs ...float64) (*conformance.Answer, error) {
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

// An adapter is a module of its own, and go builds it only where it names what this module's packages
// import, at the same version; the tests of this module do not build it.
func TestModules_RequireWhatTheyImport(t *testing.T) {
	output := func(arg ...string) []byte {
		out, err := exec.Command("go", arg...).Output()
		require.NoError(t, err)
		return out
	}
	needed := strings.Fields(string(output("list", "-deps", "-f", `{{with .Module}}{{if not .Main}}{{.Path}}@{{.Version}}{{end}}{{end}}`, ".")))
	slices.Sort(needed)
	needed = slices.Compact(needed)
	require.NotEmpty(t, needed)
	files, err := filepath.Glob("../*/go.mod")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		var module struct {
			Require []struct{ Path, Version string }
		}
		require.NoError(t, json.Unmarshal(output("mod", "edit", "-json", file), &module))
		var has []string
		for _, r := range module.Require {
			has = append(has, r.Path+"@"+r.Version)
		}
		require.Subset(t, has, needed, "%s: run go mod tidy there", file)
	}
}
