package ivr

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/dialog"
	"tikaline/dialog/walk"
	"tikaline/ivr/exchange"
	"tikaline/locales"

	"tikaline/channel"
)

// ledger keeps calls in memory, as idempotently as the core does.
type ledger struct {
	mu      sync.Mutex
	err     error
	calls   map[calls.Key]calls.Call
	asked   map[uuid.UUID]bool // requests for a call back
	pending map[booking.MSISDN]bool
	from    time.Time // not before which the last call is pending; zero is at once
	reached map[booking.MSISDN]int
	failed  []string
	kept    map[string]calls.Recording
	none    map[string]bool
	handed  map[uuid.UUID]calls.HandOver
}

func newLedger() *ledger {
	return &ledger{
		calls: map[calls.Key]calls.Call{}, asked: map[uuid.UUID]bool{}, pending: map[booking.MSISDN]bool{},
		reached: map[booking.MSISDN]int{}, kept: map[string]calls.Recording{}, none: map[string]bool{},
		handed: map[uuid.UUID]calls.HandOver{},
	}
}

func (l *ledger) note(c calls.Call) calls.Call {
	if was, ok := l.calls[c.Key]; ok {
		c = was.And(c)
	} else {
		c.ID = uuid.NewSHA1(callSpace, []byte(c.Provider+c.ProviderID))
	}
	l.calls[c.Key] = c
	return c
}

func (l *ledger) Began(_ context.Context, c calls.Call) (calls.Call, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.note(c), l.err
}

func (l *ledger) Ended(_ context.Context, c calls.Call) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.note(c)
	return l.err
}

func (l *ledger) MissedCall(ctx context.Context, n booking.MSISDN, call uuid.UUID) error {
	return l.CallBack(ctx, n, call)
}

func (l *ledger) CallBack(ctx context.Context, n booking.MSISDN, request uuid.UUID) error {
	return l.CallBackFrom(ctx, n, request, time.Time{})
}

func (l *ledger) CallBackFrom(_ context.Context, n booking.MSISDN, request uuid.UUID, from time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.asked[request], l.pending[n], l.from = true, true, from
	}
	return l.err
}

func (l *ledger) Reached(_ context.Context, n booking.MSISDN) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reached[n]++
	delete(l.pending, n)
	return l.err
}

func (l *ledger) NotReached(_ context.Context, _ booking.MSISDN, _ uuid.UUID, why string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = append(l.failed, why)
	return l.err
}

func (l *ledger) KeepRecording(_ context.Context, r calls.Recording) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Number == "" { // there is nobody to keep it for
		return l.err
	}
	if was := l.kept[r.ID]; was.Language != "" {
		r.Language = was.Language
	}
	l.kept[r.ID] = r
	return l.err
}

func (l *ledger) NoRecording(_ context.Context, r calls.Recording) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.none[r.ID] = true
	return l.err
}

func (l *ledger) HandOver(_ context.Context, h calls.HandOver) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handed[h.ID] = h.And(l.handed[h.ID])
	return l.err
}

func (l *ledger) HandOverEnded(_ context.Context, _ calls.Key, id uuid.UUID, o calls.HandOverOutcome) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handed[id] = l.handed[id].And(calls.HandOver{Outcome: o})
	return l.err
}

// tally is an Observer.
type tally struct {
	mu       sync.Mutex
	outcomes map[channel.Outcome]int
	missed   map[Why]int
}

func (c *tally) Answered(_, _ string, o channel.Outcome, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outcomes[o]++
}

func (c *tally) Asked(string, string) {}

func (c *tally) Unanswered(_, _ string, why Why) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.missed[why]++
}

// A rig is a gateway over the real dialogues and words behind a server, with
// stores in memory.
type rig struct {
	*Gateway
	t      testing.TB
	shelf  *walk.Memory
	ledger *ledger
	seen   *tally
	server *httptest.Server
	mu     sync.Mutex
	now    time.Time
	houses walk.Houses
	busy   bool
	serial int
}

const (
	publicURL   = "https://vax.example.in"
	twilioToken = "0123456789abcdef0123456789abcdef"
	nextToken   = "fedcba9876543210fedcba9876543210"
	account     = "AC00000000000000000000000000000001"
	ourNumber   = "+15005550006"
	missNumber  = "+15005550007"

	hindiCaller   = "+919876543201"
	englishCaller = "+919876543202"
	newCaller     = "+919876543203"
)

func newRig(t testing.TB) *rig {
	t.Helper()
	words, err := locales.Default()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{
		t: t, shelf: walk.NewMemory(), ledger: newLedger(),
		seen: &tally{outcomes: map[channel.Outcome]int{}, missed: map[Why]int{}},
		now:  time.Date(2021, time.September, 20, 10, 0, 0, 0, booking.India),
	}
	r.houses.Now = func() time.Time { return time.Date(2021, time.September, 20, 10, 0, 0, 0, booking.India) }
	r.Gateway = &Gateway{
		Conversations: &dialog.Conversations{Store: r.shelf, Now: r.clock},
		Engine:        dialog.New(uuid.New),
		Desk:          func(n booking.MSISDN) dialog.Core { return r.core(n) },
		Calls:         r.ledger, Words: words, Now: r.clock, Observer: r.seen,
		Hours:     Hours{From: 9 * 60, To: 18 * 60, Off: []time.Weekday{time.Sunday}},
		Recording: func(id string) (string, bool) { return TwilioRecording(account, id), true },
		Admit:     func(bool) (func(), bool) { return func() {}, !r.busy },
	}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	a, err := NewTwilio(TwilioSettings{
		PublicURL: publicURL + "/", AuthTokens: []string{nextToken, twilioToken}, AccountSID: account,
		Missed: []string{missNumber}, Queue: "tikaline",
	})
	if err != nil {
		t.Fatal(err)
	}
	r.serve(a)
	return r
}

