package kernel

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// A Pool is a number of workers that share the blocks of a call. The goroutine that calls is
// one of them, and the others sleep between calls. Its calls give the same bits for any
// number of workers and allocate nothing. Several goroutines may use a pool; their calls
// follow one another.
type Pool struct {
	workers int
	asleep  chan struct{} // a token wakes a worker
	running sync.WaitGroup

	calls  sync.Mutex // one call at a time
	closed bool

	// work is held for writing while there is none, and by each worker for reading while it
	// takes part. It guards what follows.
	work   sync.RWMutex
	task   task
	first  int // block of the wave
	blocks int // of the wave
	grab   int // how many are taken at once
	next   atomic.Int64
	sums   [wave]accumulator

	single jobs[float32]
	double jobs[float64]
}

// jobs has a place for each kind of call in a dtype: a call must not allocate.
type jobs[T Float] struct {
	pointwise job[T]
	rows      rowJob[T]
	link      linkJob[T]
	boxes     boxJob[T]
}

func jobsOf[T Float](p *Pool) *jobs[T] {
	p.check()
	if j, ok := any(&p.single).(*jobs[T]); ok {
		return j
	}
	return any(&p.double).(*jobs[T])
}

// A task is work in blocks that may be done in any order and at the same time.
type task interface {
	do(block int, sum *accumulator)
}

const (
	wave  = 1024 // blocks whose sums a pool has room for; more are done in waves
	alone = 4    // blocks of stride elements, or as much work, that take less time than to wake somebody
)

// mostWorkers of a pool: more than any machine has, and few enough that their stacks fit.
const mostWorkers = 1 << 14

// NewPool starts the workers of a pool, which run until Close.
func NewPool(workers int) *Pool {
	if workers < 1 || workers > mostWorkers {
		panic(fmt.Sprintf("kernel: a pool of %d workers: want 1 to %d", workers, mostWorkers))
	}
	p := &Pool{workers: workers, asleep: make(chan struct{}, workers-1)}
	p.work.Lock()
	for range workers - 1 {
		p.running.Go(func() {
			for range p.asleep {
				p.work.RLock() // who comes too late waits here for the next wave
				p.share()
				p.work.RUnlock()
			}
		})
	}
	return p
}

// Workers is how many workers share a call.
func (p *Pool) Workers() int { return p.workers }

// Close ends the workers, after the call that they are in. A later call panics.
func (p *Pool) Close() {
	p.check()
	p.calls.Lock()
	defer p.calls.Unlock()
	if p.closed {
		return
	}
	p.closed = true
	close(p.asleep)
	p.work.Unlock()
	p.running.Wait()
}

func (p *Pool) check() {
	if p == nil || p.asleep == nil {
		panic("kernel: a Pool that NewPool has not made")
	}
}

// begin waits for the pool. It must be followed by end.
func (p *Pool) begin() {
	p.calls.Lock()
	if p.closed {
		p.calls.Unlock()
		panic("kernel: the pool is closed")
	}
}

func (p *Pool) end() { p.calls.Unlock() }

// runIn does a job in the pool, in its place there, and returns the sum. So many blocks, or
// fewer, are done alone.
func runIn[J any, P interface {
	*J
	task
}](pool *Pool, place P, j J, blocks, alone int) float64 {
	pool.begin()
	defer pool.end()
	*place = j
	var total accumulator
	pool.each(blocks, alone, place, &total)
	var none J
	*place = none
	return total.sum()
}

// each does the blocks of a task, and adds their sums in order to total. It runs between begin
// and end.
func (p *Pool) each(blocks, alone int, t task, total *accumulator) {
	for first := 0; first < blocks; first += wave {
		p.task, p.first, p.blocks = t, first, min(wave, blocks-first)
		p.grab = min(max(p.blocks/(16*p.workers), 1), 8)
		p.next.Store(0)
		p.work.Unlock()
		if p.blocks > alone {
			p.wake(min(p.workers, (p.blocks+p.grab-1)/p.grab) - 1)
		}
		p.share()
		p.work.Lock() // waits for the workers that take part
		for i := range p.blocks {
			total.merge(p.sums[i])
		}
	}
	p.task = nil
}

// wake wakes so many workers. Tokens that nobody has taken yet wake them as well.
func (p *Pool) wake(workers int) {
	for range workers {
		select {
		case p.asleep <- struct{}{}:
		default:
			return
		}
	}
}

// share does blocks until none is left.
func (p *Pool) share() {
	for {
		end := int(p.next.Add(int64(p.grab)))
		at := end - p.grab
		if at >= p.blocks {
			return
		}
		for b := at; b < min(end, p.blocks); b++ {
			p.sums[b] = accumulator{}
			p.task.do(p.first+b, &p.sums[b])
		}
	}
}
