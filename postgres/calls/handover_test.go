package calls_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/calls"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

func TestHandOver(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	now := storetest.Noon()
	core := f.callCore(&now)
	ctx := t.Context()
	queue := func(i int) calls.HandOver {
		h := calls.HandOver{
			ID: uuid.NewSHA1(uuid.Nil, []byte{byte(i)}), Language: "hi", Flow: "register", Step: "year", Why: "silence", State: []byte(`{"lang":"hi"}`),
			Call: calls.Key{Number: storetest.Number(i), Provider: "twilio", ProviderID: fmt.Sprint("CA", i)},
		}
		if i == 2 {
			h.Call.Number = "" // withheld
		}
		return h
	}
	for i := range 4 {
		now = now.Add(time.Second)
		for range 3 {
			if err := core.HandOver(ctx, queue(i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	list, err := core.WaitingHandOvers(ctx, 10)
	if err != nil || len(list) != 4 {
		t.Fatalf("%d wait, %v", len(list), err)
	}
	for i, h := range list {
		want := queue(i)
		if h.ID != want.ID || h.Call != want.Call || string(h.State) != string(want.State) || h.Step != "year" || h.Language != "hi" ||
			!h.QueuedAt.Equal(storetest.Noon().Add(time.Duration(i+1)*time.Second)) {
			t.Errorf("%d is %+v", i, h)
		}
	}
	// Many agents reach for the first; one has it.
	var had atomic.Int64
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			_, mine, err := core.TakeHandOver(ctx, queue(0).Call, queue(0).ID, fmt.Sprint("agent ", i))
			if err != nil {
				t.Error(err)
			}
			if mine {
				had.Add(1)
			}
		})
	}
	wg.Wait()
	if had.Load() != 1 {
		t.Errorf("%d agents have one caller", had.Load())
	}
	// One caller leaves; a late event of a lesser end changes nothing.
	for _, o := range []calls.HandOverOutcome{calls.HandOverCallBack, calls.HandOverLeft} {
		if err := core.HandOverEnded(ctx, queue(1).Call, queue(1).ID, o); err != nil {
			t.Fatal(err)
		}
	}
	if _, mine, err := core.TakeHandOver(ctx, queue(1).Call, queue(1).ID, "agent"); mine || err != nil {
		t.Errorf("an agent has a caller who left, %v", err)
	}
	// An end that is reported before the beginning.
	if err := core.HandOverEnded(ctx, queue(7).Call, queue(7).ID, calls.HandOverFailed); err != nil {
		t.Fatal(err)
	}
	if err := core.HandOver(ctx, queue(7)); err != nil {
		t.Fatal(err)
	}
	if list, err = core.WaitingHandOvers(ctx, 10); err != nil || len(list) != 2 || list[0].ID != queue(2).ID {
		t.Errorf("waiting are %+v, %v", list, err)
	}
	if n := f.CountRows(`SELECT count(*) FROM handover WHERE outcome = 'callback' AND left_at IS NOT NULL`); n != 1 {
		t.Error("the end of a wait was lost")
	}
	// The conversation is kept no longer than a conversation is kept anyway.
	now = now.Add(23 * time.Hour)
	for _, after := range []struct {
		pass time.Duration
		want int
	}{{0, 0}, {2 * time.Hour, 5}, {time.Hour, 0}} {
		now = now.Add(after.pass)
		if n, err := core.ForgetHandOvers(ctx, 10); err != nil || n != after.want {
			t.Errorf("forgot %d conversations, %v; want %d", n, err, after.want)
		}
	}
	if n := f.CountRows(`SELECT count(*) FROM handover WHERE length(state) = 0 AND flow <> '' AND step <> ''`); n != 5 {
		t.Errorf("%d hand-overs are kept without what was said", n)
	}
	// Nobody waits for hours: an end was lost.
	now = now.Add(3 * time.Hour)
	if list, err = core.WaitingHandOvers(ctx, 10); err != nil || len(list) != 0 {
		t.Errorf("waiting are %+v, %v", list, err)
	}
}

// TestHandOver_ends_with_its_call: the end of a wait is not always reported,
// that of the call is.
func TestHandOver_ends_with_its_call(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	now := storetest.Noon()
	core := f.callCore(&now)
	ctx := t.Context()
	key := func(i int) calls.Key {
		k := calls.Key{Number: storetest.Number(1), Provider: "twilio", ProviderID: fmt.Sprint("CA", i)}
		if i == 2 {
			k.Number = "" // withheld
		}
		return k
	}
	id := func(i int) uuid.UUID { return uuid.NewSHA1(uuid.Nil, []byte{byte(i)}) }
	for i := range 3 { // two of them from one number
		now = now.Add(time.Second)
		if err := core.HandOver(ctx, calls.HandOver{ID: id(i), Call: key(i), Why: "asked"}); err != nil {
			t.Fatal(err)
		}
	}
	for want := 2; want > 0; want-- {
		for range 3 {
			if err := core.Ended(ctx, calls.Call{Key: key(want), Outcome: calls.HungUp}); err != nil {
				t.Fatal(err)
			}
		}
		if list, err := core.WaitingHandOvers(ctx, 10); err != nil || len(list) != want || list[0].ID != id(0) {
			t.Fatalf("waiting are %+v, %v; want %d", list, err, want)
		}
	}
	// A late event of the wait says more.
	if err := core.HandOverEnded(ctx, key(1), id(1), calls.HandOverTalked); err != nil {
		t.Fatal(err)
	}
	for _, o := range []string{"left", "talked", ""} {
		if n := f.CountRows(`SELECT count(*) FROM handover WHERE outcome = '` + o + `'`); n != 1 {
			t.Errorf("%d waits ended with %q, want one", n, o)
		}
	}
}
