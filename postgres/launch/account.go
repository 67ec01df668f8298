//go:build linux || darwin

package launch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// An account is the user that Postgres runs as. Postgres refuses to run as
// root.
type account struct {
	name     string
	uid, gid uint32
}

// self returns the account of this process.
func self() account {
	return account{name: "this user", uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}
}

// accountFor returns the account that the server in home runs as: our own, or
// if we are root an unprivileged account. Data that exists stays with its
// owner: the account postgres may have come to the machine only after the
// account nobody created the data.
func accountFor(home string) (account, error) {
	if os.Geteuid() != 0 {
		return self(), nil
	}
	if fi, err := os.Lstat(home); err == nil {
		if uid := ownerOf(fi); uid != 0 {
			u, err := user.LookupId(strconv.Itoa(int(uid)))
			if err != nil {
				return account{}, fmt.Errorf("finding the owner of %s: %w", home, err)
			}
			return unprivileged(u)
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return unprivileged(u)
		}
	}
	return account{}, errors.New("no account to run Postgres as: it does not run as root, and there is neither postgres nor nobody")
}

func unprivileged(u *user.User) (account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("reading the uid of account %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("reading the gid of account %s: %w", u.Username, err)
	}
	return account{name: u.Username, uid: uint32(uid), gid: uint32(gid)}, nil
}

// attr returns the attributes that make a child run as the account, in a
// process group of its own so that Ctrl-C in a terminal reaches only the
// program, which then stops the server in good order.
func (a account) attr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if int(a.uid) != os.Geteuid() {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return attr
}

// reach reports whether the account can get to dir. The parts of the path that
// do not exist yet are ours to make.
func (a account) reach(dir string) error {
	if int(a.uid) == os.Geteuid() {
		return nil
	}
	at := "/"
	for _, part := range strings.Split(strings.Trim(filepath.Clean(dir), "/"), "/") {
		at = filepath.Join(at, part)
		fi, err := os.Stat(at)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("looking at %s: %w", at, err)
		}
		if !a.mayEnter(fi) {
			return fmt.Errorf("%s is out of reach of account %s, as which Postgres runs because it refuses root: %s is closed to it (mode %v); choose a directory outside",
				dir, a.name, at, fi.Mode().Perm())
		}
	}
	return nil
}

func (a account) mayEnter(fi fs.FileInfo) bool {
	mode := fi.Mode().Perm()
	st, ok := fi.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return false
	case st.Uid == a.uid:
		return mode&0o100 != 0
	case st.Gid == a.gid:
		return mode&0o010 != 0
	}
	return mode&0o001 != 0
}

func ownerOf(fi fs.FileInfo) uint32 {
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		return st.Uid
	}
	return 0
}
