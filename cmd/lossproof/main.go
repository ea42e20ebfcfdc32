package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	context.AfterFunc(ctx, stop)                            // a second one ends the process
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // a closed pipe is an error to be told, not the end
	if os.Getenv("GOGC") == "" {                            // what a check makes is garbage when it ends
		debug.SetGCPercent(400)
	}
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// endings are the signals that end the command in good order; one that its parent ignores, as nohup does, is none.
func endings() (signals []os.Signal) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(s) {
			signals = append(signals, s)
		}
	}
	return signals
}
