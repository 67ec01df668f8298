package calls_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/outbox"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

// callCore returns the rules over the fixture's store, with a clock of its own.
func (f *fixture) callCore(now *time.Time) *calls.Service {
	return &calls.Service{Store: f.Telephone(), Now: func() time.Time { return *now }}
}

// heard returns some event of a call.
func heard(r *rand.Rand, key calls.Key) calls.Call {
	c := calls.Call{
		Key: key, ID: uuid.NewSHA1(uuid.Nil, []byte(key.ProviderID)), Direction: calls.In,
		Outcome: calls.Outcomes[r.IntN(len(calls.Outcomes))],
	}
	if r.IntN(3) == 0 {
		c.Direction, c.Notice = calls.Out, uuid.UUID{byte(1 + r.IntN(3))}
	}
	if r.IntN(2) == 0 {
		c.StartedAt = storetest.Noon().Add(time.Duration(r.IntN(10)) * time.Second)
	}
	if r.IntN(2) == 0 {
		c.EndedAt = storetest.Noon().Add(time.Duration(60+r.IntN(10)) * time.Second)
		c.Duration = time.Duration(r.IntN(60)) * time.Second
	}
	if r.IntN(2) == 0 {
		c.Language, c.Steps = []string{"en", "hi", "bn"}[r.IntN(3)], r.IntN(20)
		c.Spoken = c.Steps
	}
	return c
}

