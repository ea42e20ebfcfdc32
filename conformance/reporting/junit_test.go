package reporting

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
)

// An element is any element of XML.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
	Text     string     `xml:",chardata"`
}

func (e *element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// junitRules are what the schemas of JUnit XML that Jenkins and Ant have in common allow: for
// each element the attributes, those it must have first, and the children in their order.
var junitRules = map[string]struct {
	must, may, children []string
}{
	"testsuites": {[]string{}, []string{"name", "tests", "failures", "errors"}, []string{"testsuite"}},
	"testsuite":  {[]string{"name", "tests", "failures", "errors"}, []string{"skipped"}, []string{"properties", "testcase", "system-out", "system-err"}},
	"properties": {nil, nil, []string{"property"}},
	"property":   {[]string{"name", "value"}, nil, nil},
	"testcase":   {[]string{"name", "classname"}, nil, []string{"skipped", "error", "failure", "system-out", "system-err"}},
	"skipped":    {nil, []string{"message"}, nil},
	"error":      {[]string{"type"}, []string{"message"}, nil},
	"failure":    {[]string{"type"}, []string{"message"}, nil},
	"system-out": {}, "system-err": {},
}

// requireJUnit holds a document to the rules and its counts to its test cases.
func requireJUnit(t *testing.T, text string) *element {
	t.Helper()
	var root element
	require.NoError(t, xml.Unmarshal([]byte(text), &root))
	require.Equal(t, "testsuites", root.XMLName.Local)
	var check func(e *element)
	check = func(e *element) {
		rule, ok := junitRules[e.XMLName.Local]
		require.True(t, ok, "no element %s", e.XMLName.Local)
		for _, name := range rule.must {
			require.NotEmpty(t, e.attr(name), "%s without %s", e.XMLName.Local, name)
		}
		for _, a := range e.Attrs {
			require.Contains(t, slices.Concat(rule.must, rule.may), a.Name.Local, e.XMLName.Local)
		}
		last := 0
		for k := range e.Children {
			at := slices.Index(rule.children, e.Children[k].XMLName.Local)
			require.GreaterOrEqual(t, at, last, "%s in %s", e.Children[k].XMLName.Local, e.XMLName.Local)
			last = at
			check(&e.Children[k])
		}
		if e.XMLName.Local == "properties" {
			require.NotEmpty(t, e.Children)
		}
	}
	check(&root)
	var total [3]int
	for k := range root.Children {
		suite := &root.Children[k]
		counts := map[string]int{}
		names := map[string]bool{}
		for i := range suite.Children {
			c := &suite.Children[i]
			if c.XMLName.Local != "testcase" {
				continue
			}
			counts["tests"]++
			id := c.attr("classname") + " " + c.attr("name")
			require.False(t, names[id], "%s twice", id)
			names[id] = true
			outcomes := 0
			for _, outcome := range c.Children {
				if slices.Contains([]string{"skipped", "error", "failure"}, outcome.XMLName.Local) {
					counts[outcome.XMLName.Local]++
					outcomes++
				}
			}
			require.LessOrEqual(t, outcomes, 1)
		}
		for attr, n := range map[string]int{"tests": counts["tests"], "failures": counts["failure"], "errors": counts["error"], "skipped": counts["skipped"]} {
			require.Equal(t, fmt.Sprint(n), suite.attr(attr), "%s of %s", attr, suite.attr("name"))
		}
		total[0], total[1], total[2] = total[0]+counts["tests"], total[1]+counts["failure"], total[2]+counts["error"]
	}
	require.Equal(t, fmt.Sprint(total), fmt.Sprint([]string{root.attr("tests"), root.attr("failures"), root.attr("errors")}))
	return &root
}

func junitOf(t *testing.T, r *conformance.Report) string {
	t.Helper()
	return shown(t, func(w io.Writer) error { return WriteJUnit(w, r) })
}

func TestWriteJUnit(t *testing.T) {
	all := threeReports(t)
	all[1].Warnings, all[1].DeadEntries = []string{"it wrote to its end"}, []string{"line 3: matches nothing"}
	all[1].Unchecked = []conformance.Unchecked{{Loss: "cross_entropy", Format: "f16", Output: value, Reason: "nothing asks for it"}}
	text := junitOf(t, all[1])
	requireJUnit(t, text)
	requireGolden(t, "junit.xml", text)
	requireJUnit(t, junitOf(t, all[0]))
	incomplete := junitOf(t, all[2])
	requireJUnit(t, incomplete)
	require.Contains(t, incomplete, `<error message="the run is incomplete: stopped after 1 of 3" type="incomplete">`)
	nothing := junitOf(t, build(t, "none").row("sigmoid", "f32", value).skipped("a", "no f32").done())
	requireJUnit(t, nothing)
	require.Contains(t, nothing, "no check was run")
}

// A run fails in a CI system exactly where its report does not conform.
func TestWriteJUnit_FailsWhereTheReportDoes(t *testing.T) {
	dead := build(t, "dead").row("sigmoid", "f32", value).ran("a", exact, 0).with(func(r *conformance.Report) { r.DeadEntries = []string{"line 1"} }).done()
	unchecked := build(t, "unchecked").row("sigmoid", "f32", value).ran("a", exact, 0).with(func(r *conformance.Report) {
		r.Unchecked = []conformance.Unchecked{{Loss: "sigmoid", Format: "f16", Output: value, Reason: "why"}}
	}).done()
	for _, r := range append(threeReports(t), dead, unchecked, tinyReport(t), checked(t, conformance.Pointwise(bce, naive)), checked(t, conformance.Reference())) {
		root := requireJUnit(t, junitOf(t, r))
		fails := root.attr("failures") != "0" || root.attr("errors") != "0"
		require.Equal(t, r.Err() != nil, fails, "%s: %v", r.Subject.Name, r.Err())
	}
}

func TestWriteJUnit_AnyTextIsXML(t *testing.T) {
	nasty := "\x00\x1b[31m \xff ]]> <b> & \" ' \ufffe \r\n\t\u2028 ü"
	r := tinyReport(t)
	r.Failures[0].Got, r.Failures[0].Case, r.Warnings, r.Subject.Name = nasty, "b", []string{nasty}, nasty
	r.Rows[0].Checks[2].Reason = nasty
	text := junitOf(t, r)
	requireJUnit(t, text)
	require.Contains(t, text, `\x00\x1b[31m \xff`)
}

func FuzzWriteJUnit(f *testing.F) {
	f.Add("got", "a.name")
	f.Add("]]>\x00", "\xff")
	r := tinyReport(f) // which each overwrites
	f.Fuzz(func(t *testing.T, message, name string) {
		r.Failures[0].Got, r.Incomplete, r.Subject.Name, r.Laws.Results[0].Law = message, message, name, "l"+name
		var text strings.Builder
		if err := WriteJUnit(&text, r); err != nil {
			t.Fatal(err)
		}
		var root element
		if err := xml.Unmarshal([]byte(text.String()), &root); err != nil {
			t.Errorf("%q, %q: %v", message, name, err)
		}
	})
}
