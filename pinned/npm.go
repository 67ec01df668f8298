package pinned

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ErrNoNPM means that a file cannot be fetched because npm is missing.
var ErrNoNPM = errors.New("npm is missing: install it (Debian: apt-get install npm)")

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
	// Another package's test may be installing something else just now.
	install := []string{"-o", "DPkg::Lock::Timeout=120", "install", "-y", "--no-install-recommends", "npm"}
	for _, args := range [][]string{install, {"update"}, install} {
		cmd := exec.CommandContext(ctx, apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		out, err := cmd.CombinedOutput()
		if err != nil {
			say("apt-get: " + lastLine(out))
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
