package kernel

// A ParallelRows is a Rowwise kernel whose calls the workers of a pool share. It has the
// methods of Rowwise, which give the same bits and the same errors. Its slices belong to the
// heap, since several goroutines write them. No row is split: one row is the work of one
// worker.
type ParallelRows[T Float] struct {
	kernel Rowwise[T]
	pool   *Pool
}

// On is the kernel with its calls shared by the workers of a pool.
func (p Rowwise[T]) On(pool *Pool) ParallelRows[T] { return ParallelRows[T]{p, pool} }

// Value is Rowwise.Value.
func (p ParallelRows[T]) Value(value, pred []T, label []int) error {
	p.kernel.check(pred, pred, value, label)
	_, err := p.run(value, nil, pred, label, 0)
	return err
}

// Sum is Rowwise.Sum.
func (p ParallelRows[T]) Sum(pred []T, label []int) (float64, error) {
	p.kernel.check(pred, pred, nil, label)
	return p.run(nil, nil, pred, label, 0)
}

// Grad is Rowwise.Grad.
func (p ParallelRows[T]) Grad(grad, pred []T, label []int, scale T) error {
	p.kernel.check(pred, grad, nil, label)
	_, err := p.run(nil, grad, pred, label, float64(scale))
	return err
}

// ValueGrad is Rowwise.ValueGrad.
func (p ParallelRows[T]) ValueGrad(value, grad, pred []T, label []int, scale T) error {
	p.kernel.check(pred, grad, value, label)
	_, err := p.run(value, grad, pred, label, float64(scale))
	return err
}

// SumGrad is Rowwise.SumGrad.
func (p ParallelRows[T]) SumGrad(grad, pred []T, label []int, scale T) (float64, error) {
	p.kernel.check(pred, grad, nil, label)
	return p.run(nil, grad, pred, label, float64(scale))
}

// Mean is Rowwise.Mean.
func (p ParallelRows[T]) Mean(over Denominator, pred []T, label []int) (float64, error) {
	p.kernel.check(pred, pred, nil, label)
	k, d, err := p.kernel.inRange(over, label)
	if err != nil {
		return 0, err
	}
	return p.mean(rowJob[T]{kernel: k, pred: pred, label: label}, d), nil
}

// MeanGrad is Rowwise.MeanGrad.
func (p ParallelRows[T]) MeanGrad(grad []T, over Denominator, pred []T, label []int) (float64, error) {
	p.kernel.check(pred, grad, nil, label)
	k, d, err := p.kernel.inRange(over, label)
	if err != nil {
		return 0, err
	}
	return p.mean(rowJob[T]{kernel: k, grad: grad, pred: pred, label: label}, d), nil
}

// ValueSoft is Rowwise.ValueSoft.
func (p ParallelRows[T]) ValueSoft(value, pred, target []T) {
	p.kernel.checkSoft(pred, target, pred, value)
	p.runSoft(value, nil, pred, target, 0)
}

// SumSoft is Rowwise.SumSoft.
func (p ParallelRows[T]) SumSoft(pred, target []T) float64 {
	p.kernel.checkSoft(pred, target, pred, nil)
	return p.runSoft(nil, nil, pred, target, 0)
}

// GradSoft is Rowwise.GradSoft.
func (p ParallelRows[T]) GradSoft(grad, pred, target []T, scale T) {
	p.kernel.checkSoft(pred, target, grad, nil)
	p.runSoft(nil, grad, pred, target, float64(scale))
}

// ValueGradSoft is Rowwise.ValueGradSoft.
func (p ParallelRows[T]) ValueGradSoft(value, grad, pred, target []T, scale T) {
	p.kernel.checkSoft(pred, target, grad, value)
	p.runSoft(value, grad, pred, target, float64(scale))
}

// SumGradSoft is Rowwise.SumGradSoft.
func (p ParallelRows[T]) SumGradSoft(grad, pred, target []T, scale T) float64 {
	p.kernel.checkSoft(pred, target, grad, nil)
	return p.runSoft(nil, grad, pred, target, float64(scale))
}

// MeanSoft is Rowwise.MeanSoft.
func (p ParallelRows[T]) MeanSoft(over Denominator, pred, target []T) float64 {
	p.kernel.checkSoft(pred, target, pred, nil)
	k, d := p.kernel.inRangeSoft(over, target)
	return p.mean(rowJob[T]{kernel: k, pred: pred, target: target}, d)
}

// MeanGradSoft is Rowwise.MeanGradSoft.
func (p ParallelRows[T]) MeanGradSoft(grad []T, over Denominator, pred, target []T) float64 {
	p.kernel.checkSoft(pred, target, grad, nil)
	k, d := p.kernel.inRangeSoft(over, target)
	return p.mean(rowJob[T]{kernel: k, grad: grad, pred: pred, target: target}, d)
}

// mean is rowJob.mean.
func (p ParallelRows[T]) mean(j rowJob[T], d float64) float64 {
	first, then := j.split(d)
	sum, lowered := p.share(first), 0
	if first.outOfRange(sum) {
		lowered = first.lower()
		sum = p.share(first)
	}
	if then.grad != nil {
		p.share(then)
	}
	return quotient(sum, d, lowered)
}

// run is Rowwise.run.
func (p ParallelRows[T]) run(value, grad, pred []T, label []int, scale float64) (float64, error) {
	if err := p.kernel.checkLabels(label); err != nil {
		return 0, err
	}
	return p.share(rowJob[T]{kernel: p.kernel, value: value, grad: grad, pred: pred, label: label, scale: scale}), nil
}

// runSoft is Rowwise.runSoft.
func (p ParallelRows[T]) runSoft(value, grad, pred, target []T, scale float64) float64 {
	return p.share(rowJob[T]{kernel: p.kernel, value: value, grad: grad, pred: pred, target: target, scale: scale})
}

func (p ParallelRows[T]) share(j rowJob[T]) float64 {
	c := j.cut()
	return runIn(p.pool, &jobsOf[T](p.pool).rows, j, c.pieces(), c.alone)
}

// A ParallelLink is a RowLink whose calls the workers of a pool share, as ParallelRows is of
// Rowwise.
type ParallelLink[T Float] struct {
	kernel RowLink[T]
	pool   *Pool
}

// On is the kernel with its calls shared by the workers of a pool.
func (p RowLink[T]) On(pool *Pool) ParallelLink[T] { return ParallelLink[T]{p, pool} }

// Value is RowLink.Value.
func (p ParallelLink[T]) Value(value, pred []T) {
	p.kernel.check(pred, value, pred)
	p.share(linkJob[T]{kernel: p.kernel, out: value, pred: pred})
}

// Grad is RowLink.Grad.
func (p ParallelLink[T]) Grad(grad, pred, upstream []T) {
	p.kernel.check(pred, upstream, grad)
	p.share(linkJob[T]{kernel: p.kernel, out: grad, pred: pred, upstream: upstream})
}

func (p ParallelLink[T]) share(j linkJob[T]) {
	c := j.cut()
	runIn(p.pool, &jobsOf[T](p.pool).link, j, c.pieces(), c.alone)
}
