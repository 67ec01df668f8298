package main

import (
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tikaline/ivr/audio"
	"tikaline/ivr/exchange"
)

// beep is a second of a sound.
func beep() audio.Sound {
	s := audio.Sound{Rate: audio.Rate, Channels: 1, Samples: make([]int16, audio.Rate)}
	for i := range s.Samples {
		s.Samples[i] = int16(9000 * math.Sin(float64(i)/3))
	}
	return s
}

// TestAudio_is_played: a caller hears the operator's recording, from an address
// that stays what it is, and a voice where there is none.
func TestAudio_is_played(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "hi"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"home.pick", "option.home.book.press.1"} {
		if err := os.WriteFile(filepath.Join(dir, "hi", id+".wav"), beep().WAV(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := runs(t, "audio", "accept", "--audio-dir", dir); err != nil {
		t.Fatal(err)
	}
	s := serving(t, append([]string{"--audio-dir=" + dir}, testTwilio...)...)
	line := &exchange.Line{Base: s.url, Public: testPublic, Token: testToken, Account: testAccount, From: firstNumber, To: testNumber, SID: "CA1"}
	if _, err := line.Call(t.Context()); err != nil {
		t.Fatal(err)
	}
	h, err := line.Press(t.Context(), "1")
	if err != nil || len(h.Said) < 3 {
		t.Fatalf("heard %+v, %v", h, err)
	}
	play, choice, read := h.Said[0].Play, h.Said[1].Play, h.Said[2].Text
	path, ours := strings.CutPrefix(play, testPublic)
	if !ours || !strings.HasPrefix(path, "/audio/hi/home.pick.") || !strings.Contains(choice, "/audio/hi/option.home.book.press.1.") || read == "" {
		t.Fatalf("heard %+v", h.Said)
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "audio/wav" || res.ContentLength != int64(len(beep().WAV())) ||
			!strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s is answered %d, %v", method, res.StatusCode, res.Header)
		}
	}
	if status, _ := s.get("/audio/hi/home.pick.wav"); status != http.StatusNotFound {
		t.Errorf("an address without the hash is answered %d", status)
	}
}
