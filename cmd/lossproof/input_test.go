package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

func TestReader_RemembersWhatRoundingChanged(t *testing.T) {
	for _, c := range []struct {
		format  ieee.Format
		text    string
		changed bool
	}{
		{ieee.Float64, "0.5", false},
		{ieee.Float64, "0.1", true},
		{ieee.Float64, "1e300", true}, // no decimal that short is a float64 that large
		{ieee.Float64, "1e22", false}, // 10^22 is: 5^22 < 2^53
		{ieee.Float64, "1e999999999", true},
		{ieee.Float64, "1e-999999999", true},
		{ieee.Float64, "0e999999999", false},
		{ieee.Float64, "-0.000", false},
		{ieee.Float64, "0x0p0", false},
		{ieee.Float64, "0x1p-9999", true},
		{ieee.Float64, "0x1.8p1", false},
		{ieee.Float64, "Inf", false},
		{ieee.Float64, "-Infinity", false},
		{ieee.Float64, "nan", false},
		{ieee.Float32, "16777217", true},
		{ieee.Float32, "16777216", false},
		{ieee.BFloat16, "257", true},
		{ieee.Float16, "65520", true}, // infinite
	} {
		r := &reader{format: c.format}
		_, err := r.number(loss.BadPrediction, "prediction", 0, c.text, c.format)
		require.NoError(t, err, c.text)
		require.Equal(t, c.changed, len(r.rounded) == 1, "%s in %s", c.text, c.format)
	}
}

func TestReader_RowsAreSeparatedBySemicolons(t *testing.T) {
	r := &reader{format: ieee.Float64}
	g, err := r.rows(loss.BadPrediction, "prediction", "-1, 2;3,+4 ")
	require.NoError(t, err)
	require.Equal(t, grid{2, 2, []float64{-1, 2, 3, 4}}, g)
	_, err = r.rows(loss.BadPrediction, "prediction", "1,2;3")
	require.ErrorContains(t, err, `"3" with 1 numbers: want 2 in each row`)
}

func TestNumber_ExactEndsWithAnEllipsisWhereItIsCut(t *testing.T) {
	for x, want := range map[float64]string{
		0.5:                         "0.5",
		0.1:                         "0.1000000000000000055511151…",
		float64(float32(0.1)):       "0.1000000014901161193847656…",
		math.SmallestNonzeroFloat64: "4.940656458412465441765688…e-324",
	} {
		require.Equal(t, want, number(x).exact())
	}
}

func FuzzRows(f *testing.F) {
	for _, seed := range []string{"", "1", "1,2;3,4", "-0", "nan,inf", "0x1p-3", "1e999999999", "1,,2", ";", "1_0", "1e-400;2"} {
		f.Add(seed, uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, which uint8) {
		format := ieee.Formats()[int(which)%len(ieee.Formats())]
		r := &reader{loss: "sigmoid", format: format}
		g, err := r.rows(loss.BadPrediction, "prediction", text)
		if err != nil {
			return
		}
		require.Len(t, g.numbers, g.rows*g.cols)
		var again []string
		for _, x := range g.numbers {
			require.True(t, format.Holds(x), "%s holds no %v", format, x)
			again = append(again, number(x).String())
		}
		// Written again, the numbers read as the same, and nothing is rounded that Rat can tell.
		if len(again) == 0 {
			return
		}
		h, err := (&reader{format: format}).rows(loss.BadPrediction, "prediction", strings.Join(again, ","))
		require.NoError(t, err)
		for i, x := range g.numbers {
			require.True(t, math.Float64bits(x) == math.Float64bits(h.numbers[i]) || math.IsNaN(x) && math.IsNaN(h.numbers[i]))
		}
	})
}

func FuzzCall(f *testing.F) {
	f.Add("cross_entropy", "1,2,3", "2", "weight=1,2,3", "empty_mean=zero")
	f.Add("sigmoid_focal", "1", "0.5", "alpha=none", "")
	f.Add("softmax", "1;2", "", "=", "=")
	f.Fuzz(func(t *testing.T, name, pred, target, param, convention string) {
		flags := evalFlags{pred: pred, target: target, params: []string{param}, conventions: []string{convention}, reduction: "none", dtype: "f32"}
		decl, err := loss.Named(name)
		if err != nil {
			return
		}
		call, _, err := flags.call(decl)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		if plan, err := call.Plan(); err == nil {
			require.Len(t, plan.Pred, plan.Rows*plan.Cols)
		}
	})
}

// A file from outside costs no more than it may have, wherever it is read.
func TestReadFile_AnEndlessFileIsAnError(t *testing.T) {
	adapters := t.TempDir()
	board := filepath.Join(adapters, "x", "board.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(board), 0o755))
	require.NoError(t, os.WriteFile(board, nil, 0o644))
	require.NoError(t, os.Truncate(board, 1<<40)) // no byte of it takes room
	_, err := (&scoreboardFlags{adapters: adapters}).remarksOn("x")
	require.ErrorContains(t, err, board+": more than 16777216 bytes")
	_, err = fromFile("@"+board, nil)
	require.ErrorContains(t, err, board+": more than 16777216 bytes")
}
