package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"

	"tikaline/postgres"
	"tikaline/postgres/benchdb"
	"tikaline/postgres/launch"
)

// A lab holds what the scenarios share: the settings, a directory for files and
// a Postgres that is started on first use.
type lab struct {
	options
	out    io.Writer
	dir    string
	server *launch.Server
}

// note prints progress.
func (l *lab) note(format string, args ...any) { fmt.Fprintf(l.out, "  "+format+"\n", args...) }

// temp returns the lab's own directory. It is open to others to enter because
// Postgres runs as another user than root.
func (l *lab) temp() (string, error) {
	if l.dir != "" {
		return l.dir, nil
	}
	dir, err := os.MkdirTemp("", "tikaline-bench-*")
	if err != nil {
		return "", fmt.Errorf("make a directory: %w", err)
	}
	l.dir = dir
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", fmt.Errorf("open the directory: %w", err)
	}
	return dir, nil
}

// database makes a migrated database and returns its URL.
func (l *lab) database(ctx context.Context, name string) (string, error) {
	if l.server == nil {
		dir, err := l.temp()
		if err != nil {
			return "", err
		}
		if l.server, err = launch.Start(ctx, launch.Options{Dir: dir}); err != nil {
			return "", fmt.Errorf("start Postgres: %w", err)
		}
	}
	if err := benchdb.Execute(ctx, l.server.URL(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)", "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	u, err := url.Parse(l.server.URL())
	if err != nil {
		return "", fmt.Errorf("read the server's address: %w", err)
	}
	u.Path = "/" + name
	return u.String(), postgres.Migrate(ctx, u.String())
}

// settle has Postgres finish the work that an earlier round left, so that the
// next does not pay for it.
func (l *lab) settle(ctx context.Context, url string) error {
	return benchdb.Execute(ctx, url, "VACUUM ANALYZE", "CHECKPOINT")
}

// profile takes a CPU profile of this process until the returned func is
// called, where profiles are wanted.
func (l *lab) profile(name string) (stop func() error, err error) {
	if l.profiles == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(filepath.Join(l.profiles, name+".prof"))
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("profile: %w", err), f.Close())
	}
	return func() error { pprof.StopCPUProfile(); return f.Close() }, nil
}

// close stops the server and removes the directory.
func (l *lab) close() error {
	var err error
	if l.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // the run's own may be over
		defer cancel()
		err = l.server.Stop(ctx)
	}
	if l.dir != "" && err == nil {
		err = os.RemoveAll(l.dir)
	}
	return err
}

// machine returns a description of this machine, without anything that
// identifies it among others of its kind.
func (l *lab) machine() string {
	what := []string{fmt.Sprintf("%d cores", runtime.NumCPU())}
	if s := field("/proc/cpuinfo", "model name"); s != "" {
		what = append(what, s)
	}
	var kB int64
	if n, _ := fmt.Sscan(field("/proc/meminfo", "MemTotal"), &kB); n == 1 {
		what = append(what, fmt.Sprintf("%.0f GB", float64(kB)/(1<<20)))
	}
	kernel := runtime.GOOS
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		version, _, _ := strings.Cut(strings.TrimSpace(string(b)), "-")
		kernel += " " + version
	}
	what = append(what, kernel)
	if l.server != nil {
		what = append(what, "PostgreSQL "+l.server.Version+" (durable)")
	}
	return strings.Join(append(what, runtime.Version()), ", ")
}

// field returns the value of the first line "name : value" of a file.
func field(path, name string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if k, v, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
