package outbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tikaline/booking"
)

// shown is a decision in a line: what is done with the notice, how the attempt is
// kept, and what is counted.
func shown(d decision) string {
	var b strings.Builder
	if d.Stop {
		b.WriteString("stop the number, ")
	}
	try := d.Change.Try
	switch ch := d.Change; {
	case d.Next != nil:
		b.WriteString("next provider")
		try = d.Next
	case ch.Status == Queued && ch.Due.IsZero():
		b.WriteString("queued as it was")
	case ch.Status == Queued:
		fmt.Fprintf(&b, "queued in %v", ch.Due.Sub(noon))
	case ch.Status == Sending:
		fmt.Fprintf(&b, "in doubt for %v", ch.Lease.Sub(noon))
	default:
		b.WriteString(string(ch.Status))
	}
	if d.Change.Reason != "" {
		fmt.Fprintf(&b, " (%s)", d.Change.Reason)
	}
	if try != nil {
		fmt.Fprintf(&b, ", tried %q %q", try.Policy, try.Code)
	}
	for _, e := range d.Events {
		fmt.Fprintf(&b, ", %s", e)
	}
	return b.String()
}

// The values of what a decision after a failure depends on. Of providers, a tired
// one may still be asked but has failed with this notice before; time is short
// where a later attempt by the same provider would come too late.
var (
	policies = []string{"retry", "elsewhere", "give_up", "stopped", "ambiguous", "made_up"}
	urgency  = []string{"urgent", "patient"}
	others   = []string{"alone", "tired_other", "untried_other"}
	times    = []string{"time", "short", "late"}
)

// TestDecide_failure has one row for each combination of policy, rule, other
// providers and time: a column that is empty stands for all its values.
func TestDecide_failure(t *testing.T) {
	rows := []struct{ name, policy, rule, other, time, want string }{
		{"given_up", "give_up", "", "", "", `dead (x), tried "give_up" "x", dead`},
		{"stopped", "stopped", "", "", "", `stop the number, dead (stopped), tried "stopped" "x", stopped`},
		{"next_as_this_one_cannot", "elsewhere", "", "", "", `next provider, tried "elsewhere" "x", elsewhere`},

		{"next_as_it_is_urgent", "retry", "urgent", "untried_other", "time short", `next provider, tried "retry" "x", elsewhere`},
		{"retried_as_all_have_failed", "retry", "urgent", "alone tired_other", "time", `queued in 10s (x), tried "retry" "x", retried`},
		{"retried", "retry", "patient", "", "time", `queued in 10s (x), tried "retry" "x", retried`},
		{"next_as_a_retry_would_be_late", "retry", "patient", "tired_other untried_other", "short late", `next provider, tried "elsewhere" "x", elsewhere`},
		{"urgent_next_as_a_retry_would_be_late", "retry", "urgent", "tired_other", "short", `next provider, tried "elsewhere" "x", elsewhere`},
		{"urgent_and_late_goes_elsewhere", "retry", "urgent", "tired_other untried_other", "late", `next provider, tried "elsewhere" "x", elsewhere`},
		{"dead_as_a_retry_would_be_late", "retry", "", "alone", "short late", `dead (x), tried "retry" "x", dead`},

		{"rather_twice_than_late", "ambiguous made_up", "urgent", "untried_other", "time short", `next provider, tried "ambiguous" "x", ambiguous, resent`},
		{"in_doubt_with_all", "ambiguous made_up", "urgent", "alone tired_other", "", `in doubt for 5s (x), tried "ambiguous" "x", ambiguous`},
		{"in_doubt_and_late", "ambiguous made_up", "urgent", "untried_other", "late", `in doubt for 5s (x), tried "ambiguous" "x", ambiguous`},
		{"in_doubt_is_not_elsewhere", "ambiguous made_up", "patient", "", "", `in doubt for 5s (x), tried "ambiguous" "x", ambiguous`},
	}
	in := func(column, v string) bool { return column == "" || slices.Contains(strings.Fields(column), v) }
	seen := map[string]int{}
	for _, policy := range policies {
		for _, rule := range urgency {
			for _, other := range others {
				for _, left := range times {
					s := situation{
						Now: noon, Held: noon.Add(time.Second), Begun: noon.Add(-time.Second), Provider: "a",
						Urgent: rule == "urgent", Grace: 5 * time.Second, Pause: 3 * time.Second,
						Untried: other == "untried_other", Fresh: other != "alone",
						Deadline: map[string]time.Time{"time": noon.Add(time.Minute), "short": noon.Add(10 * time.Second), "late": noon}[left],
					}
					d := decide(outcome{Failed: &Failure{Policy: Policy(policy), Code: "x\n", After: 7 * time.Second}}, s)
					at := strings.Join([]string{policy, rule, other, left}, " ")
					found := 0
					for _, row := range rows {
						if !in(row.policy, policy) || !in(row.rule, rule) || !in(row.other, other) || !in(row.time, left) {
							continue
						}
						found++
						seen[row.name]++
						if got := shown(d); got != row.want {
							t.Errorf("%s: %s: %s, want %s", row.name, at, got, row.want)
						}
					}
					if found != 1 {
						t.Errorf("%s: %d rows, want 1", at, found)
					}
					kept := d.Next
					if kept == nil {
						kept = d.Change.Try
						if !d.Change.Held.Equal(s.Held) {
							t.Errorf("%s: not under its own lease", at)
						}
					}
					if !kept.At.Equal(s.Begun) || kept.Provider != "a" {
						t.Errorf("%s: the attempt is kept as %+v", at, kept)
					}
				}
			}
		}
	}
	for _, row := range rows {
		if seen[row.name] == 0 {
			t.Errorf("%s never happens", row.name)
		}
	}
}

