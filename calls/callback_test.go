package calls_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/calls"
)

// callers is a calls.CallBacks in memory, for one number.
type callers struct {
	calls.Store
	b       calls.CallBack
	known   bool
	asked   []uuid.UUID
	waiting []booking.Notice
	untried bool // nobody makes calls
}

func (s *callers) AskCall(_ context.Context, b calls.CallBack, n booking.Notice) error {
	if slices.Contains(s.asked, b.Request) {
		return nil
	}
	s.asked = append(s.asked, b.Request)
	if s.known && s.b.Open {
		s.b.AskedAt = b.AskedAt
		for i := range s.waiting {
			if w := &s.waiting[i]; w.ID == s.b.Notice && n.Due.Before(w.Due) {
				w.Due, s.b.Due = n.Due, n.Due
			}
		}
		return nil
	}
	s.b, s.known, s.waiting = b, true, append(s.waiting, n)
	return nil
}

func (s *callers) CallBackOf(context.Context, booking.MSISDN) (calls.CallBack, bool, error) {
	return s.b, s.known, nil
}

func (s *callers) NextCall(_ context.Context, was, is calls.CallBack, pending ...booking.Notice) (bool, error) {
	if was != s.b {
		return false, nil
	}
	s.b, s.waiting = is, append(s.waiting, pending...)
	return true, nil
}

func (s *callers) CloseCall(_ context.Context, _ booking.MSISDN, why string, at time.Time) error {
	s.b.Open, s.b.Why, s.b.ClosedAt = false, why, at
	s.waiting = slices.DeleteFunc(s.waiting, func(n booking.Notice) bool { return n.ID == s.b.Notice })
	return nil
}

func (s *callers) Unheard(_ context.Context, _, before time.Time, _ int) ([]calls.Unheard, error) {
	if s.b.Open && s.b.Due.Before(before) {
		return []calls.Unheard{{CallBack: s.b, Asked: !s.untried, Made: !s.untried}}, nil
	}
	return nil, nil
}

// A desk is the rules of the telephone, with a clock that is set by hand.
type desk struct {
	*calls.Service
	now time.Time
}

var ctx = context.Background()

const ours = booking.MSISDN("+919876543210")

func newCallers(t *testing.T, at string) (*desk, *callers) {
	t.Helper()
	s, d := new(callers), new(desk)
	d.setClock(t, at)
	d.Service = &calls.Service{Store: s, Now: func() time.Time { return d.now }}
	return d, s
}

