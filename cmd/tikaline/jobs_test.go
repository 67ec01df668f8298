package main

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/internal/eventually"
	"tikaline/jobs"
	"tikaline/postgres/pgtest"
)

// TestJobs_forget: what is of no more use is gone soon after the program begins,
// without anybody asking, and no more than that.
func TestJobs_forget(t *testing.T) {
	t.Parallel()
	s := &stage{t: t, ctx: t.Context(), clock: &clock{now: startOf(t, "")}, db: pgtest.URL(t), read: map[string]int{},
		args: []string{"--notices-kept=1000h"}}
	for i, age := range []int{999, 1001} {
		s.sql(oldNotices(s.clock, fmt.Sprintf("k%d", i), age, 1))
	}
	s.start()
	const query = `SELECT string_agg(key, ' ') FROM outbox`
	if !eventually.Within(10*time.Second, func() bool { return s.stored(query) == query+" => k01\n" }) {
		t.Fatalf("left are %s", s.stored(query))
	}
}

// oldNotices makes notices that were sent so many hours ago.
func oldNotices(c *clock, key string, hours, n int) string {
	number := booking.MSISDN(firstNumber)
	return fmt.Sprintf(`
		INSERT INTO outbox (cell, id, msisdn, key, kind, medium, priority, due_at, status, data, created_at, updated_at)
		SELECT %d, gen_random_uuid(), '%s', '%s' || i, 'booked', 'sms', 30, at, 'sent', '{}', at, at
		FROM (SELECT TIMESTAMPTZ '%s' - INTERVAL '%d hours' AS at) a, generate_series(1, %d) i`,
		number.Cell(), number, key, c.Now().Format(time.RFC3339), hours, n)
}

// runs returns how many runs of a job there were, from what the program counts.
func (s *stage) runs(job string) int {
	s.t.Helper()
	_, body := s.get("/metrics")
	found := regexp.MustCompile(`tikaline_job_seconds_count\{job="` + job + `"\} (\d+)`).FindStringSubmatch(body)
	if found == nil {
		s.t.Fatalf("%s is not counted", job)
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

// awaitJob returns once a run of a job has begun and ended.
func (s *stage) awaitJob(job string) {
	s.t.Helper()
	n := s.runs(job) + 2 // the next one may be under way
	eventually.True(s.t, 20*time.Second, job+" runs", func() bool { return s.runs(job) >= n })
}

// TestJobs_with_many_old_rows: while notices and conversations of long ago are
// forgotten, slice by slice, the search is refreshed as often as before, and all
// are gone in the end.
func TestJobs_with_many_old_rows(t *testing.T) {
	t.Parallel()
	const each = 30_000
	const refresh = 100 * time.Millisecond
	s := &stage{t: t, ctx: t.Context(), clock: &clock{now: startOf(t, "")}, db: pgtest.URL(t), read: map[string]int{},
		args: []string{"--notices-kept=1000h", "--refresh=" + refresh.String()}}
	s.load()
	s.sql(oldNotices(s.clock, "k", 1001, each))
	s.sql(fmt.Sprintf(`
		INSERT INTO conversation (cell, msisdn, version, state, last_message, last_reply, updated_at)
		SELECT i %% 1024, '+9198' || lpad(i::text, 8, '0'), 1, '{}', 'm', 'reply', TIMESTAMPTZ '%s' - INTERVAL '40 days'
		FROM generate_series(1, %d) i`, s.clock.Now().Format(time.RFC3339), each))
	s.start()

	const query = `SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM conversation)`
	began, before := time.Now(), s.runs("places")
	conn := s.connect()
	eventually.True(t, 3*time.Minute, "everything is forgotten", func() bool {
		eventually.Pace(t.Context(), 50*time.Millisecond) // to look is work, too
		left := 0
		if err := conn.QueryRow(t.Context(), query).Scan(&left); err != nil {
			t.Fatal(err)
		}
		return left == 0
	})
	took := time.Since(began)
	t.Logf("%d rows were forgotten in %v, in %d and %d slices; places were refreshed %d times", 2*each, took.Round(time.Millisecond),
		s.runs("forget_notices"), s.runs("forget_conversations"), s.runs("places")-before)
	if n, want := s.runs("places")-before, int(took/refresh); n < want/2 {
		t.Errorf("places were refreshed %d times in %v, want %d", n, took, want)
	}
	// How many slices there are depends on the machine; how they are cut is held in
	// fake time (jobs).
	if n := s.runs("forget_notices") + s.runs("forget_conversations"); n < 3 {
		t.Errorf("forgetting ran %d times: that is all at once", n)
	}
	_, body := s.get("/metrics")
	if failed := regexp.MustCompile(`tikaline_job_failures_total\{job="\w+"\} [1-9]`).FindString(body); failed != "" {
		t.Error(failed)
	}
}

// TestJobs_meters: a job that never failed is 0 and not missing.
func TestJobs_meters(t *testing.T) {
	t.Parallel()
	m := newMeters(nil)
	newJobMeters(m.registry, []jobs.Job{{Name: "places"}})
	all, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, f := range all {
		if n := f.GetName(); n == "tikaline_job_seconds" || n == "tikaline_job_failures_total" {
			found += len(f.GetMetric())
		}
	}
	if found != 2 {
		t.Errorf("%d series", found)
	}
}
