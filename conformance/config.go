package conformance

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/conformance/known"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject/lcp"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/properties"
)

// A Config says what a run checks, and how; a field that is zero has its default.
type Config struct {
	Level       Level            // below which a case fails. Unset: Accurate
	Losses      []string         // nil: all that the subject has
	Dtypes      []string         // by short name or title. nil: all that the subject has
	Only        string           // one part of the suite, Golden or Properties; empty: both, as far as Cases and Laws say no other
	Cases       []string         // only the cases whose id matches one of these globs of path.Match, and no laws unless Laws selects some
	Laws        []string         // only these laws, and no golden cases unless Cases selects some
	Conventions loss.Conventions // only under these values, which must be among those that the subject declares
	Known       []known.Failure  // what is known to be wrong, as known.Parse or known.Read has it
	Checks      int              // cases that each law is held against, for each loss and dtype. 0: properties.DefaultChecks; negative: no law is checked
	Live        int              // terms of the reductions that are judged live against the oracle. 0: DefaultLive; negative: there are none
	Sample      int              // samples of each loss and dtype, along an axis of floats, beside the cases. 0: none; at most MostSamples
	Seed        uint64           // of samples, live cases and of the laws' cases. 0: DefaultSeed, and never the clock

	// Workers is how many calls are made at once. 0: one for each CPU, and two at least. A
	// subject that is not safe for concurrent use, such as one that answers in a buffer which it
	// uses again, wants 1, and is then not held to the law about that. The report is otherwise the
	// same.
	Workers int
	// Progress is called, never concurrently, as cases and then laws are done.
	Progress func(done, total int)
	// Repeat says how a check is repeated, given the flags of lossproof verify that select it: --case
	// and an id, or --law and what belongs to it. nil: Run says go test, a program is repeated by the
	// command, and a function by a call.
	Repeat func(flags string) string

	// Show is what Run prints: the summary, unless it is All. The flag -lossproof.show=all does the same.
	Show string
	// JSON is a file that Run writes its report to. The flag -lossproof.json=FILE does the same.
	JSON string
	// NoCauses leaves out why checks fail, for whoever only counts them.
	NoCauses bool

	within string          // the test that Run was called in; empty: none
	asked  map[string]bool // by id of the call; nil: all
}

// All makes Run print every failure, each in a subtest of its own.
const All = "all"

// Defaults of a run. A live reduction has a few terms more than a power of two, so that
// blocks and lanes of every width have a remainder.
const (
	DefaultSeed = 1
	DefaultLive = 1<<11 + 3
)

// orDefaults fills in what is not set.
func (c Config) orDefaults() Config {
	c.Level, c.Seed = cmp.Or(c.Level, Accurate), cmp.Or(c.Seed, DefaultSeed)
	c.Checks, c.Live = max(0, cmp.Or(c.Checks, properties.DefaultChecks)), max(0, cmp.Or(c.Live, DefaultLive))
	c.Known = slices.Clone(c.Known) // a run counts in them
	if c.Progress == nil {
		c.Progress = func(int, int) {}
	}
	return c
}

// check refuses filters that name what does not exist: they would select nothing,
// silently.
func (c *Config) check(d Description) error {
	errs := []error{c.checkLaws()}
	if c.Show != "" && c.Show != All {
		errs = append(errs, fmt.Errorf("conformance: Show %q: want %q, or nothing for the summary", c.Show, All))
	}
	if c.Sample < 0 || c.Sample > MostSamples {
		errs = append(errs, fmt.Errorf("conformance: %d samples: want 0 to %d", c.Sample, MostSamples))
	}
	if c.Level < Callable || c.Level > Exact {
		errs = append(errs, fmt.Errorf("conformance: no level %d: want 0 to 5", c.Level.Number()))
	}
	for _, name := range c.Losses {
		if _, err := loss.Named(name); err != nil {
			errs = append(errs, err)
		} else if !slices.ContainsFunc(d.Capabilities, func(a Capability) bool { return a.Loss == name }) {
			errs = append(errs, fmt.Errorf("conformance: the subject %s has no loss %s", d.Name, name))
		}
	}
	for _, name := range c.Dtypes {
		if _, err := ieee.FormatNamed(name); err != nil {
			errs = append(errs, err)
		}
	}
	for _, glob := range c.Cases {
		if _, err := path.Match(glob, ""); err != nil {
			errs = append(errs, fmt.Errorf("conformance: the case pattern %q: %w", glob, err))
		}
	}
	return errors.Join(errs...)
}

// wants reports whether a dtype is asked for.
func (c *Config) wants(f ieee.Format) bool {
	return len(c.Dtypes) == 0 || slices.Contains(c.Dtypes, f.Name) || slices.Contains(c.Dtypes, f.Title)
}

// atOnce is how many calls Check makes at once. A program is asked many, so that it need
// not wait for the next.
func (r *run) atOnce() int {
	switch {
	case r.Workers > 0:
		return r.Workers
	case r.program != nil:
		return lcp.AtOnce
	}
	return max(2, runtime.NumCPU())
}

// restrict narrows the capabilities to the conventions asked for.
func (c *Config) restrict(d Description) (Description, error) {
	d.Capabilities = slices.Clone(d.Capabilities)
	for _, name := range slices.Sorted(maps.Keys(c.Conventions)) {
		value, known, left := c.Conventions[name], false, []Capability{}
		for _, a := range d.Capabilities {
			decl, err := loss.Named(a.Loss)
			if err != nil {
				return d, err
			}
			convention, ok := decl.Convention(name)
			if !ok {
				left = append(left, a)
				continue
			}
			known = true
			has, declared := a.Conventions[name]
			if !declared {
				has = convention.Values[:1]
			}
			if slices.Contains(has, value) {
				a.Conventions = maps.Clone(a.Conventions)
				if a.Conventions == nil {
					a.Conventions = map[string][]string{}
				}
				a.Conventions[name] = []string{value}
				left = append(left, a)
			}
		}
		if !known || len(left) == 0 {
			return d, fmt.Errorf("conformance: the subject %s does not declare %s=%s; conventions of its losses: %s",
				d.Name, name, value, strings.Join(conventionsOf(d), ", "))
		}
		d.Capabilities = left
	}
	return d, nil
}

// conventionsOf lists the conventions of a subject's losses as name=value|value.
func conventionsOf(d Description) []string {
	var all []string
	for _, a := range d.Capabilities {
		decl, err := loss.Named(a.Loss)
		if err != nil {
			continue
		}
		for _, convention := range decl.AllConventions() {
			has, declared := a.Conventions[convention.Name]
			if !declared {
				has = convention.Values[:1]
			}
			all = append(all, convention.Name+"="+strings.Join(has, "|"))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
