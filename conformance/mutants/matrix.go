package mutants

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// Schema is the version of the JSON form of a matrix.
const Schema = "lossproof.mutants/1"

// A Matrix says what kills each mutant, and what each flag and each law kills.
type Matrix struct {
	Schema string   `json:"schema"`
	Checks int      `json:"checks"` // of each law, for each dtype
	Seed   uint64   `json:"seed"`
	Rows   []Row    `json:"rows"`
	Flags  []Killer `json:"flags"`
	Laws   []Killer `json:"laws"`
}

// A Row is one mutant under both sides of the suite.
type Row struct {
	Mutant
	Machine bool `json:"machine,omitempty"`
	Golden  Side `json:"golden"`
	Laws    Side `json:"laws"`
}

// A Side is what the golden vectors, or the laws, say of a mutant.
type Side struct {
	Ran   bool   `json:"ran"`
	By    []Kill `json:"killedBy,omitempty"` // sorted by name
	First string `json:"first,omitempty"`    // counterexample
}

// A Kill is a flag or a law that a mutant breaks, with how often it does: in how many
// cases that bear the flag, or in how many dtypes.
type Kill struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Killed reports whether the side sees the defect.
func (s Side) Killed() bool { return len(s.By) > 0 }

// A Killer is a flag or a law with how many mutants it kills. One that kills none is
// unproven: it has never been seen to fail.
type Killer struct {
	Name  string `json:"name"`
	Kills int    `json:"kills"`
	Alone int    `json:"alone"` // mutants that nothing else of the suite sees
}

// An Option chooses what NewMatrix runs.
type Option func(*config)

type config struct {
	names, losses        []string
	named, machine       bool
	goldenSide, lawsSide bool
	checks, workers      int
	seed                 uint64
	progress             func(done, total int)
}

// DefaultChecks is how many cases each law is held against, for each dtype.
const DefaultChecks = 30

// Only runs these mutants only, named or machine-made.
func Only(names ...string) Option { return func(c *config) { c.names = append(c.names, names...) } }

// Losses runs the mutants of these losses only.
func Losses(names ...string) Option { return func(c *config) { c.losses = append(c.losses, names...) } }

// WithMachine runs the machine-made mutants after the named ones.
func WithMachine() Option { return func(c *config) { c.machine = true } }

// OnlyMachine runs the machine-made mutants only.
func OnlyMachine() Option { return func(c *config) { c.machine, c.named = true, false } }

// OnlyGolden leaves the laws out.
func OnlyGolden() Option { return func(c *config) { c.lawsSide = false } }

// OnlyLaws leaves the golden vectors out.
func OnlyLaws() Option { return func(c *config) { c.goldenSide = false } }

// Checks sets how many cases each law is held against.
func Checks(n int) Option { return func(c *config) { c.checks = n } }

// Seed sets the seed of the laws' cases; never the clock.
func Seed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// Workers sets how many mutants are run at once. The matrix is the same.
func Workers(n int) Option { return func(c *config) { c.workers = max(1, n) } }

// Progress is called, never concurrently, as mutants are done.
func Progress(f func(done, total int)) Option { return func(c *config) { c.progress = f } }

// ErrNoMutant: the options leave nothing to run.
var ErrNoMutant = errors.New("mutants: no mutant is left to run, so nothing would be shown")

// NewMatrix runs mutants under the golden vectors and the laws. The error is that of the
// suite, of an option or of the context; a mutant that lives is data, and Matrix.Err
// the verdict.
func NewMatrix(ctx context.Context, opts ...Option) (*Matrix, error) {
	c := &config{named: true, goldenSide: true, lawsSide: true, checks: DefaultChecks, seed: 1, workers: runtime.NumCPU(), progress: func(int, int) {}}
	for _, o := range opts {
		o(c)
	}
	rows, err := c.rows()
	if err != nil {
		return nil, err
	}
	m := &Matrix{Schema: Schema, Checks: c.checks, Seed: c.seed, Rows: rows}
	if err := c.fill(ctx, m.Rows); err != nil {
		return nil, err
	}
	if c.goldenSide {
		flags, err := flagsOf(rows)
		if err != nil {
			return nil, err
		}
		m.Flags = killers(flags, rows, func(r *Row) (own, other Side) { return r.Golden, r.Laws })
	}
	if c.lawsSide {
		m.Laws = killers(lawsOf(rows), rows, func(r *Row) (own, other Side) { return r.Laws, r.Golden })
	}
	return m, nil
}

