// Command compare says whether benchmarks have become slower. ci/bench-compare runs it.
//
//	compare [--threshold 5%] BASE.txt HEAD.txt
//
// It judges the times of each benchmark with the statistics of golang.org/x/perf, those
// of benchstat: a slowdown counts when the Mann-Whitney U test finds it significant at
// 5 % and the medians differ by more than the threshold. It exits with 0 when nothing
// is slower, 1 when a benchmark is slower or has vanished, and 2 when it cannot tell.
package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/internal/results"
)

func main() {
	threshold := percentage(0.05)
	flag.Var(&threshold, "threshold", "the largest slowdown of a median that is let pass")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: compare [--threshold 5%] BASE.txt HEAD.txt")
		os.Exit(2)
	}
	comparison, err := compareFiles(flag.Arg(0), flag.Arg(1), float64(threshold))
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(2)
	}
	fmt.Print(comparison)
	if comparison.failed() {
		os.Exit(1)
	}
}

func compareFiles(basePath, headPath string, threshold float64) (*comparison, error) {
	base, err := results.ReadFile(basePath)
	if err != nil {
		return nil, err
	}
	head, err := results.ReadFile(headPath)
	if err != nil {
		return nil, err
	}
	return compare(base, head, threshold)
}

// A percentage is written 5% and means 0.05.
type percentage float64

func (p *percentage) String() string { return fmt.Sprintf("%g%%", 100*float64(*p)) }

func (p *percentage) Set(s string) error {
	digits, ok := strings.CutSuffix(s, "%")
	x, err := strconv.ParseFloat(digits, 64)
	if !ok || err != nil || !(x >= 0 && x < 1000) {
		return fmt.Errorf("want a percentage, such as 5%%")
	}
	*p = percentage(x / 100)
	return nil
}
