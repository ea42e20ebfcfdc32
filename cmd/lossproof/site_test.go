package main

import (
	"fmt"
	"html"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
)

// hostile is a name that is no markup and leads to no other folder.
const hostile = `../../<script>alert(1)</script>&`

// siteArgs are reports of two versions of a subject that is called hostile, and a finding of it that is as hostile.
func siteArgs(t *testing.T) (args []string) {
	t.Helper()
	folder := t.TempDir()
	for version, command := range map[string][]string{"1": {"verify", "--loss", "sigmoid,ciou"}, "2": {"verify", "kernel", "--tier", "go", "--loss", "sigmoid"}} {
		report := filepath.Join(folder, "mine@"+version+".json")
		out := lossproof(append(command, "--only", "golden", "--live", "0", "--json", report)...)
		require.Contains(t, []int{conforms, conformsInPart}, out.code, out.stderr)
		text := regexp.MustCompile(`"name": "[^"]*",(\n\s*"version": "[^"]*",)?`).ReplaceAllString(contents(t, report), fmt.Sprintf("\"name\": %q, \"version\": %q,", hostile, version))
		require.NoError(t, os.WriteFile(report, []byte(text), 0o600))
		args = append(args, report)
	}
	slices.Sort(args)
	source, printed := filepath.Join(folder, "adapters", "mine", "findings", "a.py"), filepath.Join(folder, "printed", "mine", "a.py.txt")
	for file, text := range map[string]string{source: "# finding: sigmoid.f32/value\n# It says " + hostile + "\n# twice.\nprint(1)\n", printed: "got " + hostile + "\nwant 1\n"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	return append(args, "--adapters", filepath.Join(folder, "adapters"), "--findings", filepath.Join(folder, "printed"))
}

// TestSite makes a site twice, and looks at it in every way.
func TestSite(t *testing.T) {
	parent, args := t.TempDir(), siteArgs(t)
	dir := filepath.Join(parent, "site")
	out := lossproof(append([]string{"site", dir}, args...)...)
	require.Equal(t, conforms, out.code, out.stderr)
	require.Contains(t, out.stdout, fmt.Sprintf("%d pages", len(loss.All())+8))
	files := read(t, dir)
	t.Run("every link leads somewhere and none outside", func(t *testing.T) { everyLinkLeadsSomewhere(t, files) })
	t.Run("what reports and findings say is text", func(t *testing.T) {
		entries, err := os.ReadDir(parent)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		for file, text := range files {
			require.NotContains(t, text, "<script>alert", file)
			require.NotContains(t, file, "..")
		}
		require.Contains(t, files["findings.html"], "<p>It says "+html.EscapeString(hostile)+" twice.</p>")
		require.Contains(t, files["findings.html"], "<pre>got "+html.EscapeString(hostile)+"\nwant 1</pre>")
	})
	t.Run("a library's versions", func(t *testing.T) {
		page := files["library/script-alert-1---script.html"]
		require.Contains(t, page, `id="mine-a.py"`)
		require.Regexp(t, `From .* 1</h2>|From .* 1 to .* 2</h2>`, page)
		require.Regexp(t, `0 broke, \d+ mended, [1-9]\d* drifted`, page)
		require.Contains(t, page, "<h3>Drifted")
		require.Contains(t, files["subject/script-alert-1---script---2.html"], "<b>Since old ")
	})
	t.Run("a browser", func(t *testing.T) { siteInABrowser(t, dir) })
	again := filepath.Join(t.TempDir(), "site")
	require.Equal(t, conforms, lossproof(append([]string{"site", again}, args...)...).code)
	delete(files, "frame.html")
	two := read(t, again)
	require.Equal(t, len(files), len(two))
	for name, text := range files {
		require.True(t, text == two[name], "the same reports give the same %s", name)
	}
}

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[filepath.ToSlash(strings.TrimPrefix(path, dir+string(filepath.Separator)))] = string(text)
		return err
	}))
	return files
}

