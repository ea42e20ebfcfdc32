// Package roofline moves arrays through the processor by the plainest vector loop: it
// reads some, writes others, and does nothing else. No kernel that reads and writes
// the same arrays can be much faster, so that its time says how near a kernel is to
// the limit of the machine.
//
// It chooses no clever way: no prefetch, no stores past the cache, no second thread.
// The loops are assembly for amd64, made by _asm. There are none for other
// processors, nor under the tag purego: Tiers is empty there.
package roofline

//go:generate sh -c "cd _asm && go run . -out ../zloop_amd64.s -stubs ../zloop_amd64.go -pkg roofline"
