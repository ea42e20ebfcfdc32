// Package loss is the catalogue: every loss function that Lossproof knows, one file
// each, declared once with its formula, gradient, domain, parameters, traits and
// sources, and with a float64 reference implementation to learn from.
//
// A loss is evaluated on one example at a time; value and derivatives come from one
// evaluation. Batches, weights, ignored rows and reductions are written once, over
// any loss (Call, Plan, Eval).
//
// Notation: z a logit (any real number), p a probability, x a prediction of either
// kind, y a target number, t a class index, K the number of classes,
// σ(x) = 1/(1+e^−x), sp(x) = softplus(x) = log(1+eˣ), lse(z) = log Σ exp z_k. All
// logarithms are natural; values of cross-entropies are in nats.
//
// # What it refuses to do
//
// It does not clip, does not add an ε, and never answers bad input with a number.
// What is outside a domain is an *Error that names the loss, the input, the index and
// the number. Infinite logits give the limit, where there is one. NaN in gives NaN out.
// Where an infinite prediction has no limit (all scores −Inf) the outcome is NaN too,
// and the entry says so.
//
// # Accuracy
//
// Errors are given in ulp of the true value V, against its condition number
//
//	κ = Σ |x_i · ∂V/∂x_i| / max(|V|, smallest normal number)
//
// over predictions and soft targets; a target that is exactly 0 or 1 is a label and
// does not count. An error of c·(1+κ) ulp is that of a correct computation of slightly
// changed input: no algorithm that rounds its input can promise more.
package loss
