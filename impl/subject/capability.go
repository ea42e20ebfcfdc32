package subject

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/choice"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/printable"
	"github.com/lossproof/lossproof/internal/ulp"
)

// Validate checks a description against the catalogue. A misspelt name would
// otherwise be a case that is silently never run.
func (d Description) Validate() error {
	if d.Name == "" {
		return fmt.Errorf("subject: a subject without a name")
	}
	for _, text := range slices.Concat([]string{d.Name, d.Version}, slices.Sorted(maps.Keys(d.Environment)), slices.Sorted(maps.Values(d.Environment))) {
		if printable.Line(text, mostName) != text {
			return fmt.Errorf("subject: the name, version or environment %q: want at most %d bytes of printable text on one line", printable.Line(text, mostName), mostName)
		}
	}
	if len(d.Environment) > mostName {
		return fmt.Errorf("subject: %s: an environment of %d entries: want at most %d", d.Name, len(d.Environment), mostName)
	}
	if len(d.Capabilities) == 0 {
		return fmt.Errorf("subject: %s declares no loss", d.Name)
	}
	for _, c := range d.Capabilities {
		if err := c.validate(); err != nil {
			return fmt.Errorf("subject: %s: %w", d.Name, err)
		}
	}
	return nil
}

// mostName is how many bytes a name of a library, a version and an entry of the environment may have: reports repeat them.
const mostName = 200

