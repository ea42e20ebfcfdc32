#!/bin/sh
# Generates the vector code of package kernel: go generate runs it.
set -eu
cd "$(dirname "$0")"
go build -o "${TMPDIR:-/tmp}/lossproof-kernel-asm.$$" .
trap 'rm -f "${TMPDIR:-/tmp}/lossproof-kernel-asm.$$"' EXIT
for tier in avx2 avx512; do
	for dtype in float32 float64; do
		name=../z${dtype}_${tier}
		"${TMPDIR:-/tmp}/lossproof-kernel-asm.$$" -tier $tier -dtype $dtype -pkg kernel -out ${name}_amd64.s -stubs ${name}_amd64.go -tables ${name}_tables_amd64.go
	done
done
# AVX2 has sixteen registers. avo takes thirty-two, and the assembler would encode the others for AVX-512.
if grep -nE '\b[XY](1[6-9]|2[0-9]|3[01])\b' ../z*_avx2_amd64.s; then
	echo "generate.sh: a kernel for AVX2 uses a register of AVX-512: it needs more than sixteen" >&2
	exit 1
fi
