package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/internal/eventually"
	"tikaline/outbox"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
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
			if err := f.Notify(ctx, storetest.NewNotice(storetest.Number(1), booking.NoticeCallBack, "a"), storetest.NewNotice(storetest.Number(2), booking.NoticeCallBack, "a")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := f.CountRows(`SELECT count(*) FROM outbox`); n != 2 {
		t.Errorf("%d notices, want 2", n)
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
		o := storetest.NewNotice(storetest.Number(n), booking.NoticeBooked, key)
		o.Priority, o.Due = p, storetest.Noon().Add(after)
		return o
	}
	confirm := make(1, booking.PriorityConfirm, -2*time.Minute, "a")
	second := make(1, booking.PriorityConfirm, -time.Minute, "b")
	reminder := make(2, booking.PriorityReminder, -time.Hour, "c")
	reply := make(2, booking.PriorityReply, 0, "d")
	reply.Data = booking.NoticeData{Name: "आशा", Day: storetest.Today, Window: booking.Window{From: 540, To: 660}}
	later := make(3, booking.PriorityReply, time.Hour, "e")
	call := make(1, booking.PriorityReminder, 0, "f")
	call.Medium = "call"
	f.MustNotify(confirm, second, reminder, reply, later, call)

	if got := f.Claimed(storetest.Noon(), 10, "pigeon"); len(got) != 0 {
		t.Errorf("claimed another medium: %v", got)
	}
	first := f.Claimed(storetest.Noon(), 10, "sms")
	if want := []uuid.UUID{reply.ID, confirm.ID}; !slices.Equal(ids(first), want) {
		t.Fatalf("claimed %v, want the reply and the first confirmation", first)
	}
	if c := first[0]; c.Data != reply.Data || c.To != storetest.Number(2) || c.Key != reply.Key || c.Attempts != 0 || !c.Lease.Equal(storetest.Noon().Add(time.Minute)) || !c.Since.Equal(reply.Due) {
		t.Errorf("claimed %+v", c)
	}
	// Another medium of the same number does not wait for the first.
	if got := f.Claimed(storetest.Noon(), 10); !slices.Equal(ids(got), []uuid.UUID{call.ID}) {
		t.Errorf("claimed %v, want the call alone", got)
	}
	// The next notice of a number goes once the first is sent, ambiguous, or
	// put off.
	f.Handed(&first[1], "p", storetest.Noon(), storetest.Noon().Add(time.Minute))
	if got := f.Claimed(storetest.Noon(), 10); len(got) != 0 {
		t.Errorf("two of a number under way: %v", got)
	}
	f.Recorded(first[1], outbox.Change{Held: first[1].Lease, Status: outbox.Sending, Doubt: true, Lease: storetest.Noon().Add(time.Hour)})
	f.Recorded(first[0], outbox.Change{Held: first[0].Lease, Status: outbox.Queued, Due: storetest.Noon().Add(time.Minute)})
	if got := f.Claimed(storetest.Noon(), 10); !slices.Equal(ids(got), []uuid.UUID{second.ID, reminder.ID}) {
		t.Errorf("claimed %v, want the second confirmation and the reminder", got)
	}
}

func TestClaim_is_not_held_up_by_one_number(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	for i := range 40 {
		n := storetest.NewNotice(storetest.Number(1), booking.NoticeBooked, fmt.Sprint(i))
		n.Due = storetest.Noon().Add(-time.Hour)
		f.MustNotify(n)
	}
	f.MustNotify(storetest.NewNotice(storetest.Number(2), booking.NoticeBooked, "x"))
	if got := f.Claimed(storetest.Noon(), 5); len(got) != 2 {
		t.Errorf("claimed %d, want the first of each number", len(got))
	}
}

