package properties_test

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/properties"
)

// What a defect can depend on, beside the everyday: each is found in a default run by a law that goes through
// that dimension.
func TestLaws_SeeWhatADefectCanDependOn(t *testing.T) {
	double := func(xs []float64) { each(xs, func(x float64) float64 { return 2 * x }) }
	all := func(xs []float64, ok func(float64) bool) bool {
		return !slices.ContainsFunc(xs, func(x float64) bool { return !ok(x) })
	}
	weighted := func(c *loss.Call) bool { return c.Batch.Weight != nil && c.Reduction == loss.MeanWeight }
	for name, c := range map[string]struct {
		law, loss, dtype string
		mistake          func(c *loss.Call, a *subject.Answer)
	}{
		"a size": {"every_size_is_true", "cross_entropy", "f32", func(c *loss.Call, a *subject.Answer) {
			if c.Cols == 37 {
				double(a.Value)
			}
		}},
		"a remainder of the size": {"every_size_is_true", "log_sum_exp", "f32", func(c *loss.Call, a *subject.Answer) {
			if c.Cols%32 == 5 {
				double(a.Grad[c.Cols-1:])
			}
		}},
		"the last label of an odd size": {"every_size_is_true", "softmax_focal", "f32", func(c *loss.Call, a *subject.Answer) {
			if len(c.Label) > 0 && c.Cols > 33 && c.Cols%2 == 1 && c.Label[0] == c.Cols-1 {
				double(a.Value[:1])
			}
		}},
		"a row of more than 1024": {"every_size_is_true", "log_softmax", "f32", func(c *loss.Call, a *subject.Answer) {
			if c.Cols > 1024 {
				double(a.Value[1024:])
			}
		}},
		"an item beyond 1024": {"batch_independent", "softplus", "f32", func(c *loss.Call, a *subject.Answer) {
			if len(a.Value) > 1024 {
				double(a.Value[1024:])
			}
		}},
		"the tail of a micro-batch of 64": {"batch_independent", "sigmoid", "f32", func(c *loss.Call, a *subject.Answer) {
			if len(a.Value) == 64 {
				double(a.Grad[63:])
			}
		}},
		"a weighted gradient beyond 17 items": {"mean_is_sum_over_denominator", "squared_error", "f32", func(c *loss.Call, a *subject.Answer) {
			if weighted(c) && len(a.Grad) > 17 {
				double(a.Grad[17:])
			}
		}},
		"a long sum": {"split_and_combine", "squared_error", "f32", func(c *loss.Call, a *subject.Answer) {
			if c.Reduction != loss.None && len(c.Pred) >= 64 {
				double(a.Value)
			}
		}},
		"a parameter": {"every_parameter_is_true", "sigmoid_focal", "f32", func(c *loss.Call, a *subject.Answer) {
			if g := c.Params["gamma"]; len(g) == 1 && g[0] == 0.1875 {
				double(a.Value)
			}
		}},
		"a whole number": {"every_parameter_is_true", "cross_entropy", "f32", func(c *loss.Call, a *subject.Answer) {
			if at := c.Params["ignore_index"]; len(at) == 1 && at[0] == 1<<15-1 && c.Label != nil && c.Label[0] == 1<<15-1 {
				a.Value[0] = 1
			}
		}},
		"a count in 16 bits": {"mean_of_equal_items", "squared_error", "f16", func(c *loss.Call, a *subject.Answer) {
			if c.Reduction == loss.MeanElements && c.Rows > 2048 {
				a.Value[0] = c.Format.Round(a.Value[0] * float64(c.Rows) / 2048)
			}
		}},
		"a sum in 16 bits": {"mean_of_equal_items", "cross_entropy", "f16", func(c *loss.Call, a *subject.Answer) {
			if c.Reduction.Mean() && a.Value[0]*float64(c.Rows) > 65504 {
				a.Value[0] = math.Inf(1)
			}
		}},
		"a batch of numbers that look like probabilities": {"batch_independent", "softplus", "f32", func(c *loss.Call, a *subject.Answer) {
			if len(c.Pred) >= 8 && all(c.Pred, func(x float64) bool { return 0 <= x && x <= 1 }) {
				copy(a.Value, c.Pred)
			}
		}},
		"a batch of one label": {"batch_independent", "cross_entropy", "f32", func(c *loss.Call, a *subject.Answer) {
			if len(c.Label) >= 8 && slices.Max(c.Label) == slices.Min(c.Label) {
				double(a.Value)
			}
		}},
		"the sign of zero": {"no_negative_zero", "squared_error", "f32", func(c *loss.Call, a *subject.Answer) {
			for i, x := range a.Value {
				if x == 0 {
					a.Value[i] = math.Copysign(0, -1)
				}
			}
		}},
		"the sign of a zero that is masked": {"no_negative_zero", "squared_error", "f32", func(c *loss.Call, a *subject.Answer) {
			for i, w := range c.Batch.Weight {
				if w == 0 && len(a.Value) > 1 {
					a.Value[i] = math.Copysign(0, -1)
				}
			}
		}},
		"leading bits": {"every_place_is_true", "softplus", "f32", func(c *loss.Call, a *subject.Answer) {
			for i, x := range c.Pred {
				if 8 <= x && x < 8+8./256 {
					a.Value[i] = ieee.Float32.Next(x + 0.01)
				}
			}
		}},
		"leading bits, in a row": {"every_place_is_true", "log_sum_exp", "f32", func(c *loss.Call, a *subject.Answer) {
			if len(c.Pred) == 2*len(a.Value) {
				for i := range a.Value {
					if d := math.Abs(c.Pred[2*i] - c.Pred[2*i+1]); 0.25 <= d && d < 0.25+1./1024 {
						a.Value[i] += 1e-3
					}
				}
				each(a.Value, func(x float64) float64 { return x })
			}
		}},
		"one number": {"every_place_is_true", "softplus", "f32", func(c *loss.Call, a *subject.Answer) {
			for i, x := range c.Pred {
				if x == ieee.Float32.Round(16*math.Ln2) || x == ieee.Float32.Round(23*math.Ln2) { // −log of the ulp of 1
					a.Value[i] = 0
				}
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := properties.Config{Losses: []string{c.loss}, Dtypes: []string{c.dtype}, Laws: []string{c.law}}.Check(t.Context(), wrong{newReference(), c.mistake})
			require.NoError(t, err)
			require.Len(t, r.Failures(), 1)
			require.NotEqual(t, properties.Unproven, r.Failures()[0].What)
		})
	}
}

// A remembering subject answers with what it has kept for a key of the call.
type remembering struct {
	subject.Subject
	lock *sync.Mutex
	kept map[string]*subject.Answer
	key  func(c *loss.Call) string
}

func (s remembering) Eval(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	key := s.key(c)
	if s.kept[key] == nil {
		clear(s.kept) // it remembers one call
		a, err := s.Subject.Eval(ctx, c)
		if err != nil {
			return nil, err
		}
		s.kept[key] = a
	}
	return s.kept[key], nil
}

func TestLaws_SeeASubjectThatRemembers(t *testing.T) {
	for name, key := range map[string]func(c *loss.Call) string{
		"calls that begin alike": func(c *loss.Call) string {
			text := string(c.Reduction)
			for i := range c.Rows {
				if i < c.Rows-1 || c.Rows == 1 {
					text += c.Format.Hex(c.Pred[i*c.Cols])
				}
			}
			return text
		},
		"all parameters": func(c *loss.Call) string {
			text := string(c.Reduction)
			for _, x := range slices.Concat(c.Pred, c.Target, c.Batch.Weight) {
				text += c.Format.Hex(x)
			}
			return text
		},
	} {
		s := remembering{newReference(), &sync.Mutex{}, map[string]*subject.Answer{}, key}
		r, err := properties.Config{Losses: []string{"sigmoid_focal"}, Dtypes: []string{"f32"}, Laws: []string{"no_call_depends_on_another"}}.Check(t.Context(), s)
		require.NoError(t, err)
		require.Len(t, r.Failures(), 1, name)
	}
}

// counting is wrong at every 2^16th call.
type counting struct {
	subject.Subject
	calls *atomic.Int64
}

func (s counting) Eval(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
	a, err := s.Subject.Eval(ctx, c)
	if err == nil && s.calls.Add(1)%(1<<16) == 0 {
		each(a.Value, func(x float64) float64 { return x + 1 })
	}
	return a, err
}

func TestLaws_SeeWhatHappensEvery65536thCall(t *testing.T) {
	r, err := properties.Config{Losses: []string{"squared_error"}, Dtypes: []string{"f32"}, Laws: []string{"every_call_is_alike"}}.
		Check(t.Context(), counting{newReference(), &atomic.Int64{}})
	require.NoError(t, err)
	require.Len(t, r.Failures(), 1)
}

// sharing has one number for all calls, as a kernel with a buffer of its own has.
type sharing struct {
	subject.Subject
	inside *atomic.Int64
	shared *atomic.Uint64
}

func (s sharing) Eval(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
	s.inside.Add(1)
	defer s.inside.Add(-1)
	s.shared.Store(math.Float64bits(c.Pred[len(c.Pred)-1]))
	for k := 0; k < 1000 && s.inside.Load() == 1; k++ { // until somebody else is here, if anybody comes
		runtime.Gosched()
	}
	for range 20 {
		runtime.Gosched()
	}
	own := *c
	own.Pred = slices.Clone(c.Pred)
	own.Pred[len(own.Pred)-1] = math.Float64frombits(s.shared.Load())
	return s.Subject.Eval(ctx, &own)
}

func TestLaws_SeeASubjectThatSharesABuffer(t *testing.T) {
	check := func(workers int) *properties.Report {
		r, err := properties.Config{Losses: []string{"squared_error"}, Dtypes: []string{"f32"}, Laws: []string{"side_by_side"}, Checks: 500, Workers: workers}.
			Check(t.Context(), sharing{newReference(), &atomic.Int64{}, &atomic.Uint64{}})
		require.NoError(t, err)
		return r
	}
	require.Len(t, check(0).Failures(), 1)
	one := check(1)
	require.Empty(t, one.Failures())
	require.Contains(t, one.Results[0].Skipped, "with one worker")
}

// reusing answers in memory that it uses again, as one that allocates nothing does.
type reusing struct {
	subject.Subject
	value, grad *[]float64
}

func (s reusing) Eval(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
	a, err := s.Subject.Eval(ctx, c)
	if err != nil {
		return nil, err
	}
	*s.value, *s.grad = append((*s.value)[:0], a.Value...), append((*s.grad)[:0], a.Grad...)
	return &subject.Answer{Value: *s.value, Grad: *s.grad}, nil
}

func TestCheck_ASubjectMayUseItsAnswerAgain(t *testing.T) {
	r, err := properties.Config{Losses: []string{"squared_error", "cross_entropy"}, Dtypes: []string{"f32"}, Checks: 10, Workers: 1}.
		Check(t.Context(), reusing{newReference(), new([]float64), new([]float64)})
	require.NoError(t, err)
	require.NoError(t, r.Err())
}

func TestCheck_SaysHowMuchItLookedAt(t *testing.T) {
	var look properties.Look
	_, err := properties.Config{Losses: []string{"cross_entropy"}, Dtypes: []string{"f32"}, Laws: []string{"every_size_is_true", "every_parameter_is_true", "sum_is_sum"},
		Look: &look}.Check(t.Context(), newReference())
	require.NoError(t, err)
	seen := look.Seen()
	require.Len(t, seen, 2)
	for _, l := range seen {
		require.GreaterOrEqual(t, l.Sizes, 131)
		require.Greater(t, l.Largest, 1024)
		require.Greater(t, l.Points, 200)
		require.Contains(t, l.Reductions, loss.Sum)
		require.Positive(t, l.Binades)
	}
}
