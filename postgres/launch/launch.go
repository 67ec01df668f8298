package launch

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
)

// Options choose the server to start. The zero value is the durable server in
// the default directory.
type Options struct {
	// Dir is the directory of the server's files. With Throwaway it is the
	// directory in which a temporary one is made, and may be "".
	Dir string
	// Throwaway asks for a fresh server that is quick because it forgets: for
	// tests, never for data.
	Throwaway bool
	// Log logs what happens; nil logs nothing.
	Log *slog.Logger
	// Getenv replaces os.Getenv; nil is os.Getenv.
	Getenv func(string) string
}

var (
	// ErrNoPostgres is returned when there is no Postgres and none could be
	// installed. Its message says how to provide one.
	ErrNoPostgres = errors.New("no Postgres found")
	// ErrOtherMajor is returned for data that another major version of
	// Postgres wrote. The data was not touched.
	ErrOtherMajor = errors.New("data of another major version of Postgres")
)

// A Server is a running Postgres that answers at its URL.
type Server struct {
	// Adopted reports whether the server was running already.
	Adopted bool
	// Version is the binaries' version, such as 15.18.
	Version string
	// BinDir holds the binaries, psql perhaps not among them.
	BinDir string
	// DataDir is the server's data directory.
	DataDir string

	url  string
	stop func(context.Context) error

	mu      sync.Mutex
	stopped bool
}

// Start returns a server that accepts connections: the one that runs in the
// directory already, or else a new one.
func Start(ctx context.Context, opts Options) (*Server, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Getenv == nil {
		opts.Getenv = os.Getenv
	}
	return newLauncher(opts).start(ctx)
}

// URL returns a connection string for the server's own database, tikaline, as a
// superuser.
func (s *Server) URL() string { return s.url }

// Stop stops the server, unless another program uses it too, and removes the
// files of a throw-away server. Once it has succeeded, further calls do
// nothing. Where ctx ends first the server may still be on its way down.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	if err := s.stop(ctx); err != nil {
		return err
	}
	s.stopped = true
	return nil
}
