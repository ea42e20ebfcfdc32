package reporting

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
)

func markdownOf(t *testing.T, r *conformance.Report, most int) string {
	t.Helper()
	return shown(t, func(w io.Writer) error { return WriteMarkdown(w, r, most) })
}

func TestWriteMarkdown(t *testing.T) {
	r := threeReports(t)[1]
	r.Warnings, r.DeadEntries, r.Incomplete = []string{"it wrote ``` to its end"}, []string{"line 3: matches nothing"}, "stopped"
	r.Unchecked = []conformance.Unchecked{{Loss: "cross_entropy", Format: "f16", Output: value, Reason: "nothing asks for it"}}
	requireGolden(t, "report.md", markdownOf(t, r, 10))
}

// Every row of a table has as many cells as its head, whatever stands in them.
func TestWriteMarkdown_TablesAreRectangular(t *testing.T) {
	r := tinyReport(t)
	r.Rows[0].MaxIn, r.Rows[0].MaxCase, r.Skips[0].Reason = "a | b\n| c\x00", "x|y", "|\r\n|"
	columns := 0
	for line := range strings.Lines(markdownOf(t, r, 0)) {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if columns == 0 {
			columns = n
		}
		require.Equal(t, columns, n, line)
	}
}

func TestWriteMarkdown_ListsAsManyFailuresAsAsked(t *testing.T) {
	r := checked(t, conformance.Pointwise(bce, naive))
	text := markdownOf(t, r, 2)
	require.Equal(t, 2, strings.Count(text, "conformance.Config{Cases: "))
	require.Contains(t, text, "more\n")
	require.Contains(t, text, "### Broken laws")
	require.Contains(t, text, "does not conform")
}
