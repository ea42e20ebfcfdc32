package formula

import (
	"maps"
	"slices"
)

// A kind of function says how it is applied to vectors.
type kind uint8

const (
	each   kind = iota + 1 // to each element
	reduce                 // to a vector: a number
	row                    // to vectors: a vector
)

// A function is one that every text may use.
type function struct {
	kind  kind
	least int // arguments
	most  int
}

// many is the most arguments of min and max.
const many = 16

// builtin holds the operations that an Algebra computes.
var builtin = map[string]function{
	Negative: {each, 1, 1}, "+": {each, 2, 2}, "-": {each, 2, 2}, "*": {each, 2, 2}, "/": {each, 2, 2}, "^": {each, 2, 2},
	"<": {each, 2, 2}, "<=": {each, 2, 2}, ">": {each, 2, 2}, ">=": {each, 2, 2}, "==": {each, 2, 2}, "!=": {each, 2, 2},
	"exp": {each, 1, 1}, "log": {each, 1, 1}, "log1p": {each, 1, 1}, "expm1": {each, 1, 1}, "sigmoid": {each, 1, 1},
	"softplus": {each, 1, 1}, "sqrt": {each, 1, 1}, "atan": {each, 1, 1}, "abs": {each, 1, 1}, "floor": {each, 1, 1},
	"stop": {each, 1, 1}, "weighed": {each, 2, 2}, "if": {each, 3, 3},
	"min": {reduce, 1, many}, "max": {reduce, 1, many}, // of several arguments: each
	"sum": {reduce, 1, 1}, "prod": {reduce, 1, 1}, "argmax": {reduce, 1, 1}, "logsumexp": {reduce, 1, 1},
	"softmax": {row, 1, 1}, "log_softmax": {row, 1, 1}, "others": {row, 1, 1}, "centred": {row, 2, 2}, "before": {row, 2, 2},
}

// prelude defines the other functions, and the constant pi.
var prelude = MustParse(`
pi = 4 * atan(1)
mean(v) = sum(v) / K
clip(x, low, high) = min(max(x, low), high)
relu(x) = max(x, 0)
log_sigmoid(x) = -softplus(-x)
`)

// Functions returns the names of the functions that every text may use.
func Functions() []string {
	names := slices.Collect(maps.Keys(builtin))
	for _, d := range prelude {
		if d.Params != nil {
			names = append(names, d.Name)
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !word.MatchString(name) })
	slices.Sort(names)
	return names
}
