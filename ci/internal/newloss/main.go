// Command newloss holds the list of files that a new loss needs, which stands in
// impl/loss/README.md: it copies the repository to a temporary folder, adds throw-away losses of
// every shape by writing the files of that list and no other, generates, and runs every check. The
// script ci/new-loss runs it.
//
// The files of the losses lie in testdata/additions, each at the path that it has in the
// repository. Beside the temporary folder, only Go's build cache is written to.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

const usage = `Usage: ci/new-loss [options]

Adds a throw-away loss of each shape to a copy of the repository in a temporary folder, by writing only the files that
impl/loss/README.md lists for a new loss, generates the golden vectors, and runs every check there. It takes some
ten minutes. Exit codes: 0, every check passed; 1, the list or a check failed, and what it said; 2, a mistake in the
command line. A check that cannot run here says NOT RUN.

Options:
`

func main() {
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usage)
		flag.PrintDefaults()
	}
	only := flag.String("loss", "", "the throw-away losses to add, with commas between them (default all)")
	pattern := flag.String("check", "", "run the checks whose name matches this regular expression, and what they need (default all)")
	keep := flag.Bool("keep", false, "leave the copy where it is, and say where")
	list := flag.Bool("list", false, "print the files of each loss, and the checks, and run nothing")
	flag.Parse()
	run := &runner{out: os.Stdout, keep: *keep}
	var err error
	if run.checks, err = regexp.Compile(*pattern); err != nil || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "newloss: want a regular expression for -check, and no arguments")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err = run.plan(".", *only)
	switch {
	case err == nil && *list:
		run.print()
	case err == nil:
		err = run.run(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "newloss:", err)
		stop()
		os.Exit(1)
	}
}

// additions is where the throw-away losses lie.
const additions = "ci/internal/newloss/testdata/additions"

// A runner adds losses to a copy and checks it.
type runner struct {
	root   string
	losses []string
	files  []string // to write, as paths in the repository
	checks *regexp.Regexp
	out    io.Writer
	keep   bool
}

