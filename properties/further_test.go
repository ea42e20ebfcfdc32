package properties_test

import (
	"context"
	"slices"
	"testing"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/properties"
	"github.com/stretchr/testify/require"
)

// furtherLaws are those about outputs that few subjects have.
var furtherLaws = []string{"gradient_by_target_is_true", "second_derivative_is_true"}

func TestFurtherLaws_HoldOfTheReference(t *testing.T) {
	config := properties.Config{Laws: furtherLaws, Dtypes: []string{"f64", "f16"}, Checks: 40}
	if testing.Short() {
		config.Dtypes, config.Checks = []string{"f64"}, 10
	}
	report, err := config.Check(t.Context(), conformance.Further())
	require.NoError(t, err)
	seen := map[string]int{}
	for _, r := range report.Results {
		require.Nil(t, r.Failure, "%v", r.Failure)
		if r.Checks > 0 {
			seen[r.Law]++
		}
	}
	for _, law := range furtherLaws {
		require.Greater(t, seen[law], 10*len(config.Dtypes), law)
	}
}

// A subject of value and gradient is held to what it was held to.
func TestFurtherLaws_AreForThoseWhoDeclareThem(t *testing.T) {
	plain, err := properties.Config{}.Count(conformance.Reference())
	require.NoError(t, err)
	all, err := properties.Config{}.Count(conformance.Further())
	require.NoError(t, err)
	outputs := 0
	for _, l := range loss.All() {
		for _, o := range []subject.Output{subject.TargetGrad, subject.Hess} {
			if o.Of(l) {
				outputs += len(loss.Formats())
			}
		}
	}
	require.Equal(t, plain+outputs, all)
	_, err = properties.Config{Laws: furtherLaws}.Count(conformance.Reference())
	require.ErrorIs(t, err, properties.ErrNoLaw)
}

// without gives no numbers of an output, which it declares.
type without struct {
	subject.Subject
	output subject.Output
}

func (w without) Eval(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
	a, err := w.Subject.Eval(ctx, c)
	if err == nil {
		*a.Part(w.output) = nil
	}
	return a, err
}

func TestFurtherLaws_SeeAnOutputThatIsNotThere(t *testing.T) {
	for k, o := range []subject.Output{subject.TargetGrad, subject.Hess} {
		report, err := properties.Config{Losses: []string{"squared_error"}, Dtypes: []string{"f64"}, Checks: 20}.Check(t.Context(),
			without{conformance.Further("squared_error"), o})
		require.NoError(t, err)
		i := slices.IndexFunc(report.Results, func(r properties.Result) bool { return r.Law == furtherLaws[k] })
		require.NotNil(t, report.Results[i].Failure)
	}
}
