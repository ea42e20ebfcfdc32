package loss

// A Scaling says how a loss grows with the scale of its numbers: L of s·x, and of s·y where the
// target is on the same scale, and with s times those parameters that are, is s^Degree·L, for s > 0.
// For s a power of two it holds bit for bit, but where a number leaves the range.
type Scaling struct {
	Degree int      `json:"degree"`
	Target bool     `json:"target"`
	Params []string `json:"params,omitempty"`

	// When says for which calls that is so; nil: for all.
	When *Condition `json:"when,omitempty"`
}

// An Identity says what a loss is in terms of other losses, or of itself elsewhere.
type Identity struct {
	Statement string `json:"statement"`
	Source    string `json:"source"`

	// Params are those that the identity is about.
	Params Params `json:"params,omitempty"`
	// Terms gives the sum that an item is; nil where the identity says nothing of it.
	Terms func(a Args, pred, target []float64) []Multiple `json:"-"` // target as ConstantFor has it
}

// A Multiple is a factor times the value of a loss at one item: its gradient is that times Slope.
type Multiple struct {
	Factor float64
	Doubt  float64 // relative error of the factor; 0: it is exact
	Call   Call    // without rows, columns and format; of no loss it is the number 1
	Slope  float64 // of the prediction by that of the identity's own loss, 0 where nothing is said of gradients; of a number its own
}

// term is a multiple of one number's loss.
func term(factor float64, l string, params Params, x, y, slope float64) Multiple {
	return Multiple{Factor: factor, Slope: slope, Call: Call{Loss: l, Params: params, Batch: Batch{Pred: []float64{x}, Target: []float64{y}}}}
}

// within gives the factor a relative error.
func (m Multiple) within(doubt float64) Multiple {
	m.Doubt = doubt
	return m
}

// complement is 1 − x, and whether that is exact.
func complement(x float64) (y float64, exact bool) {
	y = 1 - x
	return y, exactSign(1, -x, -y) == 0
}
