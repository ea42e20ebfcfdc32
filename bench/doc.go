// Package bench says how fast the losses are, and how near the limit of the machine.
//
//	go test ./bench -run '^$' -bench 'loss=binary_cross_entropy_with_logits/.*/n=65536' -cpu 1 -count 10 | go tool benchstat -col /impl -
//
// A loss of one's own is timed beside ours, at the same inputs, by [Run]; lossproof bench prints ours without a line of Go.
//
// The benchmarks are named so that benchstat can slice them:
//
//	BenchmarkLoss/loss=…/op=…/dtype=…/impl=…/n=…
//	BenchmarkLoss/loss=…/op=…/dtype=…/impl=…/rows=…/classes=…
//
// with the parameters of a loss, where they are not the default, behind its name. An op
// is what is computed: value (of each element or row), sum, grad, or sum_grad, the sum
// with its gradient in one call, which is what a training step needs.
//
// # What it refuses to do
//
// It times nothing that is wrong. Every output is held to its true value at level 3
// before it is timed, and what the timed calls themselves wrote is held to it afterwards.
//
// It compares nothing across runs. The time of a machine means little; the ratio of two
// implementations in one run means much. So the implementation roofline, which only
// reads and writes the same arrays, runs beside the others, and the peers in bench/peers
// print the same format.
package bench
