package otp_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"tikaline/booking"
	"tikaline/otp"
	"tikaline/postgres"
	"tikaline/postgres/storetest"
)

// A desk is an otp.Service on a database of the test's own, with a clock.
type otpDesk struct {
	*otp.Service
	*fixture
	ahead atomic.Int64
}

var otpSecrets = []string{"the first secret of this test, long enough", "the second secret of this test, long enough"}

func newOTPDesk(t testing.TB) *otpDesk {
	t.Helper()
	d := &otpDesk{}
	d.fixture = newFixture(t, postgres.Options{Now: d.now})
	d.Service = d.service(otpSecrets[0])
	return d
}

func (d *otpDesk) now() time.Time       { return storetest.Noon().Add(time.Duration(d.ahead.Load())) }
func (d *otpDesk) wait(w time.Duration) { d.ahead.Add(int64(w)) }
func (d *otpDesk) service(s ...string) *otp.Service {
	keys, err := otp.NewKeys(s...)
	if err != nil {
		panic(err)
	}
	return &otp.Service{Store: d.fixture.Store.OTP, Keys: keys, Now: d.now}
}

var nowhere = netip.MustParseAddr("192.0.2.1")

// ask asks for a code and reads it as the sender would.
func (d *otpDesk) ask(n booking.MSISDN) (uuid.UUID, string) {
	d.T.Helper()
	txn, err := d.Ask(d.T.Context(), n, otp.ForPages, nowhere)
	if err != nil {
		d.T.Fatal(err)
	}
	return txn, d.sent(n)
}

// sent returns the code of the notice that was queued last for a number.
func (d *otpDesk) sent(n booking.MSISDN) string {
	d.T.Helper()
	var data string
	if err := d.Pool.QueryRow(d.T.Context(), `SELECT data->>'otp' FROM outbox WHERE msisdn = $1 AND kind = 'otp' ORDER BY due_at DESC LIMIT 1`, string(n)).Scan(&data); err != nil {
		d.T.Fatal(err)
	}
	code, err := d.Code(d.T.Context(), booking.Notice{To: n, Data: booking.NoticeData{OTP: data}})
	if err != nil {
		d.T.Fatal(err)
	}
	return code
}

// check returns the reason of a refusal, or the number.
func (d *otpDesk) check(s *otp.Service, txn uuid.UUID, code string) string {
	d.T.Helper()
	n, err := s.Check(d.T.Context(), txn, otp.Hash(code))
	if r, ok := otp.AsRefusal(err); ok {
		return fmt.Sprintf("%s %d", r.Reason, r.Left)
	}
	if err != nil {
		d.T.Fatal(err)
	}
	return string(n)
}

// refusedFor returns why a request was refused, and when to ask again.
func (d *otpDesk) refusedFor(n booking.MSISDN) string {
	d.T.Helper()
	_, err := d.Ask(d.T.Context(), n, otp.ForPages, nowhere)
	r, ok := otp.AsRefusal(err)
	if !ok {
		d.T.Fatalf("asked again: %v", err)
	}
	return fmt.Sprintf("%s %v", r.Reason, r.After)
}

// other returns a code that is not that one.
func other(code string) string {
	if code[0] == '9' {
		return "0" + code[1:]
	}
	return string(code[0]+1) + code[1:]
}

