package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A usage is the processor time of a process, as /proc has it.
type usage struct {
	parent int
	took   time.Duration // of processors, by itself and by children that have ended
}

// usageOf returns a process's usage; false where the system has no /proc.
func usageOf(pid int) (usage, bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return usage{}, false
	}
	// The name in brackets may hold anything. Behind it, counted from 0, the
	// second field is the parent and the twelfth to fifteenth are times in
	// hundredths of a second: proc_pid_stat(5).
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(fields) < 15 {
		return usage{}, false
	}
	var u usage
	for _, f := range fields[11:15] {
		n, err := strconv.ParseInt(string(f), 10, 64)
		if err != nil {
			return usage{}, false
		}
		u.took += time.Duration(n) * 10 * time.Millisecond
	}
	u.parent, err = strconv.Atoi(string(fields[1]))
	return u, err == nil
}

// cpu returns the processor time the program has taken, 0 where it is not
// known. Unlike a rate it hardly changes with what else the machine does.
func (p *process) cpu() time.Duration {
	u, _ := usageOf(p.cmd.Process.Pid)
	return u.took
}

// postgresCPU returns the processor time that our Postgres has taken, all of
// its processes together.
func (l *lab) postgresCPU() time.Duration {
	if l.server == nil {
		return 0
	}
	b, err := os.ReadFile(filepath.Join(l.server.DataDir, "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), "\n")
	postmaster, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	own, _ := usageOf(postmaster)
	total := own.took
	all, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	for _, d := range all {
		pid, err := strconv.Atoi(d.Name())
		if err != nil {
			continue
		}
		if u, ok := usageOf(pid); ok && u.parent == postmaster {
			total += u.took
		}
	}
	return total
}
