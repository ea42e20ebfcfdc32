package mutants

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// inState remember what they should not, or share what they should not.
func inState() []adversary {
	const vectors = "vectors are asked one after another, and each is asked again at once"
	at := func(name, mechanism string, fits func(l *loss.Loss) bool, d Defect, on ...Switch) adversary {
		return adversary{name: name, museum: "O17", mechanism: mechanism, of: one(fits, d, on...), onlyLaws: vectors}
	}
	return []adversary{
		at("every-100th-call", "every 100th call is answered wrongly", anyLoss, wrongValue, EveryCall(100)),
		at("every-65536th-call", "every 65,536th call is answered wrongly, as where a counter of 16 bits begins again", anyLoss, wrongValue, EveryCall(1<<16)),
		at("first-call", "the first call is answered wrongly, before a table is filled", anyLoss, wrongValue, func(at Place) bool { return at.Call == 1 }),
		at("cached-by-head", "a call that differs from the last one behind number 8 only has the answer of that", anyLoss, cachedBy(head)),
		at("cached-by-shape-and-ends", "a call with the shape of the last one, its first and its last number, has the answer of that", anyLoss, cachedBy(ends)),
		at("a-b-a", "a call that was asked before the last one has the answer of the last one", anyLoss, lateByOne),
		at("parameters-kept", "a call without parameters has those of the last one", func(l *loss.Loss) bool { return len(l.Params) > 0 }, parametersKept),
		at("weights-kept", "a call without sample weights has those of the last one with as many items", reducible, weightsKept),
		at("shared-between-goroutines", "a call that is made beside another is answered with that one's workspace", anyLoss, shared),
	}
}

// remembering is a right implementation with the last call that had an answer, and that answer. recall says what to
// answer now; nil: what is right.
func remembering(recall func(c, last *loss.Call, answer *subject.Answer) *subject.Answer) Defect {
	return Around(func(right Eval) Eval {
		var lock sync.Mutex
		var last *loss.Call
		var answer *subject.Answer
		return func(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
			lock.Lock()
			defer lock.Unlock()
			if last != nil {
				if a := recall(c, last, answer); a != nil {
					return copied(a), nil
				}
			}
			a, err := right(ctx, c)
			if err == nil {
				last, answer = copyOf(c), copied(a)
			}
			return a, err
		}
	})
}

// cachedBy recalls the last answer for a call that looks like the last one to somebody who reads a part of
// each input only.
func cachedBy(part func(xs []float64) []float64) Defect {
	look := func(c *loss.Call) string {
		d := *c
		d.Pred, d.Target, d.Weight, d.Upstream = part(c.Pred), part(c.Target), part(c.Weight), part(c.Upstream)
		return fmt.Sprint(d)
	}
	return remembering(func(c, last *loss.Call, a *subject.Answer) *subject.Answer {
		if look(c) == look(last) {
			return a
		}
		return nil
	})
}

func head(xs []float64) []float64 { return xs[:min(8, len(xs))] }

func ends(xs []float64) []float64 { return slices.Concat(xs[:min(1, len(xs))], xs[max(0, len(xs)-1):]) }

// lateByOne answers a call that it has seen two calls ago from the buffer of the last one.
var lateByOne = Around(func(right Eval) Eval {
	var lock sync.Mutex
	var before, last string
	var answer *subject.Answer
	return func(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
		lock.Lock()
		defer lock.Unlock()
		a, err := right(ctx, c)
		if err != nil {
			return a, err
		}
		now := fmt.Sprint(*c)
		stale := now == before && now != last && len(answer.Value) == len(a.Value) && len(answer.Grad) == len(a.Grad)
		before, last = last, now
		if stale {
			return copied(answer), nil
		}
		answer = copied(a)
		return a, nil
	}
})

// parametersKept gives a call without parameters those of the last one.
var parametersKept = Around(func(right Eval) Eval {
	var kept atomic.Pointer[loss.Call]
	return func(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
		if last := kept.Load(); last != nil && len(c.Params) == 0 {
			d := *c
			d.Params = last.Params
			if _, err := d.Plan(); err == nil {
				return right(ctx, &d)
			}
		}
		if len(c.Params) > 0 {
			kept.Store(copyOf(c))
		}
		return right(ctx, c)
	}
})

// weightsKept gives a call without sample weights those of the last one with as many.
var weightsKept = Around(func(right Eval) Eval {
	var kept atomic.Pointer[loss.Call]
	return func(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
		if last := kept.Load(); last != nil && c.Weight == nil && len(c.Pred) == len(last.Pred) {
			d := *c
			d.Weight = last.Weight
			if _, err := d.Plan(); err == nil {
				return right(ctx, &d)
			}
		}
		if c.Weight != nil {
			kept.Store(copyOf(c))
		}
		return right(ctx, c)
	}
})

// shared has one workspace for whoever calls. It is given up in the middle of a call, as happens to any that is long
// enough; whoever finds it taken by another call reads what that one has left there.
var shared = Around(func(right Eval) Eval {
	var inside atomic.Int64
	return func(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
		inside.Add(1)
		defer inside.Add(-1)
		for range 8 {
			runtime.Gosched()
		}
		a, err := right(ctx, c)
		if err == nil && inside.Load() > 1 {
			a = copied(a)
			off(a.Value, slight)
		}
		return a, err
	}
})

func copied(a *subject.Answer) *subject.Answer {
	return &subject.Answer{Value: slices.Clone(a.Value), Grad: slices.Clone(a.Grad)}
}

// copyOf is a call that does not change when the memory of the other is used again.
func copyOf(c *loss.Call) *loss.Call {
	d := *c
	d.Params = loss.Params{}
	for name, v := range c.Params {
		d.Params[name] = slices.Clone(v)
	}
	d.Pred, d.Target, d.Label = slices.Clone(c.Pred), slices.Clone(c.Target), slices.Clone(c.Label)
	d.Weight, d.Upstream = slices.Clone(c.Weight), slices.Clone(c.Upstream)
	return &d
}
