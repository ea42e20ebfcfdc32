package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/golden/defined"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// hessKnown is where --hess has an answer.
var hessKnown = fmt.Sprintf("losses of points and of rows of at most %d scores, at finite inputs off the poles", loss.HessWidth)

// maxDigits keeps a slip of the finger from asking for hours of work.
const maxDigits = 10_000

// evalFlags are the flags of eval, as they were given.
type evalFlags struct {
	pred, target, weight, upstream string
	params, conventions            []string
	reduction, dtype               string
	digits                         int
	hess                           bool
	define                         definitions
	json                           bool
}

func newEval() *cobra.Command {
	var f evalFlags
	cmd := &cobra.Command{
		Use:   "eval [LOSS] --pred NUMBERS [--target NUMBERS]",
		Short: "Prints the true value and gradient of one input, to the digits asked",
		Long: `Prints the true value and gradient of a loss to the digits asked, the correctly rounded result,
the result of the float64 reference with its error in ulp, and the condition number.

Numbers have commas between them and semicolons between rows. For a rowwise loss a row is the
scores of one sample; its target is a class index, or a number for each class. @FILE reads them from a
file, and @- from standard input: CSV, a row to a line, or JSON, an array of numbers or of rows.

--define defines a loss that is not in the catalogue, by its formula (impl/formula/README.md), and stands for LOSS.`,
		Example: `  lossproof eval binary_cross_entropy_with_logits --pred 3.5 --target 1
  lossproof eval sigmoid_focal --pred=-1,2 --target 0,1 --param gamma=0.5 --param alpha=none
  lossproof eval cross_entropy --pred 1,2,3 --target 2 --dtype f32 --digits 60
  lossproof eval cross_entropy --pred '1,2,3;0,0,9' --target '2;0' --reduction mean/samples
  lossproof eval cross_entropy --pred 1,2,3 --target 0.1,0.2,0.7 --json
  lossproof eval cross_entropy --pred 1,2,3 --target 2 --hess
  lossproof eval cross_entropy --pred @scores.csv --target @labels.csv --reduction sum
  lossproof eval --define 'softplus(z) - y*z' --pred 36 --target 1`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			decl, err := f.define.named(args)
			if err != nil {
				return err
			}
			for _, text := range []*string{&f.pred, &f.target, &f.weight, &f.upstream} {
				if *text, err = fromFile(*text, cmd.InOrStdin()); err != nil {
					return err
				}
			}
			report, err := evaluate(decl, f)
			if err != nil {
				return mistake(err)
			}
			if f.json {
				return writeJSON(cmd.OutOrStdout(), report)
			}
			report.write(cmd.OutOrStdout())
			return nil
		},
	}
	flags := cmd.Flags()
	f.define.add(cmd)
	flags.StringVar(&f.pred, "pred", "", "predictions")
	flags.StringVar(&f.target, "target", "", "targets: numbers, or a class index for each row")
	flags.StringVar(&f.weight, "weight", "", "sample weights, one for each value (default all 1)")
	flags.StringVar(&f.upstream, "upstream", "", "for an entry whose value is a vector: the gradient is that of Σ upstream·value (default all 1)")
	flags.StringArrayVar(&f.params, "param", nil, "a parameter, as name=number, name=1,2,3 or name=none; repeatable")
	flags.StringArrayVar(&f.conventions, "convention", nil, "a convention, as name=value; repeatable")
	flags.StringVar(&f.reduction, "reduction", string(loss.None), "none, sum, mean/elements, mean/counted, mean/samples or mean/weight")
	flags.StringVar(&f.dtype, "dtype", ieee.Float64.Name, "format of the inputs and of the result: f64, f32, bf16 or f16")
	flags.IntVar(&f.digits, "digits", 30, "significant digits of the truth")
	flags.BoolVar(&f.hess, "hess", false, "print the second derivative by each prediction, too")
	flags.BoolVar(&f.json, "json", false, "print a JSON object")
	cobra.CheckErr(cmd.MarkFlagRequired("pred"))
	return cmd
}

// An evaluation is what eval reports.
type evaluation struct {
	Loss        string              `json:"loss"`
	Dtype       string              `json:"dtype"`
	Reduction   loss.Reduction      `json:"reduction"`
	Params      map[string][]number `json:"params"`
	Conventions map[string]string   `json:"conventions"`
	Rounded     []rounding          `json:"rounded,omitempty"` // inputs that the dtype does not hold
	Value       values              `json:"value"`
	Grad        []output            `json:"grad"`
	TargetGrad  []output            `json:"targetGrad,omitempty"`
	Hess        []output            `json:"hess,omitempty"`

	decl *loss.Loss
}

