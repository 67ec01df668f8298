package audio

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// tone is a second of a sine.
func tone(rate int, hertz float64) Sound {
	s := Sound{Rate: rate, Channels: 1, Samples: make([]int16, rate)}
	for i := range s.Samples {
		s.Samples[i] = int16(8000 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return s
}

var said = map[string]string{"hi/home.pick": "आपको क्या करना है?", "hi/home.more": "और", "en/home.pick": "What now?"}

func words(lang, id string) (string, bool) {
	text, ok := said[lang+"/"+id]
	return text, ok
}

func file(b []byte) *fstest.MapFile      { return &fstest.MapFile{Data: b} }
func text(s string) *fstest.MapFile      { return file([]byte(s)) }
func with(s Sound, f func(*Sound)) Sound { f(&s); return s }

func TestOpen(t *testing.T) {
	good := tone(Rate, 440).WAV()
	const wav, txt = "hi/home.pick.wav", "hi/home.pick.txt"
	for name, tt := range map[string]struct {
		files fstest.MapFS
		fault Fault
		says  string
	}{
		"good":              {fstest.MapFS{wav: file(good), txt: text("आपको क्या करना है?\n")}, "", ""},
		"spaced_otherwise":  {fstest.MapFS{wav: file(good), txt: text(" आपको  क्या\nकरना है? ")}, "", ""},
		"the_words_changed": {fstest.MapFS{wav: file(good), txt: text("क्या करना है?")}, Stale, "it says"},
		"no_words":          {fstest.MapFS{wav: file(good)}, Untold, "home.pick.txt"},
		"no_such_message":   {fstest.MapFS{"hi/home.gone.wav": file(good)}, Orphan, "no message"},
		"no_such_language":  {fstest.MapFS{"ta/home.pick.wav": file(good)}, Orphan, "no message"},
		"stereo":            {fstest.MapFS{wav: file(with(tone(Rate, 440), func(s *Sound) { s.Channels = 2 }).WAV()), txt: text(said["hi/home.pick"])}, Format, "2 channels"},
		"44100_Hz":          {fstest.MapFS{wav: file(tone(44100, 440).WAV()), txt: text(said["hi/home.pick"])}, Format, "44100 Hz"},
		"silence":           {fstest.MapFS{wav: file(Silence(1).WAV()), txt: text(said["hi/home.pick"])}, Format, "nothing is to be heard"},
		"the_tape_ran_on":   {fstest.MapFS{wav: file(Join(tone(Rate, 440), Silence(20)).WAV()), txt: text(said["hi/home.pick"])}, Format, "21 s"},
		"cut_off":           {fstest.MapFS{wav: file(good[:9000]), txt: text(said["hi/home.pick"])}, Format, "cut off"},
		"mp3":               {fstest.MapFS{wav: text("ID3\x03 and so on, which is no WAV"), txt: text(said["hi/home.pick"])}, Format, "no WAV"},
	} {
		t.Run(name, func(t *testing.T) {
			l, found, err := Open(tt.files, words)
			if err != nil {
				t.Fatal(err)
			}
			path, ok := l.URL("hi", "home.pick")
			if tt.fault == "" {
				if !ok || len(found) > 0 || l.Len() != 1 {
					t.Errorf("%q %t, %v", path, ok, found)
				}
				return
			}
			if ok || len(found) != 1 || found[0].Fault != tt.fault || !strings.Contains(found[0].String(), tt.says) {
				t.Errorf("%q %t, found %v; want %s and %q", path, ok, found, tt.fault, tt.says)
			}
		})
	}
	if _, _, err := Open(fstest.MapFS{}, words); err != nil {
		t.Errorf("an empty directory: %v", err)
	}
}

func TestMissing(t *testing.T) {
	l, found, err := Open(fstest.MapFS{
		"hi/home.pick.wav": file(tone(Rate, 440).WAV()), "hi/home.pick.txt": text(said["hi/home.pick"]),
		"en/home.pick.wav": file(tone(Rate, 440).WAV()), "en/home.pick.txt": text("What else?"),
	}, words)
	if err != nil {
		t.Fatal(err)
	}
	lines := []Line{{"hi", "home.more", "", 3}, {"hi", "home.pick", "", 9}, {"en", "home.pick", "", 9}}
	Sort(lines)
	if lines[0].Lang != "en" || lines[2].ID != "home.more" {
		t.Errorf("sorted %v", lines)
	}
	got := l.Missing(lines, found)
	if len(got) != 1 || got[0] != (Finding{"hi", "home.more", Missing, ""}) {
		t.Errorf("missing %v, want home.more in hi: the other is stale", got)
	}
}

func TestServeHTTP(t *testing.T) {
	wav := tone(Rate, 440).WAV()
	l, _, err := Open(fstest.MapFS{"hi/home.pick.wav": file(wav), "hi/home.pick.txt": text(said["hi/home.pick"])}, words)
	if err != nil {
		t.Fatal(err)
	}
	path, _ := l.URL("hi", "home.pick")
	for name, tt := range map[string]struct {
		method, path string
		header       [2]string
		status, size int
	}{
		"whole":              {"GET", path, [2]string{}, 200, len(wav)},
		"head":               {"HEAD", path, [2]string{}, 200, 0},
		"part":               {"GET", path, [2]string{"Range", "bytes=0-43"}, 206, 44},
		"known":              {"GET", path, [2]string{"If-None-Match", `"` + l.clips[name2("hi", "home.pick")].hash + `"`}, 304, 0},
		"another_hash":       {"GET", "/audio/hi/home.pick.000000000000.wav", [2]string{}, 404, -1},
		"without_hash":       {"GET", "/audio/hi/home.pick.wav", [2]string{}, 404, -1},
		"the_words":          {"GET", "/audio/hi/home.pick.txt", [2]string{}, 404, -1},
		"out_of_the_library": {"GET", "/audio/hi/../../etc/passwd", [2]string{}, 404, -1},
		"posted":             {"POST", path, [2]string{}, 405, -1},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, "http://tika.example"+path, nil)
			r.URL.Path = tt.path
			if tt.header[0] != "" {
				r.Header.Set(tt.header[0], tt.header[1])
			}
			w := httptest.NewRecorder()
			l.ServeHTTP(w, r)
			if w.Code != tt.status || tt.size >= 0 && w.Body.Len() != tt.size {
				t.Errorf("%d with %d bytes, want %d with %d", w.Code, w.Body.Len(), tt.status, tt.size)
			}
			if tt.status == http.StatusOK && (w.Header().Get("Content-Type") != "audio/wav" ||
				!strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("ETag") == "") {
				t.Errorf("headers %v", w.Header())
			}
		})
	}
}

