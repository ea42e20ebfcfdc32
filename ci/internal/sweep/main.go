// Command sweep holds the float64 reference to the oracle at random inputs, and to its own
// documented bound. The script ci/sweep runs it.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/lossproof/lossproof/impl/loss"
)

func main() {
	n := flag.Int("n", 1_000_000, "inputs for each loss")
	seed := flag.Uint64("seed", 1, "seed of the inputs")
	names := flag.String("loss", "", "losses, with commas between them (default all)")
	flag.Parse()
	losses := loss.All()
	if *names != "" {
		losses = nil
		for name := range strings.SplitSeq(*names, ",") {
			l, err := loss.Named(name)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(2)
			}
			losses = append(losses, l)
		}
	}
	if *n < 1 || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "sweep: want -n of at least 1 and no arguments")
		os.Exit(2)
	}
	fmt.Printf("float64 reference against the oracle: %d inputs for each loss, seed %d\n", *n, *seed)
	fmt.Printf("error/(1+κ) in ulp, the largest seen; the bound is the documented one\n\n")
	fmt.Printf("%-34s %-16s %10s %8s\n", "loss", "output", "largest", "bound")
	within := true
	for _, l := range losses {
		start := time.Now()
		found := sweep(l, *n, *seed)
		for _, o := range outputs {
			w := found.worst[o]
			if w.checked == 0 {
				continue
			}
			bound, verdict := "none", ""
			if limit, ok := o.bound(l.Accuracy); ok {
				bound = fmt.Sprint(limit)
				if !(w.ratio <= limit) {
					within, verdict = false, "  BEYOND"
				}
			}
			fmt.Printf("%-34s %-16s %10.3f %8s%s\n", l.Name, o, w.ratio, bound, verdict)
			if w.call != nil {
				fmt.Printf("  %s\n", w)
			}
		}
		if found.undecided > 0 {
			within = false
			fmt.Printf("%-34s the oracle is undecided at %d inputs; the first:\n  %s\n", l.Name, found.undecided, command(found.first))
		}
		if found.further > 0 {
			fmt.Printf("%-34s the oracle is undecided at the other outputs of %d inputs\n", l.Name, found.further)
		}
		fmt.Fprintf(os.Stderr, "%s: %s\n", l.Name, time.Since(start).Round(time.Second))
	}
	if !within {
		fmt.Println("\nFAILED: an error is beyond its documented bound, or the oracle is undecided")
		os.Exit(1)
	}
	fmt.Println("\nevery documented bound holds")
}
