package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/choice"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/printable"
	"github.com/lossproof/lossproof/properties"
)

// The exit codes.
const (
	conforms       = 0
	doesNotConform = 1
	usage          = 2
	harnessFailed  = 3
	selfTestFailed = 4
	conformsInPart = 5 // it declined some of what it declares
)

// An exit is an error that carries the exit code. A nil Err ends the program without a message,
// after output that has said it all.
type exit struct {
	Code int
	Err  error
}

func (e *exit) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit code %d", e.Code)
	}
	return e.Err.Error()
}

func (e *exit) Unwrap() error { return e.Err }

// ofPackage is the name of a package of this module before its error, which says nothing to who calls a command.
var ofPackage = regexp.MustCompile(`(?m)^(conformance|formula|golden|ieee|kernel|known|lcp|loss|mutants|oracle|properties|reporting|subject): `)

// run runs the command and returns its exit code. An error that is not an *exit is a mistake in
// the command line or in its data.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(append([]string{}, args...)) // nil would be the arguments of the process
	root.SetIn(stdin)
	out := &sticky{Writer: stdout}
	root.SetOut(out)
	root.SetErr(stderr)
	cmd, err := execute(ctx, root)
	if out.err != nil {
		fmt.Fprintf(stderr, "lossproof: standard output: %v\n", out.err)
		return harnessFailed
	}
	if err == nil {
		return conforms
	}
	stopped, ok := errors.AsType[*exit](err)
	said := printable.Text(ofPackage.ReplaceAllString(err.Error(), ""), printable.Most)
	if !ok {
		fmt.Fprintf(stderr, "lossproof: %s\nTry '%s --help'.\n", said, cmd.CommandPath())
		return usage
	}
	if stopped.Err != nil {
		fmt.Fprintf(stderr, "lossproof: %s\n", said)
	}
	return stopped.Code
}

// patience is how long a command that was interrupted may take to end adapters and to write its report.
const patience = 10 * time.Second

// execute executes the command. A panic, or a command that an interrupt does not end, as when it waits for its input, is a failure of the
// harness.
func execute(ctx context.Context, root *cobra.Command) (*cobra.Command, error) {
	type end struct {
		cmd *cobra.Command
		err error
	}
	ended := make(chan end, 1)
	go func() {
		e := end{cmd: root}
		defer func() {
			if p := recover(); p != nil {
				e.err = &exit{harnessFailed, fmt.Errorf("a panic: %s", printable.Line(fmt.Sprint(p), printable.Most))}
			}
			ended <- e
		}()
		e.cmd, e.err = root.ExecuteContextC(ctx)
	}()
	select {
	case e := <-ended:
		return e.cmd, e.err
	case <-ctx.Done():
	}
	select {
	case e := <-ended:
		return e.cmd, e.err
	case <-time.After(patience):
		return root, &exit{harnessFailed, fmt.Errorf("%w, and what was under way did not end within %v", context.Cause(ctx), patience)}
	}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "lossproof",
		Short:         "Says whether loss functions are computed right, and how exactly",
		Version:       version(),
		SilenceErrors: true, // run prints them, once
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			var names []string
			for _, c := range cmd.Commands() {
				names = append(names, c.Name())
			}
			return fmt.Errorf("no command %q: %s", args[0], choice.Among(args[0], names))
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		out := cmd.OutOrStdout()
		cobra.CheckErr(writeFolded(out, func(w io.Writer) error {
			cmd.SetOut(w)
			defer cmd.SetOut(out)
			help(cmd, args)
			return nil
		}))
	})
	root.AddCommand(newVerify(), newRequests(), newJudge(), newEval(), newPlot(), newList(), newVectors(), newDemo(), newMutants(), newBench(), newReport(), newCompare(), newDiff(), newKnown(), newScoreboard(), newSite())
	complete(root)
	return root
}

// complete offers to a shell the names that arguments and flags can have.
func complete(root *cobra.Command) {
	var losses, dtypes, levels, laws, reductions []string
	for _, l := range loss.All() {
		losses = append(losses, l.Name)
	}
	for _, f := range ieee.Formats() {
		dtypes = append(dtypes, f.Name)
	}
	for _, l := range subject.Levels() {
		levels = append(levels, l.String())
	}
	for _, l := range properties.Laws() {
		laws = append(laws, l.Name)
	}
	for _, r := range loss.Reductions() {
		reductions = append(reductions, string(r))
	}
	flags := map[string][]string{"loss": losses, "dtype": dtypes, "level": levels, "law": laws, "reduction": reductions}
	for _, cmd := range root.Commands() {
		if strings.Contains(cmd.Use, "LOSS") {
			cmd.ValidArgsFunction = cobra.FixedCompletions(losses, cobra.ShellCompDirectiveNoFileComp)
		}
		for name, names := range flags {
			if cmd.Flags().Lookup(name) != nil {
				cobra.CheckErr(cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)))
			}
		}
	}
}
