package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"

	"github.com/labstack/echo/v4"

	"tikaline/ivr"
	"tikaline/ussd"
	"tikaline/web/cowin"
)

// handleError is the one place where an error becomes an answer. A request
// that we cannot use gets its status and what is wrong with it; trouble of
// ours is logged once under a reference, and the channel says sorry with it.
func (s *service) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if s.pages != nil && s.pages.Answers(c) {
		s.pageError(err, c)
		return
	}
	if h, ok := errors.AsType[*echo.HTTPError](err); ok && h.Code < http.StatusInternalServerError {
		s.answer(c, c.String(h.Code, fmt.Sprintln(h.Message)))
		return
	}
	ref := newReference()
	if a, ok := errors.AsType[*cowin.Unanswered](err); ok {
		s.log.Error("a program got an apology", "err", a.Err, "reference", ref, "path", c.Path())
		s.answer(c, a.Sorry(c, ref))
		return
	}
	if v, ok := errors.AsType[*ivr.Unanswered](err); ok {
		s.log.Error("caller got an apology", "err", v.Err, "reference", ref, slog.Any("event", v.Event()))
		s.answer(c, v.Sorry(c, ref))
		return
	}
	u, ours := errors.AsType[*ussd.Unanswered](err)
	if !ours {
		s.log.Error("request failed", "err", err, "reference", ref, "path", c.Path())
		s.answer(c, c.String(http.StatusInternalServerError, "Something went wrong here. Reference "+ref+"\n"))
		return
	}
	s.log.Error("caller got an apology", "err", u.Err, "reference", ref, slog.Any("event", u.Event()))
	s.answer(c, u.Sorry(c, ref))
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
