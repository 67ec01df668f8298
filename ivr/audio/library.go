package audio

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// Prefix is where recordings are served.
const Prefix = "/audio/"

// Words is what a message says in a language at present; false where there is
// no such message, or where it has values and so cannot be recorded.
type Words func(lang, id string) (text string, ok bool)

// A Library is the recordings that may be played. It never changes.
type Library struct {
	clips map[name]*clip
	paths map[string]*clip
}

type name struct{ lang, id string }

type clip struct {
	path, hash string
	wav        []byte
}

// A Fault is what is wrong with a recording.
type Fault string

// The faults.
const (
	Missing Fault = "missing" // nobody recorded it yet
	Stale   Fault = "stale"   // the words have changed since
	Untold  Fault = "untold"  // nobody wrote down what it says
	Format  Fault = "format"  // not 8 kHz mono 16-bit, or silent, or too long
	Orphan  Fault = "orphan"  // there is no such message, or it has values
)

// A Finding is a recording with what is wrong with it.
type Finding struct {
	Lang, ID string
	Fault    Fault
	Detail   string
}

func (f Finding) String() string {
	s := string(f.Fault) + "\t" + f.Lang + "\t" + f.ID
	if f.Detail != "" {
		s += "\t" + f.Detail
	}
	return s
}

// Open reads a directory of recordings, and says which of them will not be
// played and why.
func Open(fsys fs.FS, words Words) (*Library, []Finding, error) {
	l := &Library{clips: map[name]*clip{}, paths: map[string]*clip{}}
	files, err := fs.Glob(fsys, "*/*.wav")
	if err != nil {
		return nil, nil, err
	}
	if _, err := fs.Stat(fsys, "."); err != nil { // Glob says nothing of that
		return nil, nil, fmt.Errorf("read recordings: %w", err)
	}
	var found []Finding
	for _, file := range files {
		lang, id := path.Dir(file), strings.TrimSuffix(path.Base(file), ".wav")
		fault, detail, err := l.add(fsys, file, name{lang, id}, words)
		if err != nil {
			return nil, nil, fmt.Errorf("read recordings: %w", err)
		}
		if fault != "" {
			found = append(found, Finding{lang, id, fault, detail})
		}
	}
	return l, found, nil
}

func (l *Library) add(fsys fs.FS, file string, n name, words Words) (Fault, string, error) {
	now, ok := words(n.lang, n.id)
	if !ok {
		return Orphan, "no message without values is called that", nil
	}
	then, err := fs.ReadFile(fsys, Told(n.lang, n.id))
	switch {
	case err != nil:
		return Untold, "write what is said on it into " + path.Base(Told(n.lang, n.id)), nil
	case !same(string(then), now):
		return Stale, fmt.Sprintf("it says %q, and should say %q", strings.TrimSpace(string(then)), now), nil
	}
	wav, err := fs.ReadFile(fsys, file)
	if err != nil {
		return "", "", err
	}
	sound, err := ReadWAV(wav)
	if err != nil {
		return Format, err.Error(), nil
	}
	if fault := sound.fault(); fault != "" {
		return Format, fault, nil
	}
	sum := sha256.Sum256(wav)
	c := &clip{hash: hex.EncodeToString(sum[:6]), wav: wav}
	c.path = Prefix + n.lang + "/" + n.id + "." + c.hash + ".wav"
	l.clips[n], l.paths[c.path] = c, c
	return "", "", nil
}

// Told is the file beside a recording that has the words that were read.
func Told(lang, id string) string { return lang + "/" + id + ".txt" }

// same compares words: how they are spaced is of no matter.
func same(a, b string) bool { return slices.Equal(strings.Fields(a), strings.Fields(b)) }

// Len is how many recordings there are.
func (l *Library) Len() int { return len(l.clips) }

// URL is the path that a message's recording is served at; false where there is
// none to play.
func (l *Library) URL(lang, id string) (string, bool) {
	c, ok := l.clips[name{lang, id}]
	if !ok {
		return "", false
	}
	return c.path, true
}

// Missing lists the messages that nobody recorded, of those there are; one that
// is there and wrong is among the findings of Open.
func (l *Library) Missing(wanted []Line, found []Finding) []Finding {
	wrong := map[name]bool{}
	for _, f := range found {
		wrong[name{f.Lang, f.ID}] = true
	}
	var all []Finding
	for _, w := range wanted {
		n := name{w.Lang, w.ID}
		if l.clips[n] == nil && !wrong[n] {
			all = append(all, Finding{Lang: w.Lang, ID: w.ID, Fault: Missing})
		}
	}
	return all
}

// A Line is something to be read aloud, and how often it is said.
type Line struct {
	Lang, ID, Text string
	Said           int
}

// Sort puts what is said most first.
func Sort(lines []Line) {
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(b.Said, a.Said), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Lang, b.Lang))
	})
}

// year is for how long an answer may be kept: for good.
const year = "public, max-age=31536000, immutable"

// ServeHTTP serves the recordings by the paths of URL, whole or in part.
func (l *Library) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, ok := l.paths[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only to be listened to", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "audio/wav")
	h.Set("Cache-Control", year)
	h.Set("ETag", `"`+c.hash+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(c.wav))
}
