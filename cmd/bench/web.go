package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/locales"
	"tikaline/otp"
	"tikaline/postgres"
	"tikaline/postgres/benchdb"
	"tikaline/web/access"
	"tikaline/web/cowin"
	"tikaline/web/slip"
)

// tokenKey is the key of the bench's tokens.
const tokenKey = "a-key-for-the-bench-that-is-long-enough"

// noLimit is a limit that no bench reaches.
var noLimit = access.Limit{Most: 1e9, In: time.Minute}

// web measures the Co-WIN API: its public endpoints beside a handler that
// returns the same bytes, and booking beside the core alone.
func web(ctx context.Context, l *lab) ([]figure, error) {
	figures, err := l.searches(ctx)
	if err != nil {
		return nil, err
	}
	more, err := l.schedules(ctx)
	return append(figures, more...), err
}

// searches has the program asked for the sessions of a day, and of a week.
func (l *lab) searches(ctx context.Context) ([]figure, error) {
	db, err := l.database(ctx, "bench_web")
	if err != nil {
		return nil, err
	}
	if err := fillPlaces(ctx, db); err != nil {
		return nil, err
	}
	if err := l.settle(ctx, db); err != nil {
		return nil, err
	}
	tikaline, err := start(ctx, l.tikaline, []string{"TIKALINE_LIMITS=public=1000000000/1m"}, func(addr string) []string {
		return l.serveArgs(addr, db)
	})
	if err != nil {
		return nil, err
	}
	defer tikaline.stop()
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find myself: %w", err)
	}
	y, m, d := (booking.DateOf(time.Now()) + 1).Civil()
	var figures []figure
	for _, s := range []struct{ name, path, holds string }{
		{"findByPin", "/api/v2/appointment/sessions/public/findByPin", `{"sessions":[{"center_id":1,`},
		{"calendarByPin", "/api/v2/appointment/sessions/public/calendarByPin", `{"centers":[{"center_id":1,`},
	} {
		callers := make([]*caller, l.callers)
		for i := range callers {
			head := fmt.Sprintf("GET %s?pincode=%s&date=%02d-%02d-%d&_=", s.path, benchPincode, d, m, y)
			rest := fmt.Sprintf("%0*d HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n", sessionDigits, 0)
			callers[i] = &caller{messages: []message{{request: []byte(head + rest), session: len(head)}}}
		}
		bodies, err := callers[0].learn(ctx, tikaline.addr)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		body := bodies[0]
		if !bytes.HasPrefix(body, []byte(s.holds)) || bytes.Count(body, []byte(`"center_id"`)) < 12 {
			return nil, fmt.Errorf("%s lists too little: %.200q", s.name, body)
		}
		bare, err := start(ctx, self, nil, func(addr string) []string { return []string{bareCommand, addr, string(body)} })
		if err != nil {
			return nil, err
		}
		want := func(int) []byte { return body }
		var bares, ours, ratios []float64
		for round := range l.rounds {
			a, err := l.round(ctx, bare, callers, want)
			var b measure
			if err == nil {
				b, err = l.round(ctx, tikaline, callers, want)
			}
			if err != nil {
				bare.stop()
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
			bares, ours, ratios = append(bares, a.perSecond), append(ours, b.perSecond), append(ratios, b.perSecond/a.perSecond)
			l.note("%s, round %d: bare %.0f/s (%.0f µs of processor), tikaline %.0f/s (%.0f µs), ratio %.2f", s.name, round+1, a.perSecond, a.cpu, b.perSecond, b.cpu, b.perSecond/a.perSecond)
		}
		bare.stop()
		figures = append(figures,
			told(fmt.Sprintf("bare echo handler, GET of %.1f KB, %d callers", float64(len(body))/1000, l.callers), "%.0f/s", median(bares)),
			told(fmt.Sprintf("public %s, the same", s.name), "%.0f/s", median(ours)),
			ratio("– ratio of the two", ratios, 0.50, "%.2f"))
	}
	return figures, nil
}

