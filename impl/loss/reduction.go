package loss

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/internal/choice"
)

// A Reduction turns the values of a batch into one. A mean names its denominator,
// because that is where libraries part:
//
//	none           the values themselves
//	sum            their sum
//	mean/elements  the sum over the number of values, ignored ones included
//	mean/counted   the sum over the number of values that are not ignored
//	mean/samples   the sum over the number of rows of the batch, ignored ones included;
//	               for a pointwise loss a row is a sample and its values are summed
//	mean/weight    the sum over the sum of the weights of what is not ignored, where the
//	               weight of a value is its sample weight times, with class weights w,
//	               w_t for a label t and Σ w_k·y_k for a distribution y: class weights of 1 are
//	               those of none where y sums to 1, and count Σ y_k where it does not
//
// Sample weights and class weights multiply a value under every reduction.
type Reduction string

const (
	None         Reduction = "none"
	Sum          Reduction = "sum"
	MeanElements Reduction = "mean/elements"
	MeanCounted  Reduction = "mean/counted"
	MeanSamples  Reduction = "mean/samples"
	MeanWeight   Reduction = "mean/weight"
)

// Reductions lists them all, none first.
func Reductions() []Reduction {
	return []Reduction{None, Sum, MeanElements, MeanCounted, MeanSamples, MeanWeight}
}

// ReductionNamed checks a name. A bare mean is refused, since it does not say by
// what it divides.
func ReductionNamed(name string) (Reduction, error) {
	if r := Reduction(name); slices.Contains(Reductions(), r) {
		return r, nil
	}
	var names []string
	for _, r := range Reductions() {
		names = append(names, string(r))
	}
	return "", fmt.Errorf("loss: no reduction %q: %s", name, choice.Among(name, names))
}

// Mean reports whether the reduction divides.
func (r Reduction) Mean() bool { return strings.HasPrefix(string(r), "mean/") }
