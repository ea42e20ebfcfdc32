package reporting

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/full"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
	"github.com/lossproof/lossproof/properties"
)

func htmlOf(t *testing.T, r *conformance.Report) string {
	t.Helper()
	return shown(t, func(w io.Writer) error { return WriteHTML(w, r, nil) })
}

// elements are those of a page, each with its attributes in order and the values of those that an address could stand in.
func elements(t *testing.T, page string) []string {
	t.Helper()
	for _, own := range []string{htmlStyle, htmlScript} {
		require.Equal(t, 1, strings.Count(page, own))
		page = strings.Replace(page, own, "", 1)
	}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var all []string
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		text := start.Name.Local
		for _, a := range start.Attr {
			text += " " + a.Name.Local
			if a.Name.Local == "href" || a.Name.Local == "src" {
				require.True(t, strings.HasPrefix(a.Value, "#"), "%s leads out of the page", a.Value)
			}
		}
		all = append(all, text)
	}
}

func TestWriteHTML_SaysWhatTheReportSays(t *testing.T) {
	r := checked(t, conformance.Pointwise(bce, naive))
	page := htmlOf(t, r)
	require.Equal(t, page, htmlOf(t, r), "the same report gives the same bytes")
	require.Contains(t, page, "does not conform")
	for _, g := range r.Causes() {
		require.Contains(t, page, `href="#cause=`+strings.NewReplacer(" ", "%20", "+", "%2b").Replace(string(g.Cause))+`"`)
	}
	require.Contains(t, page, `id="failure-`+r.InOrder()[0].Case+`-value"`)
	ids := map[string]bool{}
	for _, id := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		require.False(t, ids[id[1]], "two elements are called %s", id[1])
		ids[id[1]] = true
	}
	for _, link := range regexp.MustCompile(`href="#([^"=]+)"`).FindAllStringSubmatch(page, -1) {
		require.True(t, ids[link[1]], "%s leads nowhere", link[0])
	}
	elements(t, page)
	require.NotContains(t, strings.Replace(page, "http-equiv", "", 1), "http", "it asks nobody for anything")
}

func TestWriteHTML_WithoutVectorsOrCases(t *testing.T) {
	page := htmlOf(t, threeReports(t)[1])
	require.Contains(t, page, "other vectors than this version")
	require.Contains(t, page, "Of its cases 2 are not known here")
	elements(t, page)
	empty := build(t, "nothing").done()
	elements(t, htmlOf(t, empty))
}

// Every level that sets a limit in ulp has its bound on a map, above and below, and its number beside it; the required one is another line.
func TestWriteHTML_DrawsTheBoundsOfEveryLevel(t *testing.T) {
	page := htmlOf(t, checked(t, conformance.Pointwise(bce, naive)))
	_, svg, _ := strings.Cut(page, `<div class="plot" id="map-`+bce+`-f64-value">`)
	svg, _, _ = strings.Cut(svg, "</svg>")
	_, shared, _ := strings.Cut(page, `<symbol id="errors"`)
	shared, _, _ = strings.Cut(shared, "</symbol>")
	svg += shared
	for _, l := range []conformance.Level{closely, stable, accurate, conformance.Faithful, exact} {
		class := "bounds"
		if l == accurate {
			class = "required"
		}
		require.Regexp(t, fmt.Sprintf(`<path id="[\w-]+-%d" class="%s" d="[^"]+"/><use href="#[\w-]+-%[1]d" transform="matrix\(1 0 0 -1 0 188\)"/>`, l.Number(), class), svg)
		require.Regexp(t, fmt.Sprintf(`<text class="level" [^>]*>%d</text>`, l.Number()), svg)
	}
	require.ElementsMatch(t, []pixel{{6, 3}, {10, 9}}, widest([]pixel{{4, 5}, {7, 3}, {5, 4}, {8, 9}}), "the most in each piece")
}

// A sample is a dot at its place: a small one where it passed, and told with where it lies.
func TestWriteHTML_ShowsSamples(t *testing.T) {
	page := htmlOf(t, checked(t, conformance.Pointwise(bce, naive)))
	require.Contains(t, page, `<path class="sampled" d="m`)
	require.Contains(t, page, "a sample that passed")
	told := 0
	for _, c := range dotsOf(t, page).Figures["figure-"+bce+"-f64"] {
		if id := c[0].(string); strings.HasPrefix(id, "sample.") {
			require.Contains(t, c[1], "a sample: the prediction is ")
			told++
		}
	}
	require.Positive(t, told)
}

