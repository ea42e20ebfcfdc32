package bench

import (
	"github.com/lossproof/lossproof/bench/internal/workload"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// entries are the losses that are timed, with their parameters.
var entries = []struct {
	loss   string
	params loss.Params
}{
	{"squared_error", nil},
	{"absolute_error", nil},
	{"huber", nil},
	{"smooth_l1", nil},
	{"squared_error_with_logits", nil},
	{"binary_cross_entropy", nil},
	{"binary_cross_entropy_with_logits", nil},
	{"sigmoid_focal", nil}, // γ = 2, which has a path of its own in most libraries
	{"sigmoid_focal", loss.Params{"gamma": {1.5}}},
	{"quality_focal", nil},
	{"varifocal", nil},
	{"gaussian_focal_with_logits", nil},
	{"sigmoid", nil},
	{"softplus", nil},
	{"cross_entropy", nil},
	{"softmax_focal", nil},
	{"softmax", nil},
	{"log_softmax", nil},
	{"iou", nil},
	{"giou", nil},
	{"diou", nil},
}

// A size is a number of rows and of classes; pointwise losses have one class.
type size struct{ rows, cols int }

var (
	// The arrays of these lie in the first cache, in the second, and in memory.
	pointwiseSizes = []size{{1 << 10, 1}, {1 << 16, 1}, {1 << 24, 1}}
	// A few classes, a detector's, a classifier's, and the vocabulary of a language model.
	rowwiseSizes = []size{{4096, 10}, {4096, 80}, {4096, 1000}, {256, 50257}}
	sharedSizes  = append([]size{{1 << 22, 1}}, rowwiseSizes...)
	// Of odd lengths, for tests.
	smallPointwise = []size{{1, 1}, {9001, 1}}
	smallRowwise   = []size{{1, 2}, {67, 10}, {33, 81}}
	// Of odd lengths too, and of so many blocks that workers share them.
	smallShared = []size{{100_003, 1}, {1103, 81}}
)

// workloads lists every entry, op, dtype and size.
func workloads(pointwise, rowwise []size) []workload.Workload {
	var list []workload.Workload
	for _, e := range entries {
		w := workload.Workload{Loss: e.loss, Params: e.params}
		for _, w.Op = range w.Ops() {
			for _, w.Format = range []ieee.Format{ieee.Float32, ieee.Float64} {
				sizes := pointwise
				if w.Decl().Shape.Many() {
					sizes = rowwise
				}
				for _, s := range sizes {
					w.Rows, w.Cols = s.rows, s.cols
					if n := w.Decl().Shape.Numbers; n > 1 { // as many numbers in all, at least one item
						w.Rows, w.Cols = (s.rows+n-1)/n, n
					}
					list = append(list, w)
				}
			}
		}
	}
	return list
}

// shared are workloads that are split among workers, as many as may run at once: a kernel of
// each kind at the sizes that it can have.
func shared(sizes []size, most int) []workload.Workload {
	var list []workload.Workload
	for workers := 1; workers <= most; workers *= 2 {
		for _, f := range []ieee.Format{ieee.Float32, ieee.Float64} {
			for _, w := range []workload.Workload{
				{Loss: "binary_cross_entropy_with_logits", Op: workload.SumGrad},
				{Loss: "cross_entropy", Op: workload.SumGrad},
				{Loss: "softmax", Op: workload.Value},
			} {
				for _, s := range sizes {
					if (s.cols > 1) == (w.Decl().Shape.Many()) {
						w.Format, w.Rows, w.Cols, w.Workers = f, s.rows, s.cols, workers
						list = append(list, w)
					}
				}
			}
		}
	}
	return list
}
