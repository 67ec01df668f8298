//go:build linux || darwin

package launch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A postmaster is the content of postmaster.pid of a running server.
type postmaster struct {
	pid, port int // the port is zero while the server is only just starting
}

// readPostmaster reads the file: pid, data directory, start time, port and
// more, a line each. It returns a zero pid if there is none.
func readPostmaster(data string) (postmaster, error) {
	b, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return postmaster{}, nil
	}
	if err != nil {
		return postmaster{}, fmt.Errorf("reading postmaster.pid: %w", err)
	}
	lines := strings.Split(string(b), "\n")
	var p postmaster
	p.pid, _ = strconv.Atoi(strings.TrimSpace(lines[0])) // half-written reads as zero
	if len(lines) > 3 {
		p.port, _ = strconv.Atoi(strings.TrimSpace(lines[3]))
	}
	return p, nil
}

// stale reports whether a pid that is in use is surely not a server of this
// data directory: after a crash of the machine the number may be anybody's, and
// both pg_ctl and Postgres would wait for it for ever. In doubt it is not
// stale.
func stale(ctx context.Context, pid int, data string) bool {
	if runtime.GOOS == "linux" {
		// A server works in its data directory.
		cwd, err := os.Stat("/proc/" + strconv.Itoa(pid) + "/cwd")
		if err != nil {
			return false
		}
		fi, err := os.Stat(data)
		return err == nil && !os.SameFile(cwd, fi)
	}
	out, err := exec.CommandContext(ctx, "ps", "-o", "comm=", "-p", strconv.Itoa(pid)).Output()
	name := string(out)
	return err == nil && name != "" && !strings.Contains(name, "postgres") && !strings.Contains(name, "postmaster")
}

// url returns the URL of a database of the server on a port.
func url(port int, database string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", superuser, port, database)
}

// ask connects and reports whether the server on the port works in the data
// directory, and whether it is one that we started.
func ask(ctx context.Context, port int, data string) (same, ours bool, err error) {
	conn, err := pgx.Connect(ctx, url(port, "postgres"))
	if err != nil {
		return false, false, fmt.Errorf("connecting to the server: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var dir, name string
	err = conn.QueryRow(ctx, "SELECT current_setting('data_directory'), current_setting('cluster_name')").Scan(&dir, &name)
	if err != nil {
		return false, false, fmt.Errorf("asking the server for its directory: %w", err)
	}
	a, errA := os.Stat(dir)
	b, errB := os.Stat(data)
	if err := errors.Join(errA, errB); err != nil {
		return false, false, fmt.Errorf("comparing the server's directory: %w", err)
	}
	return os.SameFile(a, b), name == superuser, nil
}

// ensureDatabase makes our database. It asks every time, as a start may have
// been cut off before it.
func ensureDatabase(ctx context.Context, port int) error {
	conn, err := pgx.Connect(ctx, url(port, "postgres"))
	if err != nil {
		return fmt.Errorf("connecting to the server: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var there bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", superuser).Scan(&there)
	if err == nil && !there {
		_, err = conn.Exec(ctx, "CREATE DATABASE "+superuser)
	}
	if err != nil {
		return fmt.Errorf("making the database: %w", err)
	}
	return nil
}
