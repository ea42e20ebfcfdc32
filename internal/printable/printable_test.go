package printable

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"torch 2.1":                  "torch 2.1",
		"κ  ≤ 3":                     "κ  ≤ 3",
		"a\x1b[31mred\x1b[0m":        `a\x1b[31mred\x1b[0m`,
		"a\x00b\u202ec\u2066\u2028d": `a\x00b\u202ec\u2066 d`,
		"a\x9bb\xff":                 `a\x9bb\xff`,
		"\u009b31m":                  `\u009b31m`,
		"no\n::error::pass\r\n":      "no ::error::pass",
		" ::error::pass":             ` \x3a:error::pass`,
		"std::exception":             "std::exception",
		"x ##[error]y ##vso[task]z":  `x \x23#[error]y \x23#vso[task]z`,
	} {
		require.Equal(t, want, Line(text, Most))
	}
	require.Equal(t, strings.Repeat("é", 9)+"... (41 bytes)", Line(strings.Repeat("é", 20)+"x", 19))
	require.Equal(t, "a\n  \\x3a:stop\n\t\\x1b\n", Text("a\n  ::stop\n\t\x1b\n", Most))
}

// FuzzLine: whatever comes in is one bounded line of printable text, which is left as it is when it comes again.
func FuzzLine(f *testing.F) {
	for _, seed := range []string{"a", "\x1b[0m", " ::a", "##[", "##vso[", "\u202e", "\xff", "a\nb", ":::", "####[[", "\u3000::x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const most = 100
		line := Line(text, most)
		require.LessOrEqual(t, len(line), most+40)
		require.True(t, utf8.ValidString(line))
		require.False(t, strings.HasPrefix(strings.TrimSpace(line), "::"), line)
		require.NotContains(t, line, "##[")
		require.NotContains(t, line, "##vso[")
		for _, r := range line {
			require.True(t, unicode.IsPrint(r) || unicode.Is(unicode.Zs, r), "%q", line)
		}
		if len(line) <= most {
			require.Equal(t, line, Line(line, most))
		}
	})
}