func everyLinkLeadsSomewhere(t *testing.T, files map[string]string) {
	t.Helper()
	links := 0
	for name, text := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		require.NotContains(t, text, "src=", name)
		require.Equal(t, strings.HasPrefix(name, "subject/") || name == "scoreboard.html", strings.Contains(text, "<script"), name)
		for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(text, -1) {
			link := html.UnescapeString(m[1])
			path, fragment, _ := strings.Cut(link, "#")
			if strings.HasPrefix(name, "subject/") && path == "" && strings.Contains(fragment, "=") {
				continue // a filter of the report's own script
			}
			to := name
			if path != "" {
				to = filepath.ToSlash(filepath.Join(filepath.Dir(name), path))
			}
			require.Contains(t, files, to, "%s links to %s", name, link)
			if fragment != "" {
				require.Contains(t, files[to], `id="`+html.EscapeString(fragment)+`"`, "%s links to %s", name, link)
			}
			links++
		}
	}
	require.Greater(t, links, 4*len(loss.All()))
	for _, l := range loss.All() {
		page := files["loss/"+l.Name+".html"]
		require.Contains(t, page, "<math")
		require.Contains(t, page, "<svg")
		require.Contains(t, page, html.EscapeString(l.Title))
		require.Contains(t, files["index.html"], "loss/"+l.Name+".html")
	}
	require.Equal(t, 3, strings.Count(files["story.html"], "<svg"), "the losses, two models by three measures, and how a neuron learns from each")
	require.Equal(t, 2, strings.Count(files["detection.html"], "<svg"), "the losses, and how a box is pulled by each")
	require.Contains(t, files["loss/ciou.html"], "../library/script-alert-1---script.html")
	require.Contains(t, files["scoreboard.html"], `<tr class="f64 grad everyday"`)
	require.JSONEq(t, `{"schemaVersion": 1, "label": "lossproof f32", "message": "exact", "color": "#1f6fb5"}`, files["badge/script-alert-1---script---1-f32.json"])
	require.Contains(t, files["badge/script-alert-1---script---1-f32.svg"], ">exact</text>")
}

// The ratio of two medians, beside the roofline where there is one; a benchmark of nothing is a mistake.
func TestSite_BenchmarksAreRatios(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.txt")
	var lines strings.Builder
	lines.WriteString("cpu: Some <b>Processor</b>\n")
	for k := range 6 {
		fmt.Fprintf(&lines, "BenchmarkLoss/loss=sigmoid/op=grad/dtype=f32/impl=avx2/n=64 \t 1 \t %d ns/op\n", 300+k)
		fmt.Fprintf(&lines, "BenchmarkLoss/loss=sigmoid/op=grad/dtype=f32/impl=roofline/n=64 \t 1 \t 100 ns/op\n")
		fmt.Fprintf(&lines, "BenchmarkLoss/loss=ciou/op=grad/dtype=f32/impl=mine/n=64 \t 1 \t 50 ns/op\n")
	}
	require.NoError(t, os.WriteFile(file, []byte(lines.String()), 0o600))
	losses, _, err := timings(file)
	require.NoError(t, err)
	require.Len(t, losses, 2)
	require.Equal(t, "mine", losses[0].Rows[0].Beside)
	mine := losses[1].Rows[1]
	require.Equal(t, "op=grad dtype=f32 n=64", mine.Work)
	require.Equal(t, []any{"avx2", "roofline"}, []any{mine.Impl, mine.Beside})
	require.InDelta(t, 3.025, mine.Ratio, 1e-9)
	require.InDelta(t, 3.00, mine.Low, 1e-9)
	require.InDelta(t, 3.05, mine.High, 1e-9)

	dir := t.TempDir()
	require.Equal(t, conforms, lossproof("site", dir, "--bench", file).code)
	page := read(t, dir)["benchmarks.html"]
	require.Contains(t, page, "Some &lt;b&gt;Processor")
	require.Contains(t, page, ">3.02</td>")
	require.NoError(t, os.WriteFile(file, []byte("BenchmarkOther \t 1 \t 5 ns/op\n"), 0o600))
	require.Equal(t, usage, lossproof("site", dir, "--bench", file).code)
}

