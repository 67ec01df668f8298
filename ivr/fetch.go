package ivr

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tikaline/calls"
	"tikaline/outbox/ask"
	"tikaline/twilioapi"
)

// A Source is where a provider has what was recorded with it. Both addresses
// are made or checked here: what a request says of one is not asked as it is, or
// whoever can send one has us ask anybody.
type Source struct {
	Audio func(calls.Recording) (address string, ok bool)
	Drop  func(calls.Recording) (address string, ok bool) // nil: nothing can be deleted there

	User, Password string
	Trusted        func(address *url.URL) bool // who gets the password; nil is all
}

// Sources is where recordings are, by the name of their provider.
type Sources map[string]Source

// Copy returns where a provider itself plays a recording to callers; "" is
// nowhere. Of an address that asks for a password nothing would be heard. Twilio
// plays its own to whoever has the address.
func (s Sources) Copy(r calls.Recording) string {
	source, known := s[r.Provider]
	if !known {
		return ""
	}
	address, ok := source.Audio(r)
	if u, err := url.Parse(address); !ok || err != nil || source.Trusted != nil && source.Trusted(u) {
		return ""
	}
	return address
}

// TwilioRecordings returns the recordings of an account of Twilio's,
// https://www.twilio.com/docs/voice/api/recording.
func TwilioRecordings(s TwilioCallSettings) (Source, error) {
	if s.BaseURL == "" {
		s.BaseURL = twilioapi.BaseURL
	}
	if err := absolute("twilio's address", s.BaseURL); err != nil {
		return Source{}, err
	}
	at := func(suffix string) func(calls.Recording) (string, bool) {
		return func(r calls.Recording) (string, bool) {
			return strings.TrimSuffix(s.BaseURL, "/") + "/2010-04-01/Accounts/" + url.PathEscape(s.AccountSID) + "/Recordings/" + r.ID + suffix,
				alphanumeric.MatchString(r.ID)
		}
	}
	return Source{Audio: at(".wav"), Drop: at(".json"), User: s.Key, Password: s.KeySecret}, nil
}

// ExotelRecordings returns what Exotel has recorded; it says where, and that must
// begin with one of the prefixes. Nothing can be deleted there but in its
// console, and its password is for its own hosts alone.
func ExotelRecordings(s ExotelCallSettings, prefixes ...string) (Source, error) {
	if len(prefixes) == 0 {
		prefixes = []string{"https://recordings.exotel.com/exotelrecordings/", "https://s3-ap-southeast-1.amazonaws.com/exotelrecordings/"}
	}
	for _, p := range prefixes {
		if u, err := url.Parse(p); err != nil || u.Host == "" || u.User != nil || !strings.HasSuffix(u.Path, "/") {
			return Source{}, errors.New("exotel: an address that recordings begin with is none, or does not end with a slash")
		}
	}
	return Source{
		Audio: func(r calls.Recording) (string, bool) {
			u, err := url.Parse(r.URL)
			if err != nil || u.User != nil || strings.Contains(u.Path, "..") {
				return "", false
			}
			for _, p := range prefixes {
				if strings.HasPrefix(r.URL, p) {
					return r.URL, true
				}
			}
			return "", false
		},
		User: s.Key, Password: s.Token,
		Trusted: func(u *url.URL) bool { return u.Scheme == "https" && strings.HasSuffix(u.Hostname(), ".exotel.com") },
	}, nil
}

// What is fetched is a name: seconds of speech.
const (
	audioMost  = 1 << 20
	fetchBatch = 20
	fetchLease = fetchBatch * ask.Timeout * 3 / 2
)

// A Fetcher fetches recordings from providers, has them delete their copies, and
// stores what came of it. Several may share a store.
type Fetcher struct {
	Store   FetchStore
	Rules   FetchRules        // *booking.Core
	Sources map[string]Source // by provider
	Now     func() time.Time
	Log     *slog.Logger
	Timeout time.Duration // 0 is ask.Timeout
}

// A FetchStore is what fetching needs of a store.
type FetchStore interface {
	TakeRecordings(ctx context.Context, now, lease time.Time, limit int) ([]calls.Recording, error)
	PutRecording(ctx context.Context, lease time.Time, r calls.Recording) error
}

