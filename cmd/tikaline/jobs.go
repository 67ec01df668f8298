package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tikaline/dialog"
	"tikaline/ivr"
	"tikaline/jobs"
	"tikaline/limits"
	"tikaline/otp"
)

// How often what somebody waits for is done, how many rows a statement takes,
// and how long things are kept.
const (
	promptly = time.Minute
	batch    = 1000

	inboundKept = 30 * 24 * time.Hour // no provider brings a text again after that
	otpKept     = 3 * 24 * time.Hour  // a number is counted for a day and blocked for another
)

// jobs is everything periodic. Adding one takes a line here, and its function.
// What has a lease is done by one node at a time; all else is for this node
// alone, or does no harm when several nodes do it at once.
func (s *service) jobs() []jobs.Job {
	list := []jobs.Job{
		// what citizens would notice first
		{Name: "places", Every: s.config.Refresh, Do: jobs.Once(s.refreshPlaces())},
		{Name: "analyze", Every: s.config.Refresh, Do: jobs.Counted(s.store.AnalyzeGrown)},
		{Name: "watch_codes", Every: otp.WatchEvery, Do: jobs.Once(s.codes.Watch())},
		{Name: "share_limits", Every: limits.ShareEvery, Do: jobs.Once(s.limits.Sharing())},
		{Name: "share_sign_ins", Every: limits.ShareEvery, Do: jobs.Once(s.signIns.Sharing())},

		// what somebody waits for
		{Name: "holds", Every: promptly, Budget: 10 * time.Second, Do: jobs.Batches(batch, s.core.ExpireHolds)},
		{Name: "offers", Every: promptly, Do: jobs.Counted(s.core.OfferPlaces)},
		{Name: "reminders", Every: promptly, Do: jobs.Counted(s.core.Remind)},
		{Name: "call_backs", Every: 15 * time.Second, Budget: 5 * time.Second, Do: jobs.Batches(batch, s.calls.Unheard)},
		{Name: "recordings", Every: s.config.Refresh, Do: jobs.Counted(s.fetcher().FetchRecordings)},

		// housekeeping
		jobs.Housekeeping("missed", s.core.Expire),
		jobs.Housekeeping("lost_calls", s.calls.LoseCalls),
		jobs.Housekeeping("forget_conversations", s.before(-dialog.TTL, s.store.Conversations.Forget)),
		jobs.Housekeeping("forget_texts", s.before(-inboundKept, s.store.Conversations.ForgetInbound)),
		jobs.Housekeeping("forget_codes", s.before(-otpKept, s.store.OTP.ForgetOTP)),
		jobs.Housekeeping("forget_sign_ins", s.before(0, s.store.Staff.ForgetSignIns)),
		jobs.Housekeeping("forget_limits", s.before(0, s.store.Limits.ForgetLimits)),
		jobs.Housekeeping("forget_recordings", s.calls.ForgetRecordings),
		jobs.Housekeeping("forget_hand_overs", s.calls.ForgetHandOvers),
		jobs.Housekeeping("forget_calls", s.forgetCalls),
	}
	if s.config.NoticesKept > 0 {
		list = append(list, jobs.Housekeeping("forget_notices", s.before(-s.config.NoticesKept, s.store.Outbox.ForgetNotices)))
	}
	return list
}

// before binds what forgets to a time that is so far from now.
func (s *service) before(off time.Duration, forget func(ctx context.Context, before time.Time, limit int) (int, error)) func(context.Context, int) (int, error) {
	return func(ctx context.Context, limit int) (int, error) { return forget(ctx, s.core.Now().Add(off), limit) }
}

// forgetCalls forgets the calls of more than a year ago.
func (s *service) forgetCalls(ctx context.Context, limit int) (int, error) {
	return s.store.Calls.ForgetCalls(ctx, s.core.Now().AddDate(-1, 0, 0), limit)
}

// refreshPlaces keeps the search in step with the store: it reads which free
// places have changed, and once a minute everything, for centres and sessions
// that an operator brought in. A search that is some seconds old still finds
// centres.
func (s *service) refreshPlaces() func(context.Context) error {
	var since, whole time.Time
	return func(ctx context.Context) error {
		counts, next, err := s.store.Places.SlotCounts(ctx, since)
		if err != nil {
			return err
		}
		since = next
		if unknown := s.core.Places.Update(counts); unknown == 0 && time.Since(whole) < promptly {
			return nil
		}
		d, err := s.store.Places.LoadDirectory(ctx)
		if err != nil {
			return err
		}
		s.core.Places.Replace(d)
		whole = time.Now()
		return nil
	}
}

// fetcher fetches recorded names, and has providers delete theirs.
func (s *service) fetcher() *ivr.Fetcher {
	sources, err := s.config.Calls.Sources(s.config.withCalls())
	if err != nil { // checked where calls are answered; nothing else waits for it
		s.log.Error("recorded names are not fetched", "err", err)
	}
	return &ivr.Fetcher{Store: s.store.Calls, Rules: s.calls, Sources: sources, Now: s.core.Now, Log: s.log}
}

// runner runs the jobs, and counts their runs.
func (s *service) runner() *jobs.Runner {
	list := s.jobs()
	return &jobs.Runner{
		Jobs: list, Now: s.core.Now, Look: s.config.Refresh, Log: s.log, Leases: s.store.Leases, Observer: newJobMeters(s.meters.registry, list),
	}
}

// jobMeters counts runs of jobs.
type jobMeters struct {
	seconds  *prometheus.HistogramVec
	failures *prometheus.CounterVec
}

func newJobMeters(r prometheus.Registerer, list []jobs.Job) *jobMeters {
	m := &jobMeters{
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tikaline_job_seconds", Help: "How long a run of a periodic job took.", Buckets: []float64{.001, .01, .1, 1, 10, 60},
		}, []string{"job"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tikaline_job_failures_total", Help: "Runs of a periodic job that failed.",
		}, []string{"job"}),
	}
	r.MustRegister(m.seconds, m.failures)
	for _, j := range list {
		m.seconds.WithLabelValues(j.Name)
		m.failures.WithLabelValues(j.Name)
	}
	return m
}

// Ran counts a run.
func (m *jobMeters) Ran(job string, took time.Duration, err error) {
	m.seconds.WithLabelValues(job).Observe(took.Seconds())
	if err != nil {
		m.failures.WithLabelValues(job).Inc()
	}
}
