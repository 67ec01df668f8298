package debian

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// Install installs packages, without what they recommend. It tries the package
// lists that apt has first, and updates them only if that fails.
func Install(ctx context.Context, packages ...string) error {
	if os.Geteuid() != 0 {
		return errors.New("that takes root")
	}
	if _, err := os.Stat("/etc/debian_version"); err != nil {
		return errors.New("this is not Debian")
	}
	free, err := alone()
	if err != nil {
		return fmt.Errorf("wait for others who install: %w", err)
	}
	defer free()
	install := append([]string{"install", "-y", "--no-install-recommends"}, packages...)
	if err := apt(ctx, install...); err == nil {
		return nil
	}
	if err := apt(ctx, "update"); err != nil {
		return err
	}
	return apt(ctx, install...)
}

// alone waits until nobody else is in Install. The system lets go of the lock
// when its holder ends, however that is.
func alone() (free func(), err error) {
	f, err := os.OpenFile(filepath.Join(os.TempDir(), "tikaline-install.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close() //nolint:errcheck // nothing was written
		return nil, err
	}
	return func() { f.Close() }, nil //nolint:errcheck // nothing was written
}

func apt(ctx context.Context, args ...string) error {
	// Another program may be installing just now.
	cmd := exec.CommandContext(ctx, "apt-get", append([]string{"-o", "DPkg::Lock::Timeout=240"}, args...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if out, err := cmd.CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n") // the reason is usually the last
		return fmt.Errorf("apt-get %s: %w: %s", args[0], err, lines[len(lines)-1])
	}
	return nil
}
