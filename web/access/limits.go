package access

import (
	"cmp"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/limits"
	"tikaline/otp"
)

// A Limit is how many requests of a kind are allowed in a time.
type Limit struct {
	Most  int
	In    time.Duration
	Block time.Duration // how long requests beyond Most are refused; 0 is until In is over
}

// Figures are all limits. The zero Figures are the original's, and ours where
// it had none.
type Figures struct {
	Public    Limit // calls without a login, of an address: 100 in 5 min
	Calls     Limit // calls with a login, of a number: 300 in 5 min
	Session   Limit // searches with one token: 20 in 15 min
	Searches  Limit // searches of a number: 1,000 in 24 h, then blocked for 24 h
	Asking    Limit // one-time passwords requested from an address: 100 in 5 min
	AskingDay Limit // and in 24 h: 2,000
	Checking  Limit // one-time passwords checked from an address: 100 in 5 min
	Wrong     Limit // wrong ones: 20 in 15 min
}

// rules returns the Figures as rules, under the names that are stored.
func (f Figures) rules() []limits.Rule {
	const min, hour = time.Minute, time.Hour
	var list []limits.Rule
	for _, r := range []struct {
		name         string
		limit, usual Limit
	}{
		{"public", f.Public, Limit{100, 5 * min, 0}},
		{"calls", f.Calls, Limit{300, 5 * min, 0}},
		{"session", f.Session, Limit{20, 15 * min, 0}},
		{"searches", f.Searches, Limit{1000, 24 * hour, 24 * hour}},
		{"asking", f.Asking, Limit{100, 5 * min, 0}},
		{"asking_day", f.AskingDay, Limit{2000, 24 * hour, 0}},
		{"checking", f.Checking, Limit{100, 5 * min, 0}},
		{"wrong", f.Wrong, Limit{20, 15 * min, 0}},
	} {
		if r.limit == (Limit{}) {
			r.limit = r.usual
		}
		list = append(list, limits.Rule{Name: r.name, Most: r.limit.Most, In: cmp.Or(r.limit.In, r.usual.In), Block: r.limit.Block})
	}
	return list
}

// Limits are the rate limits of the API. Each refuses with Retry-After, before
// any work is done. Preflights are never counted.
type Limits struct{ *limits.Limits }

// NewLimits returns the rate limits of a node; its Run shares their counts with
// the other nodes.
func NewLimits(f Figures, keys otp.Keys, store limits.Store, now func() time.Time, log *slog.Logger) *Limits {
	return &Limits{limits.New(append(f.rules(), left), limits.Options{Key: keys.Current().For("limits"), Store: store, Now: now, Log: log})}
}

// The bodies of refusals. Forbidden is that of the original's gateway; clients
// wait after 403 and 429, and after nothing else.
const (
	forbidden = `{"message":"Forbidden"}`
	tooMany   = `{"message":"Too Many Requests"}`
	blocked   = `{"message":"Your Account is Blocked Due To Exceeding Our Search Limit, Please read our terms of service"}`
)

// Public returns the rate limit of calls without a login, by address. It
// refuses with 403, as the original did.
func (l *Limits) Public() echo.MiddlewareFunc {
	return guard(func(c echo.Context) *refusal {
		return l.take("public", address(c), http.StatusForbidden, forbidden)
	})
}

// Calls returns the rate limit of every call with a login, by number, behind
// Require. Some clients repeat a refused booking without a pause.
func (l *Limits) Calls() echo.MiddlewareFunc {
	return guard(func(c echo.Context) *refusal {
		return l.take("calls", []byte(Number(c)), http.StatusTooManyRequests, tooMany)
	})
}

// Search returns the rate limit of searches with a login, behind Require: by
// token, and by number and day, after which the number is blocked for a day.
func (l *Limits) Search() echo.MiddlewareFunc {
	return guard(func(c echo.Context) *refusal {
		claims := ClaimsOf(c)
		if r := l.take("session", claims.ID[:], http.StatusTooManyRequests, tooMany); r != nil {
			return r
		}
		return l.take("searches", []byte(claims.Number), http.StatusForbidden, blocked)
	})
}

// Asking counts a one-time password that is requested from an address: the
// Limiter of an otp.Service. ok is false where the limit is reached; wait is
// then how long.
func (l *Limits) Asking(from netip.Addr) (wait time.Duration, ok bool) {
	a := limits.Address(from)
	if wait, ok = l.Ask("asking_day", a); !ok {
		return wait, false
	}
	if wait, ok = l.Take("asking", a); ok {
		wait, ok = l.Take("asking_day", a)
	}
	return wait, ok
}

var _ otp.Limiter = (*Limits)(nil)

// Calling counts a request of a number that has logged in, by any channel of
// the web. ok is false where the limit is reached; wait is then how long.
func (l *Limits) Calling(number booking.MSISDN) (wait time.Duration, ok bool) {
	return l.Take("calls", []byte(number))
}

// left is a rule that allows one request of a session, to leave it: every node
// learns of it as of any limit that is reached. It blocks for longer than any
// session lasts.
var left = limits.Rule{Name: "left", Most: 1, In: 24 * time.Hour, Block: 24 * time.Hour}

// Leave ends a session, here and, seconds later, at every other node.
func (l *Limits) Leave(session string) {
	for range 3 { // one that is allowed, one that blocks, and one more in case a day ends between them
		if _, ok := l.Take(left.Name, []byte(session)); !ok {
			return
		}
	}
}

// Left reports whether a session was ended by Leave.
func (l *Limits) Left(session string) bool {
	_, ok := l.Ask(left.Name, []byte(session))
	return !ok
}

// Checking counts a one-time password that is checked from an address; call
// done with whether it was wrong. An address may be wrong only so often over
// all numbers: that is what keeps a guesser from everybody's account. ok is
// false where the limit is reached; wait is then how long.
func (l *Limits) Checking(from netip.Addr) (done func(wrong bool), wait time.Duration, ok bool) {
	a := limits.Address(from)
	if wait, ok = l.Ask("wrong", a); !ok {
		return nil, wait, false
	}
	if wait, ok = l.Take("checking", a); !ok {
		return nil, wait, false
	}
	return func(wrong bool) {
		if wrong {
			l.Take("wrong", a)
		}
	}, 0, true
}

// Address returns the address of the client, as limits count it.
func Address(c echo.Context) netip.Addr {
	a, _ := netip.ParseAddr(c.RealIP())
	return a
}

func address(c echo.Context) []byte { return limits.Address(Address(c)) }

// A refusal is the answer to a request beyond a rate limit; it costs no work.
type refusal struct {
	status int
	body   string
	after  time.Duration
}

func (l *Limits) take(rule string, what []byte, status int, body string) *refusal {
	wait, ok := l.Take(rule, what)
	if ok {
		return nil
	}
	return &refusal{status, body, wait}
}

func guard(check func(echo.Context) *refusal) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if c.Request().Method == http.MethodOptions {
				return next(c)
			}
			if r := check(c); r != nil {
				return refuse(c, r.status, r.body, r.after)
			}
			return next(c)
		}
	}
}

// refuse answers with a Retry-After.
func refuse(c echo.Context, status int, body string, after time.Duration) error {
	c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(max(after, time.Second).Seconds()))))
	return c.Blob(status, echo.MIMEApplicationJSON, []byte(body))
}
