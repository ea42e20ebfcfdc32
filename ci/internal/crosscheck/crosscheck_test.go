package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
)

// lines are answered calls, a few of every loss.
var lines = sync.OnceValue(func() []line {
	const each = 3
	var all []line
	for i, l := range loss.All() {
		d := draw.New(ieee.Float64, 4, uint64(i))
		for drawn := 0; drawn < each; {
			if c := d.Call(&draw.Wide, l); tame(c) && c.Cols < 9 {
				all = append(all, must(answered(c, 55)))
				drawn++
			}
		}
	}
	return all
})

// formulas are answered formulas, enough of them that every operation and some kinks occur.
var formulas = sync.OnceValue(func() []expression {
	const enough = 100
	d := draw.New(ieee.Float64, 4, draw.Seed("formulas"))
	var all []expression
	for range enough {
		all = append(all, drawExpression(d, 55))
	}
	return all
})

// python compares calls and formulas with mpmath.
func python(t *testing.T, calls []line, formulas []expression) (output string, agrees bool) {
	t.Helper()
	if err := exec.Command("python3", "-c", "import mpmath").Run(); err != nil {
		t.Skip("python3 with mpmath is missing; ci/crosscheck says how to get it")
	}
	var in bytes.Buffer
	for _, l := range calls {
		require.NoError(t, json.NewEncoder(&in).Encode(l))
	}
	for _, e := range formulas {
		require.NoError(t, json.NewEncoder(&in).Encode(e))
	}
	command := exec.Command("python3", "crosscheck.py", "0")
	command.Stdin = &in
	out, err := command.CombinedOutput()
	return string(out), err == nil
}

func TestCrosscheck_AgreesAtAFewCalls(t *testing.T) {
	output, agrees := python(t, lines(), formulas())
	require.True(t, agrees, output)
	require.Contains(t, output, " 0 differ")
}

// A crosscheck that has never been seen to fail is untested.
func TestCrosscheck_SeesAWrongDigit(t *testing.T) {
	const place = 45 // of the digits that are compared, one of the last
	for _, l := range lines() {
		text := []byte(l.Value[0])
		if l.Loss != "softplus" || len(text) <= place || bytes.ContainsAny(text, "e") {
			continue
		}
		text[place] = '0' + (text[place]-'0'+1)%10
		l.Value = []string{string(text)}
		output, agrees := python(t, []line{l}, nil)
		require.False(t, agrees, output)
		require.Contains(t, output, " 1 differ")
		return
	}
	t.Fatal("no call to spoil")
}

func TestCrosscheck_SeesALossThatIsNotCompared(t *testing.T) {
	var left []line // one call of every other loss
	for _, l := range lines() {
		if l.Loss != "softplus" && (len(left) == 0 || l.Loss != left[len(left)-1].Loss) {
			left = append(left, l)
		}
	}
	output, agrees := python(t, left, formulas())
	require.False(t, agrees)
	require.Contains(t, output, "no call at all of: softplus")
}

// An end of a hull that the limits do not reach, or go beyond, is a wrong digit too.
func TestCrosscheck_SeesAWrongHull(t *testing.T) {
	var all []expression
	hulls := []string{"[-1, 1]", "[-1.5, 1]", "[-0.5, 1]", "[-1, 1.5]", "1", "-1", "0"} // of |x| at 0: the first is right
	for _, hull := range hulls {
		all = append(all, expression{Tree: []any{"abs", "x0"}, At: []string{"0x0p+00"}, Value: "0", Grad: []string{hull}, Ties: []int{1}})
	}
	output, _ := python(t, nil, all)
	for i, hull := range hulls {
		require.Equal(t, i > 0, strings.Contains(output, `"grad":["`+hull+`"]`), "%s: %s", hull, output)
	}
}

func TestCrosscheck_SeesAnOperationThatIsNotCompared(t *testing.T) {
	var left []expression
	for _, e := range formulas() {
		if text, err := json.Marshal(e.Tree); err == nil && !bytes.Contains(text, []byte("atan2")) {
			left = append(left, e)
		}
	}
	output, _ := python(t, nil, formulas())
	require.NotRegexp(t, "no call at all of:.* atan2", output)
	output, agrees := python(t, nil, left)
	require.False(t, agrees)
	require.Regexp(t, "no call at all of:.* atan2", output)
}