func TestClaim_lease(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	n := storetest.NewNotice(storetest.Number(1), booking.NoticeBooked, "a")
	f.MustNotify(n)
	first := f.Claimed(storetest.Noon(), 10)
	if got := f.Claimed(storetest.Noon().Add(30*time.Second), 10); len(got) != 0 {
		t.Errorf("claimed what another holds: %v", got)
	}
	// Its worker died before it handed it over: nothing was sent, so it goes on.
	again := f.Claimed(storetest.Noon().Add(2*time.Minute), 10)
	if len(again) != 1 {
		t.Fatalf("claimed %v", again)
	}
	if f.Handed(&first[0], "p", storetest.Noon(), storetest.Noon().Add(time.Hour)) {
		t.Error("handed over by who had lost it")
	}
	lease := storetest.Noon().Add(3 * time.Minute)
	for range 2 { // the answer to the first commit was lost
		c := again[0]
		if !f.Handed(&c, "p", storetest.Noon(), lease) {
			t.Error("not ours")
		}
	}
	if s := f.Stands(n.ID); s != "sending 1 p" {
		t.Errorf("it is %q", s)
	}
	// From here on it may have been sent: it is not claimed, but stale.
	if got := f.Claimed(storetest.Noon().Add(time.Hour), 10); len(got) != 0 {
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
	f.MustNotify(storetest.NewNotice(storetest.Number(1), booking.NoticeBooked, "a"))
	old := f.Claimed(storetest.Noon(), 1)[0]
	c := f.Claimed(storetest.Noon().Add(2*time.Minute), 1)[0]
	hand := func(held, lease time.Time) outbox.Handover {
		return outbox.Handover{Cell: c.To.Cell(), ID: c.ID, Held: held, Lease: lease, Provider: "p", Attempt: 1}
	}
	late, due := storetest.Noon().Add(4*time.Minute), storetest.Noon().Add(5*time.Minute)
	for name, list := range map[string][]outbox.Handover{
		"the_late_one_first": {hand(old.Lease, late), hand(c.Lease, due)},
		"the_late_one_last":  {hand(c.Lease, due), hand(old.Lease, late)}, // the same again: its answer was lost
	} {
		ours, err := f.HandTogether(t.Context(), storetest.Noon(), list...)
		if err != nil || len(ours) != 2 {
			t.Fatal(ours, err)
		}
		for i, h := range list {
			if ours[i] != h.Lease.Equal(due) {
				t.Errorf("%s: in one batch both were given it, or the wrong one: %v", name, ours)
			}
		}
	}
}

// TestRecord_two_changes_of_one_notice_in_a_batch: both are recorded, one after
// the other.
func TestRecord_two_changes_of_one_notice_in_a_batch(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	f.MustNotify(storetest.NewNotice(storetest.Number(1), booking.NoticeBooked, "a"), storetest.NewNotice(storetest.Number(2), booking.NoticeBooked, "b"))
	list := f.Claimed(storetest.Noon(), 2)
	a, b := list[0], list[1]
	ch := func(c outbox.Claimed, s outbox.Status, id string) outbox.Change {
		return outbox.Change{Cell: c.To.Cell(), ID: c.ID, Status: s, ProviderID: id}
	}
	done, err := f.RecordTogether(t.Context(), storetest.Noon(),
		ch(b, outbox.Sent, "8"), ch(a, outbox.Sent, "7"), ch(a, outbox.Delivered, ""), ch(a, outbox.Sent, "9"))
	if err != nil || len(done) != 4 {
		t.Fatal(done, err)
	}
	if done[0] == nil || done[0].ID != b.ID || done[1] == nil || done[1].ID != a.ID || done[2] == nil || done[2].ID != a.ID || done[3] != nil {
		t.Errorf("recorded %v, want all but the last, each with its notice", done)
	}
	if s := f.Stands(a.ID); s != "delivered 0 7" {
		t.Errorf("it is %q", s)
	}
	if s := f.Stands(b.ID); s != "sent 0 8" {
		t.Errorf("the other is %q", s)
	}
}

// TestRecord_goes_on_when_the_caller_has_gone: a result must be recorded even
// then.
func TestRecord_goes_on_when_the_caller_has_gone(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	f.MustNotify(storetest.NewNotice(storetest.Number(1), booking.NoticeBooked, "a"))
	c := f.Claimed(storetest.Noon(), 1)[0]
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	lease := storetest.Noon().Add(5 * time.Minute)
	if ours, err := f.Hand(ctx, storetest.Noon(), outbox.Handover{Cell: c.To.Cell(), ID: c.ID, Held: c.Lease, Lease: lease, Provider: "p", Attempt: 1}); err != nil || !ours {
		t.Error(ours, err)
	}
	if done, err := f.Record(ctx, storetest.Noon(), outbox.Change{Cell: c.To.Cell(), ID: c.ID, Status: outbox.Sent}); err != nil || done == nil {
		t.Error(done, err)
	}
	if s := f.Stands(c.ID); s != "sent 1 p" {
		t.Errorf("it is %q", s)
	}
}

// TestClaim_finds_what_holds_others_back: a notice that was put off holds back
// those of its number that are due later, so it must be found before them.
func TestClaim_finds_what_holds_others_back(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	for i := range 10 {
		f.MustNotify(storetest.NewNotice(storetest.Number(i), booking.NoticeBooked, "first"))
	}
	for _, c := range f.Claimed(storetest.Noon(), 10) {
		f.Recorded(c, outbox.Change{Held: c.Lease, Status: outbox.Queued, Due: storetest.Noon().Add(time.Hour)})
	}
	for i := range 10 {
		f.MustNotify(storetest.NewNotice(storetest.Number(i), booking.NoticeBooked, "second"))
	}
	for round := range 20 {
		got := f.Claimed(storetest.Noon().Add(2*time.Hour), 1)
		if len(got) != 1 {
			t.Fatalf("after %d nothing goes any more", round)
		}
		f.Recorded(got[0], outbox.Change{Status: outbox.Sent})
	}
}

func TestRecord_only_forward(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	n := storetest.NewNotice(storetest.Number(1), booking.NoticeBooked, "a")
	f.MustNotify(n)
	c := f.Claimed(storetest.Noon(), 1)[0]
	old := c.Lease
	f.Handed(&c, "p", storetest.Noon(), storetest.Noon().Add(2*time.Minute))
	retry := outbox.Change{Held: c.Lease, Status: outbox.Queued, Due: storetest.Noon().Add(time.Minute), Reason: "busy", Try: &outbox.Try{At: storetest.Noon(), Provider: "p", Policy: outbox.Retry, Code: "busy"}}
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
		if got := f.Recorded(c, step.change); got != step.changes {
			t.Errorf("step %d changed it: %t", i, got)
		}
		if s := f.Stands(n.ID); s != step.want {
			t.Errorf("step %d: it is %q, want %q", i, s, step.want)
		}
	}
	if n := f.CountRows(`SELECT jsonb_array_length(tried) FROM outbox`); n != 1 {
		t.Errorf("%d tries kept, want 1", n)
	}
}

