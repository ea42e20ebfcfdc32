package kernel

// A Parallel is a Pointwise kernel whose calls the workers of a pool share. It has the
// methods of Pointwise, which give the same bits. Its slices belong to the heap, since
// several goroutines write them.
type Parallel[T Float] struct {
	kernel Pointwise[T]
	pool   *Pool
}

// On is the kernel with its calls shared by the workers of a pool.
func (p Pointwise[T]) On(pool *Pool) Parallel[T] { return Parallel[T]{p, pool} }

// Value is Pointwise.Value.
func (p Parallel[T]) Value(value, pred, target []T) {
	p.kernel.check(pred, target, value, pred)
	p.run(job[T]{form: p.kernel.forms().value, pred: pred, target: target, value: value})
}

// Sum is Pointwise.Sum.
func (p Parallel[T]) Sum(pred, target []T) float64 {
	p.kernel.check(pred, target, pred, pred)
	return p.run(job[T]{form: p.kernel.forms().value, pred: pred, target: target, summed: true})
}

// Grad is Pointwise.Grad.
func (p Parallel[T]) Grad(grad, pred, target []T, scale T) {
	p.kernel.check(pred, target, pred, grad)
	p.kernel.setScale(scale)
	p.run(job[T]{form: p.kernel.forms().grad, pred: pred, target: target, grad: grad})
}

// ValueGrad is Pointwise.ValueGrad.
func (p Parallel[T]) ValueGrad(value, grad, pred, target []T, scale T) {
	p.kernel.check(pred, target, value, grad)
	p.kernel.setScale(scale)
	p.run(job[T]{form: p.kernel.forms().valueGrad, pred: pred, target: target, value: value, grad: grad})
}

// SumGrad is Pointwise.SumGrad.
func (p Parallel[T]) SumGrad(grad, pred, target []T, scale T) float64 {
	p.kernel.check(pred, target, pred, grad)
	p.kernel.setScale(scale)
	return p.run(job[T]{form: p.kernel.forms().valueGrad, pred: pred, target: target, grad: grad, summed: true})
}

// Mean is Pointwise.Mean.
func (p Parallel[T]) Mean(pred, target []T) float64 {
	return p.kernel.mean(p.Sum(pred, target), pred, target)
}

// MeanGrad is Pointwise.MeanGrad.
func (p Parallel[T]) MeanGrad(grad, pred, target []T) float64 {
	scale := T(1 / float64(len(pred)))
	if meanFirst(grad, pred, target) {
		mean := p.Mean(pred, target)
		p.Grad(grad, pred, target, scale)
		return mean
	}
	return p.kernel.mean(p.SumGrad(grad, pred, target, scale), pred, target)
}

// run does a job in the pool.
func (p Parallel[T]) run(j job[T]) float64 {
	j.kernel = p.kernel
	return runIn(p.pool, &jobsOf[T](p.pool).pointwise, j, blocks(len(j.pred)), alone)
}
