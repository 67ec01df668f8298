package ivr_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/exotelapi"
	"tikaline/ivr"
)

// wave is a WAV of so many bytes of silence; with claimed, it says it has more.
func wave(n, claimed int) []byte {
	b := append([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x00\x00\x00\x00"), bytes.Repeat([]byte{128}, n)...)
	binary.LittleEndian.PutUint32(b[4:], uint32(36+claimed))
	binary.LittleEndian.PutUint32(b[40:], uint32(claimed))
	return b
}

// shelf is a store of one recording.
type shelf struct {
	mu  sync.Mutex
	r   calls.Recording
	put int
}

func (s *shelf) TakeRecordings(_ context.Context, now, lease time.Time, _ int) ([]calls.Recording, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.r.Due.IsZero() || s.r.Due.After(now) {
		return nil, nil
	}
	s.r.Due = lease
	return []calls.Recording{s.r}, nil
}

func (s *shelf) PutRecording(_ context.Context, lease time.Time, r calls.Recording) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.r.Due.Equal(lease) {
		s.r = r
		s.put++
	}
	return nil
}

func TestFetchRecordings(t *testing.T) {
	start := time.Date(2021, 6, 2, 12, 0, 0, 0, booking.India)
	for _, c := range []struct {
		name   string
		id     string
		answer func(http.ResponseWriter, *http.Request)
		want   calls.RecordingState
		asked  bool
	}{
		{"had", "RE1", func(w http.ResponseWriter, _ *http.Request) { w.Write(wave(8000, 8000)) }, calls.RecordingFetched, true},
		{"streamed", "RE1", func(w http.ResponseWriter, _ *http.Request) { w.Write(wave(8000, -37)) }, calls.RecordingFetched, true},
		{"not_ready", "RE1", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, calls.RecordingWanted, true},
		{"cut_off", "RE1", func(w http.ResponseWriter, _ *http.Request) { w.Write(wave(800, 8000)) }, calls.RecordingWanted, true},
		{"no_recording", "RE1", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>" + strings.Repeat("x", 100))) }, calls.RecordingWanted, true},
		{"too_long", "RE1", func(w http.ResponseWriter, _ *http.Request) { w.Write(wave(2<<20, 2<<20)) }, calls.RecordingWanted, true},
		{"elsewhere", "RE1", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/else.wav", http.StatusFound) }, calls.RecordingWanted, true},
		{"another_address", "RE1/../../../Calls", nil, calls.RecordingWanted, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var asked []string
			twilio := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				user, password, _ := r.BasicAuth()
				asked = append(asked, r.Method+" "+r.URL.Path+" "+user+":"+password)
				c.answer(w, r)
			}))
			defer twilio.Close()
			source, err := ivr.TwilioRecordings(ivr.TwilioCallSettings{AccountSID: "AC1", Key: "SK1", KeySecret: "secret", BaseURL: twilio.URL})
			if err != nil {
				t.Fatal(err)
			}
			// What the request said of the address is not asked.
			s := &shelf{r: calls.Recording{ID: c.id, Number: "+919876543210", Provider: "twilio", URL: "http://169.254.169.254/latest", At: start, Due: start.Add(30 * time.Second), State: calls.RecordingWanted}}
			now := start.Add(time.Minute)
			core := &calls.Service{Now: func() time.Time { return now }}
			f := &ivr.Fetcher{Store: s, Rules: core, Sources: map[string]ivr.Source{"twilio": source}, Now: core.Now, Log: slog.New(slog.DiscardHandler)}
			for range 3 {
				if _, err := f.FetchRecordings(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if s.r.State != c.want || s.put != 1 {
				t.Errorf("it stands %s after %d", s.r.State, s.put)
			}
			want := []string{"GET /2010-04-01/Accounts/AC1/Recordings/RE1.wav SK1:secret"}
			if !c.asked {
				want = nil
			}
			if strings.Join(asked, "\n") != strings.Join(want, "\n") {
				t.Errorf("asked %q, want %q", asked, want)
			}
			if c.want == calls.RecordingWanted && (s.r.Tries != 1 || !s.r.Due.After(now) || s.r.Audio != nil) {
				t.Errorf("it stands %+v", s.r)
			}
		})
	}
}

func TestFetchRecordings_has_the_copy_deleted(t *testing.T) {
	start := time.Date(2021, 6, 2, 12, 0, 0, 0, booking.India)
	var asked []string
	status := 500
	twilio := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		if r.Method == http.MethodGet {
			w.Write(wave(8000, 8000)) //nolint:errcheck // seen below
			return
		}
		w.WriteHeader(status)
		status = 204
	}))
	defer twilio.Close()
	source, err := ivr.TwilioRecordings(ivr.TwilioCallSettings{AccountSID: "AC1", Key: "SK1", KeySecret: "secret", BaseURL: twilio.URL})
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{r: calls.Recording{ID: "RE1", Provider: "twilio", At: start, Due: start, State: calls.RecordingWanted}}
	now := start
	core := &calls.Service{Now: func() time.Time { return now }}
	f := &ivr.Fetcher{Store: s, Rules: core, Sources: map[string]ivr.Source{"twilio": source}, Now: core.Now, Log: slog.New(slog.DiscardHandler)}
	for ; now.Before(start.Add(5 * time.Hour)); now = now.Add(time.Minute) {
		if _, err := f.FetchRecordings(t.Context()); err != nil {
			t.Fatal(err)
		}
		if now.Sub(start) < time.Hour && len(asked) != 1 {
			t.Fatalf("after %s asked %q: the call may still play it", now.Sub(start), asked)
		}
	}
	if want := "GET /2010-04-01/Accounts/AC1/Recordings/RE1.wav,DELETE /2010-04-01/Accounts/AC1/Recordings/RE1.json,DELETE /2010-04-01/Accounts/AC1/Recordings/RE1.json"; strings.Join(asked, ",") != want {
		t.Errorf("asked %q", asked)
	}
	if !s.r.Dropped || !s.r.Due.IsZero() || s.r.State != calls.RecordingFetched || len(s.r.Audio) != 8044 {
		t.Errorf("it stands %+v", s.r)
	}
}

