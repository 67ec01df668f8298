package outbox

import (
	"context"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
)

var noon = time.Date(2021, 5, 3, 12, 0, 0, 0, booking.India)

// TestPacer_counts_segments holds the rates of a provider and of a sender
// against a clock that only sleeping moves.
func TestPacer_counts_segments(t *testing.T) {
	for name, c := range map[string]struct {
		all, each float64
		segments  []int
		senders   []string
		want      time.Duration // when the last may go
	}{
		"no_limit":                 {0, 0, []int{9, 9, 9}, []string{"A", "A", "A"}, 0},
		"a_second_s_worth_at_once": {10, 0, []int{5, 5}, []string{"A", "A"}, 0},
		"segments_not_messages":    {10, 0, []int{5, 5, 2, 2}, []string{"A", "A", "A", "A"}, 400 * time.Millisecond},
		"more_than_the_bucket":     {2, 0, []int{7}, []string{"A"}, 2500 * time.Millisecond},
		"one_sender":               {100, 1, []int{1, 1, 1}, []string{"A", "A", "A"}, 2 * time.Second},
		"two_senders":              {100, 1, []int{1, 1, 1}, []string{"A", "B", "A"}, time.Second},
		"slower_than_one_a_second": {0.5, 0, []int{1, 1}, []string{"A", "A"}, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			now := noon
			p := newPacer(func() time.Time { return now }, func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil }, c.all, c.each)
			for i, n := range c.segments {
				if !p.wait(t.Context(), c.senders[i], n, time.Minute) {
					t.Fatal("refused")
				}
			}
			if got := now.Sub(noon).Round(time.Millisecond); got != c.want {
				t.Errorf("the last went after %v, want %v", got, c.want)
			}
		})
	}
}

func TestPacer_gives_back_what_it_does_not_use(t *testing.T) {
	now := noon
	p := newPacer(func() time.Time { return now }, func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil }, 1, 0)
	p.wait(t.Context(), "", 1, 0)
	if p.wait(t.Context(), "", 30, 10*time.Second) {
		t.Error("waited longer than it may")
	}
	if !p.wait(t.Context(), "", 1, time.Second) {
		t.Error("what was refused was taken all the same")
	}
}

func TestBreaker(t *testing.T) {
	var b breaker
	now := noon
	fail := func() { b.done(now, false) }
	for range breakerFails - 1 {
		fail()
	}
	b.done(now, true)
	for range breakerFails - 1 {
		fail()
	}
	if b.room(now) != -1 {
		t.Fatal("open before so many in a row")
	}
	fail()
	if b.room(now) != 0 || b.allow(now) {
		t.Fatal("not open")
	}
	for pause := breakerFirst; pause < breakerMost; pause *= 2 {
		now = now.Add(pause)
		if b.room(now) != 1 || !b.allow(now) || b.allow(now) || b.room(now) != 0 {
			t.Fatal("not one is let through")
		}
		fail()
	}
	now = now.Add(breakerMost)
	b.allow(now)
	b.cancel()
	if !b.allow(now) {
		t.Fatal("who went back took the place")
	}
	b.done(now, true)
	if b.room(now) != -1 {
		t.Error("not closed again")
	}
}

func TestSettings_wakes(t *testing.T) {
	s := Settings{}.withDefaults()
	at := func(day, hour, minute int) time.Time {
		return time.Date(2021, 5, day, hour, minute, 0, 0, booking.India)
	}
	for name, c := range map[string]struct{ now, want time.Time }{
		"day":            {at(3, 12, 0), at(3, 12, 0)},
		"nine":           {at(3, 9, 0), at(3, 9, 0)},
		"before_nine":    {at(3, 8, 59), at(3, 9, 0)},
		"before_night":   {at(3, 20, 59), at(3, 20, 59)},
		"night":          {at(3, 21, 0), at(4, 9, 0)},
		"after_midnight": {at(4, 0, 30), at(4, 9, 0)},
		"other_zone":     {at(3, 22, 0).UTC(), at(4, 9, 0)},
	} {
		if got := s.wakes(booking.Notice{Priority: booking.PriorityReminder}, c.now); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if got := s.wakes(booking.Notice{Priority: booking.PriorityOTP}, c.now); !got.Equal(c.now) {
			t.Errorf("%s: a one-time password waits until %v", name, got)
		}
	}
}

