package properties

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A constant that is subnormal was rounded by up to half of the smallest number in every operation.
func TestUpper_CoversTheRoundingOfSubnormalConstants(t *testing.T) {
	require.GreaterOrEqual(t, upper(0x1p-1074), 0x1p-1073)
	require.GreaterOrEqual(t, upper(3*0x1p-1074), 9*0x1p-1074)
	require.Zero(t, upper(0))
	require.Greater(t, upper(1), 1.0)
}
