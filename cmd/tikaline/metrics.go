package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"tikaline/channel"
	"tikaline/limits"
	"tikaline/postgres"
	"tikaline/ussd"
)

// meters counts what the channels do. Every series exists from the start where
// its labels are known, so that a rate of nothing is 0 and not missing.
type meters struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec // channel, provider, outcome
	steps    *prometheus.CounterVec // dialogue, step
	seconds  *prometheus.HistogramVec
	limited  *prometheus.CounterVec // limit
}

func newMeters(providers map[string]string) *meters {
	m := &meters{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tikaline_requests_total", Help: "Requests of providers, by what became of them.",
		}, []string{"channel", "provider", "outcome"}),
		steps: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tikaline_steps_total", Help: "Questions put to callers.",
		}, []string{"dialogue", "step"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tikaline_reply_seconds", Help: "Time to a reply.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 4},
		}, []string{"channel", "provider"}),
	}
	m.limited = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "tikaline_limited_total", Help: "Requests refused as too many, by the limit that was reached.",
	}, []string{"limit"})
	m.registry.MustRegister(m.requests, m.steps, m.seconds, m.limited,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for p := range providers {
		for _, o := range ussd.Outcomes {
			m.requests.WithLabelValues("ussd", p, string(o))
		}
		m.seconds.WithLabelValues("ussd", p)
	}
	return m
}

// Answered counts a provider's request.
func (m *meters) Answered(medium, provider string, o channel.Outcome, took time.Duration) {
	m.requests.WithLabelValues(medium, provider, string(o)).Inc()
	m.seconds.WithLabelValues(medium, provider).Observe(took.Seconds())
}

// Asked counts a question put to a caller.
func (m *meters) Asked(flow, step string) {
	if flow == "" {
		flow, step = "end", "end"
	}
	m.steps.WithLabelValues(flow, step).Inc()
}

// limits counts what each limit refuses.
func (m *meters) limits(l *limits.Limits) {
	for _, r := range l.Rules() {
		m.limited.WithLabelValues(r)
	}
	l.Observe(func(rule string) { m.limited.WithLabelValues(rule).Inc() })
}

// pool shows the connections to Postgres.
func (m *meters) pool(stat func() postgres.Stat) {
	for name, read := range map[string]func(postgres.Stat) int{
		"acquired": func(s postgres.Stat) int { return s.Acquired },
		"idle":     func(s postgres.Stat) int { return s.Idle },
		"max":      func(s postgres.Stat) int { return s.Max },
	} {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tikaline_db_connections", Help: "Connections to Postgres.", ConstLabels: prometheus.Labels{"state": name},
		}, func() float64 { return float64(read(stat())) }))
	}
}
