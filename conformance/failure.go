package conformance

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/impl/subject/lcp"
)

// An Outcome names how a check failed. Known failures are listed by it.
type Outcome = subject.Outcome

// How a check can fail.
const (
	Inaccurate   = subject.Inaccurate
	NotFinite    = subject.NotFinite
	Refused      = subject.Refused
	Accepted     = subject.Accepted
	WrongClass   = subject.WrongClass
	Panicked     = subject.Panicked
	Mutated      = subject.Mutated
	Unrepeatable = subject.Unrepeatable
	WrongLength  = subject.WrongLength
	WrongFormat  = subject.WrongFormat
	Crashed      = subject.Crashed
	Hung         = subject.Hung
	Malformed    = subject.Malformed
	Broken       = subject.Broken
	// UnexpectedPass: it did not fail, though it is known to.
	UnexpectedPass Outcome = "unexpected_pass"
)

// A Failure is one check that failed, told so that a person understands it without
// another file.
type Failure struct {
	Loss    string   `json:"loss"`
	Format  string   `json:"format"`
	Output  Output   `json:"output"`
	Index   int      `json:"index"` // of the number in its output; −1: the whole answer
	Outcome Outcome  `json:"outcome"`
	Cause   Cause    `json:"cause,omitempty"` // why, as far as the numbers tell
	Why     string   `json:"why,omitempty"`   // what tells it
	Case    string   `json:"case"`
	Flags   []string `json:"flags,omitempty"`
	Setting string   `json:"setting"` // parameters, reduction and conventions that are not the default
	Input   string   `json:"input"`
	Got     string   `json:"got"`
	Want    string   `json:"want"`
	Error   Ulps     `json:"errorUlp"`
	Allowed string   `json:"allowed,omitempty"`
	Rule    string   `json:"rule"`
	More    int      `json:"more,omitempty"` // how many numbers of the same output fail too
	Note    string   `json:"note,omitempty"`
	Stack   string   `json:"stack,omitempty"` // of a panic: of the first with this stack only
	Repeat  string   `json:"repeat"`

	evidence *evidence // nil where there are no numbers
}

func (f *Failure) String() string {
	var text strings.Builder
	output := string(f.Output)
	if f.Index >= 0 {
		output = fmt.Sprintf("%s[%d]", f.Output, f.Index)
	}
	fmt.Fprintf(&text, "%s, %s, %s: %s\n", f.Loss, f.Format, output, strings.ReplaceAll(string(f.Outcome), "_", " "))
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&text, "  %-8s %s\n", name, value)
		}
	}
	flags := ""
	if len(f.Flags) > 0 {
		flags = " (" + strings.Join(f.Flags, ", ") + ")"
	}
	if f.Cause != "" {
		line("cause", string(f.Cause)+": "+f.Why)
	}
	line("case", f.Case+flags+", "+f.Setting)
	line("input", f.Input)
	line("got", f.Got)
	line("want", f.Want)
	if f.Outcome == Inaccurate {
		line("error", f.Error.String())
	}
	line("allowed", f.Allowed)
	line("rule", f.Rule)
	if f.More > 0 {
		line("also", fmt.Sprintf("%d more numbers of this output", f.More))
	}
	line("note", f.Note)
	line("repeat", f.Repeat)
	line("stack", strings.ReplaceAll(f.Stack, "\n", "\n           "))
	return text.String()
}

// Came is Got as Repeatable has it.
func (f *Failure) Came() string { return Repeatable(f.Got) }

// Repeatable is what a report quotes without what differs from run to run and from machine to
// machine: addresses, paths, and what a program wrote to its end.
func Repeatable(text string) string {
	text, _, _ = strings.Cut(text, lcp.LastWords)
	return accidental.ReplaceAllString(text, "…")
}

var accidental = regexp.MustCompile(`(?:/[\w.@+-]+){2,}|0x[0-9a-f]{6,}`)

// Plain reports whether input and truth are finite and not empty, as far as they are printed and
// the flags of the case say. Nobody wonders at what comes of a NaN.
func (f *Failure) Plain() bool {
	text := f.Input + f.Want + strings.Join(f.Flags, " ")
	return !strings.Contains(text, "NaN") && !strings.Contains(text, "Inf") && !strings.Contains(text, "prediction []")
}

// ByPlainness orders failures, the one that is understood best first: a plain one, then one with
// a short input.
func ByPlainness(a, b *Failure) int {
	special := func(f *Failure) int { return map[bool]int{false: 1}[f.Plain()] }
	return cmp.Or(cmp.Compare(special(a), special(b)), cmp.Compare(len(a.Input)+len(a.Setting), len(b.Input)+len(b.Setting)), cmp.Compare(a.Case, b.Case))
}

// Brief is the failure in half a line, numbers in decimal.
func (f *Failure) Brief() string {
	const wide = 70 // characters of an input or of what came
	short := func(text string) string {
		text = oneLine(bits.ReplaceAllString(text, ""))
		if runes := []rune(text); len(runes) > wide {
			return string(runes[:wide]) + "…"
		}
		return text
	}
	if f.Outcome == Broken {
		return fmt.Sprintf("%s at %s: %s", f.Case, short(f.Input), short(f.Came()))
	}
	setting := ""
	if f.Setting != "none" {
		setting = " (" + f.Setting + ")"
	}
	want, _, _ := strings.Cut(f.Want, ", correctly rounded")
	return fmt.Sprintf("%s%s gives %s, true: %s", short(f.Input), setting, short(f.Came()), short(want))
}

// bits are those of a number behind it.
var bits = regexp.MustCompile(` \((?:[0-9a-f]{16}|[0-9a-f]{8}|[0-9a-f]{4})\)`)
