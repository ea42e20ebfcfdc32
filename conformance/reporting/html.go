package reporting

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/printable"
	"github.com/lossproof/lossproof/properties"
)

var (
	//go:embed html.tmpl
	htmlTemplate string
	//go:embed html.css
	htmlStyle string
	//go:embed html.js
	htmlScript string
)

var pageTemplate = template.Must(template.New("page").Parse(htmlTemplate))

// What a page shows where there is much, so that it stays below 2 MB.
const (
	mostOfOne     = 4 << 10 // bytes of one failure
	mostListed    = 300     // failures in full, and as many of those that are known, and broken laws
	mostTold      = 250     // cases of a figure of which the page has the input
	mostToldInAll = 8000    // cases of all figures together
)

// A page is what the template shows. What comes from a subject is text, which the template escapes.
type page struct {
	Style  template.CSS
	Script template.JS
	Policy string // what a browser may load and run: this style and this script, and nothing else

	Summary Summary
	Verdict string
	Why     []string // it does not conform
	Report  *conformance.Report
	// Difference is from the report that this one is compared with; nil where there is none.
	Difference *Difference
	Levels     []conformance.Level
	Calls      int // that were looked at
	Dtypes     []dtypeHead
	Map        []mapRow
	Causes     []conformance.Group
	Filters    []filter
	Lists      []failureList
	Laws       []lawCount
	Skips      []skipCount
	Losses     []lossPart
	Foreign    int // cases on the maps that this version of Lossproof does not have
	HasSamples bool
	Axes       []labelled
	Errors     []label // of the axis of errors
	Constants  []bound // on every map
	Data       string  // of the dots: JSON, as gzip in base64 for addresses
}

// A dtypeHead is the head of the columns of a dtype in the map of levels.
type dtypeHead struct {
	Name    string
	Outputs []string
}

type mapRow struct {
	Loss  string
	Cells []mapCell
}

// A mapCell is what was found for a loss, dtype and output, in a character and as a sentence.
type mapCell struct{ Class, Text, Says, Link string }

// A filter offers the values of an attribute that entries have.
type filter struct {
	Name    string
	Options []string
}

// A failureList is a list of failures or broken laws, each in full.
type failureList struct {
	Title   string
	All     int
	Entries []entry
}

type entry struct {
	Loss, Format, Output, Law, Flags, Cause string
	ID, Title, Text                         string
	Picture                                 *lawPicture // of a broken law
}

// A lawCount is what was found of a law over all losses and dtypes.
type lawCount struct {
	Name, Statement string
	Checks          int
	Tally           conformance.Tally
}

type skipCount struct {
	Reason string
	Checks int
	Losses []string
}

// A lossPart is what the page says of one loss.
type lossPart struct {
	Name    string
	Table   table // head and rows
	Looked  []properties.Looked
	Figures []*figure
	NoMap   bool // though the others have one
}

// WriteHTML writes the report as a page that needs nothing but itself: no server, no network and, to be read, no script. The same
// report gives the same bytes. Where there is an older report it also says what has changed, on the maps as arrows; nil: there is none.
func WriteHTML(w io.Writer, r, old *conformance.Report) error {
	figures, err := figuresOf(r)
	if err != nil {
		return err
	}
	lists := listings(r)
	var difference *Difference
	if old != nil {
		difference = Diff(old, r)
		lists = append(changeLists(difference), lists...)
		for _, f := range figures {
			f.compare(difference)
		}
	}
	data, err := dotsData(r, figures)
	if err != nil {
		return err
	}
	s := summaries([]*conformance.Report{r})[0]
	p := page{Style: template.CSS(htmlStyle), Script: template.JS(htmlScript), Summary: s, Verdict: r.Verdict(), Report: r, Levels: subject.Levels(),
		Policy: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", Digest(htmlStyle), Digest(htmlScript)),
		Causes: r.Causes(), Lists: lists, Difference: difference, Laws: lawCounts(r), Skips: skipCounts(r), Axes: axes(figures), Errors: errorLabels(), Constants: constants(r.Level), Data: data}
	if err := r.Err(); err != nil {
		p.Why = strings.Split(err.Error(), "\n")
	}
	for _, l := range r.Looked {
		p.Calls += l.Calls
	}
	p.Dtypes, p.Map = levelMap(r)
	p.Filters = filters(p.Map, p.Lists)
	p.Losses = lossParts(r, figures)
	for _, f := range figures {
		p.Foreign += f.Foreign
		p.HasSamples = p.HasSamples || slices.ContainsFunc(f.Maps, func(m *ulpMap) bool { return m.Sampled != "" })
	}
	var text bytes.Buffer
	if err := pageTemplate.Execute(&text, p); err != nil {
		return err
	}
	_, err = w.Write(text.Bytes())
	return err
}

