package mutants

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/full"
	"github.com/lossproof/lossproof/internal/ulp"
)

// A defect that is narrowed to nowhere changes no bit; one that is narrowed to some items changes those as it says,
// and no bit of the others.
func TestWhere_ElsewhereNothingChanges(t *testing.T) {
	right := conformance.Reference()
	nowhere := func(Place) bool { return false }
	odd := func(at Place) bool { return at.Item%2 == 1 }
	for _, l := range loss.All() {
		quiet := Wrap(right, l.Name, wrongValue.Where(nowhere))
		loud := Wrap(right, l.Name, Off(subject.Value, 1).Where(odd))
		d := draw.New(loss.Float32, 1, draw.Seed(l.Name))
		for range 50 {
			c := d.Items(&draw.Everyday, l, 1+d.IntN(5), d.Width(&draw.Everyday, l))
			d.Settings(&draw.Everyday, l, &c)
			want, err := right.Eval(t.Context(), &c)
			require.NoError(t, err)
			got, err := quiet.Eval(t.Context(), &c)
			require.NoError(t, err)
			require.True(t, slices.EqualFunc(want.Value, got.Value, ulp.SameBits) && slices.EqualFunc(want.Grad, got.Grad, ulp.SameBits))
			got, err = loud.Eval(t.Context(), &c)
			require.NoError(t, err)
			require.True(t, slices.EqualFunc(want.Grad, got.Grad, ulp.SameBits))
			p, err := c.Plan()
			require.NoError(t, err)
			for i, x := range got.Value {
				y := want.Value[i]
				if itemOf(p, i)%2 == 1 {
					if y = 2 * y; y == 0 {
						y = 1
					}
				}
				require.True(t, ulp.SameBits(x, c.Format.Round(y)), "%s: value %d of %v is %g, want %g", l.Name, i, c, x, y)
			}
		}
	}
}

// What a wrapped subject computes again from its own items is right, under every reduction.
func TestWrap_WithoutADefectIsRight(t *testing.T) {
	nothing := Items(func(Place, []float64, []float64) {})
	for _, name := range []string{"squared_error", "cross_entropy", "softmax"} {
		r, err := conformance.Config{Losses: []string{name}, Dtypes: []string{"f64", "f32"}, Only: conformance.Golden, Live: -1}.Check(t.Context(),
			Wrap(conformance.Reference(), name, nothing))
		require.NoError(t, err)
		require.NotZero(t, r.Tally.Ran())
		for _, f := range r.Failures {
			early := func(flag string) bool { return flag == "SumOverflow" || flag == "Subnormal" } // before it is divided
			if !slices.ContainsFunc(f.Flags, early) {
				t.Error(f)
			}
		}
	}
}

func TestSwitches_SayWhere(t *testing.T) {
	points := func(change func(c *loss.Call)) *loss.Call {
		c := &loss.Call{Loss: "sigmoid_focal", Format: loss.Float64, Params: loss.Params{"gamma": {0.1875}},
			Batch: loss.Batch{Rows: 2, Cols: 2, Pred: []float64{0, 0.75, 1, 1.5}, Target: []float64{0, 1, 0.25, 1}}}
		change(c)
		return c
	}
	same := func(*loss.Call) {}
	rows := func(change func(c *loss.Call)) *loss.Call {
		c := &loss.Call{Loss: "cross_entropy", Format: loss.Float64, Params: loss.Params{"weight": {1, 2, 9}},
			Batch: loss.Batch{Rows: 2, Cols: 3, Pred: []float64{1, 2, 3, 4, 5, 6}, Label: []int{2, 0}}}
		change(c)
		return c
	}
	is := func(want float64) func(float64) bool { return func(x float64) bool { return x == want } }
	for name, c := range map[string]struct {
		on   Switch
		call *loss.Call
		want []bool
	}{
		"width":               {Width(3, 5), rows(same), []bool{true, true}},
		"another width":       {Width(4, 5), rows(same), []bool{false, false}},
		"remainder":           {WidthModulo(2, 1), rows(same), []bool{true, true}},
		"item from 2":         {ItemFrom(2), points(same), []bool{false, true, true, true}},
		"last item":           {LastItem, points(same), []bool{false, false, false, true}},
		"batch":               {Batch(4, 4), points(same), []bool{true, true, true, true}},
		"samples":             {Samples(2, 3), points(same), []bool{false, false, false, false}},
		"reduction":           {Under(loss.Sum), points(func(c *loss.Call) { c.Reduction = loss.Sum }), []bool{true, true, true, true}},
		"none is the default": {Under(loss.None), points(same), []bool{true, true, true, true}},
		"mean":                {Averaged, points(func(c *loss.Call) { c.Reduction = loss.MeanCounted }), []bool{true, true, true, true}},
		"weighted":            {Weighted, points(same), []bool{false, false, false, false}},
		"sample weight":       {SampleWeight(2, 3), points(func(c *loss.Call) { c.Weight = []float64{1, 2, 3, 4} }), []bool{false, true, true, false}},
		"last class":          {LastClass, rows(same), []bool{true, false}},
		"parameter":           {Param("gamma", 0.1875, 0.1875), points(same), []bool{true, true, true, true}},
		"of the class":        {Param("weight", 8, 10), rows(same), []bool{true, false}},
		"predicted":           {PredictsFrom(0.5, 1), points(same), []bool{false, true, true, false}},
		"binade":              {Predicts(Binade(0)), points(same), []bool{false, false, true, true}},
		"leading bits":        {Predicts(LeadingBits(2, 0b10)), points(same), []bool{false, true, false, true}},
		"target":              {Compares(is(0.25)), points(same), []bool{false, false, true, false}},
		"all targets":         {AllTargets(is(1)), points(func(c *loss.Call) { c.Target = []float64{1, 1, 1, 1} }), []bool{true, true, true, true}},
		"not all":             {AllTargets(is(1)), points(same), []bool{false, false, false, false}},
		"all predictions":     {AllPredictions(func(_, x float64) bool { return x >= 0 }), points(same), []bool{true, true, true, true}},
		"one class":           {AllOneClass, rows(func(c *loss.Call) { c.Label = []int{1, 1} }), []bool{true, true}},
		"not":                 {Not(LastClass), rows(same), []bool{false, true}},
		"call":                {EveryCall(5), rows(same), []bool{true, true}}, // see below
		"another call":        {EveryCall(4), rows(same), []bool{false, false}},
	} {
		p, err := c.call.Plan()
		require.NoError(t, err)
		f := newFrame()
		f.on = []Switch{c.on}
		require.Equal(t, c.want, f.places(p, 15), name)
	}
}

