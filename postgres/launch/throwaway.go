//go:build linux || darwin

package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const throwawayPrefix = "tikaline-throwaway-"

// startThrowaway starts a fresh server in a temporary directory.
func (l *launcher) startThrowaway(ctx context.Context) (*Server, error) {
	acc, err := accountFor("")
	if err != nil {
		return nil, err
	}
	dir, err := l.tempRoot(acc)
	if err != nil {
		return nil, err
	}
	home, users, err := throwawayHome(dir, acc)
	if err != nil {
		return nil, err
	}
	c, srv, err := l.startIn(ctx, home, acc)
	if err != nil {
		err = errors.Join(err, os.RemoveAll(home))
		users.release()
		return nil, err
	}
	stop := func(ctx context.Context) error {
		if err := c.down(ctx, "immediate"); err != nil {
			return fmt.Errorf("stopping the throw-away server: %w", err)
		}
		err := os.RemoveAll(home)
		users.release()
		if err != nil {
			return fmt.Errorf("removing the throw-away server: %w", err)
		}
		return nil
	}
	dismiss, err := watchdog(c)
	if err != nil {
		return nil, errors.Join(err, stop(context.WithoutCancel(ctx)))
	}
	srv.stop = func(ctx context.Context) error {
		if err := stop(ctx); err != nil {
			return err
		}
		dismiss()
		return nil
	}
	l.reap(ctx, dir, c)
	return srv, nil
}

// tempRoot returns a temporary directory that the account can reach. Root's own
// TMPDIR need not be.
func (l *launcher) tempRoot(acc account) (string, error) {
	if l.Dir != "" {
		dir, err := filepath.Abs(l.Dir)
		if err != nil {
			return "", fmt.Errorf("choosing a temporary directory: %w", err)
		}
		return dir, acc.reach(dir)
	}
	dirs := []string{l.Getenv("TMPDIR"), "/tmp", "/var/tmp"}
	if !filepath.IsAbs(dirs[0]) {
		dirs[0] = memory
	}
	var errs []error
	for _, dir := range dirs {
		if dir == memory && !roomy(dir) {
			continue
		}
		_, err := os.Stat(dir)
		if err == nil {
			err = acc.reach(dir)
		}
		if err == nil {
			return dir, nil
		}
		errs = append(errs, err)
	}
	return "", fmt.Errorf("choosing a temporary directory: %w", errors.Join(errs...))
}

// memory is a directory that Linux keeps in memory. A test's database is some
// 300 files that live for a second, which on a disk's file system takes ten
// times as long.
const memory = "/dev/shm"

// roomy reports whether it has room for a server and everyone's tests. In a
// container it often has not.
func roomy(dir string) bool {
	const enough = 4 << 30
	var st syscall.Statfs_t
	return syscall.Statfs(dir, &st) == nil && uint64(st.Bavail)*uint64(st.Bsize) >= enough
}

// throwawayHome makes the directory and takes its lock before it bears the name
// that reap looks for.
func throwawayHome(dir string, acc account) (string, *lock, error) {
	tmp, err := os.MkdirTemp(dir, "tikaline-new-*")
	if err != nil {
		return "", nil, fmt.Errorf("making a temporary directory: %w", err)
	}
	users, err := openLock(filepath.Join(tmp, "users.lock"), os.O_CREATE)
	if err == nil {
		_, err = users.try(syscall.LOCK_EX)
	}
	if err == nil {
		err = os.Lchown(tmp, int(acc.uid), int(acc.gid))
	}
	home := filepath.Join(dir, throwawayPrefix+filepath.Base(tmp)[len("tikaline-new-"):])
	if err == nil {
		err = os.Rename(tmp, home)
	}
	if err != nil {
		users.release()
		return "", nil, fmt.Errorf("making a temporary directory: %w", errors.Join(err, os.RemoveAll(tmp)))
	}
	return home, users, nil
}

// watchdog makes sure that the server stops when this process ends, even by
// kill -9: a shell waits for the end of a pipe which only this process holds
// open. After dismiss it has nothing left to do.
func watchdog(c *cluster) (dismiss func(), err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("starting the watchdog: %w", err)
	}
	defer r.Close()
	cmd := exec.Command("/bin/sh", "-c",
		`read -r _; "$1" stop -D "$2" -m immediate -w -t 30; cd /; rm -rf "$3"`,
		"sh", filepath.Join(c.bin.dir, "pg_ctl"), c.data(), c.home)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = "/", c.env, c.acc.attr()
	// The rest of its output is /dev/null: go test waits for every process that
	// holds its own.
	cmd.Stdin = r
	if err := cmd.Start(); err != nil {
		w.Close()
		return nil, fmt.Errorf("starting the watchdog: %w", err)
	}
	return func() {
		io.WriteString(w, "\n") // it also ends without
		w.Close()
		cmd.Wait() // its exit code tells us nothing new
	}, nil
}

// reap removes throw-away servers whose watchdog died with them, as happens
// when a whole container is killed. It knows them by a lock that nobody holds.
func (l *launcher) reap(ctx context.Context, dir string, c *cluster) {
	homes, _ := filepath.Glob(filepath.Join(dir, throwawayPrefix+"*")) // a path without patterns of its own, or nothing is reaped
	for _, home := range homes {
		fi, err := os.Lstat(home)
		if err != nil || !fi.IsDir() || ownerOf(fi) != c.acc.uid {
			continue // another user's
		}
		users, err := openLock(filepath.Join(home, "users.lock"), 0)
		if err != nil {
			continue
		}
		if alone, err := users.try(syscall.LOCK_EX); err == nil && alone {
			l.reapOne(ctx, c, home)
		}
		users.release()
	}
}

func (l *launcher) reapOne(ctx context.Context, c *cluster, home string) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	old := *c
	old.home = home
	if p, err := readPostmaster(old.data()); err == nil && p.pid != 0 && !stale(ctx, p.pid, old.data()) {
		if err := old.down(ctx, "immediate"); err != nil {
			l.Log.Warn("could not stop a left-over throw-away server", "dir", home, "error", err)
			return
		}
	}
	if err := os.RemoveAll(home); err != nil {
		l.Log.Warn("could not remove a left-over throw-away server", "dir", home, "error", err)
		return
	}
	l.Log.Info("removed a left-over throw-away server", "dir", home)
}
