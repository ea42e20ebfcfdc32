package conformance

import (
	"fmt"
	"slices"

	"github.com/lossproof/lossproof/golden/defined"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// Define declares a loss that is not in the catalogue, by a text, for as long as the program runs, and returns its name:
//
//	conformance.Run(t, conformance.Pointwise(conformance.Define("my_loss", "softplus(z) - y*z"), f))
//
// The README of package formula is the page for those who write such texts. The oracle certifies the value and
// differentiates it, cases are drawn, and the laws hold that follow from what the text claims. It panics on a mistake in the
// text, and where the name is taken by another text. It is safe for concurrent use.
func Define(name, text string) string { return declared(name, text, true) }

// Unknown declares a loss whose formula is not known, by a head alone, which may be empty, and returns its name. What can be
// known is checked: that answers are finite, the same again, those of the dtype and independent of the batch, that inputs
// are left alone, that the gradient is the derivative of the function's own values, what the head claims, and how
// reductions, weights and bad input are treated. How wrong a number may be is derived from a condition number that is measured on the
// function itself, so that what is wrong everywhere alike is not seen.
func Unknown(name, head string) string { return declared(name, head, false) }

func declared(name, text string, known bool) string {
	l, err := oracle.Define(name, text)
	switch {
	case err != nil:
		panic("conformance: " + err.Error())
	case known && l.Unknown():
		panic(fmt.Sprintf("conformance: the text of %s has no formula: Unknown is for those", l.Name))
	case !known && !l.Unknown():
		panic(fmt.Sprintf("conformance: the text of %s has a formula: Define is for those", l.Name))
	}
	return l.Name
}

// A Definition is a loss of a report that is not in the catalogue: what was checked is what its text says.
type Definition struct {
	Loss string `json:"loss"`
	Text string `json:"text"` // as it was given
	// Uncertified says for some inputs, in words, why the definition has no certified value there: they are no cases.
	Uncertified []string `json:"uncertified,omitempty"`
}

// mostUncertified is how many inputs without a certified value are listed, of each definition and dtype.
const mostUncertified = 3

// definitions describes the losses of a run that are not in the catalogue.
func (r *run) definitions() (all []Definition) {
	for _, l := range r.description.Losses() {
		if !l.Defined() || len(r.Losses) > 0 && !slices.Contains(r.Losses, l.Name) {
			continue
		}
		d := Definition{Loss: l.Name, Text: l.Text}
		for _, f := range ieee.Formats() {
			if set := r.drawn(l, f); set != nil && len(set.Uncertified) > 0 {
				most := min(len(set.Uncertified), mostUncertified)
				for _, u := range set.Uncertified[:most] {
					d.Uncertified = append(d.Uncertified, f.Name+": "+u.String())
				}
				if more := len(set.Uncertified) - most; more > 0 {
					d.Uncertified = append(d.Uncertified, fmt.Sprintf("%s: and %d more of the inputs that were drawn", f.Name, more))
				}
			}
		}
		all = append(all, d)
	}
	return all
}

// drawn are the vectors of a definition that the run has used; nil where it has not.
func (r *run) drawn(l *loss.Loss, f ieee.Format) *defined.Set {
	used := func(c Capability) bool { return c.Loss == l.Name && slices.Contains(c.Formats, f.Name) }
	if !r.runs(Golden) || !r.wants(f) || !slices.ContainsFunc(r.description.Capabilities, used) {
		return nil
	}
	set, err := drawn(l, f)
	if err != nil {
		return nil // the run has ended with it
	}
	return set
}
