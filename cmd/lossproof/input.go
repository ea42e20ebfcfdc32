package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A reader turns the numbers of the command line into those of a format. It remembers which of
// them rounding changed.
type reader struct {
	loss    string
	format  ieee.Format
	rounded []rounding
}

// A rounding is a number that the format does not hold, and what it became.
type rounding struct {
	Input string `json:"input"`
	Index int    `json:"index"`
	Given string `json:"given"`
	Used  number `json:"used"`
}

// maxInput is the size of a file of numbers, of a finding or of remarks that is read.
const maxInput = 16 << 20

// fromFile replaces @FILE, or @- for standard input, by the numbers in it, written as the command line has them.
func fromFile(text string, stdin io.Reader) (string, error) {
	name, isFile := strings.CutPrefix(text, "@")
	if !isFile {
		return text, nil
	}
	var data []byte
	var err error
	if name != "-" {
		data, err = readFile(name)
	} else if data, err = bounded(stdin); err != nil {
		err = fmt.Errorf("stdin: %w", err)
	}
	if err != nil {
		return "", err
	}
	read := csvRows
	if strings.HasPrefix(strings.TrimSpace(string(data)), "[") {
		read = jsonRows
	}
	rows, err := read(data)
	if err != nil {
		return "", fmt.Errorf("%s: %w", text, err)
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = strings.Join(row, ",")
	}
	return strings.Join(lines, ";"), nil
}

// readFile is os.ReadFile, of at most maxInput bytes.
func readFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := bounded(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return data, nil
}

// bounded reads all of at most maxInput bytes.
func bounded(in io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err == nil && len(data) > maxInput {
		err = fmt.Errorf("more than %d bytes", maxInput)
	}
	return data, err
}

func csvRows(data []byte) ([][]string, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1 // the batch says which row is of another length
	return r.ReadAll()
}

// jsonRows reads an array of numbers as a row, and an array of arrays as rows. What JSON has no number for is a string.
func jsonRows(data []byte) ([][]string, error) {
	var rows [][]cell
	if json.Unmarshal(data, &rows) != nil {
		rows = make([][]cell, 1)
		if err := json.Unmarshal(data, &rows[0]); err != nil {
			return nil, err
		}
	}
	texts := make([][]string, len(rows))
	for i, row := range rows {
		for _, c := range row {
			texts[i] = append(texts[i], string(c))
		}
	}
	return texts, nil
}

// A cell is a number of JSON as it is written, or a string.
type cell string

func (c *cell) UnmarshalJSON(text []byte) error {
	var n json.Number
	var s string
	if err := json.Unmarshal(text, &s); err == nil {
		*c = cell(s)
		return nil
	}
	err := json.Unmarshal(text, &n)
	*c = cell(n)
	return err
}

// A grid is the rows of a batch.
type grid struct {
	rows, cols int
	numbers    []float64 // rows × cols
}

// rows reads numbers with commas between them and semicolons between rows. Empty text is a batch
// of no rows.
func (r *reader) rows(class loss.Class, input, text string) (grid, error) {
	if strings.TrimSpace(text) == "" {
		return grid{cols: 1, numbers: []float64{}}, nil
	}
	var g grid
	for line := range strings.SplitSeq(text, ";") {
		cells := strings.Split(line, ",")
		if g.rows == 0 {
			g.cols = len(cells)
		}
		if len(cells) != g.cols {
			return grid{}, &loss.Error{Class: loss.BadShape, Loss: r.loss, Input: input, Index: -1,
				Got: fmt.Sprintf("%q with %d numbers", line, len(cells)), Want: fmt.Sprintf("%d in each row", g.cols)}
		}
		for _, cell := range cells {
			x, err := r.number(class, input, len(g.numbers), strings.TrimSpace(cell), r.format)
			if err != nil {
				return grid{}, err
			}
			g.numbers = append(g.numbers, x)
		}
		g.rows++
	}
	return g, nil
}

// number reads one number of a format.
func (r *reader) number(class loss.Class, input string, index int, text string, f ieee.Format) (float64, error) {
	x, err := f.Parse(text)
	if err != nil {
		return 0, &loss.Error{Class: class, Loss: r.loss, Input: input, Index: index, Got: strconv.Quote(text), Want: "a number"}
	}
	if !exactly(text, x) {
		r.rounded = append(r.rounded, rounding{input, index, text, number(x)})
	}
	return x, nil
}

