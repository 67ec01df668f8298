//go:build linux || darwin

package launch

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// base returns the durable server's Dir, made if need be.
func (l *launcher) base() (string, error) {
	dir, err := l.chooseBase()
	if err != nil {
		return "", err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("choosing where to keep the database: %w", err)
	}
	// Before making it, so that a refusal leaves nothing behind.
	acc, err := accountFor(filepath.Join(dir, "postgres"))
	if err != nil {
		return "", err
	}
	if err := acc.reach(dir); err != nil {
		return "", err
	}
	_, err = os.Lstat(dir)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("making the directory for the database: %w", err)
	}
	if fresh { // a strict umask would shut out the server's account
		if err := os.Chmod(dir, 0o755); err != nil {
			return "", fmt.Errorf("making the directory for the database: %w", err)
		}
	}
	return dir, acc.reach(dir)
}

func (l *launcher) chooseBase() (string, error) {
	if l.Dir != "" {
		return l.Dir, nil
	}
	if os.Geteuid() == 0 {
		return rootBase("/var/lib/tikaline", "/var/tmp")
	}
	if d := l.Getenv("XDG_DATA_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "tikaline"), nil
	}
	if d := l.Getenv("HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, ".local", "share", "tikaline"), nil
	}
	return "", errors.New("choosing where to keep the database: neither HOME nor XDG_DATA_HOME is set")
}

// rootBase returns the first choice, or where that cannot be written a
// directory of this checkout's own under tmp.
func rootBase(first, tmp string) (string, error) {
	const writable = 2
	if os.MkdirAll(first, 0o755) == nil && syscall.Access(first, writable) == nil {
		return first, nil
	}
	wd, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("choosing where to keep the database: %w", err)
	}
	dir := filepath.Join(tmp, fmt.Sprintf("tikaline-%x", sha256.Sum256([]byte(wd)))[:len("tikaline-")+12])
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("making the directory for the database: %w", err)
	}
	// Everyone may write in tmp, so the name may be somebody else's trap.
	fi, err := os.Lstat(dir)
	if err != nil {
		return "", fmt.Errorf("making the directory for the database: %w", err)
	}
	if !fi.IsDir() || ownerOf(fi) != 0 {
		return "", fmt.Errorf("%s is not a directory of root's: remove it", dir)
	}
	return dir, nil
}

// makeHome makes the directory that the server's account owns.
func makeHome(home string, acc account) error {
	if err := os.Mkdir(home, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("making the server's directory: %w", err)
	}
	fi, err := os.Lstat(home)
	if err != nil {
		return fmt.Errorf("looking at the server's directory: %w", err)
	}
	if !fi.IsDir() {
		return fmt.Errorf("%s is not a directory", home)
	}
	owner := ownerOf(fi)
	if owner == acc.uid {
		return nil
	}
	entries, err := os.ReadDir(home)
	if err != nil {
		return fmt.Errorf("looking at the server's directory: %w", err)
	}
	// An empty directory is ours from just now, or from a start that was cut
	// off.
	if int(owner) != os.Geteuid() || len(entries) > 0 {
		return fmt.Errorf("%s belongs to uid %d, and the server would run as uid %d (%s)", home, owner, acc.uid, acc.name)
	}
	if err := os.Lchown(home, int(acc.uid), int(acc.gid)); err != nil {
		return fmt.Errorf("giving the server its directory: %w", err)
	}
	return nil
}

// writeFor writes a file that the account can read, by way of a new name so
// that root follows nobody's symlink.
func writeFor(acc account, path, content string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // gone already if all went well
	_, err = f.WriteString(content)
	if err == nil {
		err = f.Chown(int(acc.uid), int(acc.gid))
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// syncDir makes a rename in dir survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return nil
}
