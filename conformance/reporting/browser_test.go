package reporting

import (
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
)

// browser is Debian's Chromium, or one that is called otherwise.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("NOT RUN: there is no Chromium")
	return ""
}

// probe tells what only a browser knows. It runs after the page is ready, which its policy would not let anyone else do.
const probe = `<script>
const waits = setInterval(() => {
	if (document.querySelector("#dots") && !("ready" in document.documentElement.dataset)) return;
	clearInterval(waits);
	const say = (name, value) => { parent.document.documentElement.dataset[name] = value; };
	say("width", innerWidth);
	say("overflows", document.documentElement.scrollWidth > innerWidth);
	say("requests", performance.getEntriesByType("resource").length);
	say("shown", document.querySelectorAll(".entry:not([hidden])").length);
	say("link", document.querySelector("table.map td a")?.hash);
	const svg = document.querySelector("figure svg.map");
	if (svg) {
		svg.focus();
		say("first", document.getElementById("told").innerText);
		svg.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
		say("second", document.getElementById("told").innerText);
		svg.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
		svg.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
		say("followed", location.hash);
		svg.blur();
		say("hidden", document.getElementById("told").hidden);
	}
	document.querySelector("nav a").click();
	say("fragment", location.hash);
}, 20);
</script>`

// browsed is what the probe says of a page that is opened at a fragment, in a frame: no window is as narrow as a telephone.
func browsed(t *testing.T, page, fragment string, width int) map[string]string {
	t.Helper()
	page = regexp.MustCompile(`<meta http-equiv[^>]*>`).ReplaceAllString(page, "")
	page = strings.Replace(page, "</body>", probe+"</body>", 1)
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "report.html"), []byte(page), 0o600))
	frame := fmt.Sprintf(`<!DOCTYPE html><html><iframe src="report.html%s" width="%d" height="1000" style="border:0"></iframe></html>`, fragment, width)
	file := filepath.Join(folder, "frame.html")
	require.NoError(t, os.WriteFile(file, []byte(frame), 0o600))
	says := map[string]string{}
	root := regexp.MustCompile(`<html[^>]*>`).FindString(dumped(t, file, "--allow-file-access-from-files", "--virtual-time-budget=20000", "--window-size=1700,1000"))
	for _, a := range regexp.MustCompile(`data-(\w+)="([^"]*)"`).FindAllStringSubmatch(root, -1) {
		says[a[1]] = html.UnescapeString(a[2])
	}
	return says
}

// dumped is the document that the browser has made of a file, without a complaint.
func dumped(t *testing.T, file string, flags ...string) string {
	t.Helper()
	dom, complaints := opened(t, file, flags...)
	require.NotContains(t, complaints, "CONSOLE")
	return dom
}

// opened is the document that the browser has made of a file, and what it complained of.
func opened(t *testing.T, file string, flags ...string) (dom, complaint string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), browser(t), append(flags, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
		"--user-data-dir="+t.TempDir(), "--dump-dom", "file://"+file)...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	require.NoError(t, err, complaints.String())
	return string(out), complaints.String()
}

func TestBrowser_FilterKeyboardAndWidths(t *testing.T) {
	browser(t)
	r := checked(t, conformance.Pointwise(bce, naive))
	page := htmlOf(t, r)
	entries := regexp.MustCompile(`class="entry"[^>]*data-cause="overflow"`).FindAllString(page, -1)
	require.NotEmpty(t, entries)
	for _, width := range []int{400, 1600} {
		says := browsed(t, page, "#cause=overflow", width)
		require.Equal(t, fmt.Sprint(len(entries)), says["shown"], "the filter is in the address")
		require.Equal(t, "#cause=overflow&at=levels", says["fragment"], "a link to a place keeps it")
		require.Equal(t, fmt.Sprint(width), says["width"])
		require.Equal(t, "false", says["overflows"], "at %d pixels", width)
		require.Equal(t, "0", says["requests"])
		told := dotsOf(t, page).Figures["figure-"+bce+"-f64"][0]
		require.Contains(t, says["first"], told[0].(string), "the keyboard comes first to the case that is told first")
		require.Contains(t, says["first"], "--case "+told[0].(string))
		require.Contains(t, says["first"], told[1].(string), "with its input")
		require.Regexp(t, "✗ failed, (no number of ulps|"+regexp.QuoteMeta(fmt.Sprint(told[3].([]any)[0].([]any)[4]))+" ulp)", says["first"], "and the error that the report has")
		require.NotEqual(t, says["first"], says["second"], "and then to the next")
		require.Equal(t, "true", says["hidden"])
		require.Equal(t, "#cause=overflow&at=failure-"+told[0].(string)+"-value", says["followed"], "Enter leads to the failure")
	}
	says := browsed(t, page, "#q=nothing+has+this", 1600)
	require.Equal(t, "0", says["shown"])
}

// The page is run as it is, with its policy, which lets its own script run, and no name that a subject has.
func TestBrowser_ThePolicyLetsTheScriptRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.html")
	r := threeReports(t)[1]
	r.Subject.Name = `</title></script><img src=x onerror="document.title='run'">`
	require.NoError(t, os.WriteFile(file, []byte(htmlOf(t, r)), 0o600))
	dom := dumped(t, file)
	require.NotContains(t, dom, "<img")
	require.Contains(t, dom, `<form id="filter" aria-label="filter">`, "the script has shown the filter")
	frame := filepath.Join(filepath.Dir(file), "frame.html") // a sandbox runs no script of the page that is in it
	require.NoError(t, os.WriteFile(frame, []byte(`<!DOCTYPE html><html><iframe src="report.html" sandbox="allow-same-origin" width="900" height="900" onload="
		const d = this.contentDocument, seen = (s) => [...d.querySelectorAll(s)].filter((e) => e.getBoundingClientRect().height > 0).length;
		document.documentElement.dataset.seen = [seen('#filter'), seen('table.map td a'), seen('.entry'), seen('figure svg.map')].join(' ')"></iframe></html>`), 0o600))
	dom, complaints := opened(t, frame, "--allow-file-access-from-files")
	require.Contains(t, complaints, "sandboxed")
	require.Contains(t, dom, `data-seen="0 3 3 1"`, "with scripts off there is no filter, and all the rest")
}
