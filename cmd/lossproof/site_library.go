package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/conformance/reporting"
)

// A siteFinding is a minimal reproduction of what is wrong with a library, with what it printed.
type siteFinding struct {
	Adapter, File string
	About         string // loss.dtype/output, each of which may be a glob
	Says          string // in words, from its first comment
	Printed       string // empty: it was not run where this page was made
	Source        string
}

// ID is that of the finding in the page.
func (f *siteFinding) ID() string { return f.Adapter + "-" + f.File }

// readFindings reads the findings of all adapters, and what they printed.
func readFindings(adapters, printed string) (all []siteFinding, err error) {
	if adapters == "" {
		return nil, nil
	}
	sources, err := filepath.Glob(filepath.Join(adapters, "*", "findings", "*"))
	if err != nil {
		return nil, err
	}
	if len(sources) == 0 {
		return nil, fmt.Errorf("--adapters %s: there is no NAME/findings/FILE in it", adapters)
	}
	for _, source := range sources { // Glob sorts them
		f := siteFinding{Adapter: filepath.Base(filepath.Dir(filepath.Dir(source))), File: filepath.Base(source)}
		if f.About, err = aboutOf(source); err != nil {
			return nil, err
		}
		if info, err := os.Stat(source); err == nil && info.IsDir() {
			source = filepath.Join(source, "main.go")
		}
		text, err := readFile(source)
		if err != nil {
			return nil, err
		}
		f.Source, f.Says = strings.TrimSpace(string(text)), firstComment(string(text))
		if printed != "" {
			out, err := readFile(filepath.Join(printed, f.Adapter, f.File+".txt"))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			f.Printed = strings.TrimSpace(string(out))
		}
		all = append(all, f)
	}
	return all, nil
}

// firstComment is the text of the comment that a source begins with, without the line that says what it is about.
func firstComment(source string) string {
	var words []string
	for line := range strings.Lines(source) {
		text := strings.TrimSpace(line)
		comment := strings.TrimLeft(text, "#/ ")
		if comment == text && text != "" {
			break
		}
		if !strings.HasPrefix(comment, "finding: ") {
			words = append(words, strings.Fields(comment)...)
		}
	}
	return strings.Join(words, " ")
}

// A library is one whose versions were run.
type library struct {
	Name, Slug string
	Versions   []siteSubject
	Changes    []versionChange
	Findings   []siteFinding
}

// A versionChange is what changed from a version to the next.
type versionChange struct {
	From, To, Slug, Verdict string // Slug: of the report that shows it on its maps
	Lists                   []changeList
}

type changeList struct {
	Title string
	All   int
	First []string
}

// changeOf tells what changed from one report to the next.
func changeOf(from, to *conformance.Report, names [2]string, slug string) versionChange {
	d := reporting.Diff(from, to)
	c := versionChange{From: names[0], To: names[1], Slug: slug, Verdict: d.Verdict()}
	add := func(title string, all []reporting.Change) {
		if len(all) == 0 {
			return
		}
		l := changeList{Title: title, All: len(all)}
		for _, change := range all[:min(len(all), mostChanges)] {
			l.First = append(l.First, fmt.Sprintf("%s %s %s, %s: %s → %s", change.Loss, change.Format, change.Output, change.Case, change.Old, change.New))
		}
		c.Lists = append(c.Lists, l)
	}
	add("Broke", d.Broke)
	add("Mended", d.Mended)
	add("Drifted", d.Drifted)
	return c
}

// languageOf is what a subject says that it is written in, without a version.
func languageOf(d conformance.Description) string {
	text := d.Environment["language"]
	switch name, _, _ := strings.Cut(text, " "); {
	case text == "":
		return "not said"
	case strings.HasPrefix(name, "go1."):
		return "Go"
	default:
		return name
	}
}

// adapterOf is the adapter that a report is of, by the name of its file: NAME.json, or of one of several versions NAME@VERSION.json.
func adapterOf(file string) string {
	name, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".json"), "@")
	return name
}

// writeLibraries writes the report of each subject, with what changed since the one before of the same library, and a page for each library.
func (s *site) writeLibraries() error {
	of := map[string]*library{}
	var order []*library
	last := map[string]int{}
	for k, r := range s.reports {
		one, name := s.subjects[k], r.Subject.Name
		var before *conformance.Report
		lib := of[name]
		if lib == nil {
			lib = &library{Name: name, Slug: s.slug(name)}
			of[name], order = lib, append(order, lib)
		} else {
			before = s.reports[last[name]]
			names := [2]string{s.subjects[last[name]].Name, one.Name}
			lib.Changes = append(lib.Changes, changeOf(before, r, names, one.Slug))
		}
		last[name] = k
		lib.Versions = append(lib.Versions, one)
		for _, f := range s.found {
			if f.Adapter == s.adapters[k] && !slices.Contains(lib.Findings, f) {
				lib.Findings = append(lib.Findings, f)
			}
		}
		s.subjects[k].Library = lib.Slug
		var text bytes.Buffer
		if err := reporting.WriteHTML(&text, r, before); err != nil {
			return err
		}
		s.pages++
		if err := s.file("subject/"+one.Slug+".html", text.Bytes()); err != nil {
			return err
		}
	}
	for _, lib := range order {
		if err := s.page("library", "library/"+lib.Slug+".html", struct {
			siteHead
			*library
		}{s.head(lib.Name, "../"), lib}); err != nil {
			return err
		}
	}
	return nil
}

// writeFindings writes the page of all findings.
func (s *site) writeFindings() error {
	type group struct {
		Adapter  string
		Findings []siteFinding
	}
	var groups []group
	for _, f := range s.found {
		if len(groups) == 0 || groups[len(groups)-1].Adapter != f.Adapter {
			groups = append(groups, group{Adapter: f.Adapter})
		}
		g := &groups[len(groups)-1]
		g.Findings = append(g.Findings, f)
	}
	return s.page("findings", "findings.html", struct {
		siteHead
		All    int
		Groups []group
	}{s.head("Findings", ""), len(s.found), groups})
}
