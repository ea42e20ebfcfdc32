package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/conformance/reporting"
	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/axis"
	"github.com/lossproof/lossproof/internal/beside"
	"github.com/lossproof/lossproof/internal/ieee"
)

var (
	//go:embed site.tmpl
	siteTemplate string
	//go:embed site.css
	siteStyle string
	//go:embed site.js
	siteScript string
)

var sitePages = template.Must(template.New("site").Parse(siteTemplate))

func newSite() *cobra.Command {
	s := &site{slugs: map[string]int{}}
	var adapters, findings string
	cmd := &cobra.Command{
		Use:   "site DIR [report.json...]",
		Short: "Writes pages to look at: the catalogue with formulas and curves, and from reports a scoreboard and badges",
		Long: `Writes pages into a folder, for any host or none: they need no server, no network and no script. The
catalogue has a page for each loss: its formula, its curves, what is true and false of it, its laws and its sources. From
reports, as lossproof verify --json writes them, come a scoreboard, a page for each library and each report, and badges as SVG and as
JSON. Reports of several versions of a library, the older one first, show what changed. The same reports give the same pages.

With --adapters there is a page of findings, which are minimal reproductions of what is wrong with a library, NAME/findings/FILE in that
folder; --findings has what each printed, as NAME/FILE.txt. They are of the report NAME.json or NAME@VERSION.json.`,
		Example: `  lossproof site public
  lossproof verify --json report.json -- python3 adapter.py; lossproof site public report.json
  lossproof site public torch@2.1.json torch@2.2.json --adapters impl/adapters --findings conformance/findings`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.dir, s.build = args[0], cmd.Root().Version
			for _, name := range args[1:] {
				r, err := readReport(cmd.InOrStdin(), name)
				if err != nil {
					return err
				}
				s.reports, s.adapters = append(s.reports, r), append(s.adapters, adapterOf(name))
			}
			var err error
			if s.found, err = readFindings(adapters, findings); err != nil {
				return err
			}
			if s.bench != "" {
				if s.losses, s.machine, err = timings(s.bench); err != nil {
					return err
				}
			}
			if err := s.write(); err != nil {
				return wrote(err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d pages, beginning with %s\n", s.pages, filepath.Join(s.dir, "index.html"))
			return nil
		},
	}
	cmd.Flags().StringVar(&s.bench, "bench", "", "what benchmarks printed, as go test -bench and lossproof bench do, for a page of ratios")
	cmd.Flags().StringVar(&adapters, "adapters", "", "a folder of adapters, whose findings are shown")
	cmd.Flags().StringVar(&findings, "findings", "", "the folder of what findings printed")
	return cmd
}

// A site is what pages are made of.
type site struct {
	dir, build string
	bench      string // a file of what benchmarks printed
	losses     []timedLoss
	machine    string // that the benchmarks ran on
	reports    []*conformance.Report
	adapters   []string // of each report, by the name of its file
	found      []siteFinding
	slugs      map[string]int
	compared   *reporting.Comparison
	subjects   []siteSubject
	pages      int
}

// A siteHead is what every page has.
type siteHead struct {
	Title, Root, Version, Vectors string
	Style                         template.CSS
	Script                        template.JS
	Policy                        string // what a browser may load and run
	HasReports, HasBench          bool
	HasFindings                   bool
}

func (s *site) head(title, root string) siteHead {
	return siteHead{title, root, s.build, golden.Digest(), template.CSS(reporting.Style() + siteStyle), "", sitePolicy, len(s.reports) > 0, s.bench != "", len(s.found) > 0}
}

const sitePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

// scripted lets a page run the script that sorts tables, and no other.
func (h *siteHead) scripted() {
	h.Script = template.JS(siteScript)
	h.Policy += "; script-src '" + reporting.Digest(siteScript) + "'"
}

// A siteSubject is an implementation that was run.
type siteSubject struct {
	Name, Slug, Verdict string
	Library             string // its page
	Language            string
	LanguageClass       string
	Badges              []badge
}

// A picture is a figure and what it shows.
type picture struct {
	SVG  template.HTML
	Says string
}

// A levelRow is what implementations reach in one output of a loss in a dtype.
type levelRow struct {
	Loss, Format, Output, Inputs string
	Cells                        []levelCell
}

type levelCell struct{ Class, Text, Says string }

// What the inputs of a row of the scoreboard are.
const allInputs = "all"

// everydayCell is what an implementation reaches at everyday inputs.
func everydayCell(r *conformance.Report, row *reporting.ComparedRow) levelCell {
	level, checks := conformance.Exact, 0
	for _, of := range r.Rows {
		if of.Loss != row.Loss || of.Format != row.Format || string(of.Output) != row.Output {
			continue
		}
		for _, c := range of.Checks {
			if c.Inputs == conformance.Everyday {
				level, checks = min(level, *c.Level), checks+1
			}
		}
	}
	says := fmt.Sprintf("%s %s %s: %d checks at everyday inputs", row.Loss, row.Format, row.Output, checks)
	switch {
	case checks == 0:
		return levelCell{"none", "–", ""}
	case level == conformance.NotCallable:
		return levelCell{"wrong", "✗", says}
	}
	return levelCell{fmt.Sprintf("level%d", level.Number()), fmt.Sprint(level.Number()), says}
}

func (s *site) write() error {
	if len(s.reports) > 0 {
		s.compared = reporting.Compare(s.reports)
		if err := s.writeReports(); err != nil {
			return err
		}
	}
	if len(s.found) > 0 {
		if err := s.writeFindings(); err != nil {
			return err
		}
	}
	if s.bench != "" {
		if err := s.page("bench", "benchmarks.html", struct {
			siteHead
			Machine string
			Losses  []timedLoss
		}{s.head("How fast", ""), s.machine, s.losses}); err != nil {
			return err
		}
	}
	type indexed struct {
		Name, Title string
		Picture     template.HTML
	}
	type group struct {
		Name   string
		Losses []indexed
	}
	var groups []group
	for _, l := range loss.All() {
		c, err := curveOf(l, nil, nil)
		if err != nil {
			return err
		}
		small, err := inlineSVG([]*curve{{x: c.x, value: c.value}}, 150, 100, panel{"", ofValue.of})
		if err != nil {
			return err
		}
		if err := s.writeLoss(l); err != nil {
			return fmt.Errorf("%s: %w", l.Name, err)
		}
		k := slices.IndexFunc(groups, func(g group) bool { return g.Name == l.Shape.String() })
		if k < 0 {
			k, groups = len(groups), append(groups, group{Name: l.Shape.String()})
		}
		groups[k].Losses = append(groups[k].Losses, indexed{l.Name, l.Title, small})
	}
	if err := s.page("index", "index.html", struct {
		siteHead
		Groups []group
	}{s.head("The catalogue of losses", ""), groups}); err != nil {
		return err
	}
	if err := s.writeStory("story.html", "Why cross-entropy", classification, "squared_error_with_logits", "binary_cross_entropy_with_logits", "sigmoid_focal"); err != nil {
		return err
	}
	return s.writeStory("detection.html", "Why boxes are pulled", detection, "iou", "giou", "diou", "ciou")
}

// page writes one from its template.
func (s *site) page(name, file string, data any) error {
	var text bytes.Buffer
	if err := sitePages.ExecuteTemplate(&text, name, data); err != nil {
		return err
	}
	s.pages++
	return s.file(file, text.Bytes())
}

func (s *site) file(name string, text []byte) error {
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return beside.WriteFile(path, text)
}

// inlineSVG is a picture as SVG that stands in a page.
func inlineSVG(curves []*curve, width, height float64, panels ...panel) (template.HTML, error) {
	c := vgsvg.New(vg.Points(width), vg.Points(height))
	if err := paint(c, curves, panels...); err != nil {
		return "", err
	}
	var text bytes.Buffer
	if _, err := c.WriteTo(&text); err != nil {
		return "", err
	}
	_, svg, ok := strings.Cut(text.String(), "<svg")
	if !ok {
		return "", errors.New("a picture without <svg")
	}
	return template.HTML(`<svg role="img"` + svg), nil
}

// lossPage is what the page of a loss shows.
type lossPage struct {
	siteHead
	Loss     *loss.Loss
	Formulas []setFormula
	Facts    [][]string
	Pictures []picture
	Sections []section
	Levels   []levelRow
	Subjects []siteSubject
}

type setFormula struct {
	Name string
	Math template.HTML
}

func (s *site) writeLoss(l *loss.Loss) (err error) {
	p := lossPage{siteHead: s.head(l.Name, "../"), Loss: l, Subjects: s.subjects, Sections: sectionsOf(l)}
	formulas, facts := factsOf(l)
	for _, row := range formulas.Rows {
		name := row[0]
		switch name {
		case "second":
			name = "second derivative"
		case "by target":
			name = "gradient by the target"
		}
		p.Formulas = append(p.Formulas, setFormula{name, mathML(row[1])})
	}
	p.Facts = facts.Rows
	if p.Pictures, err = picturesOf(l); err != nil {
		return err
	}
	if s.compared != nil {
		p.Levels = s.levels(l.Name)
	}
	return s.page("loss", "loss/"+l.Name+".html", p)
}

// picturesOf draws a loss along its lines, and between the witnesses that it is not convex.
func picturesOf(l *loss.Loss) ([]picture, error) {
	var all []picture
	call := func(p loss.Params) *loss.Call { return &loss.Call{Loss: l.Name, Format: ieee.Float64, Params: p} }
	for _, at := range axis.LinesOf(l) {
		c, err := alongLine(at, l, call(nil), "")
		if err != nil {
			return nil, err
		}
		c.along = "" // which stands below
		svg, err := inlineSVG([]*curve{c}, 820, 240, ofValue, ofGradient, ofCurvature)
		if err != nil {
			return nil, err
		}
		all = append(all, picture{svg, "Over the " + at.Says + "."})
	}
	if p, ok := axis.PlaneOf(l); ok {
		contours, err := contoursOf(l, p)
		if err != nil {
			return nil, err
		}
		all = append(all, contours)
	}
	t, ok := l.Trait(loss.Convex)
	if !ok || t.Holds || t.Witness == nil || len(t.Witness.A) != len(t.Witness.B) {
		return all, nil
	}
	w := t.Witness
	at := axis.Line{Says: "way from one witness to the other", To: 1, Start: w.A, Along: make([]float64, len(w.A)), Target: w.Target}
	if l.IndexTarget() != nil && len(w.Target) == 1 {
		at.Label = []int{int(w.Target[0])}
	}
	for i := range at.Along {
		at.Along[i] = w.B[i] - w.A[i]
	}
	if slices.ContainsFunc(append(at.Along, at.Start...), func(x float64) bool { return math.IsInf(x, 0) || math.IsNaN(x) }) {
		return all, nil
	}
	c, err := alongLine(at, l, call(w.Params), l.Name)
	if err != nil {
		return nil, err
	}
	last := len(c.x) - 1
	chord := &curve{name: "the straight line between", along: c.along, x: []float64{0, 1}, value: []float64{c.value[0], c.value[last]}}
	svg, err := inlineSVG([]*curve{c, chord}, 420, 240, ofValue)
	if err != nil {
		return nil, err
	}
	return append(all, picture{svg, "Not convex: between two predictions the value rises above the straight line. " + claim(t) + "."}), nil
}

// levels are the values and gradients of a loss, or of all.
func (s *site) levels(of string) []levelRow {
	var rows []levelRow
	for k := range s.compared.Rows {
		row := &s.compared.Rows[k]
		if of != "" && row.Loss != of || row.Output != string(conformance.Value) && row.Output != string(conformance.Grad) {
			continue
		}
		everyday := levelRow{Loss: row.Loss, Format: row.Format, Output: row.Output, Inputs: string(conformance.Everyday)}
		all := levelRow{Loss: row.Loss, Format: row.Format, Output: row.Output, Inputs: allInputs}
		for i := range row.Cells {
			var cell levelCell
			if cell.Class, cell.Text, cell.Says = row.Shown(i); cell.Class == "none" {
				cell.Says = ""
			}
			all.Cells, everyday.Cells = append(all.Cells, cell), append(everyday.Cells, everydayCell(s.reports[i], row))
		}
		rows = append(rows, everyday, all)
	}
	return rows
}

// writeReports writes the scoreboard, a page for each report, and badges.
func (s *site) writeReports() error {
	var languages []string
	for k, sum := range s.compared.Subjects {
		slug := s.slug(sum.Name)
		one := siteSubject{Name: sum.Name, Slug: slug, Verdict: sum.Verdict(), Language: languageOf(s.reports[k].Subject)}
		if !slices.Contains(languages, one.Language) {
			languages = append(languages, one.Language)
		}
		one.LanguageClass = fmt.Sprintf("language%d", slices.Index(languages, one.Language))
		for _, f := range ieee.Formats() {
			b, ok := s.badgeOf(k, f.Name)
			if !ok {
				continue
			}
			b.File = "badge/" + slug + "-" + f.Name
			if err := b.write(s); err != nil {
				return err
			}
			one.Badges = append(one.Badges, b)
		}
		s.subjects = append(s.subjects, one)
	}
	if err := s.writeLibraries(); err != nil {
		return err
	}
	rows := s.levels("")
	var formats []string
	for _, f := range ieee.Formats() {
		if slices.ContainsFunc(rows, func(r levelRow) bool { return r.Format == f.Name }) {
			formats = append(formats, f.Name)
		}
	}
	head := s.head("Scoreboard", "")
	head.scripted()
	outputs, inputs := []string{string(conformance.Value), string(conformance.Grad)}, []string{string(conformance.Everyday), allInputs}
	for k := range languages {
		head.Style += template.CSS(fmt.Sprintf("main:has(#show-language%d:not(:checked)) .language%d { display: none; }\n", k, k))
	}
	for _, names := range [][]string{formats, outputs, inputs} {
		for _, shown := range names {
			for _, other := range names {
				if other != shown { // no script: what is not chosen is hidden
					head.Style += template.CSS(fmt.Sprintf("main:has(#show-%s:checked) tr.%s { display: none; }\n", shown, other))
				}
			}
		}
	}
	return s.page("scoreboard", "scoreboard.html", struct {
		siteHead
		Subjects         []siteSubject
		Notes            []string
		Levels           []levelRow
		Formats, Outputs []string
		Inputs           []string
		Languages        []string
		AllLevels        []conformance.Level
	}{head, s.subjects, s.compared.Notes, rows, formats, outputs, inputs, languages, subject.Levels()})
}

// slug is a name that a file can have, which no other page has.
func (s *site) slug(name string) string {
	slug := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' {
			return r
		}
		return '-'
	}, strings.ToLower(name)), ".-")
	if s.slugs[slug]++; s.slugs[slug] > 1 || slug == "" {
		slug += fmt.Sprintf("-%d", s.slugs[slug])
	}
	return slug
}

