package conformance

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A selective subject answers what it likes, and calls the rest unsupported.
type selective struct {
	Subject
	answers func(c *loss.Call) bool
}

func (s selective) Eval(ctx context.Context, c *loss.Call) (*Answer, error) {
	if !s.answers(c) {
		return nil, fmt.Errorf("%w: not today", ErrUnsupported)
	}
	return s.Subject.Eval(ctx, c)
}

// idOf is the golden id of a call that was asked, which has all defaults filled in.
func idOf(c *loss.Call) string {
	call := c.Canonical()
	return golden.ID(&call)
}

// Who has the vectors has the answers to them, and to nothing else.
func TestCheck_WhoAnswersGoldenCasesOnlyDoesNotConform(t *testing.T) {
	vectors, err := golden.Vectors("squared_error", ieee.Float32)
	require.NoError(t, err)
	var ids []string
	for _, v := range vectors {
		ids = append(ids, v.ID)
	}
	s := selective{Reference(), func(c *loss.Call) bool { return slices.Contains(ids, idOf(c)) }}
	r, err := Config{Losses: []string{"squared_error"}, Dtypes: []string{"f32"}, Checks: 10, Live: -1}.Check(t.Context(), s)
	require.NoError(t, err)
	require.False(t, r.Conforms())
	tally := map[Status]int{}
	for _, law := range r.Laws.Results {
		tally[law.Status]++
	}
	require.Greater(t, tally[Failed], 5*tally[Passed], tally) // a few cases that are drawn are golden, too
}

// What is declared and then declined stands in the verdict.
func TestCheck_WhatIsDeclinedStandsInTheVerdict(t *testing.T) {
	const name = "binary_cross_entropy_with_logits"
	s := selective{Reference(), func(c *loss.Call) bool { return len(c.Pred) == 0 || !(c.Pred[0] > 2) }}
	r := checked(t, s, Config{Losses: []string{name}, Dtypes: []string{"f32"}})
	require.NoError(t, r.Err())
	require.Positive(t, r.Declined)
	require.Regexp(t, `^conforms on [1-9]\d\.\d % of what it declares, golden only: no law was checked$`, r.Verdict())
	all := checked(t, Reference(), Config{Losses: []string{name}, Dtypes: []string{"f32"}})
	require.Zero(t, all.Declined)
	require.Equal(t, "conforms, golden only: no law was checked", all.Verdict())
}
