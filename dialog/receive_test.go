package dialog_test

import (
	"context"
	"errors"
	"maps"
	"sync"
	"testing"

	"tikaline/booking"
	"tikaline/dialog"
)

// A letterbox is a dialog.Inbox in memory for one number.
type letterbox struct {
	mu       sync.Mutex
	record   dialog.Record
	received map[string]bool
	queued   []booking.Notice
	out      bool
	before   func(*letterbox) // what happens between a Find and its Save
}

func (b *letterbox) Find(_ context.Context, in dialog.Inbound) (dialog.Record, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.record
	r.Number = in.Number
	if b.received[in.ID] {
		r.Inbound = &in
	}
	if b.out {
		r.Opt = dialog.OptOut
	}
	return r, nil
}

func (b *letterbox) Save(_ context.Context, r dialog.Record) (bool, error) {
	if b.before != nil {
		b.before(b)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.Version != b.record.Version {
		return false, nil
	}
	b.received = maps.Clone(b.received)
	if b.received == nil {
		b.received = map[string]bool{}
	}
	b.received[r.Inbound.ID] = true
	b.queued = append(b.queued, r.Notices...)
	b.out = r.Opt == dialog.OptOut || b.out && r.Opt == ""
	r.Version, r.Inbound, r.Notices, r.Opt = r.Version+1, nil, nil, ""
	b.record = r
	return true, nil
}

func TestReceive(t *testing.T) {
	post := func(t *testing.T, c *dialog.Conversations, id string, opt dialog.Opt) (fresh, stopped bool) {
		t.Helper()
		in := dialog.Inbound{Number: "+919800000001", Provider: "kannel", ID: id}
		fresh, err := c.Receive(t.Context(), in, func(_ context.Context, s *dialog.State, out bool) (dialog.Reply, error) {
			s.Wrong++
			stopped = out
			return dialog.Reply{Notices: []booking.Notice{{Key: id}}, Opt: opt}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return fresh, stopped
	}
	t.Run("a message counts once, in whatever order it comes again", func(t *testing.T) {
		b := new(letterbox)
		c := &dialog.Conversations{Inbox: b, Now: monday}
		for _, id := range []string{"a", "b", "a", "b", "b", "a"} {
			post(t, c, id, "")
		}
		if len(b.queued) != 2 || b.record.Version != 2 {
			t.Errorf("%d answers, version %d", len(b.queued), b.record.Version)
		}
	})
	t.Run("another delivery that was quicker is the only one", func(t *testing.T) {
		b := new(letterbox)
		c := &dialog.Conversations{Inbox: b, Now: monday}
		b.before = func(b *letterbox) {
			b.before = nil
			post(t, &dialog.Conversations{Inbox: b, Now: monday}, "a", "")
		}
		if fresh, _ := post(t, c, "a", ""); fresh || len(b.queued) != 1 {
			t.Errorf("new: %v, %d answers", fresh, len(b.queued))
		}
	})
	t.Run("what another channel said last is kept", func(t *testing.T) {
		b := &letterbox{record: dialog.Record{Version: 1, LastMessage: "ussd/1", LastReply: "CON 1"}}
		post(t, &dialog.Conversations{Inbox: b, Now: monday}, "a", "")
		if b.record.LastMessage != "ussd/1" || b.record.LastReply != "CON 1" {
			t.Errorf("left %q", b.record.LastReply)
		}
	})
	t.Run("who opted out is known until they opt in", func(t *testing.T) {
		c := &dialog.Conversations{Inbox: new(letterbox), Now: monday}
		for i, step := range []struct {
			opt     dialog.Opt
			stopped bool
		}{{dialog.OptOut, false}, {"", true}, {dialog.OptIn, true}, {"", false}} {
			if _, stopped := post(t, c, string(rune('a'+i)), step.opt); stopped != step.stopped {
				t.Errorf("step %d: stopped is %v", i, stopped)
			}
		}
	})
	t.Run("a turn that fails leaves nothing", func(t *testing.T) {
		b := new(letterbox)
		fault := errors.New("out of order")
		_, err := (&dialog.Conversations{Inbox: b, Now: monday}).Receive(t.Context(), dialog.Inbound{ID: "a"},
			func(context.Context, *dialog.State, bool) (dialog.Reply, error) { return dialog.Reply{}, fault })
		if !errors.Is(err, fault) || b.record.Version != 0 {
			t.Errorf("%v, version %d", err, b.record.Version)
		}
	})
	t.Run("a store where others are always quicker is an error", func(t *testing.T) {
		b := new(letterbox)
		b.before = func(b *letterbox) { b.record.Version++ }
		_, err := (&dialog.Conversations{Inbox: b, Now: monday}).Receive(t.Context(), dialog.Inbound{ID: "a"},
			func(context.Context, *dialog.State, bool) (dialog.Reply, error) { return dialog.Reply{}, nil })
		if !errors.Is(err, dialog.ErrContended) {
			t.Error(err)
		}
	})
}