// serve puts adapters behind a server.
func (r *rig) serve(adapters ...Adapter) {
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if s, ok := err.(interface {
			Sorry(c echo.Context, ref string) error
		}); ok {
			err = s.Sorry(c, "471100")
		}
		if err != nil {
			e.DefaultHTTPErrorHandler(err, c)
		}
	}
	if err := Register(e, r.Gateway, adapters, nil); err != nil {
		r.t.Fatal(err)
	}
	r.server = httptest.NewServer(e)
	r.t.Cleanup(r.server.Close)
}

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *rig) set(hour int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = time.Date(2021, time.September, 20, hour, 0, 0, 0, booking.India)
}

// core is a number's household.
func (r *rig) core(n booking.MSISDN) *walk.Core { return r.houses.Of(n) }

// line is a telephone with that number.
func (r *rig) line(from string) *phone {
	r.serial++
	return &phone{r, &exchange.Line{
		Base: r.server.URL, Public: publicURL, Token: twilioToken, Account: account, From: from, To: ourNumber,
		SID: "CA" + strings.Repeat("0", 28) + string(rune('a'+r.serial)) + "001", Client: http.DefaultClient,
	}}
}

// A phone is a line that fails the test where the line goes wrong.
type phone struct {
	r *rig
	*exchange.Line
}

// must is what was heard.
func (p *phone) must(h exchange.Heard, err error) exchange.Heard {
	p.r.t.Helper()
	if err != nil {
		p.r.t.Fatal(err)
	}
	return h
}

// do dials, and presses keys one question after the other; "-" is silence,
// "name" a name that is said, and "name 0" one that ends with that key.
func (p *phone) do(keys ...string) exchange.Heard {
	p.r.t.Helper()
	ctx := p.r.t.Context()
	var h exchange.Heard
	for _, k := range keys {
		var err error
		name, key, _ := strings.Cut(k, " ")
		switch name {
		case "call":
			h, err = p.Call(ctx)
		case "-":
			h, err = p.Silence(ctx)
		case "name":
			h, err = p.SpeakThen(ctx, 2, cmp.Or(key, "#"))
		default:
			h, err = p.Press(ctx, k)
		}
		if err != nil {
			p.r.t.Fatalf("%q: %v", k, err)
		}
	}
	return h
}

// until does what answers each question, as walk.Usual has it but for the pairs
// of a step and its answer, until a step is asked; "" is the end. It returns what
// was heard last and what was done. A name is said.
func (p *phone) until(to string, pairs ...string) (h exchange.Heard, did []string) {
	p.r.t.Helper()
	n := booking.MSISDN(p.From)
	do := func(key string) {
		h = p.do(key)
		did = append(did, key)
	}
	var s dialog.State
	asked := func() (string, dialog.Prompt, error) {
		rec, err := p.r.shelf.Load(p.r.t.Context(), n)
		if err != nil {
			return "", dialog.Prompt{}, err
		}
		s = dialog.State{}
		if err := json.Unmarshal(rec.State, &s); err != nil {
			return "", dialog.Prompt{}, err
		}
		return walk.Asked(p.r.t.Context(), p.r.Engine, p.r.core(n), rec.State)
	}
	err := walk.Answers{}.With(pairs...).Until(to, asked, func(_ string, q dialog.Prompt, in string) error {
		switch e := q.Expect.(type) {
		case dialog.Choice:
			offered := slices.ContainsFunc(e.Options, func(o dialog.Option) bool { return o.Key == in })
			for range len(e.Options) { // page by page
				if !offered {
					break
				}
				if i := slices.Index(recall(&s).Offered, in); i >= 0 {
					do(strconv.Itoa(i + 1))
					return nil
				}
				do("8")
				if _, _, err := asked(); err != nil {
					return err
				}
			}
			if e.Or == nil {
				return fmt.Errorf("%q is not offered", in)
			}
		case dialog.Words:
			if e.Voice {
				in = "name"
			}
		}
		do(in)
		return nil
	})
	if err != nil {
		p.r.t.Fatal(err)
	}
	return h, did
}

// find dials, and presses the keys that the words stand behind, on whatever
// page they are said.
func (p *phone) find(labels ...string) exchange.Heard {
	p.r.t.Helper()
	var h exchange.Heard
	for _, label := range labels {
		if label == "call" {
			h = p.do("call")
			continue
		}
		for range 6 {
			if m := regexp.MustCompile(regexp.QuoteMeta(label) + `, press (\d)`).FindStringSubmatch(h.Text()); m != nil {
				h = p.do(m[1])
				break
			}
			h = p.do("8")
		}
	}
	return h
}

// has fails unless what was heard holds all of the words.
func has(t testing.TB, h exchange.Heard, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(h.Text(), w) {
			t.Errorf("%q is not in:\n%s", w, h.Text())
		}
	}
}

func is(t testing.TB, h exchange.Heard, want exchange.State) {
	t.Helper()
	if h.State != want {
		t.Errorf("the line is %s, want %s, after:\n%s", h.State, want, h.Text())
	}
}

// word is what the gateway says by itself, as it is heard.
func (r *rig) word(lang, id string) string {
	words, err := r.Words.Text(lang, medium, id, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.Join(strings.Fields(words), " ")
}
