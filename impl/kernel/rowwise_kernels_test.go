package kernel

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// A rowCase is a kernel of rows, for any number of classes, with parameters that its code may
// tell apart.
type rowCase[T Float] struct {
	name   string // of the loss, its parameters, and what its targets are
	ignore *int   // rows with this label are ignored
	link   bool   // there are as many values as scores, and no targets
	forms  []rowForm[T]
}

// A rowBatch is what a kernel of rows is called with.
type rowBatch[T Float] struct {
	rows, classes int
	pred          []T
	label         []int
	other         []T // distributions, or for a link the numbers from upstream
	over          Denominator
	pool          *Pool // whose workers share the call; nil: none do
}

// values is how many values there are of a batch.
func (c *rowCase[T]) values(b *rowBatch[T]) int {
	if c.link {
		return len(b.pred)
	}
	return b.rows
}

// A rowForm is a method, and what it gives.
type rowForm[T Float] struct {
	name             string
	value, grad, sum bool
	mean             bool // sum and gradient are those of a mean
	specifies        bool // what it gives in Go is what others that give it are held to
	run              func(tier Tier, b *rowBatch[T], value, grad []T) float64
}

// rowwiseKernels is the list of the kernels of rows, as pointwiseKernels is that of the
// others. TestRowwiseKernels says where a constructor or a method is missing.
func rowwiseKernels[T Float]() []rowCase[T] {
	plain := func(int) RowOptions { return RowOptions{} }
	weighted := func(unit float64) func(classes int) RowOptions {
		return func(classes int) RowOptions {
			weight := make([]float64, classes)
			for k := range weight {
				weight[k] = unit * float64((k+1)%5) // 0 among them
			}
			return RowOptions{ClassWeight: weight}
		}
	}
	smoothed := func(o func(int) RowOptions, epsilon float64) func(classes int) RowOptions {
		return func(classes int) RowOptions {
			smoothed := o(classes)
			smoothed.LabelSmoothing = epsilon
			return smoothed
		}
	}
	const outside, aClass = -100, 0
	ignoring := func(o func(int) RowOptions, label int) func(classes int) RowOptions {
		return func(classes int) RowOptions {
			ignoring := o(classes)
			ignoring.IgnoreIndex = new(label)
			return ignoring
		}
	}
	crossEntropy := func(parameters string, o func(int) RowOptions) rowCase[T] {
		return labelCase(parameters, o, func(classes int) Rowwise[T] { return CrossEntropy[T](classes, o(classes)) })
	}
	distributions := func(parameters string, o func(int) RowOptions) rowCase[T] {
		return softCase(parameters, func(classes int) Rowwise[T] { return CrossEntropy[T](classes, o(classes)) })
	}
	focal := func(parameters string, gamma float64, o func(int) RowOptions) rowCase[T] {
		return labelCase(parameters, o, func(classes int) Rowwise[T] { return SoftmaxFocal[T](classes, gamma, o(classes)) })
	}
	return []rowCase[T]{
		crossEntropy("", plain),
		crossEntropy("ignore_index", ignoring(plain, outside)),
		crossEntropy("weight", weighted(0.35)),
		crossEntropy("weight=small,ignore_index=class", ignoring(weighted(0x1.1p-600), aClass)),
		crossEntropy("label_smoothing=0.1", smoothed(plain, 0.1)),
		crossEntropy("label_smoothing=0.1,ignore_index=class", ignoring(smoothed(plain, 0.1), aClass)),
		crossEntropy("label_smoothing=0.5", smoothed(plain, 0.5)),
		crossEntropy("weight,label_smoothing=0.1,ignore_index", ignoring(smoothed(weighted(0.35), 0.1), outside)),
		distributions("", plain),
		distributions("weight,label_smoothing=0.1", smoothed(weighted(0.35), 0.1)),
		distributions("weight=small", weighted(0x1.1p-600)),
		focal("gamma=0", 0, plain),
		focal("gamma=1", 1, plain),
		focal("gamma=2", 2, plain),
		focal("gamma=1.5", 1.5, plain),
		focal("gamma=2,alpha,ignore_index", 2, ignoring(weighted(0.35), outside)),
		focal("gamma=1.5,alpha,ignore_index=class", 1.5, ignoring(weighted(0.35), aClass)),
		linkCase(func(classes int) RowLink[T] { return Softmax[T](classes) }),
		linkCase(func(classes int) RowLink[T] { return LogSoftmax[T](classes) }),
	}
}

