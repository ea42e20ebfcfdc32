package beside

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func files(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestFile_IsOldOrWhole(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a")
	require.NoError(t, WriteFile(path, []byte("old")))
	f, err := Create(path)
	require.NoError(t, err)
	_, err = f.WriteString("half")
	require.NoError(t, err)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(text))
	f.Abort()
	require.Equal(t, []string{"a"}, files(t, folder))

	f, err = Create(path)
	require.NoError(t, err)
	done, err := f.Aside()
	require.NoError(t, err)
	require.NoFileExists(t, path, "it is not mistaken for the new one")
	require.FileExists(t, path+".old")
	require.NoError(t, f.Commit())
	done()
	f.Abort() // after Commit it does nothing
	require.Equal(t, []string{"a"}, files(t, folder))
}

func TestCreate_WritesDevicesInPlaceAndFollowsLinks(t *testing.T) {
	folder := t.TempDir()
	path, link := filepath.Join(folder, "a"), filepath.Join(folder, "b")
	require.NoError(t, WriteFile(path, []byte("old")))
	if os.Symlink(path, link) == nil {
		require.NoError(t, WriteFile(link, []byte("new")))
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, "new", string(text))
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		require.NoError(t, WriteFile(os.DevNull, []byte("x")))
		require.ErrorContains(t, WriteFile("/dev/full", []byte("x")), "no space left")
	}
	require.Error(t, WriteFile(filepath.Join(folder, "none", "a"), nil))
}
