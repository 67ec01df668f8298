package ivr

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"tikaline/calls"
	"tikaline/dialog"
	"tikaline/locales"

	"tikaline/channel"
)

// languageOptions returns the channel's own question which language to speak.
func languageOptions() []dialog.Option {
	var all []dialog.Option
	for _, l := range Languages {
		all = append(all, dialog.Option{Key: l, Label: say("option.language." + l)})
	}
	return all
}

// askLanguage asks in which language to go on; what was begun stays as it is.
func (v *visit) askLanguage() ([]Verb, error) {
	pg, err := v.speaker().languages(languageOptions())
	if err != nil {
		return nil, err
	}
	verbs := v.offer(pg, 1)
	v.m.Ask = askLanguage
	return verbs, nil
}

// language takes the answer to that. Whatever else is pressed leaves things as
// they are.
func (v *visit) language(ctx context.Context) ([]Verb, error) {
	if v.e.Keys == "" {
		return v.silence(ctx, v.askLanguage)
	}
	v.m.Silences, v.m.From = 0, 0
	switch v.e.Keys[:1] {
	case keyAgent:
		return v.agent(ctx, Asked)
	case keyAgain, keyLanguage:
		return v.askLanguage()
	}
	if in, ok := v.picked(); ok {
		p, err := v.t.Speak(ctx, in)
		return v.follow(ctx, p, err)
	}
	return v.current(ctx)
}

// picked returns what a key stands for on the page that was heard.
func (v *visit) picked() (string, bool) {
	if len(v.e.Keys) == 0 {
		return "", false
	}
	n := int(v.e.Keys[0]) - '1'
	if n < 0 || n >= len(v.m.Offered) {
		return "", false
	}
	return v.m.Offered[n], true
}

// last returns last words: they can be heard again, and then there is the main menu.
func (v *visit) last(words []Verb) []Verb {
	v.m.Words, v.m.Over = words, true
	v.m.Offered, v.m.From, v.m.Next = nil, 0, 0
	v.outcome = Closed
	in := append(words[:len(words):len(words)], v.g.spoken(v.speaker().lang, say(textOver))...)
	return v.wait(Verb{Do: Gather, Keys: 1, Secs: keyWait, In: in})
}

// over takes what is pressed after last words. Nothing is left to be asked, so
// silence is a goodbye.
func (v *visit) over(ctx context.Context) ([]Verb, error) {
	switch {
	case v.e.Keys == "":
		v.outcome = Closed
		return v.hangUp(textBye), nil
	case v.e.Keys[:1] == keyAgain:
		return v.last(v.m.Words), nil
	case v.e.Keys[:1] == keyAgent:
		return v.agent(ctx, Asked)
	}
	p, err := v.t.Home(ctx)
	return v.follow(ctx, p, err)
}

// hangUp says a word and ends the call.
func (v *visit) hangUp(id string) []Verb {
	v.m.Turn = v.e.Turn + 1
	v.m.Words, v.m.Ask, v.m.Over, v.m.Closed = nil, "", true, true
	return append(v.g.spoken(v.speaker().lang, say(id)), Verb{Do: Hangup})
}

// agents reports whether a caller can be put through now.
func (v *visit) agents() bool { return v.e.Agents && v.g.Hours.Open(v.g.Now()) }

// agent puts the caller through to a person or, where there is none, queues a call
// back. Where they stopped stays: the agent sees it, or they resume it later.
func (v *visit) agent(ctx context.Context, why Why) ([]Verb, error) {
	if !v.agents() {
		v.outcome = Promised
		promise, err := v.g.promise(ctx, v.e, why)
		if err != nil {
			return nil, err
		}
		return v.hangUp(promise), nil
	}
	v.outcome = Queued
	flow, step := v.t.At()
	lang := v.speaker().lang
	state, err := json.Marshal(v.s)
	if err != nil {
		return nil, err
	}
	err = v.g.Calls.HandOver(ctx, calls.HandOver{
		ID: v.e.handOver(), Call: v.e.key(), Language: lang, Flow: flow, Step: step, State: state, Why: string(why),
	})
	if err != nil {
		return nil, err
	}
	v.m.Turn = v.e.Turn + 1
	v.m.Silences, v.m.Ask = 0, ""
	return append(v.g.spoken(lang, say(textAgent)), Verb{Do: Queue, Lang: lang}), nil
}

