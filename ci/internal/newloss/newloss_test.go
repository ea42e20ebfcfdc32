package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../../.."

// The throw-away losses have the files that the README lists, and no other.
func TestPlan_TheListIsWhatTheLossesHave(t *testing.T) {
	var r runner
	require.NoError(t, r.plan(root, ""))
	require.Equal(t, []string{"throwaway_box", "throwaway_keypoint", "throwaway_point", "throwaway_row", "throwaway_set"}, r.losses)
	require.NoError(t, r.plan(root, "throwaway_set"))
	for _, file := range r.files {
		require.Contains(t, file, "throwaway_set")
	}
	require.ErrorContains(t, r.plan(root, "throwaway"), "there is throwaway_box")
}

func TestListed_ReadsTheListOfThePage(t *testing.T) {
	places, err := listed("Files:\n\n- `a/LOSS.go`: the loss\n- `b/LOSS.txt`, where a text will not do\n- `c.go`: another\n")
	require.NoError(t, err)
	require.Equal(t, []place{{"a/LOSS.go", false}, {"b/LOSS.txt", true}}, places)
	_, err = listed("no list")
	require.Error(t, err)
}

func TestSorted_NamesWhatIsMissingAndWhatIsTooMuch(t *testing.T) {
	places := []place{{"a/LOSS.go", false}, {"b/LOSS.txt", true}}
	losses, files, err := sorted(places, []string{"b/y.txt", "a/y.go", "a/x.go"})
	require.NoError(t, err)
	require.Equal(t, []string{"x", "y"}, losses)
	require.Equal(t, []string{"a/x.go", "a/y.go", "b/y.txt"}, files)
	_, _, err = sorted(places, []string{"b/x.txt", "c/x.py"})
	require.ErrorContains(t, err, "c/x.py is not on the list")
	require.ErrorContains(t, err, "a/LOSS.go is on the list in impl/loss/README.md, and x lacks it")
}

// The copy has the repository and the files of the losses, and is refused where one would be
// written over.
func TestCopy_AddsAndWritesOverNothing(t *testing.T) {
	if _, err := os.Stat(filepath.Join(root, ".git")); err != nil {
		t.Skip("not a repository of git")
	}
	var r runner
	require.NoError(t, r.plan(root, "throwaway_point"))
	dir := t.TempDir()
	require.NoError(t, r.copy(t.Context(), dir))
	all, err := contents(dir)
	require.NoError(t, err)
	for _, file := range append(r.files, "go.mod", "ci/new-loss") {
		require.Contains(t, all, file)
	}
	r.files = []string{"go.mod"}
	require.ErrorContains(t, r.copy(t.Context(), t.TempDir()), "go.mod is there already")
}

func TestChanged_SeesNewAndGoneFiles(t *testing.T) {
	require.Equal(t, []string{"a", "b", "d"}, changed(map[string]string{"a": "1", "b": "2", "c": "3"}, map[string]string{"a": "2", "c": "3", "d": "4"}))
}

func TestInside_RunsInTheFolderAndSaysWhatFailed(t *testing.T) {
	dir := t.TempDir()
	out, err := inside(t.Context(), dir, "sh", "-c", "pwd; exit 3")
	require.Error(t, err)
	require.Equal(t, filepath.Base(dir), filepath.Base(strings.TrimSpace(out)))
}
