package conformance

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
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

// An Option changes what a run checks, or how.
type Option func(*config)

type config struct {
	level       Level
	losses      []string
	formats     []string
	cases       []string
	asked       map[string]bool // by id of the call; nil: all
	conventions loss.Conventions
	known       []known.Failure
	only        string // the part of the suite, or both
	laws        []string
	checks      int // of each law
	seed        uint64
	live        int
	workers     int // 0: not said
	progress    func(done, total int)
	repeat      func(caseID string) string
	command     string  // what a command line that repeats a check ends with
	errs        []error // what is wrong with the options
}

// Defaults of a run. A live reduction has a few terms more than a power of two, so that
// blocks and lanes of every width have a remainder.
const (
	DefaultSeed = 1
	DefaultLive = 1<<11 + 3
)

func newConfig(opts []Option) *config {
	c := &config{level: Accurate, seed: DefaultSeed, live: DefaultLive, checks: properties.DefaultChecks,
		progress: func(int, int) {},
	}
	c.repeat = func(id string) string { return "lossproof verify --case " + id + c.command }
	for _, o := range opts {
		o(c)
	}
	return c
}

// AtLevel sets the level below which a case fails. The default is Accurate.
func AtLevel(l Level) Option {
	return func(c *config) {
		if l < Callable || l > Exact {
			c.errs = append(c.errs, fmt.Errorf("conformance: no level %d: want 0 to 5", l.Number()))
		}
		c.level = l
	}
}

// Losses checks these losses only.
func Losses(names ...string) Option { return func(c *config) { c.losses = append(c.losses, names...) } }

// Formats checks these dtypes only, by short name or title.
func Formats(names ...string) Option {
	return func(c *config) { c.formats = append(c.formats, names...) }
}

// Cases checks the cases only whose id matches one of the globs of path.Match, and no laws
// unless Laws selects some.
func Cases(globs ...string) Option { return func(c *config) { c.cases = append(c.cases, globs...) } }

// Conventions checks a subject under these values only, which must be among those that
// it declares.
func Conventions(values loss.Conventions) Option {
	return func(c *config) { c.conventions = values }
}

// KnownFailures reads a file of known failures; see package known.
func KnownFailures(r io.Reader) Option {
	return func(c *config) {
		list, err := known.Parse(r)
		if err != nil {
			c.errs = append(c.errs, fmt.Errorf("conformance: %w", err))
		}
		c.known = append(c.known, list...)
	}
}

// KnownFailuresFile is KnownFailures for the file at a path.
func KnownFailuresFile(file string) Option {
	return func(c *config) {
		f, err := os.Open(file)
		if err != nil {
			c.errs = append(c.errs, fmt.Errorf("conformance: known failures: %w", err))
			return
		}
		defer f.Close()
		KnownFailures(f)(c)
	}
}

// Seed sets the seed of live cases and of the laws' cases. The default is DefaultSeed, and never the clock.
func Seed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// Live sets the number of terms of the reductions that are judged live against the
// oracle; 0 leaves them out. The default is DefaultLive.
func Live(terms int) Option {
	return func(c *config) {
		if terms < 0 {
			c.errs = append(c.errs, fmt.Errorf("conformance: a live reduction of %d terms", terms))
		}
		c.live = terms
	}
}

// Only checks one part of the suite: Golden or Properties.
func Only(part string) Option {
	return func(c *config) {
		if c.only = part; part == "" {
			c.errs = append(c.errs, fmt.Errorf("conformance: no part %q: want %s or %s", part, Golden, Properties))
		}
	}
}

// Checks sets how many cases each law is held against, for each loss and dtype; 0 leaves
// the laws out. The default is properties.DefaultChecks.
func Checks(n int) Option { return func(c *config) { c.checks = n } }

// Laws checks these laws only, and no golden vectors unless Cases selects some.
func Laws(names ...string) Option { return func(c *config) { c.laws = append(c.laws, names...) } }

// Workers sets how many calls are made at once. The default of Check is one for each CPU; a
// subject that is not safe for concurrent use wants 1. The report is the same. Run makes
// one after another, and holds the subject to several laws at once where Workers says so.
func Workers(n int) Option { return func(c *config) { c.workers = max(1, n) } }

// Progress is called, never concurrently, as cases and then laws are done.
func Progress(f func(done, total int)) Option { return func(c *config) { c.progress = f } }

// Repeat sets how a failure says that one case is repeated; for example
//
//	func(id string) string { return "make check CASE=" + id }
func Repeat(command func(caseID string) string) Option {
	return func(c *config) { c.repeat = command }
}

// check refuses filters that name what does not exist: they would select nothing,
// silently.
func (c *config) check(d Description) error {
	errs := append(slices.Clone(c.errs), c.checkLaws())
	for _, name := range c.losses {
		if _, err := loss.Named(name); err != nil {
			errs = append(errs, err)
		} else if !slices.ContainsFunc(d.Capabilities, func(a Capability) bool { return a.Loss == name }) {
			errs = append(errs, fmt.Errorf("conformance: the subject %s has no loss %s", d.Name, name))
		}
	}
	for _, name := range c.formats {
		if _, err := ieee.FormatNamed(name); err != nil {
			errs = append(errs, err)
		}
	}
	for _, glob := range c.cases {
		if _, err := path.Match(glob, ""); err != nil {
			errs = append(errs, fmt.Errorf("conformance: the case pattern %q: %w", glob, err))
		}
	}
	return errors.Join(errs...)
}

// atOnce is how many calls Check makes at once. A program is asked many, so that it need
// not wait for the next.
func (r *run) atOnce() int {
	switch {
	case r.workers > 0:
		return r.workers
	case r.program != nil:
		return lcp.AtOnce
	}
	return runtime.NumCPU()
}

// restrict narrows the capabilities to the conventions asked for.
func (c *config) restrict(d Description) (Description, error) {
	d.Capabilities = slices.Clone(d.Capabilities)
	for _, name := range slices.Sorted(maps.Keys(c.conventions)) {
		value, known, left := c.conventions[name], false, []Capability{}
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
