package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
)

func TestDemo_TellsTheWorkedExample(t *testing.T) {
	out := lossproof("demo")
	require.Equal(t, conforms, out.code, out.stderr)
	requireGolden(t, "demo.txt", out.stdout)
}

// The means of the example are known in closed form: 1/3 for both; 2.42/3 and 1.02/3; and
// −(2·log 0.4 + log 0.1)/3 and −(2·log 0.7 + log 0.3)/3, which mpmath 1.3.0 gives to any digits.
func TestDemo_TheMeansAreThoseOfTheExample(t *testing.T) {
	for _, c := range []struct {
		name  string
		means [2]string
	}{
		{"classification_error", [2]string{"0.333333333333", "0.333333333333"}},
		{"squared_error", [2]string{"0.806666666667", "0.340000000000"}},
		{"categorical_cross_entropy", [2]string{"1.378388852247", "0.639107564068"}},
	} {
		for model, want := range c.means {
			require.Equal(t, want, fixed(judge(c.name, model, loss.MeanSamples)[0], 12), "%s of model %d", c.name, model+1)
		}
	}
}

func TestDemo_SquaredErrorStartsSlowly(t *testing.T) {
	slow, fast := learn(squared, -6, 1, 0.5, 568), learn(entropy, -6, 1, 0.5, 568)
	require.Less(t, slow[100], 0.01, "a hundred steps and hardly moved")
	require.Greater(t, fast[100], 0.95)
	require.Greater(t, slow[568], 0.8, "it does learn in the end")
}

func TestDemo_TellsOfBoxes(t *testing.T) {
	out := lossproof("demo", "detection")
	require.Equal(t, conforms, out.code, out.stderr)
	requireGolden(t, "demo_detection.txt", out.stdout)
}

func TestDemo_OnlyIoULeavesABoxWhereItIs(t *testing.T) {
	overlap := func(name string) float64 {
		path := pull(name, startBox, targetBox, pullRate, pullSteps)
		s, _ := of("iou", nil, path[len(path)-1], targetBox)
		return 1 - s
	}
	require.Equal(t, startBox, pull("iou", startBox, targetBox, pullRate, pullSteps)[pullSteps])
	for _, name := range pulling[1:] {
		require.Greater(t, overlap(name), 0.75, name)
	}
}
