package sms

import (
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
)

// An Adapter speaks one provider's wire, both ways. Inbound and Report check
// who is calling before anything else: by the secret in the path (the
// parameter "secret"), or by a signature. What is wrong comes as an
// *echo.HTTPError that names a field and never shows what was in it: 404 for a
// wrong secret, 403 for a wrong signature, 413 for a body that is too large,
// 400 for anything else.
type Adapter interface {
	Name() string

	// Inbound reads a text from a citizen.
	Inbound(c echo.Context) (Event, error)

	// Answer says 200 in the provider's form, and nothing to the phone: what
	// there is to say goes by the outbox. It is also the answer to a
	// duplicate.
	Answer(c echo.Context, e Event) error

	// Report reads what became of a message of ours. One without a token is
	// refused; whether the token is ours is for the Journal to say. One without
	// a Status is no news, to be answered like any other. The answer is an empty
	// 200.
	Report(c echo.Context) (Report, error)
}

// An Event is one text from a citizen, whatever its wire looks like.
type Event struct {
	Provider string
	ID       string         // the provider's id: unique with Provider, the same whenever it is delivered again
	From     booking.MSISDN // never proof of who holds the phone
	To       string         // our number or short code, as the provider writes it
	Text     string         // valid UTF-8, otherwise as it was typed
	At       time.Time      // when it was sent, as far as the provider tells; zero where it does not

	// Of one part of a longer text, where the provider sends them singly: Part
	// counts from 1 to Parts, and Ref is the same in all of them. Parts is 0
	// for a whole text.
	Ref, Part, Parts int
}

// LogValue returns what of an Event may be logged: neither the number nor what was
// typed.
func (e Event) LogValue() slog.Value {
	return slog.GroupValue(slog.String("provider", e.Provider), slog.String("number", e.From.Tail()))
}

// String returns what LogValue shows, so that printing an Event gives nobody away.
func (e Event) String() string { return e.Provider + " …" + e.From.Tail() }

// GoString is String: %#v gives nobody away either.
func (e Event) GoString() string { return e.String() }

// A ReportStatus is what became of a message. It is stored.
type ReportStatus string

// What may become of a message. They come in any order and more than once: a
// delivery that is reported late still beats a failure, and Sent beats nothing.
const (
	Sent      ReportStatus = "sent"      // the network has it
	Delivered ReportStatus = "delivered" // the phone has it
	Failed    ReportStatus = "failed"    // it will not arrive
	Stopped   ReportStatus = "stopped"   // nor will any other: the person does not want messages
)

// A Report is a provider's word on what became of a message of ours.
type Report struct {
	Provider   string
	Token      string       // the outbox's mark on the attempt, from the address or a reference, unchecked
	ProviderID string       // the provider's, where it sends one
	Status     ReportStatus // "" is no news
	Code       string       // the provider's word for it, for the operator; neither a number nor a text
}
