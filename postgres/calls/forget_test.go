package calls_test

import (
	"testing"

	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

func TestForgetCalls(t *testing.T) {
	t.Parallel()
	f := newFixture(t, postgres.Options{})
	year := storetest.Noon().AddDate(-1, 0, 0)
	f.Exec(`INSERT INTO call (cell, provider, provider_id, msisdn, id, direction, lang, spoken, started_at, millis, outcome, steps, notice_id)
		SELECT n % 3, 'twilio', 'CA' || n, '+9198000000' || lpad(n::text, 2, '0'), gen_random_uuid(), 'in', 'hi', 0,
			$1::timestamptz + (n - 6) * INTERVAL '1 day', 0, 'completed', 1, gen_random_uuid()
		FROM generate_series(1, 10) n`, year)
	f.Exec(`INSERT INTO handover (cell, id, msisdn, provider, provider_id, lang, flow, step, state, why, queued_at, taken_by, outcome)
		SELECT n, gen_random_uuid(), '', 'twilio', 'CA' || n, 'hi', '', '', '', 'asked', $1::timestamptz + (n - 2) * INTERVAL '1 day', '', ''
		FROM generate_series(1, 3) n`, year)
	for _, want := range []int{3, 2, 0} { // three at a time, five in all
		if n, err := f.ForgetCalls(t.Context(), year, 3); n != want || err != nil {
			t.Errorf("forgot %d, %v; want %d", n, err, want)
		}
	}
	if n := f.CountRows(`SELECT count(*) FROM call WHERE started_at >= $1`, year); n != 5 || f.CountRows(`SELECT count(*) FROM call`) != 5 {
		t.Errorf("%d younger calls are left", n)
	}
	if n := f.CountRows(`SELECT count(*) FROM handover`); n != 2 {
		t.Errorf("%d hand-overs are left", n)
	}
}