// Whose settings are missing, be it on one machine of many, has deleted nothing.
func TestFetchRecordings_of_a_provider_that_is_not_set(t *testing.T) {
	start := time.Date(2021, 6, 2, 12, 0, 0, 0, booking.India)
	for _, state := range []calls.RecordingState{calls.RecordingWanted, calls.RecordingFetched, calls.RecordingGone} {
		t.Run(string(state), func(t *testing.T) {
			s := &shelf{r: calls.Recording{ID: "RE1", Provider: "twilio", At: start, Due: start, State: state}}
			core := &calls.Service{Now: func() time.Time { return start }}
			f := &ivr.Fetcher{Store: s, Rules: core, Now: core.Now, Log: slog.New(slog.DiscardHandler)}
			if _, err := f.FetchRecordings(t.Context()); err != nil {
				t.Fatal(err)
			}
			if s.r.Dropped || s.r.State != state || s.r.Tries != 1 || !s.r.Due.After(start) {
				t.Errorf("it stands %+v", s.r)
			}
		})
	}
}

func TestExotelRecordings_addresses(t *testing.T) {
	s, err := ivr.ExotelRecordings(ivr.ExotelCallSettings{Account: exotelapi.Account{Key: "k", Token: "t"}})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"https://recordings.exotel.com/exotelrecordings/tika1/a.mp3":                  true,
		"https://s3-ap-southeast-1.amazonaws.com/exotelrecordings/tika1/a.mp3":        true,
		"https://s3-ap-southeast-1.amazonaws.com/exotelrecordings/../other/a.mp3":     false,
		"https://s3-ap-southeast-1.amazonaws.com/exotelrecordings/%2e%2e/other/a.mp3": false,
		"https://recordings.exotel.com@127.0.0.1/exotelrecordings/a.mp3":              false,
		"https://recordings.exotel.com.example.in/exotelrecordings/a.mp3":             false,
		"http://recordings.exotel.com/exotelrecordings/a.mp3":                         false,
		"http://169.254.169.254/latest/meta-data":                                     false,
		"file:///etc/passwd": false,
		"":                   false,
	} {
		if _, ok := s.Audio(calls.Recording{URL: address}); ok != want {
			t.Errorf("%q is asked: %v, want %v", address, ok, want)
		}
	}
}

func TestPlayer(t *testing.T) {
	names := map[string]calls.Recording{
		"RE1":     {ID: "RE1", State: calls.RecordingFetched, Audio: wave(80, 80)},
		"RE2":     {ID: "RE2", State: calls.RecordingWanted},
		"RE3":     {ID: "RE3", State: calls.RecordingGone},
		"RE4":     {ID: "RE4", State: calls.RecordingWritten},
		"a/b ?.x": {ID: "a/b ?.x", State: calls.RecordingFetched, Audio: wave(80, 80)},
	}
	p := &ivr.Player{
		Key: []byte("key"),
		Find: func(_ context.Context, id string) (calls.Recording, bool, error) {
			r, ok := names[id]
			return r, ok, nil
		},
		Copy: func(r calls.Recording) string { return "https://api.twilio.com/" + r.ID + ".wav" },
	}
	e := echo.New()
	p.Register(e)
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	for _, id := range []string{"RE1", "a/b ?.x"} {
		address, ok := p.URL(id)
		if w := get(address); !ok || w.Code != 200 || w.Header().Get("Content-Type") != "audio/wav" || !bytes.Equal(w.Body.Bytes(), wave(80, 80)) || w.Header().Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s is at %s: %d %v", id, address, w.Code, w.Header())
		}
	}
	address, ok := p.URL("RE2")
	if w := get(address); !ok || w.Code != 302 || w.Header().Get("Location") != "https://api.twilio.com/RE2.wav" {
		t.Errorf("RE2 is at %s: %d %v", address, w.Code, w.Header())
	}
	for _, id := range []string{"RE3", "RE4", "RE9", ""} {
		if address, ok := p.URL(id); ok {
			t.Errorf("%s is played from %s", id, address)
		}
	}
	first, _ := p.URL("RE1")
	for _, path := range []string{"/ivr/name/RE1/x", strings.Replace(address, "RE2", "RE1", 1), strings.TrimSuffix(first, first[len(first)-1:]), "/ivr/name/RE1/"} {
		if w := get(path); w.Code != 404 {
			t.Errorf("%s is answered %d", path, w.Code)
		}
	}
	names["RE1"] = calls.Recording{ID: "RE1", State: calls.RecordingWritten}
	if w := get(first); w.Code != 404 {
		t.Errorf("what was deleted is answered %d", w.Code)
	}
}
