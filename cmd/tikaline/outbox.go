package main

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"tikaline/booking"
	"tikaline/dialog"
	"tikaline/locales"
	"tikaline/otp"
	"tikaline/outbox"
	"tikaline/sms"
)

// senders is who carries our messages, the first one first. In the demo that is
// its inbox; elsewhere it is the providers that are set up, if any.
func (s *service) senders() ([]outbox.Route, error) {
	if s.config.Demo || s.world.Inbox {
		return []outbox.Route{{Provider: loopback{s}}}, nil
	}
	texts, err := s.config.textRoutes()
	if err != nil {
		return nil, err
	}
	calls, err := s.callRoutes()
	return append(texts, calls...), err
}

// send sends what is due until ctx ends.
func (s *service) send(ctx context.Context) error {
	routes, err := s.senders()
	if err != nil {
		return err
	}
	if len(routes) == 0 {
		s.log.Warn("no sender of messages is set up: notices wait in the outbox")
		return nil
	}
	registry, err := s.config.registry()
	if err != nil {
		return err
	}
	w := &outbox.Worker{
		Store: s.store, Providers: routes, Word: registered(registry, s.word), Now: s.world.Now, Log: s.log,
		Observer: newOutboxMeters(s.meters.registry, routes), Settings: outbox.Settings{
			Key: s.reports.Key,
			Kinds: map[booking.NoticeKind]outbox.Rule{
				// Who is to come at nine is reminded before nine.
				booking.NoticeReminderMorning: {Validity: 12 * time.Hour, Stops: true},
				booking.NoticeCallBack:        callBackRule,
			},
			Room: map[string]func(context.Context) int{"call": s.freeLines},
		},
	}
	return w.Run(ctx)
}

// A loopback is the demo's network: what is sent is in the inbox at once.
type loopback struct{ service *service }

// Name is what it goes by in the outbox.
func (loopback) Name() string { return "inbox" }

// Send delivers.
func (l loopback) Send(_ context.Context, m outbox.Message) (outbox.Receipt, error) {
	l.service.inbox.deliver(m.To, delivered{At: l.service.world.Now(), ID: m.ID.String(), Medium: m.Medium, Kind: string(m.Kind), Text: m.Text})
	return outbox.Receipt{Delivered: true}, nil
}

// word words a notice in the language that its household has by now. A reply
// has its words already.
func (s *service) word(ctx context.Context, n booking.Notice) (outbox.Message, error) {
	if n.Kind == booking.NoticeReply {
		return outbox.Message{Lang: n.Data.Lang, Text: n.Data.Text, Segments: locales.Segments(n.Data.Text)}, nil
	}
	if n.Kind == booking.NoticeOTP {
		return s.wordCode(ctx, n)
	}
	owed, err := s.core.StillOwed(ctx, n)
	if err != nil {
		return outbox.Message{}, err
	}
	if !owed {
		return outbox.Message{}, &outbox.Failure{Policy: outbox.GiveUp, Code: "no longer true"}
	}
	h, err := s.store.Household(ctx, n.To)
	if err != nil {
		return outbox.Message{}, err
	}
	lang := h.Language
	if lang == "" {
		lang = s.config.Language
	}
	values := noticeValues(n.Data, s.core.Places)
	values["To"] = s.config.TextTo
	if n.Data.Name == "" {
		// Spoken when this was owed; by now it may be written down.
		person, there := h.Person(n.Data.Reference)
		if !there {
			person.BirthYear = n.Data.BirthYear
		}
		values["Name"] = calledBy(person.Applicant)
	}
	text, err := fitted(s.words, lang, n.Kind, values)
	if err != nil {
		// The words are part of the program: later they are missing as well.
		return outbox.Message{}, &outbox.Failure{Policy: outbox.GiveUp, Code: "no words", Err: err}
	}
	return outbox.Message{Lang: lang, Text: text, Segments: locales.Segments(text)}, nil
}

