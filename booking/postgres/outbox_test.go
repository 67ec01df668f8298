package postgres_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/booking/postgres"
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

func TestClaim_and_finish(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	n := number(1)
	reminder := owed(n, "reminder", "r")
	reminder.Priority = booking.PriorityReminder
	reply := owed(n, "reply", "y")
	reply.Priority = booking.PriorityReply
	reply.Data = booking.NoticeData{Name: "आशा", Day: today, Window: booking.Window{From: 540, To: 660}}
	later := owed(n, "later", "l")
	later.Due = noon().Add(time.Hour)
	if err := f.Notify(ctx, reminder, reply, later); err != nil {
		t.Fatal(err)
	}
	status := func(id uuid.UUID) string {
		var s string
		if err := f.pool.QueryRow(ctx, `SELECT status || ' ' || attempts || ' ' || provider || provider_id || reason FROM outbox WHERE id = $1`, id).Scan(&s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	claim := func(at time.Time, cells []int16, n int) []postgres.Claimed {
		t.Helper()
		list, err := f.Claim(ctx, cells, at, time.Minute, n)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}

	if got := claim(noon(), []int16{n.Cell() + 1}, 10); len(got) != 0 {
		t.Errorf("claimed of another's cells: %+v", got)
	}
	first := claim(noon(), nil, 1)
	if len(first) != 1 || first[0].ID != reply.ID || first[0].Attempts != 1 || first[0].Data != reply.Data || first[0].To != n || first[0].Key != reply.Key {
		t.Fatalf("the most urgent is not first: %+v", first)
	}
	rest := claim(noon(), []int16{n.Cell()}, 10)
	if len(rest) != 1 || rest[0].ID != reminder.ID {
		t.Fatalf("claimed %+v", rest)
	}
	if got := claim(noon().Add(30*time.Second), nil, 10); len(got) != 0 {
		t.Errorf("claimed what another holds: %+v", got)
	}

	// The first is tried again later; the second's worker died.
	retry := postgres.Outcome{Status: postgres.Queued, Provider: "p", Reason: "busy", Due: noon().Add(10 * time.Second)}
	if err := f.Finish(ctx, first[0], retry, noon()); err != nil {
		t.Fatal(err)
	}
	if got := claim(noon().Add(5*time.Second), nil, 10); len(got) != 0 {
		t.Errorf("too early: %+v", got)
	}
	again := claim(noon().Add(2*time.Minute), nil, 10)
	if len(again) != 2 || again[0].ID != reply.ID || again[0].Attempts != 2 || again[1].ID != reminder.ID {
		t.Fatalf("claimed %+v", again)
	}
	if err := f.Finish(ctx, first[0], retry, noon()); err != nil {
		t.Fatal(err)
	}
	if s := status(reply.ID); s != "sending 2 pbusy" {
		t.Errorf("a worker whose lease had ended took it from the next: %s", s)
	}
	for _, step := range []struct {
		outcome postgres.Outcome
		want    string
	}{
		{postgres.Outcome{Status: postgres.Sent, Provider: "p", ProviderID: "1"}, "sent 2 p1"},
		{postgres.Outcome{Status: postgres.Delivered}, "delivered 2 p1"},
		{postgres.Outcome{Status: postgres.Sent}, "delivered 2 p1"},
		{postgres.Outcome{Status: postgres.Failed, Reason: "late"}, "delivered 2 p1"},
		{retry, "delivered 2 p1"},
	} {
		if err := f.Finish(ctx, again[0], step.outcome, noon()); err != nil {
			t.Fatal(err)
		}
		if s := status(reply.ID); s != step.want {
			t.Errorf("after %s it is %q, want %q", step.outcome.Status, s, step.want)
		}
	}
}

func TestClaim_by_many_workers_gives_each_notice_once(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	var list []booking.Notice
	for i := range 300 {
		list = append(list, owed(number(i%40), booking.NoticeBooked, fmt.Sprint(i)))
	}
	if err := f.Notify(t.Context(), list...); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	seen := map[uuid.UUID]int{}
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for empty := 0; empty < 3; {
				got, err := f.Claim(t.Context(), nil, noon(), time.Minute, 20)
				if err != nil {
					t.Error(err)
					return
				}
				if len(got) == 0 {
					empty++
				}
				mu.Lock()
				for _, c := range got {
					seen[c.ID]++
				}
				mu.Unlock()
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
