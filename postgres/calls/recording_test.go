package calls_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/calls"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

// spoken returns a registration of somebody whose name was recorded.
func spoken(n booking.MSISDN, recording, last4 string) booking.NewPerson {
	p := storetest.Person(n, "")
	p.Recording, p.IDLast4 = recording, last4
	return p
}

func (f *fixture) mustSpeak(n booking.MSISDN, recording, last4 string) booking.Beneficiary {
	f.T.Helper()
	b, err := f.Register(f.T.Context(), spoken(n, recording, last4))
	if err != nil {
		f.T.Fatalf("register %s: %v", recording, err)
	}
	return b
}

func recorded(n booking.MSISDN, id string) calls.Recording {
	return calls.Recording{ID: id, Number: n, Provider: "twilio", URL: "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/" + id, Language: "hi"}
}

func TestRegister_spoken_names(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	first := f.mustSpeak(storetest.Number(1), "RE1", "1111")
	// Another person of the family, born in the same year.
	second := f.mustSpeak(storetest.Number(1), "RE2", "2222")
	if first.Reference == second.Reference {
		t.Error("two spoken names were taken for one person")
	}
	// The same recording is the same person, whatever else is said.
	if again := f.mustSpeak(storetest.Number(1), "RE1", "3333"); again.Reference != first.Reference {
		t.Error("one spoken name made two people")
	}
	_, err := f.Register(t.Context(), spoken(storetest.Number(1), "RE4", "2222"))
	storetest.Refused(t, err, booking.SameID)
}

func TestWriteDown(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	now := storetest.Noon()
	core := f.callCore(&now)
	ctx := t.Context()
	for range 3 {
		if err := core.KeepRecording(ctx, recorded(storetest.Number(1), "RE1")); err != nil {
			t.Fatal(err)
		}
	}
	b := f.mustSpeak(storetest.Number(1), "RE1", "1111")
	gone := f.mustSpeak(storetest.Number(2), "RE2", "1111") // of which no recording came
	if err := core.NoRecording(ctx, recorded(storetest.Number(2), "RE2")); err != nil {
		t.Fatal(err)
	}
	if err := core.KeepRecording(ctx, recorded(storetest.Number(2), "RE2")); err != nil { // reported late
		t.Fatal(err)
	}
	f.MustRegister(storetest.Number(3), "Asha Devi")
	// So that there is something to delete.
	now = now.Add(time.Minute)
	list, err := f.TakeRecordings(ctx, now, now.Add(time.Minute), 10)
	if err != nil || len(list) != 1 || list[0].ID != "RE1" {
		t.Fatalf("took %+v, %v", list, err)
	}
	if err := f.PutRecording(ctx, list[0].Due, core.Fetched(list[0], []byte("RIFF"))); err != nil {
		t.Fatal(err)
	}
	waiting, err := f.Unwritten(ctx, 10)
	if err != nil || len(waiting) != 2 {
		t.Fatalf("to be written down: %+v, %v", waiting, err)
	}
	for _, u := range waiting {
		want := calls.RecordingFetched
		if u.Reference == gone.Reference {
			want = calls.RecordingGone
		}
		if u.State != want || u.BirthYear != 1960 {
			t.Errorf("%s is %+v", u.Reference, u)
		}
	}
	for _, name := range []string{"", "x", "R2 D2"} {
		if _, err := core.WriteDown(ctx, b.Reference, name, "meera"); err == nil {
			t.Errorf("wrote down %q", name)
		}
	}
	for range 2 {
		got, err := core.WriteDown(ctx, b.Reference, "  आशा  देवी ", "meera")
		if err != nil || got.Name != "आशा देवी" {
			t.Fatalf("wrote %+v, %v", got, err)
		}
	}
	if _, err := core.WriteDown(ctx, b.Reference, "Usha Devi", "meera"); !errors.Is(err, calls.ErrWritten) {
		t.Errorf("wrote another name over it: %v", err)
	}
	_, err = core.WriteDown(ctx, booking.NewReference(storetest.Number(1), new(zeros)), "Usha Devi", "meera")
	storetest.Refused(t, err, booking.NobodyYet)
	_, err = core.WriteDown(ctx, "17", "Usha Devi", "meera")
	storetest.Refused(t, err, booking.NobodyYet)
	if n := f.CountRows(`SELECT count(*) FROM recording WHERE state = 'written' AND audio IS NULL AND written_by = 'meera' AND reference = $1`, b.Reference); n != 1 {
		t.Error("the recording was kept, or nobody knows who wrote it")
	}
	if waiting, _ = f.Unwritten(ctx, 10); len(waiting) != 1 || waiting[0].Reference != gone.Reference {
		t.Errorf("to be written down: %+v", waiting)
	}
	// The provider's copy is still to be deleted.
	now = now.Add(time.Hour)
	if list, err = f.TakeRecordings(ctx, now, now.Add(time.Minute), 10); err != nil || len(list) != 1 || list[0].State != calls.RecordingWritten {
		t.Errorf("to be done: %+v, %v", list, err)
	}
}

// zeros is the randomness of a reference that nobody has.
type zeros struct{}

