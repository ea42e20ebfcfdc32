package reporting

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/internal/printable"
)

// The elements of JUnit XML that CI systems agree on, in the order in which their schemas want
// them. There is no module that only writes it and is kept up: those of the test runners are
// internal to them. What is left to do is these types, and text that XML can hold.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string           `xml:"name,attr"`
		Tests      int              `xml:"tests,attr"`
		Failures   int              `xml:"failures,attr"`
		Errors     int              `xml:"errors,attr"`
		Skipped    int              `xml:"skipped,attr"`
		Properties *junitProperties `xml:"properties"`
		Cases      []junitCase      `xml:"testcase"`
		SystemErr  *junitText       `xml:"system-err"`
	}
	junitProperties struct {
		List []junitProperty `xml:"property"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name      string      `xml:"name,attr"`
		Class     string      `xml:"classname,attr"`
		Skipped   *junitFault `xml:"skipped"`
		Error     *junitFault `xml:"error"`
		Failure   *junitFault `xml:"failure"`
		SystemOut *junitText  `xml:"system-out"`
	}
	junitFault struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",cdata"`
	}
	junitText struct {
		Text string `xml:",cdata"`
	}
)

// WriteJUnit writes the report as JUnit XML: a suite for each loss and dtype, with a test case
// for every check and every law, so that a CI system follows each over time by its id, and
// shows each failure with its own message, of which it keeps only one. JUnit knows no failure
// that is expected: a known one is skipped, with the reason, and with what failed as its
// output. The first suite is about the run: that it is complete, has checked something, and
// has no dead line of known failures.
func WriteJUnit(w io.Writer, r *conformance.Report) error {
	name := nameOf(r)
	all := junitSuites{Name: name}
	of := map[[2]string]int{}
	suite := func(lossName, format string) *junitSuite {
		at := [2]string{lossName, format}
		if _, ok := of[at]; !ok {
			of[at] = len(all.Suites)
			all.Suites = append(all.Suites, junitSuite{Name: lossName + " " + format})
		}
		return &all.Suites[of[at]]
	}
	all.Suites = append(all.Suites, runSuite(r))
	failures := failuresByPlace(r)
	for k := range r.Rows {
		row := &r.Rows[k]
		s := suite(row.Loss, row.Format)
		for i := range row.Checks {
			c := &row.Checks[i]
			s.add(checkCase(classOf(r, row.Loss, row.Format), row, c, failures[place{loss: row.Loss, format: row.Format, output: row.Output, caseID: c.Case}]))
		}
	}
	if r.Laws != nil {
		for k := range r.Laws.Results {
			l := &r.Laws.Results[k]
			suite(l.Loss, l.Format).add(lawCase(classOf(r, l.Loss, l.Format), l))
		}
	}
	for _, s := range all.Suites {
		all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// classOf is the class of a test case: what is before the last dot is shown as its package.
func classOf(r *conformance.Report, lossName, format string) string {
	return strings.ReplaceAll(oneLine(r.Subject.Name), ".", "_") + "." + lossName + "." + format
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

// textOf makes an element of a text, where there is one.
func textOf(text string) *junitText {
	if text == "" {
		return nil
	}
	return &junitText{printable.Text(text, mostBlock)}
}

// fault makes text that XML can hold of a message.
func fault(message, kind, text string) *junitFault {
	return &junitFault{Message: oneLine(message), Type: kind, Text: printable.Text(text, mostBlock)}
}

// runSuite is what is wrong with the run and not with one check.
func runSuite(r *conformance.Report) junitSuite {
	s := junitSuite{Name: "run", SystemErr: textOf(strings.Join(r.Warnings, "\n"))}
	s.Properties = &junitProperties{[]junitProperty{{"subject", nameOf(r)}, {"required level", r.Level.String()},
		{"seed", fmt.Sprint(r.Seed)}, {"vectors", r.Vectors}, {"platform", oneLine(r.Platform)}}}
	class := classOf(r, "run", "run")
	complete := junitCase{Name: "the run is complete", Class: class}
	if r.Incomplete != "" {
		complete.Error = fault("the run is incomplete: "+r.Incomplete, "incomplete", "")
	}
	ran := junitCase{Name: "something was checked", Class: class}
	if r.Tally.Ran() == 0 {
		ran.Failure = fault("no check was run, so nothing is shown", "no_checks", fmt.Sprint(r.Err()))
	}
	alive := junitCase{Name: "every known failure is about a check", Class: class}
	if len(r.DeadEntries) > 0 {
		alive.Failure = fault("lines of the known failures match nothing", "dead_entries", strings.Join(r.DeadEntries, "\n"))
	}
	declared := junitCase{Name: "everything that is declared is checked", Class: class}
	if len(r.Unchecked) > 0 {
		var names []string
		for _, u := range r.Unchecked {
			names = append(names, u.String()+": "+u.Reason)
		}
		declared.Failure = fault("declared and not checked: "+r.Unchecked[0].String(), "unchecked", strings.Join(names, "\n"))
	}
	for _, c := range []junitCase{complete, ran, alive, declared} {
		s.add(c)
	}
	return s
}

func failuresByPlace(r *conformance.Report) map[place]*conformance.Failure {
	all := map[place]*conformance.Failure{}
	for _, list := range [][]*conformance.Failure{r.Failures, r.Known} {
		for _, f := range list {
			all[place{loss: f.Loss, format: f.Format, output: f.Output, caseID: f.Case}] = f
		}
	}
	return all
}

func checkCase(class string, row *conformance.Row, check *conformance.CheckResult, f *conformance.Failure) junitCase {
	c := junitCase{Name: fmt.Sprintf("%s %s", check.Case, row.Output), Class: class}
	switch check.Status {
	case conformance.Skipped:
		c.Skipped = fault(check.Reason, "", "")
	case conformance.Known:
		c.Skipped = fault("fails as known: "+f.Note, "", "")
		c.SystemOut = textOf(f.String())
	case conformance.Failed:
		message := strings.ReplaceAll(string(f.Outcome), "_", " ") + ": got " + f.Got + ", want " + f.Want
		if f.Cause != "" {
			message = string(f.Cause) + ": " + message
		}
		c.Failure = fault(message, string(f.Outcome), f.String())
	}
	return c
}

func lawCase(class string, l *conformance.LawResult) junitCase {
	c := junitCase{Name: "law " + l.Law, Class: class}
	switch l.Status {
	case conformance.Skipped:
		c.Skipped = fault(l.Skipped, "", "")
	case conformance.Known:
		c.Skipped = fault("broken as known: "+l.Note, "", "")
		c.SystemOut = textOf(l.String())
	case conformance.Failed:
		message := l.Note
		if l.Failure != nil {
			message = "breaks the law: " + l.Failure.Statement
			if l.Cause != "" && l.Cause.Kind() != conformance.BrokenLaw {
				message = string(l.Cause) + ": " + message
			}
		}
		c.Failure = fault(message, string(conformance.Broken), l.String())
	}
	return c
}
