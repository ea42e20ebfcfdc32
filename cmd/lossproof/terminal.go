package main

import (
	"io"
	"os"
	"strings"

	"github.com/fatih/color"
	"golang.org/x/term"
)

// widthOf is how many characters a line of a terminal has; 0 where w is none.
func widthOf(w io.Writer) int {
	if s, ok := w.(*sticky); ok {
		w = s.Writer
	}
	file, ok := w.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// fitted cuts the lines of a table that are longer than a width; 0 leaves all as they are.
func fitted(text string, width int) string {
	if width <= 0 {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		line, end := strings.TrimSuffix(line, "\n"), line[len(strings.TrimSuffix(line, "\n")):]
		if runes := []rune(line); len(runes) > width {
			line = strings.TrimRight(string(runes[:width-1]), " ") + "…"
		}
		b.WriteString(line + end)
	}
	return b.String()
}

// folded breaks the lines of a text that are longer than a width, between words. What follows stands under the last column that begins
// in the first two thirds; 0 leaves all as it is.
func folded(text string, width int) string {
	if width <= 0 {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		rest, indent := []rune(line), 0
		for i := 2; i < min(len(rest), width*2/3); i++ {
			if rest[i] != ' ' && rest[i-1] == ' ' && rest[i-2] == ' ' {
				indent = i
			}
		}
		for len(rest) > width+1 { // with its end
			at := width
			for at > indent && rest[at] != ' ' {
				at--
			}
			if at <= indent { // a word that is longer
				break
			}
			b.WriteString(strings.TrimRight(string(rest[:at]), " ") + "\n")
			rest = []rune(strings.Repeat(" ", indent) + strings.TrimLeft(string(rest[at:]), " "))
		}
		b.WriteString(string(rest))
	}
	return b.String()
}

// writeFolded writes the text that a function writes, folded to the terminal.
func writeFolded(w io.Writer, write func(io.Writer) error) error {
	var text strings.Builder
	if err := write(&text); err != nil {
		return err
	}
	_, err := io.WriteString(w, folded(text.String(), widthOf(w)))
	return err
}

// verdictIn is a text in the colour of a verdict, green or red, on a terminal without NO_COLOR.
func verdictIn(w io.Writer, good bool, text string) string {
	paint := color.New(map[bool]color.Attribute{true: color.FgGreen, false: color.FgRed}[good], color.Bold)
	if widthOf(w) == 0 || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		paint.DisableColor()
	}
	return paint.Sprint(text)
}
