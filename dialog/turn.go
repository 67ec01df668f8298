package dialog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tikaline/booking"
)

// A Message identifies one delivery from a provider.
type Message struct {
	Number booking.MSISDN
	ID     string // the same for every delivery of the same message

	// NoDedupeKey reports whether the provider sends nothing by which a second
	// press of the same key could be told from a repeated delivery: then only
	// one that comes within DedupeWindow is a duplicate.
	NoDedupeKey bool
}

// DedupeWindow is how soon a message with NoDedupeKey must come again to be a
// duplicate. No caller reads a screen and presses a key in less.
const DedupeWindow = 1500 * time.Millisecond

// Conversations keeps the State of every number: one message, one effect.
type Conversations struct {
	Store Store
	Inbox Inbox // for Receive
	Now   func() time.Time
}

// ErrContended is returned when another delivery was quicker at every attempt.
var ErrContended = errors.New("conversation was changed by others again and again")

// Answer loads the number's State, lets turn change it and word a reply, and
// stores both. A duplicate gets the stored reply, and turn is not called. Where
// another delivery was quicker, turn is called again on what that one left, so
// it must be idempotent; the core is.
func (c *Conversations) Answer(ctx context.Context, m Message, turn func(context.Context, *State) (string, error)) (string, error) {
	for range 10 {
		rec, err := c.Store.Load(ctx, m.Number)
		if err != nil {
			return "", fmt.Errorf("load conversation: %w", err)
		}
		now := c.Now()
		if rec.Version > 0 && rec.LastMessage == m.ID && (!m.NoDedupeKey || now.Sub(rec.UpdatedAt) < DedupeWindow) {
			return rec.LastReply, nil
		}
		s, err := decode(rec, now)
		if err != nil {
			return "", err
		}
		reply, err := turn(ctx, s)
		if err != nil {
			return "", err
		}
		if rec.State, err = encode(s); err != nil {
			return "", fmt.Errorf("store conversation: %w", err)
		}
		rec.LastMessage, rec.LastReply, rec.UpdatedAt = m.ID, reply, now
		switch saved, err := c.Store.Save(ctx, rec); {
		case err != nil:
			return "", fmt.Errorf("save conversation: %w", err)
		case saved:
			return reply, nil
		}
	}
	return "", ErrContended
}

// A Reply is what a turn has to say to an Inbound; the zero Reply is silence.
type Reply struct {
	Notices []booking.Notice
	Opt     Opt
}

// Receive handles a message that is answered later, by another one. The changed
// State, the answer and the record that the message was received are saved in one
// transaction. It returns false for a duplicate, for which turn is not called.
// stopped reports whether the sender wants no messages. Deliveries may come at once and in any order. turn
// may be called again as for Answer.
//
// The last message of Answer and its reply are kept: another channel may still
// be asked for them.
func (c *Conversations) Receive(ctx context.Context, in Inbound, turn func(ctx context.Context, s *State, stopped bool) (Reply, error)) (bool, error) {
	for range 10 {
		rec, err := c.Inbox.Find(ctx, in)
		if err != nil {
			return false, fmt.Errorf("look for message: %w", err)
		}
		if rec.Inbound != nil {
			return false, nil
		}
		now := c.Now()
		s, err := decode(rec, now)
		if err != nil {
			return false, err
		}
		r, err := turn(ctx, s, rec.Opt == OptOut)
		if err != nil {
			return false, err
		}
		if rec.State, err = encode(s); err != nil {
			return false, fmt.Errorf("store conversation: %w", err)
		}
		rec.UpdatedAt, rec.Inbound, rec.Notices, rec.Opt = now, &in, r.Notices, r.Opt
		switch saved, err := c.Inbox.Save(ctx, rec); {
		case err != nil:
			return false, fmt.Errorf("save message: %w", err)
		case saved:
			return true, nil
		}
	}
	return false, ErrContended
}

// decode returns the stored State. One older than TTL keeps only its language;
// one that cannot be decoded starts afresh.
func decode(rec Record, now time.Time) (*State, error) {
	s := new(State)
	if len(rec.State) == 0 {
		return s, nil
	}
	if err := unmarshal(rec.State, s); err != nil {
		return new(State), nil //nolint:nilerr // better to ask again than to be stuck
	}
	if now.Sub(rec.UpdatedAt) > TTL {
		return &State{Lang: s.Lang}, nil
	}
	return s, nil
}
