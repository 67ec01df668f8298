// Command tikaline is the one program: it serves every channel, moves the
// database on, brings data in and holds a conversation in the terminal.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"tikaline/cmd/tikaline/ops"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// What a request leaves behind is short-lived and the rest of the heap may
	// be small, so that garbage would be collected many times a second. Measured
	// in docs/performance.md; an operator who sets GOGC overrides it, and GOMEMLIMIT holds.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	err := run(ctx, os.Args[1:], ops.World{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now})
	if err != nil {
		fmt.Fprintln(os.Stderr, "tikaline:", err)
		os.Exit(1)
	}
}

// A program is the commands; its fields are their settings.
type program struct {
	Serve serveCommand `cmd:"" help:"Answer citizens: every channel that has a secret."`
	ops.Commands
}

// run is the whole program with what it touches handed in.
func run(ctx context.Context, args []string, w ops.World) error {
	w.Serve = run
	return ops.Run(ctx, &program{}, args, w)
}