// A badge says in a few words how exact an implementation is in a dtype.
type badge struct {
	File, Label, Message, Color string
}

// badgeOf is the lowest level of what a report has in a dtype; false where it has nothing.
func (s *site) badgeOf(k int, format string) (badge, bool) {
	lowest := math.MaxInt
	b := badge{Label: "lossproof " + format}
	for _, row := range s.compared.Rows {
		if c := row.Cells[k]; row.Format == format && c.Ran && c.Level != nil && c.Level.Number() < lowest {
			lowest, b.Message = c.Level.Number(), c.Level.String()
		}
	}
	if lowest < 0 {
		b.Message = "fails"
	}
	b.Color = "#c2410c"
	if lowest >= subject.Accurate.Number() {
		b.Color = "#1f6fb5"
	} else if lowest >= subject.Close.Number() {
		b.Color = "#8a6d1b"
	}
	return b, lowest != math.MaxInt
}

// The widths of a badge, whose letters are at most as wide as an m of the font is on average.
const letterWidth, badgeSpace = 7, 12

func (b badge) Split() int { return utf8.RuneCountInString(b.Label)*letterWidth + badgeSpace }
func (b badge) Right() int { return utf8.RuneCountInString(b.Message)*letterWidth + badgeSpace }
func (b badge) Width() int { return b.Split() + b.Right() }
func (b badge) At() int    { return b.Split() + badgeSpace/2 }