// rows selects the mutants.
func (c *config) rows() ([]Row, error) {
	var rows []Row
	if c.named {
		for _, m := range All() {
			rows = append(rows, Row{Mutant: m})
		}
	}
	if c.machine {
		for _, m := range Machine() {
			rows = append(rows, Row{Mutant: m, Machine: true})
		}
	}
	if len(c.names) > 0 {
		rows = nil
		for _, name := range c.names {
			m, err := Named(name)
			if err != nil {
				return nil, err
			}
			rows = append(rows, Row{Mutant: m, Machine: m.program != nil})
		}
	}
	for _, name := range c.losses {
		if _, err := loss.Named(name); err != nil {
			return nil, err
		}
	}
	rows = slices.DeleteFunc(rows, func(r Row) bool { return len(c.losses) > 0 && !slices.Contains(c.losses, r.Loss) })
	if len(rows) == 0 {
		return nil, ErrNoMutant
	}
	return rows, nil
}

// fill runs the mutants, several at once, each by itself in one goroutine: those with a
// memory then remember the same, and the matrix does not depend on the machine.
func (c *config) fill(ctx context.Context, rows []Row) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wait sync.WaitGroup
	var lock sync.Mutex
	done := 0
	for range min(c.workers, len(rows)) {
		wait.Go(func() {
			for k := int(next.Add(1)) - 1; k < len(rows) && ctx.Err() == nil; k = int(next.Add(1)) - 1 {
				if err := c.one(ctx, &rows[k]); err != nil {
					cancel(fmt.Errorf("mutants: %s: %w", rows[k].Name, err))
					return
				}
				lock.Lock()
				done++
				c.progress(done, len(rows))
				lock.Unlock()
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}

func (c *config) one(ctx context.Context, r *Row) error {
	if c.goldenSide {
		side, err := underGolden(ctx, r.Mutant)
		if err != nil {
			return err
		}
		r.Golden = side
	}
	if c.lawsSide {
		side, err := c.underLaws(ctx, r.Mutant)
		if err != nil {
			return err
		}
		r.Laws = side
	}
	return nil
}

// killers counts, for every name, the mutants that it kills.
func killers(names []string, rows []Row, sides func(r *Row) (own, other Side)) []Killer {
	var all []Killer
	for _, name := range names {
		k := Killer{Name: name}
		for i := range rows {
			own, other := sides(&rows[i])
			if slices.ContainsFunc(own.By, func(by Kill) bool { return by.Name == name }) {
				k.Kills++
				k.Alone += int(boolean(len(own.By) == 1 && !other.Killed()))
			}
		}
		all = append(all, k)
	}
	return all
}

// flagsOf lists the flags of the vectors that rows are held against.
func flagsOf(rows []Row) ([]string, error) {
	seen := map[string]bool{}
	var flags []string
	for _, r := range rows {
		for _, name := range r.Formats() {
			f, err := ieee.FormatNamed(name)
			if err != nil {
				return nil, err
			}
			if seen[r.Loss+"."+name] {
				continue
			}
			seen[r.Loss+"."+name] = true
			vectors, err := golden.Vectors(r.Loss, f)
			if err != nil {
				return nil, err
			}
			for _, v := range vectors {
				flags = append(flags, v.Flags...)
			}
		}
	}
	slices.Sort(flags)
	return slices.Compact(flags), nil
}

// tally counts names and sorts them.
func tally(names []string) []Kill {
	slices.Sort(names)
	var kills []Kill
	for _, name := range names {
		if n := len(kills); n > 0 && kills[n-1].Name == name {
			kills[n-1].Count++
			continue
		}
		kills = append(kills, Kill{name, 1})
	}
	return kills
}
