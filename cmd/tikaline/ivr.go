package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"tikaline/booking"
	"tikaline/channel"
	"tikaline/dialog"
	"tikaline/ivr"
	"tikaline/ivr/audio"
)

// serveCalls serves what providers ask about calls, and what they play.
func (s *service) serveCalls(e *echo.Echo) error {
	hours, err := s.config.Calls.Hours()
	if err != nil {
		return err
	}
	all, allow, err := s.config.Calls.Inbound(s.config.withCalls())
	if err != nil {
		return err
	}
	names := s.player()
	gw := &ivr.Gateway{
		Conversations: &dialog.Conversations{Store: s.conversations, Now: s.world.Now},
		Engine:        dialog.New(newID),
		Desk:          func(n booking.MSISDN) dialog.Core { return s.calls.Desk(s.core.Desk(n, booking.IVR, "")) },
		Calls:         s.calls,
		Words:         s.words,
		Now:           s.world.Now,
		DefaultLang:   s.config.Language,
		Deadline:      s.config.Calls.Deadline,
		Hours:         hours,
		Wait:          s.config.Calls.Wait,
		Music:         s.config.Calls.Music,
		Recording:     names.URL,
		Admit:         channel.NewAdmission(s.config.Callers).Enter,
		Observer:      newCallMeters(s.meters, all),
	}
	if s.config.Calls.AudioDir != "" {
		recordings, faults, err := audio.Open(os.DirFS(s.config.Calls.AudioDir), func(lang, id string) (string, bool) { return ivr.Script(s.words, lang, id) })
		if err != nil {
			return fmt.Errorf("TIKALINE_AUDIO_DIR: %w", err)
		}
		for _, f := range faults {
			s.log.Warn("a recording is not played", "recording", f.String())
		}
		gw.Voice = recordings
		channel.Guarded("open: what everybody hears", e.Match([]string{http.MethodGet, http.MethodHead}, audio.Prefix+"*", echo.WrapHandler(recordings))...)
	}
	if err := gw.Check(); err != nil {
		return fmt.Errorf("ivr: %w", err)
	}
	names.Register(e)
	return ivr.Register(e, gw, all, allow)
}

// callMeters counts what happens on the line.
type callMeters struct {
	*meters
	unanswered *prometheus.CounterVec
}

func newCallMeters(m *meters, providers []ivr.Adapter) *callMeters {
	c := &callMeters{m, prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "tikaline_unanswered_total", Help: "Questions put on the telephone that got silence, or a wrong answer.",
	}, []string{"dialogue", "step", "why"})}
	m.registry.MustRegister(c.unanswered)
	for _, p := range providers {
		for _, o := range ivr.Outcomes {
			m.requests.WithLabelValues("ivr", p.Name(), string(o))
		}
		m.seconds.WithLabelValues("ivr", p.Name())
	}
	return c
}

// Unanswered counts a question that got silence, or a wrong answer.
func (c *callMeters) Unanswered(flow, step string, why ivr.Why) {
	if flow == "" {
		flow, step = "end", "end"
	}
	c.unanswered.WithLabelValues(flow, step, string(why)).Inc()
}
