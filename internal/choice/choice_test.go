package choice

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAmong(t *testing.T) {
	there := []string{"softplus", "sigmoid", "softmax", "softmax"}
	require.Equal(t, "did you mean softplus? there is sigmoid, softmax, softplus", Among("sofplus", there))
	require.Equal(t, "did you mean softmax? there is sigmoid, softmax, softplus", Among("softmx", there))
	require.Equal(t, "there is sigmoid, softmax, softplus", Among("dice", there), "nothing is near")
	require.Equal(t, "there is sigmoid, softmax, softplus", Among("", there))
	require.Equal(t, "did you mean bce? there is dice", Among("bcee", []string{"dice"}, "ce", "bce"), "another is not listed")
	require.Equal(t, []string{"softplus", "sigmoid", "softmax", "softmax"}, there, "the list is left alone")
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"abc", "abc", 0}, {"ab", "ba", 2}} {
		require.Equal(t, c.want, distance(c.a, c.b), "%s %s", c.a, c.b)
	}
}
