package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
)

// serveBare serves the least that any echo program does for a USSD request:
// read the form, answer a text; and for a GET of the API: answer JSON. All cost
// beyond it is Tikaline's.
func serveBare(ctx context.Context, addr, text string) error {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.POST("/ussd/africastalking/:secret", func(c echo.Context) error {
		for _, name := range []string{"sessionId", "phoneNumber", "serviceCode", "text"} {
			if c.FormValue(name) == "" && name != "text" {
				return echo.NewHTTPError(http.StatusBadRequest, name+" is required")
			}
		}
		return c.String(http.StatusOK, text)
	})
	body := []byte(text)
	e.GET("/api/*", func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(body))) // or it would be sent chunked
		return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
	})
	e.GET("/readyz", func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	go func() {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		e.Shutdown(ctx) // it ends with the process anyway
	}()
	if err := e.Start(addr); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
