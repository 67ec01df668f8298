package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A process is a program that we started and that listens on addr.
type process struct {
	addr string
	cmd  *exec.Cmd
	log  *tail
	gone chan struct{}
	err  error // why it ended; read it after gone
}

// start starts a program on a free port and waits until it is ready. args
// makes its arguments from the address.
func start(ctx context.Context, path string, env []string, args func(addr string) []string) (*process, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	p := &process{addr: addr, log: new(tail), gone: make(chan struct{})}
	p.cmd = exec.Command(path, args(addr)...)
	p.cmd.Env = append(without(os.Environ(), "TIKALINE_", "DATABASE_URL="), env...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(path), err)
	}
	go func() { p.err = p.cmd.Wait(); close(p.gone) }()
	if err := p.ready(ctx); err != nil {
		p.stop()
		return nil, fmt.Errorf("%s: %w\n%s", filepath.Base(path), err, p.log)
	}
	return p, nil
}

// ready waits until the program reports that it can serve.
func (p *process) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/readyz", nil)
		if err != nil {
			return fmt.Errorf("ask whether it is ready: %w", err)
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-p.gone:
			return fmt.Errorf("it ended: %w", p.err)
		case <-ctx.Done():
			return fmt.Errorf("it did not get ready: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop ends the program in good order, or after ten seconds at once.
func (p *process) stop() {
	p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-p.gone:
	case <-time.After(10 * time.Second):
		p.cmd.Process.Kill()
		<-p.gone
	}
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// without returns an environment without the variables that begin so: the
// settings that the shell has for another Tikaline must not reach ours.
func without(env []string, prefixes ...string) []string {
	var kept []string
next:
	for _, e := range env {
		for _, p := range prefixes {
			if strings.HasPrefix(e, p) {
				continue next
			}
		}
		kept = append(kept, e)
	}
	return kept
}

// A tail keeps the end of a program's output.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	t.buf = t.buf[max(0, len(t.buf)-8<<10):]
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.buf))
}

// profiled is one more file for the program, by which it writes a CPU profile
// between two signals.
const profiled = `package main

import (
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"
)

func init() {
	begin, end := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(begin, syscall.SIGUSR1)
	signal.Notify(end, syscall.SIGUSR2)
	go func() {
		<-begin
		f, err := os.Create(os.Getenv("BENCH_CPUPROFILE"))
		if err != nil {
			panic(err)
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			panic(err)
		}
		<-end
		pprof.StopCPUProfile()
		f.Close()
	}()
}
`

// buildProfiled builds the program with that file, which is nowhere in its
// sources, and returns its path.
func (l *lab) buildProfiled(ctx context.Context) (string, error) {
	dir, err := l.temp()
	if err != nil {
		return "", err
	}
	wd, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("build: %w", err)
	}
	source := filepath.Join(dir, "profiled.go")
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(wd, "cmd", "tikaline", "profiled.go"): source,
	}})
	if err != nil {
		return "", fmt.Errorf("build: %w", err)
	}
	for path, content := range map[string][]byte{source: []byte(profiled), filepath.Join(dir, "overlay.json"): overlay} {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return "", fmt.Errorf("build: %w", err)
		}
	}
	program := filepath.Join(dir, "tikaline")
	out, err := exec.CommandContext(ctx, "go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", program, "./cmd/tikaline").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return program, nil
}
