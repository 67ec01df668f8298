package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/outbox"
	"tikaline/postgres"
)

func TestNotify_once_per_number_and_key(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	if err := f.Notify(ctx); err != nil {
		t.Error(err)
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := f.Notify(ctx, owed(number(1), booking.NoticeCallBack, "a"), owed(number(2), booking.NoticeCallBack, "a")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := f.count(`SELECT count(*) FROM outbox`); n != 2 {
		t.Errorf("%d notices, want 2", n)
	}
}

// claimed takes what is due for a minute.
func (f *fixture) claimed(at time.Time, n int, mediums ...string) []outbox.Claimed {
	f.t.Helper()
	list, err := f.Claim(f.t.Context(), mediums, at, at.Add(time.Minute), n)
	if err != nil {
		f.t.Fatal(err)
	}
	return list
}

// handed hands a claimed notice over until lease.
func (f *fixture) handed(c *outbox.Claimed, provider string, at, lease time.Time) bool {
	f.t.Helper()
	leases, err := f.Hand(f.t.Context(), at, []outbox.Handover{{Cell: c.To.Cell(), ID: c.ID, Held: c.Lease, Lease: lease, Provider: provider, Attempt: c.Attempts + 1}})
	if err != nil {
		f.t.Fatal(err)
	}
	ours := leases[c.ID].Equal(lease)
	if ours {
		c.Lease, c.Attempts, c.Provider = lease, c.Attempts+1, provider
	}
	return ours
}

// recorded notes a change of a notice and tells whether it had an effect.
func (f *fixture) recorded(c outbox.Claimed, ch outbox.Change) bool {
	f.t.Helper()
	ch.Cell, ch.ID = c.To.Cell(), c.ID
	done, err := f.Record(f.t.Context(), noon(), []outbox.Change{ch})
	if err != nil {
		f.t.Fatal(err)
	}
	return len(done) == 1
}

// stands is a notice's status, attempts, provider, its id and the reason.
func (f *fixture) stands(id uuid.UUID) string {
	f.t.Helper()
	var s string
	if err := f.pool.QueryRow(f.t.Context(), `SELECT concat_ws(' ', status, attempts, provider, provider_id, reason) FROM outbox WHERE id = $1`, id).Scan(&s); err != nil {
		f.t.Fatal(err)
	}
	return strings.Join(strings.Fields(s), " ")
}

func (f *fixture) notify(list ...booking.Notice) {
	f.t.Helper()
	if err := f.Notify(f.t.Context(), list...); err != nil {
		f.t.Fatal(err)
	}
}

func ids(list []outbox.Claimed) []uuid.UUID {
	out := make([]uuid.UUID, len(list))
	for i, c := range list {
		out[i] = c.ID
	}
	return out
}

func TestClaim_the_first_of_each_number_the_most_urgent_first(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	make := func(n int, p booking.Priority, after time.Duration, key string) booking.Notice {
		o := owed(number(n), booking.NoticeBooked, key)
		o.Priority, o.Due = p, noon().Add(after)
		return o
	}
	confirm := make(1, booking.PriorityConfirm, -2*time.Minute, "a")
	second := make(1, booking.PriorityConfirm, -time.Minute, "b")
	reminder := make(2, booking.PriorityReminder, -time.Hour, "c")
	reply := make(2, booking.PriorityReply, 0, "d")
	reply.Data = booking.NoticeData{Name: "आशा", Day: today, Window: booking.Window{From: 540, To: 660}}
	later := make(3, booking.PriorityReply, time.Hour, "e")
	call := make(1, booking.PriorityReminder, 0, "f")
	call.Medium = "call"
	f.notify(confirm, second, reminder, reply, later, call)

	if got := f.claimed(noon(), 10, "pigeon"); len(got) != 0 {
		t.Errorf("claimed another medium: %v", got)
	}
	first := f.claimed(noon(), 10, "sms")
	if want := []uuid.UUID{reply.ID, confirm.ID}; !slices.Equal(ids(first), want) {
		t.Fatalf("claimed %v, want the reply and the first confirmation", first)
	}
	if c := first[0]; c.Data != reply.Data || c.To != number(2) || c.Key != reply.Key || c.Attempts != 0 || !c.Lease.Equal(noon().Add(time.Minute)) || !c.Since.Equal(reply.Due) {
		t.Errorf("claimed %+v", c)
	}
	// Another medium of the same number does not wait for the first.
	if got := f.claimed(noon(), 10); !slices.Equal(ids(got), []uuid.UUID{call.ID}) {
		t.Errorf("claimed %v, want the call alone", got)
	}
	// The next of a number goes once the first is sent, in doubt, or put off.
	f.handed(&first[1], "p", noon(), noon().Add(time.Minute))
	if got := f.claimed(noon(), 10); len(got) != 0 {
		t.Errorf("two of a number under way: %v", got)
	}
	f.recorded(first[1], outbox.Change{Held: first[1].Lease, Status: outbox.Sending, Doubt: true, Lease: noon().Add(time.Hour)})
	f.recorded(first[0], outbox.Change{Held: first[0].Lease, Status: outbox.Queued, Due: noon().Add(time.Minute)})
	if got := f.claimed(noon(), 10); !slices.Equal(ids(got), []uuid.UUID{second.ID, reminder.ID}) {
		t.Errorf("claimed %v, want the second confirmation and the reminder", got)
	}
}

func TestClaim_is_not_held_up_by_one_number(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	for i := range 40 {
		n := owed(number(1), booking.NoticeBooked, fmt.Sprint(i))
		n.Due = noon().Add(-time.Hour)
		f.notify(n)
	}
	f.notify(owed(number(2), booking.NoticeBooked, "x"))
	if got := f.claimed(noon(), 5); len(got) != 2 {
		t.Errorf("claimed %d, want the first of each number", len(got))
	}
}

func TestClaim_lease(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	n := owed(number(1), booking.NoticeBooked, "a")
	f.notify(n)
	first := f.claimed(noon(), 10)
	if got := f.claimed(noon().Add(30*time.Second), 10); len(got) != 0 {
		t.Errorf("claimed what another holds: %v", got)
	}
	// Its worker died before it handed it over: nothing was sent, so it goes on.
	again := f.claimed(noon().Add(2*time.Minute), 10)
	if len(again) != 1 {
		t.Fatalf("claimed %v", again)
	}
	if f.handed(&first[0], "p", noon(), noon().Add(time.Hour)) {
		t.Error("handed over by who had lost it")
	}
	lease := noon().Add(3 * time.Minute)
	for range 2 { // the answer to the first commit was lost
		c := again[0]
		if !f.handed(&c, "p", noon(), lease) {
			t.Error("not ours")
		}
	}
	if s := f.stands(n.ID); s != "sending 1 p" {
		t.Errorf("it is %q", s)
	}
	// From here on it may have been sent: it is not claimed, but looked into.
	if got := f.claimed(noon().Add(time.Hour), 10); len(got) != 0 {
		t.Errorf("claimed what may have been sent: %v", got)
	}
	stale, err := f.Stale(t.Context(), lease.Add(time.Second), 10)
	if err != nil || len(stale) != 1 || stale[0].ID != n.ID || stale[0].Doubt || stale[0].Provider != "p" || stale[0].Attempts != 1 || !stale[0].Lease.Equal(lease) {
		t.Errorf("stale: %+v, %v", stale, err)
	}
	if stale, _ := f.Stale(t.Context(), lease, 10); len(stale) != 0 {
		t.Error("stale before its lease ended")
	}
}

func TestHand_to_one_of_two_who_think_it_theirs(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	f.notify(owed(number(1), booking.NoticeBooked, "a"))
	old := f.claimed(noon(), 1)[0]
	c := f.claimed(noon().Add(2*time.Minute), 1)[0]
	hand := func(held, lease time.Time) outbox.Handover {
		return outbox.Handover{Cell: c.To.Cell(), ID: c.ID, Held: held, Lease: lease, Provider: "p", Attempt: 1}
	}
	late, due := noon().Add(4*time.Minute), noon().Add(5*time.Minute)
	leases, err := f.Hand(t.Context(), noon(), []outbox.Handover{hand(old.Lease, late), hand(c.Lease, due)})
	if err != nil || !leases[c.ID].Equal(due) {
		t.Errorf("%v, %v: in one batch both were given it, or the wrong one", leases, err)
	}
}

// TestClaim_finds_what_holds_others_back: one that was put off holds back those
// of its number that are due later, so it must be found before them.
func TestClaim_finds_what_holds_others_back(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	for i := range 10 {
		f.notify(owed(number(i), booking.NoticeBooked, "first"))
	}
	for _, c := range f.claimed(noon(), 10) {
		f.recorded(c, outbox.Change{Held: c.Lease, Status: outbox.Queued, Due: noon().Add(time.Hour)})
	}
	for i := range 10 {
		f.notify(owed(number(i), booking.NoticeBooked, "second"))
	}
	for round := range 20 {
		got := f.claimed(noon().Add(2*time.Hour), 1)
		if len(got) != 1 {
			t.Fatalf("after %d nothing goes any more", round)
		}
		f.recorded(got[0], outbox.Change{Status: outbox.Sent})
	}
}

func TestRecord_only_forward(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	n := owed(number(1), booking.NoticeBooked, "a")
	f.notify(n)
	c := f.claimed(noon(), 1)[0]
	old := c.Lease
	f.handed(&c, "p", noon(), noon().Add(2*time.Minute))
	retry := outbox.Change{Held: c.Lease, Status: outbox.Queued, Due: noon().Add(time.Minute), Reason: "busy", Try: &outbox.Try{At: noon(), Provider: "p", Policy: outbox.Retry, Code: "busy"}}
	stale := retry
	stale.Held = old
	for i, step := range []struct {
		change  outbox.Change
		changes bool
		want    string
	}{
		{stale, false, "sending 1 p"},
		{retry, true, "queued 1 p busy"},
		{retry, false, "queued 1 p busy"},
		{outbox.Change{Status: outbox.Failed, Attempt: 1}, false, "queued 1 p busy"},
		{outbox.Change{Status: outbox.Sent, ProviderID: "7"}, true, "sent 1 p 7"},
		{outbox.Change{Status: outbox.Failed, Attempt: 2}, false, "sent 1 p 7"},
		{outbox.Change{Status: outbox.Failed, Attempt: 1, Reason: "absent"}, true, "failed 1 p 7 absent"},
		{outbox.Change{Status: outbox.Sent}, false, "failed 1 p 7 absent"},
		{outbox.Change{Status: outbox.Delivered}, true, "delivered 1 p 7"},
		{outbox.Change{Status: outbox.Failed, Reason: "late"}, false, "delivered 1 p 7"},
		{outbox.Change{Status: outbox.Dead}, false, "delivered 1 p 7"},
	} {
		if got := f.recorded(c, step.change); got != step.changes {
			t.Errorf("step %d changed it: %t", i, got)
		}
		if s := f.stands(n.ID); s != step.want {
			t.Errorf("step %d: it is %q, want %q", i, s, step.want)
		}
	}
	if n := f.count(`SELECT jsonb_array_length(tried) FROM outbox`); n != 1 {
		t.Errorf("%d tries kept, want 1", n)
	}
}

func TestClaim_by_many_workers_gives_each_notice_once(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	var list []booking.Notice
	for i := range 300 {
		list = append(list, owed(number(i%40), booking.NoticeBooked, fmt.Sprint(i)))
	}
	f.notify(list...)
	var mu sync.Mutex
	seen := map[uuid.UUID]int{}
	under := map[booking.MSISDN]int{}
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for empty := 0; empty < 50; {
				got, err := f.Claim(t.Context(), nil, noon(), noon().Add(time.Minute), 20)
				if err != nil {
					t.Error(err)
					return
				}
				if len(got) == 0 {
					empty++
					time.Sleep(time.Millisecond)
				}
				mu.Lock()
				for _, c := range got {
					seen[c.ID]++
					if under[c.To]++; under[c.To] > 1 {
						t.Errorf("%s: two of one number at once", c.To)
					}
				}
				mu.Unlock()
				var changes []outbox.Change
				for _, c := range got {
					changes = append(changes, outbox.Change{Cell: c.To.Cell(), ID: c.ID, Held: c.Lease, Status: outbox.Dead})
				}
				mu.Lock()
				for _, c := range got {
					under[c.To]--
				}
				mu.Unlock()
				if _, err := f.Record(t.Context(), noon(), changes); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if len(seen) != 300 {
		t.Errorf("%d of 300 were claimed", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was claimed %d times", id, n)
		}
	}
}
