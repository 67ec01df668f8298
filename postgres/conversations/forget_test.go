package conversations_test

import (
	"fmt"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

func TestForget_only_what_is_old(t *testing.T) {
	s := newFixture(t, postgres.Options{})
	now := storetest.Noon()
	for number, at := range map[booking.MSISDN]time.Time{"+919811111111": now.Add(-25 * time.Hour), "+919822222222": now.Add(-time.Hour)} {
		if ok, err := s.Save(t.Context(), dialog.Record{Number: number, State: []byte(`{}`), LastMessage: "m", UpdatedAt: at}); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	for _, want := range []int{1, 0} {
		if n, err := s.Forget(t.Context(), now.Add(-24*time.Hour), 10); n != want || err != nil {
			t.Errorf("forgot %d, %v; want %d", n, err, want)
		}
	}
	for number, want := range map[booking.MSISDN]int64{"+919811111111": 0, "+919822222222": 1} {
		if r, err := s.Load(t.Context(), number); err != nil || r.Version != want {
			t.Errorf("%s has version %d, %v; want %d", number, r.Version, err, want)
		}
	}
}

// TestForgetNotices_that_have_ended keeps notices that are young, that have not
// come to an end, and that other code still reads.
func TestForgetNotices_that_have_ended(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	old, young := storetest.Noon().Add(-100*24*time.Hour), storetest.Noon().Add(-80*24*time.Hour)
	before := storetest.Noon().Add(-90 * 24 * time.Hour)
	kept := map[string]bool{}
	for i, c := range []struct {
		kind             booking.NoticeKind
		status           string
		created, updated time.Time
		doubt, kept      bool
	}{
		{booking.NoticeBooked, "sent", old, old, false, false},
		{booking.NoticeBooked, "delivered", old, old, false, false},
		{booking.NoticeBooked, "failed", old, old, false, false},
		{booking.NoticeReply, "dead", old, old, false, false},
		{booking.NoticeReply, "sent", old, old, true, false}, // never confirmed, and taken for sent
		{booking.NoticeBooked, "sent", young, young, false, true},
		{booking.NoticeBooked, "delivered", old, young, false, true}, // the report came late
		{booking.NoticeReminderEve, "queued", old, old, false, true},
		{booking.NoticeReply, "sending", old, old, true, true},
		{booking.NoticeCalledOff, "sent", old, old, false, true},
		{booking.NoticeCalledOffWaiting, "failed", old, old, false, true},
		{booking.NoticeCallBack, "sent", old, old, false, true}, // of a call that is open
		{booking.NoticeCallBack, "sent", old, old, false, false},
	} {
		n := storetest.NewNotice(storetest.Number(i), c.kind, fmt.Sprint(i))
		f.MustNotify(n)
		f.Exec(`UPDATE outbox SET status = $2, created_at = $3, updated_at = $4, doubt = $5 WHERE msisdn = $1`, string(n.To), c.status, c.created, c.updated, c.doubt)
		if c.kind == booking.NoticeCallBack {
			f.Exec(`INSERT INTO call_back (cell, msisdn, request, requests, asked_at, open, attempt, notice_id, due_at, why)
				SELECT cell, msisdn, id, ARRAY[id], $2, $3, 1, id, $2, '' FROM outbox WHERE msisdn = $1`, string(n.To), old, c.kept)
		}
		kept[string(n.To)] = c.kept
	}
	for _, want := range []int{4, 2, 0} {
		if n, err := f.ForgetNotices(ctx, before, 4); n != want || err != nil {
			t.Errorf("forgot %d, %v; want %d", n, err, want)
		}
	}
	for number, want := range kept {
		if n := f.CountRows(`SELECT count(*) FROM outbox WHERE msisdn = $1`, number); (n == 1) != want {
			t.Errorf("%s: %d, to be kept %t", number, n, want)
		}
	}
}
