//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

var tiers = available(cpu.X86.HasAVX2 && cpu.X86.HasFMA && cpu.X86.HasPOPCNT,
	cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL && cpu.X86.HasBMI2 && cpu.X86.HasPOPCNT)

func available(avx2, avx512 bool) []Tier {
	var list []Tier
	if avx512 {
		list = append(list, AVX512)
	}
	if avx2 {
		list = append(list, AVX2)
	}
	return append(list, Go)
}
