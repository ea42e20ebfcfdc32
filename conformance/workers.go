package conformance

import (
	"context"
	"sync"
	"sync/atomic"
)

// all judges every case, several at once. Each result has the place of its case, so
// that the report does not depend on the number of workers.
func (r *run) all(ctx context.Context) ([][]check, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		results = make([][]check, len(r.cases))
		next    atomic.Int64
		wait    sync.WaitGroup
		lock    sync.Mutex // of done, first and the progress function
		done    int
		first   error
	)
	for range min(r.atOnce(), len(r.cases)) {
		wait.Go(func() {
			for {
				k := int(next.Add(1)) - 1
				if k >= len(r.cases) {
					return
				}
				checks, err := r.judgeCase(ctx, r.cases[k])
				lock.Lock()
				if err != nil {
					if first == nil {
						first = err
					}
					lock.Unlock()
					cancel()
					return
				}
				results[k] = checks
				done++
				r.Progress(done, r.total())
				lock.Unlock()
			}
		})
	}
	wait.Wait()
	return results, first
}