// rowwiseMethods are those of Rowwise and of ParallelRows.
type rowwiseMethods[T Float] interface {
	Value(value, pred []T, label []int) error
	Sum(pred []T, label []int) (float64, error)
	Grad(grad, pred []T, label []int, scale T) error
	ValueGrad(value, grad, pred []T, label []int, scale T) error
	SumGrad(grad, pred []T, label []int, scale T) (float64, error)
	Mean(over Denominator, pred []T, label []int) (float64, error)
	MeanGrad(grad []T, over Denominator, pred []T, label []int) (float64, error)
	ValueSoft(value, pred, target []T)
	SumSoft(pred, target []T) float64
	GradSoft(grad, pred, target []T, scale T)
	ValueGradSoft(value, grad, pred, target []T, scale T)
	SumGradSoft(grad, pred, target []T, scale T) float64
	MeanSoft(over Denominator, pred, target []T) float64
	MeanGradSoft(grad []T, over Denominator, pred, target []T) float64
}

// rowwiseOf is a kernel in a tier, and in the pool of a batch.
func rowwiseOf[T Float](kernel func(classes int) Rowwise[T], tier Tier, b *rowBatch[T]) rowwiseMethods[T] {
	k := kernel(b.classes).In(tier)
	if b.pool == nil {
		return k
	}
	return k.On(b.pool)
}

// linkMethods are those of RowLink and of ParallelLink.
type linkMethods[T Float] interface {
	Value(value, pred []T)
	Grad(grad, pred, upstream []T)
}

// linkOf is rowwiseOf for a link.
func linkOf[T Float](kernel func(classes int) RowLink[T], tier Tier, b *rowBatch[T]) linkMethods[T] {
	k := kernel(b.classes).In(tier)
	if b.pool == nil {
		return k
	}
	return k.On(b.pool)
}

func rowCaseName[T Float](kernel, parameters string) string {
	return strings.TrimSuffix(fmt.Sprintf("%s/dtype=%s/%s", kernel, dtypeName[T](), parameters), "/")
}

// labelCase has the methods for labels.
func labelCase[T Float](parameters string, o func(int) RowOptions, kernel func(classes int) Rowwise[T]) rowCase[T] {
	type batch = *rowBatch[T]
	of := func(tier Tier, b batch) rowwiseMethods[T] { return rowwiseOf(kernel, tier, b) }
	valid := func(sum float64, err error) float64 {
		if err != nil {
			panic(err)
		}
		return sum
	}
	return rowCase[T]{name: rowCaseName[T](kernel(1).loss.name, parameters), ignore: o(1).IgnoreIndex, forms: []rowForm[T]{
		{name: "Value", value: true, run: func(tier Tier, b batch, value, _ []T) float64 {
			return valid(0, of(tier, b).Value(value, b.pred, b.label))
		}},
		{name: "Sum", sum: true, specifies: true, run: func(tier Tier, b batch, _, _ []T) float64 {
			return valid(of(tier, b).Sum(b.pred, b.label))
		}},
		{name: "Grad", grad: true, run: func(tier Tier, b batch, _, grad []T) float64 {
			return valid(0, of(tier, b).Grad(grad, b.pred, b.label, testScale))
		}},
		{name: "ValueGrad", value: true, grad: true, specifies: true, run: func(tier Tier, b batch, value, grad []T) float64 {
			return valid(0, of(tier, b).ValueGrad(value, grad, b.pred, b.label, testScale))
		}},
		{name: "SumGrad", grad: true, sum: true, run: func(tier Tier, b batch, _, grad []T) float64 {
			return valid(of(tier, b).SumGrad(grad, b.pred, b.label, testScale))
		}},
		{name: "Mean", sum: true, mean: true, run: func(tier Tier, b batch, _, _ []T) float64 {
			return valid(of(tier, b).Mean(b.over, b.pred, b.label))
		}},
		{name: "MeanGrad", grad: true, sum: true, mean: true, specifies: true, run: func(tier Tier, b batch, _, grad []T) float64 {
			return valid(of(tier, b).MeanGrad(grad, b.over, b.pred, b.label))
		}},
	}}
}

// softCase has the methods for distributions.
func softCase[T Float](parameters string, kernel func(classes int) Rowwise[T]) rowCase[T] {
	type batch = *rowBatch[T]
	of := func(tier Tier, b batch) rowwiseMethods[T] { return rowwiseOf(kernel, tier, b) }
	return rowCase[T]{name: rowCaseName[T](kernel(1).loss.name, strings.TrimSuffix("distributions,"+parameters, ",")), forms: []rowForm[T]{
		{name: "ValueSoft", value: true, run: func(tier Tier, b batch, value, _ []T) float64 {
			of(tier, b).ValueSoft(value, b.pred, b.other)
			return 0
		}},
		{name: "SumSoft", sum: true, specifies: true, run: func(tier Tier, b batch, _, _ []T) float64 {
			return of(tier, b).SumSoft(b.pred, b.other)
		}},
		{name: "GradSoft", grad: true, run: func(tier Tier, b batch, _, grad []T) float64 {
			of(tier, b).GradSoft(grad, b.pred, b.other, testScale)
			return 0
		}},
		{name: "ValueGradSoft", value: true, grad: true, specifies: true, run: func(tier Tier, b batch, value, grad []T) float64 {
			of(tier, b).ValueGradSoft(value, grad, b.pred, b.other, testScale)
			return 0
		}},
		{name: "SumGradSoft", grad: true, sum: true, run: func(tier Tier, b batch, _, grad []T) float64 {
			return of(tier, b).SumGradSoft(grad, b.pred, b.other, testScale)
		}},
		{name: "MeanSoft", sum: true, mean: true, run: func(tier Tier, b batch, _, _ []T) float64 {
			return of(tier, b).MeanSoft(b.over, b.pred, b.other)
		}},
		{name: "MeanGradSoft", grad: true, sum: true, mean: true, specifies: true, run: func(tier Tier, b batch, _, grad []T) float64 {
			return of(tier, b).MeanGradSoft(grad, b.over, b.pred, b.other)
		}},
	}}
}