// wordCode words a one-time password: the code is made now, and asks no query.
// Its words are the same in every language.
func (s *service) wordCode(ctx context.Context, n booking.Notice) (outbox.Message, error) {
	code, err := s.codes.Code(ctx, n)
	if _, late := otp.AsRefusal(err); late {
		return outbox.Message{}, &outbox.Failure{Policy: outbox.GiveUp, Code: "too late", Err: err}
	}
	if err != nil {
		return outbox.Message{}, &outbox.Failure{Policy: outbox.GiveUp, Code: "no key", Err: err}
	}
	n.Data.OTP = code
	text, err := s.words.Text(locales.English, "sms", "notice."+string(n.Kind), noticeValues(n.Data, s.core.Places))
	if err != nil {
		return outbox.Message{}, &outbox.Failure{Policy: outbox.GiveUp, Code: "no words", Err: err}
	}
	return outbox.Message{Lang: locales.English, Text: text, Segments: locales.Segments(text)}, nil
}

// calledBy is what a person is called, where a name was spoken the year of
// birth that it was said with.
func calledBy(a booking.Applicant) any {
	if a.Name == "" {
		return dialog.Recorded{Recording: a.Recording, BirthYear: a.BirthYear}
	}
	return booking.Short(a.Name, sms.VarMost)
}

// A name is cut, at the end of a word where there is one, so that a notice keeps
// to noticeMost segments, but never below nameLeast: what is longer even then
// costs more. All else in it a citizen needs as it is, and a long name he knows.
const nameLeast = 12

// noticeMost is how many segments a notice should cost in a language.
func noticeMost(lang string) int {
	if locales.Script(lang) == "Latn" {
		return 1
	}
	return 2
}

// fitted words a notice with as much of the name as fits, and leaves in values
// what it took.
func fitted(words *locales.Catalogue, lang string, kind booking.NoticeKind, values map[string]any) (string, error) {
	word := func() (string, error) { return words.Text(lang, "sms", "notice."+string(kind), values) }
	over := func(text string) bool { return locales.Segments(text) > noticeMost(lang) }
	text, err := word()
	name, ok := values["Name"].(string)
	if !ok {
		return text, err
	}
	for limit := sms.VarMost - 1; limit >= nameLeast && err == nil && over(text); limit-- {
		values["Name"] = shortName(name, limit)
		text, err = word()
	}
	if err == nil && over(text) { // then nothing is gained by it
		values["Name"] = name
		return word()
	}
	return text, err
}

// shortName is a name of at most so many letters: whole words, unless that would
// leave too little to tell people apart by.
func shortName(name string, most int) string {
	short := booking.Short(name, most)
	if rest := strings.TrimPrefix(name, short); rest == "" || rest[0] == ' ' {
		return short
	}
	if i := strings.LastIndexByte(short, ' '); i >= 0 && utf8.RuneCountInString(short[:i]) >= nameLeast {
		return short[:i]
	}
	return short
}

// noticeValues is what a notice's text may name. A name is cut to what a
// variable of a registered text holds. A one-time password is its digits by now.
// To is empty: the number that citizens text is the program's setting.
func noticeValues(d booking.NoticeData, places *booking.Places) map[string]any {
	if d.OTP != "" {
		return map[string]any{"Code": d.OTP}
	}
	v := map[string]any{"Name": booking.Short(d.Name, sms.VarMost), "Reference": d.Reference, "Code": booking.SecretCode(d.Reference), "To": ""}
	if d.Centre != 0 {
		c, _ := places.Centre(d.Centre)
		v["Centre"], v["Day"], v["Window"], v["When"] = c.Short, d.Day, d.Window, locales.Brief{Day: d.Day, Window: d.Window}
		v["PhotoID"] = photoID(d.PhotoID)
	}
	return v
}

// photoID is a photo id by its key, worded.
type photoID string

// Word is the id of its short name in the catalogue.
func (k photoID) Word() string { return "bring." + string(k) }
