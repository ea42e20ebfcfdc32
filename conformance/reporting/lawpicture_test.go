package reporting

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/properties"
)

// A picture shows what breaks a law: the sides apart as their numbers are, and by more than the slack. Where there are no two numbers
// the page says so.
func TestPictureOf_DrawsTheSidesThatDiffer(t *testing.T) {
	r := checked(t, conformance.Pointwise(bce, naive))
	page := htmlOf(t, r)
	pictures, without := 0, 0
	for _, l := range r.LawsInOrder() {
		if l.Failure == nil {
			continue
		}
		p, s := pictureOf(l.Failure), l.Failure.Sides
		if p == nil {
			without++
			continue
		}
		pictures++
		require.NotEmpty(t, s.Numbers)
		require.Greater(t, math.Abs(s.Left-s.Right), s.Slack, l.Law)
		require.NotEqual(t, p.Left.Text, p.Right.Text)
		require.Equal(t, s.Left > s.Right, p.Left.At < p.Right.At, "above is larger")
		require.Contains(t, page, `aria-label="left `+p.Left.Text+`, right `+p.Right.Text)
	}
	require.Positive(t, pictures)
	require.Equal(t, pictures, strings.Count(page, `class="map law"`))
	require.Equal(t, without, strings.Count(page, "Nothing is drawn"))
}

func TestPictureOf_LeavesOutWhatWouldPressTheSidesTogether(t *testing.T) {
	f := &properties.Failure{Sides: &properties.Sides{Relation: "≤", Left: 2, Right: 1, Slack: 0.1, Numbers: []properties.SideNumber{
		{Side: "left", Of: "value[0]", At: "prediction 3, target 1", Value: 2}, {Side: "right", Of: "0.5·value[0]", At: "prediction 4", Value: 1.5}, {Side: "right", Of: "value[0]", At: "prediction 5", Value: 1e9}}}}
	p := pictureOf(f)
	require.True(t, p.Beside)
	require.Len(t, p.Points, 2)
	require.Equal(t, p.Left.At, p.Points[0].Y)
	require.Equal(t, "3, target 1", p.Points[0].Call)
	require.Equal(t, (p.Left.At+p.Right.At)/2, p.Points[1].Y)
	require.Less(t, p.Top, p.Right.At)
	require.Greater(t, p.Top+p.Height, p.Right.At)
	f.Sides.Left = 1 + 1e-9
	f.Sides.Slack = 1e-12
	p = pictureOf(f)
	require.Equal(t, []string{"1.000000001", "1"}, []string{p.Left.Text, p.Right.Text})
	require.Nil(t, pictureOf(&properties.Failure{}))
}
