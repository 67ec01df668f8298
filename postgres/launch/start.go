//go:build linux || darwin

package launch

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// A launcher is one call of Start. Tests change where it looks.
type launcher struct {
	Options
	usual    []string
	installs []install
	cache    func() (string, error) // the directory that npm's binaries are under
}

func newLauncher(opts Options) *launcher {
	l := &launcher{Options: opts, usual: usualDirs}
	l.installs = []install{
		{"Debian's package", func(ctx context.Context) ([]string, error) { return l.apt(ctx, "/etc") }},
		{"npm", l.npm},
	}
	l.cache = l.base
	if opts.Throwaway {
		// With the durable server, not in what will be deleted.
		l.cache = (&launcher{Options: Options{Getenv: opts.Getenv}}).base
	}
	return l
}

// start leaves nothing of its own running if it fails.
func (l *launcher) start(ctx context.Context) (*Server, error) {
	if l.Throwaway {
		return l.startThrowaway(ctx)
	}
	base, err := l.base()
	if err != nil {
		return nil, err
	}
	home := filepath.Join(base, "postgres")
	acc, err := accountFor(home)
	if err != nil {
		return nil, err
	}
	if err := makeHome(home, acc); err != nil {
		return nil, err
	}
	starting, users, err := l.locks(ctx, home)
	if err != nil {
		return nil, err
	}
	defer starting.release()
	c, srv, err := l.startIn(ctx, home, acc)
	if err != nil {
		users.release()
		return nil, err
	}
	srv.stop = func(ctx context.Context) error { return l.stop(ctx, c, users) }
	return srv, nil
}

// locks takes two locks: starting, so that one program at a time starts, stops
// or adopts, and users, which marks the server as in use as long as we live.
func (l *launcher) locks(ctx context.Context, home string) (starting, users *lock, err error) {
	starting, err = openLock(filepath.Join(home, "start.lock"), os.O_CREATE)
	if err == nil {
		err = starting.wait(ctx, syscall.LOCK_EX)
	}
	if err == nil {
		users, err = openLock(filepath.Join(home, "users.lock"), os.O_CREATE)
	}
	if err == nil {
		// A program that stops the server holds it exclusively for a moment.
		err = users.wait(ctx, syscall.LOCK_SH)
	}
	if err != nil {
		starting.release()
		users.release()
		return nil, nil, err
	}
	return starting, users, nil
}

// startIn adopts or starts a server in a directory whose locks we hold.
func (l *launcher) startIn(ctx context.Context, home string, acc account) (*cluster, *Server, error) {
	c, err := l.cluster(ctx, home, acc)
	if err != nil {
		return nil, nil, err
	}
	port, err := l.adopt(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	adopted := port != 0
	if !adopted {
		if port, err = l.startNew(ctx, c); err != nil {
			return nil, nil, err
		}
	}
	if err := ensureDatabase(ctx, port); err != nil {
		if !adopted {
			err = errors.Join(err, c.abandon(ctx))
		}
		return nil, nil, err
	}
	l.Log.Info("private Postgres is up", "version", c.bin.version, "dir", c.data(), "port", port, "adopted", adopted)
	return c, &Server{
		Adopted: adopted, Version: c.bin.version, BinDir: c.bin.dir, DataDir: c.data(),
		url: url(port, superuser),
	}, nil
}

// cluster finds binaries that suit the data, and makes data if there is none.
func (l *launcher) cluster(ctx context.Context, home string, acc account) (*cluster, error) {
	c := &cluster{acc: acc, home: home, throwaway: l.Throwaway, ours: true}
	major, err := majorOf(c.data())
	if err != nil {
		return nil, err
	}
	if c.bin, err = l.find(ctx, acc, major); err != nil {
		return nil, err
	}
	c.env = l.toolEnv(c.bin.dir)
	if major == 0 {
		return c, c.init(ctx)
	}
	return c, nil
}

// adopt returns the port of the server that runs in the directory already, or
// zero, after which one may be started.
func (l *launcher) adopt(ctx context.Context, c *cluster) (port int, err error) {
	var last error
	for end := time.Now().Add(10 * time.Minute); time.Now().Before(end); {
		up, err := c.running(ctx)
		if err != nil {
			return 0, err
		}
		p, err := readPostmaster(c.data())
		if err != nil {
			return 0, err
		}
		if !up || p.pid == 0 {
			return 0, nil
		}
		if stale(ctx, p.pid, c.data()) {
			l.Log.Warn("removing a stale postmaster.pid, whose number another process has now", "pid", p.pid)
			if err := os.Remove(filepath.Join(c.data(), "postmaster.pid")); err != nil {
				return 0, fmt.Errorf("removing a stale postmaster.pid: %w", err)
			}
			return 0, nil
		}
		// It may be recovering from a crash, or shutting down.
		if p.port != 0 {
			same, ours, err := ask(ctx, p.port, c.data())
			if same {
				c.ours = ours
				return p.port, nil
			}
			last = err
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return 0, fmt.Errorf("waiting for the server that runs in %s: %w", c.data(), errors.Join(err, last))
		}
	}
	return 0, fmt.Errorf("the server that runs in %s does not answer: %w", c.data(), last)
}

// startNew starts the server on a free port below 32768, above which systems
// hand out ports to outgoing connections.
func (l *launcher) startNew(ctx context.Context, c *cluster) (int, error) {
	const first, span, attempts = 20000, 12000, 200
	// A directory tends to get the same port again, so that a psql history
	// stays valid.
	h := fnv.New32a()
	io.WriteString(h, c.home) // a hash does not fail
	for i := range attempts {
		port := first + (int(h.Sum32()%span)+i)%span
		if !free(port) {
			continue
		}
		err := c.up(ctx, port)
		if err == nil {
			return port, nil
		}
		if err := errors.Join(err, c.abandon(ctx)); ctx.Err() != nil || free(port) {
			return 0, fmt.Errorf("starting Postgres: %w", err)
		}
		l.Log.Warn("somebody else took the port, trying the next", "port", port)
	}
	return 0, fmt.Errorf("starting Postgres: none of %d ports tried is free", attempts)
}

// abandon stops a server that we began to start.
func (c *cluster) abandon(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return c.down(ctx, "immediate")
}

func free(port int) bool {
	ln, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	ln.Close()
	return true
}

// stop stops the durable server if no other program uses it.
func (l *launcher) stop(ctx context.Context, c *cluster, users *lock) error {
	starting, err := openLock(filepath.Join(c.home, "start.lock"), os.O_CREATE)
	if err != nil {
		return err
	}
	defer starting.release()
	if err := starting.wait(ctx, syscall.LOCK_EX); err != nil {
		return err
	}
	alone, err := users.try(syscall.LOCK_EX)
	if err != nil {
		return err
	}
	if c.ours && alone {
		if err := c.down(ctx, "fast"); err != nil {
			return fmt.Errorf("stopping Postgres: %w", err)
		}
		l.Log.Info("private Postgres is down", "dir", c.data())
	} else {
		l.Log.Info("leaving the private Postgres to others", "dir", c.data())
	}
	users.release()
	return nil
}
