package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
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

// run runs the command and returns its exit code. An error that is not an *exit is a mistake in
// the command line or in its data.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(append([]string{}, args...)) // nil would be the arguments of the process
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return conforms
	}
	stopped, ok := errors.AsType[*exit](err)
	if !ok {
		fmt.Fprintf(stderr, "lossproof: %v\nTry '%s --help'.\n", err, cmd.CommandPath())
		return usage
	}
	if stopped.Err != nil {
		fmt.Fprintf(stderr, "lossproof: %v\n", stopped.Err)
	}
	return stopped.Code
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "lossproof",
		Short:         "Says whether loss functions are computed right, and how exactly",
		Version:       version(),
		SilenceErrors: true, // run prints them, once
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newVerify(), newRequests(), newJudge(), newEval(), newList(), newVectors(), newDemo(), newMutants(), newReport(), newCompare(), newDiff(), newKnown(), newScoreboard())
	return root
}
