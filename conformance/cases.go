package conformance

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/properties"
)

// An instance is one case as one subject is asked it.
type instance struct {
	id      string
	flags   []string
	kind    string // what kind of bound it gives: vectors, or sampled with n
	setting string
	call    loss.Call
	decl    *loss.Loss
	truth   *oracle.Truth // nil for a live case until it is judged
	class   loss.Class    // of the error that it must give; empty: there is an answer
	outputs []Output      // that the subject has; both where it is skipped
	skip    string        // why it is not run
	repeat  string
	at      *float64 // of a sample: where it lies on the axis of the loss
}

// BoundVectors is the bound of a row that golden vectors show.
const BoundVectors = "vectors"

// A run is everything that Check and Run have in common.
type run struct {
	Config
	subject     Subject
	description Description
	judge       judge
	source      source
	cases       []*instance
	foreign     int      // cases of other conventions
	leftOut     int      // cases of the subject for which there is no request
	toCheck     int      // laws, counted anew for each loss and dtype
	program     *Program // the subject, where it is one
	look        properties.Look
}

func (config Config) newRun(s Subject) (*run, error) {
	if err := SelfTest(); err != nil {
		return nil, err
	}
	r := &run{Config: config.orDefaults(), subject: s, description: s.Describe(), judge: theJudge(), source: suite}
	if err := misuse(s); err != nil {
		return nil, err
	}
	r.program, _ = s.(*Program)
	if err := r.description.Validate(); err != nil {
		return nil, err
	}
	if err := r.Config.check(r.description); err != nil {
		return nil, err
	}
	d, err := r.restrict(r.description)
	if err != nil {
		return nil, err
	}
	r.description = d
	if err := r.countLaws(); err != nil {
		return nil, err
	}
	if !r.runs(Golden) {
		return r, nil
	}
	for _, decl := range d.Losses() {
		capabilities := slices.DeleteFunc(slices.Clone(d.Capabilities), func(c Capability) bool { return c.Loss != decl.Name })
		if len(capabilities) == 0 || len(r.Losses) > 0 && !slices.Contains(r.Losses, decl.Name) {
			continue
		}
		for _, f := range ieee.Formats() {
			if !r.wants(f) {
				continue
			}
			if err := r.collect(decl, f, capabilities); err != nil {
				return nil, err
			}
		}
	}
	if len(r.Cases) > 0 && len(r.cases) == 0 {
		return nil, fmt.Errorf("conformance: no case matches %s", strings.Join(r.Cases, ", "))
	}
	return r, nil
}

// collect adds the cases of one loss and format, grouped by setting so that the
// subtests of one setting are together.
func (r *run) collect(decl *loss.Loss, f ieee.Format, capabilities []Capability) error {
	if decl.Defined() && !slices.ContainsFunc(capabilities, func(c Capability) bool { return slices.Contains(c.Formats, f.Name) }) {
		return nil // vectors are made for those who take them
	}
	vectors, err := r.source.vectors(decl.Name, f)
	if err != nil {
		return err
	}
	var cases []*instance
	for v := range slices.Values(vectors) {
		i := &instance{id: v.ID, flags: v.Flags, kind: BoundVectors, call: v.Call, decl: decl, truth: &v.Truth, class: v.Error}
		if r.place(i, &v, capabilities) {
			cases = append(cases, i)
		}
	}
	for _, v := range r.liveVectors(decl, f, capabilities) {
		i := &instance{id: v.ID, flags: v.Flags, kind: fmt.Sprintf("sampled n=%d seed=%d", r.Live, r.Seed), call: v.Call, decl: decl}
		if r.place(i, &v, capabilities) {
			cases = append(cases, i)
		}
	}
	cases = append(cases, r.samples(decl, f, capabilities)...)
	order := map[string]int{}
	for n, i := range cases {
		if _, ok := order[i.setting]; !ok {
			order[i.setting] = n
		}
	}
	slices.SortStableFunc(cases, func(a, b *instance) int { return order[a.setting] - order[b.setting] })
	r.cases = append(r.cases, cases...)
	return nil
}

