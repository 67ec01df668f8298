package conversations_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

func inbound(n booking.MSISDN, id string) dialog.Inbound {
	return dialog.Inbound{Number: n, Provider: "kannel", ID: id, At: storetest.Noon()}
}

func reply(in dialog.Inbound) booking.Notice {
	return booking.Notice{
		To: in.Number, Key: "reply:" + in.Provider + "/" + in.ID, Kind: booking.NoticeReply, Medium: "sms",
		Priority: booking.PriorityReply, Due: storetest.Noon(), Data: booking.NoticeData{Text: "नमस्ते", Lang: "hi"},
	}
}

// answered takes a message as the dialogues do, and reports whether it was new.
func (f *fixture) answered(s storetest.Rooms, in dialog.Inbound, opt dialog.Opt) bool {
	f.T.Helper()
	c := dialog.Conversations{Inbox: s, Now: storetest.Noon}
	fresh, err := c.Receive(f.T.Context(), in, func(_ context.Context, st *dialog.State, _ bool) (dialog.Reply, error) {
		st.Wrong++
		return dialog.Reply{Notices: []booking.Notice{reply(in)}, Opt: opt}, nil
	})
	if err != nil {
		f.T.Error(err)
	}
	return fresh
}

func TestInbound_message_conversation_and_answer_are_one(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	n := storetest.Number(1)
	for _, id := range []string{"a", "b", "a", "b", "a"} {
		f.answered(f.Rooms, inbound(n, id), "")
	}
	for sql, want := range map[string]int{
		`SELECT count(*) FROM inbound WHERE msisdn = $1`: 2,
		`SELECT count(*) FROM outbox WHERE msisdn = $1 AND kind = 'reply' AND priority = 10 AND data->>'text' = 'नमस्ते'`: 2,
		`SELECT version FROM conversation WHERE msisdn = $1`:                                                              2,
	} {
		if got := f.CountRows(sql, string(n)); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	// An answer of another channel keeps the last reply of that channel.
	r, err := f.Load(t.Context(), n)
	if err != nil || r.Version != 2 || r.Inbound != nil || r.Opt != "" {
		t.Errorf("loaded %+v, %v", r, err)
	}
	if found, err := f.Find(t.Context(), inbound(n, "c")); err != nil || found.Inbound != nil || found.Version != 2 {
		t.Errorf("a message that never came was found: %+v, %v", found, err)
	}
	if found, err := f.Find(t.Context(), inbound(storetest.Number(2), "a")); err != nil || found.Inbound != nil || found.Version != 0 {
		t.Errorf("another's message of the same id was found: %+v, %v", found, err)
	}
	if f.answered(f.Rooms, dialog.Inbound{Number: n, Provider: "exotel", ID: "a", At: storetest.Noon()}, ""); f.CountRows(`SELECT count(*) FROM inbound`) != 3 {
		t.Error("another provider's message of the same id was not taken")
	}
}

// A message that loses the compare-and-swap leaves no trace: neither its record
// nor an answer.
func TestInbound_who_was_slower_leaves_nothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	in := inbound(storetest.Number(1), "a")
	r, err := f.Find(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	other := r
	other.State, other.UpdatedAt = []byte("{}"), storetest.Noon()
	if ok, err := f.Save(t.Context(), other); !ok || err != nil {
		t.Fatal(ok, err)
	}
	r.State, r.UpdatedAt, r.Inbound, r.Notices, r.Opt = []byte("{}"), storetest.Noon(), &in, []booking.Notice{reply(in)}, dialog.OptOut
	if ok, err := f.Save(t.Context(), r); ok || err != nil {
		t.Errorf("saved %v, %v", ok, err)
	}
	if n := f.CountRows(`SELECT (SELECT count(*) FROM inbound) + (SELECT count(*) FROM outbox) + (SELECT count(*) FROM optout)`); n != 0 {
		t.Errorf("%d rows were left", n)
	}
}

func TestInbound_opting_out_and_in(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	n := storetest.Number(1)
	out := func() bool {
		t.Helper()
		r, err := f.Find(t.Context(), inbound(n, "look"))
		if err != nil {
			t.Fatal(err)
		}
		return r.Opt == dialog.OptOut
	}
	for i, step := range []struct {
		opt  dialog.Opt
		want bool
	}{{"", false}, {dialog.OptOut, true}, {"", true}, {dialog.OptOut, true}, {dialog.OptIn, false}, {dialog.OptIn, false}} {
		if f.answered(f.Rooms, inbound(n, fmt.Sprint(i)), step.opt); out() != step.want {
			t.Errorf("after %q (%d): opted out is %v", step.opt, i, !step.want)
		}
	}
}

// However often and through whichever store messages come, each counts once.
func TestInbound_delivered_twice_and_shuffled(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	stores := []storetest.Rooms{f.Rooms, f.Sibling()}
	const numbers, each = 25, 8
	var all []dialog.Inbound
	for i := range numbers {
		for j := range each {
			in := inbound(storetest.Number(i), fmt.Sprint(j))
			all = append(all, in, in, in)
		}
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	queue := make(chan dialog.Inbound, len(all))
	for _, in := range all {
		queue <- in
	}
	close(queue)
	var wg sync.WaitGroup
	var mu sync.Mutex
	fresh := 0
	for i := range 16 {
		wg.Go(func() {
			for in := range queue {
				if f.answered(stores[i%2], in, "") {
					mu.Lock()
					fresh++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	for sql, want := range map[string]int{
		`SELECT count(*) FROM inbound`:          numbers * each,
		`SELECT count(*) FROM outbox`:           numbers * each,
		`SELECT sum(version) FROM conversation`: numbers * each,
	} {
		if got := f.CountRows(sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	if fresh != numbers*each {
		t.Errorf("%d were new, want %d", fresh, numbers*each)
	}
}

func TestForgetInbound_only_what_is_old(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	for i := range 5 {
		in := inbound(storetest.Number(i), "old")
		in.At = storetest.Noon().Add(-time.Duration(i) * time.Hour)
		f.answered(f.Rooms, in, "")
	}
	for _, want := range []int{2, 1, 0} {
		if n, err := f.ForgetInbound(t.Context(), storetest.Noon().Add(-90*time.Minute), 2); n != want || err != nil {
			t.Errorf("forgot %d, %v; want %d", n, err, want)
		}
	}
	if n := f.CountRows(`SELECT count(*) FROM inbound WHERE at >= $1`, storetest.Noon().Add(-90*time.Minute)); n != 2 {
		t.Errorf("%d of 2 are left", n)
	}
}
