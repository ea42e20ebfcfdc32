package workload

import (
	"fmt"
	"math"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/oracle"
)

// Check holds every output of a workload to its true value at a level, and every input
// to what it was. The error names the first number that is wrong.
func (a *Arrays[T]) Check(w Workload, level conformance.Level) error {
	t := truthOf(w)
	for name, in := range map[string]struct{ now, drawn []T }{
		"prediction": {a.Pred, cast[T](t.call.Pred)},
		"target":     {a.Target, cast[T](t.call.Target)},
	} {
		for i, x := range in.now {
			if was := in.drawn[i%len(in.drawn)]; x != was {
				return fmt.Errorf("%s: %s[%d] was changed from %v to %v", w.Loss, name, i, was, x)
			}
		}
	}
	for i, label := range a.Label {
		if was := t.call.Label[i%len(t.call.Label)]; label != was {
			return fmt.Errorf("%s: label[%d] was changed from %d to %d", w.Loss, i, was, label)
		}
	}
	accuracy := w.Decl().Accuracy
	if w.Op.hasValue() {
		if err := checkAll(w, "value", a.Value, t.value, w.Values(), level, accuracy.Value); err != nil {
			return err
		}
	}
	if w.Op.hasGrad() {
		if err := checkAll(w, "gradient", a.Grad, t.grad, w.Elements(), level, accuracy.Grad); err != nil {
			return err
		}
	}
	if w.Op.hasSum() {
		want := t.sum(w, w.Rows)
		return w.check("sum", -1, a.Sum, want, w.allowed(level, want, w.Rows, accuracy.Value))
	}
	return nil
}

func checkAll[T Float](w Workload, name string, got []T, period []oracle.Number, n int, level conformance.Level, reference float64) error {
	if len(got) != n {
		return fmt.Errorf("%s: %s has %d numbers, want %d", w.Loss, name, len(got), n)
	}
	allowed := make([]float64, len(period))
	for i, v := range period {
		allowed[i] = w.allowed(level, v, 1, reference)
	}
	for i, x := range got {
		j := i % len(period)
		if float64(x) == period[j].Rounded { // most are; a right answer need not be measured
			continue
		}
		if err := w.check(name, i, float64(x), period[j], allowed[j]); err != nil {
			return err
		}
	}
	return nil
}

// check compares one number; index −1 is that of a number that stands alone.
func (w Workload) check(name string, index int, got float64, want oracle.Number, allowed float64) error {
	if wrong := math.Abs(conformance.ErrorUlp(w.Format, got, want)); !(wrong <= allowed) {
		if index >= 0 {
			name = fmt.Sprintf("%s[%d]", name, index)
		}
		return fmt.Errorf("%s in %s: %s is %v, truly %v: an error of %.4g ulp, and %.4g are allowed",
			w.Loss, w.Format.Name, name, got, want.Rounded, wrong, allowed)
	}
	return nil
}
