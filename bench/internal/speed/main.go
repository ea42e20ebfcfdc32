// Command speed holds benchmark results to the targets of the kernels. ci/speed runs it.
//
//	speed RESULTS.txt
//
// A target that is not met is said plainly and is no error: machines differ, and are
// seldom idle. It exits with 2 when the file cannot be read.
package main

import (
	"fmt"
	"os"

	"github.com/lossproof/lossproof/internal/results"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: speed RESULTS.txt")
		os.Exit(2)
	}
	s, err := results.ReadFile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "speed:", err)
		os.Exit(2)
	}
	text, allMet := table(s, targets())
	fmt.Print(text)
	if allMet {
		fmt.Println("every target is met")
	} else {
		fmt.Println("NOT EVERY TARGET IS MET, or not every one was measured")
	}
}