func TestSite_MistakesExitWith2(t *testing.T) {
	for _, args := range [][]string{{"site"}, {"site", t.TempDir(), "/no/such/report.json"}} {
		out := lossproof(args...)
		require.Equal(t, usage, out.code, "%v: %s", args, out.stderr)
		require.NotEmpty(t, out.stderr)
	}
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	out := lossproof("site", file)
	require.Equal(t, harnessFailed, out.code, out.stderr)
}

// siteInABrowser opens pages in frames, for no window is as narrow as a telephone: nothing is wider than the page, nothing is asked for,
// the choices of the scoreboard hide and show, and its columns sort.
func siteInABrowser(t *testing.T, dir string) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("NOT RUN: there is no Chromium")
	}
	pages := []string{"index.html", "scoreboard.html", "story.html", "detection.html", "findings.html", "loss/ciou.html", "loss/cross_entropy.html", "loss/dice.html", "library/script-alert-1---script.html"}
	var frames strings.Builder
	for _, page := range pages {
		for _, width := range []int{400, 1600} {
			fmt.Fprintf(&frames, `<iframe src="%s" width="%d" height="1000" style="border:0" onload="look(this)"></iframe>`, page, width)
		}
	}
	frame := `<!DOCTYPE html><html><script>
		const say = (name, value) => document.documentElement.setAttribute("data-" + name, value);
		let looked = 0, wide = [], requests = 0;
		const look = (frame) => {
			const d = frame.contentDocument, $ = (s) => [...d.querySelectorAll(s)], seen = (s) => $(s).filter((e) => e.offsetHeight > 0);
			if (d.documentElement.scrollWidth > d.documentElement.clientWidth) wide.push(frame.getAttribute("src") + " " + frame.width);
			requests += frame.contentWindow.performance.getEntriesByType("resource").length;
			say("looked", ++looked);
			say("wide", wide.join(", "));
			say("requests", requests);
			if (!frame.src.includes("scoreboard")) return;
			say("rows", seen("tbody tr").length);
			const losses = () => seen("tbody tr").map((r) => r.cells[0].textContent).join(" ");
			const button = d.querySelector("thead button");
			say("stops", button.tabIndex);
			button.click();
			say("up", losses() + " " + button.closest("th").ariaSort);
			button.click();
			say("down", losses() + " " + button.closest("th").ariaSort);
			d.getElementById("show-f32").click();
			say("chosen", seen("tr.f64").length + " " + seen("tr.f32").length);
			say("cells", seen("td.language0").length);
			d.getElementById("show-language0").click();
			say("hidden", seen("td.language0").length);
		};
		</script>` + frames.String() + `</html>`
	file := filepath.Join(dir, "frame.html")
	require.NoError(t, os.WriteFile(file, []byte(frame), 0o600))
	cmd := exec.CommandContext(t.Context(), path, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--allow-file-access-from-files",
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=60000", "--window-size=1700,1000", "--dump-dom", "file://"+file)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	require.NoError(t, err, complaints.String())
	require.NoError(t, os.Remove(file))
	require.NotContains(t, complaints.String(), "CONSOLE")
	says := regexp.MustCompile(`<html[^>]*>`).FindString(string(out))
	for name, want := range map[string]string{"looked": fmt.Sprint(2 * len(pages)), "wide": "", "requests": "0",
		"rows":  "2", // two losses, in the dtype, output and inputs that are chosen
		"stops": "0", "up": "ciou sigmoid ascending", "down": "sigmoid ciou descending", "chosen": "0 2", "cells": "4", "hidden": "0"} {
		require.Contains(t, says, fmt.Sprintf(" data-%s=%q", name, want))
	}
}
