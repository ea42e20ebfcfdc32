package conformance

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// Run holds a subject against the suite in a test. Every case is a subtest
//
//	TestMyLoss/<loss>/<dtype>/<setting>/<case>
//
// and every law one
//
//	TestMyLoss/laws/<loss>/<dtype>/<law>
//
// which go test -run reaches, and fails where the subject does not meet the level
// (Accurate, unless the Config says another). What is declared and not checked is a subtest that fails,
//
//	TestMyLoss/unchecked/<loss>/<dtype>/<output>
//
// The table of the report is logged. Cases run
// one after another, and only those that -run selects; lines of the known failures
// are called dead, and outputs unchecked, only where it selects all.
func (config Config) Run(t *testing.T, s Subject) {
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
	var table strings.Builder
	if err := test.report.WriteTable(&table); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + table.String())
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
	i.repeat = repeatCommand(t.Name())
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