func TestOTP_asked_for_and_checked(t *testing.T) {
	for name, c := range map[string]struct {
		steps func(d *otpDesk, txn uuid.UUID, code string) []string
		want  []string
	}{
		"right": {func(d *otpDesk, txn uuid.UUID, code string) []string {
			return []string{d.check(d.Service, txn, code)}
		}, []string{string(storetest.Number(1))}},
		"right_after_a_typing_error": {func(d *otpDesk, txn uuid.UUID, code string) []string {
			return []string{d.check(d.Service, txn, other(code)), d.check(d.Service, txn, code)}
		}, []string{"wrong 2", string(storetest.Number(1))}},
		"right_at_the_third_try": {func(d *otpDesk, txn uuid.UUID, code string) []string {
			return []string{d.check(d.Service, txn, other(code)), d.check(d.Service, txn, other(code)), d.check(d.Service, txn, code)}
		}, []string{"wrong 2", "wrong 1", string(storetest.Number(1))}},
		"right_after_three_wrong_ones_is_refused": {func(d *otpDesk, txn uuid.UUID, code string) []string {
			for range 2 {
				d.check(d.Service, txn, other(code))
			}
			return []string{d.check(d.Service, txn, other(code)), d.check(d.Service, txn, code), d.check(d.service(otpSecrets[0]), txn, code)}
		}, []string{"over 0", "over 0", "over 0"}},
		"used_is_used": {func(d *otpDesk, txn uuid.UUID, code string) []string {
			return []string{d.check(d.Service, txn, code), d.check(d.Service, txn, code), d.check(d.service(otpSecrets[0]), txn, code)}
		}, []string{string(storetest.Number(1)), "over 0", "over 0"}},
		"just_in_time": {func(d *otpDesk, txn uuid.UUID, code string) []string {
			d.wait(3*time.Minute - time.Second)
			return []string{d.check(d.Service, txn, code)}
		}, []string{string(storetest.Number(1))}},
		"too_late": {func(d *otpDesk, txn uuid.UUID, code string) []string {
			d.wait(3 * time.Minute)
			return []string{d.check(d.Service, txn, code)}
		}, []string{"wrong 2"}},
		"request_too_old": {func(d *otpDesk, txn uuid.UUID, code string) []string {
			d.wait(10 * time.Minute)
			return []string{d.check(d.Service, txn, code)}
		}, []string{"over 0"}},
		"made_up_request": {func(d *otpDesk, txn uuid.UUID, code string) []string {
			txn[15]++
			return []string{d.check(d.Service, txn, code)}
		}, []string{"over 0"}},
		"request_of_another_kind_of_uuid": {func(d *otpDesk, txn uuid.UUID, code string) []string {
			return []string{d.check(d.Service, uuid.New(), code)}
		}, []string{"over 0"}},
		"code_of_another_number": {func(d *otpDesk, txn uuid.UUID, code string) []string {
			theirs, _ := d.ask(storetest.Number(2))
			return []string{d.check(d.Service, theirs, code)}
		}, []string{"wrong 2"}},
		"the_late_text_of_the_request_before": {func(d *otpDesk, _ uuid.UUID, code string) []string {
			d.wait(time.Minute)
			txn, _ := d.ask(storetest.Number(1))
			return []string{d.check(d.Service, txn, code)}
		}, []string{string(storetest.Number(1))}},
		"a_code_answers_one_request": {func(d *otpDesk, txn uuid.UUID, code string) []string {
			d.wait(time.Minute)
			again, fresh := d.ask(storetest.Number(1))
			return []string{d.check(d.Service, txn, code), d.check(d.Service, again, fresh), d.check(d.Service, again, code)}
		}, []string{string(storetest.Number(1)), "wrong 2", "wrong 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newOTPDesk(t)
			txn, code := d.ask(storetest.Number(1))
			if got := c.steps(d, txn, code); strings.Join(got, ", ") != strings.Join(c.want, ", ") {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestOTP_what_is_no_hash_is_no_try(t *testing.T) {
	t.Parallel()
	d := newOTPDesk(t)
	txn, code := d.ask(storetest.Number(1))
	for _, claim := range []string{code, "", "zz", strings.Repeat("z", 64), otp.Hash(code) + "0"} {
		if _, err := d.Check(t.Context(), txn, claim); err == nil {
			t.Errorf("%q was taken", claim)
		}
	}
	if n := d.CountRows(`SELECT sum(tries) FROM otp`); n != 0 {
		t.Errorf("%d tries counted", n)
	}
	if _, err := d.Check(t.Context(), txn, strings.ToUpper(otp.Hash(code))); err != nil {
		t.Error(err)
	}
}

// TestOTP_guessed_by_many_at_once makes a hundred guesses at one moment: three
// of them are compared.
func TestOTP_guessed_by_many_at_once(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		right int // how many of the hundred know the code
		most  int // how many may be let in
	}{
		"all_wrong":      {0, 0},
		"all_right":      {100, 1},
		"some_are_right": {10, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newOTPDesk(t)
			// Another node, which knows nothing of the first one's refusals.
			second, err := postgres.New(t.Context(), d.Pool, postgres.Options{Now: d.now, Writers: 4})
			if err != nil {
				t.Fatal(err)
			}
			defer second.Close(context.Background())
			txn, code := d.ask(storetest.Number(1))
			compared, in := &atomic.Int64{}, &atomic.Int64{}
			var wg sync.WaitGroup
			begin := make(chan struct{})
			for i := range 100 {
				s := d.service(otpSecrets[0])
				store := &comparing{Store: d.fixture.Store.OTP, n: compared}
				if i%2 == 1 {
					store.Store = second.OTP
				}
				s.Store = store
				claim := other(code)
				if i < c.right {
					claim = code
				}
				wg.Go(func() {
					<-begin
					if _, err := s.Check(t.Context(), txn, otp.Hash(claim)); err == nil {
						in.Add(1)
					} else if _, ok := otp.AsRefusal(err); !ok {
						t.Error(err)
					}
				})
			}
			close(begin)
			wg.Wait()
			if in.Load() > int64(c.most) {
				t.Errorf("%d were let in", in.Load())
			}
			if c.right == 100 && in.Load() != 1 {
				t.Errorf("%d were let in, want the first", in.Load())
			}
			if n := compared.Load(); n > 3 {
				t.Errorf("%d guesses were compared", n)
			}
			if n := d.CountRows(`SELECT tries FROM otp`); n > 3 || c.right == 0 && n != 3 {
				t.Errorf("%d tries counted", n)
			}
			if got := d.check(d.service(otpSecrets[0]), txn, code); got != "over 0" {
				t.Errorf("the right one afterwards: %s", got)
			}
		})
	}
}

// comparing counts how many guesses come to be compared.
type comparing struct {
	otp.Store
	n *atomic.Int64
}

func (c *comparing) CheckOTP(ctx context.Context, q otp.Checking) (otp.Checked, error) {
	match := q.Match
	q.Match = func(n booking.MSISDN, hashes [][]byte) int {
		c.n.Add(1)
		return match(n, hashes)
	}
	return c.Store.CheckOTP(ctx, q)
}

// TestOTP_two_requests_one_code has both requests of a number answered at once,
// at two nodes, with the same code: one of them is.
func TestOTP_two_requests_one_code(t *testing.T) {
	t.Parallel()
	d := newOTPDesk(t)
	second, err := postgres.New(t.Context(), d.Pool, postgres.Options{Now: d.now})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close(context.Background())
	for round := range 10 {
		n := storetest.Number(round)
		one, _ := d.ask(n)
		d.wait(time.Minute)
		two, code := d.ask(n)
		in := &atomic.Int64{}
		var wg sync.WaitGroup
		for i, txn := range []uuid.UUID{one, two} {
			s := d.service(otpSecrets[0])
			if i == 1 {
				s.Store = second.OTP
			}
			wg.Go(func() {
				if _, err := s.Check(t.Context(), txn, otp.Hash(code)); err == nil {
					in.Add(1)
				}
			})
		}
		wg.Wait()
		if in.Load() != 1 {
			t.Errorf("%d requests were answered with one code", in.Load())
		}
	}
}

func TestOTP_limits_of_a_number(t *testing.T) {
	t.Parallel()
	d := newOTPDesk(t)
	n := storetest.Number(1)
	d.ask(n)
	if got := d.refusedFor(n); got != "already_sent 1m0s" {
		t.Errorf("at once: %s", got)
	}
	other := storetest.Number(3)
	txn, code := d.ask(other)
	d.refusedFor(other)
	if got := d.check(d.Service, txn, code); got != string(other) {
		t.Error(got)
	}
	d.ask(other) // that one is used
	if got := d.refusedFor(other); got != "already_sent 1m0s" {
		t.Errorf("at once, after one was used: %s", got)
	}
	d.Service = d.service(otpSecrets[0]) // another node, which has heard nothing
	d.wait(59 * time.Second)
	if got := d.refusedFor(n); got != "already_sent 1s" {
		t.Errorf("after 59 seconds: %s", got)
	}
	d.wait(time.Second)
	d.ask(n)
	for range 48 {
		d.wait(10 * time.Minute)
		d.ask(n)
	}
	d.wait(10 * time.Minute)
	if got := d.refusedFor(n); got != "number_blocked 23h50m0s" {
		t.Errorf("after 50: %s", got)
	}
	d.Service = d.service(otpSecrets[0])
	d.wait(23*time.Hour + 49*time.Minute)
	if got := d.refusedFor(n); got != "number_blocked 1m0s" {
		t.Errorf("a day later: %s", got)
	}
	if got := d.CountRows(`SELECT count(*) FROM outbox WHERE msisdn = $1`, string(n)); got != 50 {
		t.Errorf("%d were sent", got)
	}
	d.wait(time.Minute)
	d.ask(n)
	d.wait(time.Minute)
	d.ask(n)
	d.ask(storetest.Number(2))
}

// TestOTP_asked_for_by_many_at_once queues one code for a number, however many
// requests come at once.
func TestOTP_asked_for_by_many_at_once(t *testing.T) {
	t.Parallel()
	d := newOTPDesk(t)
	in := &atomic.Int64{}
	var wg sync.WaitGroup
	for range 100 {
		s := d.service(otpSecrets[0])
		wg.Go(func() {
			if _, err := s.Ask(t.Context(), storetest.Number(1), otp.ForPages, nowhere); err == nil {
				in.Add(1)
			} else if r, ok := otp.AsRefusal(err); !ok || r.Reason != otp.AlreadySent || r.After != time.Minute {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := d.CountRows(`SELECT count(*) FROM outbox`); in.Load() != 1 || got != 1 {
		t.Errorf("%d were granted, %d sent", in.Load(), got)
	}
}

// TestOTP_told_to_who_dials: a caller gets the code on dialling, for when texts
// do not come.
func TestOTP_told_to_who_dials(t *testing.T) {
	t.Parallel()
	d := newOTPDesk(t)
	n := storetest.Number(1)
	dial := func() (string, bool) {
		code, until, ok, err := d.Open(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if ok && until.Sub(d.now()) != 3*time.Minute {
			t.Errorf("good until %v", until)
		}
		return code, ok
	}
	if _, ok := dial(); ok {
		t.Fatal("told a code that nobody has asked for")
	}
	txn, _ := d.ask(n)
	d.wait(9 * time.Minute) // the text never came
	code, ok := dial()
	if !ok || len(code) != 6 {
		t.Fatalf("told %q", code)
	}
	if got := d.check(d.Service, txn, code); got != string(n) {
		t.Errorf("what was told is %s", got)
	}
	if _, ok := dial(); ok {
		t.Error("told a code although it was used")
	}

	// A limited number of codes, and none when three were wrong.
	d.wait(time.Minute)
	d.ask(n)
	told := 0
	for range 10 {
		if _, ok := dial(); ok {
			told++
		}
	}
	if told != 5 {
		t.Errorf("told %d times", told)
	}
	d.wait(10 * time.Minute)
	txn, code = d.ask(n)
	for range 3 {
		d.check(d.Service, txn, other(code))
	}
	if _, ok := dial(); ok {
		t.Error("told a code for the request before, which was answered wrongly three times")
	}
}

// TestOTP_told_at_another_node: a node learns within a second which numbers
// have asked, and queries the store for no others.
func TestOTP_told_at_another_node(t *testing.T) {
	t.Parallel()
	d := newOTPDesk(t)
	there := d.service(otpSecrets[0])
	asked := &freshening{Store: d.fixture.Store.OTP}
	there.Store = asked
	n := storetest.Number(1)
	txn, _ := d.ask(n)
	if _, _, ok, err := there.Open(t.Context(), n); ok || err != nil || asked.n != 0 {
		t.Fatalf("told %v, %v, %d queries", ok, err, asked.n)
	}
	if err := there.Learn(t.Context(), d.now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, _, ok, _ := there.Open(t.Context(), storetest.Number(2)); ok || asked.n != 0 {
		t.Fatal("asked the store about somebody who has asked for nothing")
	}
	code, _, ok, err := there.Open(t.Context(), n)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if got := d.check(d.Service, txn, code); got != string(n) {
		t.Errorf("what was told there is %s here", got)
	}
}

type freshening struct {
	otp.Store
	n int
}

func (f *freshening) FreshOTP(ctx context.Context, q otp.Freshening) (bool, error) {
	f.n++
	return f.Store.FreshOTP(ctx, q)
}

// TestOTP_keys_change while codes are on their way.
func TestOTP_keys_change(t *testing.T) {
	t.Parallel()
	d := newOTPDesk(t)
	txn, code := d.ask(storetest.Number(1))
	both, only := d.service(otpSecrets[1], otpSecrets[0]), d.service(otpSecrets[1])
	if got := d.check(both, txn, code); got != string(storetest.Number(1)) {
		t.Errorf("with the new key before the old one: %s", got)
	}
	txn, code = d.ask(storetest.Number(2))
	d.Service = both // it is the new program that sends it
	if got := d.sent(storetest.Number(2)); got != code {
		t.Errorf("it sends %s", got)
	}
	if got := d.check(only, txn, code); got != "wrong 2" {
		t.Errorf("with the new key alone: %s", got)
	}
	d.Service = both
	txn, code = d.ask(storetest.Number(3))
	if got := d.check(only, txn, code); got != string(storetest.Number(3)) {
		t.Errorf("made with the new key: %s", got)
	}
}

// TestOTP_is_nowhere looks for the code in every row of every table, as it is and
// as its plain hash.
func TestOTP_is_nowhere(t *testing.T) {
	t.Parallel()
	d := newOTPDesk(t)
	txn, code := d.ask(storetest.Number(1))
	fresh, _, ok, err := d.Fresh(t.Context(), storetest.Number(1))
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	look := func(when string) {
		t.Helper()
		rows, err := d.Pool.Query(t.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)
		if err != nil {
			t.Fatal(err)
		}
		var tables []string
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			tables = append(tables, s)
		}
		if rows.Close(); len(tables) < 10 {
			t.Fatalf("only %v were looked at", tables)
		}
		for _, table := range tables {
			for what, s := range map[string]string{
				"the code": code, "its hash": otp.Hash(code), "the fresh code": fresh, "its hash too": otp.Hash(fresh),
			} {
				// Not within a longer number: times and ids are full of digits.
				if n := d.CountRows(`SELECT count(*) FROM "`+table+`" AS t WHERE t::text ~* ('(^|[^0-9a-f])' || $1 || '([^0-9a-f]|$)')`, s); n > 0 {
					t.Errorf("%s: %s is in table %s", when, what, table)
				}
			}
		}
	}
	look("before it is used")
	d.check(d.Service, txn, other(code))
	if got := d.check(d.Service, txn, fresh); got != string(storetest.Number(1)) {
		t.Fatal(got)
	}
	look("afterwards")
	if n := d.CountRows(`SELECT count(*) FROM otp_number WHERE hash IS NOT NULL OR old_hash IS NOT NULL`); n > 0 {
		t.Error("a used code still has its hash")
	}
}

func TestOTP_forgotten(t *testing.T) {
	t.Parallel()
	d := newOTPDesk(t)
	d.ask(storetest.Number(1))
	d.wait(time.Hour)
	txn, code := d.ask(storetest.Number(2))
	if n, err := d.ForgetOTP(t.Context(), d.now().Add(-time.Minute), 10); err != nil || n != 1 {
		t.Errorf("forgot %d, %v", n, err)
	}
	if n := d.CountRows(`SELECT (SELECT count(*) FROM otp) * 10 + (SELECT count(*) FROM otp_number)`); n != 11 {
		t.Errorf("left %d", n)
	}
	if got := d.check(d.Service, txn, code); got != string(storetest.Number(2)) {
		t.Error(got)
	}
}

// TestOTP_asked_twice of the store, as after a commit whose answer was lost: the
// second answer is the first, and nothing is done twice.
func TestOTP_asked_twice(t *testing.T) {
	t.Parallel()
	d := newOTPDesk(t)
	var a otp.Asking
	d.Service.Store = noting{d.fixture.Store.OTP, &a}
	txn, code := d.ask(storetest.Number(1))
	for range 2 {
		if got, err := d.AskOTP(t.Context(), a); err != nil || !got.Granted {
			t.Fatalf("asked again: %+v, %v", got, err)
		}
	}
	if n := d.CountRows(`SELECT (SELECT count(*) FROM otp) * 100 + (SELECT count(*) FROM outbox) * 10 + (SELECT asked FROM otp_number)`); n != 111 {
		t.Errorf("asked three times: %d", n)
	}

	f := otp.Freshening{Number: storetest.Number(1), At: d.now(), Secret: otp.Secret{Hash: []byte("a hash"), Until: d.now().Add(time.Minute)}, Tries: 3, Most: 1}
	for range 2 {
		if ok, err := d.FreshOTP(t.Context(), f); err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
	f.Secret.Hash = []byte("another hash")
	if ok, err := d.FreshOTP(t.Context(), f); err != nil || ok {
		t.Errorf("told more often than it may: %v, %v", ok, err)
	}

	match := func(booking.MSISDN, [][]byte) int { return 0 }
	c := otp.Checking{Cell: storetest.Number(1).Cell(), Txn: txn, Attempt: uuid.New(), At: d.now(), Most: 3, Match: match}
	for range 2 {
		if got, err := d.CheckOTP(t.Context(), c); err != nil || !got.Right || got.Number != storetest.Number(1) {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	c.Attempt = uuid.New()
	if got, err := d.CheckOTP(t.Context(), c); err != nil || got.Right || got.Left != 0 {
		t.Errorf("another try of what was used: %+v, %v", got, err)
	}
	if got := d.check(d.service(otpSecrets[0]), txn, code); got != "over 0" {
		t.Error(got)
	}
}

// BenchmarkOTP measures how many people a second may ask for a code and enter
// it, 256 at once. A durable Postgres of one's own is named in
// TEST_DATABASE_URL; without it nothing is flushed.
func BenchmarkOTP(b *testing.B) {
	d := newOTPDesk(b)
	var n atomic.Int64
	b.SetParallelism(64)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			var last otp.Asking
			s := d.service(otpSecrets[0])
			s.Store = noting{d.fixture.Store.OTP, &last}
			txn, err := s.Ask(b.Context(), storetest.Number(int(n.Add(1))), otp.ForPages, nowhere)
			if err != nil {
				b.Error(err)
				return
			}
			code, err := s.Code(b.Context(), last.Notice)
			if err != nil {
				b.Error(err)
				return
			}
			if _, err := s.Check(b.Context(), txn, otp.Hash(code)); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "people/s")
	b.ReportMetric(0, "ns/op")
}

// noting records the requests to the store.
type noting struct {
	otp.Store
	last *otp.Asking
}

func (s noting) AskOTP(ctx context.Context, a otp.Asking) (otp.Asked, error) {
	*s.last = a
	return s.Store.AskOTP(ctx, a)
}
