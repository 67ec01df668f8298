package batch

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the metrics of the batch writers.
type metrics struct {
	size, wait, took *prometheus.HistogramVec
	failures         *prometheus.CounterVec
}

// meters are the metrics of one operation, looked up once.
type meters struct {
	size, wait, took                      prometheus.Observer
	busy, retry, gaveUp, poison, panicked prometheus.Counter
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	times := prometheus.ExponentialBuckets(0.0005, 2, 16) // to 16 s
	m := &metrics{
		size: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tikaline_store_batch_size", Help: "Calls that shared a transaction.",
			Buckets: []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000},
		}, []string{"op"}),
		wait: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tikaline_store_wait_seconds", Help: "How long a call waited for its batch to begin.", Buckets: times,
		}, []string{"op"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tikaline_store_batch_seconds", Help: "How long a batch took, with what was tried again.", Buckets: times,
		}, []string{"op"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tikaline_store_failures_total", Help: "What went wrong, by reason.",
		}, []string{"op", "reason"}),
	}
	if r == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.size, m.wait, m.took, m.failures} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// of makes every series of an operation, so that each exists from the start.
func (m *metrics) of(op string) meters {
	return meters{
		size: m.size.WithLabelValues(op), wait: m.wait.WithLabelValues(op), took: m.took.WithLabelValues(op),
		busy:     m.failures.WithLabelValues(op, "queue_full"),
		retry:    m.failures.WithLabelValues(op, "retried"),
		gaveUp:   m.failures.WithLabelValues(op, "gave_up"),
		poison:   m.failures.WithLabelValues(op, "poison"),
		panicked: m.failures.WithLabelValues(op, "panic"),
	}
}