// What remembers does so between calls, and only what it says.
func TestState_Shows(t *testing.T) {
	call := func(last float64) *loss.Call {
		pred := make([]float64, 9)
		pred[8] = last
		return &loss.Call{Loss: "softplus", Format: loss.Float64, Batch: loss.Batch{Rows: 9, Cols: 1, Pred: pred}}
	}
	answers := func(d Defect, lasts ...float64) (got []float64) {
		s := Wrap(conformance.Reference(), "softplus", d)
		for _, x := range lasts {
			a, err := s.Eval(t.Context(), call(x))
			require.NoError(t, err)
			got = append(got, math.Round(a.Value[8]))
		}
		return got
	}
	require.Equal(t, []float64{9, 9, 9}, answers(cachedBy(head), 9, 5, 7))
	require.Equal(t, []float64{9, 5, 7}, answers(cachedBy(ends), 9, 5, 7))
	require.Equal(t, []float64{9, 5, 5, 5}, answers(lateByOne, 9, 5, 9, 5))
	require.Equal(t, []float64{9, 5, 7}, answers(shared, 9, 5, 7), "one after another")
}

func TestAdversaries_AreManyAndDocumented(t *testing.T) {
	kinds, names, hit := map[string]map[string]bool{}, map[string]bool{}, map[string]map[string]bool{}
	for _, m := range slices.Concat(Adversaries(), confined()) {
		require.False(t, names[m.Name], "%s is there twice", m.Name)
		names[m.Name] = true
		require.NotEmpty(t, m.Class, m.Name)
		require.NotEmpty(t, m.Mechanism, m.Name)
		require.NoError(t, m.Subject().Describe().Validate())
		if kinds[m.Class] == nil {
			kinds[m.Class], hit[m.Class] = map[string]bool{}, map[string]bool{}
		}
		if m.Adversary != "" {
			kinds[m.Class][m.Adversary] = true
		}
		hit[m.Class][m.Loss] = true
	}
	n := 0
	for class, of := range kinds {
		n += len(of)
		require.NotEmpty(t, of, class)
	}
	require.GreaterOrEqual(t, n, 60)
	require.Len(t, kinds, len(classes))
	for _, class := range []string{"long batches", "16 bits", "state", "narrow places"} {
		require.Len(t, hit[class], len(loss.All()), class)
	}
}

// Those that act in one place only are found as often as the density of the generator says: the same in an interval
// that is as much wider is found in as many fewer draws.
func TestRare_NumberOfChecksIsAboutRight(t *testing.T) {
	for i, r := range Rare() {
		if !full.Turn(i, 3) {
			continue
		}
		f, err := loss.FormatNamed(r.formats[0])
		require.NoError(t, err)
		require.Greater(t, r.Checks, 1e7, "%s: a run finds it now, so that it is no longer rare", r.Name)
		x, err := f.ParseHex(r.Name[len(r.Name)-f.Width/4:])
		require.NoError(t, err)
		l := declared(r.Loss)
		wide := int64(1) << (f.Precision - 7)
		lies := around(f, x, wide)
		d := draw.New(f, draw.Seed(r.Name), 2)
		const finds = 64 // an eighth of deviation, and as much of the estimate
		draws, found := 0, 0
		for found < finds {
			draws++
			pred := d.Predict(&draw.Laws, l, d.Width(&draw.Laws, l))
			if lies(beginning(pred)) {
				found++
			}
		}
		mean := float64(draws) / finds
		require.InEpsilon(t, r.Checks, mean*math.Ln2*float64(wide), 0.35, r.Name)
	}
}

// A vector may be one of them by chance.
func TestRare_AreNotInTheVectors(t *testing.T) {
	for _, r := range Rare() {
		f, err := loss.FormatNamed(r.formats[0])
		require.NoError(t, err)
		vectors, err := golden.Vectors(r.Loss, f)
		require.NoError(t, err)
		for _, v := range vectors {
			if p, err := v.Call.Plan(); err == nil {
				frame := newFrame()
				r.defect(frame)
				require.NotContains(t, frame.places(p, 1), true, r.Name)
			}
		}
	}
}
