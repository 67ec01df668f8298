package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tikaline/cmd/tikaline/ops"
	"tikaline/internal/eventually"
	"tikaline/ivr/exchange"
	"tikaline/postgres/pgtest"
)

// The numbers of a stage with telephones: one to talk to, and one that takes only
// missed calls.
const (
	helpline = "+15005550006"
	missLine = "+15005550007"
)

// A carrierHouse is Twilio's API: it takes every call and text, and has
// recordings.
type carrierHouse struct {
	mu    sync.Mutex
	calls []url.Values
	texts []url.Values
	asked []string // of recordings
	mute  bool     // hangs up when it is asked for a call, and has made it
	hangs chan int // where it is not nil who asks for a recording is noted here and gets no answer
}

func (h *carrierHouse) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.ParseForm() //nolint:errcheck // what is missing is seen
	if h.hangs != nil && strings.Contains(r.URL.Path, "/Recordings/") {
		h.hangs <- 1
		<-r.Context().Done()
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch _, what, _ := strings.Cut(r.URL.Path, "/Accounts/AC01/"); {
	case what == "Calls.json":
		h.calls = append(h.calls, r.PostForm)
		if h.mute {
			if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
				conn.Close()
			}
			return
		}
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"sid":"CAout%d","status":"queued"}`, len(h.calls))
	case what == "Messages.json":
		h.texts = append(h.texts, r.PostForm)
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"sid":"SM%d","status":"queued"}`, len(h.texts))
	case strings.HasPrefix(what, "Recordings/"):
		h.asked = append(h.asked, r.Method+" "+what)
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Write(silence(8000)) //nolint:errcheck // seen by who asked
	default:
		http.NotFound(w, r)
	}
}

// silence is a WAV of so many samples.
func silence(n int) []byte {
	b := append([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x00\x00\x00\x00"), bytes.Repeat([]byte{128}, n)...)
	binary.LittleEndian.PutUint32(b[4:], uint32(36+n))
	binary.LittleEndian.PutUint32(b[40:], uint32(n))
	return b
}

// was is how many calls, texts and requests for recordings there were.
func (h *carrierHouse) was() (calls, texts, recordings int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.calls), len(h.texts), len(h.asked)
}

// A switchroom is the program with Twilio's telephones before it and its API
// behind.
type switchroom struct {
	*carrierHouse
	t     *testing.T
	db    string
	clock *clock
	url   string
	conn  *pgx.Conn
	sids  int
}

func newSwitchroom(t *testing.T) *switchroom {
	t.Helper()
	r := &switchroom{carrierHouse: new(carrierHouse), t: t, db: pgtest.URL(t), clock: &clock{now: startOf(t, "")}}
	api := httptest.NewServer(r.carrierHouse)
	t.Cleanup(api.Close)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ready, done, logs := make(chan string, 1), make(chan error, 1), new(bytes.Buffer)
	go func() {
		done <- run(ctx, []string{
			"serve", "--addr=127.0.0.1:0", "--database-url=" + r.db, "--public-url=" + publicAddress, "--writers=1", "--conns=4", "--refresh=30ms",
			"--africastalking=" + testSecret, "--token-keys=" + strings.Repeat("k", 32), "--proxies=127.0.0.1/32",
			"--twilio-account=AC01", "--twilio-tokens=" + twilioToken, "--twilio-from=" + helpline, "--twilio-url=" + api.URL,
			"--calls-from=twilio=" + helpline, "--calls-most=2", "--calls-rate=100", "--ivr-missed=" + missLine,
		}, ops.World{In: strings.NewReader(""), Out: io.Discard, Err: logs, Now: r.clock.Now, Ready: func(url string) { ready <- url }})
	}()
	select {
	case r.url = <-ready:
	case err := <-done:
		t.Fatalf("serve: %v\n%s", err, logs)
	}
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil || strings.Contains(logs.String(), `"level":"ERROR"`) {
			t.Errorf("serve: %v\n%s", err, logs)
		}
	})
	var err error
	if r.conn, err = pgx.Connect(t.Context(), r.db); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.conn.Close(context.Background()) })
	return r
}

// line is a call by a number to one of ours.
func (r *switchroom) line(from, to string) *exchange.Line {
	r.sids++
	return &exchange.Line{Base: r.url, Public: publicAddress, Token: twilioToken, Account: "AC01", From: from, To: to, SID: fmt.Sprintf("CAin%d", r.sids)}
}

// missed gives a missed call, of which Twilio tells three times.
func (r *switchroom) missed(from string) {
	r.t.Helper()
	l := r.line(from, missLine)
	if h, err := l.Call(r.t.Context()); err != nil || h.State != exchange.Rejected {
		r.t.Fatalf("a missed call: %+v, %v", h, err)
	}
	for range 2 {
		if _, err := l.Deliver(r.t.Context(), l.Last()); err != nil {
			r.t.Fatal(err)
		}
	}
}

