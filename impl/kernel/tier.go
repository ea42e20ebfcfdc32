package kernel

import (
	"fmt"
	"os"
	"slices"
)

// A Tier is an encoding of the kernels. All give the same bits.
type Tier uint8

const (
	Go     Tier = iota // plain Go: the specification of the others
	AVX2               // vectors of 256 bits, and POPCNT
	AVX512             // vectors of 512 bits: AVX-512 F, BW, DQ and VL, and BMI2
)

var tierNames = [...]string{"go", "avx2", "avx512"}

func (t Tier) String() string {
	if int(t) >= len(tierNames) {
		return fmt.Sprintf("tier %d", uint8(t))
	}
	return tierNames[t]
}

// TierVariable is the environment variable that chooses the tier of a program: go, avx2 or
// avx512. Without it the widest is taken; with any other word the program ends with a line on standard error and the exit code 3.
const TierVariable = "LOSSPROOF_KERNEL"

// Tiers lists the tiers that this processor has, the widest first. The last is Go.
func Tiers() []Tier { return slices.Clone(tiers) }

// Best is the tier that a kernel has from the start: the widest, or that of TierVariable.
func Best() Tier { return best }

var best = func() Tier {
	name := os.Getenv(TierVariable)
	if name == "" {
		return tiers[0]
	}
	for _, t := range tiers {
		if t.String() == name {
			return t
		}
	}
	// A mistake in the environment of the program, which no caller could recover from: a line says it, where a panic
	// would print goroutines.
	fmt.Fprintf(os.Stderr, "kernel: %s=%q: this processor has %v\n", TierVariable, name, tiers)
	os.Exit(3)
	return Go
}()

func (t Tier) check() {
	if !slices.Contains(tiers, t) {
		panic(fmt.Sprintf("kernel: no tier %d: this processor has %v", t, tiers))
	}
}
