package sms

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"tikaline/outbox"

	"tikaline/channel"
)

// TokenField is the parameter of a report's address that has the outbox's mark
// on the attempt it is about.
const TokenField = "t"

// A Journal notes what became of messages of ours. Reported is durable when it
// returns nil. A token that is none of ours, or another provider's, is an
// outbox.ErrToken and refused; any other error has the provider report again.
type Journal interface {
	Reported(ctx context.Context, r Report) error
}

// Register serves the adapters: texts at /sms/{provider}/{secret} and delivery
// reports at …/status, or without a secret where a provider signs. Whatever
// else is asked for under /sms gets the same 404, so that nobody learns which
// providers there are; and so does whoever asks from another network than allow
// names for the provider. Adapters read no more than 64 KiB of a request, and only
// once they know who sends it.
func Register(e *echo.Echo, gw *Gateway, journal Journal, adapters []Adapter, allow channel.Allowed, m ...echo.MiddlewareFunc) error {
	secret, signed := map[string]Adapter{}, map[string]Adapter{}
	for _, a := range adapters {
		to := secret
		if a.Name() == twilioName {
			to = signed
		}
		if to[a.Name()] != nil {
			return fmt.Errorf("sms provider %s is there twice", a.Name())
		}
		to[a.Name()] = a
	}
	text := func(of map[string]Adapter) echo.HandlerFunc {
		return func(c echo.Context) error { return receive(c, gw, allow, of[c.Param("provider")]) }
	}
	status := func(of map[string]Adapter) echo.HandlerFunc {
		return func(c echo.Context) error { return report(c, journal, allow, of[c.Param("provider")]) }
	}
	// GET, POST, as the provider likes.
	channel.Guarded("the secret in the path, or a signature, the provider's networks; 64 KiB", e.Any("/sms/:provider/:secret", func(c echo.Context) error {
		// A signing provider's status lies where another's secret would be.
		if a := signed[c.Param("provider")]; a != nil && c.Param("secret") == "status" {
			return report(c, journal, allow, a)
		}
		return text(secret)(c)
	}, m...)...)
	channel.Guarded("the secret in the path and the outbox's token, the provider's networks; 64 KiB", e.Any("/sms/:provider/:secret/status", status(secret), m...)...)
	channel.Guarded("a signature, the provider's networks; 64 KiB", e.Any("/sms/:provider", text(signed), m...)...)
	return nil
}

// errLooked is of a request that only asks whether somebody is there, by who
// may: it is answered with 200, and nothing is done.
var errLooked = errors.New("only looked whether somebody is there")

// receive answers one text.
func receive(c echo.Context, gw *Gateway, allow channel.Allowed, a Adapter) error {
	if a == nil {
		return echo.ErrNotFound
	}
	if err := allow.Check(c, a.Name()); err != nil {
		return err
	}
	start := gw.Now()
	e, err := a.Inbound(c)
	if errors.Is(err, errLooked) {
		return c.NoContent(http.StatusOK)
	}
	if err != nil {
		channel.Count(gw.Observer, medium, a.Name(), Rejected, gw.Now().Sub(start))
		return err
	}
	e.Provider = a.Name()
	if err := gw.Receive(c.Request().Context(), e); err != nil {
		return again(err)
	}
	return a.Answer(c, e)
}

// report answers one delivery report.
func report(c echo.Context, journal Journal, allow channel.Allowed, a Adapter) error {
	if a == nil || journal == nil {
		return echo.ErrNotFound
	}
	if err := allow.Check(c, a.Name()); err != nil {
		return err
	}
	r, err := a.Report(c)
	if errors.Is(err, errLooked) {
		return c.NoContent(http.StatusOK)
	}
	if err != nil {
		return err
	}
	r.Provider = a.Name()
	if r.Status != "" {
		err := journal.Reported(c.Request().Context(), r)
		if errors.Is(err, outbox.ErrToken) {
			return echo.ErrForbidden
		}
		if err != nil {
			return again(fmt.Errorf("note a report: %w", err))
		}
	}
	return c.NoContent(http.StatusOK)
}

// again has the provider bring it again. Busy is no fault of ours to look for.
func again(err error) error {
	if errors.Is(err, ErrBusy) {
		return echo.NewHTTPError(http.StatusServiceUnavailable, "busy").SetInternal(err)
	}
	return err
}
