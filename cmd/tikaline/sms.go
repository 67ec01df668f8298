package main

import (
	"context"
	"fmt"

	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/channel"
	"tikaline/dialog"
	"tikaline/outbox"
	"tikaline/sms"
)

// texting is the SMS channel over the core.
func (s *service) texting() (*sms.Gateway, error) {
	own, err := sms.OwnTexts(s.words)
	if err != nil {
		return nil, fmt.Errorf("sms: %w", err)
	}
	keywords, err := sms.LoadKeywords(own...)
	if err != nil {
		return nil, fmt.Errorf("sms: %w", err)
	}
	gw := &sms.Gateway{
		Conversations: &dialog.Conversations{Store: s.store.Conversations, Inbox: s.store.Conversations, Now: s.world.Now},
		Engine:        dialog.New(newID),
		Desk:          func(n booking.MSISDN) dialog.Core { return s.calls.Desk(s.core.Desk(n, booking.SMS, "")) },
		Line:          func(n booking.MSISDN) sms.Waitlist { return s.calls.Desk(s.core.Desk(n, booking.SMS, "")) },
		Words:         s.words,
		Keywords:      keywords,
		Now:           s.world.Now,
		DefaultLang:   s.config.Language,
		Kept:          s.core.Waits.Hold,
		Admit:         channel.NewAdmission(s.config.Callers).Enter,
		Observer:      s.meters,
		Log:           s.log,
	}
	if gw.Own, err = s.config.SMS.Own(s.config.TextTo); err != nil {
		return nil, err
	}
	return gw, gw.Check()
}

// serveTexts serves what comes in by SMS, and the reports on what went out.
func (s *service) serveTexts(e *echo.Echo) error {
	gw, err := s.texting()
	if err != nil {
		return err
	}
	adapters, allow, err := s.config.SMS.Inbound(s.config.with())
	if err != nil {
		return err
	}
	return sms.Register(e, gw, s, adapters, allow)
}

// Reported notes what a provider says became of a text, and that nothing more
// is wanted where that is why.
func (s *service) Reported(ctx context.Context, r sms.Report) error {
	status, ok := map[sms.ReportStatus]outbox.Status{
		sms.Sent: outbox.Sent, sms.Delivered: outbox.Delivered, sms.Failed: outbox.Failed, sms.Stopped: outbox.Failed,
	}[r.Status]
	if !ok {
		return nil
	}
	return s.reports.Report(ctx, r.Token, outbox.Report{Provider: r.Provider, Status: status, ProviderID: r.ProviderID, Code: r.Code, Stopped: r.Status == sms.Stopped})
}
