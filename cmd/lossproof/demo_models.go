package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
)

// The worked example: three people, three parties, two models.
var (
	parties = []string{"democrat", "republican", "other"}
	people  = []int{2, 1, 0} // the party of each
	models  = [][]float64{
		{.3, .3, .4, .3, .4, .3, .1, .2, .7},
		{.1, .2, .7, .1, .7, .2, .3, .4, .3},
	}
)

var measures = []struct{ title, name string }{
	{"classification error", "classification_error"},
	{"squared error", "squared_error"},
	{"cross-entropy", "categorical_cross_entropy"},
}

// judge evaluates a loss over the three people. Classification error takes the class, the other
// two take the class as a distribution.
func judge(name string, model int, reduction loss.Reduction) []float64 {
	call := loss.Call{Loss: name, Reduction: reduction,
		Batch: loss.Batch{Rows: len(people), Cols: len(parties), Pred: models[model]}}
	if must(loss.Named(name)).NumberTarget() == nil {
		call.Label = people
	} else {
		for _, party := range people {
			row := make([]float64, len(parties))
			row[party] = 1
			call.Target = append(call.Target, row...)
		}
	}
	return must(loss.Eval(&call)).Value
}

func tellModels(w io.Writer) {
	fmt.Fprint(w, `Two models predict the party of three people from age, sex and income. Each gives a
probability to `+strings.Join(parties, ", ")+`:

`)
	t := table{}
	t.add("person", "party", "model 1", "model 2")
	for i, party := range people {
		row := []string{fmt.Sprint(i + 1), parties[party]}
		for _, model := range models {
			row = append(row, cells(model[i*len(parties):(i+1)*len(parties)], 1))
		}
		t.add(row...)
	}
	fmt.Fprint(w, t.String())

	fmt.Fprint(w, `
Both are right about the first two people and wrong about the third. But model 1 is barely right and
badly wrong, and model 2 is clearly right and barely wrong. Which measures see that?

`)
	t = table{}
	t.add("", "model 1, by person", "mean", "model 2, by person", "mean")
	for _, m := range measures {
		row := []string{m.title}
		for model := range models {
			row = append(row, cells(byPerson(m.name, model), 2), fixed(judge(m.name, model, loss.MeanSamples)[0], 2))
		}
		t.add(row...)
	}
	fmt.Fprint(w, t.String())
	ce := []float64{judge("categorical_cross_entropy", 0, loss.MeanSamples)[0], judge("categorical_cross_entropy", 1, loss.MeanSamples)[0]}
	fmt.Fprintf(w, `
Classification error counts: one of three is wrong, twice. Squared error and cross-entropy prefer model
2, and cross-entropy is plain about the third person: it asks only how probable the model held what
happened. In full, its means are %.12f and %.12f.
`, ce[0], ce[1])
}

// byPerson is the loss of a model by each person, for whom squared error has a value for each class.
func byPerson(name string, model int) []float64 {
	values, all := judge(name, model, loss.None), make([]float64, len(people))
	per := len(values) / len(people)
	for i := range all {
		var sum loss.Accumulator
		for _, v := range values[i*per : (i+1)*per] {
			sum.Add(v)
		}
		all[i] = sum.Sum()
	}
	return all
}

// modelCurves draws the models beside each other by each measure, from person to person.
func modelCurves() (all []*curve, panels []panel) {
	for model := range models {
		c := &curve{name: fmt.Sprintf("model %d", model+1), along: "person"}
		for i := range people {
			c.x = append(c.x, float64(i+1))
		}
		all = append(all, c)
	}
	for _, m := range measures {
		panels = append(panels, panel{m.title, func(c *curve) []float64 { return byPerson(m.name, slices.Index(all, c)) }})
	}
	return all, panels
}

// cells prints the numbers of a column that holds several.
func cells(xs []float64, decimals int) string {
	var texts []string
	for _, x := range xs {
		texts = append(texts, fixed(x, decimals))
	}
	return strings.Join(texts, "  ")
}
