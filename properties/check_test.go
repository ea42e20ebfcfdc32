package properties_test

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/properties"
	"github.com/stretchr/testify/require"
)

// wrong is the reference with one mistake.
type wrong struct {
	reference
	mistake func(c *loss.Call, a *subject.Answer)
}

func (w wrong) Eval(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
	a, err := w.reference.Eval(ctx, c)
	if err == nil {
		w.mistake(c, a)
	}
	return a, err
}

// Each mistake is seen by the law that is about it, and not only by the oracle.
func TestLaws_SeeTheMistakeTheyAreAbout(t *testing.T) {
	for _, c := range []struct {
		law, loss string
		mistake   func(c *loss.Call, a *subject.Answer)
	}{
		{"non_negative", "squared_error", func(c *loss.Call, a *subject.Answer) { negate(a.Value) }},
		{"zero_where_declared", "squared_error", func(c *loss.Call, a *subject.Answer) { each(a.Value, func(x float64) float64 { return x + 1 }) }},
		{"minimum_is_a_bound", "binary_cross_entropy_with_logits", func(c *loss.Call, a *subject.Answer) { each(a.Value, func(x float64) float64 { return x / 2 }) }},
		{"bounded", "sigmoid", func(c *loss.Call, a *subject.Answer) { each(a.Value, func(x float64) float64 { return 2 * x }) }},
		{"right_or_wrong", "classification_error", func(c *loss.Call, a *subject.Answer) { each(a.Value, func(x float64) float64 { return x / 2 }) }},
		{"convex_by_jensen", "softplus", func(c *loss.Call, a *subject.Answer) { negate(a.Value) }},
		{"convex_above_tangent", "softplus", func(c *loss.Call, a *subject.Answer) { each(a.Grad, func(x float64) float64 { return 1.5 * x }) }},
		{"convex_by_curvature", "squared_error", func(c *loss.Call, a *subject.Answer) { negate(a.Grad) }},
		{"lipschitz", "binary_cross_entropy_with_logits", func(c *loss.Call, a *subject.Answer) { each(a.Value, func(x float64) float64 { return 2 * x }) }},
		{"gradient_within_lipschitz", "sigmoid_focal", func(c *loss.Call, a *subject.Answer) { each(a.Grad, func(x float64) float64 { return 2 * x }) }},
		{"slopes_are_a_jaccard_loss", "lovasz_hinge", func(c *loss.Call, a *subject.Answer) { each(a.Grad, func(x float64) float64 { return 2 * x }) }},
		{"lovasz_at_vertices_is_jaccard", "lovasz_softmax", func(c *loss.Call, a *subject.Answer) { each(a.Value, func(x float64) float64 { return x / 2 }) }},
		{"lipschitz_is_reached", "cross_entropy", func(c *loss.Call, a *subject.Answer) { each(a.Grad, func(x float64) float64 { return x / 2 }) }},
		{"gradient_is_derivative", "squared_error_with_logits", func(c *loss.Call, a *subject.Answer) { each(a.Grad, func(x float64) float64 { return 2 * x }) }},
		{"gradient_is_derivative", "softmax", func(c *loss.Call, a *subject.Answer) { negate(a.Grad) }},
		{"increasing", "log_sum_exp", func(c *loss.Call, a *subject.Answer) { negate(a.Value) }},
		{"symmetric", "squared_error", func(c *loss.Call, a *subject.Answer) {
			if c.Pred[0] < 0 {
				each(a.Value, func(x float64) float64 { return x / 2 })
			}
		}},
		{"shift_invariant", "cross_entropy", func(c *loss.Call, a *subject.Answer) {
			if c.Pred[0] > 100 {
				each(a.Value, func(x float64) float64 { return x / 2 })
			}
		}},
		{"gradient_sums_to_zero", "cross_entropy", func(c *loss.Call, a *subject.Answer) { a.Grad[0] += 0.5 }},
		{"sums_to_one", "softmax", func(c *loss.Call, a *subject.Answer) { a.Value[0] += 0.5 }},
		{"sum_is_sum", "squared_error", func(c *loss.Call, a *subject.Answer) {
			if c.Reduction == loss.Sum {
				a.Value[0] /= 2
			}
		}},
		{"mean_is_sum_over_denominator", "cross_entropy", func(c *loss.Call, a *subject.Answer) {
			if c.Reduction.Mean() {
				a.Value[0] /= 2
			}
		}},
		{"batch_independent", "softplus", func(c *loss.Call, a *subject.Answer) {
			if len(a.Value) > 8 {
				a.Value[8] = 0
			}
		}},
		{"nan_in_nan_out", "softplus", func(c *loss.Call, a *subject.Answer) {
			each(a.Value, func(x float64) float64 {
				if math.IsNaN(x) {
					return 0
				}
				return x
			})
		}},
		{"inputs_unchanged", "squared_error", func(c *loss.Call, a *subject.Answer) { c.Pred[0]++ }},
		{"not_convex", "sigmoid_focal", func(c *loss.Call, a *subject.Answer) {
			for i, z := range c.Pred {
				a.Value[i] = z * z
			}
		}},
		{"cross_entropy_is_softplus", "binary_cross_entropy_with_logits", func(c *loss.Call, a *subject.Answer) {
			if c.Loss == "binary_cross_entropy_with_logits" {
				each(a.Value, func(x float64) float64 { return x + 1e-3 })
			}
		}},
		{"half_is_a_factor", "squared_error", func(c *loss.Call, a *subject.Answer) {
			if c.Conventions["squared_error_factor"] == "1/2" {
				each(a.Value, func(x float64) float64 { return 2 * x })
			}
		}},
		{"first_or_last_of_ties", "classification_error", func(c *loss.Call, a *subject.Answer) {
			if best := slices.Index(c.Pred, slices.Max(c.Pred)); best == c.Label[0] {
				a.Value[0] = 0
			} else {
				a.Value[0] = 1
			}
		}},
		{"impossible_classes_change_nothing", "softmax", func(c *loss.Call, a *subject.Answer) {
			if len(a.Value) > 8 {
				a.Value[8] /= 2
			}
		}},
		{"mean_of_equal_items", "squared_error", func(c *loss.Call, a *subject.Answer) {
			if c.Rows > 256 {
				a.Value[0] *= 2
			}
		}},
		{"mean_over_nothing", "cross_entropy", func(c *loss.Call, a *subject.Answer) {
			if math.IsNaN(a.Value[0]) {
				a.Value[0] = 0
			}
		}},
		{"isometries_change_nothing", "giou", func(c *loss.Call, a *subject.Answer) {
			if c.Pred[0] < 0 {
				each(a.Value, func(x float64) float64 { return x / 2 })
			}
		}},
		{"axes_scale_alone", "iou", func(c *loss.Call, a *subject.Answer) {
			if c.Pred[2] > 64 {
				each(a.Value, func(x float64) float64 { return x + 0x1p-10 })
			}
		}},
		{"gradients_of_boxes_balance", "diou", func(c *loss.Call, a *subject.Answer) { a.Grad[0] += 0.5 }},
		{"box_losses_are_ordered", "ciou", func(c *loss.Call, a *subject.Answer) {
			if c.Loss == "ciou" {
				each(a.Value, func(x float64) float64 { return x - 0.25 })
			}
		}},
		{"box_losses_are_ordered", "eiou", func(c *loss.Call, a *subject.Answer) {
			if c.Loss == "eiou" {
				each(a.Value, func(x float64) float64 { return x + 0x1p-10 })
			}
		}},
		{"triangle_inequality", "iou", func(c *loss.Call, a *subject.Answer) { each(a.Value, func(x float64) float64 { return x * x * x }) }},
		{"grows_apart", "siou", func(c *loss.Call, a *subject.Answer) {
			if a.Value[0] > 1 {
				a.Value[0] = ieee.Float32.Round(2 - a.Value[0])
			}
		}},
		{"ranks_the_models", "squared_error", func(c *loss.Call, a *subject.Answer) { negate(a.Value) }},
	} {
		t.Run(c.law+"/"+c.loss, func(t *testing.T) {
			r, err := properties.Config{Losses: []string{c.loss}, Dtypes: []string{"f32"}, Laws: []string{c.law}, Checks: 100}.Check(t.Context(), wrong{newReference(), c.mistake})
			require.NoError(t, err)
			require.Error(t, r.Err())
			text := r.Failures()[0].String()
			for _, part := range []string{"law ", "source ", "counterexample ", "left ", "right ", "slack ", "repeat ", "Laws: []string{\"" + c.law + "\"}", "Seed: 1"} {
				require.Contains(t, text, part)
			}
		})
	}
}

