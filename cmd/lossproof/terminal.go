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

// verdictIn is a text in the colour of a verdict, green or red, on a terminal without NO_COLOR.
func verdictIn(w io.Writer, good bool, text string) string {
	paint := color.New(map[bool]color.Attribute{true: color.FgGreen, false: color.FgRed}[good], color.Bold)
	if widthOf(w) == 0 || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		paint.DisableColor()
	}
	return paint.Sprint(text)
}
