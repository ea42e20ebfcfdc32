package main

import (
	"bufio"
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/lossproof/lossproof/conformance"
)

func newRequests() *cobra.Command {
	f := verifyFlags{level: conformance.Accurate.String()} // which no flag sets here
	cmd := &cobra.Command{
		Use:   "requests",
		Short: "Writes what an adapter would be asked, to be answered where there is no lossproof",
		Long: `Writes the golden cases as an adapter would be asked them, in LCP/1 (impl/subject/lcp/PROTOCOL.md), without
the true values. Any adapter reads them from its standard input and writes the answers, anywhere;
lossproof judge gives the verdict. Laws and live reductions need a conversation and are left out.`,
		Example: `  lossproof requests --loss cross_entropy > requests.jsonl
  python3 adapter.py < requests.jsonl > answers.jsonl
  lossproof judge requests.jsonl answers.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.declare(); err != nil {
				return err
			}
			config, err := f.config()
			if err != nil {
				return err
			}
			out := bufio.NewWriter(cmd.OutOrStdout())
			if err := config.WriteRequests(out); err != nil {
				return err
			}
			return out.Flush()
		},
	}
	f.addSelection(cmd)
	cmd.Flags().StringVar(&f.only, "only", conformance.Golden, "the part of the suite; there is no other here than golden")
	return cmd
}

func newJudge() *cobra.Command {
	f := verifyFlags{seed: conformance.DefaultSeed}
	cmd := &cobra.Command{
		Use:   "judge REQUESTS ANSWERS",
		Short: "Judges the answers of an adapter to the requests",
		Long: `Judges a file of answers to what lossproof requests wrote, and reports like lossproof verify, with the
same exit codes. What the adapter did not declare in its hello is skipped. A missing, second or
malformed answer fails its case; an answer to what was not asked is a warning.`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.declare(); err != nil {
				return err
			}
			return f.judge(cmd.Context(), args[0], args[1], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f.addSelection(cmd)
	f.addReport(cmd)
	return cmd
}

func (f verifyFlags) judge(ctx context.Context, requestsPath, answersPath string, stdout, stderr io.Writer) error {
	requests, err := os.Open(requestsPath)
	if err != nil {
		return err
	}
	defer requests.Close()
	answers, err := os.Open(answersPath)
	if err != nil {
		return err
	}
	defer answers.Close()
	return f.report(stdout, stderr, func(c conformance.Config) (*conformance.Report, error) {
		return c.CheckAnswers(ctx, requests, answers)
	})
}
