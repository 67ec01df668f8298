//go:build linux || darwin

package launch

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fake makes an installation of that version, which only knows its version.
func fake(t *testing.T, dir, version string, programs ...string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range programs {
		script(t, filepath.Join(dir, name), "echo '"+name+" (PostgreSQL) "+version+" (Debian)'")
	}
	return dir
}

func script(t *testing.T, path, line string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+line+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	dir := reachable(t)
	at := func(elem ...string) string { return filepath.Join(append([]string{dir}, elem...)...) }
	full := []string{"initdb", "pg_ctl", "postgres"}
	v9 := fake(t, at("lib", "9.6", "bin"), "9.6.24", full...)
	v15 := fake(t, at("lib", "15", "bin"), "15.18", full...)
	v16 := fake(t, at("lib", "16", "bin"), "16rc1", full...)
	v17 := fake(t, at("other", "pgsql-17", "bin"), "17.10", full...)
	npm := fake(t, at("npm", npmVersion, "bin"), "14.2", full...)
	clients := fake(t, at("clients"), "15.18", "pg_ctl") // as a client package has
	links := fake(t, at("links"), "")
	for _, name := range full {
		if err := os.Symlink(filepath.Join(v15, name), filepath.Join(links, name)); err != nil {
			t.Fatal(err)
		}
	}
	config := fake(t, at("config"), "")
	script(t, filepath.Join(config, "pg_config"), "echo "+v16)
	halfConfig := fake(t, at("halfconfig"), "")
	script(t, filepath.Join(halfConfig, "pg_config"), "echo "+clients)
	broken := fake(t, at("broken"), "15.18", "initdb", "pg_ctl")
	script(t, filepath.Join(broken, "postgres"), "echo no libxml2 >&2; exit 1")

	usual := []string{at("lib", "*", "bin"), at("other", "pgsql-*", "bin")}
	for name, c := range map[string]struct {
		env   map[string]string
		usual []string
		major int
		want  string
		fails string
	}{
		"PG_BINDIR_comes_first":            {env: map[string]string{"PG_BINDIR": v15, "PATH": config}, usual: usual, want: v15},
		"PG_BINDIR_is_never_passed_over":   {env: map[string]string{"PG_BINDIR": clients, "PATH": links}, usual: usual, fails: "no program initdb"},
		"PG_BINDIR_of_another_major":       {env: map[string]string{"PG_BINDIR": v15}, usual: usual, major: 17, fails: "data is of Postgres 17"},
		"pg_config_before_PATH":            {env: map[string]string{"PATH": links + ":" + config}, usual: usual, want: v16},
		"pg_config_without_a_server":       {env: map[string]string{"PATH": halfConfig + ":" + links}, usual: usual, want: v15},
		"PATH_through_its_links":           {env: map[string]string{"PATH": clients + ":" + links}, usual: usual, want: v15},
		"newest_of_the_usual":              {usual: usual, want: v17},
		"same_major_as_the_data":           {env: map[string]string{"PATH": links}, usual: usual, major: 16, want: v16},
		"npm_s_when_the_data_is_of_it":     {usual: usual, major: 14, want: npm},
		"one_that_does_not_run_is_skipped": {env: map[string]string{"PATH": broken}, usual: usual, want: v17},
		"none_of_the_same_major":           {usual: usual, major: 18, fails: "data is of Postgres 18 and was left as it is"},
		"too_old":                          {env: map[string]string{"PG_BINDIR": v9}, fails: "too old"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLauncher(Options{Getenv: func(k string) string { return c.env[k] }})
			l.usual, l.installs = c.usual, nil
			l.cache = func() (string, error) { return dir, nil }
			acc, err := accountFor("")
			if err != nil {
				t.Fatal(err)
			}
			l.Log = slog.New(slog.DiscardHandler)
			b, err := l.find(t.Context(), acc, c.major)
			if b.dir != c.want && c.fails == "" {
				t.Errorf("found %+v, %v; want %s", b, err, c.want)
			}
			if (c.fails == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("got error %v, want %q", err, c.fails)
			}
		})
	}

	t.Run("nowhere_says_what_to_do", func(t *testing.T) {
		var tried []string
		fails := func(from string) install {
			return install{from, func(context.Context) ([]string, error) {
				tried = append(tried, from)
				return nil, errors.New("offline")
			}}
		}
		l := newLauncher(Options{Dir: at("none"), Log: slog.New(slog.DiscardHandler), Getenv: func(string) string { return "" }})
		l.usual, l.installs = nil, []install{fails("a"), fails("b")}
		_, err := l.start(t.Context())
		if !errors.Is(err, ErrNoPostgres) {
			t.Fatalf("got %v", err)
		}
		for _, want := range []string{"DATABASE_URL", "apt-get install postgresql", "PG_BINDIR", "installing from b: offline"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("no %q in: %v", want, err)
			}
		}
		if !slices.Equal(tried, []string{"a", "b"}) {
			t.Errorf("tried %v", tried)
		}
	})

	t.Run("installs_nothing_when_out_of_time", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		l := newLauncher(Options{Log: slog.New(slog.DiscardHandler), Getenv: func(k string) string {
			if k == "PATH" {
				return links
			}
			return ""
		}})
		l.cache = func() (string, error) { return "", errors.New("none") }
		l.installs = []install{{"a", func(context.Context) ([]string, error) {
			t.Error("installed")
			return nil, nil
		}}}
		if _, err := l.find(ctx, self(), 0); !errors.Is(err, context.Canceled) || errors.Is(err, ErrNoPostgres) {
			t.Errorf("got %v", err)
		}
	})

	t.Run("uses_what_was_installed", func(t *testing.T) {
		l := newLauncher(Options{Log: slog.New(slog.DiscardHandler), Getenv: func(string) string { return "" }})
		l.usual = nil
		l.cache = func() (string, error) { return "", errors.New("none") }
		l.installs = []install{{"a", func(context.Context) ([]string, error) { return []string{clients, v16}, nil }}}
		if b, err := l.find(t.Context(), self(), 0); err != nil || b.dir != v16 || b.version != "16rc1" || b.major != 16 {
			t.Errorf("found %+v, %v", b, err)
		}
	})
}

