package bench

import (
	"testing"

	adapter "github.com/lossproof/lossproof/impl/adapters/kernels"
	"github.com/lossproof/lossproof/impl/kernel"
)

// Every loss that is timed and has a kernel is timed in every tier.
func TestKernels_AreTimed(t *testing.T) {
	has := map[string]bool{}
	for _, c := range adapter.Subject(kernel.Best()).Describe().Capabilities {
		has[c.Loss] = true
	}
	timed := 0
	for _, w := range workloads(smallPointwise, smallRowwise) {
		for _, i := range kernels() {
			if !has[w.Loss] {
				continue
			}
			if i.Float32(w) == nil || i.Float64(w) == nil {
				t.Errorf("%s: no %s", w.Name(i.Name), i.Name)
			}
			timed++
		}
	}
	if timed == 0 {
		t.Error("no kernel is timed")
	}
}
