package channel

import (
	"errors"
	"log/slog"

	"github.com/labstack/echo/v4"
)

// An Apology is an error that its channel answers itself, in the form that the
// provider and the language that the caller understands.
type Apology interface {
	error

	// Sorry answers with a reference under which the log has what happened.
	Sorry(c echo.Context, reference string) error

	// Entry is what the log says of it, besides the error and the reference.
	Entry() Entry
}

// An Entry is a line of the log. Attrs hold neither a number nor what was typed
// or said.
type Entry struct {
	Level   slog.Level
	Message string
	Attrs   []slog.Attr
}

// A Claim makes an Apology of an error where a request is a channel's; nil where
// it is not.
type Claim func(c echo.Context, err error) Apology

// Apologies are the claims that channels have registered. The first one that
// knows a request has it.
type Apologies []Claim

// Of returns the Apology for an error: a claimed one, or what its handler
// returned; nil where nobody's is.
func (a Apologies) Of(c echo.Context, err error) Apology {
	for _, claim := range a {
		if s := claim(c, err); s != nil {
			return s
		}
	}
	s, _ := errors.AsType[Apology](err)
	return s
}

// Unanswered is an Apology made of its parts, for a channel that has a caller
// waiting.
type Unanswered struct {
	Err   error
	Event any // what was not answered, as it may be logged
	Say   func(c echo.Context, reference string) error
}

// Error is the error that was not foreseen.
func (u *Unanswered) Error() string { return u.Err.Error() }

// Unwrap is Err.
func (u *Unanswered) Unwrap() error { return u.Err }

// Sorry calls Say.
func (u *Unanswered) Sorry(c echo.Context, reference string) error { return u.Say(c, reference) }

// Entry logs the Event.
func (u *Unanswered) Entry() Entry {
	return Entry{slog.LevelError, "caller got an apology", []slog.Attr{slog.Any("event", u.Event)}}
}