func TestSettings_pause_is_full_jitter(t *testing.T) {
	s := Settings{}.withDefaults()
	for tries, longest := range map[int]time.Duration{1: 5 * time.Second, 2: 30 * time.Second, 5: time.Hour, 9: time.Hour} {
		low, high := longest, time.Duration(0)
		for range 300 {
			d := s.pause(tries, 0)
			low, high = min(low, d), max(high, d)
		}
		if low > longest/10 || high < longest*9/10 || high >= longest {
			t.Errorf("after %d tries from %v to %v, want 0 to %v", tries, low, high, longest)
		}
		if d := s.pause(tries, time.Hour); d < time.Hour {
			t.Errorf("sooner than the provider asked: %v", d)
		}
	}
}

func TestChoices(t *testing.T) {
	lanes := []*lane{{name: "a"}, {name: "b"}}
	for name, c := range map[string]struct {
		tried []Try
		want  []string
	}{
		"fresh":             {nil, []string{"a", "b"}},
		"one_retry":         {[]Try{{Provider: "a", Policy: Retry}}, []string{"a", "b"}},
		"retries_used_up":   {[]Try{{Provider: "a", Policy: Retry}, {Provider: "a", Policy: Retry}}, []string{"b", "a"}},
		"refused":           {[]Try{{Provider: "a", Policy: Elsewhere}}, []string{"b"}},
		"doubt":             {[]Try{{Provider: "b", Policy: Ambiguous}}, []string{"b"}},
		"doubt_then_retry":  {[]Try{{Provider: "a", Policy: Ambiguous}, {Provider: "a", Policy: Retry}}, []string{"a", "b"}},
		"doubt_with_nobody": {[]Try{{Provider: "gone", Policy: Ambiguous}}, []string{"a", "b"}},
		"again":             {[]Try{{Provider: "a", Policy: Elsewhere}, {Code: tryAgain}}, []string{"a", "b"}},
	} {
		var got []string
		for _, l := range choices(lanes, historyOf(c.tried), 2, false) {
			got = append(got, l.name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestRoom_is_two_seconds_of_the_rate(t *testing.T) {
	down := &lane{name: "down"}
	for range breakerFails {
		down.breaker.done(noon, false)
	}
	slow, fast := &lane{Route: Route{Rate: 5}}, &lane{}
	for name, c := range map[string]struct {
		lanes []*lane
		now   time.Time
		want  int
	}{
		"slow":      {[]*lane{slow, fast}, noon, 10},
		"fast":      {[]*lane{fast, slow}, noon, 100},
		"failover":  {[]*lane{down, slow}, noon, 10},
		"all_down":  {[]*lane{down}, noon, 0},
		"one_tries": {[]*lane{down}, noon.Add(time.Minute), 1},
	} {
		if got := room(c.lanes, c.now, 100); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestForward_never_comes_back(t *testing.T) {
	for _, final := range []Status{Delivered} {
		for _, to := range Statuses {
			if Forward(final, to) {
				t.Errorf("%s is followed by %s", final, to)
			}
		}
	}
	for _, from := range []Status{Sent, Failed, Dead, Delivered} {
		if Forward(from, Queued) || Forward(from, Sending) {
			t.Errorf("%s is sent again by itself", from)
		}
	}
}

func TestToken(t *testing.T) {
	key := []byte("key")
	m := Mark{Cell: 1023, ID: uuid.New(), Attempt: 3, Provider: "kannel"}
	token := Token(key, m)
	if got, err := ParseToken(key, "kannel", token); err != nil || got != m {
		t.Errorf("%v, %v", got, err)
	}
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,50}$`).MatchString(token) {
		t.Errorf("%q does not fit in a provider's reference", token)
	}
	for _, provider := range []string{"", "twilio", "kannel2"} {
		if _, err := ParseToken(key, provider, token); err != ErrToken {
			t.Errorf("it is taken from %q: %v", provider, err)
		}
	}
	if _, err := ParseToken(nil, "kannel", Token(nil, m)); err != ErrToken {
		t.Errorf("without a key it is taken: %v", err)
	}
	for i := range token {
		b := []byte(token)
		b[i] ^= 1
		if _, err := ParseToken(key, "kannel", string(b)); err != ErrToken {
			t.Errorf("changed at %d it is taken: %v", i, err)
		}
	}
	for name, bad := range map[string]string{"empty": "", "cut": token[:len(token)-1], "longer": token + "A", "other_key": Token([]byte("k"), m), "cell": Token(key, Mark{Cell: 1024, Provider: "kannel"})} {
		if _, err := ParseToken(key, "kannel", bad); err != ErrToken {
			t.Errorf("%s is taken: %v", name, err)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add(Token([]byte("key"), Mark{Cell: 1, ID: uuid.New(), Attempt: 1}))
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseToken([]byte("key"), "", s)
		if err == nil && Token([]byte("key"), m) != s {
			t.Errorf("%q is not what its mark is written as", s)
		}
	})
}
