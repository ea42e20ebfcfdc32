package conformance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject/lcp"
)

// Check holds a subject against the suite. The error is that of the suite, the configuration
// or the context; what the subject got wrong is in the report, and Report.Err says
// whether it conforms. When the context ends early, or a program cannot be asked any more,
// the report holds what was done, is marked incomplete, and is returned together with the
// reason.
func (config Config) Check(ctx context.Context, s Subject) (*Report, error) {
	r, err := config.newRun(s)
	if err != nil {
		return nil, err
	}
	asker := ctx
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	if r.program != nil {
		r.subject = watched{r.program, func(err error) {
			if asker.Err() != nil { // which ended the program, and is told to it first
				err = context.Cause(asker)
			}
			end(err)
		}}
	}
	results, err := r.all(ctx)
	if err != nil && ctx.Err() == nil {
		return nil, err
	}
	strays, err := r.failStrays(ctx, results)
	if err != nil {
		return nil, err
	}
	report, done := newReport(r), 0
	for k, checks := range results {
		if checks != nil {
			done++
			report.add(r.cases[k], checks, r.Known)
		}
	}
	incomplete := ""
	if done < len(r.cases) {
		incomplete = fmt.Sprintf("%d of %d cases were run: %v", done, len(r.cases), context.Cause(ctx))
	}
	if incomplete == "" {
		laws, err := r.checkAllLaws(ctx)
		switch {
		case ctx.Err() != nil:
			incomplete = fmt.Sprintf("%d of %d laws were checked: %v", len(laws.Results), r.toCheck, context.Cause(ctx))
		case err != nil:
			return nil, err
		}
		report.addLaws(laws, r.Known)
	}
	if !r.NoCauses {
		report.explain(ctx, r)
	}
	report.finish(r, incomplete)
	report.addProgram(ctx, r, strays)
	if incomplete != "" {
		return report, context.Cause(ctx)
	}
	return report, nil
}

// Check holds a subject against the suite; see Config.Check.
func Check(ctx context.Context, s Subject) (*Report, error) { return Config{}.Check(ctx, s) }

// failStrays makes failures of the cases for which something came after their answer. It
// returns their names.
func (r *run) failStrays(ctx context.Context, results [][]check) (failed map[string]bool, err error) {
	if r.program == nil {
		return nil, nil
	}
	r.program.Settle(ctx)
	strays := r.program.Strays()
	failed = map[string]bool{}
	for k, i := range r.cases {
		if len(strays) == 0 || results[k] == nil {
			continue
		}
		name := lcp.Name(&i.call)
		if f := strays[name]; f != nil {
			failed[name] = true
			truth := i.truth
			if truth == nil { // a live case: nothing of the truth is told
				truth = &oracle.Truth{}
			}
			if results[k], err = r.judgeAnswer(i, truth, nil, f); err != nil {
				return nil, err
			}
		}
	}
	return failed, nil
}

// addProgram adds what only a program can do wrong.
func (r *Report) addProgram(ctx context.Context, run *run, failed map[string]bool) {
	p := run.program
	if p == nil {
		return
	}
	p.Settle(ctx)
	strays := p.Strays()
	for _, name := range slices.Sorted(maps.Keys(strays)) {
		if !failed[name] {
			p.Warn("%s: %s", name, strays[name].Text)
		}
	}
	r.Warnings = p.Warnings()
	r.lacks(p.Lost())
}

// lacks says what else has not been judged.
func (r *Report) lacks(reasons []string) {
	reasons = slices.Clone(reasons)
	if r.Incomplete != "" {
		reasons = append(reasons, r.Incomplete)
	}
	r.Incomplete = strings.Join(reasons, "; ")
}