// place decides what becomes of a case: asked, skipped, or, when it returns false,
// none of the subject's.
func (r *run) place(i *instance, v *golden.Vector, capabilities []Capability) bool {
	matches := func(glob string) bool {
		ok, _ := path.Match(glob, v.ID) // the configuration has been checked
		return ok
	}
	if len(r.Cases) > 0 && !slices.ContainsFunc(r.Cases, matches) {
		return false
	}
	asked := r.asked == nil || r.asked[golden.ID(&v.Call)]
	i.outputs = []Output{Value, Grad}
	i.setting = setting(&v.Call, i.decl)
	i.repeat = r.repeatCase(i)
	var reasons []string
	for _, c := range capabilities {
		switch fit, reason, call := c.Fit(i.decl, &v.Call, v.Error); fit {
		case subject.Fits:
			if !asked {
				r.leftOut++
				return false
			}
			i.call, i.outputs, i.skip = call, c.Outputs, ""
			return true
		case subject.Lacking:
			if !slices.Contains(reasons, reason) {
				reasons = append(reasons, reason)
			}
		}
	}
	if !asked {
		return false
	}
	if len(reasons) == 0 {
		r.foreign++
		return false
	}
	i.skip = strings.Join(reasons, "; ")
	return true
}

// repeatCase is how a failure says that a case is repeated.
func (r *run) repeatCase(i *instance) string {
	if r.within != "" {
		return repeatCommand(strings.Join([]string{r.within, i.decl.Name, i.call.Format.Name, i.setting, i.id}, "/"))
	}
	id := i.id
	flags := "--case " + id
	if strings.HasPrefix(id, livePrefix) {
		flags += fmt.Sprintf(" --seed %d --live %d", r.Seed, r.Live)
	} else if i.at != nil {
		flags += fmt.Sprintf(" --seed %d --sample %d", r.Seed, r.Sample)
	}
	return r.repeat(flags, Config{Cases: []string{id}})
}

// repeat is how a check is repeated that the flags, or else the configuration, select.
func (r *run) repeat(flags string, c Config) string {
	if r.Level != Accurate {
		flags += " --level " + r.Level.String()
	}
	switch {
	case r.Repeat != nil:
		return r.Repeat(flags)
	case r.program != nil:
		return "lossproof verify " + flags + " -- " + r.program.String()
	}
	var fields []string
	for _, list := range []struct {
		name string
		of   []string
	}{{"Cases", c.Cases}, {"Losses", c.Losses}, {"Dtypes", c.Dtypes}, {"Laws", c.Laws}} {
		if list.of != nil {
			fields = append(fields, fmt.Sprintf("%s: []string{%q}", list.name, list.of[0]))
		}
	}
	if r.Seed != DefaultSeed {
		fields = append(fields, fmt.Sprintf("Seed: %d", r.Seed))
	}
	if r.Live != DefaultLive && strings.HasPrefix(strings.Join(c.Cases, ""), livePrefix) {
		fields = append(fields, fmt.Sprintf("Live: %d", r.Live))
	}
	if strings.HasPrefix(strings.Join(c.Cases, ""), samplePrefix) {
		fields = append(fields, fmt.Sprintf("Sample: %d", r.Sample))
	}
	if r.Checks != properties.DefaultChecks && c.Laws != nil {
		fields = append(fields, fmt.Sprintf("Checks: %d", r.Checks))
	}
	if r.Level != Accurate {
		fields = append(fields, fmt.Sprintf("Level: conformance.%s", strings.ToUpper(r.Level.String()[:1])+r.Level.String()[1:]))
	}
	return "conformance.Config{" + strings.Join(fields, ", ") + "}.Check(ctx, subject)"
}

// livePrefix begins the ids of live cases.
const livePrefix = "live."

// setting names parameters, reduction and conventions of a call where they are not
// the defaults. It is part of a subtest's name.
func setting(c *loss.Call, decl *loss.Loss) string {
	parts := []string{"none"}
	if c.Reduction != "" {
		parts[0] = strings.ReplaceAll(string(c.Reduction), "/", "_")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Params)) {
		if p, ok := decl.Param(name); !ok || !slices.Equal(p.DefaultIn(c.Format), c.Params[name]) {
			parts = append(parts, name+"="+subject.FormatParam(c.Params[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Conventions)) {
		if v, ok := decl.Convention(name); !ok || v.Values[0] != c.Conventions[name] {
			parts = append(parts, name+"="+strings.ReplaceAll(c.Conventions[name], "/", "_"))
		}
	}
	return strings.Join(parts, ";")
}

// failure begins the report of a failure with all that does not depend on the answer.
func (i *instance) failure(o Output, outcome Outcome) *Failure {
	return &Failure{Loss: i.decl.Name, Format: i.call.Format.Name, Output: o, Index: -1, Outcome: outcome, Case: i.id,
		Flags: i.flags, Setting: i.setting, Input: inputOf(&i.call, i.decl, o, -1), Repeat: i.repeat, Rule: Callable.Rule()}
}
