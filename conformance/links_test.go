package conformance

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever imports this package links neither the kernels nor their assembly.
func TestImports_NoKernelIsLinked(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{.SFiles}}", ".").Output()
	require.NoError(t, err)
	require.Contains(t, string(out), "github.com/lossproof/lossproof/impl/loss []")
	for line := range strings.Lines(string(out)) {
		path, assembly, _ := strings.Cut(strings.TrimSpace(line), " ")
		require.NotContains(t, path, "impl/kernel")
		if strings.Contains(path, "lossproof") {
			require.Equal(t, "[]", assembly, path)
		}
	}
}