func each(xs []float64, f func(float64) float64) {
	for i := range xs {
		xs[i] = ieee.Float32.Round(f(xs[i]))
	}
}

func negate(xs []float64) { each(xs, func(x float64) float64 { return -x }) }

func TestShrinking_EndsAtSimpleNumbers(t *testing.T) {
	for _, c := range []struct {
		law, loss, want string
		mistake         func(c *loss.Call, a *subject.Answer)
	}{
		{"value_is_true", "softplus", "prediction 1 (3f800000)", func(c *loss.Call, a *subject.Answer) {
			if c.Pred[0] > 0 {
				a.Value[0] *= 2
			}
		}},
		{"value_is_true", "softplus", "prediction 96 (42c00000)", func(c *loss.Call, a *subject.Answer) {
			if c.Pred[0] > 88.5 {
				a.Value[0] = math.Inf(1)
			}
		}},
		{"mean_is_sum_over_denominator", "squared_error", "prediction [0 (00000000) 0 (00000000)], target [0 (00000000) 1 (3f800000)], reduction mean/elements", func(c *loss.Call, a *subject.Answer) {
			if c.Reduction == loss.MeanElements && c.Cols > 1 {
				a.Value[0] *= 2
			}
		}},
		{"gradient_sums_to_zero", "cross_entropy", "prediction 0 (00000000), label 0", func(c *loss.Call, a *subject.Answer) { a.Grad[0] += 0.5 }},
	} {
		r, err := properties.Config{Losses: []string{c.loss}, Dtypes: []string{"f32"}, Laws: []string{c.law}}.Check(t.Context(), wrong{newReference(), c.mistake})
		require.NoError(t, err)
		require.Len(t, r.Failures(), 1)
		require.Equal(t, c.want, r.Failures()[0].Counterexample)
	}
}

