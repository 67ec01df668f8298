package outbox_test

import (
	"strings"
	"testing"
	"time"

	"tikaline/booking"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

// TestClaim_calls_beside_many_texts: a claim of calls does not read the pending
// texts.
func TestClaim_calls_beside_many_texts(t *testing.T) {
	f := newFixture(t, postgres.Options{})
	ctx := t.Context()
	f.Exec(`INSERT INTO outbox (cell, id, msisdn, key, kind, medium, priority, due_at, status, data, created_at, updated_at)
		SELECT n % 1024, gen_random_uuid(), '+9198' || lpad(n::text, 8, '0'), 'k', 'reply', 'sms', 10, $1, 'queued', '{}', $1, $1
		FROM generate_series(1, 20000) n`, storetest.Noon())
	call := storetest.NewNotice(storetest.Number(1), booking.NoticeCallBack, "x")
	call.Medium, call.Priority, call.Due = "call", booking.PriorityReply, storetest.Noon()
	if err := f.Notify(ctx, call); err != nil {
		t.Fatal(err)
	}
	f.Exec(`ANALYZE outbox`)
	got, err := f.Claim(ctx, []string{"call"}, storetest.Noon(), storetest.Noon().Add(time.Minute), 10)
	if err != nil || len(got) != 1 || got[0].ID != call.ID {
		t.Fatalf("claimed %d, %v", len(got), err)
	}
	rows, err := f.Pool.Query(ctx, `EXPLAIN SELECT id FROM outbox WHERE status = 'queued' AND priority = 10 AND due_at <= now() AND medium = 'call' ORDER BY due_at, id LIMIT 10`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	plan := ""
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		plan += line + "\n"
	}
	if !strings.Contains(plan, "outbox_calls_due") {
		t.Errorf("the index of calls is of no use:\n%s", plan)
	}
}
