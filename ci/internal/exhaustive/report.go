package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// doubt bounds how far an error that was computed in float64 is from the true one, in ulp.
const doubt = 0x1p-16

// report writes the table: for each row the worst error, as the oracle finds it among the
// worst computed ones. It says whether level 3 holds at all of these.
func report(w io.Writer, s *state, list []entry) (ok bool, err error) {
	byName := map[string]entry{}
	for _, e := range list {
		byName[e.name] = e
	}
	fmt.Fprintf(w, "float32 kernels in %s: value and gradient at every prediction, against the truth", s.Tier)
	if s.Every > 1 {
		fmt.Fprintf(w, "; ONE IN %d PIECES ONLY", s.Every)
	}
	fmt.Fprint(w, "\n\n")
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "kernel\ttarget\toutput\tchecked\tmax ulp\tat prediction\tresult\ttruth\t")
	ok = true
	for _, r := range s.Rows {
		worst, at, truth, err := r.worst(byName[r.Kernel])
		if err != nil {
			return false, err
		}
		verdict := ""
		if !(worst <= 4*(1+truth.Kappa)) {
			verdict, ok = fmt.Sprintf("BEYOND level 3, κ %.3g", truth.Kappa), false
		}
		if len(r.Worst) == keep && float64(r.Worst[keep-1].Error) > worst+doubt {
			verdict, ok = "UNDECIDED: worse ones may not have been kept", false
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%.4f\t%v (%08x)\t%08x\t%v\t%s\n", r.Kernel, r.Target, r.Output, r.Checked, worst,
			math.Float32frombits(at.Bits), at.Bits, at.Result, truth.Rounded, verdict)
	}
	return ok, table.Flush()
}

// worst is the worst error of a row by the oracle.
func (r *row) worst(e entry) (worst float64, at found, truth oracle.Number, err error) {
	if e.name == "" {
		return 0, at, truth, fmt.Errorf("no kernel %s here", r.Kernel)
	}
	if len(r.Worst) == 0 {
		return 0, at, truth, nil
	}
	worst = -1
	for _, f := range r.Worst {
		v, err := e.ask(r, math.Float32frombits(f.Bits))
		if err != nil {
			return 0, at, truth, err
		}
		if exact := math.Abs(conformance.ErrorUlp(ieee.Float32, float64(math.Float32frombits(f.Result)), v)); exact > worst {
			worst, at, truth = exact, f, v
		}
	}
	return worst, at, truth, nil
}

// ask is the oracle's truth about a prediction.
func (e entry) ask(r *row, pred float32) (oracle.Number, error) {
	return e.askIn(ieee.Float32, r.Target, r.Output, float64(pred))
}

func (e entry) askIn(format ieee.Format, target, output string, pred float64) (oracle.Number, error) {
	call := &loss.Call{Loss: e.loss, Params: e.params, Conventions: e.conventions, Format: format, Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{pred}}}
	switch target {
	case "0":
		call.Target = []float64{0}
	case "1":
		call.Target = []float64{1}
	}
	answer, err := oracle.Eval(call)
	if err != nil {
		return oracle.Number{}, fmt.Errorf("%s at %v: %w", e.name, pred, err)
	}
	if output == "value" {
		return answer.Value[0], nil
	}
	return answer.Grad[0], nil
}
