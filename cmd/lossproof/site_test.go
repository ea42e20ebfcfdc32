package main

import (
	"fmt"
	"html"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
)

// siteOf is a site with a report of some losses, whose subject has the given name.
func siteOf(t *testing.T, name string) (dir string) {
	t.Helper()
	report := filepath.Join(t.TempDir(), "report.json")
	out := lossproof("verify", "--loss", "sigmoid,ciou", "--only", "golden", "--live", "0", "--json", report)
	require.Equal(t, conforms, out.code, out.stderr)
	text, err := os.ReadFile(report)
	require.NoError(t, err)
	named := strings.Replace(string(text), `"name": "reference"`, fmt.Sprintf(`"name": %q`, name), 1)
	require.Contains(t, named, fmt.Sprintf("%q", name))
	require.NoError(t, os.WriteFile(report, []byte(named), 0o600))
	dir = filepath.Join(t.TempDir(), "site")
	out = lossproof("site", dir, report)
	require.Equal(t, conforms, out.code, out.stderr)
	require.Contains(t, out.stdout, fmt.Sprintf("%d pages", len(loss.All())+5))
	return dir
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

func TestSite_EveryLinkLeadsSomewhereAndNoneOutside(t *testing.T) {
	dir := siteOf(t, "my losses")
	files := read(t, dir)
	links := 0
	for name, text := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		require.NotContains(t, text, "src=", name)
		require.Equal(t, strings.HasPrefix(name, "subject/"), strings.Contains(text, "<script"), name)
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
	require.Contains(t, files["loss/ciou.html"], "../subject/my-losses.html")
	require.Contains(t, files["scoreboard.html"], `<tr class="f64 grad"`)
	require.JSONEq(t, `{"schemaVersion": 1, "label": "lossproof f32", "message": "exact", "color": "#1f6fb5"}`, files["badge/my-losses-f32.json"])
	require.Contains(t, files["badge/my-losses-f32.svg"], ">exact</text>")
}

func TestSite_SameReportsGiveTheSamePages(t *testing.T) {
	one, two := read(t, siteOf(t, "reference")), read(t, siteOf(t, "reference"))
	require.Equal(t, len(one), len(two))
	for name, text := range one {
		require.True(t, text == two[name], name)
	}
}

// What a report says of itself is text, and its name leads to no other folder.
func TestSite_HostileNamesAreText(t *testing.T) {
	const name = `../../<script>alert(1)</script>&`
	dir := siteOf(t, name)
	parent, err := os.ReadDir(filepath.Dir(dir))
	require.NoError(t, err)
	require.Len(t, parent, 1)
	for file, text := range read(t, dir) {
		require.NotContains(t, text, "<script>alert", file)
		require.NotContains(t, file, "..")
	}
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

// Nothing is wider than a telephone, and the choice of a dtype hides the others.
func TestBrowser_SiteFits(t *testing.T) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("NOT RUN: there is no Chromium")
	}
	dir := siteOf(t, "reference")
	for _, page := range []string{"index.html", "scoreboard.html", "story.html", "detection.html", "loss/ciou.html", "loss/cross_entropy.html", "loss/dice.html"} {
		for _, width := range []int{400, 1600} {
			frame := fmt.Sprintf(`<!DOCTYPE html><html><iframe src="%s" width="%d" height="1000" style="border:0" onload="const d = this.contentDocument;
				document.documentElement.dataset.beyond = d.documentElement.scrollWidth - d.documentElement.clientWidth;
				document.documentElement.dataset.rows = [...d.querySelectorAll('tbody tr')].filter(r => r.offsetHeight > 0).length;
				d.getElementById('show-f32')?.click();
				document.documentElement.dataset.chosen = [...d.querySelectorAll('table.board tr.f64')].filter(r => r.offsetHeight > 0).length"></iframe></html>`, page, width)
			file := filepath.Join(dir, "frame.html")
			require.NoError(t, os.WriteFile(file, []byte(frame), 0o600))
			cmd := exec.CommandContext(t.Context(), path, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--allow-file-access-from-files",
				"--user-data-dir="+t.TempDir(), "--virtual-time-budget=20000", "--window-size=1700,1000", "--dump-dom", "file://"+file)
			var complaints strings.Builder
			cmd.Stderr = &complaints
			out, err := cmd.Output()
			require.NoError(t, err, complaints.String())
			require.NotContains(t, complaints.String(), "CONSOLE", page)
			require.Contains(t, string(out), `data-beyond="0"`, "%s at %d", page, width)
			if page == "scoreboard.html" {
				require.Regexp(t, `data-rows="2"`, string(out)) // two losses, in the dtype and output that are chosen
				require.Regexp(t, `data-chosen="0"`, string(out))
			}
		}
	}
}