// SVG is the badge as a picture.
func (b badge) SVG() (template.HTML, error) {
	var text strings.Builder
	err := sitePages.ExecuteTemplate(&text, "badge", b)
	return template.HTML(text.String()), err
}

// write writes the picture, and the JSON that badge services read.
func (b badge) write(s *site) error {
	svg, err := b.SVG()
	if err != nil {
		return err
	}
	if err := s.file(b.File+".svg", []byte(svg)); err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"schemaVersion": 1, "label": b.Label, "message": b.Message, "color": b.Color})
	if err != nil {
		return err
	}
	return s.file(b.File+".json", append(text, '\n'))
}

// A block is a part of a text for the terminal: a paragraph, or a table or drawing.
type block struct {
	Prose bool
	Text  string
}

// blocksOf are the parts of a text. Columns stand apart by two spaces, and so do drawings from the margin.
func blocksOf(text string) (all []block) {
	for _, part := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		b := block{!strings.Contains(part, "  "), strings.Trim(part, "\n")}
		if last := len(all) - 1; last >= 0 && !b.Prose && !all[last].Prose {
			all[last].Text += "\n\n" + b.Text
			continue
		}
		all = append(all, b)
	}
	return all
}

// writeStory writes a demo as a page, under the curves of its losses.
func (s *site) writeStory(file, title string, story []chapter, names ...string) error {
	type told struct {
		Title   string
		Picture template.HTML
		Blocks  []block
	}
	p := struct {
		siteHead
		Pictures []picture
		Chapters []told
	}{siteHead: s.head(title, "")}
	var curves []*curve
	for _, name := range names {
		c, err := curveOf(must(loss.Named(name)), nil, nil)
		if err != nil {
			return err
		}
		curves = append(curves, c)
	}
	svg, err := inlineSVG(curves, 820, 300, ofValue, ofGradient)
	if err != nil {
		return err
	}
	p.Pictures = []picture{{svg, strings.Join(names, ", ") + ", over the " + curves[0].along + "."}}
	for i, c := range story {
		var text strings.Builder
		c.tell(&text)
		one := told{Title: fmt.Sprintf("%d. %s", i+1, c.title), Blocks: blocksOf(text.String())}
		if c.curves != nil {
			curves, panels := c.curves()
			width := 560.0
			if len(panels) > 1 {
				width = 820
			}
			if one.Picture, err = inlineSVG(curves, width, 260, panels...); err != nil {
				return err
			}
		}
		p.Chapters = append(p.Chapters, one)
	}
	return s.page("story", file, p)
}