// What comes from an adapter is text wherever it stands: it changes no element, no attribute and no address of the page.
func TestWriteHTML_HostileNamesAreText(t *testing.T) {
	made := func(name string) *conformance.Report {
		r := threeReports(t)[1]
		r.Subject.Name, r.Subject.Version, r.Subject.Environment = name, name, map[string]string{"language": name}
		r.Vectors, r.Incomplete, r.Warnings, r.DeadEntries = golden.Digest(), name, []string{name}, []string{name}
		r.Unchecked = []conformance.Unchecked{{Loss: name, Format: "f16", Output: value, Reason: name}}
		r.Rows[0].MaxIn, r.Rows[0].MaxCase, r.Rows[0].Checks[0].Case = name, name, name
		r.Rows[2].Loss, r.Rows[2].Bound = name, name
		for _, f := range append(r.Failures, r.Known...) {
			f.Case, f.Flags, f.Cause, f.Why, f.Input, f.Got, f.Want, f.Note, f.Stack, f.Repeat = name, []string{strings.ReplaceAll(name, " ", "/")}, conformance.Cause(name), name, name, name, name, name, name, "lossproof verify --case "+name
		}
		r.Skips[0].Reason = name
		for k := range r.Laws.Results {
			l := &r.Laws.Results[k]
			l.Cause, l.Why, l.Note = conformance.Cause(name), name, name
			if l.Failure != nil {
				l.Failure.Counterexample, l.Failure.Statement, l.Failure.Left = name, name, name
				l.Failure.Sides = &properties.Sides{Relation: name, Left: 1, Right: 2, Slack: 0.1, Numbers: []properties.SideNumber{{Side: "left", Of: name, At: name, Value: 1}}}
			}
		}
		return r
	}
	want := elements(t, htmlOf(t, made("harmless")))
	for _, name := range []string{`<script>alert(1)</script>`, `</script><img src=x onerror=alert(1)>`, `</style></title></pre></details></svg><b>`, `"onmouseover="alert(1)`,
		`'onfocus='alert(1)' autofocus`, `javascript:alert(1)`, `<!--`, `]]><![CDATA[`, `&lt;script&gt;`, "`${alert(1)}`", `{{.}}`, `=#&amp;`} {
		require.Equal(t, want, elements(t, htmlOf(t, made(name))), name)
	}
}

// What changed since an older report is listed, and on the maps an arrow for each dot that moved far enough to be seen.
func TestWriteHTML_ComparedWithAnOlderReport(t *testing.T) {
	stable := func(z, y float64) (value, grad float64) {
		p := 1 / (1 + math.Exp(-z))
		return max(z, 0) - z*y + math.Log1p(math.Exp(-math.Abs(z))), p - y
	}
	old, r := checked(t, conformance.Pointwise(bce, naive)), checked(t, conformance.Pointwise(bce, stable))
	d := Diff(old, r)
	page := shown(t, func(w io.Writer) error { return WriteHTML(w, r, old) })
	elements(t, page)
	require.Contains(t, page, d.Verdict())
	at := page[strings.Index(page, `id="map-`+bce+`-f64-value"`):strings.Index(page, `id="map-`+bce+`-f64-grad"`)]
	for class, changes := range map[string][]Change{"broke": d.Broke, "mended": d.Mended} {
		seen := 0
		for _, c := range changes {
			if c.Output == string(value) && math.Abs(float64(errorRow(float64(*c.Old.Max))-errorRow(float64(*c.New.Max)))) >= 3 {
				seen++
			}
		}
		require.NotZero(t, seen)
		path := regexp.MustCompile(`class="` + class + `" d="([^"]*)"`).FindStringSubmatch(at)
		require.Equal(t, seen, strings.Count(path[1], "M"), class)
	}
}

// dotsOf is what a page tells of its dots.
func dotsOf(t *testing.T, page string) (data struct {
	Flags   []string
	Repeat  string
	Figures map[string][][]any
}) {
	t.Helper()
	packed := regexp.MustCompile(`id="dots">([\w-]*)<`).FindStringSubmatch(page)
	require.NotNil(t, packed)
	z, err := gzip.NewReader(base64.NewDecoder(base64.RawURLEncoding, strings.NewReader(packed[1])))
	require.NoError(t, err)
	require.NoError(t, json.NewDecoder(z).Decode(&data))
	return data
}