// schedulers is how many book at once.
const schedulers = 128

// schedules has people book by the API, and by the core alone.
func (l *lab) schedules(ctx context.Context) ([]figure, error) {
	db, err := l.database(ctx, "bench_schedule")
	if err != nil {
		return nil, err
	}
	if err := fillPlaces(ctx, db); err != nil {
		return nil, err
	}
	if err := benchdb.Execute(ctx, db, fmt.Sprintf(`UPDATE slot SET capacity = %d`, roomFor)); err != nil {
		return nil, err
	}
	// Everybody books once: a database that is emptied again and again plans its
	// queries as for an empty one.
	share := 10_000*l.seconds + 5_000
	people, err := fillPeople(ctx, db, 2*l.rounds*share)
	if err != nil {
		return nil, err
	}
	store, err := postgres.Open(ctx, db, postgres.Options{})
	if err != nil {
		return nil, err
	}
	defer store.Close(context.WithoutCancel(ctx)) //nolint:errcheck // the database is thrown away
	core := store.Attach(&booking.Core{Places: new(booking.Places), Programme: booking.India2021(), Now: time.Now})
	directory, err := store.Places.LoadDirectory(ctx)
	if err != nil {
		return nil, err
	}
	core.Places.Replace(directory)
	api, err := l.openAPI(core, store)
	if err != nil {
		return nil, err
	}
	defer api.server.Close()

	tomorrow := booking.DateOf(time.Now()) + 1
	slot := core.Places.Groups(1, tomorrow, tomorrow)[0].Slots[0]
	byCore := func(_ *caller, p citizen) error {
		_, err := core.Desk(p.number, booking.Web, "").BookParty(ctx, []string{p.reference}, 1, slot.ID)
		return err
	}
	var alone, over, ratios []float64
	for round := range l.rounds {
		half, other := people[2*round*share:(2*round+1)*share], people[(2*round+1)*share:(2*round+2)*share]
		a, err := l.crowded(ctx, db, half, "", byCore)
		var b float64
		if err == nil {
			err = api.prepare(ctx, other)
		}
		if err == nil {
			b, err = l.crowded(ctx, db, other, api.addr, api.schedule)
		}
		clear(other) // requests are large
		if err != nil {
			return nil, fmt.Errorf("schedule: %w", err)
		}
		alone, over, ratios = append(alone, a), append(over, b), append(ratios, b/a)
		l.note("schedule, round %d: core %.0f/s, API %.0f/s, ratio %.2f", round+1, a, b, b/a)
	}
	return []figure{
		told(fmt.Sprintf("a place booked by the core alone, %d callers", schedulers), "%.0f/s", median(alone)),
		told("schedule by the Co-WIN API, the same", "%.0f/s", median(over)),
		ratio("– ratio of the two", ratios, 0, "%.2f").unaimed(),
	}, nil
}

// unaimed returns the figure without its target.
func (f figure) unaimed() figure { f.aim, f.met = "", false; return f }

// A citizen is a registered person with a token.
type citizen struct {
	number    booking.MSISDN
	reference string
	request   []byte
}

// fillPeople registers so many people, each under a number of their own.
func fillPeople(ctx context.Context, db string, n int) ([]citizen, error) {
	people := make([]citizen, n)
	numbers, references := make([]booking.MSISDN, n), make([]string, n)
	for i := range people {
		numbers[i] = booking.MSISDN(fmt.Sprintf("+91%d", 7_000_000_000+i))
		references[i] = fmt.Sprintf("%s%010d", booking.NewReference(numbers[i], zeros{})[:4], i)
		people[i] = citizen{number: numbers[i], reference: references[i]}
	}
	if err := benchdb.FillPeople(ctx, db, numbers, references); err != nil {
		return nil, err
	}
	return people, nil
}

