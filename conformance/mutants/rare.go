package mutants

import (
	"fmt"
	"math"
	"sync"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/draw"
)

// A Rarity is a defect that no run of a sensible length finds: it acts at one input among all of a dtype.
type Rarity struct {
	Mutant
	// Checks is how many draws of the laws' generator meet it with probability one half.
	Checks float64
}

// Rare lists some, of points and of rows.
var Rare = sync.OnceValue(func() []Rarity {
	at := func(lossName string, f loss.Format, x float64) Rarity {
		x = f.Round(x)
		return Rarity{Mutant{Name: fmt.Sprintf("%s/at-%s-%s", lossName, f.Name, f.Hex(x)), Loss: lossName, Museum: "O18", Class: classes["O18"],
			Mechanism: fmt.Sprintf("the value is wrong at %g and nowhere else", x), formats: []string{f.Name},
			defect: wrongValue.Where(around(f, x, 1))},
			math.Ln2 / chanceOf(declared(lossName), f, x)}
	}
	return []Rarity{
		at("softplus", loss.Float32, 1.22), at("softplus", loss.Float64, 1.22),
		at("binary_cross_entropy_with_logits", loss.Float32, -1.72), at("binary_cross_entropy", loss.Float32, 0.2266),
		at("squared_error", loss.Float32, 1.344), at("cross_entropy", loss.Float32, 1.469),
	}
})

// around is where the first predicted number is one of so many numbers of the format, x the middle one.
func around(f loss.Format, x float64, numbers int64) Switch {
	first := f.Ordinal(x) - numbers/2
	return Predicts(func(y float64) bool {
		return f.Holds(y) && !math.IsNaN(y) && !math.IsInf(y, 0) && first <= f.Ordinal(y) && f.Ordinal(y) < first+numbers
	})
}

// chanceOf is the probability that a drawn item begins with the number x: the share of draws that lie around it in
// 1/32 of its binade, where the generator has no favourites, over how many numbers those are.
func chanceOf(l *loss.Loss, f loss.Format, x float64) float64 {
	const draws = 1 << 17
	window := int64(1) << (f.Precision - 6)
	lies, hits := around(f, x, window), 0
	d := draw.New(f, draw.Seed(l.Name), draw.Seed("density"))
	for range draws {
		pred := d.Predict(&draw.Laws, l, d.Width(&draw.Laws, l))
		if lies(beginning(pred)) {
			hits++
		}
	}
	return float64(hits) / draws / float64(window)
}

// beginning is the place of an item that predicts these numbers.
func beginning(pred []float64) Place {
	return Place{Plan: &loss.Plan{Call: &loss.Call{Batch: loss.Batch{Pred: pred}}, Width: len(pred)}}
}