// promise queues a call back to the caller: for who wants a person when there is
// one, and for who was only silent soon, on what may be a better line. It returns what is then true
// to say.
func (g *Gateway) promise(ctx context.Context, e Event, why Why) (text string, err error) {
	now, from := g.Now(), time.Time{}
	if why != Silent {
		from = g.Hours.Next(now)
	}
	if err := g.Calls.CallBackFrom(ctx, e.Number, e.name("call back"), from); err != nil {
		return "", err
	}
	text = textCallBack
	if from.After(now) || calls.NextCallTime(now).After(now) {
		text = textLater
	}
	return text, g.Calls.Ended(ctx, e.call(calls.Promised))
}

// askAgent asks whether to be put through now or called back.
func (v *visit) askAgent() ([]Verb, error) {
	v.m.Ask = askAgent
	v.m.Offered, v.m.From, v.m.Next = nil, 0, 0
	return v.wait(Verb{Do: Gather, Keys: 1, Secs: keyWait, In: v.g.spoken(v.speaker().lang, say(textNow))}), nil
}

// agentNow takes the answer to that.
func (v *visit) agentNow(ctx context.Context) ([]Verb, error) {
	switch v.e.Keys {
	case "":
		return v.silence(ctx, v.askAgent)
	case "1", keyAgent:
		return v.agent(ctx, Asked)
	case "2":
		v.m.Ask, v.m.Silences = "", 0
		p, err := v.t.Current(ctx)
		if err != nil {
			return nil, err
		}
		p, err = v.t.Answer(ctx, p, "call")
		return v.follow(ctx, p, err)
	case keyAgain:
		v.m.Silences = 0
		return v.askAgent()
	}
	return v.current(ctx)
}

// stranger answers a call from no number that we could serve: nothing is kept
// of it, so there is only a person to talk to, or where to call from.
func (g *Gateway) stranger(ctx context.Context, e Event) ([]Verb, channel.Outcome, error) {
	open := e.Agents && g.Hours.Open(g.Now())
	answered := e.Turn > 0 || e.Present && !e.Look
	switch {
	case e.HungUp:
		return nil, Noted, nil
	case !open:
		return append(g.spoken("", say(textNumber)), Verb{Do: Hangup}), Stranger, nil
	case !answered, e.Keys == "" && e.Turn < strikes:
		return g.askStranger(e.Turn + 1)
	}
	lang, why := g.defaultLang(), NoNumber
	if e.Keys == "" {
		why = Silent
	} else if n := int(e.Keys[0]) - '1'; n >= 0 && n < len(Languages) {
		lang = Languages[n]
	}
	err := g.Calls.HandOver(ctx, calls.HandOver{ID: e.handOver(), Call: e.key(), Language: lang, Why: string(why)})
	return append(g.spoken(lang, say(textAgent)), Verb{Do: Queue, Lang: lang}), Queued, err
}

// askStranger says where to call from, and asks in which language to talk to a
// person: 1, 2 and 3 stand for those in which it is said. How often it was asked
// is in the turn.
func (g *Gateway) askStranger(turn int) ([]Verb, channel.Outcome, error) {
	in := g.spoken("", say(textNumber))
	for i, l := range Languages {
		said, err := g.speaker(l).choice(say("option.help.call"), i+1)
		if err != nil {
			return nil, Failed, err
		}
		in = append(in, said.verbs...)
	}
	return []Verb{{Do: Gather, Keys: 1, Secs: keyWait, Turn: turn, In: in}, {Do: Go, Turn: turn}}, Stranger, nil
}

// Waits answers somebody in the queue: where they stand, and that they need not
// stand there. Who presses nothing comes to the end of what is heard, and then
// the provider asks again, with where they stand and since when.
func (g *Gateway) Waits(ctx context.Context, w Request) ([]Verb, error) {
	return g.observed(w.Provider, func() ([]Verb, channel.Outcome, error) {
		lang := g.speaker(w.Lang).lang
		most := g.Wait
		if most <= 0 {
			most = DefaultWait
		}
		canCall := w.Number != ""
		if canCall && w.Keys == "1" || w.Waited >= most {
			return []Verb{{Do: Leave}}, Queued, nil // Left queues what is then to be queued
		}
		var texts []dialog.Text
		if w.Position > 0 {
			texts = append(texts, dialog.Text{ID: textPosition, Data: map[string]any{"Position": w.Position}})
		}
		if canCall {
			texts = append(texts, say(textWait))
		}
		in := g.spoken(lang, texts...)
		if g.Music != "" {
			in = append(in, Verb{Do: Play, URL: g.Music})
		} else {
			in = append(in, Verb{Do: Pause, Secs: 10})
		}
		return []Verb{{Do: Gather, Keys: 1, Secs: 5, Lang: lang, Waits: true, In: in}}, Queued, nil
	})
}

