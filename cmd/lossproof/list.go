package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/properties"
)

func newList() *cobra.Command {
	var asJSON bool
	var define definitions
	cmd := &cobra.Command{
		Use:   "list [LOSS]",
		Short: "Prints the catalogue, or all that is known of one loss",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			if len(args) == 0 && define == nil {
				if asJSON {
					var all []entry
					for _, l := range loss.All() {
						all = append(all, entryOf(l))
					}
					return writeJSON(out, all)
				}
				fmt.Fprint(out, fitted(catalogueTable(), widthOf(out)))
				return nil
			}
			l, err := define.named(args)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(out, entryOf(l))
			}
			return writeFolded(out, func(w io.Writer) error { writeEntry(w, l); return nil })
		},
	}
	define.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func catalogueTable() string {
	t := table{words: true}
	t.add("loss", "shape", "target", "parameters", "what it is")
	for _, l := range loss.All() {
		var params []string
		for _, p := range l.Params {
			params = append(params, p.Name)
		}
		t.add(l.Name, l.Shape.String(), l.Targets.String(), strings.Join(params, " "), l.Title)
	}
	return t.String()
}

// An entry is a declaration as JSON: the catalogue's own, with witnesses that may hold infinities.
type entry struct {
	*loss.Loss
	Conventions []loss.Convention `json:"conventions"`
	Traits      []trait           `json:"traits,omitempty"`
	Laws        []law             `json:"laws"`
}

// A law is one that applies to the loss, with what it does there.
type law struct {
	properties.Law
	Status string `json:"status"`
}

type trait struct {
	loss.Trait
	Constant number   `json:"constant,omitzero"`
	Low      number   `json:"low,omitzero"`
	High     number   `json:"high,omitzero"`
	Witness  *witness `json:"witness,omitempty"`
}

type witness struct {
	Params  map[string][]number `json:"params,omitempty"`
	Target  []number            `json:"target,omitempty"`
	TargetB []number            `json:"targetB,omitempty"`
	A       []number            `json:"a"`
	B       []number            `json:"b,omitempty"`
	Note    string              `json:"note,omitempty"`
}

func entryOf(l *loss.Loss) entry {
	e := entry{Loss: l, Conventions: l.AllConventions()}
	for _, t := range l.Traits {
		e.Traits = append(e.Traits, trait{t, number(t.Constant), number(t.Low), number(t.High), witnessOf(t.Witness)})
	}
	for _, a := range properties.LawsFor(l) {
		e.Laws = append(e.Laws, law{a.Law, a.Status})
	}
	return e
}

func witnessOf(w *loss.Witness) *witness {
	if w == nil {
		return nil
	}
	out := &witness{nil, numbers(w.Target), numbers(w.TargetB), numbers(w.A), numbers(w.B), w.Note}
	for name, v := range w.Params {
		if out.Params == nil {
			out.Params = map[string][]number{}
		}
		out.Params[name] = numbers(v)
	}
	return out
}

// A section is a part of what is known of a loss, as a title and lines of cells.
type section struct {
	Title string
	Rows  [][]string
}

// factsOf is what a loss is, the formulas first.
func factsOf(l *loss.Loss) (formulas, facts section) {
	formulas.Rows = [][]string{{"value", l.Formula}, {"gradient", l.Gradient}, {"second", l.Second}}
	if l.ByTarget != "" {
		formulas.Rows = append(formulas.Rows, []string{"by target", l.ByTarget})
	}
	target := l.Targets.String()
	if l.NumberTarget() != nil {
		target += ", " + l.Target.Name
	}
	facts.Rows = [][]string{{"shape", l.Shape.String()}, {"prediction", l.Prediction.Name}, {"target", target},
		{"accuracy", fmt.Sprintf("value %s(1+κ) ulp, gradient %s(1+κ) ulp: %s", number(l.Accuracy.Value), number(l.Accuracy.Grad), l.Accuracy.How)}}
	return formulas, facts
}

