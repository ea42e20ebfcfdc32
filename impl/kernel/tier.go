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

func (t Tier) String() string { return tierNames[t] }

// TierVariable is the environment variable that chooses the tier of a program: go, avx2 or
// avx512. Without it the widest is taken.
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
	panic(fmt.Sprintf("kernel: %s=%s: this processor has %v", TierVariable, name, tiers))
}()

func (t Tier) check() {
	if !slices.Contains(tiers, t) {
		panic(fmt.Sprintf("kernel: no tier %d: this processor has %v", t, tiers))
	}
}