func TestClaim_by_many_workers_gives_each_notice_once(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	var list []booking.Notice
	for i := range 300 {
		list = append(list, storetest.NewNotice(storetest.Number(i%40), booking.NoticeBooked, fmt.Sprint(i)))
	}
	f.MustNotify(list...)
	var mu sync.Mutex
	seen := map[uuid.UUID]int{}
	under := map[booking.MSISDN]int{}
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for empty := 0; empty < 50; {
				got, err := f.Claim(t.Context(), nil, storetest.Noon(), storetest.Noon().Add(time.Minute), 20)
				if err != nil {
					t.Error(err)
					return
				}
				if len(got) == 0 {
					empty++
					eventually.Pace(t.Context(), time.Millisecond)
				}
				mu.Lock()
				for _, c := range got {
					seen[c.ID]++
					if under[c.To]++; under[c.To] > 1 {
						t.Errorf("%s: two of one number at once", c.To)
					}
				}
				mu.Unlock()
				mu.Lock()
				for _, c := range got {
					under[c.To]--
				}
				mu.Unlock()
				for _, c := range got {
					if _, err := f.Record(t.Context(), storetest.Noon(), outbox.Change{Cell: c.To.Cell(), ID: c.ID, Held: c.Lease, Status: outbox.Dead}); err != nil {
						t.Error(err)
					}
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
