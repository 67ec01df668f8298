//go:build linux || darwin

package launch

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// An install fetches a Postgres and returns the directories it may be in.
type install struct {
	from string
	run  func(context.Context) ([]string, error)
}

// apt installs Debian's package. etc is /etc.
func (l *launcher) apt(ctx context.Context, etc string) ([]string, error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("that takes root")
	}
	if _, err := os.Stat(filepath.Join(etc, "debian_version")); err != nil {
		return nil, fmt.Errorf("this is not Debian: %w", err)
	}
	aptGet, err := l.firstInPath("apt-get")
	if err != nil {
		return nil, err
	}
	undo, err := noMainCluster(etc)
	if err != nil {
		return nil, err
	}
	defer undo()
	for _, args := range [][]string{
		{"update"},
		{"install", "-y", "--no-install-recommends", "postgresql"},
	} {
		cmd := exec.CommandContext(ctx, aptGet, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("apt-get %s: %w: %s", args[0], err, tail(string(out)))
		}
	}
	return newestFirst(l.usual), nil
}

// noMainCluster keeps the package from making and starting a server of its own,
// which nobody needs. The setting is taken back afterwards, as the next person
// to install Postgres here may well want one.
func noMainCluster(etc string) (undo func(), err error) {
	common := filepath.Join(etc, "postgresql-common")
	dir := filepath.Join(common, "createcluster.d")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("telling the package not to start a server: %w", err)
	}
	path := filepath.Join(dir, "tikaline.conf")
	if err := os.WriteFile(path, []byte("create_main_cluster = false\n"), 0o644); err != nil {
		return nil, fmt.Errorf("telling the package not to start a server: %w", err)
	}
	return func() {
		// The directories go only if they are empty: then they were ours.
		for _, p := range []string{path, dir, common} {
			os.Remove(p)
		}
	}, nil
}

// tail returns the end of a program's output, where the reason usually is.
func tail(out string) string {
	const most = 2000
	out = strings.TrimSpace(out)
	if len(out) > most {
		out = "…" + strings.ToValidUTF8(out[len(out)-most:], "")
	}
	return out
}