// plan finds what to write, and demands that the files of every loss are those of the list.
func (r *runner) plan(root, only string) error {
	r.root = root
	page, err := os.ReadFile(filepath.Join(root, "impl/loss/README.md"))
	if err != nil {
		return err
	}
	places, err := listed(string(page))
	if err != nil {
		return err
	}
	var files []string
	err = filepath.WalkDir(filepath.Join(root, additions), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(filepath.Join(root, additions), path)
		files = append(files, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		return err
	}
	r.losses, r.files, err = sorted(places, files)
	if err != nil || only == "" {
		return err
	}
	chosen := strings.Split(only, ",")
	for _, name := range chosen {
		if !slices.Contains(r.losses, name) {
			return fmt.Errorf("no throw-away loss %q: there is %s", name, strings.Join(r.losses, ", "))
		}
	}
	r.losses = chosen
	r.files = slices.DeleteFunc(r.files, func(file string) bool { return !slices.Contains(chosen, stem(file)) })
	return nil
}

// A place is a file of the list, with LOSS for the name of the loss.
type place struct {
	path     string
	optional bool // the list says when it is needed
}

var listLine = regexp.MustCompile("(?m)^- `([^`]*LOSS[^`]*)`(, where)?")

// listed reads the list of a page: lines that begin with a path that has LOSS in it. A file that
// not every loss needs goes on with “, where”.
func listed(page string) ([]place, error) {
	var places []place
	for _, m := range listLine.FindAllStringSubmatch(page, -1) {
		places = append(places, place{m[1], m[2] != ""})
	}
	if len(places) == 0 {
		return nil, errors.New("impl/loss/README.md lists no file of a new loss")
	}
	return places, nil
}

func stem(path string) string {
	base := path[strings.LastIndex(path, "/")+1:]
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// sorted returns the losses that files belong to, and the files in order. The error names every
// file that is not on the list, and every one on the list that a loss lacks.
func sorted(places []place, files []string) (losses, all []string, err error) {
	var problems []error
	for _, file := range files {
		name := stem(file)
		if !slices.Contains(losses, name) {
			losses = append(losses, name)
		}
		if !slices.ContainsFunc(places, func(p place) bool { return file == p.of(name) }) {
			problems = append(problems, fmt.Errorf("%s is not on the list in impl/loss/README.md", file))
		}
	}
	slices.Sort(losses)
	for _, name := range losses {
		for _, p := range places {
			if !p.optional && !slices.Contains(files, p.of(name)) {
				problems = append(problems, fmt.Errorf("%s is on the list in impl/loss/README.md, and %s lacks it", p.path, name))
			}
		}
	}
	all = slices.Sorted(slices.Values(files))
	return losses, all, errors.Join(problems...)
}

func (p place) of(name string) string { return strings.ReplaceAll(p.path, "LOSS", name) }

// A check is a command that must succeed in the copy.
type check struct {
	name    string
	command []string
	needs   string // a command without which it cannot run here
	always  bool   // others need it
}

// checksOf lists the checks of some losses, in the order in which they run.
func checksOf(losses []string) []check {
	all := strings.Join(losses, ",")
	run := func(name string, command ...string) check { return check{name: name, command: command} }
	test := func(name string, more ...string) check {
		return run(name, append([]string{"go", "test"}, more...)...)
	}
	generate := run("generate", "go", "generate", "./golden/...")
	generate.always = true
	checks := []check{
		run("gofmt", "sh", "-c", `test -z "$(gofmt -l .)"`),
		run("vet", "go", "vet", "./..."),
		test("reference", "./impl/loss"),
		test("oracle", "./impl/oracle"),
		test("draws", "./internal/draw"),
		generate,
		test("golden", "./golden/..."),
		test("formulas and mutants", "./conformance/mutants"),
		test("properties", "./properties"),
		test("conformance", "./conformance/..."),
		test("what the README shows", "./cmd/lossproof", "-run", "TestREADME_EveryCommandShowsItsOutput", "-update"),
		test("command", "./cmd/..."),
		test("benchmarks", "./bench/..."),
		run("sweep", "ci/sweep", "-n", "2000", "-loss", all),
		{name: "crosscheck", command: []string{"ci/crosscheck", "40"}, needs: "python3 -c 'import mpmath'"},
		run("lossproof list", "go", "run", "./cmd/lossproof", "list"),
	}
	for _, name := range losses {
		checks = append(checks,
			run("lossproof verify "+name, "go", "run", "./cmd/lossproof", "verify", "--loss", name, "--checks", "20"),
			run("lossproof mutants "+name, "go", "run", "./cmd/lossproof", "mutants", "--loss", name))
	}
	return checks
}

func (r *runner) print() {
	for _, file := range r.files {
		fmt.Fprintln(r.out, file)
	}
	fmt.Fprintln(r.out)
	for _, c := range checksOf(r.losses) {
		fmt.Fprintf(r.out, "%-40s %s\n", c.name, strings.Join(c.command, " "))
	}
}

// run makes the copy and runs the checks in it.
func (r *runner) run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "lossproof-new-loss-")
	if err != nil {
		return err
	}
	if r.keep {
		fmt.Fprintln(r.out, "the copy is in", dir)
	} else {
		defer os.RemoveAll(dir)
	}
	if err := r.copy(ctx, dir); err != nil {
		return err
	}
	before, err := contents(dir)
	if err != nil {
		return err
	}
	failed := 0
	for _, c := range checksOf(r.losses) {
		if !c.always && !r.checks.MatchString(c.name) {
			continue
		}
		if c.needs != "" && exec.CommandContext(ctx, "sh", "-c", c.needs).Run() != nil {
			fmt.Fprintf(r.out, "NOT RUN %-36s it needs %s\n", c.name, c.needs)
			continue
		}
		start := time.Now()
		output, err := inside(ctx, dir, c.command...)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		took := time.Since(start).Round(time.Second)
		if err == nil {
			fmt.Fprintf(r.out, "ok      %-36s %s\n", c.name, took)
			continue
		}
		failed++
		fmt.Fprintf(r.out, "FAILED  %-36s %s: %s\n%s\n", c.name, took, strings.Join(c.command, " "), output)
	}
	after, err := contents(dir)
	if err != nil {
		return err
	}
	for _, file := range changed(before, after) {
		if !strings.HasPrefix(file, "golden/") && file != "README.md" { // both are generated
			failed++
			fmt.Fprintf(r.out, "FAILED  %s was changed by a check\n", file)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d checks failed: the list in impl/loss/README.md lacks a file, or code asks for one loss or shape", failed)
	}
	fmt.Fprintf(r.out, "\nthe list in impl/loss/README.md is all that %s needed\n", strings.Join(r.losses, ", "))
	return nil
}

// copy writes what git has or would add, and the throw-away losses over it.
func (r *runner) copy(ctx context.Context, dir string) error {
	names, err := exec.CommandContext(ctx, "git", "-C", r.root, "ls-files", "-co", "--exclude-standard", "-z").Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		err := copyFile(filepath.Join(r.root, name), filepath.Join(dir, name))
		if err != nil && !errors.Is(err, os.ErrNotExist) { // a file that is deleted and not yet so in git
			return err
		}
	}
	for _, name := range r.files {
		to := filepath.Join(dir, name)
		if _, err := os.Stat(to); err == nil {
			return fmt.Errorf("%s is there already", name)
		}
		if err := copyFile(filepath.Join(r.root, additions, name), to); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return nil // a repository within this one
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}

// inside runs a command in a folder and returns what it said.
func inside(ctx context.Context, dir string, command ...string) (string, error) {
	name := command[0]
	if strings.HasPrefix(name, "ci/") {
		name = filepath.Join(dir, name)
	}
	c := exec.CommandContext(ctx, name, command[1:]...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	return string(out), err
}

// contents reads every file of a folder.
func contents(dir string) (map[string]string, error) {
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		all[filepath.ToSlash(name)] = string(data)
		return err
	})
	return all, err
}

// changed lists the files that differ, or that only one side has.
func changed(before, after map[string]string) []string {
	var names []string
	for name, data := range after {
		if old, ok := before[name]; !ok || old != data {
			names = append(names, name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
