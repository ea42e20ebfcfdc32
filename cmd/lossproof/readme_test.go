package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/full"
)

const readmePath = "../../README.md"

// A shown is a command of the README and the output below it, where a line ... stands for any
// number of lines.
type shown struct {
	command     string
	output      []string
	first, last int // lines of the README that hold the output: [first, last)
}

// commands finds the commands in the console blocks of a document.
func commands(lines []string) []shown {
	var all []shown
	inside := false
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case !inside:
		case strings.HasPrefix(line, "$ "):
			all = append(all, shown{command: line[2:], first: i + 1, last: i + 1})
		case len(all) > 0:
			c := &all[len(all)-1]
			c.output, c.last = append(c.output, line), i+1
		}
	}
	return all
}

// matches reports whether lines are what the README shows, ... standing for any number of them.
func matches(pattern, lines []string) bool {
	if len(pattern) == 0 {
		return len(lines) == 0
	}
	if pattern[0] != "..." {
		return len(lines) > 0 && lines[0] == pattern[0] && matches(pattern[1:], lines[1:])
	}
	for skipped := 0; skipped <= len(lines); skipped++ {
		if matches(pattern[1:], lines[skipped:]) {
			return true
		}
	}
	return false
}

// renewed is the output in the form that the README shows: as many lines before and after its ...
// as there were.
func renewed(pattern, lines []string) []string {
	for i, line := range pattern {
		if line == "..." && len(lines) > len(pattern) {
			tail := len(pattern) - i - 1
			return append(append(append([]string{}, lines[:i]...), "..."), lines[len(lines)-tail:]...)
		}
	}
	return lines
}

// listedOnly are the commands that a test cannot run inside itself.
var listedOnly = []string{"go test ./..."}

func TestREADME_EveryCommandShowsItsOutput(t *testing.T) {
	text, err := os.ReadFile(readmePath)
	require.NoError(t, err)
	lines := strings.Split(string(text), "\n")
	all := commands(lines)
	require.NotEmpty(t, all)
	listed := 0
	for i := len(all) - 1; i >= 0; i-- { // backwards, so that line numbers stay right
		c := all[i]
		args, ours := strings.CutPrefix(c.command, "go run ./cmd/lossproof ")
		if !ours {
			require.Contains(t, listedOnly, c.command, "README line %d: a command that no test runs", c.first)
			require.Empty(t, c.output, "%s: output that no test checks", c.command)
			listed++
			continue
		}
		part := args == "verify" && !full.Run() && !*update
		if part { // the losses whose lines are shown
			for _, line := range c.output {
				if l, err := loss.Named(strings.SplitN(line, " ", 2)[0]); err == nil {
					args += " --loss " + l.Name
				}
			}
		}
		out := lossproof(strings.Fields(args)...)
		require.Equal(t, conforms, out.code, "%s\n%s%s", c.command, out.stdout, out.stderr)
		got := strings.Split(strings.TrimRight(out.stdout, "\n"), "\n")
		if *update {
			lines = append(append(append([]string{}, lines[:c.first]...), renewed(c.output, got)...), lines[c.last:]...)
			continue
		}
		if part { // columns are as wide as the longest name
			c.output, got = squeezed(c.output), squeezed(got)
		}
		require.True(t, matches(c.output, got), "README: %s prints\n%s\nand the README shows\n%s\n(-update writes it anew)",
			c.command, strings.Join(got, "\n"), strings.Join(c.output, "\n"))
	}
	require.Equal(t, len(listedOnly), listed)
	if *update {
		require.NoError(t, os.WriteFile(readmePath, []byte(strings.Join(lines, "\n")), 0o644))
	}
}

func TestREADME_TheLevelsAreTheJudges(t *testing.T) {
	text, err := os.ReadFile(readmePath)
	require.NoError(t, err)
	for _, l := range subject.Levels() {
		require.Contains(t, string(text), fmt.Sprintf("| %d | %s | %s |\n", l.Number(), l, strings.ReplaceAll(l.Rule(), "|", `\|`)))
	}
	require.InDelta(t, 1+5, conformance.Accurate.Ulps(0, 32)/conformance.Accurate.Ulps(0, 1), 0, "1 + log2 n of the README")
}

// squeezed are lines with one space for each run of them.
func squeezed(lines []string) (narrow []string) {
	for _, l := range lines {
		narrow = append(narrow, strings.Join(strings.Fields(l), " "))
	}
	return narrow
}

// facts are the numbers in the README's prose and what they have to be. Numbers in console blocks
// are checked with the output that they stand in, those of the level table with the levels.
var facts = map[string]func() string{
	"float64":      nil, // names
	"float32":      nil,
	"AVX2":         nil,
	"AVX-512":      nil,
	"target of 1 ": func() string { return "target of 1 " }, // that of the command above it
	"and not 0.":   func() string { return "and not 0." },
	"1 + log2 n":   nil, // TestREADME_TheLevelsAreTheJudges
	"levels 2 and 3": func() string {
		return fmt.Sprintf("levels %d and %d", conformance.Stable.Number(), conformance.Accurate.Number())
	},
	"nothing give NaN or 0?": nil,
}

// TestREADME_EveryNumberIsKnown finds numbers in the prose that no test speaks for.
func TestREADME_EveryNumberIsKnown(t *testing.T) {
	text, err := os.ReadFile(readmePath)
	require.NoError(t, err)
	prose := regexp.MustCompile("(?s)```.*?```").ReplaceAllString(string(text), "")
	prose = regexp.MustCompile(`(?m)^\| \d .*$`).ReplaceAllString(prose, "")
	for phrase, want := range facts {
		require.Contains(t, prose, phrase)
		if want != nil {
			require.Equal(t, want(), phrase)
		}
		prose = strings.ReplaceAll(prose, phrase, "")
	}
	require.Empty(t, regexp.MustCompile(`\S*\d\S*`).FindAllString(prose, -1), "numbers that no test checks")
}

func TestMatches_AnEllipsisStandsForAnyLines(t *testing.T) {
	split := func(s string) []string { return strings.Fields(s) }
	for pattern, want := range map[string]string{
		"a b c": "a b c", "... c": "a b c", "a ...": "a b c", "a ... c": "a b c", "...": "", "a ... b c": "a b c",
	} {
		require.True(t, matches(split(pattern), split(want)), pattern)
	}
	for _, pattern := range []string{"", "a b", "a ... d", "b ...", "a b c d"} {
		require.False(t, matches(split(pattern), split("a b c")), strconv.Quote(pattern))
	}
}