// Style is the style of the pages that this package writes, for others that stand beside them.
func Style() string { return htmlStyle }

// Digest is that of a script or a style, as the policy of a page names it.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// levelMap is losses by dtypes and outputs.
func levelMap(r *conformance.Report) (heads []dtypeHead, rows []mapRow) {
	cells := map[rowName]*ComparedRow{}
	var names []string
	compared := Compare([]*conformance.Report{r}).Rows
	for k := range compared {
		row := &compared[k]
		cells[rowName{row.Loss, row.Format, row.Output}] = row
		if !slices.Contains(names, row.Loss) {
			names = append(names, row.Loss)
		}
	}
	for _, f := range ieee.Formats() {
		head := dtypeHead{Name: f.Name}
		for _, o := range outputs {
			if slices.ContainsFunc(compared, func(row ComparedRow) bool { return row.Format == f.Name && row.Output == o && row.Cells[0].Ran }) {
				head.Outputs = append(head.Outputs, o)
			}
		}
		if head.Outputs != nil {
			heads = append(heads, head)
		}
	}
	for _, name := range names {
		row := mapRow{Loss: name}
		for _, head := range heads {
			for _, o := range head.Outputs {
				row.Cells = append(row.Cells, mapCellOf(cells[rowName{name, head.Name, o}]))
			}
		}
		rows = append(rows, row)
	}
	return heads, rows
}

func mapCellOf(row *ComparedRow) mapCell {
	if row == nil {
		return mapCell{Class: "none", Text: "–"}
	}
	cell := mapCell{Link: "loss-" + row.Loss}
	cell.Class, cell.Text, cell.Says = row.Shown(0)
	if c := &row.Cells[0]; c.Ran && c.Level != nil {
		cell.Link = mapID(row.Loss, row.Format, row.Output)
	}
	return cell
}

// Shown is a cell of the row as pages show it: a class of their style, a character or a count, and a sentence.
func (row *ComparedRow) Shown(k int) (class, text, says string) {
	c := &row.Cells[k]
	says = fmt.Sprintf("%s %s %s: %s", row.Loss, row.Format, row.Output, row.text(k))
	switch wrong := c.Tally.Failed + c.Tally.Known; {
	case !c.Ran:
		return "none", "–", says
	case c.Level == nil && wrong == 0:
		return "right", "✓", says
	case c.Level == nil:
		return "wrong", fmt.Sprintf("✗%d", wrong), says
	case *c.Level == conformance.NotCallable:
		return "wrong", "✗", says
	}
	return fmt.Sprintf("level%d", c.Level.Number()), fmt.Sprint(c.Level.Number()), says
}

// filters offers what entries can be filtered by.
func filters(rows []mapRow, lists []failureList) []filter {
	var losses []string
	for _, row := range rows {
		losses = append(losses, row.Loss)
	}
	all := []filter{{"loss", losses}, {"flag", nil}, {"law", nil}, {"cause", nil}}
	found := make([]map[string]bool, len(all))
	for k := range found {
		found[k] = map[string]bool{}
	}
	for _, l := range lists {
		for _, e := range l.Entries {
			for _, flag := range strings.Fields(e.Flags) {
				found[1][flag] = true
			}
			found[2][e.Law], found[3][e.Cause] = true, true
		}
	}
	for k := 1; k < len(all); k++ {
		delete(found[k], "")
		all[k].Options = slices.Sorted(maps.Keys(found[k]))
	}
	return slices.DeleteFunc(all, func(f filter) bool { return len(f.Options) == 0 })
}

