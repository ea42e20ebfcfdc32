package main

import (
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
)

// TestREADME_TheExampleIsThis holds the README's Go code to exampleSubject below, and its claim that
// the loss fails.
func TestREADME_TheExampleIsThis(t *testing.T) {
	text, err := os.ReadFile(readmePath)
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)```go\n(.*?)```").FindSubmatch(text)
	require.NotNil(t, block)
	source, err := os.ReadFile("readme_example_test.go")
	require.NoError(t, err)
	body, _, ok := strings.Cut(string(block[1]), "\tconformance.Run(t, ")
	require.True(t, ok)
	body = strings.TrimPrefix(body, "func TestMyLoss(t *testing.T) {\n")
	require.Contains(t, string(source), body)
	require.Contains(t, string(block[1]), `conformance.Run(t, conformance.Pointwise("binary_cross_entropy_with_logits", myLoss))`)

	report, err := conformance.Check(t.Context(), exampleSubject())
	require.NoError(t, err)
	require.False(t, report.Conforms())
	require.NotEmpty(t, report.Failures)
}

func exampleSubject() conformance.Subject {
	myLoss := func(logit, target float64) (value, gradient float64) {
		return math.Log1p(math.Exp(logit)) - target*logit, 1/(1+math.Exp(-logit)) - target
	}
	return conformance.Pointwise("binary_cross_entropy_with_logits", myLoss)
}