// TestNoteCall_ten_thousand_events records 400 calls in 3,334 events, each
// three times, from many goroutines: in the end each record is the sum of its
// events.
func TestNoteCall_ten_thousand_events(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	r := rand.New(rand.NewPCG(3, 4))
	want := map[calls.Key]calls.Call{}
	var told []calls.Call
	for i := range 3334 {
		key := calls.Key{Number: storetest.Number(i % 100), Provider: "twilio", ProviderID: fmt.Sprint("CA", i%400)}
		if i%4 == 0 {
			key.Number = "" // withheld
		}
		c := heard(r, key)
		told = append(told, c, c, c)
		if before, ok := want[key]; ok {
			want[key] = before.And(c)
		} else {
			want[key] = c
		}
	}
	r.Shuffle(len(told), func(i, j int) { told[i], told[j] = told[j], told[i] })
	var wg sync.WaitGroup
	for part := range slices.Chunk(told, len(told)/32+1) {
		wg.Go(func() {
			for _, c := range part {
				if _, err := f.NoteCall(t.Context(), c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := f.CountRows(`SELECT count(*) FROM call`); n != len(want) {
		t.Errorf("%d calls are kept, want %d", n, len(want))
	}
	for key, c := range want {
		// A duplicate returns the known record.
		got, err := f.NoteCall(t.Context(), calls.Call{Key: key, ID: uuid.New(), Direction: calls.In, Outcome: calls.Open})
		if err != nil {
			t.Fatal(err)
		}
		got.StartedAt, got.EndedAt = got.StartedAt.UTC(), got.EndedAt.UTC()
		c.StartedAt, c.EndedAt = c.StartedAt.UTC(), c.EndedAt.UTC()
		if got != c {
			t.Fatalf("a call is\n%+v, want\n%+v", got, c)
		}
	}
}

func TestCalls_under_way(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	now := storetest.Noon()
	core := f.callCore(&now)
	out := func(i int) calls.Call {
		return calls.Call{Key: calls.Key{Number: storetest.Number(i), Provider: "twilio", ProviderID: fmt.Sprint("CA", i)}, Direction: calls.Out}
	}
	free := func(want int) {
		t.Helper()
		if n, err := core.CallCapacity(t.Context(), 3); err != nil || n != want {
			t.Errorf("%d lines are free, %v; want %d", n, err, want)
		}
	}
	free(3)
	for i := range 4 {
		if _, err := core.Began(t.Context(), out(i)); err != nil {
			t.Fatal(err)
		}
	}
	in := out(9)
	in.Direction = calls.In
	if _, err := core.Began(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	free(0)
	for i := range 2 {
		end := out(i)
		end.Outcome, end.Duration = calls.NoAnswer, 25*time.Second
		if err := core.Ended(t.Context(), end); err != nil {
			t.Fatal(err)
		}
	}
	free(1)
	// A call whose end was never reported stops counting against the capacity.
	now = now.Add(calls.LongestOut + time.Minute)
	free(3)
	if n, err := core.LoseCalls(t.Context(), 10); n != 0 || err != nil {
		t.Errorf("lost %d calls within the hour, %v", n, err)
	}
	now = now.Add(4 * time.Hour)
	for _, want := range []int{3, 0} {
		if n, err := core.LoseCalls(t.Context(), 10); n != want || err != nil {
			t.Errorf("lost %d calls, %v; want %d", n, err, want)
		}
	}
	if list, err := f.CallsOf(t.Context(), storetest.Number(0), 5); err != nil || len(list) != 1 || list[0].Outcome != calls.NoAnswer || list[0].Duration != 25*time.Second {
		t.Errorf("its calls are %+v, %v", list, err)
	}
	if list, err := f.LastCalls(t.Context(), 10); err != nil || len(list) != 5 {
		t.Errorf("the last calls are %+v, %v", list, err)
	}
}

// notices returns the notices of a number: kind, status, and when due.
func (f *fixture) notices(n booking.MSISDN) []string {
	f.T.Helper()
	rows, err := f.Pool.Query(f.T.Context(), `
		SELECT kind || ' ' || medium || ' ' || status || ' ' || to_char(due_at AT TIME ZONE 'Asia/Kolkata', 'DD HH24:MI:SS')
		FROM outbox WHERE msisdn = $1 ORDER BY created_at, due_at`, string(n))
	if err != nil {
		f.T.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			f.T.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

func TestCallBack_five_missed_calls_at_once_are_one(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	now := storetest.Noon()
	core := f.callCore(&now)
	var wg sync.WaitGroup
	for range 5 {
		call := uuid.New()
		for range 3 { // each reported three times
			wg.Go(func() {
				if err := core.MissedCall(t.Context(), storetest.Number(1), call); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if got, want := f.notices(storetest.Number(1)), []string{"call_back call queued 03 12:00:30"}; !slices.Equal(got, want) {
		t.Errorf("queued %v, want %v", got, want)
	}
}

// call makes a call-back's attempts as the outbox does: claimed, handed over
// and sent, until nothing is due.
func (f *fixture) call(now time.Time) []outbox.Claimed {
	f.T.Helper()
	list, err := f.Claim(f.T.Context(), []string{"call"}, now, now.Add(time.Minute), 10)
	if err != nil {
		f.T.Fatal(err)
	}
	for i := range list {
		if !f.Handed(&list[i], "twilio", now, now.Add(time.Minute)) {
			f.T.Fatal("not handed over")
		}
		f.Recorded(list[i], outbox.Change{Held: list[i].Lease, Status: outbox.Sent, ProviderID: "CA1"})
	}
	return list
}

func TestCallBack_three_attempts_and_a_text(t *testing.T) {
	t.Parallel()
	now := storetest.Noon()
	f := newFixture(t, postgres.Options{Now: func() time.Time { return now }})
	core := f.callCore(&now)
	if err := core.MissedCall(t.Context(), storetest.Number(1), uuid.New()); err != nil {
		t.Fatal(err)
	}
	for i, at := range []string{"03 12:00:30", "03 14:30:30", "03 18:30:00"} {
		b, _, err := f.CallBackOf(t.Context(), storetest.Number(1))
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Due.In(booking.India).Format("02 15:04:05"); got != at || b.Attempt != i+1 {
			t.Errorf("attempt %d at %s, want %s", b.Attempt, got, at)
		}
		now = b.Due
		made := f.call(now)
		if len(made) != 1 || made[0].ID != b.Notice {
			t.Fatalf("called %+v, want %s", made, b.Notice)
		}
		// Reported by many at once, and by one node that died half-way and
		// began again.
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := core.NotReached(t.Context(), storetest.Number(1), b.Notice, "no_answer"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	want := []string{"call_back call sent 03 12:00:30", "call_back call sent 03 14:30:30", "call_back call sent 03 18:30:00", "call_missed sms queued 03 18:30:00"}
	if got := f.notices(storetest.Number(1)); !slices.Equal(got, want) {
		t.Errorf("queued\n%v, want\n%v", got, want)
	}
	// A person who asks again is called again, also while the last attempt
	// rings.
	now = now.Add(time.Hour)
	if err := core.MissedCall(t.Context(), storetest.Number(1), uuid.New()); err != nil {
		t.Fatal(err)
	}
	if got := f.notices(storetest.Number(1)); len(got) != 5 || got[4] != "call_back call queued 03 19:30:30" {
		t.Errorf("queued %v", got)
	}
	for range 3 {
		b, _, err := f.CallBackOf(t.Context(), storetest.Number(1))
		if err != nil {
			t.Fatal(err)
		}
		now = b.Due
		f.call(now)
		if now = now.Add(10 * time.Second); b.Attempt == 3 {
			if err := core.MissedCall(t.Context(), storetest.Number(1), uuid.New()); err != nil {
				t.Fatal(err)
			}
		}
		if err := core.NotReached(t.Context(), storetest.Number(1), b.Notice, "busy"); err != nil {
			t.Fatal(err)
		}
	}
	b, _, err := f.CallBackOf(t.Context(), storetest.Number(1))
	if err != nil || !b.Open || b.Attempt != 1 || !b.Due.Equal(now.Add(30*time.Second)) {
		t.Errorf("it stands %+v, %v", b, err)
	}
	if now = b.Due; len(f.call(now)) != 1 {
		t.Error("nobody is called")
	}
}

func TestCallBack_reached(t *testing.T) {
	t.Parallel()
	now := storetest.Noon()
	f := newFixture(t, postgres.Options{Now: func() time.Time { return now }})
	core := f.callCore(&now)
	ask := func() uuid.UUID {
		t.Helper()
		if err := core.MissedCall(t.Context(), storetest.Number(1), uuid.New()); err != nil {
			t.Fatal(err)
		}
		b, _, err := f.CallBackOf(t.Context(), storetest.Number(1))
		if err != nil {
			t.Fatal(err)
		}
		return b.Notice
	}
	reached := func() {
		t.Helper()
		for range 3 {
			if err := core.Reached(t.Context(), storetest.Number(1)); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Run("before_we_called", func(t *testing.T) {
		notice := ask()
		reached()
		if s := f.Stands(notice); s != "dead 0 no longer true" {
			t.Errorf("the call is %q", s)
		}
		now = now.Add(time.Hour)
		if got := f.call(now); len(got) != 0 {
			t.Errorf("called %v", got)
		}
	})
	t.Run("while_a_worker_has_it", func(t *testing.T) {
		ask()
		now = now.Add(time.Minute)
		held := f.Claimed(now, 10, "call")
		if len(held) != 1 {
			t.Fatalf("claimed %v", held)
		}
		reached()
		// Either it is handed over or withdrawn, never both.
		if f.Handed(&held[0], "twilio", now, now.Add(time.Minute)) {
			t.Error("a call that was taken back is made")
		}
	})
	t.Run("after_the_call", func(t *testing.T) {
		notice := ask()
		now = now.Add(time.Minute)
		f.call(now)
		reached()
		if err := core.NotReached(t.Context(), storetest.Number(1), notice, "busy"); err != nil { // late
			t.Fatal(err)
		}
		if s := f.Stands(notice); s != "sent 1 twilio CA1" {
			t.Errorf("the call is %q", s)
		}
		b, _, _ := f.CallBackOf(t.Context(), storetest.Number(1))
		if b.Open || b.Why != calls.CallBackReached || b.Attempt != 1 {
			t.Errorf("it stands %+v", b)
		}
	})
	t.Run("asked_again_while_the_next_waits", func(t *testing.T) {
		notice := ask()
		now = now.Add(time.Minute)
		f.call(now)
		if err := core.NotReached(t.Context(), storetest.Number(1), notice, "busy"); err != nil {
			t.Fatal(err)
		}
		second := ask()
		if second == notice {
			t.Fatal("no second attempt")
		}
		now = now.Add(30 * time.Second)
		if got := f.call(now); len(got) != 1 || got[0].ID != second {
			t.Errorf("called %v, want the second attempt brought forward", got)
		}
	})
}

// TestCallBack_whatever_happens asks, calls, reaches people or not, and sends
// duplicates and late events: a number has at most one pending call, an open
// call-back has one, and nobody is called at night or more than three times
// without an answer.
func TestCallBack_whatever_happens(t *testing.T) {
	t.Parallel()
	now := storetest.Noon()
	f := newFixture(t, postgres.Options{Now: func() time.Time { return now }})
	core := f.callCore(&now)
	ctx, r := t.Context(), rand.New(rand.NewPCG(5, 6))
	type told struct {
		number booking.MSISDN
		notice uuid.UUID
	}
	var made []told       // calls, of which any event may come at any time
	var asked []uuid.UUID // requests, which may come again
	unanswered := map[booking.MSISDN]int{}
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for step := range 600 {
		n := storetest.Number(r.IntN(3))
		switch r.IntN(9) {
		case 0, 1:
			asked = append(asked, uuid.New())
			try(core.MissedCall(ctx, n, asked[len(asked)-1]))
			unanswered[n] = 0
		case 2:
			asked = append(asked, uuid.New())
			try(core.CallBackFrom(ctx, n, asked[len(asked)-1], now.Add(time.Duration(r.IntN(20))*time.Hour)))
			unanswered[n] = 0
		case 3: // again, and late
			if len(asked) > 0 {
				try(core.CallBack(ctx, n, asked[len(asked)-1]))
				unanswered[n] = 0 // another number may have used this request
			}
		case 4:
			try(core.Reached(ctx, n))
		case 5, 6:
			if len(made) > 0 {
				for range 2 {
					c := made[max(0, len(made)-1-r.IntN(4))]
					try(core.NotReached(ctx, c.number, c.notice, "busy"))
				}
			}
		case 7:
			_, err := core.Unheard(ctx, 10)
			try(err)
		default:
			now = now.Add(time.Duration(1+r.IntN(300)) * time.Minute)
		}
		for _, c := range f.call(now) {
			made = append(made, told{c.To, c.ID})
			if unanswered[c.To]++; unanswered[c.To] > 3 {
				t.Fatalf("step %d: called %d times without having been asked", step, unanswered[c.To])
			}
		}
		if n := f.CountRows(`SELECT count(*) FROM (SELECT FROM outbox WHERE medium = 'call' AND status = 'queued' GROUP BY msisdn HAVING count(*) > 1) x`); n != 0 {
			t.Fatalf("step %d: %d numbers are pending more than one call", step, n)
		}
		if n := f.CountRows(`SELECT count(*) FROM call_back b WHERE b.open
			AND NOT EXISTS (SELECT FROM outbox o WHERE o.cell = b.cell AND o.id = b.notice_id AND o.medium = 'call')`); n != 0 {
			t.Fatalf("step %d: %d open call-backs have no call", step, n)
		}
		if n := f.CountRows(`SELECT count(*) FROM outbox o WHERE o.medium = 'call' AND o.status = 'queued'
			AND NOT EXISTS (SELECT FROM call_back b WHERE b.cell = o.cell AND b.notice_id = o.id AND b.open)`); n != 0 {
			t.Fatalf("step %d: %d calls are made for nobody", step, n)
		}
		if n := f.CountRows(`SELECT count(*) FROM outbox WHERE medium = 'call' AND (due_at AT TIME ZONE 'Asia/Kolkata')::time NOT BETWEEN '09:00' AND '21:00'`); n != 0 {
			t.Fatalf("step %d: %d calls at night", step, n)
		}
	}
	if len(made) < 30 {
		t.Errorf("%d calls were made", len(made))
	}
}

func TestUnheard_what_was_given_up_or_never_told(t *testing.T) {
	t.Parallel()
	now := storetest.Noon()
	f := newFixture(t, postgres.Options{Now: func() time.Time { return now }})
	core := f.callCore(&now)
	for i := range 3 {
		if err := core.MissedCall(t.Context(), storetest.Number(i), uuid.New()); err != nil {
			t.Fatal(err)
		}
	}
	due := now.Add(30 * time.Second)
	list := f.Claimed(due, 10, "call")
	if len(list) != 3 {
		t.Fatalf("claimed %d", len(list))
	}
	slices.SortFunc(list, func(a, b outbox.Claimed) int { return slices.Compare([]byte(a.To), []byte(b.To)) })
	// The provider refuses one for good, accepts one and never reports it, and
	// one waits for capacity.
	f.Handed(&list[0], "twilio", due, due.Add(time.Minute))
	f.Recorded(list[0], outbox.Change{Held: list[0].Lease, Status: outbox.Dead, Reason: "21211"})
	f.Handed(&list[1], "twilio", due, due.Add(time.Minute))
	f.Exec(`UPDATE outbox SET status = 'sent', updated_at = $2 WHERE id = $1`, [16]byte(list[1].ID), due)
	f.Recorded(list[2], outbox.Change{Held: list[2].Lease, Status: outbox.Queued, Due: due.Add(time.Hour)})
	pending, err := f.OpenCallBacks(t.Context(), 2)
	if err != nil || len(pending) != 2 || pending[0].Attempt != 1 || !pending[0].Due.Equal(due) || pending[0].Number == pending[1].Number {
		t.Errorf("pending are %+v, %v", pending, err)
	}
	unheard := func(want int) {
		t.Helper()
		if n, err := core.Unheard(t.Context(), 10); n != want || err != nil {
			t.Errorf("gave up %d calls, %v; want %d", n, err, want)
		}
	}
	now = due.Add(time.Minute)
	unheard(1)
	unheard(0)
	now = due.Add(20 * time.Minute)
	unheard(1)
	unheard(0)
	for i, want := range []int{2, 2, 1} {
		b, _, err := f.CallBackOf(t.Context(), storetest.Number(i))
		if err != nil || b.Attempt != want || !b.Open {
			t.Errorf("%d stands %+v, %v; want attempt %d", i, b, err, want)
		}
	}
	// The call that waited too long for capacity was never tried: it is queued
	// again, as the same attempt.
	now = due.Add(2 * time.Hour)
	f.Exec(`UPDATE outbox SET status = 'dead', reason = 'expired' WHERE id = $1`, [16]byte(list[2].ID))
	unheard(1)
	unheard(0)
	b, _, err := f.CallBackOf(t.Context(), storetest.Number(2))
	if err != nil || b.Attempt != 1 || !b.Open || b.Notice == list[2].ID {
		t.Errorf("it stands %+v, %v", b, err)
	}
	now = now.Add(time.Minute)
	if made := f.call(now); len(made) != 1 || made[0].ID != b.Notice {
		t.Errorf("called %+v", made)
	}
}

// TestReached_by_their_own_call closes the call-back of a person who has called
// us, but not one that was asked for in that very call.
func TestReached_by_their_own_call(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		outcome calls.Outcome
		steps   int
		inCall  bool // asked for in the call
		open    bool
	}{
		{"dialogue_ended", calls.Completed, 2, false, false},
		{"spoke_with_an_agent", calls.Agent, 1, false, false},
		{"hung_up_late", calls.HungUp, 7, false, false},
		{"hung_up_at_once", calls.HungUp, 1, false, true},
		{"gave_a_missed_call", calls.Missed, 0, false, true},
		{"left_the_queue", calls.QueueLeft, 4, false, true},
		{"asked_for_it_then", calls.Completed, 5, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			now := storetest.Noon()
			f := newFixture(t, postgres.Options{Now: func() time.Time { return now }})
			core := f.callCore(&now)
			key := calls.Key{Number: storetest.Number(1), Provider: "exotel", ProviderID: "c1"}
			ask := func() {
				if err := core.CallBack(t.Context(), storetest.Number(1), uuid.New()); err != nil {
					t.Fatal(err)
				}
				now = now.Add(time.Second)
			}
			if !c.inCall {
				ask()
			}
			if _, err := core.Began(t.Context(), calls.Call{Key: key}); err != nil {
				t.Fatal(err)
			}
			now = now.Add(time.Second)
			if c.inCall {
				ask()
			}
			if err := core.Stepped(t.Context(), key, "hi", c.steps); err != nil {
				t.Fatal(err)
			}
			now = now.Add(20 * time.Second)
			for range 2 {
				if err := core.Ended(t.Context(), calls.Call{Key: key, Outcome: c.outcome}); err != nil {
					t.Fatal(err)
				}
			}
			b, _, err := f.CallBackOf(t.Context(), storetest.Number(1))
			if err != nil || b.Open != c.open {
				t.Errorf("it stands %+v, %v", b, err)
			}
			pending := booking.Notice{ID: b.Notice, To: storetest.Number(1), Kind: booking.NoticeCallBack}
			if still, err := core.StillPending(t.Context(), pending); err != nil || still != c.open {
				t.Errorf("still pending: %v, %v", still, err)
			}
			if got := f.CountRows(`SELECT count(*) FROM outbox WHERE status = 'queued'`); (got == 1) != c.open {
				t.Errorf("%d calls wait", got)
			}
		})
	}
}

// TestUnheard_what_no_provider_made is no attempt: a person whose phone never
// rang gets no SMS that we called three times.
func TestUnheard_what_no_provider_made(t *testing.T) {
	t.Parallel()
	for policy, want := range map[outbox.Policy]struct {
		attempt int
		after   time.Duration
	}{
		outbox.Retry:     {1, 15 * time.Minute}, // unavailable for hours
		outbox.Elsewhere: {1, 15 * time.Minute}, // our password, our money
		outbox.GiveUp:    {2, 150 * time.Minute},
		outbox.Ambiguous: {2, 150 * time.Minute},
	} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			now := storetest.Noon()
			f := newFixture(t, postgres.Options{Now: func() time.Time { return now }})
			core := f.callCore(&now)
			if err := core.MissedCall(t.Context(), storetest.Number(1), uuid.New()); err != nil {
				t.Fatal(err)
			}
			now = now.Add(30 * time.Second)
			list := f.Claimed(now, 10, "call")
			if len(list) != 1 {
				t.Fatalf("claimed %d", len(list))
			}
			f.Handed(&list[0], "twilio", now, now.Add(time.Minute))
			f.Recorded(list[0], outbox.Change{
				Held: list[0].Lease, Status: outbox.Dead, Reason: "no", Try: &outbox.Try{At: now, Provider: "twilio", Policy: policy, Code: "no"},
			})
			for _, n := range []int{1, 0} {
				if got, err := core.Unheard(t.Context(), 10); got != n || err != nil {
					t.Fatalf("looked after %d, %v; want %d", got, err, n)
				}
			}
			b, _, err := f.CallBackOf(t.Context(), storetest.Number(1))
			if err != nil || !b.Open || b.Attempt != want.attempt || b.Due.Sub(now) != want.after {
				t.Errorf("after %s it stands %+v, %v", b.Due.Sub(now), b, err)
			}
		})
	}
}
