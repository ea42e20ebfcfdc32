package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/lossproof/lossproof/golden"
)

// released is the version of a released program, which ci/release sets.
var released string

// version says what was built, from the build's own record, and with which vectors.
func version() string {
	built := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		built = info.Main.Version
		for _, d := range info.Deps { // where it is a tool of another module
			if d.Path == "github.com/lossproof/lossproof" {
				built = d.Version
			}
		}
		if released != "" {
			built = released
		}
		settings := map[string]string{}
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
		if commit := settings["vcs.revision"]; commit != "" {
			built += ", commit " + commit
			if settings["vcs.modified"] == "true" {
				built += " with changes"
			}
		}
	}
	return fmt.Sprintf("%s\nvectors %.12s, %s %s/%s", built, golden.Digest(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
