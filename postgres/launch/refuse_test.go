//go:build linux || darwin

package launch

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func listen(t *testing.T, port int) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// tree returns every file below dir with its size and mode.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err == nil {
			all[path] = fi.Mode().String() + " " + strconv.FormatInt(fi.Size(), 10) + " " + fi.ModTime().String()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	t.Run("data_of_another_major_version", func(t *testing.T) {
		t.Parallel()
		dir := seeded(t)
		srv := start(t, dir)
		stop(t, srv)
		version := filepath.Join(srv.DataDir, "PG_VERSION")
		if err := os.WriteFile(version, []byte("12\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		before := tree(t, srv.DataDir)
		_, err := Start(t.Context(), Options{Dir: dir})
		if !errors.Is(err, ErrOtherMajor) || !strings.Contains(err.Error(), "Postgres 12") || !strings.Contains(err.Error(), srv.Version) {
			t.Errorf("got %v", err)
		}
		// PG_BINDIR does not make it less of a refusal.
		_, err = Start(t.Context(), Options{Dir: dir, Getenv: func(name string) string {
			if name == "PG_BINDIR" {
				return srv.BinDir
			}
			return os.Getenv(name)
		}})
		if !errors.Is(err, ErrOtherMajor) {
			t.Errorf("with PG_BINDIR: got %v", err)
		}
		after := tree(t, srv.DataDir)
		for path, was := range before {
			if after[path] != was {
				t.Errorf("%s was %s, is %s", path, was, after[path])
			}
		}
		if len(after) != len(before) {
			t.Errorf("there were %d files, there are %d", len(before), len(after))
		}
	})

	t.Run("a_directory_that_is_something_else", func(t *testing.T) {
		t.Parallel()
		dir := reachable(t)
		acc, err := accountFor("")
		if err != nil {
			t.Fatal(err)
		}
		if err := makeHome(filepath.Join(dir, "postgres"), acc); err != nil {
			t.Fatal(err)
		}
		photo := filepath.Join(dir, "postgres", "data", "wedding.jpg")
		if err := os.Mkdir(filepath.Dir(photo), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(photo, []byte("dear"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Start(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "not a Postgres data directory") {
			t.Errorf("got %v", err)
		}
		if b, err := os.ReadFile(photo); err != nil || string(b) != "dear" {
			t.Errorf("the photo: %q, %v", b, err)
		}
	})

	t.Run("a_directory_out_of_reach", func(t *testing.T) {
		t.Parallel()
		if os.Geteuid() != 0 {
			t.Skip("only root works for another account")
		}
		dir := reachable(t)
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, throwaway := range []bool{false, true} {
			_, err := Start(t.Context(), Options{Dir: filepath.Join(dir, "new"), Throwaway: throwaway})
			if err == nil || !strings.Contains(err.Error(), "out of reach") || !strings.Contains(err.Error(), dir) {
				t.Errorf("got %v", err)
			}
		}
		if left := inside(t, dir); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

func TestRootBase(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root's choice")
	}
	dir := reachable(t)
	t.Run("the_first_where_it_can_be_written", func(t *testing.T) {
		want := filepath.Join(dir, "lib", "tikaline")
		if got, err := rootBase(want, dir); got != want || err != nil {
			t.Errorf("got %s, %v", got, err)
		}
	})
	t.Run("otherwise_one_of_this_checkout", func(t *testing.T) {
		file := filepath.Join(dir, "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		first, err := rootBase(filepath.Join(file, "tikaline"), dir)
		if err != nil || !strings.HasPrefix(first, filepath.Join(dir, "tikaline-")) {
			t.Fatalf("got %s, %v", first, err)
		}
		if again, err := rootBase(filepath.Join(file, "tikaline"), dir); again != first || err != nil {
			t.Errorf("the second time: %s, %v", again, err)
		}
		if err := os.Lchown(first, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		if got, err := rootBase(filepath.Join(file, "tikaline"), dir); err == nil {
			t.Errorf("took %s, which is somebody else's", got)
		}
	})
}
