package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tikaline/channel"
	"tikaline/ussd"
)

// readyPatience is how long /readyz waits for the database.
const readyPatience = 2 * time.Second

// routes returns every address. Each is registered with the name of its guard;
// testdata/routes.golden lists them.
func (s *service) routes() (*echo.Echo, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.handleError
	proxies, err := s.config.proxies()
	if err != nil {
		return nil, fmt.Errorf("TIKALINE_PROXIES: %w", err)
	}
	e.IPExtractor = channel.CallerAddress(proxies)
	e.Use(middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: s.logPanic, DisablePrintStack: true, DisableErrorHandler: true}))

	gateway := s.gateway()
	if err := gateway.Check(); err != nil {
		return nil, fmt.Errorf("ussd: %w", err)
	}
	settings, err := s.config.USSD.Settings(s.config.Demo)
	if err != nil {
		return nil, err
	}
	if err := ussd.Register(e, gateway, settings); err != nil {
		return nil, fmt.Errorf("ussd: %w", err)
	}
	if err := s.serveTexts(e); err != nil {
		return nil, err
	}
	if err := s.serveCalls(e); err != nil {
		return nil, err
	}
	if err := s.serveWeb(e); err != nil {
		return nil, err
	}
	channel.Guarded("open: says nothing but that we run", e.GET("/healthz", s.healthz))
	channel.Guarded("open: says nothing but whether we can serve", e.GET("/readyz", s.readyz))
	channel.Guarded("open: counts, no person's data", e.GET("/metrics", echo.WrapHandler(promhttp.HandlerFor(s.meters.registry, promhttp.HandlerOpts{}))))
	if s.config.Demo || s.world.Inbox {
		channel.Guarded("the demo only: made-up people", e.GET("/phone/inbox", s.inbox.handle))
	}
	return e, nil
}

// healthz tells that the process runs.
func (s *service) healthz(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyz reports whether callers can be served: the database answers.
func (s *service) readyz(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyPatience)
	defer cancel()
	if err := s.store.Ping(ctx); err != nil {
		s.log.Warn("not ready", "err", err)
		return c.String(http.StatusServiceUnavailable, "the database does not answer\n")
	}
	return c.String(http.StatusOK, "ready\n")
}
