//go:build linux || darwin

package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestStart(t *testing.T) {
	t.Parallel()
	t.Run("restart_keeps_data", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(reachable(t), "made", "by us")
		first := start(t, dir)
		if first.Adopted || first.Version == "" || first.BinDir == "" {
			t.Errorf("first start: %+v", first)
		}
		query(t, first, "CREATE TABLE kept AS SELECT 'still here' AS v")
		for name, want := range map[string]string{
			"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "data_checksums": "on",
			"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200",
			"server_encoding": "UTF8", "lc_collate": "C", "TimeZone": "UTC",
		} {
			got := query(t, first, "SELECT coalesce(current_setting('"+name+"', true), (SELECT datcollate FROM pg_database WHERE datname = 'tikaline'))")
			if got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		stop(t, first)
		stop(t, first)
		if up(first) {
			t.Error("still up after Stop")
		}
		second := start(t, dir)
		if second.Adopted {
			t.Error("adopted a server that had been stopped")
		}
		if got := query(t, second, "SELECT v FROM kept"); got != "still here" {
			t.Errorf("after a restart there is %q", got)
		}
	})

	t.Run("adopts_after_kill", func(t *testing.T) {
		t.Parallel()
		dir := seeded(t)
		data := killed(t, dir)
		srv := start(t, dir)
		if !srv.Adopted || srv.DataDir != data {
			t.Errorf("not adopted: %+v", srv)
		}
		stop(t, srv)
		if up(srv) {
			t.Error("the last user's Stop left the server running")
		}
	})

	t.Run("stays_up_for_the_other_program", func(t *testing.T) {
		t.Parallel()
		dir := seeded(t)
		first := start(t, dir)
		second := start(t, dir)
		if !second.Adopted || second.URL() != first.URL() {
			t.Errorf("not adopted: %+v", second)
		}
		stop(t, first)
		if !up(second) {
			t.Error("the first to leave stopped the server")
		}
		stop(t, second)
		if up(second) {
			t.Error("the last to leave did not stop the server")
		}
	})

	t.Run("leaves_a_server_started_by_hand", func(t *testing.T) {
		t.Parallel()
		dir := seeded(t)
		srv := start(t, dir)
		stop(t, srv)
		c := clusterOf(t, srv)
		port := 0
		for port = 19000; !free(port); port++ {
		}
		if err := c.run(t.Context(), "pg_ctl", "start", "-w", "-D", c.data(), "-l", c.log(),
			"-o", fmt.Sprintf("-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c port=%d", port)); err != nil {
			t.Fatal(err)
		}
		defer c.down(context.Background(), "immediate")
		adopted := start(t, dir)
		stop(t, adopted)
		if !adopted.Adopted || !up(adopted) {
			t.Error("a server that somebody started by hand was stopped")
		}
	})

	t.Run("starts_over_a_stale_pid_and_a_half_done_initdb", func(t *testing.T) {
		t.Parallel()
		dir := reachable(t)
		acc, err := accountFor("")
		if err == nil {
			err = makeHome(filepath.Join(dir, "postgres"), acc)
		}
		half := filepath.Join(dir, "postgres", "data.new-1")
		if err == nil {
			err = os.Mkdir(half, 0o700)
		}
		if err != nil {
			t.Fatal(err)
		}
		srv := start(t, dir)
		stop(t, srv)
		if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("half-made data was left: %v", err)
		}
		// The number in the file is now a process of the same account.
		c := clusterOf(t, srv)
		other := exec.Command("sleep", "60")
		other.SysProcAttr, other.Dir = c.acc.attr(), "/"
		if err := other.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() { other.Process.Kill(); other.Wait() }()
		pid := fmt.Sprintf("%d\n%s\n1700000000\n19999\n\n127.0.0.1\n\nready\n", other.Process.Pid, srv.DataDir)
		if err := writeFor(c.acc, filepath.Join(srv.DataDir, "postmaster.pid"), pid); err != nil {
			t.Fatal(err)
		}
		if again := start(t, dir); again.Adopted {
			t.Error("adopted a server that is not there")
		}
		if syscall.Kill(other.Process.Pid, 0) != nil {
			t.Error("the process that had the number is gone")
		}
	})

	t.Run("takes_another_port_where_its_own_is_taken", func(t *testing.T) {
		t.Parallel()
		dir := seeded(t)
		srv := start(t, dir)
		stop(t, srv)
		cfg, err := pgx.ParseConfig(srv.URL())
		if err != nil {
			t.Fatal(err)
		}
		taken := listen(t, int(cfg.Port))
		defer taken.Close()
		again := start(t, dir)
		if again.URL() == srv.URL() {
			t.Error("the same port again, which is taken")
		}
		// And Postgres itself, told to use a port that is taken, gives up.
		stop(t, again)
		c := clusterOf(t, again)
		err = c.up(t.Context(), int(cfg.Port))
		if err == nil || !strings.Contains(err.Error(), "in use") {
			t.Errorf("the reason is not in: %v", err)
		}
	})

	t.Run("waits_for_a_program_that_is_starting_it", func(t *testing.T) {
		t.Parallel()
		dir := seeded(t)
		type result struct {
			srv *Server
			err error
		}
		results := make(chan result)
		const programs = 3
		for range programs {
			go func() {
				srv, err := Start(t.Context(), Options{Dir: dir})
				results <- result{srv, err}
			}()
		}
		started := 0
		for range programs {
			r := <-results
			if r.err != nil {
				t.Error(r.err)
				continue
			}
			t.Cleanup(func() { stop(t, r.srv) })
			if !r.srv.Adopted {
				started++
			}
		}
		if started != 1 {
			t.Errorf("%d of %d started a server", started, programs)
		}
	})

	t.Run("stops_waiting_when_told", func(t *testing.T) {
		t.Parallel()
		dir := reachable(t)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if srv, err := Start(ctx, Options{Dir: dir}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %+v, %v", srv, err)
		}
		start(t, dir) // and what it left is no obstacle
	})
}

