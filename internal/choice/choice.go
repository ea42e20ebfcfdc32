// Package choice helps on where a name is not one of those that there are.
package choice

import (
	"slices"
	"strings"
)

// Among lists what there is, sorted, after the name that was probably meant, which may be one of others, too, that are not listed.
func Among(name string, there []string, others ...string) string {
	there = slices.Compact(slices.Sorted(slices.Values(there)))
	best, least := "", (len(name)+1)/3
	for _, t := range slices.Concat(there, others) {
		if d := distance(name, t); d <= least {
			best, least = t, d-1
		}
	}
	list := "there is " + strings.Join(there, ", ")
	if best != "" {
		list = "did you mean " + best + "? " + list
	}
	return list
}

// distance is how many letters are to be inserted, left out or replaced (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