// linkCase has the methods of a link.
func linkCase[T Float](kernel func(classes int) RowLink[T]) rowCase[T] {
	type batch = *rowBatch[T]
	return rowCase[T]{name: rowCaseName[T](kernel(1).name, ""), link: true, forms: []rowForm[T]{
		{name: "Value", value: true, specifies: true, run: func(tier Tier, b batch, value, _ []T) float64 {
			linkOf(kernel, tier, b).Value(value, b.pred)
			return 0
		}},
		{name: "Grad", grad: true, specifies: true, run: func(tier Tier, b batch, _, grad []T) float64 {
			linkOf(kernel, tier, b).Grad(grad, b.pred, b.other)
			return 0
		}},
	}}
}

// TestRowwiseKernels_HaveEveryConstructor: what makes a kernel is called where kernels are
// listed.
func TestRowwiseKernels_HaveEveryConstructor(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	constructors, called := map[string]string{}, map[string]bool{}
	for _, file := range files {
		for _, declaration := range parseGo(t, file).Decls {
			f, ok := declaration.(*ast.FuncDecl)
			switch {
			case !ok || f.Recv != nil:
			case f.Name.Name == "pointwiseKernels" || f.Name.Name == "rowwiseKernels":
				ast.Inspect(f, func(n ast.Node) bool {
					if call, ok := n.(*ast.IndexExpr); ok {
						called[fmt.Sprint(call.X)] = true
					}
					return true
				})
			case f.Name.IsExported() && f.Type.Results.NumFields() == 1:
				if result, ok := f.Type.Results.List[0].Type.(*ast.IndexExpr); ok {
					switch kind := fmt.Sprint(result.X); kind {
					case "Pointwise", "Rowwise", "RowLink":
						constructors[f.Name.Name] = kind
					}
				}
			}
		}
	}
	if len(constructors) == 0 {
		t.Fatal("no constructors found")
	}
	for name, kind := range constructors {
		if !called[name] {
			t.Errorf("%s makes a %s, which no list of the tests has", name, kind)
		}
	}
}

// TestRowwiseKernels_HaveEveryForm: each method but In and On is a form, alone and in a pool, and what a form gives, one
// form specifies.
func TestRowwiseKernels_HaveEveryForm(t *testing.T) {
	forms := map[bool]map[string]bool{false: {}, true: {}} // of losses and of links
	for _, c := range rowwiseKernels[float32]() {
		type result struct {
			what string
			mean bool
		}
		given, specified := map[result]bool{}, map[result]int{}
		for _, f := range c.forms {
			forms[c.link][f.name] = true
			for what, gives := range map[string]bool{"value": f.value, "grad": f.grad, "sum": f.sum} {
				if gives {
					given[result{what, f.mean}] = true
				}
				if gives && f.specifies {
					specified[result{what, f.mean}]++
				}
			}
		}
		for r := range given {
			if specified[r] != 1 {
				t.Errorf("%s: %d forms specify %+v", c.name, specified[r], r)
			}
		}
	}
	for link, kinds := range map[bool][]reflect.Type{
		false: {reflect.TypeFor[Rowwise[float32]](), reflect.TypeFor[ParallelRows[float32]](), reflect.TypeFor[rowwiseMethods[float32]]()},
		true:  {reflect.TypeFor[RowLink[float32]](), reflect.TypeFor[ParallelLink[float32]](), reflect.TypeFor[linkMethods[float32]]()},
	} {
		for _, kind := range kinds {
			has := 0
			for i := range kind.NumMethod() {
				switch name := kind.Method(i).Name; {
				case name == "In" || name == "On":
				case !forms[link][name]:
					t.Errorf("%s of %s is no form", name, kind)
				default:
					has++
				}
			}
			if has != len(forms[link]) {
				t.Errorf("%s has %d of %d forms", kind, has, len(forms[link]))
			}
		}
	}
}