func TestCheck_DependsOnTheSeedAndNotOnWorkersOrFilters(t *testing.T) {
	run := func(c properties.Config) string {
		c.Losses, c.Dtypes, c.Checks = []string{"sigmoid_focal"}, []string{"f32"}, 10
		r, err := c.Check(t.Context(), wrong{newReference(), func(c *loss.Call, a *subject.Answer) { negate(a.Grad) }})
		require.NoError(t, err)
		r.Results = slices.DeleteFunc(r.Results, func(r properties.Result) bool { return r.Law != "gradient_is_true" })
		text, err := json.Marshal(r)
		require.NoError(t, err)
		return string(text)
	}
	one := run(properties.Config{Workers: 1})
	require.Equal(t, one, run(properties.Config{Workers: 4}))
	require.Equal(t, one, run(properties.Config{Laws: []string{"gradient_is_true"}}))
	require.NotEqual(t, one, run(properties.Config{Seed: 2}))
}

func TestCheck_ShardsAreTheWhole(t *testing.T) {
	run := func(c properties.Config) []properties.Result {
		c.Losses, c.Checks = []string{"softplus"}, 5
		r, err := c.Check(t.Context(), newReference())
		require.NoError(t, err)
		return r.Results
	}
	whole, parts := run(properties.Config{}), []properties.Result{}
	for i := range 3 {
		parts = append(parts, run(properties.Config{Shard: i + 1, Shards: 3})...)
	}
	require.ElementsMatch(t, whole, parts)
}

func TestCheck_RefusesWhatSelectsNothing(t *testing.T) {
	for _, c := range []properties.Config{{Losses: []string{"no_loss"}}, {Laws: []string{"no_law"}}, {Dtypes: []string{"f8"}},
		{Checks: -1}, {Shard: 0, Shards: 2}, {Shard: 3, Shards: 2}, {Shard: 1}} {
		_, err := c.Check(t.Context(), newReference())
		require.Error(t, err)
	}
}