func (d *desk) setClock(t *testing.T, at string) {
	t.Helper()
	now, err := time.ParseInLocation("2006-01-02 15:04", at, booking.India)
	if err != nil {
		t.Fatal(err)
	}
	d.now = now
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCallBack_three_attempts_over_the_day(t *testing.T) {
	for _, c := range []struct {
		name, asked string
		want        []string
	}{
		{"in_the_morning", "2021-06-02 10:00", []string{"2021-06-02 10:00:30", "2021-06-02 12:31:30", "2021-06-02 18:30:00"}},
		{"early_in_the_morning", "2021-06-02 09:00", []string{"2021-06-02 09:00:30", "2021-06-02 11:31:30", "2021-06-02 15:00:00"}},
		{"at_noon", "2021-06-02 12:00", []string{"2021-06-02 12:00:30", "2021-06-02 14:31:30", "2021-06-02 18:30:00"}},
		{"in_the_evening", "2021-06-02 18:00", []string{"2021-06-02 18:00:30", "2021-06-02 20:31:30", "2021-06-03 10:00:00"}},
		{"late", "2021-06-02 20:59", []string{"2021-06-02 20:59:30", "2021-06-03 09:00:00", "2021-06-03 15:00:00"}},
		{"at_night", "2021-06-02 22:00", []string{"2021-06-03 09:00:00", "2021-06-03 11:31:00", "2021-06-03 15:00:00"}},
		{"before_dawn", "2021-06-02 04:00", []string{"2021-06-02 09:00:00", "2021-06-02 11:31:00", "2021-06-02 15:00:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, s := newCallers(t, c.asked)
			must(t, d.MissedCall(ctx, ours, uuid.New()))
			for i, want := range c.want {
				if len(s.waiting) != i+1 {
					t.Fatalf("after %d failures %d notices are pending", i, len(s.waiting))
				}
				n := s.waiting[i]
				if n.Kind != booking.NoticeCallBack || n.Medium != "call" || n.Priority != booking.PriorityReply {
					t.Errorf("queued %+v", n)
				}
				if got := n.Due.In(booking.India).Format(time.DateTime); got != want {
					t.Errorf("attempt %d at %s, want %s", i+1, got, want)
				}
				// It rings for a minute without an answer, and is reported
				// twice.
				d.now = n.Due.Add(time.Minute)
				for range 2 {
					must(t, d.NotReached(ctx, ours, n.ID, "no_answer"))
				}
			}
			if len(s.waiting) != 4 {
				t.Fatalf("queued %d notices, want three calls and a text", len(s.waiting))
			}
			if n := s.waiting[3]; n.Kind != booking.NoticeCallMissed || n.Medium != "sms" || !n.Due.Equal(d.now) {
				t.Errorf("queued %+v", n)
			}
			if s.b.Open || s.b.Why != calls.CallBackGivenUp {
				t.Errorf("it stands %+v", s.b)
			}
		})
	}
}

func TestCallBack_one_however_often_it_is_asked_for(t *testing.T) {
	d, s := newCallers(t, "2021-06-02 10:00")
	request := uuid.New()
	for range 3 {
		must(t, d.CallBack(ctx, ours, request))
		must(t, d.MissedCall(ctx, ours, uuid.New()))
		d.now = d.now.Add(5 * time.Second)
	}
	if len(s.waiting) != 1 || s.waiting[0].Key != "call_back:"+request.String()+"/1" {
		t.Errorf("queued %+v", s.waiting)
	}
	// A duplicate that comes when all is over asks for nothing.
	must(t, d.Reached(ctx, ours))
	must(t, d.CallBack(ctx, ours, request))
	if len(s.waiting) != 0 || s.b.Open || s.b.Why != calls.CallBackReached {
		t.Errorf("it stands %+v, queued %v", s.b, s.waiting)
	}
	// A new request does.
	must(t, d.CallBack(ctx, ours, uuid.New()))
	if len(s.waiting) != 1 || !s.b.Open {
		t.Errorf("it stands %+v, queued %v", s.b, s.waiting)
	}
}

func TestCallBack_asked_again(t *testing.T) {
	soon := func(d *desk, s *callers) bool {
		n := s.waiting[len(s.waiting)-1]
		return n.Kind == booking.NoticeCallBack && n.Due.Equal(d.now.Add(30*time.Second))
	}
	t.Run("while_the_second_attempt_waits", func(t *testing.T) {
		d, s := newCallers(t, "2021-06-02 10:00")
		must(t, d.MissedCall(ctx, ours, uuid.New()))
		d.now = d.now.Add(time.Minute)
		must(t, d.NotReached(ctx, ours, s.b.Notice, "busy"))
		d.now = d.now.Add(time.Hour)
		must(t, d.MissedCall(ctx, ours, uuid.New()))
		if len(s.waiting) != 2 || !soon(d, s) {
			t.Errorf("queued %+v", s.waiting)
		}
	})
	t.Run("while_the_first_rings", func(t *testing.T) {
		d, s := newCallers(t, "2021-06-02 10:00")
		must(t, d.MissedCall(ctx, ours, uuid.New()))
		first := s.b.Notice
		d.now = d.now.Add(35 * time.Second)
		must(t, d.MissedCall(ctx, ours, uuid.New()))
		d.now = d.now.Add(5 * time.Second)
		must(t, d.NotReached(ctx, ours, first, "busy"))
		if len(s.waiting) != 2 || !soon(d, s) {
			t.Errorf("queued %+v", s.waiting)
		}
	})
}

// TestCallBack_asked_again_at_the_last_attempt: a person who calls us while the
// third call rings unanswered is called, and gets no SMS that we could not
// reach them.
func TestCallBack_asked_again_at_the_last_attempt(t *testing.T) {
	d, s := newCallers(t, "2021-06-02 10:00")
	must(t, d.MissedCall(ctx, ours, uuid.New()))
	for range 2 {
		d.now = s.b.Due.Add(time.Minute)
		must(t, d.NotReached(ctx, ours, s.b.Notice, "no_answer"))
	}
	third := s.b.Notice
	d.now = s.b.Due.Add(5 * time.Second)
	must(t, d.MissedCall(ctx, ours, uuid.New()))
	d.now = d.now.Add(5 * time.Second)
	for range 2 {
		must(t, d.NotReached(ctx, ours, third, "busy"))
	}
	n := s.waiting[len(s.waiting)-1]
	if len(s.waiting) != 4 || n.Kind != booking.NoticeCallBack || !n.Due.Equal(d.now.Add(30*time.Second)) || !s.b.Open || s.b.Attempt != 1 {
		t.Fatalf("it stands %+v, queued %+v", s.b, s.waiting)
	}
	keys := map[string]bool{}
	for range 3 {
		d.now = s.b.Due.Add(time.Minute)
		must(t, d.NotReached(ctx, ours, s.b.Notice, "no_answer"))
	}
	for _, n := range s.waiting {
		keys[n.Key] = true
	}
	if len(s.waiting) != 7 || len(keys) != 7 || s.b.Open || s.waiting[6].Kind != booking.NoticeCallMissed {
		t.Errorf("it stands %+v, queued %+v", s.b, s.waiting)
	}
}

func TestCallBackFrom(t *testing.T) {
	for name, c := range map[string]struct{ asked, from, want string }{
		"when_there_is_somebody": {"2021-06-02 19:00", "2021-06-03 09:30", "2021-06-03 09:30:00"},
		"over_a_sunday":          {"2021-06-05 19:00", "2021-06-07 10:00", "2021-06-07 10:00:00"},
		"not_by_night":           {"2021-06-02 19:00", "2021-06-03 06:00", "2021-06-03 09:00:00"},
		"there_is_now":           {"2021-06-02 11:00", "2021-06-02 11:00", "2021-06-02 11:00:30"},
	} {
		t.Run(name, func(t *testing.T) {
			d, s := newCallers(t, c.asked)
			from, err := time.ParseInLocation("2006-01-02 15:04", c.from, booking.India)
			must(t, err)
			must(t, d.CallBackFrom(ctx, ours, uuid.New(), from))
			if got := s.b.Due.In(booking.India).Format(time.DateTime); got != c.want {
				t.Errorf("we call at %s, want %s", got, c.want)
			}
			// A missed call after that is answered like any other.
			must(t, d.MissedCall(ctx, ours, uuid.New()))
			if len(s.waiting) != 1 || s.waiting[0].Due.After(d.now.Add(30*time.Second)) {
				t.Errorf("queued %+v", s.waiting)
			}
		})
	}
}

func TestUnheard_is_not_reached(t *testing.T) {
	d, s := newCallers(t, "2021-06-02 10:00")
	must(t, d.MissedCall(ctx, ours, uuid.New()))
	d.now = d.now.Add(10 * time.Minute)
	if n, err := d.Unheard(ctx, 10); n != 0 || err != nil || s.b.Attempt != 1 {
		t.Errorf("gave up %d calls after ten minutes, %v", n, err)
	}
	d.now = d.now.Add(10 * time.Minute)
	if n, err := d.Unheard(ctx, 10); n != 1 || err != nil || s.b.Attempt != 2 || s.b.Why != "unheard" {
		t.Errorf("gave up %d, %v; it stands %+v", n, err, s.b)
	}
}

func TestUnheard_what_nobody_tried_is_no_attempt(t *testing.T) {
	d, s := newCallers(t, "2021-06-02 10:00")
	must(t, d.MissedCall(ctx, ours, uuid.New()))
	s.untried = true
	for i := range 3 {
		d.now = d.now.Add(time.Hour)
		if n, err := d.Unheard(ctx, 10); n != 1 || err != nil || s.b.Attempt != 1 || !s.b.Due.Equal(d.now.Add(30*time.Second)) {
			t.Errorf("gave up %d, %v; it stands %+v", n, err, s.b)
		}
		if last := s.waiting[len(s.waiting)-1]; len(s.waiting) != i+2 || last.Key == s.waiting[i].Key || last.ID != s.b.Notice {
			t.Errorf("queued %+v", s.waiting)
		}
	}
	// Not for ever.
	d.now = d.now.Add(48 * time.Hour)
	if _, err := d.Unheard(ctx, 10); err != nil || s.b.Attempt != 2 {
		t.Errorf("%v; it stands %+v", err, s.b)
	}
}
