package loss

import "slices"

// A Property is something that is true or false of a loss.
type Property string

// The properties of the catalogue. The prediction is x (a logit, a probability, a
// row of scores), L the value, with the target and the parameters held.
const (
	NonNegativeValue   Property = "non_negative"            // L ≥ 0
	ZeroAttained       Property = "zero_attained"           // L = 0 at some finite prediction
	Minimum            Property = "minimum"                 // inf L over predictions is Constant, or what Statement says
	Convex             Property = "convex"                  // convex in the prediction
	StrictlyConvex     Property = "strictly_convex"         // strictly convex in the prediction
	StronglyConvex     Property = "strongly_convex"         // L − ½·Constant·‖x‖² is convex
	ConvexInProb       Property = "convex_in_probability"   // convex as a function of p = σ(x) or softmax(x)
	Lipschitz          Property = "lipschitz"               // |L(x) − L(x′)| ≤ Constant·‖x − x′‖ in Norm
	Smooth             Property = "smooth"                  // ‖∇L(x) − ∇L(x′)‖ ≤ Constant·‖x − x′‖ in the Euclidean norm
	Bounded            Property = "bounded"                 // Low ≤ L ≤ High
	Differentiable     Property = "differentiable"          // the gradient is continuous
	Increasing         Property = "increasing"              // L does not fall as x grows
	Symmetric          Property = "symmetric"               // L is unchanged by the map in Statement
	Proper             Property = "proper"                  // the expected loss is least at the true probability
	ShiftInvariant     Property = "shift_invariant"         // L(x + c·1) = L(x)
	GradientSumsToZero Property = "gradient_sums_to_zero"   // Σ ∂L/∂x_k = 0
	Equivariant        Property = "permutation_equivariant" // permuting the classes permutes the gradient and keeps L
	SumsToOne          Property = "sums_to_one"             // the values of a vector-valued entry sum to 1
	Monotone           Property = "monotone_along_segments" // along every segment of predictions L does not change its direction
	Padded             Property = "padding_invariant"       // elements that are absent from both masks change nothing
	Replicated         Property = "replication_invariant"   // L of every element twice is L
	Isometric          Property = "isometry_invariant"      // moving both items, reflecting an axis and exchanging the axes change nothing
	Homogeneous        Property = "homogeneous_gradient"    // Σ x·∂L/∂x = 0 over the coordinates of both items
	AxisScaled         Property = "axis_scale_invariant"    // scaling one axis of both boxes changes nothing
	Metric             Property = "triangle_inequality"     // L(A, C) ≤ L(A, B) + L(B, C)
	GrowsApart         Property = "grows_apart"             // L does not fall as items of the same centre are moved apart along a ray
)

// A Norm measures the distance of two predictions.
type Norm string

const (
	AbsoluteValue Norm = "|·|"
	Euclidean     Norm = "‖·‖₂"
	Maximum       Norm = "‖·‖∞"
)

// A Trait is a claim about a loss: that a property holds, with its constant, or
// that it does not, with a witness that refutes it. Constants are given for the
// default parameters; Statement says how they depend on parameters and target. A property
// that holds for some calls and not for others is two claims, each with its condition.
type Trait struct {
	Property  Property `json:"property"`
	Holds     bool     `json:"holds"`
	Constant  float64  `json:"constant,omitzero"`
	Low       float64  `json:"low,omitzero"`
	High      float64  `json:"high,omitzero"`
	Norm      Norm     `json:"norm,omitempty"`
	Statement string   `json:"statement,omitempty"`
	Witness   *Witness `json:"witness,omitempty"`
	Source    string   `json:"source,omitempty"`

	// ConstantFor gives the constant for any parameters and target, where it is
	// known in closed form; nil where Constant serves for all. A label is given as its
	// one-hot distribution.
	ConstantFor func(a Args, target []float64) float64 `json:"-"`

	// When says for which calls the claim is made; nil: for all.
	When *Condition `json:"when,omitempty"`
}

// A Condition restricts a claim to some parameters, targets or predictions: in words, and as
// a function that laws obey.
type Condition struct {
	Text  string
	Holds func(a Args, pred, target []float64) bool // target as ConstantFor has it
}

// MarshalText makes the words stand in JSON.
func (c Condition) MarshalText() ([]byte, error) { return []byte(c.Text), nil }

// when is the claim, made under one more condition.
func (t Trait) when(c *Condition) Trait {
	if first := t.When; first != nil {
		t.When = &Condition{first.Text + ", " + c.Text, func(a Args, pred, target []float64) bool {
			return first.Holds(a, pred, target) && c.Holds(a, pred, target)
		}}
	} else {
		t.When = c
	}
	return t
}

// of is some traits, those of some properties that hold under one more condition.
func (c *Condition) of(traits []Trait, properties ...Property) []Trait {
	for i, t := range traits {
		if t.Holds && slices.Contains(properties, t.Property) {
			traits[i] = t.when(c)
		}
	}
	return traits
}

// About reports whether the claim is made about an item.
func (t Trait) About(a Args, pred, target []float64) bool {
	return t.When == nil || t.When.Holds(a, pred, target)
}

// A Witness refutes a trait. What the numbers mean depends on the property:
//
//   - convex, convex_in_probability: L at the midpoint of A and B is above the mean
//     of L(A) and L(B);
//   - strictly_convex: L at the midpoint equals that mean;
//   - lipschitz, smooth, bounded: the slope (of L, of the gradient), or the value,
//     between A and B is beyond 10^100, or is infinite;
//   - symmetric, shift_invariant: L(A) and L(B) differ though the map takes A to B;
//   - differentiable: midway between A and B the value has a kink or a jump: the second
//     difference across it shrinks no faster than the distance;
//   - proper: with true probability Target, the expected loss at A is below that at B,
//     though B is the true one;
//   - triangle_inequality: L(A, Target) is above L(A, B) + L(B, Target);
//   - grows_apart: L(B) is below L(A), and B is further away;
//   - the rest: A alone violates the claim.
type Witness struct {
	Params  Params    `json:"params,omitempty"`
	Target  []float64 `json:"target,omitempty"`  // numbers of the target; a single number is the label of a rowwise loss unless it has one for each class
	TargetB []float64 `json:"targetB,omitempty"` // the target that goes with B, where it is another
	A       []float64 `json:"a"`
	B       []float64 `json:"b,omitempty"`
	Note    string    `json:"note,omitempty"`
}

// Trait returns what the loss claims about a property: the first of its claims, where
// there is one for each of several norms.
func (l *Loss) Trait(p Property) (Trait, bool) {
	for _, t := range l.Traits {
		if t.Property == p {
			return t, true
		}
	}
	return Trait{}, false
}

// hardTarget is the condition that the target is a class, and not a probability between.
var hardTarget = &Condition{"for y 0 or 1", func(_ Args, _, target []float64) bool { return zeroOrOne(target[0]) }}

// equalWeights is the condition that no class weighs more than another.
var equalWeights = &Condition{"with equal weights", func(a Args, _, _ []float64) bool {
	w := a.Vector(ClassWeight.Name)
	return !slices.ContainsFunc(w, func(x float64) bool { return x != w[0] })
}}