// listings has what failed. Where it is too much, each cause has its plainest failures in each output, and each loss some laws.
func listings(r *conformance.Report) []failureList {
	failures := func(title string, all []*conformance.Failure) failureList {
		l := failureList{Title: title, All: len(all)}
		outputAndCause := func(f *conformance.Failure) string { return fmt.Sprint(f.Loss, f.Format, f.Output, f.Cause) }
		for _, f := range spreadOut(all, mostListed, outputAndCause) {
			l.Entries = append(l.Entries, entry{Loss: f.Loss, Format: f.Format, Output: string(f.Output), Flags: strings.Join(f.Flags, " "), Cause: string(f.Cause),
				ID: "failure-" + f.Case + "-" + string(f.Output), Title: f.Brief(), Text: printable.Text(f.String(), mostOfOne)})
		}
		return l
	}
	known := slices.SortedStableFunc(slices.Values(r.Known), conformance.ByPlainness)
	inOrder := r.LawsInOrder()
	broken := failureList{Title: "Broken laws", All: len(inOrder)}
	for _, l := range spreadOut(inOrder, mostListed, func(l *conformance.LawResult) string { return l.Loss + l.Format }) {
		e := entry{Loss: l.Loss, Format: l.Format, Output: laws, Law: l.Law, Cause: string(l.Cause), Title: l.Note, Text: printable.Text(l.String(), mostOfOne)}
		if l.Failure != nil {
			e.Title, e.Picture = l.Failure.Statement, pictureOf(l.Failure)
		}
		broken.Entries = append(broken.Entries, e)
	}
	all := []failureList{failures("Failures", r.InOrder()), broken, failures("Failures that are known", known)}
	return slices.DeleteFunc(all, func(l failureList) bool { return l.All == 0 })
}

// changeLists has what changed for better or worse.
func changeLists(d *Difference) []failureList {
	changed := func(title string, all []Change) failureList {
		l := failureList{Title: title, All: len(all)}
		var list []*Change
		for k := range all {
			list = append(list, &all[k])
		}
		for _, c := range spreadOut(list, mostListed, func(c *Change) string { return c.Loss + c.Format + c.Output }) {
			e := entry{Loss: c.Loss, Format: c.Format, Output: c.Output, Title: fmt.Sprintf("%s: %s → %s", c.Case, c.Old, c.New)}
			if c.Output == law {
				e.Law, e.Title = c.Case, fmt.Sprintf("%s → %s", c.Old, c.New)
			}
			l.Entries = append(l.Entries, e)
		}
		return l
	}
	lost := slices.DeleteFunc(slices.Clone(d.Vanished), func(c Change) bool { return !c.Regression })
	all := []failureList{changed("Broke", d.Broke), changed("Right before, and not run any more", lost), changed("Mended", d.Mended)}
	return slices.DeleteFunc(all, func(l failureList) bool { return l.All == 0 })
}

// spreadOut takes at most so many: the first of each group, then the second of each, in order.
func spreadOut[T any](all []*T, most int, groupOf func(*T) string) []*T {
	rank, next := map[*T]int{}, map[string]int{}
	for _, one := range all {
		g := groupOf(one)
		rank[one], next[g] = next[g], next[g]+1
	}
	taken := slices.SortedStableFunc(slices.Values(all), func(a, b *T) int { return cmp.Compare(rank[a], rank[b]) })
	return taken[:min(len(taken), most)]
}

func lawCounts(r *conformance.Report) []lawCount {
	if r.Laws == nil {
		return nil
	}
	var counts []lawCount
	for _, result := range r.Laws.Results {
		k := slices.IndexFunc(counts, func(c lawCount) bool { return c.Name == result.Law })
		if k < 0 {
			k = len(counts)
			law, _ := properties.LawNamed(result.Law) // another version may have had others
			counts = append(counts, lawCount{Name: result.Law, Statement: law.Statement})
		}
		counts[k].Checks += result.Checks
		count(&counts[k].Tally, result.Status)
	}
	return counts
}

