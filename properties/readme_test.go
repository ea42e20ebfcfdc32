package properties_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/lossproof/lossproof/properties"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the table of laws in README.md")

// The table in the README is that of the package.
func TestReadme_ListsEveryLaw(t *testing.T) {
	const from, to = "<!-- laws -->\n", "<!-- end of laws -->\n"
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	head, rest, ok := strings.Cut(string(text), from)
	require.True(t, ok)
	table, tail, ok := strings.Cut(rest, to)
	require.True(t, ok)
	var want strings.Builder
	want.WriteString("| law | statement |\n|---|---|\n")
	for _, l := range properties.Laws() {
		fmt.Fprintf(&want, "| `%s` | %s |\n", l.Name, strings.ReplaceAll(l.Statement, "|", "\\|"))
	}
	if *update {
		require.NoError(t, os.WriteFile("README.md", []byte(head+from+want.String()+to+tail), 0o644))
		return
	}
	require.Equal(t, want.String(), table, "go test ./properties -run Readme -update")
}
