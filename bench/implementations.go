package bench

import (
	"unsafe"

	"github.com/lossproof/lossproof/bench/internal/roofline"
	"github.com/lossproof/lossproof/bench/internal/scalar"
	"github.com/lossproof/lossproof/bench/internal/workload"
	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
)

// implementations lists what is timed. Each does the workloads that it can.
func implementations() []workload.Implementation {
	list := append(kernels(), reference, scalar.Implementation())
	if tiers := roofline.Tiers(); len(tiers) > 0 {
		list = append(list, rooflineOf(tiers[0]))
	}
	return list
}

// reference is the float64 reference of the catalogue, which is made to be read and to
// be exact, and takes its time: microseconds for an element. Only small workloads.
var reference = workload.Implementation{
	Name:    "reference",
	Level:   conformance.Accurate,
	Float32: func(workload.Workload) func(*workload.Arrays[float32]) { return nil },
	Float64: func(w workload.Workload) func(*workload.Arrays[float64]) {
		const most = 4096
		if w.Elements() > most || w.Op != workload.SumGrad {
			return nil
		}
		return func(a *workload.Arrays[float64]) {
			got, err := loss.Eval(&loss.Call{Loss: w.Loss, Format: w.Format, Params: w.Params, Reduction: loss.Sum,
				Batch: loss.Batch{Rows: w.Rows, Cols: w.Cols, Pred: a.Pred, Target: a.Target, Label: a.Label}})
			if err != nil {
				panic(err) // the inputs are in the domain
			}
			a.Sum = got.Value[0]
			copy(a.Grad, got.Grad)
		}
	},
}

// rooflineOf moves the arrays of a workload and computes nothing.
func rooflineOf(t roofline.Tier) workload.Implementation {
	return workload.Implementation{Name: rooflineName, Float32: move[float32](t), Float64: move[float64](t)}
}

const rooflineName = "roofline"

func move[T workload.Float](t roofline.Tier) func(workload.Workload) func(*workload.Arrays[T]) {
	return func(w workload.Workload) func(*workload.Arrays[T]) {
		if !t.Has(w.Traffic()) {
			return nil
		}
		var in, out [2][]byte
		return func(a *workload.Arrays[T]) {
			reads, writes := 0, 0
			for _, array := range [2][]T{a.Pred, a.Target} {
				if array != nil {
					in[reads] = bytesOf(array)
					reads++
				}
			}
			for _, array := range [2][]T{a.Value, a.Grad} {
				if len(array) == len(a.Pred) {
					out[writes] = bytesOf(array)
					writes++
				}
			}
			t.Pass(in[:reads], out[:writes])
		}
	}
}

func bytesOf[T workload.Float](array []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(array))), len(array)*int(unsafe.Sizeof(array[0])))
}
