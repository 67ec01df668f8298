package access_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/limits"
	"tikaline/otp"
	"tikaline/web/access"
)

// A board is a limits.Store through which two nodes share their counts.
type board struct{ rows map[string]limits.Count }

func (b *board) ShareLimits(_ context.Context, node uuid.UUID, now time.Time, mine []limits.Count, _ time.Time) ([]limits.Count, time.Time, error) {
	for _, c := range mine {
		b.rows[fmt.Sprint(node, c.Rule, c.Subject)] = c
	}
	var others []limits.Count
	for _, c := range b.rows {
		if c.Node != node && c.Ends.After(now) {
			others = append(others, c)
		}
	}
	return others, now, nil
}

func (b *board) ForgetLimits(context.Context, time.Time, int) (int, error) { return 0, nil }

// TestLeave: a session that was left is over at every node, at whatever time of
// the day, and after a restart; no other is.
func TestLeave(t *testing.T) {
	keys, err := otp.NewKeys(strings.Repeat("a secret ", 5))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2021, 5, 3, 0, 0, 0, 0, time.UTC)
	shared := &board{rows: map[string]limits.Count{}}
	node := func() *access.Limits {
		return access.NewLimits(access.Figures{}, keys, shared, func() time.Time { return now }, nil)
	}
	share := func(nodes ...*access.Limits) {
		t.Helper()
		for _, n := range nodes {
			if _, err := n.Share(t.Context(), time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	one, other := node(), node()
	for hour := range 24 {
		session := fmt.Sprint("session of hour ", hour)
		if one.Left(session) {
			t.Fatal("left before it was")
		}
		one.Leave(session)
		share(one, other)
		restarted := node()
		share(restarted)
		for name, n := range map[string]*access.Limits{"here": one, "there": other, "after a restart": restarted} {
			if !n.Left(session) {
				t.Errorf("%s, at %d o'clock, it is not left", name, hour)
			}
		}
		now = now.Add(time.Hour)
		for back := range 2 { // as long as a session can last, and longer
			if before := hour - back; before >= 0 && !other.Left(fmt.Sprint("session of hour ", before)) {
				t.Errorf("what was left at %d o'clock is good again", before)
			}
		}
	}
	if other.Left("another session") {
		t.Error("one that nobody left is over")
	}
}
