package notices

import (
	"context"

	"tikaline/booking"
	"tikaline/locales"
	"tikaline/otp"
	"tikaline/outbox"
)

// A Writer words notices. All of its fields but To are needed.
type Writer struct {
	Words  *locales.Catalogue
	Places *booking.Places
	Lang   string // for a household whose own language is not known
	To     string // the number that citizens text, as notices tell it; "" tells none

	// Household returns the people of a number.
	Household func(context.Context, booking.MSISDN) (booking.Household, error)

	// Pending reports whether a notice is still true and wanted.
	Pending func(context.Context, booking.Notice) (bool, error)

	// Code returns the digits of a one-time password, or an [otp.Refusal]
	// where it would come too late.
	Code func(context.Context, booking.Notice) (string, error)
}

// Word returns a notice in its final words, in the language that its household
// has by now. A reply has its words already. An error that is an
// [outbox.Failure] is final: the notice is never sent. Any other may pass.
func (w *Writer) Word(ctx context.Context, n booking.Notice) (outbox.Message, error) {
	if n.Kind == booking.NoticeReply {
		return message(n.Data.Lang, n.Data.Text), nil
	}
	if n.Kind == booking.NoticeOTP {
		return w.wordCode(ctx, n)
	}
	pending, err := w.Pending(ctx, n)
	if err != nil {
		return outbox.Message{}, err
	}
	if !pending {
		return outbox.Message{}, &outbox.Failure{Policy: outbox.GiveUp, Code: "no longer true"}
	}
	h, err := w.Household(ctx, n.To)
	if err != nil {
		return outbox.Message{}, err
	}
	lang := h.Language
	if lang == "" {
		lang = w.Lang
	}
	values := Values(n.Data, w.Places)
	values["To"] = w.To
	if n.Data.Name == "" {
		// The name was spoken when the notice was queued; by now it may be written down.
		person, there := h.Person(n.Data.Reference)
		if !there {
			person.BirthYear = n.Data.BirthYear
		}
		values["Name"] = nameOf(person.Applicant)
	}
	text, err := Text(w.Words, lang, n.Kind, values)
	if err != nil {
		return outbox.Message{}, noWords(err)
	}
	return message(lang, text), nil
}

// wordCode words a one-time password. The code is made now, which takes no
// query. Its words are the same in every language.
func (w *Writer) wordCode(ctx context.Context, n booking.Notice) (outbox.Message, error) {
	code, err := w.Code(ctx, n)
	if _, late := otp.AsRefusal(err); late {
		return outbox.Message{}, &outbox.Failure{Policy: outbox.GiveUp, Code: "too late", Err: err}
	}
	if err != nil {
		return outbox.Message{}, &outbox.Failure{Policy: outbox.GiveUp, Code: "no key", Err: err}
	}
	n.Data.OTP = code
	text, err := w.Words.Text(locales.English, "sms", textID(n.Kind), Values(n.Data, w.Places))
	if err != nil {
		return outbox.Message{}, noWords(err)
	}
	return message(locales.English, text), nil
}

// noWords gives a notice up: the words are part of the program, so that later
// they are missing as well.
func noWords(err error) error {
	return &outbox.Failure{Policy: outbox.GiveUp, Code: "no words", Err: err}
}

func message(lang, text string) outbox.Message {
	return outbox.Message{Lang: lang, Text: text, Segments: locales.Segments(text)}
}

// textID is what the catalogue and the registry call a notice's text.
func textID(kind booking.NoticeKind) string { return "notice." + string(kind) }
