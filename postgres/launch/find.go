//go:build linux || darwin

package launch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldest is the first major version that has every feature that we and our
// tests use.
const oldest = 13

// usualDirs is where packages put the binaries without adding them to PATH.
var usualDirs = []string{
	"/usr/lib/postgresql/*/bin",                       // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                // PGDG on Red Hat
	"/opt/homebrew/opt/postgresql@*/bin",              // Homebrew on Apple silicon
	"/usr/local/opt/postgresql@*/bin",                 // Homebrew on Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin", // Homebrew on Linux
	"/Applications/Postgres.app/Contents/Versions/*/bin",
	"/usr/libexec/postgresql*", // Alpine
	"/usr/local/pgsql/bin",     // built from source
}

// binaries are one installation of Postgres that runs.
type binaries struct {
	dir     string
	version string
	major   int
}

// find returns binaries for data of that major version; zero takes any.
func (l *launcher) find(ctx context.Context, acc account, major int) (binaries, error) {
	if dir := l.Getenv("PG_BINDIR"); dir != "" {
		b, err := l.probe(ctx, acc, dir)
		if err != nil {
			return binaries{}, fmt.Errorf("using PG_BINDIR: %w", errors.Join(err, ctx.Err()))
		}
		return b, suits([]binaries{b}, major)
	}
	var found []binaries
	var tried []error
	for dir := range l.candidates(ctx) {
		b, err := l.probe(ctx, acc, dir)
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			tried = append(tried, err)
			continue
		}
		if major == 0 || b.major == major {
			return b, nil
		}
		found = append(found, b)
	}
	if len(found) > 0 && ctx.Err() == nil {
		return binaries{}, suits(found, major)
	}
	for _, in := range l.installs {
		// A ctx that has ended does not prove that there is no Postgres.
		if err := ctx.Err(); err != nil {
			return binaries{}, fmt.Errorf("looking for Postgres: %w", err)
		}
		l.Log.Info("no Postgres found, installing one", "from", in.from)
		dirs, err := in.run(ctx)
		if err != nil {
			tried = append(tried, fmt.Errorf("installing from %s: %w", in.from, err))
			continue
		}
		for _, dir := range dirs {
			b, err := l.probe(ctx, acc, dir)
			if err == nil {
				return b, suits([]binaries{b}, major)
			}
			tried = append(tried, err)
		}
	}
	if err := ctx.Err(); err != nil {
		return binaries{}, fmt.Errorf("looking for Postgres: %w", err)
	}
	return binaries{}, none(tried)
}

// none returns the error for a machine without Postgres.
func none(tried []error) error {
	var b strings.Builder
	b.WriteString("do one of these:\n" +
		"  set DATABASE_URL to a Postgres server that runs somewhere;\n" +
		"  install Postgres here (apt-get install postgresql, dnf install postgresql-server, brew install postgresql);\n" +
		"  set PG_BINDIR to the directory that holds initdb, pg_ctl and postgres")
	if len(tried) > 0 {
		b.WriteString("\nwhat was tried:")
	}
	for _, err := range tried {
		b.WriteString("\n  " + strings.ReplaceAll(err.Error(), "\n", "\n    "))
	}
	return fmt.Errorf("%w: %s", ErrNoPostgres, b.String())
}

// suits reports whether one of the installations fits data of that major
// version.
func suits(found []binaries, major int) error {
	var have []string
	for _, b := range found {
		if major == 0 || b.major == major {
			return nil
		}
		have = append(have, fmt.Sprintf("%s (%s)", b.version, b.dir))
	}
	return fmt.Errorf("%w: the data is of Postgres %d and was left as it is, but here is only %s; install Postgres %d, or set PG_BINDIR to it, or bring the data over with pg_upgrade or pg_dump",
		ErrOtherMajor, major, strings.Join(have, ", "), major)
}

// candidates returns the directories that hold the binaries, best first, each
// once.
func (l *launcher) candidates(ctx context.Context) iter.Seq[string] {
	return func(yield func(string) bool) {
		seen := map[string]bool{}
		for dir := range l.places(ctx) {
			if seen[dir] || missing(dir) != "" {
				continue
			}
			seen[dir] = true
			if !yield(dir) {
				return
			}
		}
	}
}

