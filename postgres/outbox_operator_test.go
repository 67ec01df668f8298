package postgres_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/outbox"
	"tikaline/postgres"
)

func TestOperator_sees_and_sends_again(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	var all []booking.Notice
	for i := range 5 {
		all = append(all, owed(number(i), booking.NoticeBooked, fmt.Sprint(i)))
	}
	f.notify(all...)
	by := map[uuid.UUID]outbox.Claimed{}
	for _, c := range f.claimed(noon(), 10) {
		f.handed(&c, "p", noon(), noon().Add(time.Minute))
		by[c.ID] = c
	}
	dead, failed, unsure, stopped, sent := by[all[0].ID], by[all[1].ID], by[all[2].ID], by[all[3].ID], by[all[4].ID]
	f.recorded(dead, outbox.Change{Held: dead.Lease, Status: outbox.Dead, Reason: "21614"})
	f.recorded(failed, outbox.Change{Status: outbox.Failed, Reason: "absent"})
	f.recorded(unsure, outbox.Change{Held: unsure.Lease, Status: outbox.Sent, Doubt: true, Reason: "unconfirmed"})
	f.recorded(stopped, outbox.Change{Held: stopped.Lease, Status: outbox.Dead, Reason: string(outbox.Stopped)})
	f.recorded(sent, outbox.Change{Status: outbox.Sent})
	letters, err := f.Dead(ctx, 10)
	if err != nil || len(letters) != 3 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	tallies, err := f.Count(ctx, noon().Add(-time.Hour))
	want := []outbox.Tally{
		{Status: outbox.Dead, Reason: "21614", Count: 1}, {Status: outbox.Dead, Reason: "stopped", Count: 1},
		{Status: outbox.Failed, Reason: "absent", Count: 1}, {Status: outbox.Sent, Count: 1}, {Status: outbox.Sent, Reason: "unconfirmed", Count: 1},
	}
	if err != nil || !slices.Equal(tallies, want) {
		t.Errorf("counted %v, %v", tallies, err)
	}
	again, err := f.Requeue(ctx, noon().Add(48*time.Hour), dead.ID, failed.ID, unsure.ID, sent.ID, uuid.New())
	if err != nil || len(again) != 3 {
		t.Fatalf("%d sent again, %v", len(again), err)
	}
	for _, c := range f.claimed(noon().Add(48*time.Hour), 10) {
		if c.Attempts != 1 || !c.Since.Equal(noon().Add(48*time.Hour)) || len(c.Tried) != 1 || c.Tried[0].Code != "again" {
			t.Errorf("again: %+v", c)
		}
	}
}

func TestStop_and_start(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	f.notify(owed(number(1), booking.NoticeBooked, "a"), owed(number(2), booking.NoticeBooked, "a"))
	for range 2 {
		if err := f.Stop(ctx, number(1), noon()); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range f.claimed(noon(), 10) {
		if c.Stopped != (c.To == number(1)) {
			t.Errorf("%s stopped: %t", c.To, c.Stopped)
		}
	}
	for _, want := range []bool{true, false} {
		if got, err := f.HasStopped(ctx, number(1)); got != want || err != nil {
			t.Errorf("stopped: %t, %v", got, err)
		}
		if err := f.Start(ctx, number(1)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReportKey_is_one_for_all(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	var keys [4][]byte
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = f.ReportKey(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range keys {
		if len(k) != 32 || string(k) != string(keys[0]) {
			t.Errorf("keys %x", keys)
		}
	}
}

func TestOldest_of_what_is_due(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	a, b, c := owed(number(1), "x", "a"), owed(number(2), "x", "b"), owed(number(3), "x", "c")
	a.Due, b.Due, c.Due = noon().Add(-time.Minute), noon().Add(-time.Hour), noon().Add(time.Hour)
	c.Priority = booking.PriorityReply
	f.notify(a, b, c)
	got, err := f.Oldest(t.Context(), noon())
	if err != nil || len(got) != 1 || !got[booking.PriorityConfirm].Equal(b.Due) {
		t.Errorf("oldest: %v, %v", got, err)
	}
}
