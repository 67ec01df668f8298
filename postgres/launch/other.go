//go:build !linux && !darwin

package launch

import (
	"context"
	"errors"
)

// The launcher needs flock, process credentials and a shell.

type launcher struct{}

func newLauncher(Options) *launcher { return &launcher{} }

func (*launcher) start(context.Context) (*Server, error) {
	return nil, errors.New("a private Postgres is started on Linux and macOS only: set DATABASE_URL")
}
