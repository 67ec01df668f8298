package otp_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/otp"
)

const ours = booking.MSISDN("+919000000001")

var (
	from = netip.MustParseAddr("192.0.2.1")
	noon = time.Date(2021, 5, 3, 12, 0, 0, 0, booking.India)
)

// shelf is a store that answers as it is told and counts what it is asked. What
// the real one does is tested with it, in postgres.
type shelf struct {
	asked, checked, freshened int
	refuse                    otp.Asked
	try                       otp.Checked
	err                       error
	last                      otp.Asking
}

func (s *shelf) AskOTP(_ context.Context, a otp.Asking) (otp.Asked, error) {
	s.asked++
	s.last = a
	return s.refuse, s.err
}

func (s *shelf) CheckOTP(context.Context, otp.Checking) (otp.Checked, error) {
	s.checked++
	return s.try, s.err
}

func (s *shelf) FreshOTP(context.Context, otp.Freshening) (bool, error) {
	s.freshened++
	return s.err == nil, s.err
}

func (s *shelf) OpenOTP(context.Context, time.Time, time.Time, int) ([]otp.Opened, error) {
	return nil, s.err
}

func service(t *testing.T, s *shelf) *otp.Service {
	t.Helper()
	k, err := otp.NewKeys(strings.Repeat("a secret ", 5))
	if err != nil {
		t.Fatal(err)
	}
	return &otp.Service{Store: s, Keys: k, Now: func() time.Time { return noon }}
}

// TestAsk_again_and_again asks the store once: who was refused is told so from
// memory.
func TestAsk_again_and_again(t *testing.T) {
	s := &shelf{refuse: otp.Asked{Last: noon.Add(-20 * time.Second)}}
	codes := service(t, s)
	for range 1000 {
		_, err := codes.Ask(t.Context(), ours, otp.ForPortal, from)
		if r, ok := otp.AsRefusal(err); !ok || r.Reason != otp.AlreadySent || r.After != 40*time.Second {
			t.Fatal(err)
		}
	}
	if s.asked != 1 {
		t.Errorf("the store was asked %d times", s.asked)
	}
	if _, err := codes.Ask(t.Context(), ours+"2", otp.ForPortal, from); err == nil || s.asked != 2 {
		t.Errorf("another number: %v, %d", err, s.asked)
	}
}

// TestCheck_again_and_again asks the store once about a request that is over.
func TestCheck_again_and_again(t *testing.T) {
	s := &shelf{refuse: otp.Asked{Granted: true}}
	codes := service(t, s)
	seen := map[string]int{}
	codes.Observer = func(outcome string) { seen[outcome]++ }
	txn, err := codes.Ask(t.Context(), ours, otp.ForPortal, from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if seen["asked"] != 1 || seen["over"] != 1001 || len(seen) != 2 {
			t.Errorf("counted %v", seen)
		}
	}()
	for range 1000 {
		_, err := codes.Check(t.Context(), txn, otp.Hash("000000"))
		if r, ok := otp.AsRefusal(err); !ok || r.Reason != otp.Over {
			t.Fatal(err)
		}
	}
	if s.checked != 1 {
		t.Errorf("the store was asked %d times", s.checked)
	}
	codes.Check(t.Context(), uuid.New(), otp.Hash("000000")) //nolint:errcheck // a name that we never gave
	if s.checked != 1 {
		t.Error("the store was asked about a name that we never gave")
	}
}

func second(_ string, err error) error { return err }

type nobodyMay struct{}

func (nobodyMay) Asking(netip.Addr) (time.Duration, bool) { return time.Minute, false }

func TestAsk_from_an_address_with_too_many(t *testing.T) {
	s := &shelf{}
	codes := service(t, s)
	codes.Limits = nobodyMay{}
	_, err := codes.Ask(t.Context(), ours, otp.ForPortal, from)
	if r, ok := otp.AsRefusal(err); !ok || r.Reason != otp.TooMany || r.After != time.Minute || s.asked != 0 {
		t.Error(err, s.asked)
	}
}

