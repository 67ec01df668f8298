//go:build linux || darwin

package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// A cluster is one data directory and the binaries and account it runs with.
type cluster struct {
	bin       binaries
	acc       account
	env       []string
	home      string
	throwaway bool
	ours      bool // not started by hand
}

func (c *cluster) data() string { return filepath.Join(c.home, "data") }
func (c *cluster) log() string  { return filepath.Join(c.home, "server.log") }

// majorOf returns the version that wrote a data directory: zero if there is
// none.
func majorOf(data string) (int, error) {
	entries, err := os.ReadDir(data)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("looking for data: %w", err)
	}
	v, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("%s holds something that is not a Postgres data directory; it was left as it is", data)
	}
	if err != nil {
		return 0, fmt.Errorf("looking for data: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(v)))
	if err != nil {
		return 0, fmt.Errorf("%s is of a version we cannot read (%w); it was left as it is", data, err)
	}
	return major, nil
}

// run runs one of Postgres' own programs. Its output goes to a file and not a
// pipe: the server inherits it, and a pipe would not end before the server
// does.
func (c *cluster) run(ctx context.Context, name string, args ...string) error {
	out, err := os.CreateTemp(c.home, ".out-*")
	if err != nil {
		return fmt.Errorf("running %s: %w", name, err)
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin.dir, name), args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = c.home, c.env, c.acc.attr()
	cmd.Stdout, cmd.Stderr = out, out
	// initdb has children. The server itself is out of the group by then.
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name()) // only makes the error better
		return fmt.Errorf("running %s: %w: %s", name, errors.Join(err, ctx.Err()), tail(string(said)))
	}
	return nil
}

// init makes the data directory under another name first, so that a directory
// with the right name is complete.
func (c *cluster) init(ctx context.Context) error {
	half, err := filepath.Glob(c.data() + ".new-*")
	if err != nil {
		return fmt.Errorf("looking for a half-made data directory: %w", err)
	}
	for _, dir := range half {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("removing a half-made data directory: %w", err)
		}
	}
	tmp, err := os.MkdirTemp(c.home, "data.new-*")
	if err == nil {
		err = os.Lchown(tmp, int(c.acc.uid), int(c.acc.gid))
	}
	if err != nil {
		return fmt.Errorf("making a data directory: %w", err)
	}
	args := []string{"-D", tmp, "-U", superuser, "-A", "trust", "--locale=C", "-E", "UTF8"}
	if c.throwaway {
		args = append(args, "--no-sync")
	} else {
		args = append(args, "--data-checksums")
	}
	if err := c.run(ctx, "initdb", args...); err != nil {
		return err
	}
	if err := c.include(filepath.Join(tmp, "postgresql.conf")); err != nil {
		return err
	}
	if err := os.Rename(tmp, c.data()); err != nil {
		return fmt.Errorf("putting the data directory in its place: %w", err)
	}
	if c.throwaway {
		return nil
	}
	// Without this a power cut could bring the old name back, and the next
	// start would take the data for half-made.
	return syncDir(c.home)
}

// include makes postgresql.conf read our settings, before what people add.
func (c *cluster) include(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return fmt.Errorf("adding our settings: %w", err)
	}
	_, err = f.WriteString("\n" +
		"# Written anew on every start; what stands below this line overrides it.\n" +
		"include_if_exists = 'tikaline.conf'\n")
	if err == nil && !c.throwaway {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("adding our settings: %w", err)
	}
	return nil
}

// running reports whether pg_ctl believes that the server is up.
func (c *cluster) running(ctx context.Context) (bool, error) {
	err := c.run(ctx, "pg_ctl", "status", "-D", c.data())
	var exit *exec.ExitError
	const notRunning = 3
	if errors.As(err, &exit) && exit.ExitCode() == notRunning {
		return false, nil
	}
	return err == nil, err
}

// up starts the server on a port and waits until it takes connections.
func (c *cluster) up(ctx context.Context, port int) error {
	settings := durable
	if c.throwaway {
		settings = throwaway
	}
	if err := writeFor(c.acc, filepath.Join(c.data(), "tikaline.conf"), settings); err != nil {
		return err
	}
	before := c.trimLog()
	// The settings that must hold are here, where no file overrides them. The
	// cluster's name distinguishes our server from one that somebody started in
	// the same directory.
	opts := fmt.Sprintf("-c listen_addresses=127.0.0.1 -c port=%d -c unix_socket_directories='' -c cluster_name=%s", port, superuser)
	err := c.run(ctx, "pg_ctl", "start", "-D", c.data(), "-l", c.log(), "-o", opts, "-w", "-t", "600")
	if err != nil {
		return fmt.Errorf("%w\n%s", err, c.logSince(before))
	}
	return nil
}

// down stops the server. Fast closes connections and writes everything out;
// immediate does not, and is for a server that will be deleted.
func (c *cluster) down(ctx context.Context, mode string) error {
	err := c.run(ctx, "pg_ctl", "stop", "-D", c.data(), "-m", mode, "-w", "-t", "600")
	if err == nil {
		return nil
	}
	if up, statusErr := c.running(ctx); statusErr == nil && !up {
		return nil // it stopped by itself
	}
	return err
}

// trimLog keeps the log from growing for ever, and returns its size.
func (c *cluster) trimLog() int64 {
	const most = 16 << 20
	fi, err := os.Stat(c.log())
	if err != nil {
		return 0
	}
	if fi.Size() > most && os.Rename(c.log(), c.log()+".1") == nil {
		return 0
	}
	return fi.Size()
}

// logSince returns the end of the server's log, from size on.
func (c *cluster) logSince(size int64) string {
	f, err := os.Open(c.log())
	if err != nil {
		return ""
	}
	defer f.Close()
	if _, err := f.Seek(size, io.SeekStart); err != nil {
		return ""
	}
	b, _ := io.ReadAll(f) // only makes an error better
	return tail(string(b))
}
