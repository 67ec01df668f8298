package ivr

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tikaline/calls"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
)

// An Adapter speaks one provider's wire. Decode checks who asks before anything
// else. What is wrong comes as an *echo.HTTPError that names a field and never
// shows what was in it: 404 for a wrong secret, 403 for a wrong signature, 413
// for a body that is too large, 400 for anything else.
type Adapter interface {
	Name() string
	Decode(c echo.Context) (Request, error)

	// Encode writes what happens on the line; nothing, where nobody waits for it.
	Encode(c echo.Context, r Request, verbs []Verb) error
}

// A What is what a provider asks about.
type What string

// What a provider may ask.
const (
	Answers What = "answer" // what comes next on the line
	Waits   What = "wait"   // what is heard in the queue
	Leaves  What = "left"   // somebody came out of it
	Records What = "recording"
	Ends    What = "end"
	Falls   What = "fallback"
	Nothing What = "nothing" // news that are none
)

// A Request is what a provider asks, with what belongs to each What.
type Request struct {
	Event
	What     What
	Lang     string        // Waits, Leaves
	Position int           // Waits
	Waited   time.Duration // Waits
	Spoken   bool          // Leaves, Ends
	Part     string        // which of the provider's parts asks, for its Encode
	Ready    bool          // Records
	Outcome  calls.Outcome // Ends
	Duration time.Duration // Ends
}

// maxTurns bounds the questions of a call; no provider lets one last so long.
const maxTurns = 10_000

// Register serves the adapters: those with a secret in the path at
// /ivr/{provider}/{secret}…, and one that signs at /ivr/{provider}…. Whatever
// else is asked for under /ivr gets the same 404, so that nobody learns which
// providers there are; and so does whoever asks from another network than allow
// names for the provider.
func Register(e *echo.Echo, gw *Gateway, adapters []Adapter, allow channel.Allowed, m ...echo.MiddlewareFunc) error {
	known := map[string]Adapter{}
	for _, a := range adapters {
		if known[a.Name()] != nil {
			return fmt.Errorf("ivr provider %s is there twice", a.Name())
		}
		known[a.Name()] = a
	}
	h := func(c echo.Context) error {
		a := known[c.Param("provider")]
		if a == nil {
			return echo.ErrNotFound
		}
		if err := allow.Check(c, a.Name()); err != nil {
			return err
		}
		return serve(c, gw, a)
	}
	for _, path := range []string{"/ivr/:provider", "/ivr/:provider/*"} {
		channel.Guarded("the secret in the path, or a signature, the provider's networks; 64 KiB", e.Any(path, h, m...)...)
	}
	return nil
}

// serve answers one request.
func serve(c echo.Context, gw *Gateway, a Adapter) error {
	start := gw.Now()
	r, err := a.Decode(c)
	if err != nil {
		channel.Count(gw.Observer, medium, a.Name(), Rejected, gw.Now().Sub(start))
		return err
	}
	verbs, err := gw.handle(c.Request().Context(), r)
	if err != nil {
		return unanswered(gw, a, r, err)
	}
	return a.Encode(c, r, verbs)
}

// unanswered returns an error of ours for which the caller still needs an apology. It is
// answered 200 with an apology in the provider's form where somebody listens;
// elsewhere with an error, so that the provider asks again.
func unanswered(gw *Gateway, a Adapter, r Request, err error) *channel.Unanswered {
	return &channel.Unanswered{Err: err, Event: r.Event, Say: func(c echo.Context, ref string) error {
		switch r.What {
		case Answers, Waits, Leaves, Falls:
			return a.Encode(c, r, gw.Sorry(r.Lang, ref))
		}
		return c.NoContent(http.StatusInternalServerError)
	}}
}

func (g *Gateway) handle(ctx context.Context, r Request) ([]Verb, error) {
	switch r.What {
	case Answers:
		return g.Answer(ctx, r.Event)
	case Waits:
		return g.Waits(ctx, r)
	case Leaves:
		return g.Left(ctx, r)
	case Records:
		return nil, g.Records(ctx, r)
	case Ends:
		return nil, g.Ends(ctx, r)
	case Falls:
		return g.Fallback(), nil
	}
	return nil, nil
}

// need returns the value of a field that must be there: an id or a number.
func need(field, value string) (string, error) {
	if value == "" {
		return "", channel.Bad(field, "is required")
	}
	if len(value) > 200 || strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", channel.Bad(field, "is malformed")
	}
	return value, nil
}

// keys reads what was pressed, or came as if it had been: the tones A to D are on
// no telephone, and mean nothing.
func keys(field, value string) (string, error) {
	if len(value) > 40 || strings.Trim(value, "0123456789*#ABCD") != "" {
		return "", channel.Bad(field, "is malformed")
	}
	return value, nil
}

func seconds(s string) time.Duration {
	n, _ := strconv.Atoi(s) // no number is none
	return time.Duration(max(0, min(n, 24*3600))) * time.Second
}

// sameNumber reports whether a number is one of ours, however it is written.
func sameNumber(number string, ours []string) bool {
	for _, o := range ours {
		if tail(number) != "" && tail(number) == tail(o) {
			return true
		}
	}
	return false
}

// tail returns the last ten digits, which a country's code and zeros stand before.
func tail(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	return digits[max(0, len(digits)-10):]
}

// absoluteTo returns an address of ours where it is only a path.
func absoluteTo(base, address string) string {
	if strings.HasPrefix(address, "/") {
		return base + address
	}
	return address
}