// exactly reports whether text, which was read as x, says exactly x.
func exactly(text string, x float64) bool {
	switch {
	case math.IsNaN(x):
		return true
	case math.IsInf(x, 0):
		return !strings.ContainsAny(text, "0123456789")
	case x == 0:
		significand, _, _ := strings.Cut(strings.ToLower(text), "e")
		if strings.Contains(significand, "x") { // hexadecimal, where e is a digit
			significand, _, _ = strings.Cut(strings.ToLower(text), "p")
			_, significand, _ = strings.Cut(significand, "x")
			return !strings.ContainsAny(significand, "123456789abcdef")
		}
		return !strings.ContainsAny(significand, "123456789")
	}
	// x is finite and not 0, so the exponent is bounded by the length of the text and the
	// fraction stays small.
	given, ok := new(big.Rat).SetString(text)
	return ok && given.Cmp(new(big.Rat).SetFloat64(x)) == 0
}

// labels reads class indices, one for each row.
func (r *reader) labels(text string, classes int) ([]int, error) {
	var labels []int
	for i, cell := range strings.Split(text, ";") {
		label, err := strconv.Atoi(strings.TrimSpace(cell))
		if err != nil {
			return nil, &loss.Error{Class: loss.BadLabel, Loss: r.loss, Input: "target", Index: i,
				Got: strconv.Quote(strings.TrimSpace(cell)), Want: fmt.Sprintf("a class index in [0, %d)", classes)}
		}
		labels = append(labels, label)
	}
	return labels, nil
}

// target reads the target of a batch. A row with one number in it is a class index where the
// loss takes those, unless there is one class only and the loss takes distributions too.
func (r *reader) target(decl *loss.Loss, b *loss.Batch, text string) error {
	if strings.TrimSpace(text) == "" {
		return nil // Plan says what is missing
	}
	single := !strings.Contains(text, ",")
	if decl.Takes(loss.Label) && single && (b.Cols > 1 || decl.NumberTarget() == nil) {
		labels, err := r.labels(text, b.Cols)
		b.Label = labels
		return err
	}
	g, err := r.rows(loss.BadTarget, "target", text)
	if err != nil {
		return err
	}
	width := decl.Shape.Width(b.Cols)
	cols := b.Cols / width * decl.NumberTarget().Width(width)
	if decl.HasTarget() && (g.rows != b.Rows || g.cols != cols) {
		want := shape(b.Rows, cols)
		if cols == b.Cols {
			want += ", as the prediction"
		}
		return &loss.Error{Class: loss.BadShape, Loss: r.loss, Input: "target", Index: -1, Got: shape(g.rows, g.cols), Want: want}
	}
	b.Target = g.numbers
	return nil
}

// shape says how many numbers there are.
func shape(rows, cols int) string {
	switch {
	case rows == 1 && cols == 1:
		return "1 number"
	case rows == 1:
		return fmt.Sprintf("%d numbers", cols)
	}
	return fmt.Sprintf("%d rows of %d", rows, cols)
}

// params reads parameters, each as name=1,2,3 or name=none. They are numbers of the dtype, but for
// whole numbers, which are of none.
func (r *reader) params(decl *loss.Loss, given []string) (loss.Params, error) {
	params := loss.Params{}
	for _, text := range given {
		name, value, ok := strings.Cut(text, "=")
		if _, twice := params[name]; !ok || name == "" || twice {
			return nil, fmt.Errorf("--param %q: want name=number once for each name", text)
		}
		params[name] = []float64{}
		if value == "none" {
			continue
		}
		format := r.format
		if p, _ := decl.Param(name); p.Kind == loss.Integer {
			format = ieee.Float64
		}
		for i, cell := range strings.Split(value, ",") {
			x, err := r.number(loss.BadParameter, name, i, strings.TrimSpace(cell), format)
			if err != nil {
				return nil, err
			}
			params[name] = append(params[name], x)
		}
	}
	return params, nil
}

// conventions reads name=value.
func conventions(given []string) (loss.Conventions, error) {
	chosen := loss.Conventions{}
	for _, text := range given {
		name, value, ok := strings.Cut(text, "=")
		if _, twice := chosen[name]; !ok || twice {
			return nil, fmt.Errorf("--convention %q: want name=value once for each name", text)
		}
		chosen[name] = value
	}
	return chosen, nil
}

// mistake adds to an error of the catalogue where the number came from.
func mistake(err error) error {
	if e, ok := errors.AsType[*loss.Error](err); ok {
		return fmt.Errorf("bad %s: %w", e.Class, err)
	}
	return err
}
