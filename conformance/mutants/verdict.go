package mutants

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Err is nil where every mutant is killed, by both sides of the suite where both were
// run, and where a side that sees nothing says why. A machine-made mutant need not be
// seen by both.
func (m *Matrix) Err() error {
	var errs []error
	for i := range m.Rows {
		if err := m.Rows[i].err(); err != nil {
			errs = append(errs, fmt.Errorf("%s (%s): %w", m.Rows[i].Name, m.Rows[i].Loss, err))
		}
	}
	errs = append(errs, m.staleAdversaries()...)
	if len(m.Rows) == 0 {
		errs = append(errs, errors.New("no mutant was run"))
	}
	return errors.Join(errs...)
}

func (r *Row) err() error {
	both := r.Golden.Ran && r.Laws.Ran
	switch golden, laws := r.Golden.Killed(), r.Laws.Killed(); {
	case both && !golden && !laws:
		return errors.New("it lives: neither vectors nor laws see it")
	case !both && !golden && !laws && !r.excused():
		return errors.New("it lives")
	case !both || r.Machine:
		return nil
	case !laws && r.OnlyGolden == "":
		return errors.New("no law sees it, and no reason is given (OnlyGolden)")
	case !golden && r.OnlyLaws == "":
		return errors.New("no vector sees it, and no reason is given (OnlyLaws)")
	case r.Adversary != "": // whose reasons are about all losses together
		return nil
	case laws && r.OnlyGolden != "":
		return fmt.Errorf("a law sees it (%s), and the reason why none could is stale: %s", r.Laws.By[0].Name, r.OnlyGolden)
	case golden && r.OnlyLaws != "":
		return fmt.Errorf("a vector sees it (%s), and the reason why none could is stale: %s", r.Golden.By[0].Name, r.OnlyLaws)
	}
	return nil
}

// staleAdversaries finds reasons why one side need not see an adversary, which that side sees in every loss.
func (m *Matrix) staleAdversaries() (errs []error) {
	rows, all := map[string][]*Row{}, map[string]int{}
	for _, a := range Adversaries() {
		all[a.Adversary]++
	}
	for i := range m.Rows {
		if r := &m.Rows[i]; r.Adversary != "" && r.Golden.Ran && r.Laws.Ran {
			rows[r.Adversary] = append(rows[r.Adversary], r)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		of := rows[name]
		if len(of) < all[name] {
			continue // some losses only
		}
		blind := func(killed func(r *Row) bool) bool {
			return slices.ContainsFunc(of, func(r *Row) bool { return !killed(r) })
		}
		if of[0].OnlyLaws != "" && !blind(func(r *Row) bool { return r.Golden.Killed() }) {
			errs = append(errs, fmt.Errorf("%s: vectors see it in every loss, and the reason why they need not is stale: %s", name, of[0].OnlyLaws))
		}
		if of[0].OnlyGolden != "" && !blind(func(r *Row) bool { return r.Laws.Killed() }) {
			errs = append(errs, fmt.Errorf("%s: laws see it in every loss, and the reason why they need not is stale: %s", name, of[0].OnlyGolden))
		}
	}
	return errs
}

// excused reports whether the one side that was run is one that need not see the
// mutant.
func (r *Row) excused() bool {
	return r.Machine || r.Golden.Ran && r.OnlyLaws != "" || r.Laws.Ran && r.OnlyGolden != ""
}

// Unproven lists the flags and the laws that kill no mutant.
func (m *Matrix) Unproven() (flags, laws []string) {
	list := func(all []Killer) (names []string) {
		for _, k := range all {
			if k.Kills == 0 {
				names = append(names, k.Name)
			}
		}
		return names
	}
	return list(m.Flags), list(m.Laws)
}

// Survivors lists the mutants that no side that was run has seen.
func (m *Matrix) Survivors() []Row {
	return slices.DeleteFunc(slices.Clone(m.Rows), func(r Row) bool { return r.Golden.Killed() || r.Laws.Killed() })
}

// WriteJSON writes the matrix in the form of Schema.
func (m *Matrix) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(m)
}

// WriteTable writes one line for each mutant, and what is left to do.
func (m *Matrix) WriteTable(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "MUTANT\tLOSS\tMUSEUM\tGOLDEN\tLAWS\tFIRST COUNTEREXAMPLE")
	for i := range m.Rows {
		r := &m.Rows[i]
		first := r.Golden.First
		if first == "" {
			first = r.Laws.First
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.Loss, r.Museum, r.Golden.cell(), r.Laws.cell(), shortened(first))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", m.summary())
	return err
}

// mostNames is how many flags or laws a cell of the table names.
const mostNames = 2

func (s Side) cell() string {
	switch {
	case !s.Ran:
		return "not run"
	case !s.Killed():
		return "LIVES"
	}
	by := slices.Clone(s.By)
	slices.SortStableFunc(by, func(a, b Kill) int { return b.Count - a.Count })
	var names []string
	for _, k := range by[:min(mostNames, len(by))] {
		names = append(names, k.Name)
	}
	if more := len(by) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("+%d", more))
	}
	return strings.Join(names, " ")
}

// shortened cuts a counterexample to what a line holds.
func shortened(text string) string {
	const most = 100
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// kind says what a line of the summary counts: named mutants, machine-made ones, or those of one class.
func (r *Row) kind() string {
	switch {
	case r.Class != "" && r.Machine:
		return "machine-made " + r.Class
	case r.Class != "":
		return r.Class
	case r.Machine:
		return "machine-made"
	}
	return "named"
}

// kinds lists those of the rows, in their order.
func (m *Matrix) kinds() (kinds []string) {
	for i := range m.Rows {
		if k := m.Rows[i].kind(); !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

func (m *Matrix) summary() string {
	var b strings.Builder
	for _, kind := range m.kinds() {
		n, golden, laws, dead := 0, 0, 0, 0
		for i := range m.Rows {
			if r := &m.Rows[i]; r.kind() == kind {
				n++
				golden += int(boolean(r.Golden.Killed()))
				laws += int(boolean(r.Laws.Killed()))
				dead += int(boolean(r.Golden.Killed() || r.Laws.Killed()))
			}
		}
		fmt.Fprintf(&b, "%d %s mutants: %d killed (%.1f %%), by golden vectors %d, by laws %d\n", n, kind, dead, 100*float64(dead)/float64(n), golden, laws)
	}
	for i := range m.Rows {
		if r := &m.Rows[i]; r.Adversary != "" {
			continue
		} else if r.OnlyGolden != "" {
			fmt.Fprintf(&b, "only golden: %s: %s\n", r.Name, r.OnlyGolden)
		} else if r.OnlyLaws != "" {
			fmt.Fprintf(&b, "only laws: %s: %s\n", r.Name, r.OnlyLaws)
		}
	}
	for _, r := range m.Survivors() {
		fmt.Fprintf(&b, "lives: %s\n", r.Name)
	}
	flags, laws := m.Unproven()
	if len(flags) > 0 {
		fmt.Fprintf(&b, "unproven flags: %s\n", strings.Join(flags, ", "))
	}
	if len(laws) > 0 {
		fmt.Fprintf(&b, "unproven laws: %s\n", strings.Join(laws, ", "))
	}
	return strings.TrimSuffix(b.String(), "\n")
}
