package mutants

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/properties"
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

// A Config says what NewMatrix runs; a field that is zero has its default.
type Config struct {
	Mutants  []string // these only, of any family. nil: those of Families
	Losses   []string // the mutants of these losses only. nil: of all
	Families []Family // nil: Known; not read where Mutants are named
	Of       int      // of each of Hidden and Confined one in so many, another for each Seed. 0: all
	Only     string   // one part of the suite: conformance.Golden or conformance.Properties; empty: both
	Checks   int      // cases that each law is held against, for each dtype. 0: DefaultChecks or, where some mutant has a class, as many as a run of the suite has by default
	Seed     uint64   // of the laws' cases. 0: properties.DefaultSeed, and never the clock
	Workers  int      // mutants that are run at once; the matrix is the same. 0: one for each CPU
	// Progress is called, never concurrently, as mutants are done.
	Progress func(done, total int)
}

// DefaultChecks is how many cases each law is held against, for each dtype.
const DefaultChecks = 30

// runs reports whether a part of the suite is asked for.
func (c *Config) runs(part string) bool { return c.Only == "" || c.Only == part }

// ErrNoMutant: the configuration leaves nothing to run.
var ErrNoMutant = errors.New("mutants: no mutant is left to run, so nothing would be shown")

// NewMatrix runs mutants under the golden vectors and the laws. The error is that of the
// suite, of the configuration or of the context; a mutant that lives is data, and Matrix.Err
// the verdict.
func (c Config) NewMatrix(ctx context.Context) (*Matrix, error) {
	c.Seed, c.Workers = cmp.Or(c.Seed, properties.DefaultSeed), max(1, cmp.Or(c.Workers, runtime.NumCPU()))
	if c.Progress == nil {
		c.Progress = func(int, int) {}
	}
	rows, err := c.rows()
	if err != nil {
		return nil, err
	}
	if c.Checks == 0 && slices.ContainsFunc(rows, func(r Row) bool { return r.Class != "" }) {
		c.Checks = properties.DefaultChecks
	}
	c.Checks = cmp.Or(c.Checks, DefaultChecks)
	m := &Matrix{Schema: Schema, Checks: c.Checks, Seed: c.Seed, Rows: rows}
	if err := c.fill(ctx, m.Rows); err != nil {
		return nil, err
	}
	if c.runs(conformance.Golden) {
		flags, err := flagsOf(rows)
		if err != nil {
			return nil, err
		}
		m.Flags = killers(flags, rows, func(r *Row) (own, other Side) { return r.Golden, r.Laws })
	}
	if c.runs(conformance.Properties) {
		m.Laws = killers(lawsOf(rows), rows, func(r *Row) (own, other Side) { return r.Laws, r.Golden })
	}
	return m, nil
}

// rows selects the mutants.
func (c *Config) rows() ([]Row, error) {
	var rows []Row
	families := c.Families
	switch {
	case len(c.Mutants) > 0:
		families = nil
	case len(families) == 0:
		families = []Family{Known}
	}
	for _, f := range families {
		for _, m := range f.Mutants() {
			if c.Of == 0 || m.Class == "" || (draw.Seed(m.Name)+c.Seed)%uint64(c.Of) == 0 {
				rows = append(rows, Row{Mutant: m, Machine: m.program != nil})
			}
		}
	}
	for _, name := range c.Mutants {
		m, err := Named(name)
		if err != nil {
			return nil, err
		}
		rows = append(rows, Row{Mutant: m, Machine: m.program != nil})
	}
	for _, name := range c.Losses {
		if _, err := loss.Named(name); err != nil {
			return nil, err
		}
	}
	rows = slices.DeleteFunc(rows, func(r Row) bool { return len(c.Losses) > 0 && !slices.Contains(c.Losses, r.Loss) })
	if len(rows) == 0 {
		return nil, ErrNoMutant
	}
	return rows, nil
}

// fill runs the mutants, several at once, each by itself in one goroutine: those with a
// memory then remember the same, and the matrix does not depend on the machine.
func (c *Config) fill(ctx context.Context, rows []Row) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wait sync.WaitGroup
	var lock sync.Mutex
	done := 0
	for range min(c.Workers, len(rows)) {
		wait.Go(func() {
			for k := int(next.Add(1)) - 1; k < len(rows) && ctx.Err() == nil; k = int(next.Add(1)) - 1 {
				if err := c.one(ctx, &rows[k]); err != nil {
					cancel(fmt.Errorf("mutants: %s: %w", rows[k].Name, err))
					return
				}
				lock.Lock()
				done++
				c.Progress(done, len(rows))
				lock.Unlock()
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}

func (c *Config) one(ctx context.Context, r *Row) error {
	if c.runs(conformance.Golden) {
		side, err := underGolden(ctx, r.Mutant)
		if err != nil {
			return err
		}
		r.Golden = side
	}
	if c.runs(conformance.Properties) {
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
