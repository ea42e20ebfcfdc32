package loss

import "fmt"

// A Class names what is wrong with an input. The names are part of the golden
// vectors, where they stand for the outcome of bad input.
type Class string

const (
	BadPrediction Class = "prediction" // a prediction lies outside its domain
	BadTarget     Class = "target"     // a target number lies outside its domain
	BadLabel      Class = "label"      // a class index lies outside 0 ≤ t < K, and is not ignored
	BadWeight     Class = "weight"     // a sample weight is negative or not finite
	BadParameter  Class = "parameter"  // a parameter is unknown, or outside its domain
	BadConvention Class = "convention" // a convention is unknown, or not on its closed list
	BadReduction  Class = "reduction"  // a reduction that the loss does not have
	BadShape      Class = "shape"      // lengths that do not fit together, a target of another kind
	EmptyMean     Class = "empty_mean" // a mean over nothing, under the convention empty_mean=error
)

// An Error is the outcome of bad input. It names the loss, the input with the
// index of the number, the number, and what was wanted instead.
type Error struct {
	Class Class
	Loss  string
	Input string // the input's name: prediction, target, a parameter's name
	Index int    // its flat index, or −1 where there is none
	Got   string
	Want  string
}

func (e *Error) Error() string {
	at := e.Input
	if e.Index >= 0 {
		at = fmt.Sprintf("%s[%d]", e.Input, e.Index)
	}
	return fmt.Sprintf("%s: %s = %s: want %s", e.Loss, at, e.Got, e.Want)
}

// Classes lists every class of errors.
func Classes() []Class {
	return []Class{BadPrediction, BadTarget, BadLabel, BadWeight, BadParameter, BadConvention, BadReduction, BadShape, EmptyMean}
}
