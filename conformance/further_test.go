package conformance

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/impl/subject/lcp"
	"github.com/lossproof/lossproof/internal/full"
	"github.com/stretchr/testify/require"
)

// real holds a subject against the vectors of the catalogue, and not those of the tests of this package.
func real(t *testing.T, s Subject, config Config) *Report {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	config.Only = Golden
	report, err := config.Check(t.Context(), s)
	require.NoError(t, err)
	return report
}

func TestFurther_TheReferenceConforms(t *testing.T) {
	var losses []*loss.Loss
	var names []string
	for i, l := range loss.All() {
		if full.Turn(i, 3) {
			losses, names = append(losses, l), append(names, l.Name)
		}
	}
	report := real(t, Further(names...), Config{Dtypes: []string{"f64", "f32"}, Live: 64})
	require.NoError(t, report.Err())
	for _, l := range losses {
		for _, o := range []Output{TargetGrad, Hess} {
			for _, f := range []string{"f64", "f32"} {
				level, ok := report.LevelOf(l.Name, f, o)
				require.Equal(t, o.Of(l), ok, "%s %s %s", l.Name, f, o)
				if ok {
					require.GreaterOrEqual(t, level, Accurate, "%s %s %s", l.Name, f, o)
				}
			}
		}
	}
}

// What a subject of value and gradient is asked is what it was asked before there were further outputs.
func TestFurther_OthersAreNotAsked(t *testing.T) {
	config := Config{Losses: []string{"huber"}}
	plain, all := real(t, Reference("huber"), config), real(t, Further("huber"), config)
	vectors := 0
	for _, row := range all.Rows {
		switch row.Output {
		case TargetGrad, Hess:
			vectors += row.Cases
			continue
		}
		i := rowOf(t, plain, row.Loss, row.Format, row.Output, row.Bound)
		require.Equal(t, i.Cases, row.Cases)
		require.Equal(t, i.Level, row.Level)
	}
	require.Positive(t, vectors)
	require.Equal(t, plain.Tally.Ran()+vectors, all.Tally.Ran())
}

func rowOf(t *testing.T, r *Report, lossName, format string, o Output, bound string) Row {
	for _, row := range r.Rows {
		if row.Loss == lossName && row.Format == format && row.Output == o && row.Bound == bound {
			return row
		}
	}
	t.Fatalf("no row %s %s %s", lossName, format, o)
	return Row{}
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func boosted(logit, target float64) (value, grad float64) {
	return max(logit, 0) + math.Log1p(math.Exp(-math.Abs(logit))) - target*logit, sigmoid(logit) - target
}

// A Go function gives its second derivative as another function.
func TestFurther_OfGoFunctions(t *testing.T) {
	const name = "binary_cross_entropy_with_logits"
	verdict := func(hess func(logit, target float64) float64) *Report {
		return real(t, Pointwise(name, boosted).Also(Hess, Pointwise(name, hess)), Config{Level: Close, Live: -1})
	}
	right := func(logit, _ float64) float64 { return sigmoid(logit) * sigmoid(-logit) }
	level, ok := verdict(right).LevelOf(name, "f64", Hess)
	require.True(t, ok)
	require.GreaterOrEqual(t, level, Close)
	for cause, wrong := range map[Cause]func(logit, target float64) float64{
		"constant factor 1/2": func(z, y float64) float64 { return right(z, y) / 2 },
		FirstSlope: func(z, y float64) float64 {
			_, grad := boosted(z, y)
			return grad
		},
	} {
		report := verdict(wrong)
		level, _ := report.LevelOf(name, "f64", Hess)
		require.Less(t, level, Close, cause)
		var causes []Cause
		for _, f := range report.Failures {
			if f.Output == Hess {
				causes = append(causes, f.Cause)
			}
		}
		require.Contains(t, causes, cause)
	}
}

func TestFurther_OfRows(t *testing.T) {
	const name = "cross_entropy"
	softmax := func(scores []float64) []float64 {
		p, sum, most := make([]float64, len(scores)), 0.0, scores[0]
		for _, s := range scores {
			most = max(most, s)
		}
		for k, s := range scores {
			p[k] = math.Exp(s - most)
			sum += p[k]
		}
		for k := range p {
			p[k] /= sum
		}
		return p
	}
	value := func(scores []float64, label int) (float64, []float64) {
		p := softmax(scores)
		loss := -math.Log(p[label])
		p[label]--
		return loss, p
	}
	hess := func(scores []float64, _ int) []float64 {
		p := softmax(scores)
		for k := range p {
			p[k] *= 1 - p[k]
		}
		return p
	}
	s := Rowwise(name, value).Also(Hess, Rowwise(name, hess))
	report := real(t, s, Config{Live: -1, NoCauses: true})
	row := rowOf(t, report, name, "f64", Hess, "vectors")
	require.Positive(t, row.Tally.Passed)
}

func TestAlso_RefusesWhatDoesNotBelongTogether(t *testing.T) {
	one := Pointwise("squared_error", func(z, y float64) float64 { return (z - y) * (z - y) })
	for _, s := range []Subject{
		one.Also(Grad, one),
		one.Also(Hess, Pointwise("huber", func(z, y float64) float64 { return 0 })),
		one.Also(Hess, Pointwise("squared_error", func(z, y float32) float32 { return 2 })),
	} {
		_, err := Check(t.Context(), s)
		require.ErrorContains(t, err, "Also")
	}
	_, err := Check(t.Context(), Rowwise("dice", func(p, y []float64) (float64, []float64) { return 0, p }).
		Also(Hess, Rowwise("dice", func(p, y []float64) []float64 { return p })))
	require.ErrorContains(t, err, "it has no output hess")
}

// A target that is a class index has no gradient, and an item of many numbers no diagonal.
func TestOutput_LengthIsThatOfWhatIsAsked(t *testing.T) {
	plan := func(cols int, target []float64, label []int) *loss.Plan {
		c := loss.Call{Loss: "cross_entropy", Batch: loss.Batch{Rows: 1, Cols: cols, Pred: make([]float64, cols), Target: target, Label: label}}
		p, err := c.Plan()
		require.NoError(t, err)
		return p
	}
	require.Zero(t, subject.TargetGrad.Length(plan(2, nil, []int{0})))
	require.Equal(t, 2, subject.TargetGrad.Length(plan(2, []float64{0.5, 0.5}, nil)))
	require.Equal(t, loss.HessWidth, subject.Hess.Length(plan(loss.HessWidth, nil, []int{0})))
	require.Zero(t, subject.Hess.Length(plan(loss.HessWidth+1, nil, []int{0})))
}

// The protocol carries them.
func TestFurther_OverAPipe(t *testing.T) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	var requests, answers bytes.Buffer
	require.NoError(t, Config{Losses: []string{"huber", "squared_error"}, Dtypes: []string{"f64", "f32"}}.WriteRequests(&requests))
	asked, _, _ := strings.Cut(requests.String(), `{"type":"requests"`)
	require.NoError(t, lcp.Serve(t.Context(), Further("huber"), strings.NewReader(asked), &answers))
	report, err := Config{}.CheckAnswers(t.Context(), &requests, &answers)
	require.NoError(t, err)
	require.NoError(t, report.Err())
	for _, o := range subject.Outputs() {
		level, ok := report.LevelOf("huber", "f32", o)
		require.True(t, ok, o)
		require.GreaterOrEqual(t, level, Accurate)
	}
}
