package main

import (
	"context"
	"time"

	"tikaline/booking"
	"tikaline/cmd/tikaline/ops"
	"tikaline/notices"
	"tikaline/outbox"
)

// senders is who carries our messages, the first one first. In the demo that is
// its inbox; elsewhere it is the providers that are set up, if any.
func (s *service) senders() ([]outbox.Route, error) {
	if s.config.Demo || s.world.Inbox {
		return []outbox.Route{{Provider: loopback{s}}}, nil
	}
	texts, err := s.config.SMS.Routes(s.config.with())
	if err != nil {
		return nil, err
	}
	calls, err := s.callRoutes()
	return append(texts, calls...), err
}

// send sends what is due until ctx ends.
func (s *service) send(ctx context.Context) error {
	routes, err := s.senders()
	if err != nil {
		return err
	}
	if len(routes) == 0 {
		s.log.Warn("no sender of messages is set up: notices wait in the outbox")
		return nil
	}
	registry, err := s.config.registry()
	if err != nil {
		return err
	}
	words := &notices.Writer{
		Words: s.words, Places: s.core.Places, Lang: s.config.Language, To: s.config.TextTo,
		Household: s.store.Bookings.Household, Pending: s.stillPending, Code: s.codes.Code,
	}
	w := &outbox.Worker{
		Store: s.store.Outbox, Providers: routes, Word: notices.Registered(registry, words.Word), Nodes: s.store.Leases, Now: s.world.Now, Log: s.log,
		Observer: newOutboxMeters(s.meters.registry, routes), Settings: outbox.Settings{
			Key: s.reports.Key,
			Kinds: map[booking.NoticeKind]outbox.Rule{
				// Who is to come at nine is reminded before nine.
				booking.NoticeReminderMorning: {Validity: 12 * time.Hour, Stops: true},
				booking.NoticeCallBack:        callBackRule,
			},
			Room: map[string]func(context.Context) int{"call": s.freeLines},
		},
	}
	return w.Run(ctx)
}

// A loopback is the demo's network: what is sent is in the inbox at once.
type loopback struct{ service *service }

// Name is what it goes by in the outbox.
func (loopback) Name() string { return "inbox" }

// Send delivers.
func (l loopback) Send(_ context.Context, m outbox.Message) (outbox.Receipt, error) {
	l.service.inbox.deliver(m.To, ops.Delivered{At: l.service.world.Now(), ID: m.ID.String(), Medium: m.Medium, Kind: string(m.Kind), Text: m.Text})
	return outbox.Receipt{Delivered: true}, nil
}

// stillPending reports whether a notice is still true, at the moment of sending.
func (s *service) stillPending(ctx context.Context, n booking.Notice) (bool, error) {
	if n.Kind == booking.NoticeCallBack {
		return s.calls.StillPending(ctx, n)
	}
	return s.core.StillPending(ctx, n)
}
