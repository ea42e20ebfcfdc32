package workload

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
)

// A truth holds what one period of inputs gives. For losses whose condition numbers are known in a closed form the
// float64 reference stands in for the oracle, which takes a second for a thousand numbers; allowed pays for its error.
// Other losses have shorter periods, and the oracle.
type truth struct {
	call        *loss.Call
	value, grad []oracle.Number
	exact       []float64 // the values as the reference gives them, not rounded to the dtype
	moved       []float64 // of each value, Σ|x·∂V/∂x|: the numerator of its condition number
}

var truths = struct {
	sync.Mutex
	known map[string]*truth
}{known: map[string]*truth{}}

// truthOf is the truth about a workload, whatever its operation.
func truthOf(w Workload) *truth {
	key := fmt.Sprint(w.Loss, w.Params, w.Format.Name, w.period(), w.Cols)
	truths.Lock()
	defer truths.Unlock()
	if truths.known[key] == nil {
		truths.known[key] = w.evaluate()
	}
	return truths.known[key]
}

// inClosedForm are the losses of which evaluate knows the condition numbers, with their parameters.
var inClosedForm = map[string][]string{
	"squared_error": nil, "absolute_error": nil, "huber": {"delta"}, "smooth_l1": {"beta"}, "squared_error_with_logits": nil, "binary_cross_entropy": nil, "binary_cross_entropy_with_logits": {"pos_weight"},
	"sigmoid_focal": {"alpha", "gamma"}, "quality_focal": {"beta"}, "varifocal": {"alpha", "gamma"},
	"gaussian_focal_with_logits": {"alpha", "gamma"}, "sigmoid": nil, "softplus": nil, "cross_entropy": nil, "softmax_focal": {"gamma"},
	"softmax": nil, "log_softmax": nil,
}

// Closed reports whether the condition numbers are known in a closed form, with the parameters that are set.
func (w Workload) Closed() bool {
	params, known := inClosedForm[w.Loss]
	for p := range w.Params {
		known = known && slices.Contains(params, p)
	}
	return known
}

func (w Workload) evaluate() *truth {
	c := w.draw()
	if !w.Closed() {
		return w.evaluateByOracle(c)
	}
	if w.Decl().VectorValued {
		return w.evaluateVectors(c)
	}
	ones := make([]float64, len(c.Pred))
	for i := range ones {
		ones[i] = 1
	}
	got, err := loss.EvalHessian(c, ones)
	if err != nil {
		panic(err) // the drawn inputs are in the domain
	}
	t := &truth{call: c, exact: got.Value, moved: make([]float64, len(got.Value))}
	for i, x := range c.Pred {
		t.moved[i/w.Cols] += math.Abs(x * got.Grad[i])
		if y := c.Target; y != nil && y[i] != 0 && y[i] != 1 {
			t.moved[i/w.Cols] += math.Abs(y[i] * got.TargetGrad[i])
		}
	}
	for i, v := range got.Value {
		t.value = append(t.value, w.number(v, t.moved[i]))
	}
	for i, g := range got.Grad {
		t.grad = append(t.grad, w.number(g, w.gradMoved(c, got, i)))
	}
	return t
}

// evaluateByOracle is evaluate for any loss.
func (w Workload) evaluateByOracle(c *loss.Call) *truth {
	got, err := oracle.Eval(c)
	if err != nil {
		panic(err) // the drawn inputs are in the domain
	}
	t := &truth{call: c, value: got.Value, grad: got.Grad}
	for _, v := range got.Value {
		t.exact = append(t.exact, v.Rounded+v.Residual*w.Format.Ulp(v.Rounded))
		t.moved = append(t.moved, v.Kappa*math.Abs(v.Rounded))
	}
	return t
}

// sensitivities are, for a vector-valued entry, the most that a value v changes by where
// the differences of two logits change by 1: ∂v_k/∂z_i is v_k·(δ_ki − p_i) for a softmax
// and δ_ki − p_i for its logarithm.
var sensitivities = map[string]func(v float64) float64{
	"softmax":     func(v float64) float64 { return v },
	"log_softmax": func(float64) float64 { return 1 },
}

// evaluateVectors is evaluate for a vector of values. As for the gradient of a row, the
// condition numbers are bounded from above.
func (w Workload) evaluateVectors(c *loss.Call) *truth {
	got, err := loss.Eval(c)
	if err != nil {
		panic(err) // the drawn inputs are in the domain
	}
	t := &truth{call: c}
	for i, v := range got.Value {
		t.value = append(t.value, w.number(v, 2*largest(w.row(c, i))*sensitivities[w.Loss](v)))
	}
	return t
}

// row is the row of element i.
func (w Workload) row(c *loss.Call, i int) []float64 {
	begin := i / w.Cols * w.Cols
	return c.Pred[begin : begin+w.Cols]
}

func largest(zs []float64) float64 {
	most := 0.0
	for _, z := range zs {
		most = max(most, math.Abs(z))
	}
	return most
}

// number is the float64 number v as truth in the dtype, with the numerator of its
// condition number.
func (w Workload) number(v, moved float64) oracle.Number {
	rounded := w.Format.Round(v)
	return oracle.Number{Rounded: rounded, Residual: (v - rounded) / w.Format.Ulp(rounded),
		Kappa: moved / max(math.Abs(v), w.Format.MinNormal())}
}

// gradMoved is the numerator of the condition number of element i of the gradient.
//
// A pointwise loss has it from its second derivative. A change of a soft target is not
// counted, so that less is allowed than level 3 would.
//
// For a row with a class index t the gradient is s·p_k, or −s·(1−p_t) for the class
// itself. If each logit z_i is changed by the factor 1+δ_i with |δ_i| ≤ δ, differences
// of logits change by at most d = 2·max|z|·δ, and so do, to first order and relatively,
// p_k and 1−p_t. For cross-entropy s = 1. For the focal loss, with p = p_t, q = 1−p and
// w = −p·log p/q, which lies between p and 1, s = q^γ·(1+γ·w); the derivative of log s
// by z_t − lse of the others is γ·((w−p)/(1+γ·w) − p), at most γ in size. So
// Σ|z_i·∂g/∂z_i| ≤ 2·(1+γ)·max|z|·|g|, which allows more than level 3 would.
func (w Workload) gradMoved(c *loss.Call, got *loss.Result, i int) float64 {
	if w.Decl().Shape == loss.Point {
		return math.Abs(c.Pred[i] * got.Product[i])
	}
	return 2 * (1 + w.Param("gamma")) * largest(w.row(c, i)) * math.Abs(got.Grad[i])
}

// allowed is the error in ulp that a level allows a number that sums n terms, less what
// the reference may itself be wrong by.
func (w Workload) allowed(level conformance.Level, v oracle.Number, n int, reference float64) float64 {
	own := reference * (1 + v.Kappa) * math.Ldexp(1, w.Format.Precision-53)
	return level.Ulps(v.Kappa, n) - own
}

// sum is the truth about the sum of n values that repeat after a period.
func (t *truth) sum(w Workload, n int) oracle.Number {
	var total, moved loss.Accumulator
	for i := range t.exact {
		times := n / len(t.exact)
		if i < n%len(t.exact) {
			times++
		}
		total.Add(float64(times) * t.exact[i])
		moved.Add(float64(times) * t.moved[i])
	}
	return w.number(total.Sum(), moved.Sum())
}
