package conformance

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/lossproof/lossproof/internal/beside"
)

// Run holds a subject against the suite in a test, which fails where the subject does not meet the
// level (Accurate, unless the Config says another). What it prints fits on a screen: the verdict, what
// failed for which cause with the plainest example, and how each is repeated. Everything is printed
// where Show is All or the test is run with -lossproof.show=all, and stands in the file that JSON or
// -lossproof.json names.
//
// Then, and where go test -run asks for it, every case is a subtest
//
//	TestMyLoss/<loss>/<dtype>/<setting>/<case>
//
// every law one
//
//	TestMyLoss/laws/<loss>/<dtype>/<law>
//
// and what is declared and not checked is one that fails,
//
//	TestMyLoss/unchecked/<loss>/<dtype>/<output>
//
// Lines of the known failures are called dead, and outputs unchecked, only where -run selects all.
// Several calls are made at once, unless Workers is 1.
func (config Config) Run(t *testing.T, s Subject) {
	t.Helper()
	config.Show, config.JSON = cmp.Or(config.Show, *showFlag), cmp.Or(config.JSON, *jsonFlag)
	if config.Show == All || selects(t.Name()) {
		config.runAll(t, s)
		return
	}
	if config.Repeat == nil {
		config.within = t.Name()
	}
	report, err := config.Check(t.Context(), s)
	if report == nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := report.WriteSummary(&text); err != nil {
		t.Fatal(err)
	}
	config.writeJSON(t, report)
	if report.Conforms() {
		t.Log("\n" + text.String())
		return
	}
	fmt.Fprintf(&text, "all of it: go test -run '^%s$' -lossproof.show=all, or -lossproof.json=FILE\n", strings.ReplaceAll(t.Name(), "/", "$/^"))
	t.Error("\n" + text.String())
}

// The flags of a test that imports this package.
var showFlag, jsonFlag = new(string), new(string)

func init() {
	if testing.Testing() {
		flag.StringVar(showFlag, "lossproof.show", "", "all: conformance.Run prints every failure, each in a subtest")
		flag.StringVar(jsonFlag, "lossproof.json", "", "conformance.Run writes its report to this file")
	}
}

// selects reports whether go test -run asks for subtests of a test.
func selects(test string) bool {
	run := flag.Lookup("test.run")
	if run == nil {
		return false
	}
	for pattern := range strings.SplitSeq(run.Value.String(), "|") {
		if strings.Count(pattern, "/") > strings.Count(test, "/") {
			return true
		}
	}
	return false
}

// writeJSON writes the report to the file that is asked for.
func (config Config) writeJSON(t *testing.T, r *Report) {
	t.Helper()
	if config.JSON == "" {
		return
	}
	var text bytes.Buffer
	err := r.WriteJSON(&text)
	if err == nil {
		err = beside.WriteFile(config.JSON, text.Bytes())
	}
	if err != nil {
		t.Error(err)
	}
}

// runAll is Run with a subtest for each check.
func (config Config) runAll(t *testing.T, s Subject) {
	t.Helper()
	r, err := config.newRun(s)
	if err != nil {
		t.Fatal(err)
	}
	test := &testRun{run: r, report: newReport(r)}
	test.tree(t, r.cases, []func(*instance) string{
		func(i *instance) string { return i.decl.Name },
		func(i *instance) string { return i.call.Format.Name },
		func(i *instance) string { return i.setting },
		func(i *instance) string { return i.id },
	})
	test.report.addLaws(r.runLaws(t), r.Known)
	if !r.NoCauses {
		test.report.explain(t.Context(), r)
	}
	incomplete := ""
	if test.ran < len(r.cases) {
		incomplete = fmt.Sprintf("-run selects %d of %d cases", test.ran, len(r.cases))
	}
	test.report.finish(r, incomplete)
	test.addProgram(t)
	for _, u := range test.report.Unchecked {
		t.Run(fmt.Sprintf("unchecked/%s/%s/%s", u.Loss, u.Format, u.Output), func(t *testing.T) {
			t.Errorf("%s is declared and was not checked: %s", u, u.Reason)
		})
	}
	config.writeJSON(t, test.report)
	var text strings.Builder
	if err := test.report.WriteTable(&text); err != nil {
		t.Fatal(err)
	}
	if test.report.Tally.Failed > 0 {
		text.WriteString("\n")
		test.report.writeCauses(&text, mostCauses)
	}
	t.Log("\n" + text.String())
	test.report.Incomplete = "" // what was asked for has been run
	if err := test.report.Err(); err != nil {
		t.Error(err)
	}
}

// Run holds a subject against the suite in a test; see Config.Run.
func Run(t *testing.T, s Subject) {
	t.Helper()
	Config{}.Run(t, s)
}

// addProgram fails the test for what a program did that is the failure of no subtest.
func (r *testRun) addProgram(t *testing.T) {
	if r.program == nil {
		return
	}
	r.program.Settle(t.Context())
	for name, f := range r.program.Strays() {
		t.Errorf("%s: %v", name, f)
	}
	for _, reason := range r.program.Lost() {
		t.Error(reason)
	}
	r.report.Warnings = r.program.Warnings()
}

// A testRun is a run inside a test.
type testRun struct {
	*run
	report *Report
	ran    int
}

// tree runs cases as nested subtests, one depth for each name. Cases that are all
// skipped for one reason are one skipped subtest.
func (r *testRun) tree(t *testing.T, cases []*instance, names []func(*instance) string) {
	t.Helper()
	for len(cases) > 0 {
		name, n := names[0](cases[0]), 1
		for n < len(cases) && names[0](cases[n]) == name {
			n++
		}
		same := cases[:n]
		cases = cases[n:]
		t.Run(name, func(t *testing.T) {
			switch reason, all := skippedAlike(same); {
			case all:
				for _, i := range same {
					r.enter(i, i.skipped(reason))
				}
				t.Skipf("%d cases: %s", len(same), reason)
			case len(names) > 1:
				r.tree(t, same, names[1:])
			default:
				for _, i := range same {
					r.one(t, i)
				}
			}
		})
	}
}

func skippedAlike(cases []*instance) (reason string, all bool) {
	reason = cases[0].skip
	for _, i := range cases {
		if i.skip != reason {
			return "", false
		}
	}
	return reason, reason != ""
}

func (r *testRun) enter(i *instance, checks []check) {
	r.report.add(i, checks, r.Known)
	r.ran++
	r.Progress(r.ran, r.total())
}

// one runs a case and makes its checks the outcome of the subtest, which is skipped
// only where nothing of it was run.
func (r *testRun) one(t *testing.T, i *instance) {
	t.Helper()
	if r.Repeat == nil {
		i.repeat = repeatCommand(t.Name())
	}
	checks, err := r.judgeCase(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	r.enter(i, checks)
	var skips []string
	for _, c := range checks {
		switch c.status {
		case Failed:
			t.Error("\n" + c.failure.String())
		case Known:
			t.Log("\nas the known failures say: " + c.failure.String())
		case Skipped:
			skips = append(skips, fmt.Sprintf("%s: %s", c.output, c.failure.Got))
		}
	}
	if len(skips) == len(checks) {
		t.Skip(strings.Join(skips, "; "))
	}
}

// repeatCommand is the go test command that runs one subtest.
func repeatCommand(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return "go test -run '" + strings.Join(parts, "/") + "'"
}