// sectionsOf is all else that is known of a loss.
func sectionsOf(l *loss.Loss) []section {
	params, choices := section{Title: "parameters"}, section{Title: "conventions, the default first"}
	for _, p := range l.Params {
		value := "default " + joined(p.Default)
		if p.Optional {
			value += ", can be none"
		}
		params.Rows = append(params.Rows, []string{p.Name, string(p.Kind), p.Domain.Name, value, p.Meaning})
	}
	for _, c := range l.AllConventions() {
		choices.Rows = append(choices.Rows, []string{c.Name, strings.Join(c.Values, " | "), c.Meaning})
	}
	cases, traits := section{Title: "special cases"}, section{Title: "traits, for the default parameters"}
	for _, c := range l.SpecialCases {
		cases.Rows = append(cases.Rows, []string{c})
	}
	for _, t := range l.Traits {
		traits.Rows = append(traits.Rows, []string{string(t.Property), map[bool]string{true: "true", false: "false"}[t.Holds], claim(t)})
	}
	laws, sources := section{Title: "laws that apply"}, section{Title: "sources"}
	for _, a := range properties.LawsFor(l) {
		status := a.Status
		if len(a.Law.Needs) > 0 {
			status += "; needs " + strings.Join(a.Law.Needs, ", ")
		}
		if a.Law.Output != "" {
			status += "; for who declares " + string(a.Law.Output)
		}
		laws.Rows = append(laws.Rows, []string{a.Law.Name, status, a.Law.Statement})
	}
	for _, s := range l.Sources {
		sources.Rows = append(sources.Rows, []string{s.Title, s.Ref})
	}
	return slices.DeleteFunc([]section{params, choices, cases, traits, laws, sources}, func(s section) bool { return len(s.Rows) == 0 })
}

func writeEntry(w io.Writer, l *loss.Loss) {
	fmt.Fprintf(w, "%s: %s\n\n", l.Name, l.Title)
	formulas, more := factsOf(l)
	facts := table{words: true}
	if l.Aliases != nil {
		facts.add("also called", strings.Join(l.Aliases, ", "))
	}
	for _, row := range append(formulas.Rows, more.Rows...) {
		facts.add(row...)
	}
	fmt.Fprint(w, facts.String())
	for _, s := range sectionsOf(l) {
		t := table{words: true}
		for _, row := range s.Rows {
			t.add(row...)
		}
		fmt.Fprintf(w, "\n%s\n%s", s.Title, t.String())
	}
}

// claim puts the constants of a trait into words, or its witness.
func claim(t loss.Trait) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if t.Statement != "" {
		add("%s", t.Statement)
	}
	switch t.Property {
	case loss.Lipschitz, loss.Smooth, loss.StronglyConvex:
		if t.Holds {
			add("constant %v", number(t.Constant))
		}
	case loss.Minimum:
		if t.Holds && t.ConstantFor == nil {
			add("%v", number(t.Constant))
		}
	case loss.Bounded:
		if t.Holds {
			add("in [%v, %v]", number(t.Low), number(t.High))
		}
	}
	if t.Norm != "" {
		add("in %s", t.Norm)
	}
	if x := t.Witness; x != nil {
		text := "witness " + joined(x.A)
		if x.B != nil {
			text += " and " + joined(x.B)
		}
		if x.Target != nil {
			text += " with target " + joined(x.Target)
		}
		if x.TargetB != nil {
			text += " and " + joined(x.TargetB)
		}
		add("%s", text)
		if x.Note != "" {
			add("%s", x.Note)
		}
	}
	if t.Source != "" {
		add("%s", t.Source)
	}
	return strings.Join(parts, "; ")
}

// joined prints numbers with commas, or none.
func joined(xs []float64) string {
	if len(xs) == 0 {
		return "none"
	}
	var texts []string
	for _, x := range xs {
		texts = append(texts, number(x).String())
	}
	return strings.Join(texts, ",")
}
