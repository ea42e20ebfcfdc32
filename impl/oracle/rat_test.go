package oracle_test

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

// newRat reads a decimal exactly.
func newRat(t *testing.T, s string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	require.True(t, ok, s)
	return r
}