// A FetchRules says what follows.
type FetchRules interface {
	Fetched(r calls.Recording, audio []byte) calls.Recording
	NotFetched(r calls.Recording) calls.Recording
}

// FetchRecordings does what there is to be done now, and says about how many
// recordings it did something.
func (f *Fetcher) FetchRecordings(ctx context.Context) (int, error) {
	client := ask.NewClient(f.Timeout)
	defer client.CloseIdleConnections()
	n := 0
	for {
		now := f.Now()
		list, err := f.Store.TakeRecordings(ctx, now, now.Add(fetchLease), fetchBatch)
		if err != nil {
			return n, err
		}
		for _, r := range list {
			if ctx.Err() != nil {
				return n, ctx.Err() // the lease ends, and another goes on
			}
			lease := r.Due
			if err := f.Store.PutRecording(ctx, lease, f.one(ctx, client, r)); err != nil {
				return n, err
			}
			n++
		}
		if len(list) < fetchBatch {
			return n, nil
		}
	}
}

// one does the next thing about a recording.
func (f *Fetcher) one(ctx context.Context, client *http.Client, r calls.Recording) calls.Recording {
	source, known := f.Sources[r.Provider]
	if !known { // here: another machine's settings may have it
		nowhere := func(calls.Recording) (string, bool) { return "", false }
		source.Audio, source.Drop = nowhere, nowhere
	}
	if r.State == calls.RecordingWanted {
		audio, err := source.fetch(ctx, client, r)
		if err != nil {
			f.failed("recording not fetched", err, r)
			return f.Rules.NotFetched(r)
		}
		return f.Rules.Fetched(r, audio)
	}
	if err := source.drop(ctx, client, r); err != nil {
		f.failed("the provider's copy of a recording is not deleted", err, r)
		return f.Rules.NotFetched(r)
	}
	r.Dropped, r.Due = true, time.Time{}
	return r
}

func (f *Fetcher) failed(what string, err error, r calls.Recording) {
	f.Log.Warn(what, "err", ask.Bare(err), "provider", r.Provider, "number", r.Number.Tail(), "tries", r.Tries)
}

var errForeign = errors.New("it is at no address of this provider's")

// fetch gets a recording.
func (s Source) fetch(ctx context.Context, client *http.Client, r calls.Recording) ([]byte, error) {
	address, ok := s.Audio(r)
	if !ok {
		return nil, errForeign
	}
	res, err := s.ask(ctx, client, http.MethodGet, address)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("answered %d", res.StatusCode)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, audioMost+1))
	switch {
	case err != nil:
		return nil, err
	case len(b) > audioMost:
		return nil, errors.New("it is too long for a name")
	case audioType(b) == "":
		return nil, errors.New("it is no recording, or not all of one")
	}
	return b, nil
}

// drop has the provider delete its copy.
func (s Source) drop(ctx context.Context, client *http.Client, r calls.Recording) error {
	if s.Drop == nil {
		return nil
	}
	address, ok := s.Drop(r)
	if !ok {
		return errForeign
	}
	res, err := s.ask(ctx, client, http.MethodDelete, address)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK, http.StatusNoContent, http.StatusNotFound, http.StatusGone:
		return nil
	}
	return fmt.Errorf("answered %d", res.StatusCode)
}

func (s Source) ask(ctx context.Context, client *http.Client, method, address string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, errForeign
	}
	if s.Trusted == nil || s.Trusted(req.URL) {
		req.SetBasicAuth(s.User, s.Password)
	}
	return client.Do(req)
}

// audioType returns the media type of a recording; "" is none that we know, or one
// that is cut off.
func audioType(b []byte) string {
	switch {
	case len(b) >= 44 && bytes.Equal(b[:4], []byte("RIFF")) && bytes.Equal(b[8:12], []byte("WAVE")):
		// Who streams it does not know its length beforehand.
		if size := binary.LittleEndian.Uint32(b[4:8]); size != 0 && size < 1<<31-1 && int(size)+8 > len(b) {
			return ""
		}
		return "audio/wav"
	case len(b) > 4 && (bytes.Equal(b[:3], []byte("ID3")) || b[0] == 0xff && b[1]&0xe0 == 0xe0):
		return "audio/mpeg"
	}
	return ""
}
