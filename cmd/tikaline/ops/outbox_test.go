package ops

import (
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tikaline/booking"
	"tikaline/postgres/pgtest"
)

// TestOutbox is an operator's work: to see what was given up, and to send it
// again, without seeing anybody's number or words.
func TestOutbox(t *testing.T) {
	t.Parallel()
	db := pgtest.URL(t)
	conn, err := pgx.Connect(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	number := booking.MSISDN(firstNumber)
	const id = "01890000-0000-7000-8000-000000000001"
	if _, err := conn.Exec(t.Context(), `
		INSERT INTO outbox (cell, id, msisdn, key, kind, medium, priority, due_at, status, reason, attempts, data, tried, created_at, updated_at)
		VALUES ($1, $2, $3, 'k', 'booked', 'sms', 30, now(), 'dead', '21614', 1, '{"name": "Asha"}',
			'[{"at": "2021-05-05T04:30:00Z", "by": "twilio", "then": "give_up", "code": "21614"}]', now(), now())`,
		number.Cell(), id, string(number)); err != nil {
		t.Fatal(err)
	}
	see := func(want string, args ...string) {
		t.Helper()
		out, err := runs(t, append(append([]string{"outbox"}, args...), "--database-url="+db)...)
		if err != nil {
			t.Fatal(err)
		}
		if ok, _ := regexp.MatchString(want, out); !ok {
			t.Errorf("%v: no %s in\n%s", args, want, out)
		}
		if strings.Contains(out, string(number)[3:]) || strings.Contains(out, "Asha") {
			t.Errorf("%v shows who it is:\n%s", args, out)
		}
	}
	see(`dead +21614 +1\b`, "list")
	see(id+` +…001 +booked +dead +21614 .* twilio 10:00 21614`, "dead")
	see(`1 of 1 will be sent again`, "again", id)
	see(`queued +1\b`, "list")
	if _, err := runs(t, "outbox", "again", id, "--database-url="+db); err == nil || !strings.Contains(err.Error(), "not among the dead") {
		t.Errorf("sent again twice: %v", err)
	}
	if _, err := runs(t, "outbox", "again", "17", "--database-url="+db); err == nil || !strings.Contains(err.Error(), "not an id") {
		t.Errorf("17 is an id: %v", err)
	}
}
