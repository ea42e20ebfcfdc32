package mutants

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
)

// inNarrowPlaces are wrong for few inputs: in one interval, one binade, one entry of a table, at one number.
func inNarrowPlaces() []adversary {
	const vectors = "vectors have few inputs, and none in this place for every loss"
	at := func(name, mechanism string, fits func(l *loss.Loss) bool, d Defect, on ...Switch) adversary {
		return adversary{name: name, museum: "O18", mechanism: mechanism, of: one(fits, d, on...), onlyLaws: vectors}
	}
	const width = 1e-4
	from := func(low float64) Switch { return PredictsFrom(low, low+width) }
	return []adversary{
		at("interval-at-20", "the value is wrong in [20, 20.0001]", realPredicted, wrongValue, from(20)),
		at("interval-below-minus-1", "the gradient is wrong in [-1.0001, -1]", realPredicted, wrongGrad, from(-1-width)),
		at("interval-at-ln2", "the value is wrong in [ln 2, ln 2 + 0.0001]", realPredicted, wrongValue, from(math.Ln2)),
		at("interval-at-log-epsilon", "the value is wrong in an interval of 0.0001 around −log ε of the dtype", realPredicted, wrongValue, func(at Place) bool {
			return math.Abs(at.Predicted()[0]-float64(at.Format.Precision-1)*math.Ln2) < width/2
		}),
		at("interval-at-half", "the value is wrong in [½, 0.5001]", unitPredicted, wrongValue, from(0.5)),
		at("interval-at-clip", "the gradient is wrong in an interval of 1e-9 above 1e-7", unitPredicted, wrongGrad, PredictsFrom(1e-7, 1.01e-7)),
		at("binade-minus-17", "the value is wrong from 2^-17 to 2^-16", anyLoss, wrongValue, Predicts(Binade(-17))),
		at("binade-minus-25", "the gradient is wrong from 2^-25 to 2^-24", anyLoss, wrongGrad, Predicts(Binade(-25))),
		at("binade-4", "the value is wrong from 16 to 32", realPredicted, wrongValue, Predicts(Binade(4))),
		at("leading-bits-179", "the value is wrong where the significand goes on with 10110011", anyLoss, wrongValue, Predicts(LeadingBits(8, 0b10110011))),
		at("leading-bits-29", "the gradient is wrong where the significand goes on with 00011101", anyLoss, wrongGrad, Predicts(LeadingBits(8, 0b00011101))),
		at("table-entry", "the value is wrong for one entry of a table that is indexed by six bits", anyLoss, wrongValue, Predicts(LeadingBits(6, 0b100110))),
		at("exactly-three-quarters", "the gradient is wrong at ¾", anyLoss, wrongGrad, Predicts(func(x float64) bool { return math.Abs(x) == 0.75 })),
		at("target-exactly-a-quarter", "the value is wrong where the target is ¼", unitTarget, wrongValue, Compares(func(y float64) bool { return y == 0.25 })),
		at("target-next-to-1", "the gradient is wrong where the target is next to 1", unitTarget, wrongGrad, Compares(func(y float64) bool { return 0.999 < y && y < 1 })),
		at("subnormal", "the value is wrong for subnormal predictions", anyLoss, wrongLarge, func(at Place) bool {
			x := math.Abs(at.Predicted()[0])
			return 0 < x && x < at.Format.MinNormal()
		}),
	}
}

// wrongLarge is wrong by half: among subnormal numbers less is within an ulp.
var wrongLarge = Items(func(_ Place, value, _ []float64) { off(value, 0.5) })

// exponent is that of the binade of a number.
func exponent(x float64) int {
	if x == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return 1 << 20
	}
	return math.Ilogb(x)
}
