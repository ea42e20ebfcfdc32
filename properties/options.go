package properties

import (
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

// An Option changes what a run checks, or how.
type Option func(*config)

type config struct {
	checks   int
	seed     uint64
	losses   []string
	formats  []string
	laws     []string
	level    subject.Level
	workers  int
	shard    int // of shards, from 1
	shards   int
	progress func(done, total int)
	repeat   func(f *Failure, seed uint64, checks int) string
	record   *Report
	settle   func(t *testing.T, r *Result)
}

// Defaults of a run.
const (
	DefaultSeed   = 1
	DefaultChecks = 100
)

func newConfig(opts []Option) *config {
	c := &config{checks: DefaultChecks, seed: DefaultSeed, level: subject.Accurate, workers: runtime.NumCPU(), shard: 1, shards: 1,
		progress: func(int, int) {}, settle: settle}
	for _, o := range opts {
		o(c)
	}
	return c
}

// Checks sets how many cases each law is held against, for each loss and dtype.
func Checks(n int) Option { return func(c *config) { c.checks = n } }

// Seed sets the seed from which every case is drawn; never the clock.
func Seed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// Losses checks these losses only.
func Losses(names ...string) Option { return func(c *config) { c.losses = append(c.losses, names...) } }

// Formats checks these dtypes only, by short name or title. The default is float64 and
// float32, as far as the subject has them.
func Formats(names ...string) Option {
	return func(c *config) { c.formats = append(c.formats, names...) }
}

// OnlyLaws checks these laws only.
func OnlyLaws(names ...string) Option { return func(c *config) { c.laws = append(c.laws, names...) } }

// AtLevel sets the error bound that the subject declares. The default is Accurate.
func AtLevel(l subject.Level) Option { return func(c *config) { c.level = l } }

// Workers sets how many laws are checked at once. The default is one for each CPU; a
// subject that is not safe for concurrent use wants 1. The report is the same.
func Workers(n int) Option { return func(c *config) { c.workers = max(1, n) } }

// Shard runs the i-th of n parts, from 1: every n-th law, counted over losses and dtypes. The
// parts together are the whole, with the same cases.
func Shard(i, n int) Option { return func(c *config) { c.shard, c.shards = i, n } }

// Progress is called, never concurrently, as laws are done.
func Progress(f func(done, total int)) Option { return func(c *config) { c.progress = f } }

// Repeat sets how a failure says that it is repeated.
func Repeat(command func(f *Failure, seed uint64, checks int) string) Option {
	return func(c *config) { c.repeat = command }
}

// Settle sets what Run makes of a result in its subtest. The default fails it where the law is
// broken, and skips it where the law was skipped. It is called concurrently where there are
// several workers.
func Settle(f func(t *testing.T, r *Result)) Option { return func(c *config) { c.settle = f } }

// Record fills a report with what the subtests of Run found. It is whole when the test that
// called Run has ended with all its subtests; those that go test -run left out are not in it.
func Record(into *Report) Option { return func(c *config) { c.record = into } }

func repeatCommand(f *Failure, seed uint64, checks int) string {
	return fmt.Sprintf("lossproof verify --only properties --loss %s --dtype %s --law %s --seed %d --checks %d",
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
func (c *config) check(d subject.Description) error {
	var errs []error
	if c.checks < 1 {
		errs = append(errs, fmt.Errorf("properties: %d checks: want at least 1", c.checks))
	}
	if c.shard < 1 || c.shard > c.shards {
		errs = append(errs, fmt.Errorf("properties: no part %d of %d: want 1 to %d", c.shard, c.shards, max(1, c.shards)))
	}
	if c.level < subject.Stable || c.level > subject.Exact {
		errs = append(errs, fmt.Errorf("properties: no level %d: want 2 to 5", c.level.Number()))
	}
	for _, name := range c.losses {
		if _, err := loss.Named(name); err != nil {
			errs = append(errs, err)
		} else if !slices.ContainsFunc(d.Capabilities, func(a subject.Capability) bool { return a.Loss == name }) {
			errs = append(errs, fmt.Errorf("properties: the subject %s has no loss %s", d.Name, name))
		}
	}
	for _, name := range c.formats {
		if _, err := ieee.FormatNamed(name); err != nil {
			errs = append(errs, err)
		}
	}
	for _, name := range c.laws {
		if _, err := LawNamed(name); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// wants reports whether a dtype is asked for.
func (c *config) wants(f ieee.Format) bool {
	if len(c.formats) == 0 {
		return f.Width >= 32
	}
	return slices.Contains(c.formats, f.Name) || slices.Contains(c.formats, f.Title)
}