func TestWriteHTML_TellsOfDotsWhatTheReportSays(t *testing.T) {
	r := checked(t, conformance.Pointwise(bce, naive))
	page := htmlOf(t, r)
	data := dotsOf(t, page)
	require.Contains(t, data.Repeat, "{}")
	cases := data.Figures["figure-"+bce+"-f64"]
	require.NotEmpty(t, cases)
	require.LessOrEqual(t, len(cases), mostTold)
	found := map[string]conformance.CheckResult{}
	for _, row := range r.Rows {
		for _, c := range row.Checks {
			found[string(row.Output)+c.Case] = c
		}
	}
	failures := 0
	for _, c := range cases {
		for _, d := range c[3].([]any) {
			dot := d.([]any)
			check := found[[]string{"value", "grad"}[int(dot[0].(float64))]+c[0].(string)]
			require.Equal(t, string(check.Status)[:1], dot[3])
			require.Equal(t, check.Max.Short(), dot[4])
			require.EqualValues(t, errorRow(float64(*check.Max)), dot[2])
			if check.Status == conformance.Failed {
				failures++
			}
		}
	}
	require.Equal(t, min(failures, len(r.Failures)), failures)
	require.Greater(t, failures, 10)
}

// A dot lies beyond what the level allows exactly where its check fails, where there is one number. (Faithful also asks for the sign of 0.)
func TestAllowedUlps_AreThoseOfTheJudge(t *testing.T) {
	vectors, err := golden.Vectors(bce, ieee.Float64)
	require.NoError(t, err)
	truths := map[string]golden.Vector{}
	for _, v := range vectors {
		truths[v.ID] = v
	}
	for _, l := range []conformance.Level{closely, stable, accurate} {
		r, err := conformance.Config{Level: l, Losses: []string{bce}, Dtypes: []string{"f64"}, Only: conformance.Golden, Live: -1, NoCauses: true}.Check(t.Context(), conformance.Pointwise(bce, naive))
		require.NoError(t, err)
		compared := map[conformance.Status]int{}
		for _, row := range r.Rows {
			for _, c := range row.Checks {
				v := truths[c.Case]
				truth := v.Truth.Value
				if row.Output == grad {
					truth = v.Truth.Grad
				}
				if c.Max == nil || len(truth) != 1 || v.Call.Rows*v.Call.Cols != 1 || ulp.Special(float64(*c.Max)) {
					continue
				}
				within := math.Abs(float64(*c.Max)) <= allowedUlps(l, ieee.Float64, truth)
				require.Equal(t, c.Status == conformance.Passed, within, "%s %s at %s", row.Output, c.Case, l)
				compared[c.Status]++
			}
		}
		require.Greater(t, compared[conformance.Passed], 50)
		if l > closely {
			require.Greater(t, compared[conformance.Failed], 10)
		}
	}
}

func TestErrorRow_HoldsATenthAndTenToThe15(t *testing.T) {
	errors := []float64{math.Inf(1), 1e15, 1e10, 1e6, 1e3, 10, 1, 0.1, 0, -0.1, -1, -10, -1e3, -1e6, -1e10, -1e15}
	for k := range len(errors) - 1 {
		require.Less(t, errorRow(errors[k])+4, errorRow(errors[k+1])+0, "%v and %v are apart", errors[k], errors[k+1])
	}
	require.Equal(t, plotMiddle-plotHalf, errorRow(math.MaxFloat64))
}

func TestRuns_JoinsWhatTouches(t *testing.T) {
	require.Equal(t, "m3 5h2m4 0h0m-8 1h0", runs([]pixel{{9, 5}, {4, 5}, {3, 5}, {1, 6}, {5, 5}, {3, 5}}, 0))
	require.Equal(t, "m2 5h6", runs([]pixel{{3, 5}, {7, 5}, {4, 5}}, 1))
}

// A full run of 45 losses is below 2 MB, however its errors lie: here each check has an error of its own.
func TestWriteHTML_AFullRunIsBelow2MB(t *testing.T) {
	const ofLosses, mostBytes, mostData = 45, 2 << 20, 700 << 10
	rng := rand.New(rand.NewPCG(1, 1))
	b := build(t, "any")
	b.r.Vectors = golden.Digest()
	losses, checks := 0, 0
	for k, l := range loss.All() {
		if !full.Turn(k, 10) {
			continue
		}
		losses++
		for _, f := range ieee.Formats() {
			vectors, err := golden.Vectors(l.Name, f)
			require.NoError(t, err)
			for _, o := range []conformance.Output{value, grad} {
				b.row(l.Name, f.Name, o)
				for _, v := range vectors {
					if v.Error == "" {
						b.ran(v.ID, exact, rng.NormFloat64())
						checks++
					}
				}
			}
		}
	}
	page := htmlOf(t, b.done())
	data := len(regexp.MustCompile(`id="dots">[\w-]*<`).FindString(page))
	require.LessOrEqual(t, data, mostData)
	require.LessOrEqual(t, len(page)-data, (mostBytes-mostData)*losses/ofLosses+len(htmlStyle)+len(htmlScript)+len(htmlTemplate))
	t.Logf("%d checks of %d losses: %d bytes, of them %d of dots", checks, losses, len(page), data)
}
