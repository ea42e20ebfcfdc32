package properties

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/prop"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A unit is one law held against one loss in one dtype: what is run, counted and
// repeated by itself.
type unit struct {
	law          *Law
	loss         *loss.Loss
	format       ieee.Format
	subject      subject.Subject
	capabilities []subject.Capability
	lacks        string
	peers        int // units of the same law
	*Config
}

// Check holds a subject to every law that applies to what it declares. The error is that
// of the configuration or of the context; whether the subject obeys is in the report. When the
// context ends early, the report holds the laws that were done with.
func (config Config) Check(ctx context.Context, s subject.Subject) (*Report, error) {
	c := config.orDefaults()
	units, err := c.units(s)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(units))
	var next, done atomic.Int64
	var wait sync.WaitGroup
	var lock sync.Mutex
	for range min(c.Workers, len(units)) {
		wait.Go(func() {
			for k := int(next.Add(1)) - 1; k < len(units) && ctx.Err() == nil; k = int(next.Add(1)) - 1 {
				r := units[k].run(ctx)
				if ctx.Err() != nil {
					return // it was cut short
				}
				results[k] = r
				lock.Lock()
				c.Progress(int(done.Add(1)), len(units))
				lock.Unlock()
			}
		})
	}
	wait.Wait()
	return c.report(s, doneWith(results)), ctx.Err()
}

// doneWith leaves out the laws that were not run.
func doneWith(results []Result) []Result {
	return slices.DeleteFunc(results, func(r Result) bool { return r.Law == "" })
}

func (c *Config) report(s subject.Subject, results []Result) *Report {
	d := s.Describe()
	return &Report{Subject: d.Name, Version: d.Version, Seed: c.Seed, Checks: c.Checks, Level: c.Level, Results: results}
}

// Count is the number of laws that Check would hold a subject to, counted anew for each
// loss and dtype; ErrNoLaw where there is none.
func (config Config) Count(s subject.Subject) (int, error) {
	units, err := config.orDefaults().units(s)
	return len(units), err
}

// Run holds a subject to every law, each in a subtest loss/dtype/law. A failure prints the
// go test command that repeats it, unless Repeat says another.
func (config Config) Run(t *testing.T, s subject.Subject) {
	t.Helper()
	c := config.orDefaults()
	units, err := c.units(s)
	if err != nil {
		t.Fatal(err)
	}
	results, done := make([]Result, len(units)), atomic.Int64{}
	if c.Record != nil {
		t.Cleanup(func() { // after the subtests that run in parallel
			*c.Record = *c.report(s, doneWith(results))
		})
	}
	var lock sync.Mutex
	for k, u := range units {
		t.Run(u.loss.Name+"/"+u.format.Name+"/"+u.law.Name, func(t *testing.T) {
			if c.Workers > 1 {
				t.Parallel()
			}
			if c.Repeat == nil {
				own := *c
				own.Repeat = func(*Failure, uint64, int) string { return subtestCommand(t.Name()) }
				u.Config = &own
			}
			r := u.run(t.Context())
			results[k] = r
			lock.Lock()
			c.Progress(int(done.Add(1)), len(units))
			lock.Unlock()
			c.Settle(t, &r)
		})
	}
}

// Check, and Run below, are those of the default Config.
func Check(ctx context.Context, s subject.Subject) (*Report, error) { return Config{}.Check(ctx, s) }

// Run holds a subject to every law, each in a subtest; see Config.Run.
func Run(t *testing.T, s subject.Subject) {
	t.Helper()
	Config{}.Run(t, s)
}

// settle makes a result the outcome of its subtest.
func settle(t *testing.T, r *Result) {
	t.Helper()
	switch {
	case r.Failure != nil:
		t.Error(r.Failure)
	case r.Skipped != "":
		t.Skip(r.Skipped)
	}
}

// ErrNoLaw: the configuration leaves nothing of what a subject declares that a law is about.
var ErrNoLaw = errors.New("properties: no law to check")

// units lists what is to be run, in a stable order.
func (c *Config) units(s subject.Subject) ([]*unit, error) {
	d := s.Describe()
	if err := d.Validate(); err != nil {
		return nil, err
	}
	if err := c.check(d); err != nil {
		return nil, err
	}
	var units []*unit
	counted, pairs := 0, 0
	for _, l := range d.Losses() {
		if len(c.Losses) > 0 && !contains(c.Losses, l.Name) {
			continue
		}
		for _, f := range ieee.Formats() {
			if !c.wants(f) || !has(d.Capabilities, l.Name, f, subject.Value) && !has(d.Capabilities, l.Name, f, subject.Grad) {
				continue
			}
			pairs++
			for _, w := range allLaws {
				if !w.AppliesTo(l) || w.Output != "" && !has(d.Capabilities, l.Name, f, w.Output) || w.coarse && f.Precision < ieee.Float16.Precision || len(c.Laws) > 0 && !contains(c.Laws, w.Name) {
					continue
				}
				if counted++; (counted-c.Shard)%c.Shards == 0 {
					units = append(units, &unit{w, l, f, s, d.Capabilities, w.lacking(d.Capabilities, l, f), 0, c})
				}
			}
		}
	}
	for _, u := range units {
		u.peers = pairs
	}
	if len(units) == 0 {
		return nil, fmt.Errorf("%w: nothing that %s declares is left", ErrNoLaw, d.Name)
	}
	return units, nil
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// seedOf derives the seed of a unit from its names, so that its cases are the same
// whatever else is run.
func (u *unit) seedOf() int64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d\x00%s\x00%s\x00%s", u.Seed, u.law.Name, u.loss.Name, u.format.Name)
	return int64(h.Sum64())
}

