package walk_test

import (
	"errors"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
)

var (
	_ dialog.Store = (*walk.Memory)(nil)
	_ dialog.Inbox = (*walk.Memory)(nil)
)

// It keeps what dialog.Store and dialog.Inbox promise, or the tests of the
// channels would hold against something else.
func TestMemory(t *testing.T) {
	const asha = booking.MSISDN("+919876543210")
	ctx := t.Context()
	m := walk.NewMemory()
	save := func(r dialog.Record, want bool) {
		t.Helper()
		if ok, err := m.Save(ctx, r); err != nil || ok != want {
			t.Errorf("version %d is saved: %v, %v; want %v", r.Version, ok, err, want)
		}
	}
	first, err := m.Load(ctx, asha)
	if err != nil || first.Version != 0 || first.Number != asha {
		t.Errorf("at first it is %+v, %v", first, err)
	}
	in := dialog.Inbound{Number: asha, Provider: "kannel", ID: "1", At: time.Unix(1, 0)}
	first.State, first.Inbound, first.Opt, first.Notices = []byte("{}"), &in, dialog.OptOut, make([]booking.Notice, 2)
	save(first, true)
	save(first, false) // another was quicker
	first.State[0] = 'x'

	again := in
	again.At = time.Unix(2, 0)
	r, err := m.Find(ctx, again)
	if err != nil || r.Version != 1 || r.Inbound == nil || r.Opt != dialog.OptOut || string(r.State) != "{}" || len(r.Notices) > 0 {
		t.Errorf("found again it is %+v, %v", r, err)
	}
	r.State[0] = 'x'
	other := in
	other.ID = "2"
	if r, err = m.Find(ctx, other); err != nil || r.Inbound != nil || string(r.State) != "{}" {
		t.Errorf("of another message it is %+v, %v", r, err)
	}
	r.Opt = dialog.OptIn
	save(r, true)
	if len(m.Queued[asha]) != 2 || m.Out[asha] || m.Saves != 2 {
		t.Errorf("%d are queued, out %v, after %d", len(m.Queued[asha]), m.Out[asha], m.Saves)
	}
	away := errors.New("away")
	m.LoadErr, m.SaveErr = away, away
	_, err1 := m.Load(ctx, asha)
	_, err2 := m.Find(ctx, in)
	_, err3 := m.Save(ctx, r)
	for _, err := range []error{err1, err2, err3} {
		if !errors.Is(err, away) {
			t.Errorf("it answers %v", err)
		}
	}
}
