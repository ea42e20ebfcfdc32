package mutants

import (
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// An adversary is a defect that acts in few places only, so that a suite sees it where it looks there. It is one of
// every loss that it fits, so that a new loss has its adversaries by being declared.
type adversary struct {
	name      string
	museum    string // of classes
	mechanism string
	formats   []string
	of        func(l *loss.Loss) []variant
	// Why one side of the suite need not see it. A test fails where the other side does for every loss.
	onlyLaws, onlyGolden string
}

// A variant is what becomes of an adversary in one loss: one defect, or one for each parameter.
type variant struct {
	suffix string
	defect Defect
}

// classes are what adversaries hide in, by their row of the museum.
var classes = map[string]string{
	"O11": "sizes", "O12": "long batches", "O13": "parameters", "O14": "16 bits", "O15": "batches of one kind",
	"O16": "signs of zero", "O17": "state", "O18": "narrow places",
}

// Adversaries returns the adversaries of every loss of the catalogue.
func Adversaries() []Mutant {
	var mutants []Mutant
	for _, a := range slices.Concat(inSizes(), inLongBatches(), inParameters(), inHalves(), inKinds(), inZeros(), inState(), inNarrowPlaces()) {
		for _, l := range loss.All() {
			for _, v := range a.of(l) {
				name := l.Name + "/" + a.name
				if v.suffix != "" {
					name += "/" + v.suffix
				}
				mutants = append(mutants, Mutant{Name: name, Loss: l.Name, Museum: a.museum, Class: classes[a.museum], Adversary: a.name,
					Mechanism: a.mechanism, OnlyLaws: a.onlyLaws, OnlyGolden: a.onlyGolden, formats: a.formats, defect: v.defect})
			}
		}
	}
	return mutants
}

// one makes a defect one of every loss that has a property.
func one(fits func(l *loss.Loss) bool, d Defect, on ...Switch) func(l *loss.Loss) []variant {
	return func(l *loss.Loss) []variant {
		if !fits(l) {
			return nil
		}
		return []variant{{defect: d.Where(on...)}}
	}
}

// anyLoss, and below, say which losses an adversary fits.
func anyLoss(*loss.Loss) bool         { return true }
func many(l *loss.Loss) bool          { return l.Shape.Many() }
func labelled(l *loss.Loss) bool      { return l.IndexTarget() != nil }
func reducible(l *loss.Loss) bool     { return !l.VectorValued }
func severalInRow(l *loss.Loss) bool  { return !l.Shape.Many() }
func vectorValued(l *loss.Loss) bool  { return l.VectorValued }
func numberTarget(l *loss.Loss) bool  { return l.NumberTarget() != nil }
func unitTarget(l *loss.Loss) bool    { return numberTarget(l) && l.Target == loss.UnitInterval }
func unitPredicted(l *loss.Loss) bool { return l.Prediction == loss.UnitInterval }
func realPredicted(l *loss.Loss) bool { return l.Prediction.Low < 0 }
func ignores(l *loss.Loss) bool       { _, ok := l.Param(loss.IgnoreIndex.Name); return ok }
func nonNegative(l *loss.Loss) bool {
	t, ok := l.Trait(loss.NonNegativeValue)
	return ok && t.Holds && t.When == nil
}

// slight is far more than what any level allows in 32 bits and more, and a glance does not see it; gross is that
// in 16 bits.
const slight, gross = 0x1p-6, 0x1p-2

var (
	wrongValue = Off(subject.Value, slight)
	wrongGrad  = Off(subject.Grad, slight)
	halves     = []string{"f16", "bf16"}
)

// wrongLastGrad changes the gradient by the last number of an item.
var wrongLastGrad = Items(func(_ Place, _, grad []float64) { off(grad[len(grad)-1:], slight) })

// inSizes are wrong for items of some sizes.
func inSizes() []adversary {
	const vectors = "vectors have few sizes of an item, and not these"
	at := func(name, mechanism string, fits func(l *loss.Loss) bool, d Defect, on ...Switch) adversary {
		return adversary{name: name, museum: "O11", mechanism: mechanism, of: one(fits, d, on...), onlyLaws: vectors}
	}
	return []adversary{
		at("width-5-of-32", "the value is wrong where K leaves 5 over of 32", many, wrongValue, WidthModulo(32, 5)),
		at("gradient-width-13-of-32", "the gradient is wrong where K leaves 13 over of 32", many, wrongGrad, WidthModulo(32, 13)),
		at("width-31-of-32", "the value is wrong where K leaves 31 over of 32", many, wrongValue, WidthModulo(32, 31)),
		at("width-34-to-63", "the value is wrong for 34 to 63 numbers", many, wrongValue, Width(34, 63)),
		at("gradient-width-34-to-63", "the gradient is wrong for 34 to 63 numbers", many, wrongGrad, Width(34, 63)),
		at("width-97", "the value is wrong for 97 numbers", many, wrongValue, Width(97, 97)),
		at("width-above-power-of-two", "the gradient is wrong for one number more than a power of two, from 33 on", many, wrongGrad,
			func(at Place) bool { return at.Width > 32 && (at.Width-1)&(at.Width-2) == 0 }),
		at("width-from-1025", "the value is wrong from 1025 numbers on", many, wrongValue, Width(1025, 1<<30)),
		at("gradient-width-from-1025", "the gradient is wrong from 1025 numbers on", many, wrongGrad, Width(1025, 1<<30)),
		at("width-from-2049", "the value is wrong from 2049 numbers on", many, wrongValue, Width(2049, 1<<30)),
		at("gradient-width-from-4097", "the gradient is wrong from 4097 numbers on", many, wrongGrad, Width(4097, 1<<30)),
		at("gradient-of-second-half-of-2048", "the gradient is wrong by the second half of 2048 numbers", many, OffFrom(subject.Grad, 1025, slight), Width(2048, 1<<30)),
		at("gradient-of-last-number-of-odd-width", "the gradient by the last number is wrong where K is odd and more than 32", many, wrongLastGrad,
			WidthModulo(2, 1), Width(33, 1<<30)),
		at("gradient-of-last-number-of-16s", "the gradient by the last number is wrong where K is a multiple of 16 above 16", many, wrongLastGrad,
			WidthModulo(16, 0), Width(17, 1<<30)),
		at("last-class-of-odd-width", "the value is wrong for the last class where K is odd and more than 8", labelled, wrongValue, LastClass,
			WidthModulo(2, 1), Width(9, 1<<30)),
		at("gradient-last-class-of-odd-width", "the gradient is wrong for the last class where K is odd and more than 8", labelled, wrongGrad, LastClass,
			WidthModulo(2, 1), Width(9, 1<<30)),
		at("middle-class", "the value is wrong for the class in the middle of more than 32", labelled, wrongValue,
			Class(func(classes int) int { return classes / 2 }), Width(33, 1<<30)),
		at("first-class-of-many", "the gradient is wrong for the first class of more than 64", labelled, wrongGrad,
			Class(func(int) int { return 0 }), Width(65, 1<<30)),
	}
}

// inLongBatches are wrong far down a batch.
func inLongBatches() []adversary {
	const vectors = "vectors have no batch that is so long"
	at := func(name, mechanism string, fits func(l *loss.Loss) bool, d Defect, on ...Switch) adversary {
		return adversary{name: name, museum: "O12", mechanism: mechanism, of: one(fits, d, on...), onlyLaws: vectors}
	}
	counting := func(n int) Defect {
		return dividing(func(p *loss.Plan) float64 {
			d := p.Denominator()
			for i := n - 1; i < p.Items(); i++ {
				if p.Reduction == loss.MeanCounted && p.Ignored(i) {
					d++
				}
			}
			return d
		})
	}
	unweighted := Defect(func(f *frame) { f.weight = func(*loss.Plan, int) float64 { return 1 } })
	return []adversary{
		at("item-from-1025", "the value of items from 1025 on is wrong", anyLoss, wrongValue, ItemFrom(1025), Under(loss.None)),
		at("gradient-item-from-1025", "the gradient of items from 1025 on is wrong", anyLoss, wrongGrad, ItemFrom(1025), Under(loss.None)),
		at("item-from-2049", "the value of items from 2049 on is wrong", anyLoss, wrongValue, ItemFrom(2049), Under(loss.None)),
		at("gradient-item-from-1025-of-sum", "in a sum the gradient of items from 1025 on is wrong", reducible, wrongGrad, ItemFrom(1025), Under(loss.Sum)),
		at("items-from-1025-not-in-sum", "a sum ends at item 1024", reducible, Off(subject.Value, -1), ItemFrom(1025), Under(loss.Sum)),
		at("gradient-item-from-18-of-weighted-mean", "in a mean with sample weights the gradient of items from 18 on is wrong", reducible, wrongGrad,
			ItemFrom(18), Averaged, Weighted),
		at("gradient-item-from-18-of-weighted-sum", "in a sum with sample weights the gradient of items from 18 on is wrong", reducible, wrongGrad,
			ItemFrom(18), Under(loss.Sum), Weighted),
		at("items-from-18-of-weighted-mean", "in mean/weight items from 18 on count for nothing in the sum, though their weight does", reducible,
			Off(subject.Value, -1), ItemFrom(18), Under(loss.MeanWeight), Weighted),
		at("mean-of-means-of-64", "mean/elements is the mean over the means of micro-batches of 64, the last of which may be short", reducible, microBatches(64)),
		at("mean-of-means-of-1024", "mean/elements is the mean over the means of micro-batches of 1024, the last of which may be short", reducible, microBatches(1024)),
		at("ignored-from-19-counted", "mean/counted counts ignored items from 19 on", ignores, counting(19)),
		at("ignored-from-1025-counted", "mean/counted counts ignored items from 1025 on", ignores, counting(1025)),
		at("two-rows-of-five", "the value is wrong in a matrix of two rows and five items in each", severalInRow, wrongValue, Samples(2, 5)),
		at("gradient-two-rows-of-five", "the gradient is wrong in a matrix of two rows and five items in each, under a mean", reduciblePoint, wrongGrad, Samples(2, 5), Averaged),
		at("weights-from-1025-not-used", "the sample weights of items from 1025 on are 1", reducible, unweighted, ItemFrom(1025), Weighted),
		at("last-item-of-odd-batch", "the gradient of the last item is wrong where their number is odd and more than 100", reducible, wrongGrad, LastItem, Batch(101, 1<<30),
			func(at Place) bool { return at.Items()%2 == 1 }),
		at("sum-without-last-block", "what is left over of blocks of 256 is not in a sum of more than 1000", reducible, func(f *frame) {
			f.sum = func(terms []float64) float64 {
				if n := len(terms); n > 1000 {
					terms = terms[:n/256*256]
				}
				return compensated(terms)
			}
		}, Under(loss.Sum, loss.MeanElements, loss.MeanSamples)),
	}
}

func reduciblePoint(l *loss.Loss) bool { return reducible(l) && severalInRow(l) }

// microBatches gives each item the share that it has in a mean over means of so many.
func microBatches(size int) Defect {
	return Items(func(at Place, value, grad []float64) {
		n := at.Items()
		blocks, own := (n+size-1)/size, min(size, n-at.Item/size*size)
		share := float64(n) / float64(blocks*own)
		scale(value, share)
		scale(grad, share)
	}).Where(Under(loss.MeanElements), Batch(size+1, 1<<30))
}

// inParameters are wrong for some values of a parameter, of weights or of what comes from above.
func inParameters() []adversary {
	const vectors = "vectors have few values of a parameter, and not these"
	const huge = 0x1p60
	free := func(p loss.Param) bool { return p.Kind != loss.Integer && p.Domain.High > 1 }
	unit := func(p loss.Param) bool { return p.Kind != loss.Integer && p.Domain.High == 1 }
	either := func(p loss.Param) bool { return free(p) || unit(p) }
	per := func(name, mechanism string, which func(p loss.Param) bool, d Defect, property func(x float64) bool) adversary {
		return adversary{name: name, museum: "O13", mechanism: mechanism, onlyLaws: vectors, of: func(l *loss.Loss) (all []variant) {
			for _, p := range l.Params {
				if which(p) {
					all = append(all, variant{p.Name, d.Where(ParamOf(p.Name, property))})
				}
			}
			return all
		}}
	}
	at := func(name, mechanism string, fits func(l *loss.Loss) bool, d Defect, on ...Switch) adversary {
		return adversary{name: name, museum: "O13", mechanism: mechanism, of: one(fits, d, on...), onlyLaws: vectors}
	}
	between := func(low, high float64) func(x float64) bool {
		return func(x float64) bool { return within(low, high, x) }
	}
	ignoring := func(index func(x float64) bool) Switch { return ParamOf(loss.IgnoreIndex.Name, index) }
	counted := dividing(func(p *loss.Plan) float64 {
		if p.Reduction == loss.MeanCounted {
			return float64(p.Items())
		}
		return p.Denominator()
	})
	return []adversary{
		per("parameter-3-16ths", "the value is wrong where the parameter is 3/16", either, wrongValue, between(0.1875, 0.1875)),
		per("parameter-off-sixteenths", "the value is wrong where the parameter is no sixteenth, and not next to 0", either, wrongValue,
			func(x float64) bool { return x > 0.0625 && x*16 != float64(int(x*16)) }),
		per("gradient-parameter-small", "the gradient is wrong where the parameter is not 0 and below 1/1000", either, wrongGrad, between(1e-30, 1e-3)),
		per("parameter-third", "the value is wrong where the parameter is 0.3 to 0.4", either, wrongValue, between(0.3, 0.4)),
		per("gradient-parameter-next-to-1", "the gradient is wrong where the parameter is 0.9 and more, but not 1", either, wrongGrad, between(0.9, 0.999999)),
		per("gradient-parameter-above-8", "the gradient is wrong where the parameter is more than 8", free, wrongGrad, between(8.001, huge)),
		per("parameter-odd", "the value is wrong where the parameter is 1.1 to 1.4", free, wrongValue, between(1.1, 1.4)),
		at("sample-weight-above-8", "the value is wrong where the sample weight is more than 8", reducible, wrongValue, SampleWeight(8.0001, huge)),
		at("gradient-sample-weight-small", "the gradient is wrong where the sample weight is not 0 and less than 2^-20", reducible, wrongGrad, SampleWeight(0x1p-140, 0x1p-20)),
		at("ignored-int32", "an ignored item counts where the ignored label is at an end of 32 bits", ignores, counted,
			ignoring(func(x float64) bool { return x == -1<<31 || x == 1<<31-1 })),
		at("ignored-int16", "an ignored item counts where the ignored label is at an end of 16 bits", ignores, counted,
			ignoring(func(x float64) bool { return x == -1<<15 || x == 1<<15-1 })),
		at("ignored-from-300", "an ignored item counts where the ignored label is 300 to 1000", ignores, counted, ignoring(between(300, 1000))),
		at("upstream-above-160", "the gradient is wrong where something above 160 comes from above", vectorValued, wrongGrad,
			UpstreamOf(func(u float64) bool { return u > 160 || u < -160 })),
		at("upstream-small", "the gradient is wrong where something below 1/1000 comes from above", vectorValued, wrongGrad,
			UpstreamOf(func(u float64) bool { return u != 0 && -1e-3 < u && u < 1e-3 })),
	}
}

// inHalves are wrong in 16 bits only.
func inHalves() []adversary {
	const vectors = "vectors in 16 bits have few sizes, and no batch that is so long"
	at := func(name, mechanism string, fits func(l *loss.Loss) bool, d Defect, on ...Switch) adversary {
		return adversary{name: name, museum: "O14", mechanism: mechanism, formats: halves, of: one(fits, d, on...), onlyLaws: vectors}
	}
	value, grad := Off(subject.Value, gross), Off(subject.Grad, gross)
	return []adversary{
		at("half-width-3-of-8", "the value is wrong where K leaves 3 over of 8", many, value, WidthModulo(8, 3), Width(9, 1<<30)),
		at("half-gradient-width-from-33", "the gradient is wrong from 33 numbers on", many, grad, Width(33, 1<<30)),
		at("half-item-from-300", "the value of items from 300 on is wrong", anyLoss, value, ItemFrom(300)),
		at("half-gradient-weighted-mean", "in a mean with sample weights the gradient is wrong from the second item on", reducible, grad, ItemFrom(2), Weighted, Averaged),
		at("half-count-ends-at-2048", "the count of a mean ends at 2048, from where half precision counts no further", reducible, dividing(func(p *loss.Plan) float64 {
			return min(p.Denominator(), 2048)
		}), Under(loss.MeanElements, loss.MeanCounted, loss.MeanSamples)),
		at("half-sum-overflows", "the sum behind a mean overflows above 65504", reducible, func(f *frame) {
			f.finish = func(p *loss.Plan, a *subject.Answer) {
				if p.Reduction.Mean() && !p.EmptyMean() {
					a.Value[0] = p.Format.Round(a.Value[0]*p.Denominator()) / p.Denominator()
				}
			}
		}, func(at Place) bool { return at.Format.Name == "f16" }),
		at("half-running-sum", "a long sum is kept in the dtype", reducible, func(f *frame) {
			f.finish = func(p *loss.Plan, a *subject.Answer) {
				each := *p.Call
				each.Reduction = loss.None
				r, err := loss.Eval(&each)
				if err != nil || p.Reduction == loss.None || p.EmptyMean() {
					return
				}
				sum := 0.0
				for _, x := range r.Value {
					sum = p.Format.Round(sum + x)
				}
				a.Value[0] = sum / p.Denominator()
			}
		}, Batch(1000, 1<<30)),
	}
}

// inKinds are wrong where all of a batch is of one kind, as for a subject that looks at its numbers to find out
// what they mean.
func inKinds() []adversary {
	const vectors = "vectors have few batches, and none of this kind in every loss"
	at := func(name, mechanism string, fits func(l *loss.Loss) bool, d Defect, on ...Switch) adversary {
		return adversary{name: name, museum: "O15", mechanism: mechanism, of: one(fits, d, on...), onlyLaws: vectors}
	}
	is := func(y float64) func(float64) bool { return func(x float64) bool { return x == y } }
	several := Batch(3, 1<<30)
	return []adversary{
		at("all-targets-0", "the value is wrong where every target is 0", unitTarget, wrongValue, AllTargets(is(0))),
		at("all-targets-1", "the gradient is wrong where every target is 1", unitTarget, wrongGrad, AllTargets(is(1))),
		at("all-targets-hard", "the value is wrong where every target is 0 or 1", unitTarget, wrongValue, several,
			AllTargets(func(y float64) bool { return y == 0 || y == 1 })),
		at("all-targets-soft", "the value is wrong where no target is 0 or 1", unitTarget, wrongValue, several,
			AllTargets(func(y float64) bool { return y != 0 && y != 1 })),
		at("all-in-unit", "the value is wrong where every prediction is in [0, 1], as if logits were probabilities", realPredicted, wrongValue, several,
			AllPredictions(func(_, x float64) bool { return within(0, 1, x) })),
		at("all-positive", "the gradient is wrong where every prediction is positive", realPredicted, wrongGrad, several,
			AllPredictions(func(_, x float64) bool { return x > 0 })),
		at("all-negative", "the value is wrong where every prediction is negative", realPredicted, wrongValue, several,
			AllPredictions(func(_, x float64) bool { return x < 0 })),
		at("all-equal", "the gradient is wrong where every prediction is the same", severalInRow, wrongGrad, several,
			AllPredictions(func(first, x float64) bool { return x == first })),
		at("all-in-one-binade", "the value is wrong where every prediction is in one binade, and they are not all the same", anyLoss, wrongValue, several,
			AllPredictions(func(first, x float64) bool { return first != 0 && x != 0 && Binade(exponent(first))(x) }),
			Not(AllPredictions(func(first, x float64) bool { return x == first }))),
		at("all-one-class", "the value is wrong where every class index is the same", labelled, wrongValue, several, AllOneClass),
	}
}

// inZeros answer −0 where the loss is 0.
func inZeros() []adversary {
	const vectors = "a vector is judged in ulp, and both zeros are 0 ulp from 0"
	at := func(name, mechanism string, formats []string, on ...Switch) adversary {
		return adversary{name: name, museum: "O16", mechanism: mechanism, formats: formats, of: one(nonNegative, NegativeZeros, on...), onlyLaws: vectors}
	}
	return []adversary{
		at("negative-zero", "a loss that is never negative is −0 where it is 0", nil, Under(loss.None)),
		at("negative-zero-reduced", "a sum or a mean that is never negative is −0 where it is 0", nil, Not(Under(loss.None))),
		at("half-negative-zero", "a loss that is never negative is −0 where it is 0, in 16 bits", halves),
	}
}