func TestCheck_FailsALawThatRanNoCheck(t *testing.T) {
	idle := wrong{newReference(), func(c *loss.Call, a *subject.Answer) { each(a.Value, func(float64) float64 { return math.NaN() }) }}
	r, err := properties.Config{Losses: []string{"softplus"}, Dtypes: []string{"f32"}, Laws: []string{"convex_by_jensen"}}.Check(t.Context(), idle)
	require.NoError(t, err)
	require.Error(t, r.Err(), "NaN is no number that a law may pass over")
}

// The laws that compute of answers before they compare them take one that is no number: it breaks a law, and panics in none.
func TestLaws_TakeAnswersThatAreNoFiniteNumbers(t *testing.T) {
	var refuting []string
	for _, l := range properties.Laws() {
		if l.Refutes {
			refuting = append(refuting, l.Name)
		}
	}
	for name, answer := range map[string]func(i int) float64{
		"NaN":                      func(int) float64 { return math.NaN() },
		"infinities of both signs": func(i int) float64 { return math.Inf(i%2 - 1) },
	} {
		t.Run(name, func(t *testing.T) {
			i := 0
			next := func(float64) float64 { i++; return answer(i) }
			r, err := properties.Config{Laws: refuting, Dtypes: []string{"f32"}, Workers: 1}.Check(t.Context(), wrong{newReference(), func(_ *loss.Call, a *subject.Answer) {
				each(a.Value, next)
				each(a.Grad, next)
			}})
			require.NoError(t, err)
			broken := map[string]bool{}
			for _, result := range r.Results {
				if f := result.Failure; f != nil {
					require.NotEqual(t, properties.Panicked, f.What, "%s %s: %s", f.Law, f.Loss, f.Left)
					broken[f.Law] = true
				}
			}
			require.Len(t, broken, len(refuting))
		})
	}
}

// A partial subject is held to what it declares, and fails no law for what it lacks.
func TestCheck_AsksWhatASubjectDeclares(t *testing.T) {
	both := []subject.Output{subject.Value, subject.Grad}
	for _, c := range []subject.Capability{
		{Loss: "sigmoid_focal", Outputs: []subject.Output{subject.Value}, Fixed: loss.Params{"gamma": {2.5}, "alpha": {}}},
		{Loss: "sigmoid_focal", Outputs: []subject.Output{subject.Grad}, Params: []string{"gamma"}},
		{Loss: "cross_entropy", Outputs: both, Fixed: loss.Params{"label_smoothing": {0.5}}},
		{Loss: "cross_entropy", Outputs: both, Targets: []string{"label"}},
		{Loss: "cross_entropy", Outputs: both, Targets: []string{"distribution"}, Reductions: []loss.Reduction{loss.MeanElements}},
		{Loss: "categorical_cross_entropy", Outputs: both, Conventions: map[string][]string{"probability_clip": {"1e-7"}}},
		{Loss: "binary_cross_entropy", Outputs: both, Conventions: map[string][]string{"probability_clip": {"1e-7"}}},
		{Loss: "binary_cross_entropy_with_logits", Outputs: both, Fixed: loss.Params{"pos_weight": {3}}},
		{Loss: "binary_cross_entropy_with_logits", Outputs: both, Reductions: []loss.Reduction{loss.Sum}},
		{Loss: "softmax_focal", Outputs: both},
		{Loss: "softmax", Outputs: both},
		{Loss: "classification_error", Outputs: []subject.Output{subject.Value}},
		{Loss: "squared_error", Outputs: both, Conventions: map[string][]string{"squared_error_factor": {"1/2"}}},
	} {
		c.Formats = []string{"f32"}
		partial := newReference()
		partial.Capabilities = []subject.Capability{c}
		r, err := properties.Config{Checks: 10}.Check(t.Context(), partial)
		require.NoError(t, err)
		require.NoError(t, r.Err(), "%v", c)
		skipped := 0
		for _, result := range r.Results {
			if result.Skipped != "" {
				skipped++
				require.Zero(t, result.Checks)
			}
		}
		require.Positive(t, skipped)
	}
}

