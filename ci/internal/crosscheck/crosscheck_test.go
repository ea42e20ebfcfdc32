package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
)

// lines are answered calls, a few of every loss.
func lines() []line {
	const each = 3
	var all []line
	for i, l := range loss.All() {
		d := draw.New(ieee.Float64, 4, uint64(i))
		for drawn := 0; drawn < each; {
			if c := d.Call(&draw.Wide, l); tame(c) && c.Cols < 9 {
				all = append(all, answered(c, 55))
				drawn++
			}
		}
	}
	return all
}

// python compares the lines with mpmath.
func python(t *testing.T, all []line) (output string, agrees bool) {
	t.Helper()
	if err := exec.Command("python3", "-c", "import mpmath").Run(); err != nil {
		t.Skip("python3 with mpmath is missing; ci/crosscheck says how to get it")
	}
	var in bytes.Buffer
	for _, l := range all {
		require.NoError(t, json.NewEncoder(&in).Encode(l))
	}
	command := exec.Command("python3", "crosscheck.py", "0")
	command.Stdin = &in
	out, err := command.CombinedOutput()
	return string(out), err == nil
}

func TestCrosscheck_AgreesAtAFewCalls(t *testing.T) {
	output, agrees := python(t, lines())
	require.True(t, agrees, output)
	require.Contains(t, output, " 0 differ")
}

// A crosscheck that has never been seen to fail is untested.
func TestCrosscheck_SeesAWrongDigit(t *testing.T) {
	const place = 45 // of the digits that are compared, one of the last
	all := lines()
	for i := range all {
		text := []byte(all[i].Value[0])
		if all[i].Loss != "softplus" || len(text) <= place || bytes.ContainsAny(text, "e") {
			continue
		}
		text[place] = '0' + (text[place]-'0'+1)%10
		all[i].Value[0] = string(text)
		output, agrees := python(t, all)
		require.False(t, agrees, output)
		require.Contains(t, output, " 1 differ")
		return
	}
	t.Fatal("no call to spoil")
}

func TestCrosscheck_SeesALossThatIsNotCompared(t *testing.T) {
	var left []line
	for _, l := range lines() {
		if l.Loss != "softplus" {
			left = append(left, l)
		}
	}
	output, agrees := python(t, left)
	require.False(t, agrees)
	require.True(t, strings.Contains(output, "no call at all of: softplus"), output)
}