// until waits for what the program does by itself.
func (r *switchroom) until(what string, ok func() bool) {
	r.t.Helper()
	if !eventually.Within(20*time.Second, ok) {
		calls, texts, recordings := r.was()
		r.t.Fatalf("never: %s; %d calls, %d texts, %d requests for recordings", what, calls, texts, recordings)
	}
}

// made waits for the nth call, and is its line.
func (r *switchroom) made(n int, to string) *exchange.Line {
	r.t.Helper()
	r.until(fmt.Sprintf("call %d was made", n), func() bool { calls, _, _ := r.was(); return calls >= n })
	r.mu.Lock()
	defer r.mu.Unlock()
	asked := r.calls[n-1]
	if len(r.calls) != n || asked.Get("To") != to || asked.Get("From") != helpline {
		r.t.Fatalf("%d calls, the last of %s", len(r.calls), asked)
	}
	l := r.line(to, helpline)
	l.SID = fmt.Sprintf("CAout%d", n)
	l.Out = strings.TrimPrefix(asked.Get("Url"), publicAddress)
	if !strings.HasPrefix(l.Out, "/ivr/twilio/outbound?notice=") {
		r.t.Fatalf("a call asks at %s", asked.Get("Url"))
	}
	return l
}

// count is a number that a query finds.
func (r *switchroom) count(sql string, args ...any) int {
	r.t.Helper()
	var n int
	if err := r.conn.QueryRow(r.t.Context(), sql, args...).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// rounds waits until the program has looked at its clock so often that each of its
// periodic looks at what is due came about several times.
func (r *switchroom) rounds() {
	r.t.Helper()
	before := r.clock.looked()
	r.until("the program looks at what is due", func() bool { return r.clock.looked()-before > 100 })
}

// settled waits until the outbox knows that its calls were taken: it is told a
// moment after the provider.
func (r *switchroom) settled() {
	r.t.Helper()
	r.until("every call is noted", func() bool {
		return r.count(`SELECT count(*) FROM outbox WHERE medium = 'call' AND status = 'sending'`) == 0
	})
}

// TestMissed_calls: five missed calls are one call back, within a minute; who is
// not reached is called three times over the day, and then told by a text.
func TestMissed_calls(t *testing.T) {
	t.Parallel()
	r := newSwitchroom(t)
	for range 5 {
		r.missed(firstNumber)
		r.clock.add(2 * time.Second)
	}
	if n := r.count(`SELECT count(*) FROM outbox`); n != 1 {
		t.Fatalf("%d notices are queued for five missed calls", n)
	}
	for i, wait := range []time.Duration{30 * time.Second, 2*time.Hour + 31*time.Minute, 6*time.Hour + 30*time.Minute} {
		if calls, texts, _ := r.was(); calls != i || texts != 0 {
			t.Fatalf("too soon: %d calls, %d texts", calls, texts)
		}
		r.clock.add(wait)
		l := r.made(i+1, firstNumber)
		r.settled()
		for range 3 {
			if err := l.NotTaken(t.Context(), "no-answer"); err != nil || l.Untold != nil {
				t.Fatal(err, l.Untold)
			}
		}
	}
	r.until("a text says so", func() bool { _, texts, _ := r.was(); return texts == 1 })
	r.mu.Lock()
	text := r.texts[0]
	r.mu.Unlock()
	if text.Get("To") != firstNumber || !strings.Contains(text.Get("Body"), "3 बार") {
		t.Errorf("the text is %v", text)
	}
	if n := r.count(`SELECT count(*) FROM call WHERE direction = 'out' AND outcome = 'no_answer' AND notice_id IN (SELECT id FROM outbox)`); n != 3 {
		t.Errorf("%d calls of ours are kept as not answered", n)
	}
	if n := r.count(`SELECT count(*) FROM call WHERE direction = 'in' AND outcome = 'missed'`); n != 5 {
		t.Errorf("%d missed calls are kept", n)
	}
	// Nothing more is queued a day later: the next call is somebody else's.
	r.clock.add(24 * time.Hour)
	another := "+919811000002"
	r.missed(another)
	r.clock.add(31 * time.Second)
	r.made(4, another)
	r.settled()
	if n := r.count(`SELECT count(*) FROM outbox WHERE msisdn = $1 AND status IN ('queued', 'sending')`, firstNumber); n != 0 {
		t.Errorf("%d more are queued", n)
	}
	if calls, texts, _ := r.was(); calls != 4 || texts != 1 {
		t.Errorf("%d calls, %d texts", calls, texts)
	}
}

// TestCallBack_taken: who takes the call hears the dialogue, and is not called
// again; who is not the only one waits for a line.
func TestCallBack_taken(t *testing.T) {
	t.Parallel()
	r := newSwitchroom(t)
	r.missed(firstNumber)
	r.clock.add(31 * time.Second)
	l := r.made(1, firstNumber)
	h, err := l.Call(t.Context())
	if err != nil || h.State != exchange.Keys || !strings.Contains(h.Text(), "हिन्दी") {
		t.Fatalf("the call says %q (%s), %v", h.Text(), h.State, err)
	}
	if h, err = l.Press(t.Context(), "1"); err != nil || h.State != exchange.Keys {
		t.Fatalf("then it says %q (%s), %v", h.Text(), h.State, err)
	}
	if n := r.count(`SELECT count(*) FROM call_back WHERE open`); n != 0 {
		t.Error("a person took the call, and one is still pending")
	}
	// Its line is in use, and there are two: of two others who ask, one waits.
	second, third := "+919811000002", "+919811000003"
	r.missed(second)
	r.clock.add(time.Second)
	r.missed(third)
	r.clock.add(31 * time.Second)
	other := r.made(2, second)
	r.settled()
	r.rounds()
	if calls, _, _ := r.was(); calls != 2 {
		t.Fatalf("%d calls by two lines", calls)
	}
	if err := l.HangUp(t.Context()); err != nil || l.Untold != nil {
		t.Fatal(err, l.Untold)
	}
	last := r.made(3, third)
	// A voice box is nobody.
	last.AnsweredBy = "machine_start"
	if h, err := last.Call(t.Context()); err != nil || h.State != exchange.Over {
		t.Errorf("to a machine it says %q (%s), %v", h.Text(), h.State, err)
	}
	if n := r.count(`SELECT count(*) FROM call WHERE outcome = 'machine'`); n != 1 {
		t.Errorf("%d calls were taken by a machine, want one", n)
	}
	if err := other.NotTaken(t.Context(), "busy"); err != nil || other.Untold != nil {
		t.Fatal(err, other.Untold)
	}
	if n := r.count(`SELECT count(*) FROM call_back WHERE open AND attempt = 2`); n != 2 {
		t.Errorf("%d are to be called again", n)
	}
	// One of them calls us meanwhile, and so is not.
	own := r.line(second, helpline)
	if _, err := own.Call(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if _, err := own.Press(t.Context(), "1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := own.HangUp(t.Context()); err != nil || own.Untold != nil {
		t.Fatal(err, own.Untold)
	}
	if n := r.count(`SELECT count(*) FROM call_back WHERE open`); n != 1 {
		t.Errorf("%d have a pending call", n)
	}
	r.clock.add(3 * time.Hour)
	r.made(4, third)
}

// TestSpoken_name: a name that was spoken books at once; it is fetched after the
// call, played from here, written down by an agent, and then nowhere any more.
func TestSpoken_name(t *testing.T) {
	t.Parallel()
	r := newSwitchroom(t)
	l := r.line(firstNumber, helpline)
	did := func(h exchange.Heard, err error) exchange.Heard {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	press := func(keys ...string) (h exchange.Heard) {
		t.Helper()
		for _, k := range keys {
			h = did(l.Press(t.Context(), k))
		}
		return h
	}
	did(l.Call(t.Context()))
	if h := press("1", "1"); h.State != exchange.Voice { // Hindi; book
		t.Fatalf("nobody asks for a name: %q", h.Text())
	}
	h := did(l.Speak(t.Context(), 2))
	if _, err := until(t.Context(), r.conn, firstNumber, "register/confirm", func(keys string) error {
		h = press(keys)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	played := ""
	for _, s := range h.Said {
		if s.Play != "" {
			played = s.Play
		}
	}
	if !strings.HasPrefix(played, publicAddress+"/ivr/name/") {
		t.Fatalf("the name is played from %q: %q", played, h.Text())
	}
	press("1")
	if n := r.count(`SELECT count(*) FROM beneficiary WHERE name = '' AND birth_year = 1958`); n != 1 {
		t.Fatalf("%d people are registered", n)
	}
	if _, _, asked := r.was(); asked != 0 {
		t.Error("a recording was asked for within the call")
	}
	// play is what a provider hears at the address.
	play := func() (int, int) {
		t.Helper()
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := client.Get(r.url + strings.TrimPrefix(played, publicAddress))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, len(b)
	}
	if status, _ := play(); status != http.StatusFound {
		t.Errorf("before it is fetched the name is answered %d, not with the provider's", status)
	}
	if err := l.HangUp(t.Context()); err != nil || l.Untold != nil {
		t.Fatal(err, l.Untold)
	}

	r.clock.add(time.Minute)
	r.until("the name is fetched", func() bool {
		return r.count(`SELECT count(*) FROM recording WHERE state = 'fetched' AND length(audio) = 8044`) == 1
	})
	if status, n := play(); status != http.StatusOK || n != 8044 {
		t.Errorf("the name is answered %d with %d bytes", status, n)
	}
	r.clock.add(time.Hour)
	r.until("the provider's copy is deleted", func() bool { return r.count(`SELECT count(*) FROM recording WHERE dropped AND due_at IS NULL`) == 1 })
	r.mu.Lock()
	if len(r.asked) != 2 || !strings.HasPrefix(r.asked[0], "GET Recordings/RE") || !strings.HasPrefix(r.asked[1], "DELETE Recordings/RE") {
		t.Errorf("the provider was asked %q", r.asked)
	}
	r.mu.Unlock()
	r.until("a text calls the person by the year", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.texts) == 1 && strings.Contains(r.texts[0].Get("Body"), "1958")
	})

	var reference string
	if err := r.conn.QueryRow(t.Context(), `SELECT reference FROM beneficiary`).Scan(&reference); err != nil {
		t.Fatal(err)
	}
	if out, err := runs(t, "recordings", "write", "--by=meera", reference, "आशा देवी", "--database-url="+r.db); err != nil {
		t.Fatal(err, out)
	}
	if n := r.count(`SELECT count(*) FROM beneficiary WHERE name = 'आशा देवी'`); n != 1 {
		t.Error("the name was not written down")
	}
	if n := r.count(`SELECT count(*) FROM recording WHERE audio IS NULL AND state = 'written'`); n != 1 {
		t.Error("the recording is kept")
	}
	if status, _ := play(); status != http.StatusNotFound {
		t.Errorf("what was deleted is answered %d", status)
	}
}

// TestCallBack_in_doubt: a call of which nobody knows whether it was made is not
// made again at once. What is told of it counts; where nothing is, the next
// attempt comes in its time.
func TestCallBack_in_doubt(t *testing.T) {
	t.Parallel()
	r := newSwitchroom(t)
	r.mute = true
	third := "+919811000003"
	r.missed(firstNumber)
	r.missed(third)
	r.clock.add(31 * time.Second)
	r.until("both calls were asked for", func() bool { calls, _, _ := r.was(); return calls == 2 })
	doubts := func(want int) func() bool {
		return func() bool { return r.count(`SELECT count(*) FROM outbox WHERE medium = 'call' AND doubt`) == want }
	}
	r.until("both are in doubt", doubts(2))
	// The call to one was made: a person takes it.
	r.mu.Lock()
	made := r.calls[0]
	if made.Get("To") != firstNumber {
		made = r.calls[1]
	}
	r.mu.Unlock()
	l := r.line(firstNumber, helpline)
	l.SID, l.Out = "CAout1", strings.TrimPrefix(made.Get("Url"), publicAddress)
	if _, err := l.Call(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Press(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	// Of the other nothing is heard.
	r.clock.add(2 * time.Minute) // more than a report is waited for
	r.until("they are taken for made", func() bool {
		return r.count(`SELECT count(*) FROM outbox WHERE medium = 'call' AND status = 'sent' AND reason = 'unconfirmed'`) == 2
	})
	r.clock.add(16 * time.Minute)
	r.until("the next attempt is queued", func() bool {
		return r.count(`SELECT count(*) FROM call_back WHERE open AND attempt = 2 AND why = 'unheard'`) == 1
	})
	if n := r.count(`SELECT count(*) FROM call_back WHERE msisdn = $1 AND open`, firstNumber); n != 0 {
		t.Error("a person who was reached has a pending call")
	}
	if calls, _, _ := r.was(); calls != 2 {
		t.Errorf("%d calls", calls)
	}
	r.mu.Lock()
	r.mute = false
	r.mu.Unlock()
	r.clock.add(3 * time.Hour)
	r.made(3, third)
}

// TestNames_from_a_provider_that_hangs: calls back do not wait for recordings.
func TestNames_from_a_provider_that_hangs(t *testing.T) {
	t.Parallel()
	r := newSwitchroom(t)
	r.hangs = make(chan int, 100)
	for i := range 5 { // more than anybody waits for below
		l := r.line(fmt.Sprintf("+91981100001%d", i), helpline)
		if _, err := l.Call(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"1", "1"} {
			if _, err := l.Press(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := l.Speak(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		if err := l.HangUp(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	r.clock.add(31 * time.Second)
	<-r.hangs
	// A call back of which nothing is heard is tried again all the same.
	r.missed(firstNumber)
	r.clock.add(31 * time.Second)
	r.made(1, firstNumber)
	r.settled()
	r.clock.add(16 * time.Minute)
	r.until("it is tried again", func() bool { return r.count(`SELECT count(*) FROM call_back WHERE open AND attempt = 2`) == 1 })
}
