package subject

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
)

// Join makes one subject of several, for a library with many losses, or of a loss
// whose reductions are functions of their own. A call goes to the first that is
// declared for its loss and answers it, and to the next where that says
// ErrUnsupported.
func Join(name, version string, subjects ...Subject) Subject {
	j := &joined{description: Description{Name: name, Version: version}}
	for _, s := range subjects {
		d := s.Describe()
		j.parts = append(j.parts, part{s, d})
		j.description.Capabilities = append(j.description.Capabilities, d.Capabilities...)
	}
	return j
}

type joined struct {
	description Description
	parts       []part
}

type part struct {
	Subject
	description Description
}

func (j *joined) Describe() Description { return j.description }

func (j *joined) Eval(ctx context.Context, c *loss.Call) (*Answer, error) {
	var reasons []string
	for _, p := range j.parts {
		if !p.description.Asks(c) {
			continue
		}
		answer, err := p.Eval(ctx, c)
		if !errors.Is(err, ErrUnsupported) {
			return answer, err
		}
		reasons = append(reasons, strings.TrimPrefix(err.Error(), ErrUnsupported.Error()+": "))
	}
	if len(reasons) == 0 {
		reasons = []string{"no part of the library fits"}
	}
	return nil, fmt.Errorf("%w: %s", ErrUnsupported, strings.Join(reasons, "; "))
}
