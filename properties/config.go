package properties

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A Config says what a run checks, and how; a field that is zero has its default.
type Config struct {
	Checks int           // cases that each law is held against, for each loss and dtype. 0: DefaultChecks
	Seed   uint64        // from which every case is drawn. 0: DefaultSeed, and never the clock
	Losses []string      // nil: all that the subject has
	Dtypes []string      // by short name or title. nil: every one that the subject declares
	Laws   []string      // nil: all
	Level  subject.Level // the error bound that the subject declares. Unset: subject.Accurate

	// Workers is how many laws are checked at once. 0: one for each CPU, and two at least. A
	// subject that is not safe for concurrent use wants 1, and is then not held to the law about
	// that. The report is otherwise the same.
	Workers int
	// Shard, from 1, of Shards parts: every so many-th law, counted over losses and dtypes. The
	// parts together are the whole, with the same cases. 0 of 0: the whole.
	Shard, Shards int

	// Look gathers how much the laws looked at. nil: nobody wants to know.
	Look *Look
	// Progress is called, never concurrently, as laws are done.
	Progress func(done, total int)
	// Repeat says how a failure is repeated. nil: by a call or, in Run, by go test.
	Repeat func(f *Failure, seed uint64, checks int) string
	// Record is filled with what the subtests of Run found. It is whole when the test that
	// called Run has ended with all its subtests; those that go test -run left out are not in it.
	Record *Report
	// Settle is what Run makes of a result in its subtest. nil: it fails where the law is
	// broken, and is skipped where the law was skipped. It is called concurrently where there are
	// several workers.
	Settle func(t *testing.T, r *Result)
}

// Defaults of a run.
const (
	DefaultSeed   = 1
	DefaultChecks = 100
)

// orDefaults fills in what is not set.
func (c Config) orDefaults() *Config {
	c.Checks, c.Seed = cmp.Or(c.Checks, DefaultChecks), cmp.Or(c.Seed, DefaultSeed)
	c.Level, c.Workers = cmp.Or(c.Level, subject.Accurate), max(1, cmp.Or(c.Workers, max(2, runtime.NumCPU())))
	if c.Shards == 0 && c.Shard == 0 {
		c.Shard, c.Shards = 1, 1
	}
	if c.Progress == nil {
		c.Progress = func(int, int) {}
	}
	if c.Settle == nil {
		c.Settle = settle
	}
	return &c
}

// repeatCommand is a call, since no command has the subject.
func repeatCommand(f *Failure, seed uint64, checks int) string {
	return fmt.Sprintf("properties.Config{Losses: []string{%q}, Dtypes: []string{%q}, Laws: []string{%q}, Seed: %d, Checks: %d}.Check(ctx, subject)",
		f.Loss, f.Format, f.Law, seed, checks)
}

// subtestCommand is the go test command that runs one subtest.
func subtestCommand(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return "go test -run '" + strings.Join(parts, "/") + "'"
}

// check refuses options that name what does not exist: they would select nothing,
// silently.
func (c *Config) check(d subject.Description) error {
	var errs []error
	if c.Checks < 1 {
		errs = append(errs, fmt.Errorf("properties: %d checks: want at least 1", c.Checks))
	}
	if c.Shard < 1 || c.Shard > c.Shards {
		errs = append(errs, fmt.Errorf("properties: no part %d of %d: want 1 to %d", c.Shard, c.Shards, max(1, c.Shards)))
	}
	if c.Level < subject.Close || c.Level > subject.Exact {
		errs = append(errs, fmt.Errorf("properties: no level %d: want 1 to 5", c.Level.Number()))
	}
	for _, name := range c.Losses {
		if _, err := loss.Named(name); err != nil {
			errs = append(errs, err)
		} else if !slices.ContainsFunc(d.Capabilities, func(a subject.Capability) bool { return a.Loss == name }) {
			errs = append(errs, fmt.Errorf("properties: the subject %s has no loss %s", d.Name, name))
		}
	}
	for _, name := range c.Dtypes {
		if _, err := ieee.FormatNamed(name); err != nil {
			errs = append(errs, err)
		}
	}
	for _, name := range c.Laws {
		if _, err := LawNamed(name); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// wants reports whether a dtype is asked for.
func (c *Config) wants(f ieee.Format) bool {
	return len(c.Dtypes) == 0 || slices.Contains(c.Dtypes, f.Name) || slices.Contains(c.Dtypes, f.Title)
}