// TestAsk_owes_no_code: the notice has a seed, which the key alone makes a code
// of.
func TestAsk_owes_no_code(t *testing.T) {
	s := &shelf{refuse: otp.Asked{Granted: true}}
	codes := service(t, s)
	if _, err := codes.Ask(t.Context(), ours, otp.ForPortal, from); err != nil {
		t.Fatal(err)
	}
	n := s.last.Notice
	code, err := codes.Code(t.Context(), n)
	if err != nil || len(code) != 6 {
		t.Fatal(code, err)
	}
	if strings.Contains(n.Data.OTP, code) || n.Kind != booking.NoticeOTP || n.Priority != booking.PriorityOTP || n.To != ours || n.Data != (booking.NoticeData{OTP: n.Data.OTP}) {
		t.Errorf("queues %+v", n)
	}
	late := service(t, s)
	late.Now = func() time.Time { return noon.Add(3 * time.Minute) }
	if r, ok := otp.AsRefusal(second(late.Code(t.Context(), n))); !ok || r.Reason != otp.Over {
		t.Errorf("three minutes later: %v", r)
	}
	other := service(t, s)
	if other.Keys, err = otp.NewKeys(strings.Repeat("another secret ", 5)); err != nil {
		t.Fatal(err)
	}
	if got, err := other.Code(t.Context(), n); err == nil {
		t.Errorf("without the key it is %s", got)
	}
}

// TestTrouble_is_no_refusal: who could not be served is told that, and not that
// they were wrong.
func TestTrouble_is_no_refusal(t *testing.T) {
	away := errors.New("the database is unavailable")
	s := &shelf{refuse: otp.Asked{Granted: true}}
	codes := service(t, s)
	txn, err := codes.Ask(t.Context(), ours, otp.ForPortal, from)
	if err != nil {
		t.Fatal(err)
	}
	s.err = away
	_, asking := codes.Ask(t.Context(), ours, otp.ForPortal, from)
	_, checking := codes.Check(t.Context(), txn, otp.Hash("000000"))
	_, _, _, dialling := codes.Open(t.Context(), ours)
	for what, err := range map[string]error{"asking": asking, "checking": checking, "dialling": dialling} {
		if _, refused := otp.AsRefusal(err); refused || !errors.Is(err, away) {
			t.Errorf("%s: %v", what, err)
		}
		if err != nil && strings.Contains(err.Error(), "9000000001") {
			t.Errorf("%s tells the number: %v", what, err)
		}
	}
}

// TestDesk_tells_codes only to who is surely at the other end.
func TestDesk_tells_codes(t *testing.T) {
	s := &shelf{refuse: otp.Asked{Granted: true}}
	codes := service(t, s)
	if _, err := codes.Ask(t.Context(), ours, otp.ForPortal, from); err != nil {
		t.Fatal(err)
	}
	core := &booking.Core{Codes: codes, CodesBy: []booking.Channel{booking.USSD, booking.IVR}, Now: time.Now}
	for name, c := range map[string]struct {
		number  booking.MSISDN
		channel booking.Channel
		agent   string
		told    bool
	}{
		"who_dials":          {ours, booking.USSD, "", true},
		"who_calls":          {ours, booking.IVR, "", true},
		"who_texts":          {ours, booking.SMS, "", false},
		"who_browses":        {ours, booking.Web, "", false},
		"an_agent":           {ours, booking.Agent, "kamla", false},
		"an_agent_who_dials": {ours, booking.IVR, "kamla", false},
		"another_number":     {ours + "2", booking.USSD, "", false},
	} {
		code, ok, err := core.Desk(c.number, c.channel, c.agent).OpenCode(t.Context())
		if err != nil || ok != c.told || (code != "") != c.told {
			t.Errorf("%s was told %q, %v", name, code, err)
		}
	}
	core.CodesBy = []booking.Channel{booking.USSD}
	if _, ok, _ := core.Desk(ours, booking.IVR, "").OpenCode(t.Context()); ok {
		t.Error("told on a call although calls must not")
	}
	core.Codes = nil
	if _, ok, err := core.Desk(ours, booking.USSD, "").OpenCode(t.Context()); ok || err != nil {
		t.Error("told without codes", err)
	}
}
