package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"tikaline/postgres/launch"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "testdb:", err)
	}
	os.Exit(code)
}

// run returns the command's exit code, and an error for what is no fault of the
// command's.
func run(args []string) (code int, err error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 2, errors.New("no command to run; for example: go run ./cmd/testdb -- go test all")
	}
	// Before the server starts, so that none of them can leave it running.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	type started struct {
		srv *launch.Server
		err error
	}
	starting := make(chan started, 1)
	go func() {
		log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
		srv, err := launch.Start(ctx, launch.Options{Throwaway: true, Log: log})
		starting <- started{srv, err}
	}()
	var s started
	select {
	case s = <-starting:
	case sig := <-signals:
		cancel()
		if s = <-starting; s.err == nil {
			err = s.srv.Stop(context.Background())
		}
		return exitCode(sig), errors.Join(fmt.Errorf("%s while starting Postgres", sig), err)
	}
	if s.err != nil {
		return 1, fmt.Errorf("starting a throw-away Postgres: %w", s.err)
	}
	defer func() {
		if stopErr := s.srv.Stop(context.Background()); stopErr != nil {
			err = errors.Join(err, stopErr)
			code = max(code, 1)
		}
	}()
	return beside(s.srv.URL(), args, signals)
}

// beside runs the command with the server's URL, and passes signals on to it.
func beside(url string, args []string, signals <-chan os.Signal) (int, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "TEST_DATABASE_URL="+url)
	if err := cmd.Start(); err != nil {
		return 127, fmt.Errorf("running %s: %w", args[0], err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		select {
		case sig := <-signals:
			cmd.Process.Signal(sig) // it may have ended just now, which is as well
		case err := <-done:
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				return 1, fmt.Errorf("running %s: %w", args[0], err)
			}
			if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
				return exitCode(status.Signal()), nil
			}
			return cmd.ProcessState.ExitCode(), nil
		}
	}
}

// exitCode returns what a shell reports for a program that a signal ended.
func exitCode(sig os.Signal) int {
	if s, ok := sig.(syscall.Signal); ok {
		return 128 + int(s)
	}
	return 1
}