func skipCounts(r *conformance.Report) []skipCount {
	var counts []skipCount
	add := func(reason, lossName string, checks int) {
		k := slices.IndexFunc(counts, func(c skipCount) bool { return c.Reason == reason })
		if k < 0 {
			k = len(counts)
			counts = append(counts, skipCount{Reason: reason})
		}
		counts[k].Checks += checks
		if !slices.Contains(counts[k].Losses, lossName) {
			counts[k].Losses = append(counts[k].Losses, lossName)
		}
	}
	for _, s := range r.Skips {
		add(s.Reason, s.Loss, s.Checks)
	}
	if r.Laws != nil {
		for _, l := range r.Laws.Results {
			if l.Status == conformance.Skipped {
				add("a law: "+l.Skipped, l.Loss, 1)
			}
		}
	}
	slices.SortStableFunc(counts, func(a, b skipCount) int { return b.Checks - a.Checks })
	return counts
}

func lossParts(r *conformance.Report, figures []*figure) []lossPart {
	t := rowTable(r)
	var parts []lossPart
	for _, row := range t[1:] {
		if len(parts) == 0 || parts[len(parts)-1].Name != row[0] {
			parts = append(parts, lossPart{Name: row[0], Table: table{t[0][1:]}})
		}
		part := &parts[len(parts)-1]
		part.Table = append(part.Table, row[1:])
	}
	for k := range parts {
		part := &parts[k]
		for _, l := range r.Looked {
			if l.Loss == part.Name {
				part.Looked = append(part.Looked, l)
			}
		}
		for _, f := range figures {
			if f.Loss == part.Name {
				part.Figures = append(part.Figures, f)
			}
		}
		part.NoMap = part.Figures == nil
	}
	return parts
}

// figuresOf draws every loss in every dtype, two at a time.
func figuresOf(r *conformance.Report) ([]*figure, error) {
	var groups [][]*conformance.Row
	for k := range r.Rows {
		row := &r.Rows[k]
		if row.Output == conformance.Refusal || row.Cases == 0 {
			continue
		}
		at := slices.IndexFunc(groups, func(g []*conformance.Row) bool { return g[0].Loss == row.Loss && g[0].Format == row.Format })
		if at < 0 {
			at, groups = len(groups), append(groups, nil)
		}
		groups[at] = append(groups[at], row)
	}
	figures, errs := make([]*figure, len(groups)), make([]error, len(groups))
	var wait sync.WaitGroup
	const atOnce = 2
	for first := range atOnce {
		wait.Go(func() {
			for k := first; k < len(groups); k += atOnce {
				figures[k], errs[k] = figureOf(r, groups[k], min(mostTold, mostToldInAll/len(groups)))
			}
		})
	}
	wait.Wait()
	return slices.DeleteFunc(figures, func(f *figure) bool { return f == nil }), errors.Join(errs...)
}

// dotsData is what the script tells of a dot.
func dotsData(r *conformance.Report, figures []*figure) (string, error) {
	if len(figures) == 0 {
		return "", nil
	}
	flags := map[string]int{}
	var names []string
	told := map[string]any{}
	for _, f := range figures {
		var cases []any
		for _, c := range f.Cases[:f.Told] {
			var numbers []int
			for _, flag := range c.flags {
				if _, ok := flags[flag]; !ok {
					flags[flag], names = len(names), append(names, flag)
				}
				numbers = append(numbers, flags[flag])
			}
			var dots []any
			for _, d := range c.dots {
				told := []any{d.Map, d.X, d.Y, string(d.Status)[:1], d.Error.Short()}
				if d.Old != nil {
					told = append(told, d.Old.Short())
				}
				dots = append(dots, told)
			}
			cases = append(cases, []any{c.id, c.input, numbers, dots})
		}
		told[f.ID()] = cases
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if err := writeCompactJSON(z, map[string]any{"flags": names, "figures": told, "repeat": repeatPattern(r)}); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(packed.Bytes()), nil
}

func writeCompactJSON(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// repeatPattern is the command that repeats a case, with {} for its id.
func repeatPattern(r *conformance.Report) string {
	for _, f := range slices.Concat(r.Failures, r.Known) {
		if before, after, ok := strings.Cut(f.Repeat, "--case "+f.Case); ok {
			return before + "--case {}" + after
		}
	}
	return "lossproof verify --case {} -- PROGRAM"
}
