package ivr

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tikaline/calls"
	"tikaline/channel"

	"github.com/labstack/echo/v4"
)

// namePath is where recorded names are played from:
//
//	GET /ivr/name/{id}/{signature}
//
// A provider asks without any call parameters or password, so the address
// itself is what lets in. It is good for one recording, while there is one.
const namePath = "/ivr/name/"

// A Player plays recorded names to callers.
type Player struct {
	Key  []byte // signs the addresses
	Find func(ctx context.Context, id string) (calls.Recording, bool, error)

	// Copy is where the provider itself plays what we have not fetched yet; ""
	// is nowhere. nil is nowhere too.
	Copy func(r calls.Recording) string
}

// findTimeout is how long a prompt waits to know whether there is a recording.
const findTimeout = time.Second

// URL is where a recording is played from; false where there is none any more.
func (p *Player) URL(id string) (string, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), findTimeout)
	defer cancel()
	r, found, err := p.Find(ctx, id)
	if err != nil || !found || !p.plays(r) {
		return "", false
	}
	return namePath + url.PathEscape(id) + "/" + p.sign(id), true
}

// plays reports whether a recording can be heard.
func (p *Player) plays(r calls.Recording) bool {
	switch r.State {
	case calls.RecordingFetched:
		return true
	case calls.RecordingWanted:
		return p.Copy != nil && p.Copy(r) != ""
	}
	return false
}

func (p *Player) sign(id string) string {
	h := hmac.New(sha256.New, p.Key)
	h.Write([]byte("tikaline recorded name\x00" + id)) //nolint:errcheck // never fails
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}

// Register serves them.
func (p *Player) Register(e *echo.Echo) {
	channel.Guarded("our signature in the path, good for one recorded name", e.Match([]string{http.MethodGet, http.MethodHead}, namePath+":id/:signature", p.play)...)
}

func (p *Player) play(c echo.Context) error {
	id, err := url.PathUnescape(c.Param("id"))
	if err != nil || !hmac.Equal([]byte(strings.TrimSuffix(c.Param("signature"), ".wav")), []byte(p.sign(id))) {
		return echo.ErrNotFound
	}
	r, found, err := p.Find(c.Request().Context(), id)
	if err != nil {
		return err
	}
	if !found || !p.plays(r) {
		return echo.ErrNotFound
	}
	c.Response().Header().Set("Cache-Control", "private, no-store") // it is deleted when it is written down
	if r.State == calls.RecordingWanted {
		return c.Redirect(http.StatusFound, p.Copy(r))
	}
	return c.Blob(http.StatusOK, audioType(r.Audio), r.Audio)
}
