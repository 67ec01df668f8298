package sms

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/channel"
	"tikaline/dialog"
	"tikaline/locales"
)

// What a Gateway does unless it is told otherwise.
const (
	DefaultDeadline = 8 * time.Second // Twilio gives up after 15 s, and Kannel's phone waits for nothing
	DefaultPerHour  = 60              // replies to a number: a family of four books in fewer
	DefaultKept     = 30 * time.Minute
)

// A Gateway takes Events: it finds the conversation, takes it one step on, and
// queues the answer in the outbox, all in one transaction. Any number may be
// taken at once.
type Gateway struct {
	Conversations *dialog.Conversations // with an Inbox
	Engine        *dialog.Engine
	Desk          func(booking.MSISDN) dialog.Core
	Line          func(booking.MSISDN) Waitlist // nil: nobody can be told of a place
	Words         Words
	Keywords      *Keywords
	Now           func() time.Time
	DefaultLang   string           // for a caller whose language is not known; "" is Hindi
	Kept          time.Duration    // how long a place is kept after YES, as people are told; 0 is DefaultKept
	Deadline      time.Duration    // 0 is DefaultDeadline
	Own           []booking.MSISDN // our own numbers: never answered
	PerHour       int              // most replies to a number in an hour; 0 is DefaultPerHour
	Gather        time.Duration    // how long the parts of a text are waited for; 0 is DefaultGather

	// Admit lets an Event in, before any work is done, and returns what to call
	// when it is done; nil lets all in. The provider brings again what is not let
	// in. begins is always false: a text says by itself what it wants.
	Admit func(begins bool) (leave func(), ok bool)

	Observer channel.Observer // is told what happened; nil is nobody
	Log      *slog.Logger     // of what nobody waits for; nil is silent

	// After calls later; nil is time.AfterFunc.
	After func(time.Duration, func())

	queue queue
}

// The outcomes, as Observer counts them.
const (
	Replied  channel.Outcome = "reply"  // an answer is queued
	Silent   channel.Outcome = "silent" // received, and nothing to say: who asked for silence, or is a machine
	Waiting  channel.Outcome = "part"   // a part of a text whose other parts are to come
	Ignored  channel.Outcome = "own"    // from a number of ours
	Repeated                 = channel.Repeated
	Rejected                 = channel.Rejected
	Busied                   = channel.Busied // not taken; to be brought again
	Erred                    = channel.Failed // our fault; to be brought again
)

// Outcomes lists every outcome, so that each series can exist from the start.
var Outcomes = []channel.Outcome{Replied, Silent, Waiting, Repeated, Ignored, Rejected, Busied, Erred}

// ErrBusy is for an Event that was not taken: nothing was done, and the
// provider shall bring it again.
var ErrBusy = errors.New("too much to do; bring it again")

// Check reports whether the gateway can word what it says by itself.
func (g *Gateway) Check() error {
	if g.DefaultLang != "" && !locales.Valid(g.DefaultLang) {
		return fmt.Errorf("default language %q is none of %s", g.DefaultLang, strings.Join(locales.Languages, ", "))
	}
	if g.Keywords == nil || g.Conversations == nil || g.Conversations.Inbox == nil {
		return errors.New("keywords and an inbox are needed")
	}
	for _, lang := range locales.Languages {
		for _, p := range Prompts() {
			if _, err := Text(g.Words, lang, p); err != nil {
				return err
			}
		}
		for _, id := range []string{textChoice, textPair, textPincode, hintCall} {
			if _, err := g.Words.Text(lang, medium, id, map[string]any{"Count": 2}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Receive takes an Event: one message, one effect, one answer, however often
// it comes. When it returns nil all of that is on the disk, and the provider
// may be told so; any error means to bring it again.
func (g *Gateway) Receive(ctx context.Context, e Event) error {
	start := g.Now()
	o, err := g.receive(ctx, e, false)
	channel.Count(g.Observer, medium, e.Provider, o, g.Now().Sub(start))
	return err
}

func (g *Gateway) receive(ctx context.Context, e Event, late bool) (channel.Outcome, error) {
	if to, err := booking.ParseMSISDN(e.To); slices.Contains(g.Own, e.From) || err == nil && to == e.From {
		return Ignored, nil
	}
	if g.Admit != nil {
		leave, ok := g.Admit(false)
		if !ok {
			return Busied, ErrBusy
		}
		defer leave()
	}
	limited, cancel := channel.WithDeadline(ctx, g.Deadline, DefaultDeadline)
	defer cancel()
	leave, err := g.queue.enter(limited, e.From)
	if err != nil {
		return Busied, fmt.Errorf("%w: %w", ErrBusy, err)
	}
	defer leave()
	in := dialog.Inbound{Number: e.From, Provider: e.Provider, ID: e.ID, At: g.Now()}
	var v *visit // the last one: a turn that came too late is taken again
	fresh, err := g.Conversations.Receive(limited, in, func(ctx context.Context, s *dialog.State, stopped bool) (dialog.Reply, error) {
		v = g.visit(e, s, stopped)
		return v.answer(ctx, late)
	})
	switch {
	case booking.Refused(err, booking.Busy), errors.Is(err, dialog.ErrContended), err != nil && limited.Err() != nil:
		return Busied, fmt.Errorf("%w: %w", ErrBusy, err)
	case err != nil:
		return Erred, fmt.Errorf("take a text: %w", err)
	case !fresh:
		return Repeated, nil
	case v.waits:
		g.remind(Event{Provider: e.Provider, ID: e.ID + "/late", From: e.From, To: e.To})
		return Waiting, nil
	case v.said == nil:
		return Silent, nil
	}
	if g.Observer != nil && v.said.dialogue {
		g.Observer.Asked(v.talk.At())
	}
	return Replied, nil
}

// remind looks again after a text whose parts may not all come, until that
// could be done. It is not written down: after a crash the next text of that
// number finds what is kept.
func (g *Gateway) remind(late Event) {
	after := g.After
	if after == nil {
		after = func(d time.Duration, f func()) { time.AfterFunc(d, f) }
	}
	// A little later than needed, so that the last moment is over.
	after(orDefault(g.Gather, DefaultGather)+time.Second, func() {
		_, err := g.receive(context.Background(), late, true)
		if err == nil {
			return
		}
		if g.Log != nil {
			g.Log.Warn("parts of a text have to wait", "err", err, slog.Any("event", late))
		}
		g.remind(late)
	})
}

func (g *Gateway) defaultLang() string {
	if g.DefaultLang != "" {
		return g.DefaultLang
	}
	return locales.Hindi
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// inboundSpace is what request ids are made in, from a message's name.
var inboundSpace = uuid.MustParse("6f1d3a52-54d4-4f0e-9c55-2f6c1f2a9c10")

// name returns an id that belongs to a message and to nothing else: whatever is
// done twice for it, at once or after a crash, is done under the same id.
func (e Event) name(what string) uuid.UUID {
	return uuid.NewSHA1(inboundSpace, []byte(strings.Join([]string{string(e.From), e.Provider, e.ID, what}, "\x00")))
}
