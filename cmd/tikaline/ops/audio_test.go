package ops

import (
	"bytes"
	"context"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tikaline/ivr"
	"tikaline/ivr/audio"
	"tikaline/locales"
)

// audioRun runs a command and returns what it printed.
func audioRun(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	var b, ignored bytes.Buffer
	err = Run(context.Background(), new(Commands), append([]string{"audio"}, args...), World{Out: &b, Err: &ignored, Now: time.Now})
	return b.String(), err
}

func TestAudio_list(t *testing.T) {
	out, err := audioRun(t, "list")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]map[string]bool{}
	for _, row := range rows[1:] {
		if listed[row[0]] == nil {
			listed[row[0]] = map[string]bool{}
		}
		if listed[row[0]][row[1]] {
			t.Errorf("%s is there twice in %s", row[1], row[0])
		}
		listed[row[0]][row[1]] = true
		if row[3] == "" || strings.Contains(row[3], "{{") || row[2] == "0.0" {
			t.Errorf("nothing to read: %q", row)
		}
	}
	for _, lang := range ivr.Languages {
		for _, id := range []string{"home.pick", "find.pincode", "call.tail", "problem.busy", "offer.change", "problem.not_an_option", "option.home.book.press.1", "option.offer.place.press.1"} {
			if !listed[lang][id] {
				t.Errorf("%s is not listed in %s", id, lang)
			}
		}
	}
	if len(listed["hi"]) < 80 || rows[1][1] != "call.more" && rows[1][1] != "call.tail" {
		t.Errorf("%d in Hindi, %s first: what is said with every list comes first", len(listed["hi"]), rows[1][1])
	}
	if _, err := audioRun(t, "list", "--lang", "ta"); err == nil {
		t.Error("listed in a language that is not spoken")
	}
}

// beep is a second of a sound.
func beep() audio.Sound {
	s := audio.Sound{Rate: audio.Rate, Channels: 1, Samples: make([]int16, audio.Rate)}
	for i := range s.Samples {
		s.Samples[i] = int16(9000 * math.Sin(float64(i)/3))
	}
	return s
}

func TestAudio_check_and_accept(t *testing.T) {
	dir := t.TempDir()
	write := func(file string, b []byte) {
		t.Helper()
		file = filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	check := func(playable bool, says string) {
		t.Helper()
		out, err := audioRun(t, "check", "--audio-dir", dir)
		if (err == nil) != playable || !strings.Contains(out, says) {
			t.Errorf("check: %v\n%.300s\nwant %q", err, out, says)
		}
	}
	write("hi/home.pick.wav", beep().WAV())
	if out, err := audioRun(t, "accept", "--audio-dir", dir); err != nil || !strings.HasPrefix(out, "hi\thome.pick\t") {
		t.Fatalf("accept: %v, %q", err, out)
	}
	check(true, "missing\tbn\thome.pick\n")
	write("hi/home.pick.txt", []byte("पहले यह कहते थे"))
	if out, err := audioRun(t, "accept", "--audio-dir", dir); err != nil || out != "" {
		t.Errorf("accept: %v, %q; what is stale has to be recorded first", err, out)
	}
	check(false, "stale\thi\thome.pick")
	if _, err := audioRun(t, "accept", "--audio-dir", dir, "hi/home.pick"); err != nil {
		t.Errorf("accept anew: %v", err)
	}
	if out, err := audioRun(t, "accept", "--audio-dir", dir, "hi/home.gone"); err == nil || out != "" {
		t.Errorf("accepted a recording that is not there: %q", out)
	}
}

// TestPrompts_fit holds every page that is heard, with the longest names, to
// three choices and to seconds that are told.
func TestPrompts_fit(t *testing.T) {
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	all, err := spokenPrompts(context.Background(), words, false)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	for _, s := range all {
		for n, pages := range s.Looks {
			for at, h := range pages {
				file := fileName(s.Where, at, ivr.Languages[n])
				if files[file] || strings.ContainsAny(file, " /()") {
					t.Errorf("%q is a second time the file of a prompt, or no name of one", file)
				}
				files[file] = true
				if h.Choices > ivr.MaxChoices || h.Text() == "" || h.Took == 0 {
					t.Errorf("%s: %d choices, %s: %q", s.Where, h.Choices, h.Took, h.Text())
				}
			}
		}
	}
	if len(files) < 100 {
		t.Errorf("only %d prompts", len(files))
	}
}