// values is one object in JSON where there is one value, else an array.
type values []output

func (v values) MarshalJSON() ([]byte, error) {
	if len(v) == 1 {
		return json.Marshal(v[0])
	}
	return json.Marshal([]output(v))
}

// An output is one number of the result: the truth, and what the reference says.
type output struct {
	Digits        string `json:"digits,omitempty"` // the truth, in decimal; of value and gradient by the prediction
	Rounded       number `json:"rounded"`          // the truth, correctly rounded to the dtype
	Bits          string `json:"bits"`             // its encoding in hexadecimal
	Reference     number `json:"reference"`        // the result of the float64 reference, rounded to the dtype
	ReferenceBits string `json:"referenceBits"`    //
	Ulp           number `json:"ulp"`              // the signed error of the reference, in units in the last place of the truth
	Kappa         number `json:"kappa"`            // the condition number
	// Hull is the least and the greatest number, where there is a kink and any between them is right: rounded is NaN then.
	Hull []number `json:"hull,omitempty"`
}

func evaluate(decl *loss.Loss, f evalFlags) (*evaluation, error) {
	call, rounded, err := f.call(decl)
	if err != nil {
		return nil, err
	}
	if f.digits < 1 || f.digits > maxDigits {
		return nil, fmt.Errorf("--digits %d: want 1 to %d", f.digits, maxDigits)
	}
	plan, err := call.Plan()
	if err != nil {
		return nil, err
	}
	truth, err := oracle.Eval(call)
	if err != nil {
		return nil, &exit{harnessFailed, uncertified(call, err)}
	}
	reference := loss.Eval
	if f.hess {
		reference = loss.EvalDiagonal
	}
	result, err := reference(call)
	if err != nil {
		return nil, &exit{harnessFailed, uncertified(call, err)}
	}
	decimals, err := oracle.Digits(call, f.digits)
	if err != nil {
		return nil, &exit{harnessFailed, err}
	}
	var byTarget []oracle.Number
	if call.Target != nil {
		if byTarget, err = oracle.EvalTarget(call); err != nil {
			return nil, &exit{harnessFailed, err}
		}
	}
	if f.hess {
		if truth.Further(call); truth.Hess == nil {
			return nil, fmt.Errorf("--hess: the second derivatives are known of %s", hessKnown)
		}
	}
	e := &evaluation{
		Loss: plan.Decl.Name, Dtype: call.Format.Name, Reduction: plan.Reduction,
		Params: map[string][]number{}, Conventions: map[string]string{}, Rounded: rounded,
		Value:      outputs(call.Format, decimals.Value, truth.Value, result.Value),
		Grad:       outputs(call.Format, decimals.Grad, truth.Grad, result.Grad),
		TargetGrad: outputs(call.Format, nil, byTarget, result.TargetGrad),
		Hess:       outputs(call.Format, nil, truth.Hess, result.Hess),
		decl:       plan.Decl,
	}
	for _, p := range plan.Decl.Params {
		e.Params[p.Name] = numbers(plan.Args.Vector(p.Name))
	}
	for _, c := range plan.Decl.AllConventions() {
		e.Conventions[c.Name] = plan.Args.Convention(c.Name)
	}
	return e, nil
}

// call makes a call of the flags.
func (f evalFlags) call(decl *loss.Loss) (*loss.Call, []rounding, error) {
	format, err := ieee.FormatNamed(f.dtype)
	if err != nil {
		return nil, nil, fmt.Errorf("--dtype: %w", err)
	}
	r := &reader{loss: decl.Name, format: format}
	call := &loss.Call{Loss: decl.Name, Format: format, Reduction: loss.Reduction(f.reduction)}
	pred, err := r.rows(loss.BadPrediction, "prediction", f.pred)
	if err != nil {
		return nil, nil, err
	}
	call.Batch = loss.Batch{Rows: pred.rows, Cols: pred.cols, Pred: pred.numbers}
	if err := r.target(decl, &call.Batch, f.target); err != nil {
		return nil, nil, err
	}
	for _, optional := range []struct {
		name, text string
		class      loss.Class
		into       *[]float64
	}{
		{"weight", f.weight, loss.BadWeight, &call.Weight},
		{"upstream", f.upstream, loss.BadTarget, &call.Upstream},
	} {
		if optional.text == "" {
			continue
		}
		// Rows of weights may be written with either separator: their number is known.
		g, err := r.rows(optional.class, optional.name, strings.ReplaceAll(optional.text, ";", ","))
		if err != nil {
			return nil, nil, err
		}
		*optional.into = g.numbers
	}
	if call.Params, err = r.params(decl, f.params); err != nil {
		return nil, nil, err
	}
	call.Conventions, err = conventions(f.conventions)
	return call, r.rounded, err
}