// places returns the directories to look in. Each is looked for only when those
// before it would not do.
func (l *launcher) places(ctx context.Context) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, path := range l.inPath("pg_config") {
			out, err := exec.CommandContext(ctx, path, "--bindir").Output()
			if err == nil && !yield(strings.TrimSpace(string(out))) {
				return
			}
		}
		for _, path := range l.inPath("pg_ctl") {
			// Resolve the link first: Postgres finds its other files from where
			// its programs really are.
			real, err := filepath.EvalSymlinks(path)
			if err == nil && !yield(filepath.Dir(real)) || !yield(filepath.Dir(path)) {
				return
			}
		}
		for _, dir := range newestFirst(l.usual) {
			if !yield(dir) {
				return
			}
		}
		if base, err := l.cache(); err == nil {
			yield(filepath.Join(npmDir(base), "bin"))
		}
	}
}

// inPath returns every program of that name in PATH.
func (l *launcher) inPath(name string) []string {
	var paths []string
	for _, dir := range filepath.SplitList(l.Getenv("PATH")) {
		if path := filepath.Join(dir, name); filepath.IsAbs(dir) && executable(path) {
			paths = append(paths, path)
		}
	}
	return paths
}

func executable(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular() && fi.Mode().Perm()&0o111 != 0
}

// newestFirst expands the patterns, the highest version number first whichever
// pattern it comes from; what has no number comes last.
func newestFirst(patterns []string) []string {
	var dirs []string
	for _, p := range patterns {
		found, _ := filepath.Glob(p) // the patterns are ours and well formed
		dirs = append(dirs, found...)
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return slices.Compare(versionIn(b), versionIn(a)) })
	return dirs
}

var lastNumbers = regexp.MustCompile(`(\d+)(?:\.(\d+))?\D*$`)

func versionIn(path string) []int {
	m := lastNumbers.FindStringSubmatch(path)
	if m == nil {
		return nil
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	return []int{major, minor}
}

// needed are the programs that a directory must have. Debian's /usr/bin holds
// some of the others.
var needed = []string{"initdb", "pg_ctl", "postgres"}

// missing returns the first of the needed programs that a directory lacks.
func missing(dir string) string {
	for _, name := range needed {
		if !executable(filepath.Join(dir, name)) {
			return name
		}
	}
	return ""
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) ((\d+)[.\w]*)`)

// probe returns the installation in a directory, after running it as the
// account it will run as: a program that exists may still not start.
func (l *launcher) probe(ctx context.Context, acc account, dir string) (binaries, error) {
	if name := missing(dir); name != "" {
		return binaries{}, fmt.Errorf("%s has no program %s", dir, name)
	}
	var b binaries
	for _, name := range needed {
		cmd := exec.CommandContext(ctx, filepath.Join(dir, name), "--version")
		cmd.SysProcAttr, cmd.Env, cmd.Dir = acc.attr(), l.toolEnv(dir), "/"
		out, err := cmd.CombinedOutput()
		if err != nil {
			return binaries{}, fmt.Errorf("%s in %s does not run as %s: %w: %s", name, dir, acc.name, err, strings.TrimSpace(string(out)))
		}
		m := versionLine.FindStringSubmatch(string(out))
		if m == nil {
			return binaries{}, fmt.Errorf("%s in %s does not say its version: %s", name, dir, strings.TrimSpace(string(out)))
		}
		if b.version != "" && b.version != m[1] {
			return binaries{}, fmt.Errorf("%s mixes Postgres %s and %s", dir, b.version, m[1])
		}
		b.dir, b.version = dir, m[1]
		b.major, _ = strconv.Atoi(m[2])
	}
	if b.major < oldest {
		return binaries{}, fmt.Errorf("too old a Postgres: %s in %s, and %d is the first that will do", b.version, dir, oldest)
	}
	return b, nil
}

// toolEnv returns the environment without PGDATA, PGPORT and the like, which
// Postgres' programs would obey.
func (l *launcher) toolEnv(bin string) []string {
	env := []string{"PATH=" + bin + ":/usr/bin:/bin", "LC_ALL=C", "HOME=/"}
	for _, name := range []string{"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if v := l.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// firstInPath returns the program of that name that a shell would run.
func (l *launcher) firstInPath(name string) (string, error) {
	if paths := l.inPath(name); len(paths) > 0 {
		return paths[0], nil
	}
	return "", errors.New("there is no " + name + " in PATH")
}
