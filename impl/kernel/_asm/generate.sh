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
