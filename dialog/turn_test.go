package dialog_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/dialog/walk"
)

// shelf is a dialog.Store in memory. Before a Save it may do something, as
// another delivery would.
type shelf struct {
	mu     sync.Mutex
	record dialog.Record
	before func(*shelf)
	saves  int
}

func (s *shelf) Load(_ context.Context, number booking.MSISDN) (dialog.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.record
	r.Number = number
	return r, nil
}

func (s *shelf) Save(_ context.Context, r dialog.Record) (bool, error) {
	if s.before != nil {
		s.before(s)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Version != s.record.Version {
		return false, nil
	}
	r.Version++
	s.record = r
	s.saves++
	return true, nil
}

// exchange is one number's conversation kept on a shelf, spoken to by keys.
type exchange struct {
	*dialog.Conversations
	shelf  *shelf
	core   *walk.Core
	engine *dialog.Engine
	clock  time.Time
}

func newExchange(core *walk.Core) *exchange {
	x := &exchange{shelf: new(shelf), core: core, engine: dialog.New(uuid.New), clock: monday()}
	x.Conversations = &dialog.Conversations{Store: x.shelf, Now: func() time.Time { return x.clock }}
	return x
}

// say delivers a message that answers the present prompt, or dials.
func (x *exchange) say(m dialog.Message, in string) (string, error) {
	return x.Answer(context.Background(), m, func(ctx context.Context, s *dialog.State) (string, error) {
		talk := x.engine.Talk(x.core, s)
		if in == "dial" {
			p, err := talk.Begin(ctx)
			return p.Say.ID, err
		}
		p, err := talk.Current(ctx)
		if err == nil {
			p, err = talk.Answer(ctx, p, in)
		}
		return p.Say.ID, err
	})
}

func message(id string) dialog.Message { return dialog.Message{Number: walk.Number, ID: id} }

// begun is a number about to ask for a call back: the one thing that is not
// undone by doing it again in another run.
func begun(t *testing.T) *exchange {
	t.Helper()
	core := walk.New(monday)
	core.House.Language = "en"
	x := newExchange(core)
	for i, in := range []string{"dial", "help"} {
		if _, err := x.say(message("begin-"+string(rune('0'+i))), in); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

func TestConversations(t *testing.T) {
	t.Run("repeated delivery gets the same reply and has no second effect", func(t *testing.T) {
		x := begun(t)
		for range 3 {
			if reply, err := x.say(message("1"), "call"); err != nil || reply != "help.call" {
				t.Errorf("replied %q, %v", reply, err)
			}
			x.clock = x.clock.Add(time.Hour)
		}
		if x.core.Calls != 1 || x.shelf.saves != 3 {
			t.Errorf("%d calls are queued after %d saves", x.core.Calls, x.shelf.saves)
		}
	})
	t.Run("next message is answered", func(t *testing.T) {
		x := begun(t)
		if reply, err := x.say(message("1"), "bring"); err != nil || reply != "help.bring" {
			t.Errorf("replied %q, %v", reply, err)
		}
	})
	t.Run("five deliveries at once have one effect and one reply", func(t *testing.T) {
		x := begun(t)
		start, done := make(chan struct{}), make(chan string, 5)
		for range 5 {
			go func() {
				<-start
				reply, err := x.say(message("1"), "call")
				if err != nil {
					reply = err.Error()
				}
				done <- reply
			}()
		}
		close(start)
		for range 5 {
			if reply := <-done; reply != "help.call" {
				t.Errorf("replied %q", reply)
			}
		}
		if x.core.Calls != 1 || x.shelf.saves != 3 {
			t.Errorf("%d calls are queued after %d saves", x.core.Calls, x.shelf.saves)
		}
	})
	t.Run("delivery that was slower answers what the quicker one left", func(t *testing.T) {
		x := begun(t)
		x.shelf.before = func(s *shelf) {
			s.before = nil // the other delivery is of another message: home
			if _, err := x.say(message("2"), "dial"); err != nil {
				t.Error(err)
			}
		}
		if reply, err := x.say(message("1"), "help"); err != nil || reply != "help.pick" {
			t.Errorf("replied %q, %v", reply, err)
		}
		if x.shelf.record.Version != 4 {
			t.Errorf("is at version %d", x.shelf.record.Version)
		}
	})
	t.Run("delivery that is always slower gives up", func(t *testing.T) {
		x := begun(t)
		x.shelf.before = func(s *shelf) {
			s.mu.Lock()
			s.record.Version++
			s.mu.Unlock()
		}
		if _, err := x.say(message("1"), "dial"); !errors.Is(err, dialog.ErrContended) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("turn that fails stores nothing", func(t *testing.T) {
		x := begun(t)
		before := x.shelf.record
		fault := errors.New("store is away")
		_, err := x.Answer(context.Background(), message("1"), func(_ context.Context, s *dialog.State) (string, error) {
			s.Lang = "hi"
			return "", fault
		})
		if !errors.Is(err, fault) || string(x.shelf.record.State) != string(before.State) || x.shelf.record.LastMessage != before.LastMessage {
			t.Errorf("error %v, stored %s", err, x.shelf.record.State)
		}
	})
}

func TestConversations_without_a_dedupe_key(t *testing.T) {
	keyless := func(id string) dialog.Message { return dialog.Message{Number: walk.Number, ID: id, NoDedupeKey: true} }
	for name, tt := range map[string]struct {
		wait time.Duration
		want string
	}{
		"same key at once is a repeat":        {0, "help.pick"},
		"same key just before is a repeat":    {dialog.DedupeWindow - time.Millisecond, "help.pick"},
		"same key later is another press":     {dialog.DedupeWindow, "home.pick"},
		"same key much later is another, too": {time.Hour, "home.pick"},
	} {
		t.Run(name, func(t *testing.T) {
			x := begun(t)
			if _, err := x.say(keyless("s/1"), "no such key"); err != nil {
				t.Fatal(err)
			}
			x.clock = x.clock.Add(tt.wait)
			reply, err := x.say(keyless("s/1"), "dial")
			if err != nil || reply != tt.want {
				t.Errorf("replied %q, %v; want %q", reply, err, tt.want)
			}
		})
	}
}

func TestConversations_state(t *testing.T) {
	t.Run("one that nobody can read starts afresh", func(t *testing.T) {
		x := begun(t)
		x.shelf.record.State = []byte(`{"frames":7}`)
		if reply, err := x.say(message("1"), "dial"); err != nil || reply != "home.pick" {
			t.Errorf("replied %q, %v", reply, err)
		}
	})
	t.Run("one too old starts afresh in the same language", func(t *testing.T) {
		core := walk.New(monday) // a number that the core does not know
		x := newExchange(core)
		for i, in := range []string{"dial", "bn", "register", "Asha"} {
			if _, err := x.say(message(string(rune('a'+i))), in); err != nil {
				t.Fatal(err)
			}
		}
		core.House.Language = ""
		x.clock = x.clock.Add(dialog.TTL + time.Second)
		reply, err := x.say(message("z"), "dial")
		s := new(dialog.State)
		if e := json.Unmarshal(x.shelf.record.State, s); e != nil {
			t.Fatal(e)
		}
		if err != nil || reply != "home.pick" || s.Lang != "bn" {
			t.Errorf("replied %q in %q, %v", reply, s.Lang, err)
		}
	})
	t.Run("one that is a day old goes on", func(t *testing.T) {
		x := newExchange(walk.New(monday))
		for i, in := range []string{"dial", "bn", "register", "Asha"} {
			if _, err := x.say(message(string(rune('a'+i))), in); err != nil {
				t.Fatal(err)
			}
		}
		x.clock = x.clock.Add(dialog.TTL)
		if reply, err := x.say(message("z"), "dial"); err != nil || reply != "resume.pick" {
			t.Errorf("replied %q, %v", reply, err)
		}
	})
	t.Run("each channel's own part is kept", func(t *testing.T) {
		x := begun(t)
		keep := func(channel, set string) (got string) {
			_, err := x.Answer(context.Background(), message(channel+set), func(_ context.Context, s *dialog.State) (string, error) {
				got = string(s.Channel[channel])
				s.Keep(channel, json.RawMessage(set))
				return "", nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		keep("ussd", `{"page":2}`)
		keep("sms", `{"lost":1}`)
		if keep("ussd", `{}`) != `{"page":2}` || keep("sms", `{}`) != `{"lost":1}` {
			t.Error("one was lost")
		}
	})
}

// away is a store that cannot be reached.
type away struct{ load, save error }

func (a away) Load(context.Context, booking.MSISDN) (dialog.Record, error) {
	return dialog.Record{}, a.load
}
func (a away) Save(context.Context, dialog.Record) (bool, error) { return false, a.save }

func TestConversations_store_away(t *testing.T) {
	fault := errors.New("connection refused")
	for name, store := range map[string]away{"load fails": {load: fault}, "save fails": {save: fault}} {
		t.Run(name, func(t *testing.T) {
			c := dialog.Conversations{Store: store, Now: monday}
			_, err := c.Answer(context.Background(), message("1"), func(context.Context, *dialog.State) (string, error) { return "", nil })
			if !errors.Is(err, fault) {
				t.Errorf("error %v", err)
			}
		})
	}
}