// Left answers somebody who came out of the queue. Whoever spoke to nobody and
// still listens is called back.
func (g *Gateway) Left(ctx context.Context, l Request) ([]Verb, error) {
	return g.observed(l.Provider, func() ([]Verb, channel.Outcome, error) {
		ctx, cancel := channel.WithDeadline(ctx, g.Deadline, DefaultDeadline)
		defer cancel()
		lang := g.speaker(l.Lang).lang
		o, became, id, end := Promised, calls.Promised, textCallBack, calls.HandOverCallBack
		switch {
		case l.Spoken:
			o, became, id, end = Queued, calls.Agent, textBye, calls.HandOverTalked
		case l.HungUp:
			o, became, id, end = Noted, calls.QueueLeft, textBye, calls.HandOverLeft
		case l.Number == "":
			o, became, id, end = Stranger, calls.QueueLeft, textClosed, calls.HandOverFailed
		}
		err := g.Calls.HandOverEnded(ctx, l.key(), l.handOver(), end)
		switch {
		case err != nil:
		case became == calls.Promised:
			id, err = g.promise(ctx, l.Event, Asked)
		default:
			err = g.Calls.Ended(ctx, l.call(became))
		}
		if err == nil && l.Spoken && l.Number != "" {
			err = g.Calls.Reached(ctx, l.Number)
		}
		if err != nil {
			return nil, Failed, fmt.Errorf("take a caller out of the queue: %w", err)
		}
		return append(g.spoken(lang, say(id)), Verb{Do: Hangup}), o, nil
	})
}

// Ends notes that a call is over. The conversation is kept: a caller who is cut off
// resumes where they stopped, by whatever channel.
func (g *Gateway) Ends(ctx context.Context, e Request) error {
	_, err := g.observed(e.Provider, func() ([]Verb, channel.Outcome, error) {
		ctx, cancel := channel.WithDeadline(ctx, g.Deadline, DefaultDeadline)
		defer cancel()
		call, reached := e.call(e.Outcome), false
		call.Duration = e.Duration
		if e.Number != "" {
			rec, err := g.Conversations.Store.Load(ctx, e.Number)
			if err != nil {
				return nil, Failed, err
			}
			var s dialog.State
			if len(rec.State) > 0 && json.Unmarshal(rec.State, &s) == nil {
				if m := recall(&s); m.Call == e.mark() {
					call.Language, call.Steps, call.Spoken, reached = locales.Native(s.Lang), m.Step, m.Step, m.Reached
					if m.Over && e.Outcome == calls.HungUp {
						call.Outcome = calls.Completed
					}
				}
			}
		}
		if e.Spoken {
			call.Outcome = calls.Agent
			if err := g.Calls.HandOverEnded(ctx, e.key(), e.handOver(), calls.HandOverTalked); err != nil {
				return nil, Failed, err
			}
		}
		if err := g.Calls.Ended(ctx, call); err != nil {
			return nil, Failed, err
		}
		if !e.Out || reached || e.Notice == uuid.Nil {
			return nil, Noted, nil
		}
		// Not taken; or taken, and nobody pressed a key.
		return nil, Noted, g.Calls.NotReached(ctx, e.Number, e.Notice, string(call.Outcome))
	})
	return err
}

// Records notes that a recording is ready, or that there is none.
func (g *Gateway) Records(ctx context.Context, r Request) error {
	_, err := g.observed(r.Provider, func() ([]Verb, channel.Outcome, error) {
		ctx, cancel := channel.WithDeadline(ctx, g.Deadline, DefaultDeadline)
		defer cancel()
		if r.Recording.ID == "" {
			return nil, Noted, nil
		}
		if !r.Ready {
			return nil, Noted, g.Calls.NoRecording(ctx, r.kept(""))
		}
		return nil, Noted, g.Calls.KeepRecording(ctx, r.kept(""))
	})
	return err
}
