//go:build linux || darwin

package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// A lock is a flock lock on a file. The kernel releases it when the process
// ends; children do not inherit it.
type lock struct{ f *os.File }

// openLock opens the file without locking it yet. It follows no symlink, as
// root works here in a directory that belongs to somebody else.
func openLock(path string, flags int) (*lock, error) {
	f, err := os.OpenFile(path, flags|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening a lock: %w", err)
	}
	return &lock{f}, nil
}

// try takes the lock in the way asked for, LOCK_SH or LOCK_EX, if it is free.
func (l *lock) try(how int) (bool, error) {
	for {
		err := syscall.Flock(int(l.f.Fd()), how|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, fmt.Errorf("locking %s: %w", l.f.Name(), err)
		}
	}
}

// wait takes the lock, waiting for it as long as ctx allows.
func (l *lock) wait(ctx context.Context, how int) error {
	for {
		got, err := l.try(how)
		if got || err != nil {
			return err
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return fmt.Errorf("waiting for %s, which another program holds: %w", l.f.Name(), err)
		}
	}
}

// release is safe on a lock that was never made.
func (l *lock) release() {
	if l != nil {
		l.f.Close() // which unlocks; nothing was written, so nothing can be lost
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
