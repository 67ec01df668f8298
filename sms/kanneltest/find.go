package kanneltest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// binaries is the two programs that make a Kannel.
type binaries struct{ bearerbox, smsbox string }

// find looks once for Kannel, or installs it.
var find = sync.OnceValues(func() (binaries, error) {
	b, err := look()
	if err == nil {
		return b, nil
	}
	if why := install(); why != nil {
		return b, fmt.Errorf("%w; installing it: %w", err, why)
	}
	return look()
})

// need is find for a test that cannot do without.
func need(t testing.TB) binaries {
	t.Helper()
	b, err := find()
	if err == nil {
		return b
	}
	say := t.Skipf
	if os.Getenv("CI") == "true" {
		say = t.Fatalf
	}
	say("no Kannel: %v\n  install it (apt-get install --no-install-recommends kannel) or put bearerbox and smsbox into PATH", err)
	return b
}

func look() (binaries, error) {
	bearerbox, err := program("bearerbox")
	if err != nil {
		return binaries{}, err
	}
	smsbox, err := program("smsbox")
	return binaries{bearerbox, smsbox}, err
}

// program looks where Debian puts it, too: sbin is not in everybody's PATH.
func program(name string) (string, error) {
	if p, err := exec.LookPath(name); err == nil {
		return filepath.Abs(p)
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin"} {
		if p, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return p, nil
		}
	}
	return "", fmt.Errorf("there is no %s", name)
}

// install fetches Debian's package. Its service stays off: the package starts
// none unless /etc/default/kannel says so.
func install() error {
	if os.Geteuid() != 0 {
		return errors.New("that takes root")
	}
	if _, err := os.Stat("/etc/debian_version"); err != nil {
		return errors.New("this is not Debian")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	for _, args := range [][]string{
		{"update"},
		// Another package's test may be installing something else just now.
		{"-o", "DPkg::Lock::Timeout=120", "install", "-y", "--no-install-recommends", "kannel"},
	} {
		cmd := exec.CommandContext(ctx, "apt-get", args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get: %w: %s", err, tail(string(out)))
		}
	}
	return nil
}

// tail is the end of what a program said, where the reason usually is.
func tail(out string) string {
	const most = 1500
	out = strings.TrimSpace(out)
	if len(out) > most {
		out = "…" + strings.ToValidUTF8(out[len(out)-most:], "")
	}
	return out
}
