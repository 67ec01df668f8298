package pinned

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tarball writes a package's tarball: path, content, path, content.
func tarball(t *testing.T, dir string, files ...string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "package.tgz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := gzip.NewWriter(f)
	w := tar.NewWriter(z)
	for i := 0; i < len(files); i += 2 {
		if err := errors.Join(
			w.WriteHeader(&tar.Header{Name: "package/" + files[i], Mode: 0o644, Size: int64(len(files[i+1]))}),
			func() error { _, err := w.Write([]byte(files[i+1])); return err }(),
		); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
}

func pinOf(name, content string) File {
	sum := sha256.Sum256([]byte(content))
	return File{Package: "some-package@1.0.0", Path: "data/" + name, SHA256: hex.EncodeToString(sum[:]), Name: name + "-1.0.0"}
}

func TestGet(t *testing.T) {
	p := pinOf("a.txt", "right")
	cases := []struct {
		name    string
		packed  func(dir string) error
		cached  string
		want    string
		message string
	}{
		{name: "fetched", packed: func(dir string) error { tarball(t, dir, p.Path, "right"); return nil }, want: "right"},
		{name: "from the cache", cached: "right", packed: func(string) error { return errors.New("offline") }, want: "right"},
		{name: "a spoilt cache is fetched again", cached: "rig", packed: func(dir string) error { tarball(t, dir, p.Path, "right"); return nil }, want: "right"},
		{name: "not what was pinned", packed: func(dir string) error { tarball(t, dir, p.Path, "wrong"); return nil }, message: "not the file that was pinned"},
		{name: "not in the package", packed: func(dir string) error { tarball(t, dir, "else", "right"); return nil }, message: "there is no data/a.txt"},
		{name: "no tarball", packed: func(string) error { return nil }, message: "0 tarballs"},
		{name: "no npm", packed: func(string) error { return ErrNoNPM }, message: "npm is missing"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if c.cached != "" {
				if err := os.WriteFile(filepath.Join(dir, p.Name), []byte(c.cached), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			f := Fetcher{Dir: dir, pack: func(_ context.Context, dir, spec string, _ func(string)) error {
				if spec != p.Package {
					t.Errorf("asked for %s", spec)
				}
				return c.packed(dir)
			}}
			b, err := f.Get(context.Background(), p)
			if c.message != "" {
				if err == nil || !strings.Contains(err.Error(), c.message) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || string(b[0]) != c.want {
				t.Fatalf("got %q, %v", b, err)
			}
			left, _ := filepath.Glob(filepath.Join(dir, "*"))
			if len(left) != 1 || filepath.Base(left[0]) != p.Name {
				t.Errorf("left in the cache: %v", left)
			}
		})
	}
}

// TestGet_several: a package is fetched once for all its files, each file
// stands where it was asked for, and a whole cache needs no package at all.
func TestGet_several(t *testing.T) {
	a, b, other := pinOf("a.txt", "A"), pinOf("b.txt", "B"), pinOf("c.txt", "C")
	other.Package = "another-package@2.0.0"
	var asked []string
	f := Fetcher{Dir: t.TempDir(), pack: func(_ context.Context, dir, spec string, _ func(string)) error {
		asked = append(asked, spec)
		tarball(t, dir, "data/c.txt", "C", "LICENSE", "none", "data/b.txt", "B", "data/a.txt", "A")
		return nil
	}}
	for range 2 {
		got, err := f.Get(context.Background(), b, other, a, b)
		if err != nil {
			t.Fatal(err)
		}
		if s := string(got[0]) + string(got[1]) + string(got[2]) + string(got[3]); s != "BCAB" {
			t.Errorf("got %s", s)
		}
	}
	if want := "some-package@1.0.0 another-package@2.0.0"; strings.Join(asked, " ") != want {
		t.Errorf("asked for %v", asked)
	}
}

func TestNoNPM(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Fetcher{Dir: t.TempDir()}.Get(context.Background(), pinOf("a.txt", "right"))
	if !errors.Is(err, ErrNoNPM) {
		t.Errorf("got %v", err)
	}
}
