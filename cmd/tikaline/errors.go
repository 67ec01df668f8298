package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"

	"github.com/labstack/echo/v4"

	"tikaline/channel"
)

// handleError is the one place where an error becomes an answer. A request
// that we cannot use gets its status and what is wrong with it; trouble of
// ours is logged once under a reference, and the channel says sorry with it.
func (s *service) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	apology := s.apologies.Of(c, err)
	if h, ok := errors.AsType[*echo.HTTPError](err); ok && apology == nil && h.Code < http.StatusInternalServerError {
		s.answer(c, c.String(h.Code, fmt.Sprintln(h.Message)))
		return
	}
	if apology == nil {
		apology = &failure{err, c.Path()}
	}
	ref := newReference()
	entry := apology.Entry()
	attrs := append([]slog.Attr{slog.Any("err", err), slog.String("reference", ref)}, entry.Attrs...)
	s.log.LogAttrs(context.WithoutCancel(c.Request().Context()), entry.Level, entry.Message, attrs...)
	err = apology.Sorry(c, ref)
	if err != nil && !c.Response().Committed { // a number is better than nothing
		s.log.Error("saying sorry failed", "err", err, "reference", ref, "path", c.Path())
		err = c.String(http.StatusInternalServerError, "Reference "+ref+"\n")
	}
	s.answer(c, err)
}

// A failure is an error that no channel says sorry for.
type failure struct {
	error
	path string // the route's, in which there is no secret
}

// Sorry answers 500.
func (f *failure) Sorry(c echo.Context, ref string) error {
	return c.String(http.StatusInternalServerError, "Something went wrong here. Reference "+ref+"\n")
}

// Entry logs the route.
func (f *failure) Entry() channel.Entry {
	return channel.Entry{Level: slog.LevelError, Message: "request failed", Attrs: []slog.Attr{slog.String("path", f.path)}}
}

// answer notes that an answer could not be sent: the other side went away.
func (s *service) answer(_ echo.Context, err error) {
	if err != nil {
		s.log.Debug("answer not sent", "err", err)
	}
}

// logPanic turns a panic into an ordinary error; the stack is for the log and
// nobody else.
func (s *service) logPanic(_ echo.Context, err error, stack []byte) error {
	s.log.Error("panic", "err", err, "stack", string(stack))
	return err
}

// newReference is a number that a caller can read out: six digits.
func newReference() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "000000"
	}
	return fmt.Sprintf("%06d", n)
}