func name2(lang, id string) name { return name{lang, id} }

func TestURL_changes_with_the_recording(t *testing.T) {
	path := func(hertz float64) string {
		l, _, err := Open(fstest.MapFS{"hi/home.pick.wav": file(tone(Rate, hertz).WAV()), "hi/home.pick.txt": text(said["hi/home.pick"])}, words)
		if err != nil {
			t.Fatal(err)
		}
		p, _ := l.URL("hi", "home.pick")
		return p
	}
	one, same, other := path(440), path(440), path(441)
	if one != same || one == other {
		t.Errorf("%s, the same recording at %s, another at %s", one, same, other)
	}
}

func TestWAV_there_and_back(t *testing.T) {
	s := tone(Rate, 300)
	got, err := ReadWAV(s.WAV())
	if err != nil || got.Rate != Rate || got.Channels != 1 || len(got.Samples) != len(s.Samples) || got.Samples[100] != s.Samples[100] {
		t.Errorf("%v, %d samples of %d Hz", err, len(got.Samples), got.Rate)
	}
	list := append([]byte("LIST\x03\x00\x00\x00abc\x00"), s.WAV()[12:]...) // an odd chunk before
	if _, err := ReadWAV(append(s.WAV()[:12:12], list...)); err != nil {
		t.Errorf("with a chunk before: %v", err)
	}
}

func FuzzReadWAV(f *testing.F) {
	f.Add(tone(Rate, 440).WAV()[:200])
	f.Add([]byte("RIFF\xff\xff\xff\xffWAVEdata"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := ReadWAV(b); err == nil && len(s.Samples) > len(b)/2 {
			t.Errorf("%d samples of %d bytes", len(s.Samples), len(b))
		}
	})
}

// strength is how much of a frequency there is.
func strength(s Sound, hertz float64) float64 {
	var re, im float64
	for i, v := range s.Samples {
		a := 2 * math.Pi * hertz * float64(i) / float64(s.Rate)
		re, im = re+float64(v)*math.Cos(a), im+float64(v)*math.Sin(a)
	}
	return math.Hypot(re, im) / float64(len(s.Samples))
}

func TestResample(t *testing.T) {
	for _, rate := range []int{22050, 16000, 44100} {
		both := tone(rate, 1000)
		for i, v := range tone(rate, 6000).Samples { // would fold to 2000
			both.Samples[i] += v
		}
		got := Resample(both)
		if got.Rate != Rate || len(got.Samples) != Rate {
			t.Fatalf("from %d: %d samples of %d Hz", rate, len(got.Samples), got.Rate)
		}
		if low, folded := strength(got, 1000), strength(got, 2000); folded > low/300 {
			t.Errorf("from %d: 1000 Hz %.1f, folded %.1f", rate, low, folded)
		}
		if peak := float64(got.peak()); math.Abs(peak-loud) > 1 {
			t.Errorf("from %d: peak %.0f, want %.0f", rate, peak, loud)
		}
	}
	if s := Resample(Sound{Rate: 22050, Channels: 1}); len(s.Samples) != 0 {
		t.Errorf("%d samples of nothing", len(s.Samples))
	}
}

func TestSpeaker(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is only for listening to the words: make prompts installs it")
	}
	s, err := NewSpeaker(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for lang, text := range map[string]string{"en": "Which centre?", "hi": "कौन सा केंद्र?", "bn": "কোন কেন্দ্র?"} {
		sound, err := s.Say(context.Background(), lang, text)
		if err != nil {
			t.Fatal(err)
		}
		if fault := sound.fault(); fault != "" || sound.Took() < time.Second/2 || sound.Took() > 4*time.Second {
			t.Errorf("%s: %s, %s", lang, sound.Took(), fault)
		}
	}
	if _, err := s.Say(context.Background(), "xx", "?"); err == nil {
		t.Error("a language that there is not")
	}
}
