// Package ieee describes the binary floating-point formats that losses are
// computed in, and gives the few exact operations the rest of the project needs
// on them: bits, rounding, neighbours and units in the last place.
//
// A number of any format is carried in a float64, which holds every value of
// float64, float32, bfloat16 and float16 exactly. The package does no tolerance
// and no comparison with slack; those belong to the judge.
//
// A name or a bit string that is not understood is an error. A value handed to a
// format that does not hold it is a programmer's mistake and panics.
package ieee