// zeros is a reader of zeros: of a reference id only the cell matters here.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// crowded has everybody book once, or until time is over, and returns the rate.
func (l *lab) crowded(ctx context.Context, db string, people []citizen, addr string, book func(*caller, citizen) error) (float64, error) {
	if err := l.settle(ctx, db); err != nil {
		return 0, err
	}
	name := "schedule-core"
	if addr != "" {
		name = "schedule-api"
	}
	stop, err := l.profile(name)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next, done atomic.Int64
	began := time.Now()
	until := began.Add(time.Duration(l.seconds) * time.Second)
	var wg sync.WaitGroup
	for range schedulers {
		c := new(caller)
		if addr != "" {
			if err := c.dial(ctx, addr); err != nil {
				return 0, err
			}
			defer c.conn.Close()
		}
		wg.Go(func() {
			for time.Now().Before(until) && ctx.Err() == nil {
				i := next.Add(1) - 1
				if i >= int64(len(people)) {
					return
				}
				if err := book(c, people[i]); err != nil {
					cancel(err)
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	took := time.Since(began)
	if err := stop(); err != nil {
		return 0, fmt.Errorf("profile: %w", err)
	}
	return float64(done.Load()) / took.Seconds(), context.Cause(ctx)
}

// An openAPI is the API, listening on a port.
type openAPI struct {
	addr   string
	server *http.Server
	tokens *access.Tokens
	core   *booking.Core
}

func (l *lab) openAPI(core *booking.Core, store *postgres.Store) (*openAPI, error) {
	words, err := locales.Default()
	if err != nil {
		return nil, err
	}
	keys, err := otp.NewKeys(tokenKey)
	if err != nil {
		return nil, err
	}
	o := &openAPI{tokens: &access.Tokens{Keys: keys, Now: time.Now}, core: core}
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) { c.String(http.StatusInternalServerError, err.Error()) } //nolint:errcheck // it shows in the figures
	err = cowin.Register(e, cowin.Deps{
		Core: core, Words: words, Press: slip.New(words, slip.Options{}), Fonts: func(context.Context) error { return slip.ErrNoFonts }, Tokens: o.tokens, Keep: time.Second,
		Limits: access.NewLimits(access.Figures{Public: noLimit, Calls: noLimit, Session: noLimit, Searches: noLimit}, keys, nil, time.Now, slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	o.addr, o.server = listener.Addr().String(), &http.Server{Handler: e}
	go func() {
		if err := o.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err)
		}
	}()
	return o, nil
}

// prepare makes everybody's request.
func (o *openAPI) prepare(ctx context.Context, people []citizen) error {
	y, m, d := (booking.DateOf(time.Now()) + 1).Civil()
	res, err := http.Get(fmt.Sprintf("http://%s/api/v2/appointment/sessions/public/calendarByCenter?center_id=1&date=%02d-%02d-%d", o.addr, d, m, y)) //nolint:noctx // it is ours
	if err != nil {
		return fmt.Errorf("ask for the sessions: %w", err)
	}
	defer res.Body.Close()
	var week bytes.Buffer
	if _, err := week.ReadFrom(res.Body); err != nil {
		return fmt.Errorf("ask for the sessions: %w", err)
	}
	_, after, ok := bytes.Cut(week.Bytes(), []byte(`"session_id":"`))
	if !ok || len(after) < 36 {
		return fmt.Errorf("no session in %.200q", week.Bytes())
	}
	session := string(after[:36])
	for i := range people {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		token, err := o.tokens.Issue(people[i].number, access.Portal, "bench", people[i].reference)
		if err != nil {
			return err
		}
		body := fmt.Sprintf(`{"dose":1,"session_id":"%s","slot":"09:00AM-11:00AM","beneficiaries":["%s"]}`, session, people[i].reference)
		people[i].request = fmt.Appendf(nil, "POST /api/v2/appointment/schedule HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", token, len(body), body)
	}
	return nil
}

// schedule books over HTTP.
func (o *openAPI) schedule(c *caller, p citizen) error {
	got, err := c.ask(message{request: p.request})
	if err == nil && !bytes.HasPrefix(got, []byte(`{"appointment_confirmation_no":"`)) {
		err = fmt.Errorf("answered %q", got)
	}
	return err
}
