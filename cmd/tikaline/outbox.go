package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"tikaline/booking"
	"tikaline/booking/postgres"
	"tikaline/locales"
)

// A postman takes what is due from the outbox, words it in the language that
// the household has now, and hands it over. What a crash interrupts is claimed
// again when its lease runs out.
type postman struct {
	store  *postgres.Store
	places *booking.Places
	words  *locales.Catalogue
	lang   string // for a household without a language
	now    func() time.Time
	log    *slog.Logger
	meters *meters
	hand   func(to booking.MSISDN, m delivered)
}

// A claimed notice is ours for the lease; the pause is how often an empty
// outbox is looked at.
const (
	postLease = 30 * time.Second
	postBatch = 100
	postPause = 200 * time.Millisecond
)

// run delivers until ctx ends.
func (p *postman) run(ctx context.Context) {
	tick := time.NewTicker(postPause)
	defer tick.Stop()
	for {
		n, err := p.round(ctx)
		if err != nil && ctx.Err() == nil {
			p.log.Error("outbox round failed", "err", err)
		}
		if n > 0 && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// round delivers what is due now and says how much it was.
func (p *postman) round(ctx context.Context) (int, error) {
	due, err := p.store.Claim(ctx, nil, p.now(), postLease, postBatch)
	if err != nil {
		return 0, fmt.Errorf("claim notices: %w", err)
	}
	for _, n := range due {
		if err := p.deliver(ctx, n); err != nil {
			return len(due), err
		}
	}
	return len(due), nil
}

func (p *postman) deliver(ctx context.Context, n postgres.Claimed) error {
	outcome := postgres.Outcome{Status: postgres.Delivered, Provider: "inbox"}
	text, err := p.text(ctx, n.Notice)
	if ctx.Err() != nil {
		return ctx.Err() // stopping: it is claimed again when its lease ends
	}
	if err != nil {
		p.log.Error("notice has no words", "err", err, "kind", n.Kind)
		outcome = postgres.Outcome{Status: postgres.Dead, Provider: "inbox", Reason: "no words"}
	} else {
		p.hand(n.To, delivered{At: p.now(), Medium: n.Medium, Text: text})
	}
	p.meters.notices.WithLabelValues(string(n.Kind), string(outcome.Status)).Inc()
	if err := p.store.Finish(ctx, n, outcome, p.now()); err != nil {
		return fmt.Errorf("finish notice: %w", err)
	}
	return nil
}

// text words a notice in the household's language.
func (p *postman) text(ctx context.Context, n booking.Notice) (string, error) {
	h, err := p.store.Household(ctx, n.To)
	if err != nil {
		return "", err
	}
	lang := h.Language
	if lang == "" {
		lang = p.lang
	}
	return p.words.Text(lang, "sms", "notice."+string(n.Kind), noticeValues(n.Data, p.places))
}

// noticeValues is what a notice's text may name.
func noticeValues(d booking.NoticeData, places *booking.Places) map[string]any {
	v := map[string]any{"Name": d.Name, "Reference": d.Reference, "Code": booking.SecretCode(d.Reference)}
	if d.Centre != 0 {
		c, _ := places.Centre(d.Centre)
		v["Centre"], v["Day"], v["Window"], v["Dose"] = c.Short, d.Day, d.Window, d.Dose
		v["PhotoID"] = photoID(d.PhotoID)
	}
	return v
}

// photoID is a photo id by its key, worded.
type photoID string

// Word is the id of its name in the catalogue.
func (k photoID) Word() string { return "option.photo_id." + string(k) }
