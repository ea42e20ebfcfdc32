package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun_FindsWhatOneSystemAloneRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":         "module example.com/m\n\ngo 1.26.0\n",
		"a/a.go":         "package a\n\nimport \"fmt\"\n\nfunc A() string { return fmt.Sprint(big) }\n",
		"a/a_windows.go": "package a\n\nfunc b() { return 1 }\n",
		"c/c.go":         "package c\n\nconst Big = 1 << 40\n",
		"c/c_test.go":    "package c_test\n\nimport (\n\t\"testing\"\n\n\t\"example.com/m/c\"\n)\n\nfunc TestC(t *testing.T) { _ = int(c.Big) }\n",
		"d/d.go":         "package d\n\nfunc D() {}\n",
	} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	on := func(system, arch string, patterns ...string) error {
		t.Setenv("GOOS", system)
		t.Setenv("GOARCH", arch)
		t.Setenv("GOFLAGS", "")
		t.Setenv("GOWORK", "off")
		return run(dir, patterns...)
	}
	require.ErrorContains(t, on("linux", "amd64", "./a"), "undefined: big")
	require.NotContains(t, on("linux", "amd64", "./a").Error(), "a_windows.go")
	require.ErrorContains(t, on("windows", "amd64", "./a"), "a_windows.go:3:19")
	require.NoError(t, on("linux", "amd64", "./c"))
	require.ErrorContains(t, on("linux", "386", "./c"), "c_test.go:9") // a constant that no int of 32 bits holds
	require.NoError(t, on("darwin", "arm64", "./d"))
	require.ErrorContains(t, on("linux", "amd64", "./none/..."), "no package")
}
