//go:build !purego

package roofline

import "golang.org/x/sys/cpu"

var tiers = available()

func available() []Tier {
	var list []Tier
	if cpu.X86.HasAVX512F {
		list = append(list, Tier{"avx512", map[shape]loop{
			{1, 0}: read1write0AVX512, {2, 0}: read2write0AVX512,
			{1, 1}: read1write1AVX512, {2, 1}: read2write1AVX512,
			{1, 2}: read1write2AVX512, {2, 2}: read2write2AVX512,
		}})
	}
	if cpu.X86.HasAVX2 {
		list = append(list, Tier{"avx2", map[shape]loop{
			{1, 0}: read1write0AVX2, {2, 0}: read2write0AVX2,
			{1, 1}: read1write1AVX2, {2, 1}: read2write1AVX2,
			{1, 2}: read1write2AVX2, {2, 2}: read2write2AVX2,
		}})
	}
	return list
}
