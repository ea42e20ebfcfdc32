package conformance

import (
	"context"
	"errors"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject/lcp"
)

// A Program is a subject that is a program of its own; see package lcp.
type Program = lcp.Program

// Exec starts a program that speaks LCP/1, and asks it what it computes; lcp.Config has time
// limits of one's own. It ends when it is closed or the context ends.
func Exec(ctx context.Context, command []string) (*Program, error) {
	return lcp.Config{}.Exec(ctx, command)
}

// watched is a program in a run: when it cannot be asked any more, the run ends.
type watched struct {
	*Program
	end context.CancelCauseFunc
}

func (w watched) Eval(ctx context.Context, c *loss.Call) (*Answer, error) {
	answer, err := w.Program.Eval(ctx, c)
	if errors.Is(err, lcp.ErrGone) {
		w.end(err)
	}
	return answer, err
}
