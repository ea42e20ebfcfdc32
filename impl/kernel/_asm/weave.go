package main

// weave emits bodies that know nothing of each other instruction by instruction in turn, so
// that a processor finds independent work close by: the chain of operations of one vector
// is longer than what a scheduler looks ahead. Each body is a goroutine, and one runs at a
// time, up to its next new register. A body emits what belongs together without one.
func (m *machine) weave(bodies []func(*machine)) {
	if len(bodies) == 1 {
		bodies[0](m)
		return
	}
	stopped := make(chan bool) // whether the body that runs has ended
	var alive []chan struct{}
	for _, body := range bodies {
		run := make(chan struct{})
		own := *m
		own.turn = func() { stopped <- false; <-run }
		go func() { <-run; body(&own); stopped <- true }()
		alive = append(alive, run)
	}
	for i := 0; len(alive) > 0; i++ {
		i %= len(alive)
		alive[i] <- struct{}{}
		if <-stopped {
			alive = append(alive[:i], alive[i+1:]...)
			i--
		}
	}
}