func TestRun_MakesASubtestOfEachLaw(t *testing.T) {
	properties.Config{Losses: []string{"squared_error"}, Dtypes: []string{"f64"}, Checks: 3}.Run(t, newReference())
}

func TestCoverage_NoTraitIsUntested(t *testing.T) {
	for _, l := range loss.All() {
		tested, untested := properties.Coverage(l)
		require.Empty(t, untested, l.Name)
		require.Len(t, tested, len(names(l)), l.Name)
	}
}

func names(l *loss.Loss) map[string]bool {
	all := map[string]bool{}
	for _, trait := range l.Traits {
		if name := string(trait.Property); trait.Holds {
			all[name] = true
		} else {
			all["not "+name] = true
		}
	}
	return all
}

func TestLaws_AreDocumentedAndNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	used := map[string]bool{}
	unknown := &loss.Loss{Name: "unknown", Text: "a head alone", Shape: loss.Point}
	for _, l := range append(loss.All(), unknown) {
		for _, a := range properties.LawsFor(l) {
			used[a.Law.Name] = true
			require.NotEmpty(t, a.Status)
		}
	}
	for _, l := range properties.Laws() {
		require.False(t, seen[l.Name], l.Name)
		seen[l.Name] = true
		require.NotEmpty(t, l.Source, l.Name)
		require.True(t, strings.HasSuffix(l.Statement, "."), l.Name)
		require.Equal(t, strings.ToLower(l.Name), l.Name)
		require.True(t, used[l.Name], "%s applies to no loss", l.Name)
	}
}

// A law must not pass because its check ended early: by a panic, for want of an output that
// is declared, or of cases.
func TestCheck_FailsALawThatEndedEarly(t *testing.T) {
	calls := 0
	for name, c := range map[string]struct {
		mistake func(c *loss.Call, a *subject.Answer)
		what    string
	}{
		"no gradient now and then": {func(_ *loss.Call, a *subject.Answer) {
			if calls++; calls%5 == 0 {
				a.Grad = nil
			}
		}, "every output that is declared has the shape of the call"},
		"no value now and then": {func(_ *loss.Call, a *subject.Answer) {
			if calls++; calls%5 == 0 {
				a.Value = nil
			}
		}, "every output that is declared has the shape of the call"},
		"a gradient too many": {func(_ *loss.Call, a *subject.Answer) { a.Grad = append(a.Grad, 0) }, "every output that is declared has the shape of the call"},
	} {
		r, err := properties.Config{Losses: []string{"squared_error"}, Laws: []string{"symmetric_gradient"}, Checks: 1000, Workers: 1}.
			Check(t.Context(), wrong{newReference(), c.mistake})
		require.NoError(t, err)
		require.Len(t, r.Failures(), len(r.Results), name)
		require.Equal(t, c.what, r.Failures()[0].What, name)
	}
}

// unsupporting declines all but every tenth call.
type unsupporting struct {
	subject.Subject
	calls *int
}

func (s unsupporting) Eval(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
	if *s.calls++; *s.calls%100 != 0 {
		return nil, subject.ErrUnsupported
	}
	return s.Subject.Eval(ctx, c)
}

func TestCheck_FailsALawWithTooFewCases(t *testing.T) {
	r, err := properties.Config{Losses: []string{"squared_error"}, Laws: []string{"value_is_true"}, Workers: 1}.
		Check(t.Context(), unsupporting{newReference(), new(int)})
	require.NoError(t, err)
	for _, result := range r.Results {
		require.Less(t, result.Checks, 100)
		require.NotNil(t, result.Failure)
		require.Equal(t, properties.Unproven, result.Failure.What)
	}
}

// Laws are checked in every dtype that is declared.
func TestCheck_EveryDeclaredDType(t *testing.T) {
	r, err := properties.Config{Losses: []string{"cross_entropy"}, Laws: []string{"value_is_true"}, Checks: 5}.Check(t.Context(), newReference())
	require.NoError(t, err)
	var formats []string
	for _, result := range r.Results {
		formats = append(formats, result.Format)
	}
	require.Equal(t, []string{"f64", "f32", "bf16", "f16"}, formats)
}
