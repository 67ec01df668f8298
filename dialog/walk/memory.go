package walk

import (
	"context"
	"slices"
	"sync"
	"time"

	"tikaline/booking"
	"tikaline/dialog"
)

// A Memory is a dialog.Store and a dialog.Inbox for the tests of channels: what
// it gives is a copy, as from a database. Whoever looks into it while it is in
// use has it locked.
type Memory struct {
	sync.Mutex
	Records map[booking.MSISDN]dialog.Record
	Owed    map[booking.MSISDN][]booking.Notice // everything ever saved to be sent
	Out     map[booking.MSISDN]bool             // who wants no messages
	Saves   int

	// What goes wrong: what Load and Save answer, and a Load that waits until
	// nobody does any more.
	LoadErr, SaveErr error
	Slow             bool

	had map[dialog.Inbound]bool
}

// NewMemory is an empty one.
func NewMemory() *Memory {
	return &Memory{
		Records: map[booking.MSISDN]dialog.Record{}, Owed: map[booking.MSISDN][]booking.Notice{},
		Out: map[booking.MSISDN]bool{}, had: map[dialog.Inbound]bool{},
	}
}

// Load reads a number's Record.
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

// Find reads a sender's Record, and whether that message was saved before.
func (m *Memory) Find(ctx context.Context, in dialog.Inbound) (dialog.Record, error) {
	m.Lock()
	defer m.Unlock()
	r, err := m.load(ctx, in.Number)
	if err != nil {
		return r, err
	}
	in.At = time.Time{}
	if m.had[in] {
		r.Inbound = &in
	}
	if m.Out[in.Number] {
		r.Opt = dialog.OptOut
	}
	return r, nil
}

// Save stores a Record where nothing was stored since it was read.
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
		m.had[in] = true
	}
	m.Owed[r.Number] = append(m.Owed[r.Number], r.Notices...)
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
