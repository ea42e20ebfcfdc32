package main

import (
	"fmt"
	"io"
	"math"

	"github.com/lossproof/lossproof/impl/loss"
)

func tellFocal(w io.Writer) {
	fmt.Fprint(w, `A detector sees thousands of easy background patches for each object. Each costs little, but their sum
drowns the few hard examples. Focal loss multiplies cross-entropy by (1−p)^γ, p being the probability
that the model gave to what is true:

`)
	gammas := []float64{0, 0.5, 1, 2, 5}
	focal := func(p, gamma float64) float64 {
		logit := math.Log(p / (1 - p))
		return at("sigmoid_focal", loss.Params{"alpha": nil, "gamma": {gamma}}, logit, 1).value
	}
	t := table{}
	head := []string{"p"}
	for _, gamma := range gammas {
		head = append(head, fmt.Sprintf("γ = %v", gamma))
	}
	t.add(head...)
	for _, p := range []float64{0.1, 0.3, 0.5, 0.9, 0.99} {
		row := []string{fixed(p, 2)}
		for _, gamma := range gammas {
			row = append(row, short(focal(p, gamma)))
		}
		t.add(row...)
	}
	fmt.Fprint(w, t.String())

	const easy, hard = 100_000, 100
	share := func(gamma float64) string {
		e, h := easy*focal(0.99, gamma), hard*focal(0.1, gamma)
		return fixed(100*e/(e+h), 1)
	}
	fmt.Fprintf(w, `
With γ = 0 it is cross-entropy: of the loss of %d easy examples (p = 0.99) and %d hard ones (p = 0.1)
the easy ones make up %s %%. With γ = 2 they make up %s %%.
`, easy, hard, share(0), share(2))
}
