package conversations_test

import (
	"sync/atomic"
	"testing"

	"sync"

	"tikaline/dialog"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

func TestConversation_compare_and_swap(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	r, err := f.Load(ctx, storetest.Number(1))
	if err != nil || r.Version != 0 || r.Number != storetest.Number(1) || r.State != nil {
		t.Fatalf("never stored: %+v, %v", r, err)
	}
	r.State, r.LastMessage, r.LastReply, r.UpdatedAt = []byte(`{"step":"name"}`), "m1", "CON आपका नाम?", storetest.Noon()
	if ok, err := f.Save(ctx, r); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if ok, err := f.Save(ctx, r); err != nil || ok {
		t.Errorf("stored twice from the same version: %v, %v", ok, err)
	}
	got, err := f.Load(ctx, storetest.Number(1))
	if err != nil || got.Version != 1 || string(got.State) != string(r.State) || got.LastMessage != "m1" || got.LastReply != r.LastReply || !got.UpdatedAt.Equal(storetest.Noon()) {
		t.Errorf("got %+v, %v", got, err)
	}
	got.State = nil
	for want := int64(2); want < 5; want++ {
		if ok, err := f.Save(ctx, got); err != nil || !ok {
			t.Fatal(ok, err)
		}
		if got, err = f.Load(ctx, storetest.Number(1)); err != nil || got.Version != want || len(got.State) != 0 {
			t.Errorf("got %+v, %v, want version %d", got, err, want)
		}
	}
	if ok, err := f.Save(ctx, dialog.Record{Number: storetest.Number(1), Version: 2, UpdatedAt: storetest.Noon()}); err != nil || ok {
		t.Errorf("an old version was stored: %v, %v", ok, err)
	}
	if ok, err := f.Save(ctx, dialog.Record{Number: storetest.Number(2), Version: 7, UpdatedAt: storetest.Noon()}); err != nil || ok {
		t.Errorf("a version that never was: %v, %v", ok, err)
	}
}

// Each version is stored once, however many try, in one batch or in several.
func TestConversation_many_deliveries_at_once(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	other := f.Sibling()
	var won atomic.Int64
	var wg sync.WaitGroup
	for i := range 40 {
		s := f.Rooms
		if i%2 == 1 {
			s = other
		}
		wg.Go(func() {
			for range 20 {
				r, err := s.Load(t.Context(), storetest.Number(i%3))
				if err != nil {
					t.Error(err)
					return
				}
				r.UpdatedAt = storetest.Noon()
				ok, err := s.Save(t.Context(), r)
				if err != nil {
					t.Error(err)
				}
				if ok {
					won.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := f.CountRows(`SELECT sum(version) FROM conversation`); n != int(won.Load()) {
		t.Errorf("%d saves were told that they won, of %d versions", won.Load(), n)
	}
}

func TestConversation_two_readers_share_nothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{Writers: 1})
	if ok, err := f.Save(t.Context(), dialog.Record{Number: storetest.Number(1), State: []byte("state"), UpdatedAt: storetest.Noon()}); err != nil || !ok {
		t.Fatal(ok, err)
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			r, err := f.Load(t.Context(), storetest.Number(1))
			if err != nil || string(r.State) != "state" {
				t.Errorf("got %q, %v", r.State, err)
				return
			}
			for i := range r.State {
				r.State[i] = 'x' // the race detector watches
			}
		})
	}
	wg.Wait()
}
