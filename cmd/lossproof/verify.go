package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/conformance/known"
	"github.com/lossproof/lossproof/impl/adapters/kernels"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/impl/subject/lcp"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/properties"
)

// subjects are those that the command knows by name, in the tier that --tier names.
var subjects = map[string]func(kernel.Tier) conformance.Subject{
	"reference": func(kernel.Tier) conformance.Subject { return conformance.Reference() },
	"further":   func(kernel.Tier) conformance.Subject { return conformance.Further() },
	"kernel":    kernels.Subject,
}

// selfTest is what must pass before a verdict means anything.
var selfTest = conformance.SelfTest

// mostFailures is how many failures are told in full; the JSON report has them all.
const mostFailures = 10

// verifyFlags are the flags of verify, as they were given.
type verifyFlags struct {
	losses, dtypes, cases, laws []string
	define                      definitions
	level, only, json, known    string
	tier                        string
	subject                     string // the built-in one, as it is typed; empty: a command
	program                     string // the command, as it is typed, where losses are defined
	table                       bool
	live, checks, sample        int
	seed                        uint64
	timeout, startTimeout       time.Duration
	isolate                     bool
}

func newVerify() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify [subject | -- command...]",
		Short: "Holds an implementation to the golden vectors and the laws, and says how exact it is",
		Long: `Holds an implementation to the golden vectors, value and gradient, and says how exact it is; then
holds it to the laws. The subject is the built-in float64 reference; or further, the reference with the gradient by
the target and second derivatives beside value and gradient; or kernel, the vector code in the widest
tier of this processor or that of --tier; or an adapter: the program after -- which speaks LCP/1
(impl/subject/lcp/PROTOCOL.md). A loss in Go is checked with go test: see
conformance.Run. --define declares a loss that is not in the catalogue, by its formula and its claims
(impl/formula/README.md), and has it checked alone; without an adapter it is the claims that are checked.

A failure is told with its cause, as far as the numbers tell it: overflow, cancellation, a constant factor,
another denominator, and so on. Errors are in ulp, units in the last place of the true value; κ is the condition number,
how much a relative change of the input changes the output; a law is a claim that holds for any input,
and is inconclusive where the errors that the level allows would excuse anything. The levels are
` + levelsInWords() + `
The last line is: N passed, N failed, N skipped; a law counts once for each loss and dtype, and a run that is incomplete
begins it with that word. --case
leaves the laws out, and --law the golden vectors. A subject does not conform where it declares an output of a
loss in a dtype that nothing has checked, unless --case or --law says that checks are repeated. The exit code is 0 when the subject conforms, 1
when it does not, 2 for a mistake in the command line, 3 when the run failed or was interrupted, 4 when
the judge failed its own test, and 5 when it conforms on what it answered and declined some of what it
declares. An interrupt ends the run with the report so far, marked
incomplete.`,
		Example: `  lossproof verify
  lossproof verify --loss cross_entropy,softmax --dtype f32 --level faithful
  lossproof verify --only properties --loss softmax --checks 10000 --seed 2
  lossproof verify kernel --tier avx2
  lossproof verify --json report.json
  lossproof verify --loss cross_entropy -- python3 adapter.py
  lossproof verify --known library.known -- python3 adapter.py
  lossproof verify --known known/ -- python3 adapter.py        # known/VERSION.txt
  lossproof verify --define my_loss.txt -- python3 my_adapter.py`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch at := cmd.ArgsLenAtDash(); {
			case at < 0:
				return cobra.MaximumNArgs(1)(cmd, args)
			case at > 0:
				return fmt.Errorf("both a subject (%s) and a command (%s)", strings.Join(args[:at], " "), strings.Join(args[at:], " "))
			case len(args) == 0:
				return errors.New("no command after --")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.declare(); err != nil {
				return err
			}
			if cmd.ArgsLenAtDash() == 0 {
				if f.tier != "" {
					return errors.New("--tier is about the subject kernel, not a command")
				}
				return f.verifyProgram(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			name := "reference"
			if len(args) > 0 {
				name = args[0]
			}
			subject := subjects[name]
			if subject == nil {
				return fmt.Errorf("no subject %q: want one of %s", name, strings.Join(slices.Sorted(maps.Keys(subjects)), ", "))
			}
			tier, err := f.kernelTier(name)
			if err != nil {
				return err
			}
			f.subject = name
			if f.tier != "" {
				f.subject += " --tier " + f.tier
			}
			f.subject += f.define.flags()
			if name == "reference" && f.define != nil {
				return f.verify(cmd.Context(), conformance.Reference(f.losses...), cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			return f.verify(cmd.Context(), subject(tier), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	f.addSelection(cmd)
	f.addReport(cmd)
	flags.StringVar(&f.tier, "tier", "", "the tier of the subject kernel: go, avx2 or avx512 (default the widest)")
	flags.IntVar(&f.live, "live", conformance.DefaultLive, "terms of the reductions that are judged live, 0 for none")
	flags.IntVar(&f.sample, "sample", 0, fmt.Sprintf("samples of each loss and dtype along an axis of floats, in equal steps of bits, for maps of errors; at most %d", conformance.MostSamples))
	flags.StringVar(&f.only, "only", "", "one part of the suite: golden or properties (default both)")
	flags.StringArrayVar(&f.laws, "law", nil, "this law only; repeatable")
	flags.IntVar(&f.checks, "checks", properties.DefaultChecks, "cases that each law is held against, 0 for none")
	flags.Uint64Var(&f.seed, "seed", conformance.DefaultSeed, "seed of the samples, the live cases and the laws' cases")
	flags.DurationVar(&f.timeout, "timeout", lcp.DefaultTimeout, "the longest silence of a command while it is asked")
	flags.BoolVar(&f.isolate, "isolate", false, "run a command in an empty folder, with a small environment, and without network where the system allows")
	flags.DurationVar(&f.startTimeout, "start-timeout", lcp.DefaultStartTimeout, "how long a command may take to start")
	return cmd
}

// levelsInWords lists the levels with their rules.
func levelsInWords() string {
	var text strings.Builder
	for _, l := range subject.Levels() {
		fmt.Fprintf(&text, "  %d %-9s %s\n", l.Number(), l, l.Rule())
	}
	return text.String()
}

// kernelTier is the tier that --tier names.
func (f *verifyFlags) kernelTier(subject string) (kernel.Tier, error) {
	if f.tier == "" {
		return kernel.Best(), nil
	}
	if subject != "kernel" {
		return 0, fmt.Errorf("--tier %s is about the subject kernel, not %s", f.tier, subject)
	}
	for _, t := range kernel.Tiers() {
		if t.String() == f.tier {
			return t, nil
		}
	}
	return 0, fmt.Errorf("--tier %s: this processor has %v", f.tier, kernel.Tiers())
}

// addSelection adds the flags that select golden cases.
func (f *verifyFlags) addSelection(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.define.add(cmd)
	flags.StringSliceVar(&f.losses, "loss", nil, "these losses only; repeatable, or with commas (default all)")
	flags.StringSliceVar(&f.dtypes, "dtype", nil, "these dtypes only: f64, f32, bf16, f16 (default all)")
	flags.StringArrayVar(&f.cases, "case", nil, "this case only, by id or a pattern with *; repeatable")
}

// declare declares the losses of --define, and chooses them where --loss chooses none.
func (f *verifyFlags) declare() error {
	names, err := f.define.declare()
	if len(f.losses) == 0 {
		f.losses = names
	}
	return err
}

// addReport adds the flags of a verdict and its report.
func (f *verifyFlags) addReport(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.level, "level", conformance.Accurate.String(), "the level that every case must meet, 0 to 5 or by name")
	flags.StringVar(&f.known, "known", "", "a file of known failures, as lossproof known writes it, or a folder with one for each version")
	flags.BoolVar(&f.table, "table", false, "print a line for each output of each dtype, with its largest error, and how much was looked at")
	flags.StringVar(&f.json, "json", "", "write the report as JSON to a file; - is stdout, and moves the table to stderr")
}

// verifyProgram is verify for a command that speaks LCP/1.
func (f verifyFlags) verifyProgram(ctx context.Context, command []string, stdout, stderr io.Writer) error {
	if f.timeout <= 0 || f.startTimeout <= 0 {
		return fmt.Errorf("--timeout %v, --start-timeout %v: want more than 0", f.timeout, f.startTimeout)
	}
	now := f
	if isFolder(f.known) { // the version says which file
		now.known = ""
	}
	if _, err := now.config(); err != nil { // before anything is started
		return err
	}
	p, err := lcp.Config{Timeout: f.timeout, StartTimeout: f.startTimeout, Adopt: true, Isolate: f.isolate}.Exec(ctx, command)
	if err != nil {
		return &exit{harnessFailed, err}
	}
	defer p.Close()
	if f.define != nil {
		f.subject, f.program = strings.TrimPrefix(f.define.flags(), " "), " -- "+p.String()
	}
	return f.verify(ctx, p, stdout, stderr)
}

// verify holds a subject to the suite and reports.
func (f verifyFlags) verify(ctx context.Context, s conformance.Subject, stdout, stderr io.Writer) error {
	if isFolder(f.known) {
		file, err := versionFile(f.known, s.Describe())
		if err == nil {
			_, err = os.Stat(file)
		}
		if err != nil {
			return &exit{harnessFailed, fmt.Errorf("--known: of this version of %s nothing is known: %w", s.Describe().Name, err)}
		}
		f.known = file
	}
	return f.report(stdout, stderr, func(c conformance.Config) (*conformance.Report, error) {
		report, err := c.Check(ctx, s)
		if p, ok := s.(*conformance.Program); ok && report != nil {
			p.Close()
			report.Warnings = p.Warnings() // it may have been rude at the end
		}
		return report, err
	})
}

// report runs a check and reports. Its errors are mistakes in the flags, or carry an exit code.
func (f verifyFlags) report(stdout, stderr io.Writer, check func(conformance.Config) (*conformance.Report, error)) error {
	config, err := f.config()
	if err != nil {
		return err
	}
	if err := selfTest(); err != nil {
		return &exit{selfTestFailed, err}
	}
	out, err := newJSONOutput(f.json, stdout, stderr)
	if err != nil {
		return err
	}
	defer out.abort()
	step, end := progress(stderr, "verify")
	config.Progress = step
	if f.subject != "" {
		config.Repeat = func(flags string) string { return "lossproof verify " + f.subject + " " + flags + f.program }
	}
	report, err := check(config)
	end()
	if report == nil {
		if len(f.cases)+len(f.laws) > 0 { // the choices that only Check can find to be empty
			return err
		}
		return &exit{harnessFailed, err}
	}
	failed := out.write(report.WriteJSON) // whose failure is no reason to lose the table
	if err := printReport(out.table, report, f.table); err != nil || failed != nil {
		return cmp.Or(failed, wrote(err))
	}
	switch {
	case report.Incomplete != "":
		return &exit{harnessFailed, fmt.Errorf("incomplete: %s", report.Incomplete)}
	case !report.Conforms():
		return &exit{Code: doesNotConform}
	case report.Declined > 0:
		return &exit{Code: conformsInPart}
	}
	return nil
}

// isFolder reports whether a path is one of a folder, which may not be there.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir() || strings.HasSuffix(path, "/")
}

// config checks the flags.
func (f verifyFlags) config() (c conformance.Config, err error) {
	level, err := subject.LevelNamed(f.level)
	if err != nil {
		return c, err
	}
	if err := allAliased(f.losses); err != nil {
		return c, err
	}
	for _, name := range f.dtypes {
		if _, err := ieee.FormatNamed(name); err != nil {
			return c, err
		}
	}
	if f.live < 0 {
		return c, fmt.Errorf("--live %d: want 0 or more", f.live)
	}
	if f.checks < 0 {
		return c, fmt.Errorf("--checks %d: want 0 or more", f.checks)
	}
	for _, name := range f.laws {
		if _, err := properties.LawNamed(name); err != nil {
			return c, err
		}
	}
	c = conformance.Config{Level: level, Losses: f.losses, Dtypes: f.dtypes, Cases: f.cases, Laws: f.laws, Only: f.only, Seed: f.seed,
		Live: unlessZero(f.live), Sample: f.sample, Checks: unlessZero(f.checks)}
	if f.known != "" {
		if c.Known, err = known.Read(f.known); err != nil {
			return c, fmt.Errorf("--known: %w", err)
		}
	}
	switch f.only {
	case "", conformance.Golden, conformance.Properties:
	default:
		return c, fmt.Errorf("--only %q: want %s or %s", f.only, conformance.Golden, conformance.Properties)
	}
	if f.only == conformance.Properties && len(f.cases) > 0 || f.only == conformance.Golden && len(f.laws) > 0 {
		return c, fmt.Errorf("--only %s leaves nothing: --case is about golden, --law about properties", f.only)
	}
	return c, nil
}

// unlessZero is a number of which 0 means none: a Config has a negative one for that.
func unlessZero(n int) int {
	if n == 0 {
		return -1
	}
	return n
}

// printReport writes a line for each loss or, where it is asked for, for each output, then the first failures, and the line
// that scripts read.
func printReport(w io.Writer, r *conformance.Report, table bool) error {
	if table {
		var text strings.Builder
		if err := r.WriteTable(&text); err != nil {
			return err
		}
		if _, err := io.WriteString(w, fitted(text.String(), widthOf(w))); err != nil {
			return err
		}
	} else if err := writeFolded(w, r.WriteOverview); err != nil {
		return err
	}
	if r.Tally.Failed > 0 {
		fmt.Fprintln(w)
		if err := writeFolded(w, func(w io.Writer) error { return r.WriteFailures(w, mostFailures) }); err != nil {
			return err
		}
	}
	line := fmt.Sprintf("%d passed, %d failed, %d skipped", r.Tally.Passed, r.Tally.Failed, r.Tally.Skipped)
	if n := len(r.Warnings); n > 0 {
		line += fmt.Sprintf(", %d warnings", n)
	}
	if r.Incomplete != "" {
		line = "incomplete, and so without a verdict: " + line
	}
	_, err := fmt.Fprintf(w, "\n%s\n", verdictIn(w, r.Conforms() && r.Incomplete == "" && r.Declined == 0, line))
	return err
}
