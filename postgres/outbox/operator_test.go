package outbox_test

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
	"tikaline/postgres/storetest"
)

func TestOperator_sees_and_sends_again(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	var all []booking.Notice
	for i := range 5 {
		all = append(all, storetest.NewNotice(storetest.Number(i), booking.NoticeBooked, fmt.Sprint(i)))
	}
	f.MustNotify(all...)
	by := map[uuid.UUID]outbox.Claimed{}
	for _, c := range f.Claimed(storetest.Noon(), 10) {
		f.Handed(&c, "p", storetest.Noon(), storetest.Noon().Add(time.Minute))
		by[c.ID] = c
	}
	dead, failed, unsure, stopped, sent := by[all[0].ID], by[all[1].ID], by[all[2].ID], by[all[3].ID], by[all[4].ID]
	f.Recorded(dead, outbox.Change{Held: dead.Lease, Status: outbox.Dead, Reason: "21614"})
	f.Recorded(failed, outbox.Change{Status: outbox.Failed, Reason: "absent"})
	f.Recorded(unsure, outbox.Change{Held: unsure.Lease, Status: outbox.Sent, Doubt: true, Reason: "unconfirmed"})
	f.Recorded(stopped, outbox.Change{Held: stopped.Lease, Status: outbox.Dead, Reason: string(outbox.Stopped)})
	f.Recorded(sent, outbox.Change{Status: outbox.Sent})
	letters, err := f.Dead(ctx, 10)
	if err != nil || len(letters) != 3 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	tallies, err := f.Count(ctx, storetest.Noon().Add(-time.Hour))
	want := []outbox.Tally{
		{Status: outbox.Dead, Reason: "21614", Count: 1}, {Status: outbox.Dead, Reason: "stopped", Count: 1},
		{Status: outbox.Failed, Reason: "absent", Count: 1}, {Status: outbox.Sent, Count: 1}, {Status: outbox.Sent, Reason: "unconfirmed", Count: 1},
	}
	if err != nil || !slices.Equal(tallies, want) {
		t.Errorf("counted %v, %v", tallies, err)
	}
	again, err := f.Requeue(ctx, storetest.Noon().Add(48*time.Hour), dead.ID, failed.ID, unsure.ID, sent.ID, uuid.New())
	if err != nil || len(again) != 3 {
		t.Fatalf("%d sent again, %v", len(again), err)
	}
	for _, c := range f.Claimed(storetest.Noon().Add(48*time.Hour), 10) {
		if c.Attempts != 1 || !c.Since.Equal(storetest.Noon().Add(48*time.Hour)) || len(c.Tried) != 1 || c.Tried[0].Code != "again" {
			t.Errorf("again: %+v", c)
		}
	}
}

func TestStop_and_start(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	f.MustNotify(storetest.NewNotice(storetest.Number(1), booking.NoticeBooked, "a"), storetest.NewNotice(storetest.Number(2), booking.NoticeBooked, "a"))
	for range 2 {
		if err := f.Stop(ctx, storetest.Number(1), storetest.Noon()); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range f.Claimed(storetest.Noon(), 10) {
		if c.Stopped != (c.To == storetest.Number(1)) {
			t.Errorf("%s stopped: %t", c.To, c.Stopped)
		}
	}
	for _, want := range []bool{true, false} {
		if got, err := f.HasStopped(ctx, storetest.Number(1)); got != want || err != nil {
			t.Errorf("stopped: %t, %v", got, err)
		}
		if err := f.Start(ctx, storetest.Number(1)); err != nil {
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
	a, b, c := storetest.NewNotice(storetest.Number(1), "x", "a"), storetest.NewNotice(storetest.Number(2), "x", "b"), storetest.NewNotice(storetest.Number(3), "x", "c")
	a.Due, b.Due, c.Due = storetest.Noon().Add(-time.Minute), storetest.Noon().Add(-time.Hour), storetest.Noon().Add(time.Hour)
	c.Priority = booking.PriorityReply
	f.MustNotify(a, b, c)
	got, err := f.Oldest(t.Context(), storetest.Noon())
	if err != nil || len(got) != 1 || !got[booking.PriorityConfirm].Equal(b.Due) {
		t.Errorf("oldest: %v, %v", got, err)
	}
}
