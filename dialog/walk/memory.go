package walk

import (
	"context"
	"slices"
	"sync"
	"time"

	"tikaline/booking"
	"tikaline/dialog"
)

// A Memory is a dialog.Store and a dialog.Inbox in memory, for the tests of
// channels. It returns copies, as a database does. Lock it to read its fields
// while it is in use.
type Memory struct {
	sync.Mutex
	Records map[booking.MSISDN]dialog.Record
	Queued  map[booking.MSISDN][]booking.Notice // every notice ever saved, as in an outbox
	Out     map[booking.MSISDN]bool             // who wants no messages
	Saves   int

	// Faults: the errors of Load and Save, and a Load that blocks until its context
	// is done.
	LoadErr, SaveErr error
	Slow             bool

	received map[dialog.Inbound]bool
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory {
	return &Memory{
		Records: map[booking.MSISDN]dialog.Record{}, Queued: map[booking.MSISDN][]booking.Notice{},
		Out: map[booking.MSISDN]bool{}, received: map[dialog.Inbound]bool{},
	}
}

// Load returns a number's Record.
func (m *Memory) Load(ctx context.Context, n booking.MSISDN) (dialog.Record, error) {
	m.Lock()
	defer m.Unlock()
	return m.load(ctx, n)
}

func (m *Memory) load(ctx context.Context, n booking.MSISDN) (dialog.Record, error) {
	if m.Slow {
		<-ctx.Done()
		return dialog.Record{}, ctx.Err()
	}
	if m.LoadErr != nil {
		return dialog.Record{}, m.LoadErr
	}
	r := m.Records[n]
	r.Number, r.State = n, slices.Clone(r.State)
	return r, nil
}

// Find returns a sender's Record; its Inbound is set for a duplicate.
func (m *Memory) Find(ctx context.Context, in dialog.Inbound) (dialog.Record, error) {
	m.Lock()
	defer m.Unlock()
	r, err := m.load(ctx, in.Number)
	if err != nil {
		return r, err
	}
	in.At = time.Time{}
	if m.received[in] {
		r.Inbound = &in
	}
	if m.Out[in.Number] {
		r.Opt = dialog.OptOut
	}
	return r, nil
}

// Save stores a Record if nothing was stored since it was read, and reports
// whether it did.
func (m *Memory) Save(_ context.Context, r dialog.Record) (bool, error) {
	m.Lock()
	defer m.Unlock()
	if m.SaveErr != nil {
		return false, m.SaveErr
	}
	if m.Records[r.Number].Version != r.Version {
		return false, nil
	}
	if r.Inbound != nil {
		in := *r.Inbound
		in.At = time.Time{}
		m.received[in] = true
	}
	m.Queued[r.Number] = append(m.Queued[r.Number], r.Notices...)
	if r.Opt != "" {
		m.Out[r.Number] = r.Opt == dialog.OptOut
	}
	r.Inbound, r.Notices, r.Opt = nil, nil, ""
	r.Version++
	r.State = slices.Clone(r.State)
	m.Records[r.Number] = r
	m.Saves++
	return true, nil
}