func TestThrowaway(t *testing.T) {
	t.Parallel()
	t.Run("removed_at_stop_and_a_dead_one_at_the_next_start", func(t *testing.T) {
		t.Parallel()
		dir := reachable(t)
		openToAll(t, dir)
		acc, err := accountFor("")
		if err != nil {
			t.Fatal(err)
		}
		_, dead, err := throwawayHome(dir, acc)
		if err != nil {
			t.Fatal(err)
		}
		dead.release() // as when its machine dies
		alive, users, err := throwawayHome(dir, acc)
		if err != nil {
			t.Fatal(err)
		}
		defer users.release()
		srv, err := Start(t.Context(), Options{Dir: dir, Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := query(t, srv, "SELECT current_setting('fsync')"); got != "off" {
			t.Errorf("fsync is %s", got)
		}
		stop(t, srv)
		if up(srv) {
			t.Error("still up after Stop")
		}
		if left := inside(t, dir); len(left) != 1 || left[0] != filepath.Base(alive) {
			t.Errorf("left: %v, alive: %s", left, alive)
		}
	})

	t.Run("gone_when_its_program_is_killed", func(t *testing.T) {
		t.Parallel()
		dir := reachable(t)
		openToAll(t, dir)
		killed(t, dir, "LAUNCH_TEST_THROWAWAY=1")
		gone(t, dir, 10*time.Second)
	})
}

// TestOrdinaryUser runs the main ones of the tests above again as an ordinary
// user, where they are run by root.
func TestOrdinaryUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("this is an ordinary user: the other tests say the same")
	}
	acc, err := accountFor("")
	if err != nil {
		t.Fatal(err)
	}
	dir := reachable(t)
	openToAll(t, dir)
	program := filepath.Join(dir, "launch.test") // go test's own directory is closed to others
	copyFile(t, os.Args[0], program)
	cmd := exec.Command(program, "-test.run=^(TestStart|TestThrowaway)$/^(restart_keeps_data|adopts_after_kill|gone_when_its_program_is_killed)$", "-test.count=1")
	cmd.Dir, cmd.SysProcAttr = dir, acc.attr()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "PG_BINDIR=" + os.Getenv("PG_BINDIR"), "HOME=" + dir, "TMPDIR=" + dir}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("as %s: %v\n%s", acc.name, err, out)
	}
}