func (*zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestTakeRecordings_each_by_one_alone(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	now := storetest.Noon()
	core := f.callCore(&now)
	const all = 60
	for i := range all {
		if err := core.KeepRecording(t.Context(), recorded(storetest.Number(i), fmt.Sprint("RE", i))); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := f.TakeRecordings(t.Context(), now, now.Add(time.Minute), all); len(list) != 0 || err != nil {
		t.Errorf("took %d before they are ready, %v", len(list), err)
	}
	now = now.Add(time.Minute)
	var taken atomic.Int64
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			list, err := f.TakeRecordings(t.Context(), now, now.Add(time.Minute), all)
			if err != nil {
				t.Error(err)
			}
			taken.Add(int64(len(list)))
		})
	}
	wg.Wait()
	if taken.Load() != all {
		t.Errorf("took %d, want each of %d once", taken.Load(), all)
	}
	// A node that died with its leases is followed by another.
	again, err := f.TakeRecordings(t.Context(), now.Add(2*time.Minute), now.Add(3*time.Minute), all)
	if err != nil || len(again) != all {
		t.Errorf("took %d after the lease, %v", len(again), err)
	}
	// The first node comes back too late.
	late := again[0]
	if err := f.PutRecording(t.Context(), now.Add(time.Minute), core.Fetched(late, []byte("late"))); err != nil {
		t.Fatal(err)
	}
	if r, _, err := f.Recording(t.Context(), late.ID); err != nil || r.State != calls.RecordingWanted || r.Audio != nil {
		t.Errorf("it stands %+v, %v", r, err)
	}
}

func TestRecording_not_to_be_had(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	now := storetest.Noon()
	core := f.callCore(&now)
	if err := core.KeepRecording(t.Context(), recorded(storetest.Number(1), "RE1")); err != nil {
		t.Fatal(err)
	}
	tries := 0
	for end := now.Add(100 * 24 * time.Hour); now.Before(end); now = now.Add(time.Hour) {
		list, err := f.TakeRecordings(t.Context(), now, now.Add(time.Minute), 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			tries++
			if err := f.PutRecording(t.Context(), r.Due, core.NotFetched(r)); err != nil {
				t.Fatal(err)
			}
		}
	}
	r, ok, err := f.Recording(t.Context(), "RE1")
	if err != nil || !ok || r.State != calls.RecordingGone || !r.Due.IsZero() || tries < 90 || tries > 150 {
		t.Errorf("after %d tries it stands %+v, %v", tries, r, err)
	}
}

func TestForgetRecordings(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	now := storetest.Noon()
	core := f.callCore(&now)
	for i, id := range []string{"a name", "nobody's", "removed"} {
		if err := core.KeepRecording(t.Context(), recorded(storetest.Number(i), id)); err != nil {
			t.Fatal(err)
		}
	}
	f.mustSpeak(storetest.Number(0), "a name", "1111")
	if err := f.Remove(t.Context(), storetest.Number(2), f.mustSpeak(storetest.Number(2), "removed", "1111").Reference, now); err != nil {
		t.Fatal(err)
	}
	list, err := f.TakeRecordings(t.Context(), now.Add(time.Minute), now.Add(2*time.Minute), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		if err := f.PutRecording(t.Context(), r.Due, core.Fetched(r, []byte("RIFF"))); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		after time.Duration
		want  int
		kept  int
	}{
		{23 * time.Hour, 0, 3}, {25 * time.Hour, 2, 1}, {29 * 24 * time.Hour, 0, 1}, {31 * 24 * time.Hour, 1, 0}, {32 * 24 * time.Hour, 0, 0},
	} {
		now = storetest.Noon().Add(c.after)
		if n, err := core.ForgetRecordings(t.Context(), 10); n != c.want || err != nil {
			t.Errorf("after %s forgot %d, %v; want %d", c.after, n, err, c.want)
		}
		if n := f.CountRows(`SELECT count(*) FROM recording WHERE audio IS NOT NULL`); n != c.kept {
			t.Errorf("after %s %d are kept, want %d", c.after, n, c.kept)
		}
	}
}

// TestNoRecording_without_a_number: Twilio's event of a recording names the
// call and not the caller.
func TestNoRecording_without_a_number(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	now := storetest.Noon()
	core := f.callCore(&now)
	ctx := t.Context()
	if err := core.KeepRecording(ctx, recorded(storetest.Number(1), "RE1")); err != nil {
		t.Fatal(err)
	}
	other := recorded("", "RE1")
	other.Provider = "exotel"
	for _, c := range []struct {
		told calls.Recording
		want calls.RecordingState
	}{{other, calls.RecordingWanted}, {recorded("", "RE9"), calls.RecordingWanted}, {recorded("", "RE1"), calls.RecordingGone}} {
		if err := core.NoRecording(ctx, c.told); err != nil {
			t.Fatal(err)
		}
		if r, _, err := f.Recording(ctx, "RE1"); err != nil || r.State != c.want {
			t.Errorf("after %s of %s it is %s, %v; want %s", c.told.ID, c.told.Provider, r.State, err, c.want)
		}
	}
	if n := f.CountRows(`SELECT count(*) FROM recording`); n != 1 {
		t.Errorf("%d recordings are kept", n)
	}
}