func TestDecide_all_else(t *testing.T) {
	refused := &Try{Policy: Elsewhere, Code: "y"}
	time1 := noon.Add(time.Minute)
	for name, c := range map[string]struct {
		o    outcome
		s    situation
		want string
	}{
		"sent":      {outcome{Taken: &Receipt{ProviderID: "7"}}, situation{}, `sent, tried "" "", sent`},
		"delivered": {outcome{Taken: &Receipt{Delivered: true}}, situation{}, `delivered, tried "" "", delivered`},

		"no_words_yet":               {outcome{NotRendered: renderFailure(errors.New("database"))}, situation{Deadline: time1}, `queued in 3s (no words), tried "retry" "no words", retried`},
		"no_words_yet_by_a_failure":  {outcome{NotRendered: &Failure{Policy: Retry, Code: "x", After: time.Hour}}, situation{Deadline: time1}, `queued in 3s (x), tried "retry" "x", retried`},
		"no_words_in_time":           {outcome{NotRendered: renderFailure(errors.New("database"))}, situation{Deadline: noon.Add(3 * time.Second)}, `dead (no words), tried "retry" "no words", dead`},
		"no_words_ever":              {outcome{NotRendered: &Failure{Policy: GiveUp, Code: "no longer true"}}, situation{Deadline: time1}, `dead (no longer true), tried "give_up" "no longer true", dead`},
		"no_words_is_not_elsewhere":  {outcome{NotRendered: &Failure{Policy: Elsewhere, Code: "x"}}, situation{Deadline: time1, Untried: true, Fresh: true, Urgent: true}, `dead (x), tried "elsewhere" "x", dead`},
		"no_words_stops_no_number":   {outcome{NotRendered: &Failure{Policy: Stopped, Code: "x"}}, situation{Deadline: time1}, `dead (x), tried "stopped" "x", dead`},
		"no_words_leaves_no_doubt":   {outcome{NotRendered: &Failure{Policy: Ambiguous, Code: "x"}}, situation{Deadline: time1}, `dead (x), tried "ambiguous" "x", dead`},
		"no_provider_at_all":         {outcome{NoProvider: true}, situation{Why: "no provider"}, `dead (no provider), dead`},
		"no_provider_that_can":       {outcome{NoProvider: true}, situation{Why: "y", Unstored: refused}, `dead (y), tried "elsewhere" "y", dead`},
		"no_provider_and_we_stop":    {outcome{NoProvider: true}, situation{Why: "y", Stopping: true}, `dead (y), dead`},
		"no_provider_now":            {outcome{NoProvider: true}, situation{Anybody: true}, `queued in 3s`},
		"no_provider_now_but_one":    {outcome{NoProvider: true}, situation{Anybody: true, Unstored: refused}, `queued in 3s, tried "elsewhere" "y"`},
		"given_back":                 {outcome{NoProvider: true}, situation{Anybody: true, Stopping: true}, `queued as it was`},
		"given_back_before_handover": {outcome{Interrupted: true}, situation{Unstored: refused}, `queued as it was, tried "elsewhere" "y"`},
	} {
		t.Run(name, func(t *testing.T) {
			c.s.Now, c.s.Pause = noon, 3*time.Second
			if got := shown(decide(c.o, c.s)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestDecide_before_sending(t *testing.T) {
	s := Settings{}.withDefaults()
	night := time.Date(2021, 5, 3, 22, 0, 0, 0, booking.India)
	for name, c := range map[string]struct {
		p       booking.Priority
		now     time.Time
		stopped bool
		age     time.Duration
		want    string
	}{
		"sent":                   {booking.PriorityConfirm, noon, false, 0, ""},
		"stopped":                {booking.PriorityConfirm, noon, true, 0, "dead (stopped), stopped"},
		"answer_in_spite_of_it":  {booking.PriorityReply, noon, true, 0, ""},
		"expired":                {booking.PriorityConfirm, noon, false, 24 * time.Hour, "dead (expired), expired"},
		"stopped_before_expired": {booking.PriorityConfirm, noon, true, 24 * time.Hour, "dead (stopped), stopped"},
		"postponed":              {booking.PriorityReminder, night, false, 0, "queued in 21h0m0s, postponed"},
		"expired_at_night":       {booking.PriorityReminder, night, false, 12 * time.Hour, "dead (expired), expired"},
		"password_at_night":      {booking.PriorityOTP, night, false, 0, ""},
	} {
		d, decided := s.beforeSending(Claimed{Notice: booking.Notice{Priority: c.p}, Since: c.now.Add(-c.age), Stopped: c.stopped}, c.now)
		if got := shown(d); decided != (c.want != "") || decided && got != c.want {
			t.Errorf("%s: %s, %t, want %s", name, got, decided, c.want)
		}
		if d.Change.ResetValidity != (name == "postponed") {
			t.Errorf("%s: its validity begins again: %t", name, d.Change.ResetValidity)
		}
	}
}

func TestDecide_when_stale(t *testing.T) {
	s := Settings{}.withDefaults()
	doubts := func(n int) []Try { return slices.Repeat([]Try{{Policy: Ambiguous}}, n) }
	for name, c := range map[string]struct {
		p     booking.Priority
		doubt bool
		tried []Try
		age   time.Duration
		want  string
	}{
		"worker_lost":                 {booking.PriorityReply, false, nil, 0, `in doubt for 1m0s (worker lost), tried "ambiguous" "worker lost", recovered`},
		"resent":                      {booking.PriorityReply, true, doubts(1), 0, "queued in 0s (resent in doubt), resent"},
		"not_a_third_time":            {booking.PriorityReply, true, doubts(2), 0, "sent (unconfirmed), unconfirmed"},
		"not_too_late":                {booking.PriorityReply, true, doubts(1), time.Hour, "sent (unconfirmed), unconfirmed"},
		"a_confirmation_is_not_twice": {booking.PriorityConfirm, true, doubts(1), 0, "sent (unconfirmed), unconfirmed"},
	} {
		d := s.whenStale(Claimed{Notice: booking.Notice{Priority: c.p}, Since: noon.Add(-c.age), Doubt: c.doubt, Tried: c.tried}, noon)
		if got := shown(d); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if d.Change.Status == Sent && !d.Change.Doubt {
			t.Errorf("%s: its doubt is not shown to the operator", name)
		}
	}
}
