// Package printable makes text that comes from outside, from an adapter, a report or a library, fit to be printed: on a terminal, in
// the log of a CI system, in Markdown and XML, and in the lines of a file.
package printable

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Most is how many bytes of one text are kept where nothing else is said.
const Most = 8 << 10

// Line is a text on one line, of at most so many bytes and a note of how many there were. What no terminal or XML should
// get is written as Go writes it: control characters, those that change the direction of writing, bytes that are not
// UTF-8. What would be a command to a CI system is broken: GitHub's ::name:: at the beginning, ##[name] and ##vso[name] anywhere.
func Line(text string, most int) string {
	if plain(text) && len(text) <= most {
		return text
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r != ' ' && unicode.IsSpace(r) }) {
		text = strings.Join(strings.Fields(text), " ")
	}
	return clip(broken(escaped(text)), most)
}

// Text is Line for text of several lines.
func Text(text string, most int) string {
	var b strings.Builder
	for line := range strings.Lines(clip(text, most)) {
		b.WriteString(broken(escaped(line)))
	}
	return b.String()
}

// plain reports whether nothing is to be done.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '#' || c == ':' && i == 0 {
			return false
		}
	}
	return text == "" || text[0] != ' '
}

// clip cuts a text at a whole character.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := most
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s... (%d bytes)", text[:end], len(text))
}

func escaped(text string) string {
	var b strings.Builder
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r):
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// commands of CI systems that need not stand at the beginning of a line.
var commands = strings.NewReplacer("##[", `\x23#[`, "##vso[", `\x23#vso[`)

func broken(line string) string {
	line = commands.Replace(line)
	if begins := strings.TrimLeftFunc(line, unicode.IsSpace); strings.HasPrefix(begins, "::") {
		line = line[:len(line)-len(begins)] + `\x3a` + begins[1:]
	}
	return line
}
