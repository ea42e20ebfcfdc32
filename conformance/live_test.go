package conformance

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// spoilt is the reference with one mistake.
type spoilt struct {
	Subject
	mistake func(c *loss.Call, a *Answer)
}

func (s spoilt) Eval(ctx context.Context, c *loss.Call) (*Answer, error) {
	a, err := s.Subject.Eval(ctx, c)
	if err == nil {
		s.mistake(c, a)
	}
	return a, err
}

func TestLive_SeesWhatIsWrongInLongBatchesOnly(t *testing.T) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	twice := func(xs []float64) {
		for i := range xs {
			xs[i] *= 2
		}
	}
	for name, c := range map[string]struct {
		loss    string
		mistake func(c *loss.Call, a *Answer)
	}{
		"values beyond 1024": {"softplus", func(c *loss.Call, a *Answer) {
			if len(a.Value) > 1024 {
				twice(a.Value[1024:])
			}
		}},
		"weights beyond item 17": {bce, func(c *loss.Call, a *Answer) {
			if c.Reduction == loss.MeanWeight && c.Batch.Weight != nil && len(a.Grad) > 17 {
				twice(a.Grad[17:])
			}
		}},
		"ignored rows beyond row 18": {"cross_entropy", func(c *loss.Call, a *Answer) {
			at := c.Params["ignore_index"]
			for i, label := range c.Label {
				if i > 18 && len(at) == 1 && float64(label) == at[0] {
					a.Grad[i*c.Cols] = 1
				}
			}
		}},
		"the fifth column": {"squared_error", func(c *loss.Call, a *Answer) {
			if c.Reduction == loss.MeanSamples && c.Rows > 1 && c.Cols >= 5 {
				a.Grad[4] += 1
			}
		}},
		"a count in bfloat16": {"squared_error", func(c *loss.Call, a *Answer) {
			if c.Format.Width < 32 && c.Reduction == loss.MeanElements {
				sum := 0.0
				for range c.Pred {
					sum = ieee.BFloat16.Round(sum + 1)
				}
				a.Value[0] = c.Format.Round(a.Value[0] * float64(len(c.Pred)) / sum)
			}
		}},
	} {
		r := checked(t, spoilt{Reference(), c.mistake}, Config{Losses: []string{c.loss}, Cases: []string{"live.*"}})
		require.Error(t, r.Err(), name)
	}
}

// A live case is there for each reduction, with the weights that a function may say it has not.
func TestLive_IsThereForEveryReduction(t *testing.T) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	for _, reduction := range loss.Reductions() {
		r, err := Config{Losses: []string{"softplus"}, Cases: []string{"live.*"}, Live: 50}.newRun(Reference())
		require.NoError(t, err)
		for _, wide := range []bool{true, false} {
			found := 0
			for _, i := range r.cases {
				if i.call.Reduction == reduction && (i.call.Format.Width >= 32) == wide {
					found++
					require.NotNil(t, i.call.Batch.Weight)
				}
			}
			require.Equal(t, 1, found, reduction)
		}
	}
	plain := func(b *Batch[float32]) (value float32, grad []float32, err error) {
		if b.Weight != nil {
			return 0, nil, fmt.Errorf("%w: sample weights", ErrUnsupported)
		}
		grad = make([]float32, len(b.Pred))
		for i, z := range b.Pred {
			_, grad[i] = goodBCE(z, b.Target[i])
		}
		return 0, grad, nil
	}
	r := checked(t, Reduced(bce, loss.Sum, plain), Config{Cases: []string{"live.*"}})
	require.Equal(t, 1, r.Tally.Failed, "the value is wrong")
	require.Equal(t, 1, r.Tally.Passed, "and the gradient right")
}

func TestReport_SaysHowMuchWasLookedAt(t *testing.T) {
	r := checked(t, Reference(), Config{Only: both, Losses: []string{bce}, Dtypes: []string{"f32"}, Checks: 5, Live: 50})
	require.Len(t, r.Looked, 2)
	for _, l := range r.Looked {
		require.Positive(t, l.Calls)
		require.Equal(t, loss.Reductions(), l.Reductions)
	}
}
