// Command worst searches the kernels for their worst errors: every kernel, form and dtype over free
// parameters, scales and inputs, against the oracle. The script ci/worst runs it.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/internal/ieee"
)

func main() {
	n := flag.Int("n", 50_000, "draws for each kernel and dtype; each is of one set of parameters and up to 40 items")
	seed := flag.Uint64("seed", 1, "seed of the inputs")
	pattern := flag.String("kernel", "", "losses whose name a regular expression matches (default all)")
	flag.Parse()
	names, err := regexp.Compile(*pattern)
	if err != nil || *n < 1 || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "worst: want -n of at least 1, a regular expression for -kernel, and no arguments")
		os.Exit(2)
	}
	fmt.Printf("kernels in %v against the oracle: %d draws for each kernel and dtype, seed %d\n", kernel.Best(), *n, *seed)
	fmt.Printf("error/(1+κ) in ulp, of a sum of n values by 1+log2 n, the largest seen; level 3 allows %d\n\n", limit)
	fmt.Printf("%-34s %-8s %-16s %10s %10s\n", "kernel", "dtype", "form", "numbers", "largest")
	holds := true
	for _, e := range entries() {
		if !names.MatchString(e.loss) {
			continue
		}
		start := time.Now()
		for _, f := range []ieee.Format{ieee.Float32, ieee.Float64} {
			for _, w := range search(e, f, kernel.Best(), *n, *seed) {
				verdict := ""
				if !(w.ratio <= limit) {
					holds, verdict = false, "  BEYOND"
				}
				fmt.Printf("%-34s %-8s %-16s %10d %10.4g%s\n", w.loss, w.format, w.form, w.checked, w.ratio, verdict)
				if w.call != nil {
					fmt.Printf("  %s\n", w)
				}
			}
		}
		fmt.Fprintf(os.Stderr, "%s: %s\n", e.loss, time.Since(start).Round(time.Second))
	}
	if !holds {
		fmt.Println("\nFAILED: a kernel is not of level 3")
		os.Exit(1)
	}
	fmt.Println("\nevery kernel is of level 3")
}
