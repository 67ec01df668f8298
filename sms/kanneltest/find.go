package kanneltest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tikaline/internal/debian"
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
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	return debian.Install(ctx, "kannel")
}
