package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/cmd/tikaline/ops"
	"tikaline/limits"
	"tikaline/postgres"
	"tikaline/web/spot"
)

// serveSpot serves the page of centres' staff.
func (s *service) serveSpot(e *echo.Echo) error {
	s.signIns = limits.New(spot.Rules(), limits.Options{Key: s.reports.Key, Store: s.store.Limits, Now: s.world.Now, Log: s.log})
	s.meters.limits(s.signIns)
	return spot.Register(e, spot.Deps{
		Core: s.core, Store: s.store.Staff, SignIns: s.store.Staff.SignIns(), Limits: s.signIns, Words: s.words, Now: s.world.Now, Log: s.log,
		Lang: s.config.Language, Secure: strings.HasPrefix(s.config.PublicURL, "https://"), Origin: s.config.origin(),
	})
}

// demoStaff is the login to a centre of the demo.
const demoStaff = "demo"

// putDemoStaff gives the demo's login a new password, which it returns.
func putDemoStaff(ctx context.Context, store *postgres.Store, w ops.World) (password string, err error) {
	d, err := store.Places.LoadDirectory(ctx)
	if err != nil {
		return "", err
	}
	if len(d.Centres) == 0 {
		return "", fmt.Errorf("the demo has no centre")
	}
	if password, err = spot.NewPassword(); err != nil {
		return "", err
	}
	hash, err := spot.HashPassword(password)
	if err != nil {
		return "", err
	}
	return password, store.Staff.PutStaff(ctx, booking.StaffMember{Login: demoStaff, Name: "Demo", Centre: d.Centres[0].ID, Password: hash, At: w.Now()})
}
