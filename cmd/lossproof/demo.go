package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/lossproof/lossproof/impl/loss"
)

func newDemo() *cobra.Command {
	return &cobra.Command{
		Use:   "demo [detection]",
		Short: "Walks through the example that the project comes from: why cross-entropy; with detection, why boxes are pulled",
		Long: `Walks through the example that the project comes from: which of two models is better, and why cross-entropy and not squared
error. With detection, the losses of boxes and masks: why IoU alone does not teach a box to move, what GIoU, DIoU and CIoU add, what focal
losses do to a hundred thousand easy boxes, and why dice learns from one pixel. Every number is computed by the catalogue.`,
		Args: cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs), ValidArgs: []string{"detection"},
		RunE: func(cmd *cobra.Command, args []string) error {
			w := cmd.OutOrStdout()
			story := classification
			if len(args) > 0 {
				story = detection
			}
			for i, c := range story {
				if i > 0 {
					fmt.Fprintln(w)
				}
				fmt.Fprintf(w, "%d. %s\n\n", i+1, c.title)
				if err := writeFolded(w, func(w io.Writer) error { c.tell(w); return nil }); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// A chapter of a demo.
type chapter struct {
	title  string
	tell   func(io.Writer)
	curves func() (all []*curve, panels []panel) // that a page draws; nil: none
}

// classification is the demo of people and their probabilities.
var classification = []chapter{
	{"Which model is better?", tellModels, modelCurves},
	{"The chain rule has three factors", tellChain, nil},
	{"Where the score is saturated and wrong", tellSaturation, nil},
	{"One valley, or a plain behind a hill", tellConvexity, nil},
	{"Learning from the same bad start", tellLearning, learningCurves},
	{"Turning down the easy examples", tellFocal, nil},
}

// at evaluates a pointwise entry at one number for each target (none: a link of the chain).
func at(name string, params loss.Params, x float64, y ...float64) point {
	call := loss.Call{Loss: name, Params: params, Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{x}}}
	if len(y) > 0 {
		call.Target = y
	}
	decl := must(loss.Named(name))
	if decl.VectorValued {
		call.Upstream = []float64{1}
	}
	r := must(loss.EvalHessian(&call, []float64{1}))
	return point{r.Value[0], r.Grad[0], r.Product[0]}
}

// A point is a value with its first and second derivative.
type point struct{ value, slope, curvature float64 }

// must is for calls that are written in this file: an error is a mistake of ours.
func must[T any](v T, err error) T {
	if err != nil {
		panic("lossproof: " + err.Error())
	}
	return v
}