// probe is what gopter draws. It prints as nothing, because gopter prints every value.
type probe struct{ *Case }

func (probe) String() string { return "" }

// mostDraws is how many cases may be drawn for each check that is wanted.
const mostDraws = 20

// What is demanded of a law beside what it says.
const (
	// Unproven: the law was checked in fewer cases than were asked for.
	Unproven = "a law that applies is checked"
	// Panicked: the check of the law ended in a panic.
	Panicked = "a law is checked without a panic"
)

var errEnough = errors.New("enough cases were drawn")

// run draws cases until the law has been checked often enough, or broken; then it shrinks
// the case.
func (u *unit) run(ctx context.Context) Result {
	r := Result{Law: u.law.Name, Loss: u.loss.Name, Format: u.format.Name}
	if u.lacks != "" {
		r.Skipped = u.lacks
		return r
	}
	r.Judged = map[subject.Output]bool{}
	t := &trial{ctx: ctx, subject: u.subject, capabilities: u.capabilities, format: u.format, level: u.Level, law: u.law, loss: u.loss,
		alone: u.Workers == 1, look: u.Look, calls: max(1, everyCall*u.Checks/DefaultChecks/u.peers)}
	d := &drawer{loss: u.loss}
	for _, c := range u.capabilities {
		if c.Loss == u.loss.Name && contains(c.Formats, u.format.Name) {
			d.capabilities = append(d.capabilities, c)
		}
	}
	wanted := u.law.wanted(u.Checks, u.loss)
	var broken *Violation
	var last *Case
	var steps, lacking, declined, drawn int
	var lacks string

	generate := gopter.Gen(func(p *gopter.GenParameters) *gopter.GenResult {
		d.Drawer, d.lacks = draw.From(p.Rng, u.format), ""
		c := u.law.draw(d)
		d.turn++
		return gopter.NewGenResult(probe{c}, func(v any) gopter.Shrink {
			if broken == nil || u.law.once || u.law.rigid {
				return gopter.NoShrink // gopter shrinks cases that are merely undecided, too
			}
			return shrinks(v)
		})
	})
	condition := func(p probe) *gopter.PropResult {
		shrinking := broken != nil
		if drawn++; !shrinking && drawn > mostDraws*(wanted+10) {
			return &gopter.PropResult{Status: gopter.PropError, Error: errEnough}
		}
		if p.Case == nil {
			if d.lacks != "" {
				lacking, lacks = lacking+1, d.lacks
			}
			r.Discarded++
			return undecided()
		}
		if ctx.Err() != nil {
			return &gopter.PropResult{Status: gopter.PropError, Error: ctx.Err()}
		}
		o := t.run(p.Case)
		if o.passed() || o.violation != nil {
			maps.Copy(r.Judged, t.judged)
		}
		switch {
		case o.violation != nil:
			if shrinking {
				steps++
			}
			broken, last = o.violation, p.Case
			return gopter.NewPropResult(false, "")
		case o.passed() || shrinking:
			return gopter.NewPropResult(true, "")
		case o.inconclusive:
			r.Inconclusive++
		default:
			if o.lacks != "" {
				lacking, lacks = lacking+1, o.lacks
			}
			if o.declined {
				declined++
			}
			r.Discarded++
		}
		return undecided()
	}
	result := prop.ForAll(condition, generate).Check(&gopter.TestParameters{MinSuccessfulTests: wanted, MaxSize: 100, MaxShrinkCount: 200,
		Rng: rand.New(rand.NewSource(u.seedOf())), Workers: 1, MaxDiscardRatio: math.Inf(1)}) // the condition counts its draws itself
	r.Checks = result.Succeeded
	fewDigits := u.law.coarse && u.format.Width < 32 && r.Inconclusive > 0
	loose := u.Level == subject.Close && r.Inconclusive > 0
	lacksMost := lacking > 0 && 2*lacking >= r.Discarded && r.Inconclusive == 0
	switch err := result.Error; {
	case broken != nil:
		r.Checks++
		r.Failure = u.failure(broken, last, steps)
	case ctx.Err() != nil:
	case err != nil && err != errEnough: // gopter makes errors of panics that the trial did not see
		r.Failure = u.failure(&Violation{What: Panicked, Left: fmt.Sprintf("%v", err), Right: "no panic", Slack: "none", Stack: string(result.ErrorStack)}, nil, 0)
	case r.Checks >= wanted:
	case lacksMost && r.Checks == 0 && 2*declined < lacking: // what a subject declares and then declines is no excuse
		r.Skipped = lacks
	case lacksMost && 2*declined < lacking:
		r.Short = lacks
	case fewDigits && r.Checks == 0:
		r.Skipped = "the dtype has too few digits: every case is inconclusive"
	case fewDigits:
		r.Short = "the dtype has too few digits: most cases are inconclusive"
	case loose && r.Checks == 0:
		r.Skipped = "level close allows so much that every case is inconclusive"
	case loose:
		r.Short = "level close allows so much that most cases are inconclusive"
	default:
		r.Failure = u.failure(&Violation{What: Unproven,
			Left:  fmt.Sprintf("%d checks; of %d cases %d were none for the law, %d inconclusive", r.Checks, drawn, r.Discarded, r.Inconclusive),
			Right: fmt.Sprintf("%d checks", wanted), Slack: "none"}, nil, 0)
	}
	return r
}

func undecided() *gopter.PropResult { return &gopter.PropResult{Status: gopter.PropUndecided} }
