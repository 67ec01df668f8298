package main

import (
	"fmt"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/internal/eventually"
	"tikaline/postgres/pgtest"
)

// TestKeeper_forgets: what is of no more use is gone soon after the program
// begins, without anybody asking.
func TestKeeper_forgets(t *testing.T) {
	t.Parallel()
	s := &stage{t: t, ctx: t.Context(), clock: &clock{now: startOf(t, "")}, db: pgtest.URL(t), read: map[string]int{},
		args: []string{"--notices-kept=1000h"}}
	number := booking.MSISDN(firstNumber)
	for i, age := range []int{999, 1001} {
		s.sql(fmt.Sprintf(`
			INSERT INTO outbox (cell, id, msisdn, key, kind, medium, priority, due_at, status, data, created_at, updated_at)
			SELECT %d, gen_random_uuid(), '%s', 'k%d', 'booked', 'sms', 30, at, 'sent', '{}', at, at
			FROM (SELECT TIMESTAMPTZ '%s' - INTERVAL '%d hours' AS at) a`,
			number.Cell(), number, i, s.clock.Now().Format(time.RFC3339), age))
	}
	s.start()
	const query = `SELECT string_agg(key, ' ') FROM outbox`
	if !eventually.Within(10*time.Second, func() bool { return s.stored(query) == query+" => k0\n" }) {
		t.Fatalf("left are %s", s.stored(query))
	}
}
