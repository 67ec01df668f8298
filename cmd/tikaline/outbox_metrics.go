package main

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tikaline/booking"
	"tikaline/outbox"
)

// outboxMeters counts what becomes of messages.
type outboxMeters struct {
	notices *prometheus.CounterVec // kind, provider, outcome
	waited  *prometheus.HistogramVec
	oldest  *prometheus.GaugeVec
}

func newOutboxMeters(r prometheus.Registerer, routes []outbox.Route) *outboxMeters {
	m := &outboxMeters{
		notices: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tikaline_notices_total", Help: "Messages by outcome; no provider where none was asked.",
		}, []string{"kind", "provider", "outcome"}),
		waited: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tikaline_notice_wait_seconds", Help: "Time from when a message was due until its first attempt.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800},
		}, []string{"priority"}),
		oldest: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "tikaline_outbox_age_seconds", Help: "How long the first message in the queue has waited.",
		}, []string{"priority"}),
	}
	r.MustRegister(m.notices, m.waited, m.oldest)
	providers := []string{""}
	for _, route := range routes {
		providers = append(providers, route.Provider.Name())
	}
	for _, kind := range append([]booking.NoticeKind{booking.NoticeReply}, booking.NoticeKinds...) {
		for _, p := range providers {
			for _, e := range outbox.Events {
				m.notices.WithLabelValues(string(kind), p, string(e))
			}
		}
	}
	return m
}

// Happened counts an event.
func (m *outboxMeters) Happened(kind booking.NoticeKind, provider string, e outbox.Event) {
	m.notices.WithLabelValues(string(kind), provider, string(e)).Inc()
}

// Waited counts how late a message was.
func (m *outboxMeters) Waited(p booking.Priority, d time.Duration) {
	m.waited.WithLabelValues(strconv.Itoa(int(p))).Observe(d.Seconds())
}

// Oldest shows the queue's age.
func (m *outboxMeters) Oldest(p booking.Priority, d time.Duration) {
	m.oldest.WithLabelValues(strconv.Itoa(int(p))).Set(d.Seconds())
}