func (c Capability) validate() error {
	decl, err := loss.Named(c.Loss)
	if err != nil {
		return err
	}
	if len(c.Formats) == 0 || len(c.Outputs) == 0 {
		return fmt.Errorf("%s: no format or no output is declared", c.Loss)
	}
	for _, name := range c.Formats {
		if f, err := ieee.FormatNamed(name); err != nil || f.Name != name {
			return fmt.Errorf("%s: no format %q: want f64, f32, bf16 or f16", c.Loss, name)
		}
	}
	for _, o := range c.Outputs {
		if !slices.Contains(Outputs(), o) {
			return fmt.Errorf("%s: no output %q: want value, grad, targetGrad or hess", c.Loss, o)
		}
		if !o.Of(decl) {
			return fmt.Errorf("%s: it has no output %s", c.Loss, o)
		}
	}
	for _, r := range c.Reductions {
		if _, err := loss.ReductionNamed(string(r)); err != nil {
			return fmt.Errorf("%s: %w", c.Loss, err)
		}
	}
	for _, t := range c.Targets {
		if kinds := targetNames(); !slices.Contains(kinds, t) {
			return fmt.Errorf("%s: no kind of target %q: %s", c.Loss, t, choice.Among(t, kinds))
		}
	}
	for _, name := range slices.Concat(c.Params, slices.Sorted(maps.Keys(c.Fixed))) {
		if _, ok := decl.Param(name); !ok {
			return fmt.Errorf("%s: no parameter %q", c.Loss, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Conventions)) {
		convention, ok := decl.Convention(name)
		if !ok {
			return fmt.Errorf("%s: no convention %q", c.Loss, name)
		}
		if len(c.Conventions[name]) == 0 {
			return fmt.Errorf("%s: the convention %s has no value", c.Loss, name)
		}
		for _, v := range c.Conventions[name] {
			if !slices.Contains(convention.Values, v) {
				return fmt.Errorf("%s: the convention %s has no value %q: want one of %s",
					c.Loss, name, v, strings.Join(convention.Values, ", "))
			}
		}
	}
	return nil
}

// targetNames lists the kinds of target by name.
func targetNames() []string {
	names := []string{(*loss.TargetKind)(nil).String()}
	for _, k := range loss.TargetKinds() {
		names = append(names, k.Name)
	}
	return names
}

// A Fit says whether a case is one of a capability's.
type Fit int

const (
	Foreign Fit = iota // it belongs to another value of a convention: not counted
	Lacking            // the subject lacks something: skipped, with a reason
	Fits
)

// Fit decides whether the subject is asked a call, and says why not. refusal is the
// class of the error that the call must give, and empty where it has an answer. The call
// is brought to the subject's conventions where it leaves them open.
func (c Capability) Fit(decl *loss.Loss, asked *loss.Call, refusal loss.Class) (f Fit, reason string, call loss.Call) {
	call = *asked
	call.Conventions = maps.Clone(asked.Conventions)
	if !c.followsConventions(decl, refusal, &call) {
		return Foreign, "", call
	}
	if !slices.Contains(c.Formats, call.Format.Name) {
		return Lacking, "no " + call.Format.Name, call
	}
	if refusal != "" && !c.Refuses {
		return Lacking, "it reports no errors", call
	}
	reduction := call.Reduction
	if reduction == "" {
		reduction = loss.None
	}
	if asked := slices.Contains(loss.Reductions(), reduction) && refusal != loss.BadReduction; asked && !c.reduces(reduction) {
		return Lacking, "no reduction " + string(reduction), call
	}
	if kind := targetKind(decl, &call); len(c.Targets) > 0 && !slices.Contains(c.Targets, kind) {
		return Lacking, "no target that is a " + kind, call
	}
	if call.Weight != nil && !c.Weights {
		return Lacking, "no sample weights", call
	}
	if refusal == "" {
		if c.HardTargets && soft(decl, &call) {
			return Lacking, "no target other than 0 and 1", call
		}
		if c.FiniteInputs && !finite(call.Pred, call.Target, call.Batch.Weight, call.Upstream) {
			return Lacking, "no NaN and no infinity among the inputs", call
		}
	}
	if reason := c.lacksParam(decl, call.Params, call.Format); reason != "" {
		return Lacking, reason, call
	}
	return Fits, "", call
}

func (c Capability) reduces(r loss.Reduction) bool {
	return slices.Contains(c.Reductions, r) || len(c.Reductions) == 0 && r == loss.None
}

// soft reports whether a target that is a probability is neither 0 nor 1.
func soft(decl *loss.Loss, c *loss.Call) bool {
	switch decl.NumberTarget() {
	case loss.Number, loss.Distribution, loss.Numbers:
		return slices.ContainsFunc(c.Target, func(y float64) bool { return y != 0 && y != 1 })
	}
	return false
}

func finite(lists ...[]float64) bool {
	return !slices.ContainsFunc(lists, func(xs []float64) bool { return slices.ContainsFunc(xs, ulp.Special) })
}

func targetKind(decl *loss.Loss, c *loss.Call) string {
	switch {
	case c.Label != nil:
		return loss.Label.Name
	case c.Target == nil:
		return "none"
	case decl.NumberTarget() == nil: // bad input
		return loss.Number.Name
	}
	return decl.NumberTarget().Name
}

// lacksParam names the first parameter whose value the subject does not have. A
// parameter that the loss does not declare is bad input, which is for the subject to
// refuse.
func (c Capability) lacksParam(decl *loss.Loss, given loss.Params, f ieee.Format) string {
	for _, p := range decl.Params {
		value, ok := given[p.Name]
		if !ok {
			value = p.DefaultIn(f)
		}
		if slices.Contains(c.Params, p.Name) {
			continue
		}
		has, fixed := c.Fixed[p.Name]
		if !fixed {
			has = p.DefaultIn(f)
		}
		same := func(x, y float64) bool { return x == y || x == f.Round(y) }
		if !slices.EqualFunc(value, has, same) {
			return fmt.Sprintf("no %s = %s (it has %s)", p.Name, FormatParam(value), FormatParam(has))
		}
	}
	return ""
}

// FormatParam writes the value of a parameter, none where it is off.
func FormatParam(v []float64) string {
	if len(v) == 0 {
		return "none"
	}
	var parts []string
	for _, x := range v {
		parts = append(parts, strconv.FormatFloat(x, 'g', -1, 64))
	}
	return strings.Join(parts, ",")
}

// followsConventions reports whether the case is stated under conventions of the
// subject. empty_mean bears on a mean over nothing only; any other case holds under
// each of its values, and is given to the subject under the subject's own.
func (c Capability) followsConventions(decl *loss.Loss, refusal loss.Class, call *loss.Call) bool {
	for _, convention := range decl.AllConventions() {
		value, given := call.Conventions[convention.Name]
		if !given {
			value = convention.Values[0]
		}
		has, declared := c.Conventions[convention.Name]
		if !declared {
			has = convention.Values[:1]
		}
		if refusal == loss.BadConvention && !slices.Contains(convention.Values, value) {
			continue // bad input under any convention
		}
		if slices.Contains(has, value) {
			continue
		}
		if convention.Name != loss.EmptyMeanConvention.Name || meanOfNothing(call, refusal) {
			return false
		}
		if call.Conventions == nil {
			call.Conventions = loss.Conventions{}
		}
		call.Conventions[convention.Name] = has[0]
	}
	return true
}

// meanOfNothing reports whether a case is about a mean with denominator 0.
func meanOfNothing(asked *loss.Call, refusal loss.Class) bool {
	if refusal == loss.EmptyMean {
		return true
	}
	call := *asked
	call.Conventions = maps.Clone(call.Conventions)
	delete(call.Conventions, loss.EmptyMeanConvention.Name)
	p, err := call.Plan()
	return err == nil && p.EmptyMean()
}

// Asks reports whether a call is one that the description covers.
func (d Description) Asks(c *loss.Call) bool {
	decl, err := loss.Named(c.Loss)
	if err != nil {
		return false
	}
	var bad *loss.Error
	var refusal loss.Class
	if _, err := c.Plan(); errors.As(err, &bad) {
		refusal = bad.Class
	}
	return slices.ContainsFunc(d.Capabilities, func(capability Capability) bool {
		f, _, _ := capability.Fit(decl, c, refusal)
		return capability.Loss == c.Loss && f == Fits
	})
}

// Losses lists the losses of a description: those of the catalogue in its order, then those that are defined.
func (d Description) Losses() []*loss.Loss {
	var names []string
	for _, c := range d.Capabilities {
		names = append(names, c.Loss)
	}
	return loss.Ordered(names)
}

// Dtypes lists the formats that a description declares, the widest first.
func (d Description) Dtypes() []loss.Format {
	return slices.DeleteFunc(ieee.Formats(), func(f ieee.Format) bool {
		return !slices.ContainsFunc(d.Capabilities, func(c Capability) bool { return slices.Contains(c.Formats, f.Name) })
	})
}

// Without returns the description without a format.
func (d Description) Without(f loss.Format) Description {
	var left []Capability
	for _, c := range d.Capabilities {
		c.Formats = slices.DeleteFunc(slices.Clone(c.Formats), func(name string) bool { return name == f.Name })
		if len(c.Formats) > 0 {
			left = append(left, c)
		}
	}
	d.Capabilities = left
	return d
}
