package mutants

import "strings"

// equivalents proves machine-made mutants equivalent: no input shows them wrong. A
// mutant that merely nobody has killed yet does not belong here.
var equivalents = proven(map[string][]string{
	// They differ at x = ±0 only. There exp(−|x|) is exactly 1, which is what the other
	// branch holds: the same bits.
	"both branches are 1 at zero": {
		"binary_cross_entropy_with_logits/bound/sigmoid: x < 0 ⇒ x <= 0",
		"log_sigmoid/bound/sigmoid: x < 0 ⇒ x <= 0",
		"sigmoid/bound/value: z < 0 ⇒ z <= 0",
		"sigmoid_focal/bound/sigmoid: x < 0 ⇒ x <= 0",
		"softplus/bound/sigmoid: x < 0 ⇒ x <= 0",
		"squared_error_with_logits/bound/sigmoid: x < 0 ⇒ x <= 0",
	},
	// They differ for 0 ≤ x < 2^-20 only. grad takes sigmoid(z) and sigmoid(−z) where
	// |z| ≥ ½, and the form near 0 elsewhere; value has no sigmoid. The number that
	// differs is computed and not used: the same bits.
	"the function is not used there": {
		"binary_cross_entropy_with_logits/constant/sigmoid: 0 ⇒ 9.5367431640625e-07",
	},
	// One point changes sides: the one where the two algorithms meet. Let B(x) be the
	// error bound of the algorithm that it changes to, in units of (1+κ) ulp, from the
	// roundings of its operations. On the way to the point from the algorithm's own side,
	// with all weights held, B is continuous: a rational function of exponentials of the
	// logits, of the weights, of κ and of the true result, which is its only divisor, and
	// where that is 0 the bound is infinite on both sides. So B at the point is a limit of
	// its values on its own side, and the supremum, which is the error bound of the
	// formula, is the same with < and with ≤. What the formula meets by its bound, the
	// mutant meets.
	"the point where two algorithms meet": {
		"binary_cross_entropy_with_logits/bound/grad: abs(z) < 0.5 ⇒ abs(z) <= 0.5",
		"cross_entropy/bound/grad: max(gap(z)) < 0.5 ⇒ max(gap(z)) <= 0.5",
		"log_softmax/bound/grad: max(gap(z)) < 0.5 ⇒ max(gap(z)) <= 0.5",
		"softmax/bound/near: abs(z) < 0.5 ⇒ abs(z) <= 0.5",
		"softmax_focal/bound/logq: q < 0.5 ⇒ q <= 0.5",
	},
})

// proven turns proofs by reason into reasons by mutant.
func proven(byReason map[string][]string) map[string]string {
	reasons := map[string]string{}
	for reason, names := range byReason {
		for _, name := range names {
			reasons[strings.TrimSpace(name)] = reason
		}
	}
	return reasons
}
