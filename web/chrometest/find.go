package chrometest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"tikaline/internal/debian"
)

// names are what Chromium is called.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// find looks once for Chromium and fonts, or installs them.
var find = sync.OnceValues(func() (string, error) {
	path, err := look()
	if err == nil {
		return path, nil
	}
	if why := install(); why != nil {
		return "", fmt.Errorf("%w; installing it: %w", err, why)
	}
	return look()
})

// need is find for a test that cannot do without.
func need(t testing.TB) string {
	t.Helper()
	path, err := find()
	if err == nil {
		return path
	}
	say := t.Skipf
	if os.Getenv("CI") != "" {
		say = t.Fatalf
	}
	say("no browser to look at pages with: %v\n  install it: apt-get install --no-install-recommends chromium fonts-noto-core", err)
	return ""
}

func look() (string, error) {
	path := ""
	for _, name := range names {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		return "", fmt.Errorf("there is none of %s", strings.Join(names, ", "))
	}
	for _, lang := range []string{"hi", "bn"} {
		out, err := exec.Command("fc-list", ":lang="+lang).Output()
		if err != nil {
			return "", fmt.Errorf("list fonts: %w", err)
		}
		if len(strings.TrimSpace(string(out))) == 0 {
			return "", fmt.Errorf("there is no font for %s", lang)
		}
	}
	return path, nil
}

// install fetches Debian's packages.
func install() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	return debian.Install(ctx, "chromium", "fontconfig", "fonts-noto-core")
}
