package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/subject/lcp"
)

func TestFailure_WhatCameIsWithoutPathsAndAddresses(t *testing.T) {
	for got, want := range map[string]string{
		"it ended (exit status 2)" + lcp.LastWords + `"0xc0001"`: "it ended (exit status 2)",
		`the error "at /home/x/lib.py: 0xdeadbeef"`:              `the error "at …: …"`,
		"1/2 (3f000000)": "1/2 (3f000000)", "mean/elements": "mean/elements",
	} {
		require.Equal(t, want, (&Failure{Got: got}).Came())
	}
}

func TestByPlainness(t *testing.T) {
	plain := &Failure{Case: "b", Input: "prediction 10", Want: "2"}
	for _, other := range []*Failure{{Case: "a", Input: "prediction NaN", Want: "2"}, {Case: "a", Input: "prediction 1", Want: "+Inf (7f800000)"},
		{Case: "a", Input: "a batch of 0×3: prediction []", Want: "2"}, {Case: "a", Input: "prediction 100", Want: "2"},
		{Case: "a", Input: "prediction 1", Want: "2", Flags: []string{"InfiniteLogit"}},
		{Case: "a", Input: "prediction 10", Setting: "sum", Want: "2"}, {Case: "c", Input: "prediction 10", Want: "2"}} {
		require.Equal(t, -1, ByPlainness(plain, other), "%+v", other)
		require.Equal(t, 1, ByPlainness(other, plain), "%+v", other)
	}
	require.Zero(t, ByPlainness(plain, plain))
}

func TestFailure_BriefIsHalfALine(t *testing.T) {
	f := &Failure{Input: "prediction [1 (3f800000), +Inf (7ff0000000000000)],\nlabel 1", Setting: "sum;gamma=2", Got: "NaN (7fc0)", Want: "0 (00000000), correctly rounded (the true value is +0.1 ulp from it)"}
	require.Equal(t, "prediction [1, +Inf], label 1 (sum;gamma=2) gives NaN, true: 0", f.Brief())
	f.Setting = "none"
	require.Equal(t, "prediction [1, +Inf], label 1 gives NaN, true: 0", f.Brief())
}
