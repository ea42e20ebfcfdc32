package main

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/lossproof/lossproof/bench"
)

func newBench() *cobra.Command {
	var (
		pattern string
		count   int
		each    time.Duration
	)
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Times the kernels beside a scalar loop and the roofline, for benchstat",
		Long: `Times the kernels in each tier of this processor, beside each loss as one writes it in Go who knows nothing of vectors, and
beside the plainest loop that reads and writes the same arrays. It prints the format of go test, for benchstat; every output is held to its
true value before it is timed, and afterwards. A loss of one's own, in Go, is timed beside them with bench.Run.`,
		Example: `  lossproof bench | go tool benchstat -col /impl -
  lossproof bench --bench 'loss=sigmoid_focal/.*/dtype=f64' --count 10 --time 50ms`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			match, err := regexp.Compile(pattern)
			switch {
			case err != nil:
				return fmt.Errorf("--bench: %w", err)
			case count < 1:
				return fmt.Errorf("--count %d: want at least 1", count)
			case each <= 0:
				return fmt.Errorf("--time %v: want more than 0", each)
			}
			if flag.Lookup("test.benchtime") == nil {
				testing.Init()
			}
			if err := flag.Set("test.benchtime", each.String()); err != nil {
				return err
			}
			err = bench.Write(cmd.OutOrStdout(), match, count)
			switch {
			case errors.Is(err, bench.ErrNothing):
				return fmt.Errorf("--bench %q: no benchmark has a name that matches", pattern)
			case err != nil:
				return &exit{harnessFailed, err}
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&pattern, "bench", `op=sum_grad/dtype=f32/.*/(n=65536|n=16384|rows=4096)`, "a regular expression for names, as BenchmarkLoss/loss=…/op=…/dtype=…/impl=…/n=…")
	flags.IntVar(&count, "count", 6, "how often each is timed")
	flags.DurationVar(&each, "time", 50*time.Millisecond, "how long each is timed")
	return cmd
}
