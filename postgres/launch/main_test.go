//go:build linux || darwin

package launch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/internal/eventually"
)

// A test binary run with this variable is a program that starts a server in the
// directory it names, says so, and hangs.
const childVar = "LAUNCH_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVar); dir != "" {
		srv, err := Start(context.Background(), Options{Dir: dir, Throwaway: os.Getenv("LAUNCH_TEST_THROWAWAY") != ""})
		if err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		fmt.Println(srv.DataDir)
		select {}
	}
	code := m.Run()
	os.RemoveAll(seedDir)
	os.Exit(code)
}

var seedDir string // for TestMain to remove

// seed is the directory of a server that was started and stopped. Copying it
// takes a third of the time that initdb does.
var seed = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tikaline-launch-test-*")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		return "", err
	}
	seedDir = dir
	srv, err := Start(context.Background(), Options{Dir: dir})
	if err == nil {
		err = srv.Stop(context.Background())
	}
	return dir, err
})

// seeded returns a reachable directory with data that no server runs on.
func seeded(t *testing.T) string {
	t.Helper()
	from, err := seed()
	if err != nil {
		t.Fatal(err)
	}
	dir := reachable(t)
	if out, err := exec.Command("cp", "-a", filepath.Join(from, "postgres"), dir).CombinedOutput(); err != nil {
		t.Fatalf("copying: %v: %s", err, out)
	}
	return dir
}

// reachable returns a fresh directory that an unprivileged account can get to,
// as t.TempDir is not.
func reachable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tikaline-launch-test-*")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	srv, err := Start(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, srv) })
	return srv
}

func stop(t *testing.T, srv *Server) {
	t.Helper()
	if err := srv.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

// query runs one statement and returns its one value, if it has one.
func query(t *testing.T, srv *Server, sql string) (value string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	err = conn.QueryRow(t.Context(), sql).Scan(&value)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

// killed starts a server from a program that is then killed, and returns the
// data directory.
func killed(t *testing.T, dir string, env ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), childVar+"="+dir), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "/") {
		t.Errorf("the child said %q, %v", line, err)
	}
	cmd.Process.Kill()
	cmd.Wait() // killed: its error is no news
	return strings.TrimSpace(line)
}

func up(srv *Server) bool {
	conn, err := pgx.Connect(context.Background(), srv.URL())
	if err != nil {
		return false
	}
	conn.Close(context.Background())
	return true
}

// clusterOf returns what a test needs to handle a server behind the launcher's
// back.
func clusterOf(t *testing.T, srv *Server) *cluster {
	t.Helper()
	home := filepath.Dir(srv.DataDir)
	acc, err := accountFor(home)
	if err != nil {
		t.Fatal(err)
	}
	l := newLauncher(Options{Getenv: os.Getenv})
	return &cluster{bin: binaries{dir: srv.BinDir}, acc: acc, env: l.toolEnv(srv.BinDir), home: home}
}

// openToAll lets the server's account remove its own directory, as in /tmp.
func openToAll(t *testing.T, dir string) {
	t.Helper()
	if err := os.Chmod(dir, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
}

func inside(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func gone(t *testing.T, dir string, within time.Duration) {
	t.Helper()
	if !eventually.Within(within, func() bool { return len(inside(t, dir)) == 0 }) {
		t.Fatalf("left behind: %v", inside(t, dir))
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	// A process that another test begins meanwhile would hold the file open for
	// writing until it runs its own program, and a file that is being written
	// cannot be run ("text file busy").
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