// uncertified says where the definition of a loss has no value that can be certified.
func uncertified(c *loss.Call, err error) error {
	if l, _ := loss.Named(c.Loss); l == nil || !l.Defined() || !errors.Is(err, oracle.ErrUndecided) {
		return err
	}
	return fmt.Errorf("%s has no value here that can be certified: %s", c.Loss, defined.Uncertified{Call: *c, Err: err})
}

func outputs(f ieee.Format, digits []string, truth []oracle.Number, reference []float64) []output {
	if truth == nil {
		return nil
	}
	out := make([]output, len(truth))
	for i, n := range truth {
		x := f.Round(reference[i])
		out[i] = output{
			Rounded: number(n.Rounded), Bits: f.Hex(n.Rounded),
			Reference: number(x), ReferenceBits: f.Hex(x),
			Ulp: number(conformance.ErrorUlp(f, x, n)), Kappa: number(n.Kappa),
		}
		if digits != nil {
			out[i].Digits = digits[i]
		}
		if h := n.Hull; h != nil {
			out[i].Hull, out[i].Kappa = numbers([]float64{h.Low.Rounded, h.High.Rounded}), number(max(h.Low.Kappa, h.High.Kappa))
		}
	}
	return out
}

// write prints the evaluation for people.
func (e *evaluation) write(w io.Writer) {
	fmt.Fprintf(w, "%s in %s, reduction %s%s\n", e.Loss, e.Dtype, e.Reduction, e.arguments())
	fmt.Fprintf(w, "  %s\n", e.decl.Formula)
	if len(e.Rounded) > 0 {
		fmt.Fprintln(w, "\nnumbers that are not what they were written as")
		t := table{words: true}
		for _, r := range e.Rounded {
			t.add(fmt.Sprintf("%s[%d]", r.Input, r.Index), r.Given, "is "+r.Used.exact())
		}
		fmt.Fprint(w, t.String())
	}
	e.section(w, "value", e.Value)
	e.section(w, "gradient by prediction", e.Grad)
	e.section(w, "gradient by target", e.TargetGrad)
	e.section(w, "second derivative", e.Hess)
}

// arguments lists parameters and conventions in the order of their declaration.
func (e *evaluation) arguments() string {
	var b strings.Builder
	for _, p := range e.decl.Params {
		text := "none"
		if v := e.Params[p.Name]; len(v) > 0 {
			text = strings.Trim(strings.ReplaceAll(fmt.Sprint(v), " ", ","), "[]")
		}
		fmt.Fprintf(&b, ", %s=%s", p.Name, text)
	}
	for _, c := range e.decl.AllConventions() {
		if e.Conventions[c.Name] != c.Values[0] || c.Name != loss.EmptyMeanConvention.Name {
			fmt.Fprintf(&b, ", %s=%s", c.Name, e.Conventions[c.Name])
		}
	}
	return b.String()
}

func (e *evaluation) section(w io.Writer, title string, out []output) {
	for i, o := range out {
		name := title
		if len(out) > 1 || title != "value" {
			name = fmt.Sprintf("%s[%d]", title, i)
		}
		t := table{words: true}
		switch {
		case o.Hull != nil:
			t.add("truth", fmt.Sprintf("any number from %s to %s: there is a kink", o.Hull[0].in(e.Dtype), o.Hull[1].in(e.Dtype)))
		case o.Digits != "":
			t.add("truth", o.Digits)
			fallthrough
		default:
			t.add("rounded", fmt.Sprintf("%s = 0x%s", o.Rounded.in(e.Dtype), o.Bits))
		}
		t.add("reference", fmt.Sprintf("%s = 0x%s, %s", o.Reference.in(e.Dtype), o.ReferenceBits, off(float64(o.Ulp))))
		t.add("condition", short(float64(o.Kappa)))
		fmt.Fprintf(w, "\n%s\n%s", name, t.String())
	}
}

// off says how far a result is from the truth.
func off(ulp float64) string {
	switch {
	case math.IsNaN(ulp) || math.IsInf(ulp, 0):
		return "wrong"
	case ulp == 0:
		return "exact"
	}
	return fmt.Sprintf("error %+.3g ulp", ulp)
}

// writeJSON prints an object, indented, and a line feed.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