func TestApt(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root installs")
	}
	dir := t.TempDir()
	etc, said := filepath.Join(dir, "etc"), filepath.Join(dir, "said")
	if err := os.MkdirAll(etc, 0o755); err != nil {
		t.Fatal(err)
	}
	l := newLauncher(Options{Log: slog.New(slog.DiscardHandler), Getenv: func(string) string { return dir }})
	l.usual = []string{filepath.Join(dir, "*", "bin")}
	t.Run("not_where_there_is_no_debian", func(t *testing.T) {
		if _, err := l.apt(t.Context(), etc); err == nil || !strings.Contains(err.Error(), "not Debian") {
			t.Errorf("got %v", err)
		}
	})
	if err := os.WriteFile(filepath.Join(etc, "debian_version"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Run("installs_without_a_server_of_its_own", func(t *testing.T) {
		script(t, filepath.Join(dir, "apt-get"), `echo "$DEBIAN_FRONTEND $*" >> '`+said+`'
cat '`+etc+`'/postgresql-common/createcluster.d/* >> '`+said+`'; mkdir -p '`+dir+`'/15/bin`)
		dirs, err := l.apt(t.Context(), etc)
		if err != nil || !slices.Equal(dirs, []string{filepath.Join(dir, "15", "bin")}) {
			t.Errorf("got %v, %v", dirs, err)
		}
		want := "noninteractive update\ncreate_main_cluster = false\n" +
			"noninteractive install -y --no-install-recommends postgresql\ncreate_main_cluster = false\n"
		if got, err := os.ReadFile(said); string(got) != want || err != nil {
			t.Errorf("ran %q, %v", got, err)
		}
		if _, err := os.Stat(filepath.Join(etc, "postgresql-common")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the setting was left: %v", err)
		}
	})
	t.Run("says_why_it_failed", func(t *testing.T) {
		script(t, filepath.Join(dir, "apt-get"), "echo no network; exit 100")
		if _, err := l.apt(t.Context(), etc); err == nil || !strings.Contains(err.Error(), "no network") {
			t.Errorf("got %v", err)
		}
	})
}

func TestUnpack(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		fails bool
	}{
		"binaries_and_links": {files: map[string]string{
			"package/native/bin/initdb":       "program",
			"package/native/lib/libpq.so.5.1": "library",
			"package/native/pg-symlinks.json": `[{"source":"native/lib/libpq.so.5.1","target":"native/lib/libpq.so.5"}]`,
			"package/scripts/install.js":      "not for us",
		}},
		"names_that_lead_outside_are_refused": {fails: true, files: map[string]string{"package/native/../../x": "x"}},
		"links_that_lie_outside_are_refused": {fails: true, files: map[string]string{
			"package/native/pg-symlinks.json": `[{"source":"native/a","target":"../../../b"}]`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			gz := gzip.NewWriter(&b)
			w := tar.NewWriter(gz)
			for name, content := range c.files {
				if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(content))}); err != nil {
					t.Fatal(err)
				}
				w.Write([]byte(content))
			}
			w.Close()
			gz.Close()
			dir := t.TempDir()
			file, to := filepath.Join(dir, "p.tgz"), filepath.Join(dir, "native")
			if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := checkHash(file, "another"); err == nil {
				t.Error("took a package with another hash")
			}
			err := unpack(file, to)
			if c.fails {
				if err == nil {
					t.Error("was not refused")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := inside(t, to); !slices.Equal(got, []string{"bin", "lib", "pg-symlinks.json"}) {
				t.Errorf("unpacked %v", got)
			}
			if got, err := os.ReadFile(filepath.Join(to, "lib", "libpq.so.5")); string(got) != "library" || err != nil {
				t.Errorf("through the link: %q, %v", got, err)
			}
			if !executable(filepath.Join(to, "bin", "initdb")) {
				t.Error("initdb cannot be run")
			}
		})
	}
}
