package mutants

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// Defects of the outputs that few subjects have: the gradient by the target, and the diagonal of the Hessian.
func derived() []Mutant {
	of := func(o subject.Output) func(name, lossName, mechanism string, change func(p *loss.Plan, a *subject.Answer)) Mutant {
		return func(name, lossName, mechanism string, change func(p *loss.Plan, a *subject.Answer)) Mutant {
			return Mutant{Name: name, Loss: lossName, Museum: "O19", Mechanism: mechanism, output: o, defect: Answers(func(p *loss.Plan, a *subject.Answer) {
				if *a.Part(o) == nil {
					return
				}
				change(p, a)
				for i, x := range *a.Part(o) {
					(*a.Part(o))[i] = p.Format.Round(x)
				}
			})}
		}
	}
	hess, target := of(subject.Hess), of(subject.TargetGrad)
	times := func(factor float64) func(*loss.Plan, *subject.Answer) {
		return func(_ *loss.Plan, a *subject.Answer) { scale(a.Hess, factor) }
	}
	return []Mutant{
		hess("huber-hess-is-the-gradient", "huber", "the first derivative stands for the second", func(_ *loss.Plan, a *subject.Answer) { a.Hess = slices.Clone(a.Grad) }),
		hess("bce-logits-hess-is-the-gradient", "binary_cross_entropy_with_logits", "the first derivative stands for the second",
			func(_ *loss.Plan, a *subject.Answer) { a.Hess = slices.Clone(a.Grad) }),
		hess("squared-error-hess-of-one", "squared_error", "1 for (z − y)², as of ½(z − y)²", times(0.5)),
		hess("bce-logits-hess-half", "binary_cross_entropy_with_logits", "½·σ(z)·σ(−z)", times(0.5)),
		hess("cross-entropy-hess-twice", "cross_entropy", "2·p(1 − p), a bound of the whole row", times(2)),
		hess("bce-logits-hess-floored", "binary_cross_entropy_with_logits", "a second derivative is at least 10⁻¹⁶, so that a division by it is not one by 0",
			func(_ *loss.Plan, a *subject.Answer) {
				for i, h := range a.Hess {
					a.Hess[i] = max(h, 1e-16)
				}
			}),
		hess("sigmoid-focal-hess-of-cross-entropy", "sigmoid_focal", "|gradient|·(1 − |gradient|), as of cross-entropy", func(_ *loss.Plan, a *subject.Answer) {
			for i, g := range a.Grad {
				a.Hess[i] = math.Abs(g) * (1 - math.Abs(g))
			}
		}),
		hess("squared-error-hess-of-the-sum", "squared_error", "under a mean the second derivatives are those of the sum", func(p *loss.Plan, a *subject.Answer) {
			if d := p.Denominator(); p.Reduction.Mean() && d != 0 {
				scale(a.Hess, d)
			}
		}),
		hess("hinge-hess-missing", "hinge", "the second derivatives are declared, and there are none", func(_ *loss.Plan, a *subject.Answer) { a.Hess = nil }),
		target("squared-error-target-gradient-by-prediction", "squared_error", "the gradient by the prediction stands for that by the target",
			func(_ *loss.Plan, a *subject.Answer) { a.TargetGrad = slices.Clone(a.Grad) }),
		target("iou-target-gradient-by-prediction", "iou", "the gradient by the prediction stands for that by the target",
			func(_ *loss.Plan, a *subject.Answer) { a.TargetGrad = slices.Clone(a.Grad) }),
		target("giou-target-gradient-opposite", "giou", "what moves one box is taken to move the other the other way: minus the gradient by the prediction",
			func(_ *loss.Plan, a *subject.Answer) { a.TargetGrad = slices.Clone(a.Grad); scale(a.TargetGrad, -1) }),
		target("kl-logits-target-gradient-without-one", "kl_divergence_with_logits", "log q + s for log q + s + 1: the divergence without its entropy's own slope",
			func(_ *loss.Plan, a *subject.Answer) {
				for i := range a.TargetGrad {
					a.TargetGrad[i]--
				}
			}),
		target("dice-target-gradient-missing", "dice", "the gradient by the target is declared, and there is none", func(_ *loss.Plan, a *subject.Answer) { a.TargetGrad = nil }),
		target("varifocal-target-gradient-zero", "varifocal", "the target is a constant, as after a detach", func(_ *loss.Plan, a *subject.Answer) { clear(a.TargetGrad) }),
	}
}
