// Package lcp makes a subject of a program in any language that speaks LCP/1 (PROTOCOL.md), and an
// adapter of a subject in Go.
//
// Exec starts a program; Serve answers for a subject. WriteRequests and ReadRecording are the same
// conversation through files.
//
// It holds no true value and judges no number. What a program does that no subject may do (it ends, it
// hangs, it writes what is no answer) is a subject.Fault of the call that caused it.
package lcp
